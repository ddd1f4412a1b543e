use std::collections::BTreeMap;

use encompass_core::state::Hold;
use encompass_store::Store;
use encompass_store::watch::{self, Findings, Kind, Limits};
use encompass_watchdog::{Config, Metrics, step};
use jiff::{SignedDuration, Timestamp};
use prometheus::Registry;

use crate::case::{
    FORCE, Traits, accept, acknowledge, alerted, claim, claim_task, decide, due, minutes, open_calls, school,
    send, start, stuck_tasks,
};
use crate::on_both;

fn limits() -> Limits {
    Limits {
        grace: minutes(2),
        urgent: minutes(60),
        outbox: minutes(10),
        quiet: SignedDuration::from_hours(48),
        quiet_of: BTreeMap::new(),
    }
}

/// What is stuck, but for lifecycle events: nobody publishes them here.
async fn stuck(store: &Store, now: Timestamp) -> Vec<Kind> {
    let found = watch::find(store, &limits(), now, now).await.unwrap();
    found.all.iter().map(|finding| finding.kind).filter(|kind| *kind != Kind::OutboxLate).collect()
}

#[tokio::test]
async fn a_child_that_the_resolver_leaves_is_found_after_the_grace_and_not_before() {
    on_both(async |store| {
        accept(&store, "1", Traits::default()).await;
        assert_eq!(stuck(&store, start() + minutes(1)).await, []);
        assert_eq!(stuck(&store, start() + minutes(2)).await, [Kind::ChildOverdue]);
    })
    .await;
}

