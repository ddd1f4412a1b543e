//! Held children, when a register says something else than when they were looked for.

use encompass_core::id::TaskId;
use encompass_core::state::{ChildState, Hold, TaskState};
use encompass_store::Scope;
use encompass_store::desk::Task;
use encompass_store::incident::VersionKind;
use encompass_store::register::New;
use jiff::SignedDuration;
use serde_json::json;

use crate::world::{ADA, ELM, FORCE, NOW, OAK, Pupil, World, at, incident, on_both, somebody};

const ZULEIKA: Pupil = Pupil { given: "Zuleika", born: jiff::civil::date(2018, 5, 6), ..ADA };

fn desk() -> Scope {
    Scope::staff("w.desk".into(), vec![FORCE.into()], Vec::new(), false)
}

/// Held for this reason.
async fn held(world: &World, hold: Hold) {
    world.accept(1, VersionKind::Reported, &incident()).await;
    world.resolve().await;
    assert_eq!(world.child("c1").await.hold, Some(hold));
}

/// Whether the child is told, after the resolver has looked.
async fn is_told(world: &World) -> bool {
    world.resolve().await;
    let told = world.notification("c1", OAK).await.is_some();
    assert_eq!(world.child("c1").await.state == ChildState::Held, !told);
    told
}

async fn hold_task(world: &World) -> Task {
    let tasks = world.store.tasks(&Scope::service("test"), 0).await.unwrap().rows;
    tasks.into_iter().find(|task| task.kind == encompass_core::state::TaskKind::Hold).unwrap()
}

/// A person at the desk takes the task in hand.
async fn take(world: &World, task: TaskId) {
    let mut tx = world.store.begin().await.unwrap();
    tx.claim_task(task, &desk(), at(NOW)).await.unwrap();
    tx.commit().await.unwrap();
}

async fn give_back(world: &World, task: TaskId) {
    let mut tx = world.store.begin().await.unwrap();
    tx.release_task(task, &desk(), at(NOW)).await.unwrap();
    tx.commit().await.unwrap();
}

/// The current version of every register is joined with the others.
async fn join_all(world: &World) {
    for (_, register) in world.store.licences(&Scope::service("test")).await.unwrap() {
        let mut tx = world.store.begin().await.unwrap();
        tx.set_joined(register.load, at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test]
async fn a_load_that_brings_the_child_has_it_told_and_its_task_settled() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ZULEIKA]).await;
        held(&world, Hold::NoMatch).await;
        let task = hold_task(&world).await;
        world.register("county", NOW, &[ZULEIKA, ADA]).await;
        assert!(is_told(&world).await);
        let task = world.store.task(&Scope::service("test"), task.id).await.unwrap();
        assert_eq!((task.state, task.settled_how.as_deref()), (TaskState::Settled, Some("decided")));
    })
    .await;
}

#[tokio::test]
async fn a_load_takes_nobody_from_the_desks_list_before_the_resolver_has_looked() {
    on_both(async |world: World| {
        let listed = async || world.store.held_children(&desk(), 0).await.unwrap().rows.len();
        world.accept(1, VersionKind::Reported, &incident()).await;
        assert_eq!(listed().await, 0, "whoever is new waits for the resolver");
        world.resolve().await;
        assert_eq!(listed().await, 1);
        world.register("county", NOW, &[ADA]).await;
        assert_eq!(listed().await, 1, "marked, and not looked at");
        assert!(is_told(&world).await);
        assert_eq!(listed().await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_load_leaves_the_count_of_restricted_children_as_it_is_until_the_resolver_has_looked() {
    on_both(async |world: World| {
        let restricted = Pupil { restricted: true, ..ADA };
        world.register("county", NOW, std::slice::from_ref(&restricted)).await;
        held(&world, Hold::Restricted).await;
        world.register("county", NOW, &[restricted, ZULEIKA]).await;
        assert_eq!(world.store.held_for_named_people(&desk()).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_register_that_comes_or_is_renewed_has_the_child_told() {
    on_both(async |world: World| {
        held(&world, Hold::NoRegister).await;
        world.register("county", "2026-01-02T03:00:00Z", &[ADA]).await;
        assert!(!is_told(&world).await);
        assert_eq!(world.child("c1").await.hold, Some(Hold::RegisterStale));
        // The same again, true at a later date, is no new version.
        world.register("county", NOW, &[ADA]).await;
        assert!(is_told(&world).await);
    })
    .await;
}

#[tokio::test]
async fn a_child_in_somebodys_hands_waits_until_it_is_given_back() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ZULEIKA]).await;
        held(&world, Hold::NoMatch).await;
        let task = hold_task(&world).await.id;
        take(&world, task).await;
        world.register("county", NOW, &[ZULEIKA, ADA]).await;
        assert!(!is_told(&world).await);
        assert_eq!(world.child("c1").await.hold, Some(Hold::NoMatch), "as the person sees it");
        give_back(&world, task).await;
        assert!(is_told(&world).await);
    })
    .await;
}

#[tokio::test]
async fn a_child_that_is_taken_in_hand_after_a_load_waits_until_it_is_given_back() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ZULEIKA]).await;
        held(&world, Hold::NoMatch).await;
        let task = hold_task(&world).await.id;
        world.register("county", NOW, &[ZULEIKA, ADA]).await;
        take(&world, task).await;
        assert!(!is_told(&world).await);
        assert_eq!(world.child("c1").await.hold, Some(Hold::NoMatch), "as the person sees it");
        give_back(&world, task).await;
        assert!(is_told(&world).await);
    })
    .await;
}

