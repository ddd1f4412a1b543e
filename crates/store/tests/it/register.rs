//! Registers: licensed, sealed, found by exact keys, loaded whole or by changes.

use std::collections::BTreeSet;
use std::time::Instant;

use encompass_core::id::EntryId;
use encompass_core::routing::LastDay;
use encompass_store::directory::Setting;
use encompass_store::directory::load::{Brake, Emptied, Outcome};
use encompass_store::register::{
    Address, Candidate, Change, Details, Enrolment, Entry, New, Person, RegisterLoad, entry_id,
};
use encompass_store::{Error, Scope, Store};
use jiff::SignedDuration;
use jiff::civil::{Date, date};

use crate::made_up::{child, everybody, load, loaded_school, now, school, setting};
use crate::{on_both, on_postgres, on_sqlite, somebody};

const SERVICE: Scope = Scope::service("resolver");
const BORN: Date = date(2018, 5, 1);

async fn register(store: &Store, source: &str, forces: &[&str]) {
    let forces = forces.iter().map(|force| (*force).to_owned()).collect();
    let new = New { source: source.into(), owner: format!("owner of {source}"), forces, max_age_days: 7 };
    let mut tx = store.begin().await.unwrap();
    tx.put_register(new, somebody(), now()).await.unwrap();
    tx.commit().await.unwrap();
}

async fn begin(store: &Store, source: &str, is_full: bool) -> RegisterLoad {
    RegisterLoad::begin(store, source, is_full, now(), somebody(), now()).await.unwrap()
}

async fn fill(store: &Store, source: &str, entries: Vec<Entry>) -> Outcome {
    let mut load = begin(store, source, true).await;
    load.add(entries).await.unwrap();
    load.finish(Brake::default(), 0, now()).await.unwrap()
}

async fn named(store: &Store, force: &str, name: &str) -> Vec<Candidate> {
    let mut found = everybody(store, force).await;
    let is_named = |person: &Person| format!("{} {}", person.given, person.family).to_lowercase() == name;
    found.retain(|candidate| is_named(&candidate.person));
    found
}

fn class(of: usize, at: &Setting) -> Vec<Entry> {
    (0..of).map(|n| child(&format!("c{n}"), &format!("Child{n}"), "Invented", BORN, at)).collect()
}

#[tokio::test]
async fn a_register_is_found_on_by_the_forces_that_it_is_licensed_to_and_by_no_other() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        fill(&store, "county", class(2, &school)).await;
        let found = named(&store, "north", "child1 invented").await;
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].person.child.as_str(), found[0].enrolments[0].setting), ("c1", school.id));
        assert!(named(&store, "south", "child1 invented").await.is_empty());
        assert!(store.registers_of(&SERVICE, "south").await.unwrap().is_empty());
        let other = Scope::staff("desk".into(), vec!["south".into()], Vec::new(), false);
        let wanted = [(found[0].load, found[0].entry)];
        assert!(store.entries(&other, "north", &wanted).await.unwrap().is_empty());
        assert!(matches!(store.roll(&other, "north", found[0].register).await, Err(Error::NotFound)));
        register(&store, "county", &["south"]).await;
        assert!(named(&store, "north", "child1 invented").await.is_empty(), "a licence ends at once");
        assert_eq!(named(&store, "south", "child1 invented").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn entries_of_several_registers_are_opened_together_and_of_the_current_versions_only() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        for source in ["county", "nurseries"] {
            register(&store, source, &["north"]).await;
            fill(&store, source, class(3, &school)).await;
        }
        let before = everybody(&store, "north").await;
        assert_eq!(before.len(), 6);
        let registers: BTreeSet<_> = before.iter().map(|candidate| candidate.register).collect();
        assert_eq!(registers.len(), 2);
        fill(&store, "county", class(4, &school)).await;
        let wanted: Vec<_> = before.iter().map(|candidate| (candidate.load, candidate.entry)).collect();
        assert_eq!(store.entries(&SERVICE, "north", &wanted).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn an_index_learns_who_is_new_or_changed_and_who_is_gone_since_a_version() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        fill(&store, "county", class(40, &school)).await;
        let before = store.registers_of(&SERVICE, "north").await.unwrap().remove(0);
        let mut load = begin(&store, "county", false).await;
        let changes = vec![
            Change::Put(Box::new(child("c1", "Renamed", "Invented", BORN, &school))),
            Change::Put(Box::new(child("c99", "Fresh", "Invented", BORN, &school))),
            Change::Remove("c2".into()),
        ];
        load.apply(changes).await.unwrap();
        load.finish(Brake::default(), 0, now()).await.unwrap();
        let roll = store.roll(&SERVICE, "north", before.id).await.unwrap();
        let mut changed = Vec::new();
        let mut after = EntryId::new(uuid::Uuid::nil());
        while let Some(listed) = roll.changed_after(before.load, after, 1).await.unwrap().pop() {
            after = listed.entry;
            changed.push(listed.person.child.clone());
        }
        changed.sort();
        assert_eq!(changed, ["c1", "c99"], "in pages of one");
        let nobody = EntryId::new(uuid::Uuid::nil());
        let gone = roll.gone_after(before.load, nobody, 10).await.unwrap();
        assert_eq!(gone, [entry_id(store.identity(), "county", "c2")]);
        assert_eq!(roll.count().await.unwrap(), 40);
    })
    .await;
}

