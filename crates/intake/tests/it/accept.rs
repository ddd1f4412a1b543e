//! The one way in, on both databases.

use encompass_core::due::Rules;
use encompass_core::event::RefusalKind;
use encompass_core::state::{RefusedState, TaskKind};
use encompass_intake::accept::{Batch, Item, Said, take};
use encompass_intake::{Config, Error, Outcome, PutBack, close, put_back};
use encompass_store::{Scope, Store};
use encompass_testkit::{or_left_out, postgres};
use serde_json::{Value, json};

use crate::made_up::{
    FORCE, arrived, brokerless, desk, event, now, on_both, open, refused, reported, take_all, tasks,
};

async fn put(store: &Store, scope: &Scope, mended: Option<Value>) -> encompass_intake::Result<PutBack> {
    let id = refused(store).await[0].id;
    let mended = mended.map(|event| event.to_string().into_bytes());
    put_back(store, &Config::default(), &Rules::default(), id, mended, scope, "mended by hand", now()).await
}

#[tokio::test]
async fn the_same_version_is_taken_once_and_other_content_under_it_goes_to_a_person() {
    on_both(async |store: Store| {
        let other = {
            let mut other = reported("A/1", 1);
            other["data"]["kind"] = json!("assault");
            other
        };
        let outcomes =
            take_all(&store, &[reported("A/1", 1), reported("A/1", 1), other, reported("A/1", 2)]).await;
        let words: Vec<&str> = outcomes.iter().map(Outcome::as_str).collect();
        assert_eq!(words, ["accepted", "repeated", "refused", "accepted"]);
        let refused = refused(&store).await;
        assert_eq!(refused.len(), 1);
        assert_eq!(
            (refused[0].kind, refused[0].pointer.as_deref()),
            (RefusalKind::VersionConflict, Some("/version"))
        );
        assert_eq!(tasks(&store).await, [TaskKind::DeadLetter]);
    })
    .await;
}

#[tokio::test]
async fn what_can_not_be_taken_is_set_aside_by_its_kind_and_met_again_asks_nobody_again() {
    on_both(async |store: Store| {
        let mut foreign = reported("A/2", 1);
        foreign["data"]["force"] = json!("elsewhere");
        let cases = [
            (json!({ "a": 1 }), RefusalKind::NotCloudEvents),
            (event("encompass.unknown.v1", json!({ "force": FORCE })), RefusalKind::UnknownType),
            (
                event("encompass.incident.reported.v1", json!({ "force": FORCE })),
                RefusalKind::MissingRequired,
            ),
            (
                event("encompass.incident.reported.v1", json!({ "force": FORCE, "reference": "A/3" })),
                RefusalKind::NothingToLookUp,
            ),
            (foreign, RefusalKind::WrongForce),
        ];
        let events: Vec<Value> = cases.iter().map(|(event, _)| event.clone()).collect();
        take_all(&store, &events).await;
        take_all(&store, &events).await;
        let mut found: Vec<RefusalKind> = refused(&store).await.iter().map(|one| one.kind).collect();
        let mut expected: Vec<RefusalKind> = cases.iter().map(|(_, kind)| *kind).collect();
        found.sort_unstable_by_key(|kind| kind.word());
        expected.sort_unstable_by_key(|kind| kind.word());
        assert_eq!(found, expected);
        let tasks = tasks(&store).await;
        assert_eq!(tasks.iter().filter(|kind| **kind == TaskKind::DeadLetter).count(), 5);
        assert_eq!(tasks.iter().filter(|kind| **kind == TaskKind::WrongForce).count(), 1);
        let written = store.unpublished_events(100).await.unwrap();
        assert_eq!(written.len(), 5);
        assert!(written.iter().all(|event| event.body.contains("encompass.incident.refused.v1")));
        assert!(
            written.iter().all(|event| !event.body.contains("elsewhere") && !event.body.contains("Quennell"))
        );
    })
    .await;
}

#[tokio::test]
async fn a_refused_message_is_put_back_by_a_named_person_once_it_is_mended() {
    on_both(async |store: Store| {
        let mut broken = reported("A/4", 1);
        broken["data"]["children"] = json!([]);
        take_all(&store, &[broken]).await;
        let id = refused(&store).await[0].id;
        assert!(matches!(put(&store, &Scope::service("intake"), None).await, Err(Error::NeedsAPerson)));
        let stranger = Scope::staff("other".into(), vec!["elsewhere".into()], Vec::new(), false);
        assert!(put(&store, &stranger, None).await.is_err());
        assert!(store.view_refused(id, &stranger, now()).await.is_err());
        let again = put(&store, &desk(), None).await.unwrap();
        assert!(matches!(again, PutBack::Refused(refusal) if refusal.kind == RefusalKind::NothingToLookUp));
        let mut foreign = reported("A/4", 1);
        foreign["data"]["force"] = json!("elsewhere");
        let again = put(&store, &desk(), Some(foreign)).await.unwrap();
        assert!(matches!(again, PutBack::Refused(refusal) if refusal.kind == RefusalKind::WrongForce));
        let taken = put(&store, &desk(), Some(reported("A/4", 1))).await.unwrap();
        assert!(matches!(taken, PutBack::Taken(Outcome::Accepted(_))));
        assert!(refused(&store).await.is_empty());
        assert_eq!(tasks(&store).await, []);
        let settled = store.refused(&desk(), RefusedState::PutBack, 10).await.unwrap();
        assert_eq!(settled[0].settled_by.as_deref(), Some("staff:desk"));
    })
    .await;
}

