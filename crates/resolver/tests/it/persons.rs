//! A named person decides.

use encompass_core::id::SettingId;
use encompass_core::state::{ChildState, NotificationState, Reason, TaskKind};
use encompass_store::incident::VersionKind;
use encompass_store::resolve::{Besides, ByPerson, Choice, Outcome, Recipient, Rules, Shown};
use encompass_store::{Error, Scope};
use jiff::civil::date;
use serde_json::json;

use crate::world::{ADA, ELM, FORCE, NOW, OAK, Pupil, World, at, incident, on_both};

fn desk() -> Scope {
    Scope::staff("w.desk".into(), vec![FORCE.into()], Vec::new(), false)
}

/// A child that nothing confirms, so that it is held.
async fn held(world: &World) {
    world.register("county", NOW, &[ADA]).await;
    let mut data = incident();
    data["children"][0]["addresses"] = json!([]);
    world.accept(1, VersionKind::Reported, &data).await;
    world.resolve().await;
}

async fn by_person(world: &World, choice: Choice, why: &str) -> ByPerson {
    let mut shown = world.store.shown(&desk(), world.child_id("c1")).await.unwrap();
    shown.settings = vec![world.setting(OAK).await];
    decision(world, choice, why, shown)
}

fn decision(world: &World, choice: Choice, why: &str, shown: Shown) -> ByPerson {
    let why = why.to_owned().into();
    ByPerson { child: world.child_id("c1"), choice, why, shown, is_connected: |_, _| false }
}

/// These settings and no other.
fn only(settings: Vec<SettingId>) -> Choice {
    Choice::Settings(settings, Besides::Nobody)
}

async fn decide(world: &World, scope: &Scope, decision: ByPerson) -> Result<Outcome, Error> {
    let machine = world.clock.machine();
    world.store.decide_by_person(scope, &Rules::default(), decision, at(NOW), machine).await
}

#[tokio::test]
async fn a_person_decides_once_and_a_second_one_is_told_so() {
    on_both(async |world: World| {
        held(&world).await;
        let choice = only(vec![world.setting(OAK).await]);
        let first = by_person(&world, choice.clone(), "the mother says so").await;
        let second = by_person(&world, Choice::Close(Reason::NoSetting), "").await;
        assert_eq!(decide(&world, &desk(), first).await.unwrap(), Outcome::Done);
        assert!(matches!(decide(&world, &desk(), second).await, Err(Error::Changed)));
        let notification = world.notification("c1", OAK).await.unwrap();
        assert_eq!(notification.due_at, at("2026-03-02T08:30:00Z"));
        assert_eq!(world.sends().await, [(world.contacts_of(OAK).await[0], 1)]);
        let log = world.store.audit_of_incident(notification.child.incident).await.unwrap();
        let line = log.iter().find(|line| line.action == "child.decided").unwrap();
        assert_eq!(line.actor, "staff:w.desk");
        assert!(line.detail.starts_with("1 told, 1 settings shown"), "{}", line.detail);
    })
    .await;
}