#[tokio::test]
async fn a_correction_is_looked_at_although_the_child_is_taken_in_hand() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ZULEIKA]).await;
        held(&world, Hold::NoMatch).await;
        let task = hold_task(&world).await.id;
        let mut data = incident();
        data["children"][0]["names"] = json!([]);
        world.accept(2, VersionKind::Corrected, &data).await;
        take(&world, task).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.hold, Some(Hold::NothingToLookUp));
    })
    .await;
}

#[tokio::test]
async fn a_child_about_whom_the_force_was_asked_waits_for_the_answer() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ZULEIKA]).await;
        held(&world, Hold::NoMatch).await;
        let opened = async || world.store.open_child(&desk(), world.child_id("c1")).await.unwrap();
        let (case, place) = opened().await;
        let mut tx = world.store.begin().await.unwrap();
        tx.ask_force((&case, place), &"Who?".to_owned().into(), &desk(), at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
        world.register("county", NOW, &[ZULEIKA, ADA]).await;
        assert!(!is_told(&world).await);
        let mut tx = world.store.begin().await.unwrap();
        tx.note_answer((&case, place), &"Her.".to_owned().into(), &desk(), at(NOW)).await.unwrap();
        tx.commit().await.unwrap();
        world.register("county", NOW, &[ADA]).await;
        assert!(is_told(&world).await);
    })
    .await;
}

#[tokio::test]
async fn what_was_due_long_ago_stays_with_the_person() {
    for (days, is_reconsidered) in [(29, true), (31, false)] {
        on_both(async |world: World| {
            world.register("county", NOW, &[ZULEIKA]).await;
            held(&world, Hold::NoMatch).await;
            world.clock.step(at(NOW) + SignedDuration::from_hours(24 * days));
            world.register("county", &world.clock.now().to_string(), &[ADA]).await;
            assert_eq!(is_told(&world).await, is_reconsidered, "{days} days");
        })
        .await;
    }
}

#[tokio::test]
async fn of_two_resolvers_one_tells_the_child_and_the_other_finds_nothing_to_do() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ZULEIKA]).await;
        held(&world, Hold::NoMatch).await;
        let other = world.another_resolver();
        world.register("county", NOW, &[ZULEIKA, ADA]).await;
        let (one, other) = tokio::join!(world.resolver.step(), other.step());
        assert!(one.unwrap() + other.unwrap() >= 1);
        assert!(is_told(&world).await);
        assert_eq!(world.sends().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn what_no_register_can_answer_stays_with_the_person() {
    on_both(async |world: World| {
        let mut data = incident();
        data["adults"][0]["connected_setting"] = json!("Oak Lane Primary School");
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        let guarded = world.child("c1").await.hold.unwrap();
        assert_ne!(guarded, Hold::NoRegister);
        world.register("county", NOW, &[ADA]).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.hold, Some(guarded));
    })
    .await;
}

#[tokio::test]
async fn what_was_stopped_by_a_correction_is_not_sent_by_the_next_load() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ADA]).await;
        world.accept(1, VersionKind::Reported, &incident()).await;
        world.resolve().await;
        let mut data = incident();
        data["children"][0]["names"] = json!([{ "given": "Marmaduke", "family": "Copplestone" }]);
        world.accept(2, VersionKind::Corrected, &data).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.state, ChildState::Held);
        world.register("county", NOW, &[ADA, Pupil { given: "Marmaduke", ..ADA }]).await;
        world.resolve().await;
        assert_eq!(world.child("c1").await.state, ChildState::Held, "a person says which of the two it is");
    })
    .await;
}