#[tokio::test]
async fn a_refused_message_is_seen_and_closed_within_the_scope_only() {
    on_both(async |store: Store| {
        let mut restricted = reported("A/5", 1);
        restricted["data"]["safety"] = json!({ "restricted": true });
        restricted["data"]["children"] = json!([]);
        take_all(&store, &[restricted]).await;
        let id = refused(&store).await[0].id;
        assert!(store.view_refused(id, &desk(), now()).await.is_err());
        let named = Scope::staff("named".into(), vec![FORCE.into()], Vec::new(), true);
        let opened = store.view_refused(id, &named, now()).await.unwrap();
        assert!(opened.message.payload.unwrap().0.windows(3).any(|part| part == b"A/5"));
        let limited = Scope::staff("area".into(), vec![FORCE.into()], vec!["919".into()], true);
        assert!(store.refused(&limited, RefusedState::Open, 10).await.unwrap().is_empty());
        close(&store, id, &named, "sent twice", now()).await.unwrap();
        assert!(close(&store, id, &named, "again", now()).await.is_err());
        assert!(refused(&store).await.is_empty());
        let verdict = store.check_audit_chain(FORCE).await.unwrap();
        assert_eq!(verdict, encompass_store::audit_log::Verdict::Whole { rows: 3 });
    })
    .await;
}

#[tokio::test]
async fn a_case_is_for_named_people_only_unless_it_plainly_says_that_it_is_not() {
    on_both(async |store: Store| {
        let named = Scope::staff("named".into(), vec![FORCE.into()], Vec::new(), true);
        let cases = [json!(true), json!("yes"), json!(1), json!({}), json!(false), json!(null)];
        for (number, said) in cases.into_iter().enumerate() {
            let reference = format!("R/{number}");
            let mut event = reported(&reference, 1);
            event["data"]["safety"] = json!({ "restricted": said });
            take_all(&store, &[event]).await;
            let is_open = said == json!(false) || said == json!(null);
            assert_eq!(store.find_case(&desk(), FORCE, &reference).await.is_ok(), is_open, "{said}");
            assert!(store.find_case(&named, FORCE, &reference).await.is_ok(), "{said}");
        }
    })
    .await;
}

#[tokio::test]
async fn one_record_that_the_database_refuses_is_set_aside_and_the_others_are_taken() {
    let Some(server) = or_left_out("PostgreSQL", postgres::shared().await) else { return };
    let store = open(&server.database().await.unwrap()).await;
    let mut items: Vec<Item> = (0..7)
        .map(|number| {
            let body = reported(&format!("P/{number}"), 1).to_string();
            Item::read(arrived(body.as_bytes()), &Rules::default())
        })
        .collect();
    for place in [2, 5] {
        let Ok(Said::Incident(publication)) = &mut items[place].said else { panic!("it is an incident") };
        publication.reference.push('\0');
    }
    let mut batch = Batch { items, advances: Vec::new() };
    let outcomes = take(&store, &Rules::default(), &mut batch, now()).await.unwrap();
    let refused: Vec<usize> = (0..7).filter(|place| outcomes[*place].as_str() == "refused").collect();
    assert_eq!(refused, [2, 5]);
    store.close().await;
}

#[tokio::test]
async fn a_tally_that_differs_from_what_came_is_a_task_after_its_wait() {
    on_both(async |store: Store| {
        let intake = brokerless(&store);
        let tally = |day: &str, published: i64| {
            let data = json!({ "force": FORCE, "day": day, "recorded": 60, "with_children": 2, "children": 2,
            "published": published });
            event("encompass.incidents.tallied.v1", data)
        };
        let outcomes = take_all(
            &store,
            &[reported("T/1", 1), reported("T/2", 1), tally("2026-03-01", 2), tally("2026-02-28", 0)],
        )
        .await;
        assert_eq!(outcomes[2], Outcome::Tallied);
        assert_eq!(encompass_intake::compare_tallies(&intake).await.unwrap(), 0);
        let later = encompass_intake::Intake::new(
            store.clone(),
            encompass_store::Clock::stepped(now() + jiff::SignedDuration::from_mins(61)),
            Config::default(),
            Rules::default(),
            encompass_intake::Metrics::new(&prometheus::Registry::new()).unwrap(),
        )
        .unwrap();
        assert_eq!(encompass_intake::compare_tallies(&later).await.unwrap(), 2);
        assert_eq!(encompass_intake::compare_tallies(&later).await.unwrap(), 0);
        assert_eq!(tasks(&store).await, [TaskKind::TallyDifference]);
        let compared = store.tallies("2026-02-01".parse().unwrap()).await.unwrap();
        let difference: Vec<String> = compared.iter().map(|(tally, came)| tally.differences(*came)).collect();
        assert_eq!(difference, ["", "with_children 2, came 0; children 2, came 0"]);
    })
    .await;
}
