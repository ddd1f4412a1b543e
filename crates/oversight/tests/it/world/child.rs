//! Children that the resolver decided on: held, or with a school to tell.

use encompass_core::id::{ChildId, ContactId, IncidentId, SettingId};
use encompass_core::state::{Channel, Hold, ResolutionKind, SettingKind};
use encompass_store::register::Licensed;
use encompass_store::resolution::{Decision, Target, TargetRung};
use encompass_store::{Actor, Store, Tx};
use serde_json::json;

use super::incident::{Known, accept, due};
use super::now;
use crate::evidence::CENSUS;

/// A child that the resolver held, with evidence.
pub async fn hold_child(
    store: &Store,
    known: Known,
    authority: &str,
    reasons: &[Hold],
    evidence: Vec<u8>,
) -> ChildId {
    let incident = accept(store, known, 1).await;
    let mut tx = store.begin().await.unwrap();
    let decision = Decision {
        hold: Some(reasons[0]),
        is_restricted: reasons.contains(&Hold::Restricted),
        provisional: Some(due(true)),
        ..matched(&mut tx, incident, authority, evidence).await
    };
    let id = decision.child.id;
    tx.decide(vec![decision], now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

/// The resolver's decision about the child of an incident, before anybody is to be told.
async fn matched(tx: &mut Tx, incident: IncidentId, authority: &str, evidence: Vec<u8>) -> Decision {
    let id = tx.identity().child(incident, "c1");
    Decision {
        child: tx.children(&[id]).await.unwrap().pop().unwrap(),
        key: tx.incident_key(incident).await.unwrap(),
        kind: ResolutionKind::Matched,
        by: Actor::Service("resolver"),
        evidence: evidence.into(),
        rules_version: "exact-1".into(),
        incident_version: 1,
        register_load: None,
        directory_load: None,
        targets: Vec::new(),
        hold: None,
        is_restricted: false,
        provisional: None,
        authority: Some(authority.into()),
    }
}

pub fn evidence(reasons: &[Hold], schools: &[SettingId; 2], register: &Licensed) -> Vec<u8> {
    let evidence = json!({
        "reasons": reasons, "officer": [schools[1]], "officer_spoke": true, "settings": [schools[0]],
        "sentences": [],
        "named": [{
            "setting": schools[1], "points": {"name": 45, "kind": 10, "age": 20, "area": 12}, "by": "former_name",
            "name": "agrees", "kind": "not_known", "age": "agrees", "area": "differs", "kilometres": 14
        }],
        "candidates": [{
            "entry": CENSUS, "register": register.id, "load": register.load,
            "written": {"given": "Tobin", "family": "Oskansen", "born": "2016-05-04", "address": null, "postcode": "ZZ1 4AB"},
            "fits": true, "names": "agrees", "birth_date": "agrees", "postcode": "not_known", "upn": "not_known",
            "nhs_number": "not_known", "officer": "differs", "is_stale": false, "is_restricted": false,
            "enrolments": [{"setting": schools[0], "standing": "current", "tie": "none"}]
        }]
    });
    serde_json::to_vec(&evidence).unwrap()
}

/// A child whose school was told, then corrected; and one that waits for a call.
pub async fn told(
    store: &Store,
    schools: &[SettingId; 2],
    registers: &[Licensed; 2],
    contact: ContactId,
) -> IncidentId {
    let (seen, waiting) = (Known::by("north", "N/4/26"), Known::by("north", "N/5/26"));
    for known in [seen, waiting] {
        let incident = accept(store, known, 1).await;
        let evidence = crate::evidence::scored(&[], schools, registers);
        let mut tx = store.begin().await.unwrap();
        let decision = Decision {
            targets: vec![target(schools[0], contact)],
            ..matched(&mut tx, incident, "919", evidence).await
        };
        let notification = store.identity().notification(decision.child.id, schools[0]);
        tx.decide(vec![decision], now()).await.unwrap();
        if known.reference == seen.reference {
            let opened = tx.notifications(&[notification]).await.unwrap();
            tx.opened(&opened, "portal", &Actor::Contact(contact), now()).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let told = accept(store, seen, 2).await;
    let mut tx = store.begin().await.unwrap();
    tx.open_calls(now(), 10).await.unwrap();
    tx.commit().await.unwrap();
    told
}

fn target(school: SettingId, contact: ContactId) -> Target {
    Target {
        setting: school,
        kind: SettingKind::School,
        authority: Some("919".into()),
        legal_basis: "s49a".into(),
        due: due(false),
        call_at: now(),
        rungs: vec![TargetRung { contact, channel: Channel::Email, at: now() }],
    }
}