#[tokio::test]
async fn a_load_that_says_nothing_of_the_child_leaves_its_decision_as_it_is() {
    on_both(async |world: World| {
        let mut data = incident();
        data["children"][0]["addresses"] = json!([]);
        world.register("county", NOW, &[ADA]).await;
        world.accept(1, VersionKind::Reported, &data).await;
        world.resolve().await;
        let opened = async || world.store.open_child(&desk(), world.child_id("c1")).await.unwrap();
        let decisions = async || {
            let (case, place) = opened().await;
            case.children[place].decisions.len()
        };
        let made = async || {
            let (case, place) = opened().await;
            let one = &case.children[place].decisions[0];
            (one.decided_at, one.register_load, one.rules_version.clone())
        };
        let load = async || world.evidence("c1").await.matching.candidates[0].load;
        assert_eq!((world.child("c1").await.hold, decisions().await), (Some(Hold::Unconfirmed), 1));
        let (first, before) = (load().await, made().await);
        world.clock.step(at(NOW) + SignedDuration::from_mins(30));
        world.register("county", NOW, &[ADA, ZULEIKA]).await;
        assert!(!is_told(&world).await);
        assert_eq!(decisions().await, 1, "the same as before");
        assert_eq!(made().await, before, "as it was made");
        assert_ne!(load().await, first, "by the version that is read now");
        let log = world.store.audit_of_incident(world.child("c1").await.incident).await.unwrap();
        assert_eq!(log.iter().filter(|line| line.action == "child.still_held").count(), 1);
        world.register("county", NOW, &[Pupil { schools: &[ELM], ..ADA }, ZULEIKA]).await;
        assert!(!is_told(&world).await);
        assert_eq!(decisions().await, 2, "a person sees where she is now");
        assert_eq!(world.child("c1").await.hold, Some(Hold::Unconfirmed));
    })
    .await;
}

#[tokio::test]
async fn beside_another_register_a_version_counts_once_both_are_joined() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ZULEIKA]).await;
        world.register("health", NOW, &[ZULEIKA]).await;
        held(&world, Hold::NoMatch).await;
        world.register("county", NOW, &[ZULEIKA, ADA]).await;
        assert!(
            !is_told(&world).await,
            "somebody on the other register may be restricted, and the same child"
        );
        join_all(&world).await;
        assert!(is_told(&world).await);
    })
    .await;
}

#[tokio::test]
async fn a_version_a_further_register_and_a_join_each_make_what_a_force_reads_another() {
    on_both(async |world: World| {
        let read = async || {
            let read = world.store.registers_read(FORCE).await.unwrap();
            let mut tx = world.store.begin().await.unwrap();
            assert_eq!(tx.current_registers(FORCE).await.unwrap(), read, "the same where it is recorded");
            read
        };
        let mut before = read().await;
        assert!(before.is_empty());
        for (source, people) in [("county", &[ADA][..]), ("county", &[ADA, ZULEIKA]), ("health", &[ADA])] {
            world.register(source, NOW, people).await;
            let now = read().await;
            assert_ne!(now, before, "{source}");
            before = now;
        }
        join_all(&world).await;
        let now = read().await;
        assert_ne!(now, before, "joined");
        assert!(world.store.registers_read("south").await.unwrap().is_empty());
    })
    .await;
}

#[tokio::test]
async fn nobody_is_told_by_a_register_that_is_taken_from_the_force_while_the_child_is_decided_on() {
    on_both(async |world: World| {
        world.register("county", NOW, &[ADA]).await;
        world.resolve().await;
        world.accept(1, VersionKind::Reported, &incident()).await;
        let (_, register) = world.store.licences(&Scope::service("test")).await.unwrap().remove(0);
        let mut tx = world.store.begin().await.unwrap();
        tx.set_joined(register.load, at(NOW)).await.unwrap();
        let (source, owner, forces) = ("county".into(), "county".into(), vec!["south".into()]);
        let licensed = New { source, owner, forces, max_age_days: 30 };
        tx.put_register(licensed, somebody(), at(NOW)).await.unwrap();
        let mut step = std::pin::pin!(world.resolver.step());
        let waited = tokio::time::timeout(std::time::Duration::from_secs(2), &mut step).await;
        assert!(waited.is_err(), "nothing is recorded while what it was decided by is being changed");
        tx.commit().await.unwrap();
        step.await.unwrap();
        assert!(!is_told(&world).await);
        assert_eq!(world.child("c1").await.hold, Some(Hold::NoRegister));
    })
    .await;
}
