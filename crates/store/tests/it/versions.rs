//! What holds of an incident by all its versions, in whatever order they come.

use encompass_core::state::TaskKind;
use encompass_store::desk::Case;
use encompass_store::incident::{Acceptance, Publication, VersionKind};
use encompass_store::tally::Tally;
use encompass_store::{Error, Result, Scope, Store, watch};
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};

use crate::flow::{self, FORCE, accept, asked, publication};
use crate::made_up::now;
use crate::on_both;

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

/// Accepts versions of one incident in each order and gives the case that each makes.
async fn in_every_order(
    store: &Store,
    versions: &[Publication; 3],
    check: impl AsyncFn([usize; 3], &Scope, Result<Case>),
) {
    for (number, order) in ORDERS.into_iter().enumerate() {
        let reference = format!("N/{number}/26");
        for place in order {
            accept(store, Publication { reference: reference.clone(), ..versions[place].clone() }).await;
        }
        for sees_restricted in [false, true] {
            let scope = Scope::staff("ada".into(), vec![FORCE.into()], Vec::new(), sees_restricted);
            check(order, &scope, store.find_case(&scope, FORCE, &reference).await).await;
        }
    }
}

#[tokio::test]
async fn once_any_version_restricts_a_case_it_is_for_named_people_only() {
    on_both(async |store| {
        let versions = [
            Publication { is_restricted: true, ..publication(1, VersionKind::Reported, &["a"]) },
            publication(2, VersionKind::Withdrawn, &[]),
            publication(3, VersionKind::Corrected, &["a"]),
        ];
        in_every_order(&store, &versions, async |order, scope, case| match case {
            Ok(case) => assert!(scope.sees_restricted() && case.is_restricted, "{order:?}"),
            Err(error) => {
                assert!(!scope.sees_restricted() && matches!(error, Error::NotFound), "{order:?}: {error}");
            }
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_withdrawal_says_nothing_of_an_incident_but_that_it_is_taken_back() {
    on_both(async |store| {
        let known_at = now() - SignedDuration::from_hours(9);
        let versions = [
            publication(1, VersionKind::Reported, &["a"]),
            Publication { is_exercise: true, known_at, ..publication(2, VersionKind::Corrected, &["a"]) },
            publication(3, VersionKind::Withdrawn, &[]),
        ];
        in_every_order(&store, &versions, async |order, _, case| {
            let case = case.unwrap();
            let said = (case.is_withdrawn, case.is_exercise, case.known_at);
            assert_eq!(said, (true, true, known_at), "{order:?}");
        })
        .await;
    })
    .await;
}

#[tokio::test]
async fn a_lower_version_that_restricts_late_has_the_resolver_look_again_at_who_is_not_told() {
    on_both(async |store| {
        let (school, contact) = flow::school_with_lead(&store).await;
        accept(&store, publication(2, VersionKind::Reported, &["a"])).await;
        flow::decide(&store, &["a"], &school, contact).await;
        assert!(store.take_unresolved(10).await.unwrap().cases.is_empty());
        let late = publication(1, VersionKind::Reported, &["a"]);
        accept(&store, Publication { is_restricted: true, ..late }).await;
        let (_tx, cases) = store.take_unresolved(10).await.unwrap().begin().await.unwrap();
        assert_eq!(cases.len(), 1);
        assert!(cases[0].is_restricted && cases[0].version == 2);
    })
    .await;
}

#[tokio::test]
async fn what_was_being_resolved_when_the_case_was_restricted_waits_for_the_next_batch() {
    on_both(async |store| {
        accept(&store, publication(2, VersionKind::Reported, &["a"])).await;
        let batch = store.take_unresolved(10).await.unwrap();
        if store.backend() == encompass_store::Backend::Postgres {
            // There the child is locked as long as it is looked at.
            return;
        }
        let late = publication(1, VersionKind::Reported, &["a"]);
        accept(&store, Publication { is_restricted: true, ..late }).await;
        assert!(batch.begin().await.unwrap().1.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_child_whom_only_a_lower_version_names_that_came_later_is_asked_about() {
    on_both(async |store| {
        accept(&store, publication(2, VersionKind::Corrected, &["a"])).await;
        assert!(asked(&store).await.is_empty());
        accept(&store, publication(1, VersionKind::Reported, &["a", "b"])).await;
        assert_eq!(asked(&store).await, [TaskKind::NoLongerNamed]);
    })
    .await;
    on_both(async |store| {
        let together = vec![
            publication(1, VersionKind::Reported, &["a", "b"]),
            publication(2, VersionKind::Corrected, &["a"]),
        ];
        let mut tx = store.begin().await.unwrap();
        tx.accept(together).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(asked(&store).await, [TaskKind::NoLongerNamed], "in one batch too");
    })
    .await;
    on_both(async |store| {
        accept(&store, publication(2, VersionKind::Withdrawn, &[])).await;
        accept(&store, publication(1, VersionKind::Reported, &["a"])).await;
        assert!(asked(&store).await.is_empty(), "of a withdrawn incident nobody is told");
    })
    .await;
}

/// A version that was numbered by a time, saying `content`.
fn timed(millisecond: i64, kind: VersionKind, content: u8) -> Publication {
    let timed = publication(1, kind, &["a"]);
    Publication { version: millisecond, content_hash: [content; 32], ..timed }
}

#[tokio::test]
async fn the_newest_said_again_without_a_number_is_a_repeat() {
    on_both(async |store| {
        let at = 1_769_000_000_000;
        let table = [
            (at, VersionKind::Reported, 1, "new"),
            (at + 5, VersionKind::Reported, 1, "repeated"),
            (at + 9, VersionKind::Corrected, 2, "newer"),
            (at + 12, VersionKind::Corrected, 1, "newer"),
            (at + 15, VersionKind::Withdrawn, 1, "newer"),
        ];
        for (version, kind, content, expected) in table {
            let became = match accept(&store, timed(version, kind, content)).await {
                Acceptance::New(_) => "new",
                Acceptance::Newer(_) => "newer",
                Acceptance::Repeated(_) => "repeated",
                _ => "something else",
            };
            assert_eq!(became, expected, "{version}");
        }
    })
    .await;
}

#[tokio::test]
async fn versions_numbered_in_two_ways_are_marked_and_asked_about() {
    on_both(async |store| {
        accept(&store, timed(1_769_000_000_000, VersionKind::Reported, 1)).await;
        assert!(asked(&store).await.is_empty());
        accept(&store, publication(2, VersionKind::Withdrawn, &[])).await;
        assert_eq!(asked(&store).await, [TaskKind::VersionOrder]);
        let scope = Scope::staff("ada".into(), vec![FORCE.into()], Vec::new(), false);
        let case = store.find_case(&scope, FORCE, "N/1/26").await.unwrap();
        let marked: Vec<bool> =
            case.versions.iter().map(|version| version.marks.contains("numbered_otherwise")).collect();
        assert_eq!((marked, case.is_withdrawn), (vec![true, false], false));
    })
    .await;
}

#[tokio::test]
async fn a_tally_is_compared_with_the_children_named_last_and_the_day_stated_first() {
    on_both(async |store| {
        let yesterday = now() - SignedDuration::from_hours(24);
        let first = publication(1, VersionKind::Reported, &["a", "b"]);
        accept(&store, Publication { recorded_at: Some(yesterday), ..first }).await;
        accept(&store, publication(2, VersionKind::Corrected, &["a"])).await;
        accept(&store, publication(3, VersionKind::Withdrawn, &[])).await;
        let tally = Tally {
            force: FORCE.into(),
            day: date(2026, 3, 1),
            recorded: None,
            with_children: Some(1),
            children: Some(1),
            published: None,
        };
        let mut tx = store.begin().await.unwrap();
        tx.store_tally(&tally, now()).await.unwrap();
        assert_eq!(tx.compare_tallies(now(), now(), now()).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert_eq!(asked(&store).await, [TaskKind::NoLongerNamed]);
        let account = watch::reconcile(&store, Timestamp::MIN).await.unwrap();
        assert_eq!(
            account.differences[&watch::Difference::Children],
            0,
            "every child that was ever named counts"
        );
    })
    .await;
}