#[tokio::test]
async fn changes_take_over_everybody_whom_they_do_not_name() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        fill(&store, "county", class(40, &school)).await;
        let mut load = begin(&store, "county", false).await;
        let moved = child("c1", "Renamed", "Invented", BORN, &school);
        let new = child("c99", "Fresh", "Invented", BORN, &school);
        let changes =
            vec![Change::Put(Box::new(moved)), Change::Put(Box::new(new)), Change::Remove("c2".into())];
        assert_eq!(load.apply(changes).await.unwrap(), 0);
        assert!(named(&store, "north", "fresh invented").await.is_empty(), "not current yet");
        let Outcome::Current(counts) = load.finish(Brake::default(), 0, now()).await.unwrap() else {
            panic!("not current")
        };
        assert_eq!((counts.rows, counts.added, counts.changed, counts.closed), (40, 1, 1, 1));
        let table = [
            ("child0 invented", 1),
            ("child1 invented", 0),
            ("renamed invented", 1),
            ("child2 invented", 0),
            ("fresh invented", 1),
        ];
        for (name, found) in table {
            assert_eq!(named(&store, "north", name).await.len(), found, "{name}");
        }
        let taken_over = &named(&store, "north", "child0 invented").await[0];
        assert_eq!(taken_over.enrolments.len(), 1);
    })
    .await;
}

/// A load of the file of a later day, which keeps leavers for ten days.
async fn later(store: &Store, is_full: bool, days: i64, changes: Vec<Change>) -> Outcome {
    let as_of = now() + SignedDuration::from_hours(24 * days);
    let load = RegisterLoad::begin(store, "county", is_full, as_of, somebody(), as_of).await.unwrap();
    let mut load = load.keep_leavers(10);
    load.apply(changes).await.unwrap();
    load.finish(Brake { allow_shrink: true, ..Brake::default() }, 0, as_of).await.unwrap()
}

fn puts(entries: Vec<Entry>) -> Vec<Change> {
    entries.into_iter().map(|entry| Change::Put(Box::new(entry))).collect()
}

fn counts(outcome: Outcome) -> (i64, i64, i64, i64) {
    let Outcome::Current(counts) = outcome else { panic!("not current: {outcome:?}") };
    (counts.rows, counts.changed, counts.closed, counts.open_before)
}

