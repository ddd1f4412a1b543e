//! Contacts: imported unverified, verified, bad, changed, retired.

use encompass_core::state::{Channel, ContactState};
use encompass_store::contact::{File, How, Imported, import};
use encompass_store::directory::load::Brake;
use encompass_store::{Error, Scope, Store};
use jiff::SignedDuration;
use jiff::civil::date;

use crate::made_up::{TODAY, lead, load, loaded_school, now, school, setting};
use crate::{on_both, somebody};

const SERVICE: Scope = Scope::service("notifier");

async fn take_in(store: &Store, contacts: Vec<Imported>, brake: Brake) -> encompass_store::contact::Report {
    let file = File { source: "county".into(), is_whole: true, contacts };
    import(store, file, brake, &somebody(), now()).await.unwrap()
}

#[tokio::test]
async fn a_contact_is_told_only_once_verified_and_eligible_for_that_force() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        let mut deputy = lead(&school, "Tess Imagined", "tess@school.example");
        deputy.eligible_from = Some(date(2026, 3, 3));
        let contacts = vec![lead(&school, "Ada Invented", "ada@school.example"), deputy];
        let report = take_in(&store, contacts, Brake::default()).await;
        assert_eq!(report.added.len(), 2);
        let mut tx = store.begin().await.unwrap();
        for id in &report.added {
            tx.verify_contact(*id, How::Call, somebody(), now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let contacts = store.contacts_of(&SERVICE, school.id, "north").await.unwrap();
        let told = |day| contacts.iter().map(|c| c.may_be_told("north", day)).collect::<Vec<_>>();
        assert_eq!(told(TODAY), [true, false]);
        assert_eq!(told(date(2026, 3, 3)), [true, true]);
        assert_eq!(contacts[0].person.name.as_deref(), Some("Ada Invented"));
        assert!(store.contacts_of(&SERVICE, school.id, "south").await.unwrap().is_empty());
        let south = Scope::force("key".into(), "south".into());
        assert!(store.contacts_of(&south, school.id, "north").await.unwrap().is_empty());
        assert!(matches!(store.contact(&south, report.added[0]).await, Err(Error::NotFound)));
        let elsewhere = Scope::staff("desk".into(), vec!["north".into()], vec!["925".into()], false);
        assert!(store.contacts_of(&elsewhere, school.id, "north").await.unwrap().is_empty());
        let area = Scope::staff("desk".into(), vec!["north".into()], vec!["919".into()], false);
        assert_eq!(store.contacts_of(&area, school.id, "north").await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn the_same_address_keeps_its_state_and_another_one_is_a_new_unverified_contact() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        let ada = lead(&school, "Ada Invented", "ada@school.example");
        let first = take_in(&store, vec![ada.clone()], Brake::default()).await.added[0];
        let mut tx = store.begin().await.unwrap();
        tx.verify_contact(first, How::Call, somebody(), now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut renamed = lead(&school, "Ada Fabricated", "Ada@School.example");
        renamed.forces = vec!["south".into()];
        let other = lead(&school, "Otto Invented", "otto@school.example");
        let report = take_in(&store, vec![other, renamed], Brake::default()).await;
        assert_eq!((report.added.len(), report.kept), (1, 1));
        let contacts = store.contacts_of(&SERVICE, school.id, "south").await.unwrap();
        assert_eq!(contacts.len(), 1, "the file's forces hold");
        assert_eq!((contacts[0].id, contacts[0].state), (first, ContactState::Verified));
        assert_eq!(contacts[0].person.name.as_deref(), Some("Ada Fabricated"));
        let north = store.contacts_of(&SERVICE, school.id, "north").await.unwrap();
        assert_eq!((north[0].place, north[0].state), (0, ContactState::Unverified));
    })
    .await;
}

#[tokio::test]
async fn contacts_that_the_file_no_longer_has_are_retired_only_within_the_brake() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        let (ada, otto) = (lead(&school, "Ada", "ada@s.example"), lead(&school, "Otto", "otto@s.example"));
        let added = take_in(&store, vec![ada.clone(), otto], Brake::default()).await.added;
        let new = lead(&school, "Ivo", "ivo@s.example");
        let report = take_in(&store, vec![ada.clone(), new], Brake::default()).await;
        assert_eq!((report.missing.as_slice(), report.retired.len()), (&added[1..], 0));
        assert_eq!(store.contacts_of(&SERVICE, school.id, "north").await.unwrap().len(), 2);
        let report = take_in(&store, vec![ada], Brake { allow_shrink: true, ..Brake::default() }).await;
        assert_eq!(report.retired, added[1..]);
        assert_eq!(store.contacts_of(&SERVICE, school.id, "north").await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_verification_link_holds_until_its_time_and_is_used_once() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        let id =
            take_in(&store, vec![lead(&school, "Ada", "ada@s.example")], Brake::default()).await.added[0];
        let until = now() + SignedDuration::from_hours(72);
        let mut tx = store.begin().await.unwrap();
        tx.begin_verification(id, &[1; 32], until).await.unwrap();
        tx.begin_verification(id, &[2; 32], until).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store.find_verification(&[1; 32], now()).await.unwrap().is_none(), "an earlier link ends");
        assert!(store.find_verification(&[2; 32], until).await.unwrap().is_none(), "its time is over");
        assert_eq!(store.find_verification(&[2; 32], now()).await.unwrap().unwrap().id, id);
        assert!(store.contacts_by_address("ada@s.example").await.unwrap().is_empty(), "not verified yet");
        let mut tx = store.begin().await.unwrap();
        tx.verify_contact(id, How::Link, somebody(), now()).await.unwrap();
        tx.commit().await.unwrap();
        assert!(store.find_verification(&[2; 32], now()).await.unwrap().is_none());
        let found = store.contacts_by_address(" ADA@s.example").await.unwrap();
        assert_eq!((found[0].id, found[0].verified_how.as_deref()), (id, Some("link")));
    })
    .await;
}

