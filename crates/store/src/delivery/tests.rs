//! What needs a row that no function writes.

use encompass_core::state::{AttemptState, DeliveryKind, TaskKind};
use encompass_testkit::{Folder, or_left_out, postgres};
use jiff::{SignedDuration, Timestamp};

use super::{Body, Ended, Mail, NoBody};
use crate::Store;
use crate::db::Options;
use crate::seal::Keys;

#[tokio::test]
async fn a_delivery_whose_body_cannot_be_opened_holds_up_no_other_and_becomes_a_task() {
    let folder = Folder::new().unwrap();
    damaged_among_others(format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display())).await;
    if let Some(server) = or_left_out("PostgreSQL", postgres::shared().await) {
        damaged_among_others(server.database().await.unwrap()).await;
    }
}

async fn damaged_among_others(url: String) {
    let store = Store::open(&Options::at(url), Keys::new(&[7; 32])).await.unwrap();
    let now = Timestamp::UNIX_EPOCH;
    let mut tx = store.begin().await.unwrap();
    let mail = |kind| Mail {
        kind,
        force: "north".into(),
        contact: None,
        task: None,
        body: Body::default(),
        due_at: now,
    };
    tx.queue_mails(vec![mail(DeliveryKind::Code), mail(DeliveryKind::Alert)], now).await.unwrap();
    let damage = "UPDATE delivery SET sealed_body = $1 WHERE kind = 'code'";
    sqlx::query(damage).bind(b"not an envelope".to_vec()).execute(tx.conn()).await.unwrap();
    tx.commit().await.unwrap();

    let claimed = store.claim_deliveries("test", 10, now, now, SignedDuration::from_secs(60)).await.unwrap();
    let bodies: Vec<_> = claimed.iter().map(|one| (one.kind, one.body.as_ref().err().copied())).collect();
    assert_eq!(bodies, [(DeliveryKind::Code, Some(NoBody::Unreadable)), (DeliveryKind::Alert, None)]);

    let ended = |place: usize, outcome| Ended {
        delivery: claimed[place].id,
        claim: claimed[place].claim,
        outcome,
        class: None,
        code: None,
        next_at: None,
        at: now,
    };
    let mut tx = store.begin().await.unwrap();
    let ended = vec![ended(0, AttemptState::Rejected), ended(1, AttemptState::Accepted)];
    assert_eq!(tx.record_attempts(ended).await.unwrap().kept, 2);
    let asked = tx.alerting_tasks(now, 10).await.unwrap();
    assert_eq!(asked.iter().map(|task| task.kind).collect::<Vec<_>>(), [TaskKind::Stuck]);
    tx.commit().await.unwrap();
    store.close().await;
}