#[tokio::test]
async fn a_leaver_stays_findable_with_every_enrolment_ended_and_is_gone_after_the_stated_time() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        later(&store, true, 0, puts(class(3, &school))).await;
        assert_eq!(counts(later(&store, true, 1, puts(class(2, &school))).await), (3, 1, 1, 3));
        let left = now().to_zoned(jiff::tz::TimeZone::UTC).date();
        let found = &named(&store, "north", "child2 invented").await[0];
        assert_eq!((found.left_on, found.enrolments[0].ends_on), (Some(left), Some(left)));
        assert_eq!(found.enrolments[0].last_day, LastDay::Absence, "no file has said so");
        assert!(matches!(later(&store, true, 2, puts(class(2, &school))).await, Outcome::Unchanged(_)));
        assert!(matches!(later(&store, false, 10, Vec::new()).await, Outcome::Unchanged(_)), "the tenth day");
        assert_eq!(named(&store, "north", "child2 invented").await.len(), 1);
        assert_eq!(counts(later(&store, false, 11, Vec::new()).await), (2, 0, 0, 2));
        assert!(named(&store, "north", "child2 invented").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_leaver_who_comes_back_is_on_roll_again() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        later(&store, true, 0, puts(class(2, &school))).await;
        later(&store, false, 1, vec![Change::Remove("c1".into())]).await;
        assert!(named(&store, "north", "child1 invented").await[0].left_on.is_some());
        let back = vec![child("c1", "Child1", "Invented", BORN, &school)];
        assert_eq!(counts(later(&store, false, 2, puts(back)).await), (2, 1, 0, 1));
        let found = &named(&store, "north", "child1 invented").await[0];
        assert_eq!((found.left_on, found.enrolments[0].ends_on), (None, None));
    })
    .await;
}

#[tokio::test]
async fn somebody_of_whom_a_file_can_t_be_read_is_kept_and_decides_nothing_until_it_can() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        later(&store, true, 0, puts(class(3, &school))).await;
        for (day, is_full) in [(1, false), (2, true)] {
            let mut changes = vec![Change::Doubt("c1".into()), Change::Doubt("nobody".into())];
            if is_full {
                changes.extend(puts(vec![class(3, &school).remove(0)]));
            }
            later(&store, is_full, day, changes).await;
            let found = &named(&store, "north", "child1 invented").await[0];
            assert!(found.doubtful && found.is_stale(now()), "day {day}");
            assert_eq!((found.left_on, found.enrolments[0].ends_on), (None, None), "day {day}");
        }
        assert!(!named(&store, "north", "child0 invented").await[0].doubtful);
        later(&store, false, 3, puts(class(2, &school))).await;
        assert!(!named(&store, "north", "child1 invented").await[0].doubtful);
    })
    .await;
}

#[tokio::test]
async fn who_is_ended_everywhere_in_the_file_itself_counts_as_having_left() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        later(&store, true, 0, puts(class(2, &school))).await;
        let mut ended = class(2, &school);
        ended[1].enrolments[0].ends_on = Some(date(2025, 12, 19));
        assert_eq!(counts(later(&store, true, 1, puts(ended)).await), (2, 1, 1, 2));
        let found = &named(&store, "north", "child1 invented").await[0];
        assert_eq!(found.left_on, Some(date(2025, 12, 19)));
        assert_eq!(found.enrolments[0].last_day, LastDay::Stated);
    })
    .await;
}

#[tokio::test]
async fn what_only_some_registers_know_is_kept_sealed_and_read_back() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        let there =
            Address { postcode: Some("ZZ2 4AB".into()), to: Some(date(2024, 4, 30)), ..Address::default() };
        let mut known = class(1, &school);
        known[0].enrolments[0].attendance = Some("mon tue_am".into());
        let details = &mut known[0].person.details;
        (details.household, details.restriction) = (Some("H-1".into()), Some("adoption".into()));
        details.previous = vec![there.clone()];
        fill(&store, "county", known).await;
        let found = named(&store, "north", "child0 invented").await.remove(0);
        assert_eq!(found.enrolments[0].attendance.as_deref(), Some("mon tue_am"));
        let Details { household, restriction, previous, .. } = &found.person.details;
        assert_eq!((household.as_deref(), restriction.as_deref()), (Some("H-1"), Some("adoption")));
        assert_eq!((previous.as_slice(), format!("{found:?}").contains("ZZ2")), (&[there][..], false));
    })
    .await;
}