#[tokio::test]
async fn what_a_setting_was_told_stays_as_it_was_when_one_more_is_told() {
    on_both(async |world: World| {
        held(&world).await;
        world.close_school(ELM, &[date(2026, 3, 2)]).await;
        let (oak, elm) = (world.setting(OAK).await, world.setting(ELM).await);
        let tell = async |settings: Vec<SettingId>| {
            let decision = by_person(&world, only(settings), "the mother says so").await;
            decide(&world, &desk(), decision).await.unwrap()
        };
        assert_eq!(tell(vec![oak]).await, Outcome::Done);
        assert_eq!(world.sends().await, [(world.contacts_of(OAK).await[0], 1)]);
        let told = world.notification("c1", OAK).await.unwrap();
        let mut tx = world.store.begin().await.unwrap();
        tx.opened(std::slice::from_ref(&told), "telephone", &desk().actor, at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(tell(vec![oak]).await, Outcome::NothingNew);
        assert_eq!(tell(vec![oak, elm]).await, Outcome::Done);
        assert_eq!(
            world.sends().await,
            [(world.contacts_of(ELM).await[0], 1)],
            "the first is not told again"
        );
        let (first, further) =
            (world.notification("c1", OAK).await.unwrap(), world.notification("c1", ELM).await.unwrap());
        assert_eq!(first.state, NotificationState::Opened);
        assert!(further.due_at > first.due_at);
        assert_eq!(world.child("c1").await.due_at, first.due_at, "what was late stays late");
        let events = world.store.unpublished_events(100).await.unwrap();
        let of_first = format!("\"notification\":\"{}\"", first.id);
        let of_first = events.iter().filter(|event| event.body.replace(": ", ":").contains(&of_first));
        assert_eq!(of_first.count(), 2, "waiting, opened");
    })
    .await;
}

#[tokio::test]
async fn closing_as_unsafe_takes_a_person_and_words() {
    on_both(async |world: World| {
        held(&world).await;
        let choice = Choice::Close(Reason::Unsafe);
        let silent = by_person(&world, choice.clone(), " ").await;
        assert_eq!(decide(&world, &desk(), silent).await.unwrap(), Outcome::NoWords);
        let said = by_person(&world, choice, "the setting is run by a relative").await;
        let service = Scope::service("resolver");
        assert_eq!(decide(&world, &service, said.clone()).await.unwrap(), Outcome::NotAPerson);
        assert_eq!(decide(&world, &desk(), said).await.unwrap(), Outcome::Done);
        let child = world.child("c1").await;
        assert_eq!((child.state, child.reason), (ChildState::Closed, Some(Reason::Unsafe)));
    })
    .await;
}

#[tokio::test]
async fn a_hand_over_ends_the_case_here() {
    on_both(async |world: World| {
        held(&world).await;
        let south = Scope::staff("sue".into(), vec!["south".into()], Vec::new(), false);
        assert!(matches!(world.store.open_child(&south, world.child_id("c1")).await, Err(Error::NotFound)));
        let choice = Choice::HandOver(Recipient::Force("south".into()));
        let decision = by_person(&world, choice, "accepted by the neighbouring force").await;
        assert_eq!(decide(&world, &desk(), decision).await.unwrap(), Outcome::Done);
        assert_eq!(world.child("c1").await.state, ChildState::HandedOver);
        let (case, place) = world.store.open_child(&south, world.child_id("c1")).await.unwrap();
        assert_eq!((case.children.len(), place), (1, 0), "the grant is of this child alone");
        let asked = world.store.tasks(&south, 0).await.unwrap().rows;
        assert_eq!(asked.iter().map(|task| task.kind).collect::<Vec<_>>(), [TaskKind::HandedOver]);
        assert_eq!(world.child("c1").await.force, FORCE, "it moves no row");
        let decision = by_person(&world, Choice::Close(Reason::Other), "of another force").await;
        assert!(matches!(decide(&world, &south, decision).await, Err(Error::NotFound)));
        world.accept(2, VersionKind::Corrected, &incident()).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.state, ChildState::HandedOver);
        assert_eq!(world.sends().await, []);
    })
    .await;
}

#[tokio::test]
async fn nobody_decides_outside_their_force_or_area() {
    on_both(async |world: World| {
        held(&world).await;
        let choice = only(vec![world.setting(ELM).await]);
        for scope in [
            Scope::staff("x".into(), vec!["south".into()], Vec::new(), true),
            Scope::staff("x".into(), vec![FORCE.into()], vec!["925".into()], true),
        ] {
            let decision = by_person(&world, choice.clone(), "").await;
            assert!(matches!(decide(&world, &scope, decision).await, Err(Error::NotFound)));
            assert!(matches!(world.store.shown(&scope, world.child_id("c1")).await, Err(Error::NotFound)));
        }
        assert_eq!(world.child("c1").await.state, ChildState::Held);
    })
    .await;
}

#[tokio::test]
async fn a_restricted_case_is_decided_by_those_who_may_see_it() {
    on_both(async |world: World| {
        world.register("county", NOW, &[Pupil { restricted: true, ..ADA }]).await;
        world.accept(1, VersionKind::Reported, &incident()).await;
        world.resolve().await;
        let shown = world.store.shown(&desk(), world.child_id("c1")).await;
        assert!(matches!(shown, Err(Error::NotFound)), "the register's entry is restricted");
        let named = Scope::staff("w.named".into(), vec![FORCE.into()], Vec::new(), true);
        let shown = world.store.shown(&named, world.child_id("c1")).await.unwrap();
        let choice = only(vec![world.setting(OAK).await]);
        let decision = decision(&world, choice, "", shown);
        assert_eq!(decide(&world, &named, decision).await.unwrap(), Outcome::Done);
    })
    .await;
}

#[tokio::test]
async fn a_correction_keeps_what_a_person_decided_and_asks_again_only_for_what_protects() {
    on_both(async |world: World| {
        held(&world).await;
        let choice = only(vec![world.setting(ELM).await]);
        let decision = by_person(&world, choice, "moved last week").await;
        assert_eq!(decide(&world, &desk(), decision).await.unwrap(), Outcome::Done);
        let mut data = incident();
        data["risk_grade"] = json!("high");
        world.accept(2, VersionKind::Corrected, &data).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.state, ChildState::Notified);
        assert!(world.notification("c1", OAK).await.is_none());
        data["safety"] = json!({ "protected_address": true });
        world.accept(3, VersionKind::Corrected, &data).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.state, ChildState::Held);
        assert_eq!(world.sends().await, []);
    })
    .await;
}
