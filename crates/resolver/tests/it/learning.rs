//! What is sent without a person follows registers, decided cases and named people.

use encompass_core::id::RegisterId;
use encompass_core::state::{ChildState, Hold, TaskKind};
use encompass_store::incident::VersionKind;
use encompass_store::matched::{Automatic, Case, MatchVerdict, Mode, Origin};
use encompass_store::{Scope, Store};
use jiff::civil::date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Value, json};

use crate::world::{ADA, ELM, FORCE, NOW, OAK, Pupil, World, at, child, incident, on_both, somebody};

const OTHERS: i32 = 700;

/// A made-up name out of two parts.
fn name(number: i32, first: &[&str], last: &[&str]) -> &'static str {
    let number = usize::try_from(number).unwrap();
    let (first, last) = (first[number % first.len()], last[number / first.len() % last.len()]);
    Box::leak(format!("{first}{last}").into_boxed_str())
}

/// A register with this pupil among others, so that names tell children apart.
pub fn with(pupil: Pupil) -> Vec<Pupil> {
    others(OTHERS).chain([pupil]).collect()
}

fn others(count: i32) -> impl Iterator<Item = Pupil> {
    let other = |number: i32| Pupil {
        given: name(
            number,
            &["Bar", "Clem", "Dun", "Elf", "Gid", "Hes", "Iv"],
            &["naby", "ency", "stan", "rida", "eon"],
        ),
        family: name(
            number / 3,
            &["Ash", "Brindle", "Dun", "Fern", "Holl"],
            &["mallow", "leigh", "banks", "worth", "combe"],
        ),
        born: date(2008, 1, 1).saturating_add((number * 5).days()),
        postcode: "ZZ7 9AB",
        ..ADA
    };
    (0..count).map(other)
}

/// An incident about one child whose given name is written so.
fn about(reference: &str, given: &str) -> Value {
    let mut data = incident();
    data["reference"] = json!(reference);
    data["children"] = json!([child("c1", given, "2017-03-14")]);
    data
}

/// Publishes it, resolves it, and says how the child stands.
async fn fate(world: &World, data: Value) -> (ChildState, Option<Hold>) {
    let id = world.store.identity().incident(FORCE, data["reference"].as_str().unwrap(), at(NOW));
    let child = world.store.identity().child(id, "c1");
    world.accept(1, VersionKind::Reported, &data).await;
    world.resolve().await;
    let mut tx = world.store.begin().await.unwrap();
    let child = tx.children(&[child]).await.unwrap().remove(0);
    (child.state, child.hold)
}

async fn county(store: &Store) -> RegisterId {
    store.registers_of(&Scope::service("test"), FORCE).await.unwrap()[0].id
}

fn print() -> String {
    encompass_matching::weigh::Parameters::default().print()
}

/// Cases that people decided, all of one score.
async fn decided(world: &World, from: u32, count: u32, score: f64, is_right: bool) {
    decided_with(world, &print(), from..from + count, score, is_right).await;
}