#[tokio::test]
async fn a_bad_contact_is_marked_once_and_a_changed_address_starts_unverified() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        let contacts = vec![lead(&school, "Ada", "ada@s.example"), lead(&school, "Otto", "otto@s.example")];
        let added = take_in(&store, contacts, Brake::default()).await.added;
        let mut tx = store.begin().await.unwrap();
        for id in &added {
            tx.verify_contact(*id, How::Call, somebody(), now()).await.unwrap();
        }
        let first = tx.mark_contact_bad(added[0], "no_such_mailbox", somebody(), now()).await.unwrap();
        assert_eq!((first.setting, first.was_usable, first.verified_left), (school.id, true, 1));
        assert_eq!(first.forces, ["north"]);
        let again = tx.mark_contact_bad(added[0], "no_such_mailbox", somebody(), now()).await.unwrap();
        assert!(!again.was_usable);
        let new = tx
            .change_contact_address(added[0], Channel::Email, "ada@new.example", somebody(), now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let contacts = store.contacts_of(&SERVICE, school.id, "north").await.unwrap();
        let new = contacts.iter().find(|contact| contact.id == new).unwrap();
        assert_eq!((new.state, new.place), (ContactState::Unverified, 0));
        assert_eq!(new.person.address, "ada@new.example");
        assert_eq!(store.contact(&SERVICE, added[0]).await.unwrap().state, ContactState::Retired);
        let mut tx = store.begin().await.unwrap();
        let refused = tx.verify_contact(added[0], How::Link, somebody(), now()).await;
        assert!(matches!(refused, Err(Error::Changed)), "a retired contact is not verified");
    })
    .await;
}

#[tokio::test]
async fn an_adult_who_has_a_contacts_name_is_found_at_that_setting_only() {
    on_both(async |store: Store| {
        load(&store, vec![school("100001", "One"), school("100002", "Two")]).await;
        let [one, two] = [setting(&store, "100001").await.unwrap(), setting(&store, "100002").await.unwrap()];
        take_in(&store, vec![lead(&one, "Ada Invented", "ada@s.example")], Brake::default()).await;
        let both = [one.id, two.id];
        let named = store.settings_with_contact_named(&both, &["nobody", "ada invented"]).await.unwrap();
        assert_eq!(named, [one.id]);
        assert!(store.settings_with_contact_named(&both, &["ada"]).await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_webhook_gets_a_secret_that_it_keeps_until_its_address_changes() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        let mut system = lead(&school, "", "https://system.example/hook");
        (system.channel, system.person.name, system.name_key) = (Channel::Webhook, None, None);
        let id = take_in(&store, vec![system.clone()], Brake::default()).await.added[0];
        let secret = async |id| store.contact(&SERVICE, id).await.unwrap().person.secret.clone().unwrap();
        let first = secret(id).await;
        assert!(first.starts_with("whsec_") && first.len() == 50, "24 to 64 bytes in base64");
        assert_eq!(take_in(&store, vec![system], Brake::default()).await.kept, 1);
        assert_eq!(secret(id).await, first);
        let mut tx = store.begin().await.unwrap();
        let address = "https://elsewhere.example/hook";
        let new = tx.change_contact_address(id, Channel::Webhook, address, somebody(), now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_ne!(secret(new).await, first);
    })
    .await;
}

#[tokio::test]
async fn a_contact_that_the_desk_adds_is_unverified_last_in_place_and_of_its_forces() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        let first =
            take_in(&store, vec![lead(&school, "Ada Invented", "ada@school.example")], Brake::default());
        let first = first.await.added[0];
        let mut tx = store.begin().await.unwrap();
        let added = lead(&school, "Tess Imagined", "tess@school.example");
        let second = tx.add_contact(&added, somebody(), now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        let again = tx.add_contact(&added, somebody(), now()).await;
        assert!(matches!(again, Err(Error::Constraint(_))), "it has that address already");
        drop(tx);
        let north = store.contacts_of_all(&SERVICE, &[school.id], "north").await.unwrap();
        let places: Vec<_> = north[&school.id].iter().map(|contact| (contact.id, contact.state)).collect();
        assert_eq!(places, [(first, ContactState::Unverified), (second, ContactState::Unverified)]);
        let south = Scope::force("key".into(), "south".into());
        assert!(store.contacts_of_all(&south, &[school.id], "north").await.unwrap().is_empty());
        let by_id = store.contacts_by_id(&[second]).await.unwrap();
        assert_eq!(by_id[0].person.address, "tess@school.example");
    })
    .await;
}
