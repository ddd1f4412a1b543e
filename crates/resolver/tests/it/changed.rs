//! A register that has changed since a person was shown a child.

use encompass_core::state::Hold;
use encompass_store::Scope;
use encompass_store::register::{Basis, Judgement, New, entry_id};
use encompass_store::resolve::{Besides, Choice, Outcome, Who};
use jiff::civil::date;
use serde_json::{Value, json};

use crate::by_table::{DUTY, all_ticked, by_hand, by_table, decide, decide_as, looked_at, these, told};
use crate::world::{ADA, ELM, FORCE, NOW, OAK, Pupil, World, at, on_both, somebody};

/// What a load after the hold makes of the child's entry, and what comes of it.
struct Load {
    name: &'static str,
    pupils: Vec<Pupil>,
    outcome: Outcome,
    told: &'static [(&'static str, &'static str)],
    hold: Option<Hold>,
}

#[tokio::test]
async fn a_person_decides_on_what_the_register_has_now() {
    const CHANGED: Outcome = Outcome::RegisterChanged { is_looked_at: true };
    let other = Pupil { given: "Peregrine", born: date(2016, 1, 9), postcode: "ZZ9 9ZZ", ..ADA };
    let loads = [
        Load {
            name: "nothing of the child",
            pupils: vec![ADA, other.clone()],
            outcome: Outcome::Done,
            told: &[(OAK, DUTY)],
            hold: None,
        },
        Load {
            name: "moves the child",
            pupils: vec![Pupil { schools: &[ELM], ..ADA }],
            outcome: CHANGED,
            told: &[(ELM, DUTY)],
            hold: Some(Hold::Unconfirmed),
        },
        Load {
            name: "restricts the child",
            pupils: vec![Pupil { restricted: true, ..ADA }],
            outcome: CHANGED,
            told: &[],
            hold: Some(Hold::Restricted),
        },
        Load {
            name: "drops the child",
            pupils: vec![other],
            outcome: CHANGED,
            told: &[],
            hold: Some(Hold::NoMatch),
        },
    ];
    let unconfirmed = |data: &mut Value| data["children"][0]["addresses"] = json!([]);
    for load in loads {
        on_both(async |world: World| {
            let Load { name, pupils, outcome, told: expected, hold } = &load;
            looked_at(&world, &vec![("county", vec![ADA])], unconfirmed).await;
            let who = all_ticked(&world).await;
            world.register("county", NOW, pupils).await;
            assert_eq!(decide(&world, Choice::ByTable, who, |_, _| false).await, *outcome, "{name}");
            if *outcome == CHANGED {
                assert_eq!(told(&world).await, these(&[], &[]), "{name}: nobody is told of what was");
                world.resolve().await;
                assert_eq!(world.child("c1").await.hold, *hold, "{name}: it is looked at anew");
            }
            if !expected.is_empty() && *outcome == CHANGED {
                assert_eq!(by_table(&world).await, Outcome::Done, "{name}");
            }
            assert_eq!(told(&world).await, these(expected, &[]), "{name}");
        })
        .await;
    }
}

#[tokio::test]
async fn nobody_decides_on_a_register_that_the_force_may_no_longer_use() {
    on_both(async |world: World| {
        let unconfirmed = |data: &mut Value| data["children"][0]["addresses"] = json!([]);
        looked_at(&world, &vec![("county", vec![ADA])], unconfirmed).await;
        let who = all_ticked(&world).await;
        let mut tx = world.store.begin().await.unwrap();
        let forces = vec!["south".to_owned()];
        let new = New { source: "county".into(), owner: "county".into(), forces, max_age_days: 30 };
        tx.put_register(new, somebody(), at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
        let settings = Choice::Settings(vec![world.setting(OAK).await], Besides::ByTable);
        for choice in [Choice::ByTable, settings] {
            let outcome = decide(&world, choice, who.clone(), |_, _| false).await;
            assert_eq!(outcome, Outcome::RegisterChanged { is_looked_at: true });
        }
        world.resolve().await;
        assert_eq!(world.child("c1").await.hold, Some(Hold::NoRegister));
        let log = world.store.audit_of_incident(world.child("c1").await.incident).await.unwrap();
        assert_eq!(log.iter().filter(|line| line.action == "child.register_changed").count(), 2);
        assert_eq!(by_hand(&world, &[OAK], Besides::ByTable, Who::default()).await, Outcome::Done);
        assert_eq!(told(&world).await, these(&[(OAK, DUTY)], &[]), "the person said where, not who");
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_is_the_same_child_as_a_restricted_one_by_now_is_for_named_people() {
    on_both(async |world: World| {
        let unconfirmed = |data: &mut Value| data["children"][0]["addresses"] = json!([]);
        looked_at(&world, &vec![("county", vec![ADA])], unconfirmed).await;
        let who = all_ticked(&world).await;
        world.register("health", NOW, &[Pupil { restricted: true, given: "Rose", ..ADA }]).await;
        let entry = |source| entry_id(world.store.identity(), source, "P0");
        let (one, other) = (entry("county"), entry("health"));
        let mut tx = world.store.begin().await.unwrap();
        let same = Judgement { one, other, is_same: true, basis: Basis::Person };
        tx.judge(vec![same], &somebody(), at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
        let outcome = decide(&world, Choice::ByTable, who.clone(), |_, _| false).await;
        assert_eq!(outcome, Outcome::RegisterChanged { is_looked_at: true });
        let named = Scope::staff("w.named".into(), vec![FORCE.into()], Vec::new(), true);
        let outcome = decide_as(&world, &named, Choice::ByTable, who, |_, _| false).await;
        assert_eq!(outcome, Outcome::Done, "what was shown of the entry itself is as it was");
    })
    .await;
}