#[tokio::test]
async fn a_child_about_whom_a_person_was_asked_is_not_stuck_even_past_its_due_time() {
    on_both(async |store| {
        accept(&store, "1", Traits::default()).await;
        decide(&store, "1", Err(Hold::NoMatch), start()).await;
        for now in [due() - minutes(30), due() + minutes(1)] {
            let found = stuck(&store, now).await;
            assert!(found.iter().all(|kind| *kind == Kind::TaskOverdue), "{found:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn an_untold_child_with_under_an_hour_left_is_found_unless_a_call_was_asked_for() {
    on_both(async |store| {
        let school = school(&store).await;
        accept(&store, "1", Traits::default()).await;
        decide(&store, "1", Ok(school), start()).await;
        send(&store, start()).await;
        let call_at = due() - minutes(60);
        assert_eq!(stuck(&store, call_at - minutes(1)).await, []);
        assert_eq!(stuck(&store, call_at + minutes(1)).await, [], "the call itself has the grace");
        assert_eq!(stuck(&store, call_at + minutes(2)).await, [Kind::NotificationUntold]);
        assert_eq!(open_calls(&store, call_at + minutes(2)).await, 1);
        assert_eq!(stuck(&store, call_at + minutes(3)).await, []);
    })
    .await;
}

#[tokio::test]
async fn a_call_that_is_claimed_and_forgotten_is_found_once_the_claim_has_lapsed() {
    on_both(async |store| {
        let school = school(&store).await;
        accept(&store, "1", Traits::default()).await;
        decide(&store, "1", Ok(school), start()).await;
        send(&store, start()).await;
        let call_at = due() - minutes(60);
        assert_eq!(open_calls(&store, call_at).await, 1);
        let claimed_at = call_at + minutes(10);
        let call = alerted(&store, claimed_at, Some(due())).await;
        claim_task(&store, call, claimed_at).await;
        assert_eq!(stuck(&store, claimed_at + minutes(24)).await, [], "somebody has it");
        let lapsed_at = claimed_at + minutes(25);
        assert_eq!(stuck(&store, lapsed_at + minutes(2)).await, [Kind::TaskOverdue], "no alert was made");
        let again = lapsed_at + minutes(10);
        alerted(&store, lapsed_at, Some(again)).await;
        assert_eq!(stuck(&store, lapsed_at).await, [Kind::NotificationUntold]);
        alerted(&store, again, Some(due())).await;
        assert_eq!(stuck(&store, again).await, [Kind::NotificationUntold, Kind::TaskUnsettled]);
    })
    .await;
}

#[tokio::test]
async fn a_task_that_nobody_claims_is_found_after_the_last_alert() {
    on_both(async |store| {
        accept(&store, "1", Traits::default()).await;
        decide(&store, "1", Err(Hold::NoMatch), start()).await;
        let later = start() + minutes(30);
        alerted(&store, start(), Some(later)).await;
        assert_eq!(stuck(&store, later).await, []);
        alerted(&store, later, None).await;
        assert_eq!(stuck(&store, later).await, [Kind::TaskUnsettled]);
    })
    .await;
}

#[tokio::test]
async fn a_child_whose_setting_said_i_have_it_is_never_stuck() {
    on_both(async |store| {
        let school = school(&store).await;
        accept(&store, "1", Traits::default()).await;
        decide(&store, "1", Ok(school), start()).await;
        send(&store, start()).await;
        acknowledge(&store, "1", school, start() + minutes(5)).await;
        assert_eq!(stuck(&store, due() + minutes(30)).await, []);
    })
    .await;
}

#[tokio::test]
async fn deliveries_that_nobody_claims_takes_back_or_ends_are_found() {
    on_both(async |store| {
        let school = school(&store).await;
        accept(&store, "1", Traits::default()).await;
        decide(&store, "1", Ok(school), start()).await;
        assert_eq!(stuck(&store, start() + minutes(1)).await, []);
        assert_eq!(stuck(&store, start() + minutes(3)).await, [Kind::DeliveryOverdue]);
        let mut now = start() + minutes(3);
        claim(&store, now).await;
        assert_eq!(stuck(&store, now + minutes(2)).await, [], "the lease and its grace");
        assert_eq!(stuck(&store, now + minutes(3)).await, [Kind::DeliveryLeaseOver]);
        for expected in [vec![], vec![Kind::DeliveryUnknown]] {
            now += minutes(3);
            assert_eq!(store.expire_leases(now, now).await.unwrap(), 1);
            assert_eq!(stuck(&store, now).await, expected);
            claim(&store, now).await;
        }
    })
    .await;
}

#[tokio::test]
async fn events_that_wait_a_feed_gone_quiet_and_a_dead_holder_are_found() {
    on_both(async |store| {
        accept(&store, "1", Traits::default()).await;
        let lease = SignedDuration::from_secs(30);
        store.take_duty("publish", "one", start(), lease).await.unwrap();
        store.take_duty("other", "one", start(), lease).await.unwrap();
        store.release_duty("other", "one").await.unwrap();
        let subjects = async |now, limits: &Limits| -> Vec<String> {
            let found = watch::find(&store, limits, now, now).await.unwrap();
            let without_case = [Kind::OutboxLate, Kind::FeedQuiet, Kind::DutyUnbeaten];
            found.all.into_iter().filter(|f| without_case.contains(&f.kind)).map(|f| f.subject).collect()
        };
        assert!(subjects(start() + minutes(1), &limits()).await.is_empty());
        let later = start() + minutes(15);
        assert_eq!(subjects(later, &limits()).await, [format!("outbox:{FORCE}"), "duty:publish".into()]);
        let mut impatient = limits();
        impatient.quiet_of = BTreeMap::from([("south".into(), minutes(600)), (FORCE.into(), minutes(5))]);
        let found = subjects(later, &impatient).await;
        assert!(found.contains(&"feed:north".into()) && found.contains(&"feed:south".into()), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn each_finding_is_asked_about_once_and_taken_back_when_it_moves_again() {
    on_both(async |store| {
        accept(&store, "1", Traits::default()).await;
        accept(&store, "2", Traits::default()).await;
        let metrics = Metrics::new(&Registry::new());
        let (config, now) = (Config::default(), start() + minutes(5));
        let first = step(&store, &config, &metrics, "one", now, now).await.unwrap();
        assert_eq!((first.asked.opened, first.asked.settled), (2, 0), "{:?}", first.findings);
        let again = step(&store, &config, &metrics, "two", now, now).await.unwrap();
        assert_eq!((again.asked.opened, again.asked.settled), (0, 0));
        assert_eq!(stuck_tasks(&store, now).await, 2);
        decide(&store, "1", Err(Hold::NoMatch), now).await;
        let moved = step(&store, &config, &metrics, "one", now, now).await.unwrap();
        assert_eq!((moved.asked.opened, moved.asked.settled), (0, 1));
        assert_eq!(stuck_tasks(&store, now).await, 1);
        assert_eq!(store.duty_beat(watch::DUTY).await.unwrap(), Some(now));
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_findings_does_not_bury_the_desk_but_urgent_ones_are_always_asked_about() {
    on_both(async |store| {
        for reference in ["1", "2", "3"] {
            accept(&store, reference, Traits::default()).await;
        }
        let ask = async |now| {
            let found = watch::find(&store, &limits(), now, now).await.unwrap();
            let all = found.all.into_iter().filter(|finding| finding.kind != Kind::OutboxLate).collect();
            watch::ask(&store, &Findings { all, is_cut: false }, now, 2).await.unwrap()
        };
        let calm = ask(start() + minutes(5)).await;
        assert_eq!((calm.opened, calm.unasked), (2, 1));
        let urgent = ask(due() - minutes(30)).await;
        assert_eq!((urgent.opened, urgent.unasked), (1, 0));
    })
    .await;
}