#[tokio::test]
async fn a_cut_off_register_is_refused_and_the_same_one_again_is_unchanged() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        fill(&store, "county", class(40, &school)).await;
        assert!(matches!(fill(&store, "county", class(20, &school)).await, Outcome::Shrinks(_)));
        assert_eq!(named(&store, "north", "child39 invented").await.len(), 1);
        assert!(matches!(fill(&store, "county", class(40, &school)).await, Outcome::Unchanged(_)));
        let mut moved = class(40, &school);
        moved[3].restricted = true;
        assert!(matches!(fill(&store, "county", moved).await, Outcome::Current(_)));
        assert!(named(&store, "north", "child3 invented").await[0].restricted);
    })
    .await;
}

/// Thirty children at each school, of the last one without the first `missing`.
fn county(schools: &[Setting], missing: usize) -> Vec<Entry> {
    let all = schools.iter().enumerate().flat_map(|(place, school)| {
        (0..30).map(move |n| {
            (place, child(&format!("{place}.{n}"), &format!("Child{n}"), "Invented", BORN, school))
        })
    });
    let mut last = 0;
    let kept = all.filter(|(place, _)| {
        last += usize::from(*place + 1 == schools.len());
        last == 0 || last > missing
    });
    kept.map(|(_, entry)| entry).collect()
}

#[tokio::test]
async fn a_whole_file_that_leaves_out_most_of_one_school_is_refused_and_names_it() {
    on_both(async |store: Store| {
        let rows = (0..20).map(|n| school(&format!("1000{n:02}"), &format!("Made-up Primary {n}"))).collect();
        load(&store, rows).await;
        let mut schools = Vec::new();
        for n in 0..20 {
            schools.push(setting(&store, &format!("1000{n:02}")).await.unwrap());
        }
        register(&store, "county", &["north"]).await;
        fill(&store, "county", county(&schools, 0)).await;
        let Outcome::Empties(emptied) = fill(&store, "county", county(&schools, 16)).await else {
            panic!("not refused")
        };
        assert_eq!(emptied, [Emptied { setting: schools[19].id, had: 30, kept: 14 }]);
        assert!(named(&store, "north", "child0 invented").await.iter().all(|one| one.left_on.is_none()));
        assert!(matches!(fill(&store, "county", county(&schools, 15)).await, Outcome::Current(_)), "half");
        let mut closing = county(&schools, 15);
        for entry in closing.iter_mut().rev().take(15) {
            entry.enrolments[0].ends_on = Some(date(2026, 1, 5));
        }
        assert!(matches!(fill(&store, "county", closing).await, Outcome::Current(_)), "stated");
        let mut load = begin(&store, "county", true).await;
        load.add(county(&schools[..19], 0)).await.unwrap();
        let meant = Brake { allow_shrink: true, ..Brake::default() };
        assert!(matches!(load.finish(meant, 0, now()).await.unwrap(), Outcome::Current(_)), "meant");
    })
    .await;
}

#[tokio::test]
async fn a_child_can_be_at_one_setting_in_two_ways_and_twice() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        let mut entry = class(1, &school).remove(0);
        let stay = |kind: &str, from, to| Enrolment {
            kind: kind.into(),
            starts_on: from,
            ends_on: to,
            ..entry.enrolments[0].clone()
        };
        let (left, came) = (Some(date(2025, 7, 22)), Some(date(2025, 9, 1)));
        let (ends, begins) = (Some(date(2026, 7, 22)), Some(date(2026, 9, 1)));
        let wanted = vec![
            stay("looked_after", None, None),
            stay("main", came, ends),
            stay("main", begins, None),
            stay("subsidiary", None, left),
        ];
        entry.enrolments = wanted.iter().rev().cloned().chain([stay("main", None, left)]).collect();
        for day in 0..2 {
            later(&store, day == 0, day, if day == 0 { puts(vec![entry.clone()]) } else { Vec::new() }).await;
            assert_eq!(named(&store, "north", "child0 invented").await[0].enrolments, wanted, "day {day}");
        }
        later(&store, true, 2, puts(class(0, &school))).await;
        let ended = &named(&store, "north", "child0 invented").await[0].enrolments;
        let words: Vec<LastDay> = ended.iter().map(|one| one.last_day).collect();
        assert_eq!(words, [LastDay::Absence, LastDay::Absence, LastDay::Absence, LastDay::Stated]);
    })
    .await;
}

