//! What a setting was told of and sent back, and what is decided on again.

use encompass_core::state::{AttemptState, ChildState, NotificationEnd, NotificationState, TaskKind};
use encompass_store::incident::VersionKind;
use encompass_store::resolution::Target;
use encompass_store::{Actor, Scope, Store};
use jiff::Timestamp;

use crate::flow::{self, FORCE, accept, asked, publication};
use crate::made_up::now;
use crate::on_both;

/// A child whose setting was told, and said that it is not there.
async fn sent_back(store: &Store) {
    let (school, contact) = flow::school_with_lead(store).await;
    accept(store, publication(1, VersionKind::Reported, &["a"])).await;
    flow::decide(store, &["a"], &school, contact).await;
    flow::send(store, AttemptState::Accepted, None, None).await;
    let notice = flow::notification(store, "a", &school).await;
    let by = Actor::Contact(contact);
    let mut tx = store.begin().await.unwrap();
    tx.opened(std::slice::from_ref(&notice), "portal", &by, now()).await.unwrap();
    tx.not_here(&notice, NotificationEnd::NotHere, &by, now()).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_child_that_was_told_of_at_the_wrong_setting_only_was_not_told_of() {
    on_both(async |store| {
        sent_back(&store).await;
        let rows = store.figure_rows(&Scope::service("test"), FORCE, Timestamp::MIN, Timestamp::MAX).await;
        let row = rows.unwrap().remove(0);
        assert_eq!((row.state, row.told_at, row.sent_at), (ChildState::Held, None, None));
        assert_eq!((row.resolved_at, row.queued_at), (None, None), "its setting is not known");
        let account = encompass_store::watch::reconcile(&store, Timestamp::MIN).await.unwrap();
        assert!(account.is_balanced(), "{account:?}");
    })
    .await;
}

#[tokio::test]
async fn a_correction_after_a_child_was_sent_back_has_it_looked_at_again_and_asks_a_person() {
    on_both(async |store| {
        sent_back(&store).await;
        accept(&store, publication(2, VersionKind::Corrected, &["a"])).await;
        assert_eq!(asked(&store).await, [TaskKind::WrongSetting, TaskKind::Corrected]);
        let (_tx, cases) = store.take_unresolved(10).await.unwrap().begin().await.unwrap();
        assert_eq!((cases[0].version, cases[0].children[0].excluded.len()), (2, 1));
    })
    .await;
}

#[tokio::test]
async fn a_notification_that_is_decided_on_again_is_as_if_it_were_new() {
    on_both(async |store| {
        let (school, contact) = flow::school_with_lead(&store).await;
        accept(&store, publication(1, VersionKind::Reported, &["a"])).await;
        flow::decide(&store, &["a"], &school, contact).await;
        flow::send(&store, AttemptState::Accepted, None, None).await;
        accept(&store, publication(2, VersionKind::Withdrawn, &[])).await;
        accept(&store, publication(3, VersionKind::Corrected, &["a"])).await;
        let target = flow::target(&school, contact, now());
        let (legal_basis, authority) = ("Made-up arrangement".to_owned(), Some("920".to_owned()));
        let target = Target { legal_basis: legal_basis.clone(), authority: authority.clone(), ..target };
        flow::decide_for(&store, &[flow::child(&store, "a")], &target).await;
        let again = flow::notification(&store, "a", &school).await;
        assert_eq!((again.state, again.sent_at), (NotificationState::Waiting, None));
        assert_eq!((again.legal_basis, again.authority), (legal_basis, authority));
        assert_eq!(flow::send(&store, AttemptState::Accepted, None, None).await.len(), 1);
    })
    .await;
}
