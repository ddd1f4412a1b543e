//! What staff's pages read and settle, within a scope.

use encompass_core::id::{ChildId, TaskId};
use encompass_core::state::{ChildState, DeliveryKind, Hold, ResolutionKind, TaskKind, TaskState};
use encompass_store::delivery::{Body, Mail};
use encompass_store::incident::{Due, NamedChild, Publication, VersionKind};
use encompass_store::resolution::Decision;
use encompass_store::sample::{Drawn, Period, Review};
use encompass_store::{Actor, Error, Scope, Store, task};
use jiff::{SignedDuration, Timestamp};

use crate::flow::{accept, publication};
use crate::made_up::now;
use crate::{on_both, somebody};

fn due_at() -> Timestamp {
    now() + SignedDuration::from_hours(2)
}

fn due() -> Due {
    Due { at: due_at(), is_provisional: true, reasoning: "{}".into() }
}

fn desk(areas: &[&str], sees_restricted: bool) -> Scope {
    let areas = areas.iter().map(|area| (*area).to_owned()).collect();
    Scope::staff("ada".into(), vec!["north".into()], areas, sees_restricted)
}

/// An incident with one child that the resolver held, whose home is in `area`.
async fn held<'a>(
    store: &Store,
    force: &str,
    reference: &str,
    area: impl Into<Option<&'a str>>,
    is_restricted: bool,
) -> ChildId {
    let publication = Publication {
        force: force.into(),
        reference: reference.into(),
        version: 1,
        kind: VersionKind::Reported,
        content_hash: [1; 32],
        body: br#"{"circumstances": "told in confidence"}"#.to_vec().into(),
        marks: Vec::new(),
        marks_left_out: 0,
        known_at: now(),
        known_by: "known_at".into(),
        recorded_at: None,
        published_at: None,
        arrived_at: now(),
        received_at: now(),
        source: "test".into(),
        traceparent: None,
        is_restricted,
        is_exercise: false,
        is_history: false,
        children: vec![NamedChild { child_ref: "c1".into(), place: 0 }],
        provisional: due(),
    };
    let mut tx = store.begin().await.unwrap();
    tx.accept(vec![publication]).await.unwrap();
    let incident = store.identity().incident(force, reference, now());
    let id = store.identity().child(incident, "c1");
    let child = tx.children(&[id]).await.unwrap().pop().unwrap();
    let decision = Decision {
        key: tx.incident_key(incident).await.unwrap(),
        child,
        kind: ResolutionKind::Matched,
        by: Actor::Service("resolver"),
        evidence: b"{\"why\": \"nothing fits\"}".to_vec().into(),
        rules_version: "test".into(),
        incident_version: 1,
        register_load: None,
        directory_load: None,
        targets: Vec::new(),
        hold: Some(Hold::NoMatch),
        is_restricted: false,
        provisional: Some(due()),
        authority: area.into().map(str::to_owned),
    };
    tx.decide(vec![decision], now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

#[tokio::test]
async fn held_children_cases_and_tasks_are_those_in_scope() {
    on_both(async |store| {
        let plain = held(&store, "north", "N/1", "919", false).await;
        let restricted = held(&store, "north", "N/2", "919", true).await;
        let elsewhere = held(&store, "north", "N/3", "920", false).await;
        let southern = held(&store, "south", "S/1", "919", false).await;
        let nowhere = held(&store, "north", "N/4", None, false).await;
        let all = [plain, restricted, elsewhere, southern, nowhere];
        for (scope, seen) in [
            (desk(&[], false), vec![plain, elsewhere, nowhere]),
            (desk(&[], true), vec![plain, restricted, elsewhere, nowhere]),
            (desk(&["919"], true), vec![plain, restricted, nowhere]),
            (desk(&["920", "921"], false), vec![elsewhere, nowhere]),
            (Scope::staff("bea".into(), Vec::new(), Vec::new(), true), vec![]),
            (Scope::service("test"), all.to_vec()),
        ] {
            let mut seen = seen;
            seen.sort_unstable();
            let page = store.held_children(&scope, 0).await.unwrap();
            let mut listed: Vec<_> = page.rows.iter().map(|held| held.child.id).collect();
            listed.sort_unstable();
            assert_eq!(listed, seen, "{scope:?}");
            let tasks = store.tasks(&scope, 0).await.unwrap().rows;
            let mut asked: Vec<_> = tasks.iter().filter_map(|task| task.child).collect();
            asked.sort_unstable();
            assert_eq!(asked, seen, "{scope:?}");
            for child in all {
                let opened = store.open_child(&scope, child).await;
                assert_eq!(opened.is_ok(), seen.contains(&child), "{scope:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn of_two_children_the_one_whom_a_register_keeps_for_named_people_is_hidden_and_its_sister_is_not() {
    on_both(async |store| {
        accept(&store, publication(1, VersionKind::Reported, &["a", "b"])).await;
        let [kept, sister] = ["a", "b"].map(|child_ref| crate::flow::child(&store, child_ref));
        let mut tx = store.begin().await.unwrap();
        tx.restrict(&[(kept, true)]).await.unwrap();
        let incident = tx.children(&[sister]).await.unwrap()[0].incident;
        let asked = |child| task::New {
            incident: Some(incident),
            child,
            ..task::New::about("north", TaskKind::Corrected, format!("{child:?}"), due_at())
        };
        tx.open_tasks(vec![asked(Some(kept)), asked(Some(sister)), asked(None)], now()).await.unwrap();
        tx.commit().await.unwrap();
        for (scope, seen, hidden, tasks) in
            [(desk(&[], false), vec![sister], (1, 1), 2), (desk(&[], true), vec![kept, sister], (0, 0), 3)]
        {
            let case = store.open_case(&scope, incident).await.unwrap();
            assert_eq!(case.children.iter().map(|one| one.child.id).collect::<Vec<_>>(), seen);
            assert_eq!((case.children_hidden, case.children_restricted), hidden);
            assert_eq!(store.tasks(&scope, 0).await.unwrap().rows.len(), tasks);
        }
        let mut tx = store.begin().await.unwrap();
        tx.restrict(&[(sister, true)]).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(store.open_case(&desk(&[], false), incident).await, Err(Error::NotFound)));
        assert_eq!(store.tasks(&desk(&[], false), 0).await.unwrap().rows.len(), 0);
        assert!(store.open_case(&desk(&[], true), incident).await.is_ok());
    })
    .await;
}

#[tokio::test]
async fn a_case_opens_with_its_versions_decisions_and_due_times() {
    on_both(async |store| {
        let child = held(&store, "north", "N/1", "919", false).await;
        let (case, place) = store.open_child(&desk(&[], false), child).await.unwrap();
        assert_eq!(case.reference.as_deref(), Some("N/1"));
        assert_eq!(&**case.versions[0].body, br#"{"circumstances": "told in confidence"}"#);
        let one = &case.children[place];
        assert_eq!((one.child.state, one.child_ref.as_str()), (ChildState::Held, "c1"));
        assert_eq!(&**one.decisions[0].evidence, b"{\"why\": \"nothing fits\"}");
        assert_eq!(one.dues.last().unwrap().due_at, due_at());
        assert_eq!(store.sends_of_incident(&desk(&[], false), case.id).await.unwrap().len(), 0);
        assert_eq!(store.tasks_of_incident(&desk(&[], false), case.id).await.unwrap().len(), 1);
        let hidden = store.sends_of_incident(&desk(&["920"], false), case.id).await;
        assert!(matches!(hidden, Err(Error::NotFound)));
    })
    .await;
}

async fn open_task(store: &Store) -> TaskId {
    let mut tx = store.begin().await.unwrap();
    let new = task::New::about("north", TaskKind::BadContact, "setting:x".into(), due_at());
    tx.open_tasks(vec![new], now()).await.unwrap();
    tx.commit().await.unwrap();
    store.tasks(&desk(&[], false), 0).await.unwrap().rows[0].id
}

#[tokio::test]
async fn a_task_is_taken_once_given_back_by_its_taker_and_settled_once() {
    on_both(async |store| {
        let id = open_task(&store).await;
        let (ada, bea) =
            (desk(&[], false), Scope::staff("bea".into(), vec!["north".into()], Vec::new(), false));
        let mut tx = store.begin().await.unwrap();
        tx.claim_task(id, &ada, now()).await.unwrap();
        assert!(matches!(tx.claim_task(id, &bea, now()).await, Err(Error::Changed)));
        assert!(matches!(tx.release_task(id, &bea, now()).await, Err(Error::Changed)));
        assert!(matches!(tx.settle_task(id, "done", "", &bea, now()).await, Err(Error::Changed)));
        tx.release_task(id, &ada, now()).await.unwrap();
        tx.settle_task(id, "done", "spoke to them", &bea, now()).await.unwrap();
        assert!(matches!(tx.settle_task(id, "done", "", &ada, now()).await, Err(Error::Changed)));
        assert!(matches!(tx.note_call(id, "no_answer", &ada, now()).await, Err(Error::Changed)));
        tx.commit().await.unwrap();
        let opened = store.open_task(&ada, id).await.unwrap();
        assert_eq!(opened.task.state, TaskState::Settled);
        assert_eq!(opened.task.settled_by.as_deref(), Some("staff:bea"));
        assert_eq!(opened.note.unwrap().as_str(), "spoke to them");
    })
    .await;
}

#[tokio::test]
async fn a_claim_that_is_not_settled_alerts_again_in_half_the_time_left_or_an_hour() {
    on_both(async |store| {
        let id = open_task(&store).await;
        let ada = desk(&[], false);
        let minutes = SignedDuration::from_mins;
        for (claimed_at, lapses_after) in [
            (due_at() - minutes(600), minutes(60)),
            (due_at() - minutes(55), minutes(55) / 2),
            (due_at() + minutes(5), minutes(60)),
        ] {
            let mut tx = store.begin().await.unwrap();
            tx.tasks_alerted(&[(id, None)]).await.unwrap();
            tx.claim_task(id, &ada, claimed_at).await.unwrap();
            let lapses_at = claimed_at + lapses_after;
            assert!(tx.alerting_tasks(lapses_at - minutes(1), 10).await.unwrap().is_empty(), "{claimed_at}");
            let alerting = tx.alerting_tasks(lapses_at, 10).await.unwrap();
            assert_eq!((alerting.len(), alerting[0].is_claimed, alerting[0].alerts), (1, true, 0));
            tx.tasks_alerted(&[(id, None)]).await.unwrap();
            tx.release_task(id, &ada, lapses_at).await.unwrap();
            let anew = tx.alerting_tasks(lapses_at, 10).await.unwrap();
            assert_eq!((anew.len(), anew[0].is_claimed, anew[0].alerts), (1, false, 0), "given back");
            tx.commit().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn the_installations_own_tasks_are_apart_and_alerts_say_when_the_next_thing_is_due() {
    on_both(async |store| {
        let child = held(&store, "north", "N/1", "919", false).await;
        let mut tx = store.begin().await.unwrap();
        let own = task::New::about("", TaskKind::Stuck, "outbox".into(), due_at());
        tx.open_tasks(vec![own], now()).await.unwrap();
        tx.commit().await.unwrap();
        let own = store.installation_tasks(0).await.unwrap().rows;
        assert_eq!((own.len(), own[0].kind), (1, TaskKind::Stuck));
        assert_eq!(store.installation_task(own[0].id).await.unwrap().id, own[0].id);
        let of_force = store.tasks(&desk(&[], false), 0).await.unwrap().rows;
        assert_eq!(of_force.iter().map(|task| task.child).collect::<Vec<_>>(), [Some(child)]);
        assert!(matches!(store.installation_task(of_force[0].id).await, Err(Error::NotFound)));
        let mut tx = store.begin().await.unwrap();
        let alerting = tx.alerting_tasks(now(), 10).await.unwrap();
        assert_eq!(alerting.len(), 2);
        let later = now() + SignedDuration::from_mins(20);
        let again: Vec<_> = alerting.iter().map(|task| (task.id, Some(later))).collect();
        tx.tasks_alerted(&again).await.unwrap();
        let alert = Mail {
            kind: DeliveryKind::Alert,
            force: "north".into(),
            contact: None,
            task: Some(of_force[0].id),
            body: Body::default(),
            due_at: due_at(),
        };
        tx.queue_mails(vec![alert], now()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.next_due_at(now()).await.unwrap(), Some(later));
        assert_eq!(store.next_due_at(later).await.unwrap(), None);
        let lease = SignedDuration::from_secs(60);
        let claimed = store.claim_deliveries("test", 10, now(), now(), lease).await.unwrap();
        assert_eq!((claimed.len(), claimed[0].task), (1, Some(of_force[0].id)));
        let mut tx = store.begin().await.unwrap();
        assert!(tx.alerting_tasks(now(), 10).await.unwrap().is_empty());
        assert_eq!(tx.alerting_tasks(later, 10).await.unwrap()[0].alerts, 1);
    })
    .await;
}

#[tokio::test]
async fn a_held_child_is_spoken_of_once_at_each_lead_time_and_its_officer_is_known() {
    on_both(async |store| {
        let officer = crate::made_up::loaded_school(&store, "100001").await.id;
        let plain = held(&store, "north", "N/1", "919", false).await;
        let restricted = held(&store, "north", "N/2", "919", true).await;
        let mut tx = store.begin().await.unwrap();
        let both = [plain, restricted].map(|child| ("north".to_owned(), child, Some(officer)));
        tx.note_home_officers(&both).await.unwrap();
        tx.commit().await.unwrap();
        let hour = SignedDuration::from_hours(1);
        let long = SignedDuration::from_hours(3);
        let near = due_at() - SignedDuration::from_mins(50);
        let table = [
            ("too early", hour, false, now(), 0),
            ("an hour before", hour, false, near, 2),
            ("the desk was first asked after the longer lead", long, false, near, 0),
            ("and late ones are wanted", long, true, near, 2),
            ("the due time has passed", hour, false, due_at(), 0),
            ("the due time has passed, at the last lead", hour, true, due_at(), 2),
        ];
        for (what, lead, late_ones, at, expected) in table {
            let mut tx = store.begin().await.unwrap();
            assert_eq!(tx.holds_at_lead(lead, late_ones, at, 10).await.unwrap().len(), expected, "{what}");
            // Rows stay locked for a moment after a transaction is dropped.
            tx.commit().await.unwrap();
        }
        assert_eq!(store.next_lead_at(&[hour, long], now()).await.unwrap(), Some(due_at() - hour));
        let mut tx = store.begin().await.unwrap();
        let found = tx.holds_at_lead(hour, true, near, 10).await.unwrap();
        let officer_of = |child| found.iter().find(|lead| lead.child == child).unwrap().officer;
        assert_eq!((officer_of(plain), officer_of(restricted)), (Some(officer), None));
        let told: Vec<_> = found.into_iter().map(|lead| (lead, 1)).collect();
        tx.lead_spoken(&told, hour, near).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.begin().await.unwrap();
        assert!(tx.holds_at_lead(hour, true, near, 10).await.unwrap().is_empty(), "once");
        assert!(matches!(tx.lead_spoken(&told, hour, near).await, Err(Error::Changed)), "another was first");
    })
    .await;
}

#[tokio::test]
async fn figures_and_waiting_work_count_without_naming() {
    on_both(async |store| {
        held(&store, "north", "N/1", "919", false).await;
        held(&store, "north", "N/2", "919", true).await;
        held(&store, "south", "S/1", "919", false).await;
        let (from, to) = (now(), due_at() + SignedDuration::from_mins(1));
        let leader = desk(&[], false);
        let rows = store.figure_rows(&leader, "north", from, to).await.unwrap();
        assert_eq!(rows.len(), 2, "a restricted case counts, another force's does not");
        assert_eq!(rows[0].first_hold.as_deref(), Some("no_match"));
        assert_eq!(store.figure_rows(&leader, "south", from, to).await.unwrap().len(), 0);
        assert_eq!(store.figure_rows(&leader, "north", from, due_at()).await.unwrap().len(), 0);
        assert_eq!(store.figure_rows(&desk(&["920"], false), "north", from, to).await.unwrap().len(), 0);
        assert_eq!(store.refused_count(&leader, "north", from, to).await.unwrap().received, 0);
        let waiting = store.waiting().await.unwrap();
        let held = waiting.iter().find(|one| one.what == "children_held").unwrap();
        assert_eq!((held.count, held.oldest_at), (3, Some(now())));
        assert!(store.loaded_sources().await.unwrap().is_empty());
        assert!(store.readings().await.unwrap().is_empty());
        assert!(store.duties().await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_sample_is_drawn_once_and_reviewed_by_two() {
    on_both(async |store| {
        let child = held(&store, "north", "N/1", "919", false).await;
        let period =
            Period { force: "north".into(), from: now(), to: due_at() + SignedDuration::from_mins(1) };
        let frame = store.sample_frame(&period, now()).await.unwrap();
        assert_eq!(frame[0].stratum, "held/pending");
        let drawn =
            || Drawn { period: period.clone(), seed: 7, share_ppm: 1, frame: 1, children: frame.clone() };
        let mut tx = store.begin().await.unwrap();
        let sample = tx.record_sample(drawn(), somebody(), now()).await.unwrap().unwrap();
        assert_eq!(tx.record_sample(drawn(), somebody(), now()).await.unwrap(), None);
        tx.commit().await.unwrap();
        assert_eq!(store.sample_of(&period).await.unwrap(), Some(sample));
        let scope = desk(&[], false);
        let (queued, case, _) = store.open_sampled(&scope, "rex", sample, child).await.unwrap();
        assert_eq!((queued.reviews, queued.is_mine_done), (0, false));
        let review = || Review {
            sample,
            child,
            criteria_version: "1".into(),
            answers: "{}".into(),
            note: "in confidence".to_owned().into(),
        };
        for (reviewer, is_written) in [("rex", true), ("rex", false), ("rita", true), ("ron", false)] {
            let mut tx = store.begin().await.unwrap();
            let written = tx.record_review(&case, review(), reviewer, &scope, now()).await;
            assert_eq!(written.is_ok(), is_written, "{reviewer}: {written:?}");
            tx.commit().await.unwrap();
            let shown = store.reviews_shown_to(&case, "rex", sample, child).await.unwrap();
            assert_eq!(shown[0].note.as_ref().unwrap().as_str(), "in confidence");
        }
        assert_eq!(store.review_counts(&scope).await.unwrap(), [0, 0, 1]);
        assert!(store.review_queue(&scope, "ron", 0).await.unwrap().rows.is_empty());
        assert_eq!(store.reviewed(&scope, "rex", 0).await.unwrap().rows.len(), 1);
    })
    .await;
}
