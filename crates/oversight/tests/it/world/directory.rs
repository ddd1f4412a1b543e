//! Two schools, and a contact at one.

use encompass_core::id::{ContactId, SettingId};
use encompass_core::state::{Channel, SettingKind};
use encompass_store::Store;
use encompass_store::contact::{How, Imported, Person};
use encompass_store::directory::Identifier;
use encompass_store::directory::load::{Brake, Kind as LoadKind, Start};
use encompass_store::directory::setting::{Record, Row, SettingLoad};

use super::{by, now};

pub async fn settings(store: &Store) -> [SettingId; 2] {
    let row = |number: &str, name: &str, authority: &str| {
        let record = Record {
            kind: SettingKind::School,
            name: name.into(),
            name_key: encompass_matching::normalise::setting_name(name),
            is_open: true,
            closed_on: None,
            authority: Some(authority.into()),
            follows_authority: true,
            town: Some("Marlow Cross".into()),
            postcode: Some("ZZ1 4AB".into()),
            telephone: Some("01632960001".into()),
            opens_at_minute: Some(8 * 60 + 30),
            low_age: Some(4),
            high_age: Some(11),
            serves: Vec::new(),
        };
        Row { identifier: Identifier::new("urn", number), also: Vec::new(), opened_on: None, record }
    };
    let rows =
        vec![row("100001", "Quillbrook Primary School", "919"), row("100002", "Tansy Hill Academy", "920")];
    let start = Start {
        kind: LoadKind::Settings,
        source: "gias".into(),
        owner: "department".into(),
        as_of: now(),
        by: by(),
    };
    let mut load = SettingLoad::begin(store, start, &[], now()).await.unwrap();
    load.add(rows, now()).await.unwrap();
    load.finish(Brake::default(), 0, now()).await.unwrap();
    let wanted = [Identifier::new("urn", "100001"), Identifier::new("urn", "100002")];
    let found = store.settings_by_identifier(&wanted, now()).await.unwrap();
    [found[0].as_ref().unwrap().id, found[1].as_ref().unwrap().id]
}

pub async fn contact(store: &Store, setting: SettingId) -> ContactId {
    let contact = Imported {
        setting,
        role: "lead".into(),
        channel: Channel::Email,
        person: Person {
            name: Some("Orla Fennimore".into()),
            address: "lead@quillbrook.example".into(),
            telephone: Some("01632960002".into()),
            secret: None,
        },
        name_key: Some("orla fennimore".into()),
        forces: vec!["north".into()],
        eligible_from: None,
    };
    let mut tx = store.begin().await.unwrap();
    let id = tx.add_contact(&contact, by(), now()).await.unwrap();
    tx.verify_contact(id, How::Call, by(), now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}
