//! Every event that the store emits, against the schema that is published for its type.

use std::collections::BTreeSet;

use encompass_core::event::{Place, Refusal, documents};
use encompass_core::incident::Incident;
use encompass_core::state::{AttemptState, NotificationEnd, Reason};
use encompass_store::incident::{Publication, VersionKind};
use encompass_store::refused::{Message, New, Origin};
use encompass_store::{Actor, Store};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::flow::{FORCE, accept, child, decide, notification, publication, school_with_lead, send};
use crate::made_up::now;
use crate::on_both;

/// What is wrong with an event, by its type's schema.
fn faults(event: &Value) -> Vec<String> {
    let of_type = documents().into_iter().find(|document| event["type"] == document.event_type);
    let schema = of_type.expect("every type that is emitted is documented").schema();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    validator.iter_errors(&event["data"]).map(|error| error.to_string()).collect()
}

/// A version whose marks are as they come of a faulty one.
fn marked() -> Publication {
    let data =
        json!({ "force": FORCE, "reference": "1", "known_at": "yesterday", "children": [{ "sex": "?" }] });
    let marks = Incident::parse(&data, now()).unwrap().marks;
    assert!(marks.len() >= 3);
    Publication { marks, marks_left_out: 2, ..publication(1, VersionKind::Reported, &["a", "b", "c"]) }
}

fn refused(reference: Option<&str>, origin: Origin, refusal: Refusal) -> New {
    New {
        force: FORCE.into(),
        reference: reference.map(str::to_owned),
        fingerprint: [u8::from(reference.is_some()); 32],
        origin,
        traceparent: None,
        refusal,
        message: Message::default(),
        received_at: now(),
        due_at: now(),
    }
}

/// A case that goes every way: told, acknowledged, not there, withdrawn; and messages that are refused.
async fn every_way(store: &Store) {
    let (school, contact) = school_with_lead(store).await;
    accept(store, marked()).await;
    decide(store, &["a", "b"], &school, contact).await;
    assert_eq!(send(store, AttemptState::Accepted, None, None).await.len(), 1);
    let (first, second) = (notification(store, "a", &school).await, notification(store, "b", &school).await);
    let by = Actor::Contact(contact);
    let mut tx = store.begin().await.unwrap();
    tx.opened(std::slice::from_ref(&first), "portal", &by, now()).await.unwrap();
    tx.acknowledged(&[first], "portal", &by, now()).await.unwrap();
    tx.not_here(&second, NotificationEnd::NotHere, &by, now()).await.unwrap();
    let last = tx.children(&[child(store, "c")]).await.unwrap();
    tx.close_children(&last, Reason::Duplicate, &Actor::Staff("ada".into()), now()).await.unwrap();
    let place = Place { topic: "police.incidents.v1".into(), partition: 2, offset: 40 };
    tx.refuse(vec![
        refused(None, Origin::Kafka(place), Refusal::too_large(1024)),
        refused(Some("N/9"), Origin::Http("rms".into()), Refusal::version_conflict()),
    ])
    .await
    .unwrap();
    tx.commit().await.unwrap();
    accept(store, publication(2, VersionKind::Corrected, &["a", "d"])).await;
    accept(store, publication(3, VersionKind::Withdrawn, &[])).await;
}

#[tokio::test]
async fn every_event_that_is_emitted_fits_the_schema_of_its_type_and_none_is_missing_in_its_sequence() {
    on_both(async |store| {
        every_way(&store).await;
        let (mut types, mut sequences) = (BTreeSet::new(), Vec::new());
        for written in store.unpublished_events(1000).await.unwrap() {
            let event: Value = serde_json::from_str(&written.body).unwrap();
            assert_eq!(faults(&event), Vec::<String>::new(), "{event}");
            assert_eq!(event["source"], "/encompass");
            assert_eq!(
                event["subject"].as_str().unwrap().parse::<uuid::Uuid>().unwrap().as_bytes(),
                &written.subject
            );
            assert_eq!(event["time"].as_str().unwrap().parse::<Timestamp>().unwrap(), now());
            types.insert(event["type"].as_str().unwrap().to_owned());
            sequences.extend(event["data"]["sequence"].as_u64());
        }
        let ours: BTreeSet<String> = documents()
            .iter()
            .filter(|document| document.data.ours)
            .map(|document| document.event_type.to_owned())
            .collect();
        assert_eq!(types, ours);
        assert_eq!(sequences, (1..=u64::try_from(sequences.len()).unwrap()).collect::<Vec<_>>());
        assert!(sequences.len() > 12, "{sequences:?}");
    })
    .await;
}
