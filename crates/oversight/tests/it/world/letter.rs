//! Messages that were refused.

use encompass_core::event::{RefusalKind, from_http};
use encompass_core::id::RefusedId;
use encompass_store::Store;
use encompass_store::refused::{Bytes, Message, New, Origin};
use jiff::SignedDuration;

use super::now;

pub async fn letter(store: &Store, force: &str, reference: &str) -> RefusedId {
    let payload = format!("{{\"force\": \"{force}\", \"reference\": \"{reference}\"");
    refuse(store, force, payload.into_bytes()).await
}

pub async fn letter_of(store: &Store, force: &str) -> RefusedId {
    refuse(store, force, b"{}".to_vec()).await
}

async fn refuse(store: &Store, force: &str, payload: Vec<u8>) -> RefusedId {
    // A real refusal, from the contract's own reading.
    let refusal = from_http(|_| None, b"{", 100).err();
    let refusal = refusal.expect("half an object is no event");
    assert_eq!(refusal.kind, RefusalKind::Unreadable);
    let new = New {
        force: force.into(),
        reference: None,
        origin: Origin::Http("rms".into()),
        fingerprint: [u8::try_from(payload.len()).unwrap(); 32],
        traceparent: None,
        refusal,
        message: Message {
            key: None,
            headers: vec![("content-type".into(), Bytes(b"application/cloudevents+json".to_vec()))],
            payload: Some(Bytes(payload)),
        },
        received_at: now() - SignedDuration::from_mins(20),
        due_at: now() + SignedDuration::from_hours(1),
    };
    let mut tx = store.begin().await.unwrap();
    let ids = tx.refuse(vec![new]).await.unwrap();
    tx.commit().await.unwrap();
    ids[0]
}
