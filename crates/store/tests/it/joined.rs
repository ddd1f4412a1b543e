//! A sibling that is found after the others: with their mail where that was never tried, else with one of its own.

use encompass_core::plan::Class;
use encompass_core::state::AttemptState;
use encompass_store::incident::VersionKind;
use jiff::SignedDuration;

use crate::flow::{self, accept, publication, send};
use crate::made_up::now;
use crate::on_both;

#[tokio::test]
async fn a_sibling_found_later_joins_only_a_mail_that_was_never_tried() {
    let later = now() + SignedDuration::from_mins(30);
    for tried in
        [None, Some((AttemptState::Deferred, Class::Network)), Some((AttemptState::Unknown, Class::Unknown))]
    {
        on_both(async |store| {
            let (school, contact) = flow::school_with_lead(&store).await;
            accept(&store, publication(1, VersionKind::Reported, &["a", "b"])).await;
            flow::decide(&store, &["a"], &school, contact).await;
            let mut first = Vec::new();
            if let Some((outcome, class)) = tried {
                first = send(&store, outcome, Some(class), Some(later)).await;
            }
            flow::decide(&store, &["b"], &school, contact).await;
            let sent = send(&store, AttemptState::Accepted, None, None).await;
            assert_eq!(sent.len(), 1, "{tried:?}: at once, not with the next try of the other");
            assert!(!sent.iter().any(|id| first.contains(id)), "{tried:?}: under its own Message-ID");
            let lease = SignedDuration::from_secs(60);
            let again = store.claim_deliveries("test", 10, later, later, lease).await.unwrap();
            let again: Vec<_> = again.into_iter().map(|claimed| claimed.message_id).collect();
            assert_eq!(again, first, "{tried:?}: the other is tried again as it was");
        })
        .await;
    }
}

#[tokio::test]
async fn a_mail_that_waits_for_its_time_goes_with_the_sibling_that_is_owed_sooner() {
    on_both(async |store| {
        let (school, contact) = flow::school_with_lead(&store).await;
        accept(&store, publication(1, VersionKind::Reported, &["a", "b"])).await;
        let [a, b] = ["a", "b"].map(|child_ref| flow::child(&store, child_ref));
        let later = now() + SignedDuration::from_hours(2);
        flow::decide_about(&store, &[a], &school, contact, later).await;
        assert!(send(&store, AttemptState::Accepted, None, None).await.is_empty());
        flow::decide_about(&store, &[b], &school, contact, now()).await;
        let lease = SignedDuration::from_secs(60);
        let claimed = store.claim_deliveries("test", 10, now(), now(), lease).await.unwrap();
        assert_eq!(claimed.iter().map(|claim| claim.notifications).collect::<Vec<_>>(), [2]);
    })
    .await;
}