/// The same, scored with these parameters.
async fn decided_with(
    world: &World,
    parameters: &str,
    numbers: std::ops::Range<u32>,
    score: f64,
    is_right: bool,
) {
    let register = county(&world.store).await;
    let case = |number: u32| {
        let mut id = [0; 16];
        id[..4].copy_from_slice(&number.to_be_bytes());
        Case {
            force: FORCE.into(),
            register,
            id,
            origin: Origin::History,
            score,
            is_right,
            right: None,
            parameters: parameters.to_owned(),
        }
    };
    let mut tx = world.store.begin().await.unwrap();
    tx.record_cases(numbers.map(case).collect(), &somebody(), at(NOW)).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn by_hand(world: &World, mode: Mode, threshold: Option<f64>) {
    let register = county(&world.store).await;
    let automatic =
        Automatic { force: FORCE.into(), register, mode, threshold, cases: 0, wrong: 0, lower_bound: 0.0 };
    let mut tx = world.store.begin().await.unwrap();
    tx.set_automatic(automatic, "a trial", &somebody(), world.clock.now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn narrowed_tasks(world: &World) -> usize {
    let scope = Scope::staff("w.desk".into(), vec![FORCE.into()], Vec::new(), false);
    let tasks = world.store.tasks(&scope, 0).await.unwrap().rows;
    tasks.iter().filter(|task| task.kind == TaskKind::Narrowed).count()
}

const HELD: (ChildState, Option<Hold>) = (ChildState::Held, Some(Hold::Unsure));
const TOLD: (ChildState, Option<Hold>) = (ChildState::Notified, None);

#[tokio::test]
async fn decided_cases_widen_what_is_sent_and_wrong_ones_narrow_it_loudly() {
    on_both(async |world: World| {
        world.register("county", NOW, &with(ADA)).await;
        assert_eq!(fate(&world, about("R/1", "Aramynta")).await, HELD, "nothing is earned yet");
        decided(&world, 0, 2_900, 7.0, true).await;
        assert_eq!(fate(&world, about("R/2", "Aramynta")).await, HELD, "too few");
        decided(&world, 2_900, 200, 7.0, true).await;
        assert_eq!(fate(&world, about("R/3", "Aramynta")).await, TOLD);
        let standing = world.store.automatic(&Scope::service("test")).await.unwrap().remove(0);
        assert_eq!((standing.automatic.mode, standing.automatic.threshold), (Mode::Earned, Some(7.0)));
        assert!(standing.automatic.lower_bound >= 0.999);
        decided(&world, 4_000, 5, 12.0, false).await;
        assert_eq!(fate(&world, about("R/4", "Aramynta")).await, HELD);
        assert_eq!(fate(&world, about("R/5", "Araminta")).await, TOLD, "exact agreement is sent as before");
        assert_eq!(narrowed_tasks(&world).await, 1);
    })
    .await;
}

#[tokio::test]
async fn what_was_earned_does_not_hold_once_a_far_larger_register_changes_what_scores_mean() {
    on_both(async |world: World| {
        world.register("county", NOW, &with(ADA)).await;
        decided(&world, 0, 3_100, 7.0, true).await;
        assert_eq!(fate(&world, about("R/1", "Aramynta")).await, TOLD);
        let larger: Vec<Pupil> = others(OTHERS * 3).collect();
        world.register("wider county", NOW, &larger).await;
        assert_eq!(fate(&world, about("R/2", "Aramynta")).await, HELD, "the cases are of another scale");
        assert_eq!(narrowed_tasks(&world).await, 1, "loudly");
        assert_eq!(fate(&world, about("R/3", "Araminta")).await, TOLD, "exact agreement is sent as before");
        decided_with(&world, &format!("{}/4", print()), 0..3_100, 7.0, true).await;
        assert_eq!(fate(&world, about("R/4", "Aramynta")).await, TOLD, "scored anew");
        world.register("wider county", NOW, &larger[..OTHERS as usize]).await;
        assert_eq!(fate(&world, about("R/5", "Aramynta")).await, HELD, "and back");
    })
    .await;
}

#[tokio::test]
async fn a_named_person_widens_it_and_switches_it_off_and_cases_do_not_change_that() {
    on_both(async |world: World| {
        world.register("county", NOW, &with(ADA)).await;
        by_hand(&world, Mode::ByHand, Some(5.0)).await;
        assert_eq!(fate(&world, about("R/1", "Aramynta")).await, TOLD);
        by_hand(&world, Mode::Off, None).await;
        decided(&world, 0, 4_000, 7.0, true).await;
        let off = (ChildState::Held, Some(Hold::SwitchedOff));
        assert_eq!(fate(&world, about("R/2", "Araminta")).await, off, "not even exact agreement is sent");
        by_hand(&world, Mode::Earned, None).await;
        assert_eq!(fate(&world, about("R/3", "Aramynta")).await, TOLD, "given back to decided cases");
    })
    .await;
}

/// What a reviewer says of the match of an incident's child.
async fn review(world: &World, reference: &str, verdict: MatchVerdict) {
    world.store.draw_match_reviews(1_000_000, Timestamp::MIN, world.clock.now()).await.unwrap();
    let incident = world.store.identity().incident(FORCE, reference, at(NOW));
    let child = world.store.identity().child(incident, "c1");
    let reviewer = Scope::staff("r.reviewer".into(), vec![FORCE.into()], Vec::new(), false);
    let (_, case, place) = world.store.open_match_review(&reviewer, child).await.unwrap();
    let judged = Case {
        force: FORCE.into(),
        register: county(&world.store).await,
        id: child.bytes(),
        origin: Origin::Review,
        score: 9.0,
        is_right: verdict == MatchVerdict::Right,
        right: None,
        parameters: print(),
    };
    let mut tx = world.store.begin().await.unwrap();
    let now = world.clock.now();
    tx.record_match_review((&case, place), verdict, vec![judged], &reviewer, now).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn wrong_matches_switch_off_exact_agreement_and_a_threshold_by_hand_until_a_person_says_otherwise() {
    for by in [Mode::Earned, Mode::ByHand] {
        on_both(async |world: World| {
            let off = (ChildState::Held, Some(Hold::SwitchedOff));
            let later = |minutes: i64| world.clock.step(at(NOW) + minutes.minutes());
            world.register("county", NOW, &with(ADA)).await;
            if by == Mode::ByHand {
                by_hand(&world, by, None).await;
            }
            later(1);
            assert_eq!(fate(&world, about("R/1", "Araminta")).await, TOLD);
            assert_eq!(fate(&world, about("R/2", "Araminta")).await, TOLD);
            review(&world, "R/1", MatchVerdict::Right).await;
            assert_eq!(fate(&world, about("R/3", "Araminta")).await, TOLD, "{by:?}");
            review(&world, "R/2", MatchVerdict::Wrong).await;
            assert_eq!(fate(&world, about("R/4", "Araminta")).await, off, "{by:?}");
            assert_eq!(narrowed_tasks(&world).await, 1, "loudly");
            let standing = world.store.automatic(&Scope::service("test")).await.unwrap().remove(0);
            assert_eq!((standing.automatic.cases, standing.automatic.wrong), (2, 1));
            assert!(standing.reason.starts_with("1 of 2 reviewed matches are wrong"), "{}", standing.reason);
            assert_eq!(standing.set_by, "service:resolver");
            later(2);
            by_hand(&world, by, None).await;
            later(3);
            assert_eq!(fate(&world, about("R/5", "Araminta")).await, TOLD, "{by:?}: a person's word");
            review(&world, "R/3", MatchVerdict::Wrong).await;
            assert_eq!(fate(&world, about("R/6", "Araminta")).await, TOLD, "{by:?}: sent before that word");
            review(&world, "R/5", MatchVerdict::Nobody).await;
            assert_eq!(fate(&world, about("R/7", "Araminta")).await, off, "{by:?}: sent after it");
        })
        .await;
    }
}

#[tokio::test]
async fn a_new_version_of_a_register_is_what_the_next_child_is_decided_by() {
    on_both(async |world: World| {
        world.register("county", NOW, &with(ADA)).await;
        assert_eq!(fate(&world, about("R/1", "Araminta")).await, TOLD);
        world.register("county", NOW, &with(Pupil { given: "Wilhelmina", ..ADA })).await;
        let gone = fate(&world, about("R/2", "Araminta")).await;
        assert_eq!(gone.0, ChildState::Held, "{gone:?}");
        assert_eq!(fate(&world, about("R/3", "Wilhelmina")).await, TOLD);
        world.register("county", NOW, &with(Pupil { schools: &[ELM], ..ADA })).await;
        assert_eq!(fate(&world, about("R/4", "Araminta")).await, TOLD);
        let id = world.store.identity().incident(FORCE, "R/4", at(NOW));
        let child = world.store.identity().child(id, "c1");
        let mut tx = world.store.begin().await.unwrap();
        for (number, there) in [(ELM, true), (OAK, false)] {
            let id = world.store.identity().notification(child, world.setting(number).await);
            assert_eq!(!tx.notifications(&[id]).await.unwrap().is_empty(), there, "{number}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_evidence_says_what_was_searched_and_what_each_field_is_worth() {
    on_both(async |world: World| {
        world.register("county", NOW, &with(ADA)).await;
        world.accept(1, VersionKind::Reported, &about("R/1", "Aramynta")).await;
        world.resolve().await;
        let evidence = world.evidence("c1").await.matching;
        let best = evidence.candidates[0].scored.clone().unwrap();
        assert_eq!(evidence.candidates[0].written.given, ADA.given);
        assert!(best.probability > 0.9 && !best.is_earned && !best.found_by.is_empty());
        let sum: f64 = best.fields.iter().map(|field| field.weight).sum();
        assert!(sum > 0.0, "the fields speak for it: {sum}");
        let searched = &evidence.searched[0];
        assert_eq!((searched.version.children, searched.threshold), (701, None));
        assert!(searched.none < 0.1);
    })
    .await;
}