#[tokio::test]
async fn many_versions_leave_only_the_last_few_behind_and_stay_readable() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        for version in 0..6 {
            let entries = vec![child("c0", &format!("Version{version}"), "Invented", BORN, &school)];
            assert!(matches!(fill(&store, "county", entries).await, Outcome::Current(_)));
        }
        assert_eq!(named(&store, "north", "version5 invented").await.len(), 1);
        assert!(named(&store, "north", "version4 invented").await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_register_past_its_age_says_so_and_belongs_to_one_owner() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        register(&store, "county", &["north"]).await;
        fill(&store, "county", class(1, &school)).await;
        let found = &named(&store, "north", "child0 invented").await[0];
        let week = SignedDuration::from_hours(7 * 24);
        assert!(!found.is_stale(now() + week - SignedDuration::from_secs(1)));
        assert!(found.is_stale(now() + week));
        let taken = New { source: "county".into(), owner: "another".into(), forces: vec![], max_age_days: 7 };
        let mut tx = store.begin().await.unwrap();
        assert!(matches!(tx.put_register(taken, somebody(), now()).await, Err(Error::Changed)));
    })
    .await;
}

#[tokio::test]
async fn what_new_terms_change_of_a_register_is_told() {
    on_both(async |store: Store| {
        let new = |forces: &[&str], max_age_days| New {
            source: "county".into(),
            owner: "owner".into(),
            forces: forces.iter().map(|force| (*force).to_owned()).collect(),
            max_age_days,
        };
        let all = [new(&["north"], 7), new(&["north"], 7), new(&["south", "west"], 30)];
        let expected: [&[&str]; 3] = [
            &[],
            &[],
            &[
                "New for: south, west.",
                "No longer for: north.",
                "It decides by itself for 30 days, 7 before.",
            ],
        ];
        for (new, expected) in all.into_iter().zip(expected) {
            let before = store.register_terms("county").await.unwrap();
            assert_eq!(before.map_or_else(Vec::new, |before| before.changes(&new)), expected);
            let mut tx = store.begin().await.unwrap();
            tx.put_register(new, somebody(), now()).await.unwrap();
            tx.commit().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn no_file_of_the_store_holds_a_name_an_address_or_a_birth_date() {
    let place = on_sqlite().await;
    let school = loaded_school(&place.store, "100001").await;
    register(&place.store, "county", &["north"]).await;
    fill(&place.store, "county", vec![child("c0", "Quillwyn", "Xantharby", date(2017, 11, 23), &school)])
        .await;
    let lead = crate::made_up::lead(&school, "Perpetua Zwick", "perpetua@zwick.example");
    let file =
        encompass_store::contact::File { source: "county".into(), is_whole: true, contacts: vec![lead] };
    encompass_store::contact::import(&place.store, file, Brake::default(), &somebody(), now()).await.unwrap();
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(place.folder.as_ref().unwrap().path()).unwrap() {
        seen.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    let holds =
        |text: &str| seen.windows(text.len()).any(|window| window.eq_ignore_ascii_case(text.as_bytes()));
    assert!(holds("Made-up Primary"), "the search itself finds what is not sealed");
    for text in ["Quillwyn", "Xantharby", "2017-11-23", "Invented Lane", "Perpetua", "Zwick"] {
        assert!(!holds(text), "{text}");
    }
}

#[tokio::test]
async fn twenty_thousand_children_are_loaded_and_each_is_found() {
    let places = [Some(on_sqlite().await), on_postgres().await];
    for place in places.into_iter().flatten() {
        let store = &place.store;
        let school = loaded_school(store, "100001").await;
        register(store, "county", &["north"]).await;
        let entries = class(20_000, &school);
        let started = Instant::now();
        let mut load = begin(store, "county", true).await;
        for batch in entries.chunks(512) {
            load.add(batch.to_vec()).await.unwrap();
        }
        load.finish(Brake::default(), 0, now()).await.unwrap();
        println!("{:?}: 20,000 entries in {:.1} s", store.backend(), started.elapsed().as_secs_f64());
        for name in ["child0 invented", "child19999 invented"] {
            assert_eq!(named(store, "north", name).await.len(), 1, "{name}");
        }
    }
}
