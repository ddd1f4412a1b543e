//! Registers: licensed, sealed, found by exact keys, loaded whole or by changes.

use std::time::Instant;

use encompass_store::directory::Setting;
use encompass_store::directory::load::{Brake, Outcome};
use encompass_store::register::{Candidate, Change, Entry, Key, KeyKind, New, RegisterLoad};
use encompass_store::{Error, Scope, Store};
use jiff::SignedDuration;
use jiff::civil::{Date, date};

use crate::made_up::{child, loaded_school, now};
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
    let key = Key::new(KeyKind::NameBirth, [name, &BORN.to_string()]);
    store.candidates(&SERVICE, force, &[key]).await.unwrap()
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
        let key = Key::new(KeyKind::NameBirth, ["child1 invented", &BORN.to_string()]);
        let other = Scope::staff("desk".into(), vec!["south".into()], Vec::new(), false);
        assert!(store.candidates(&other, "north", &[key]).await.unwrap().is_empty());
        register(&store, "county", &["south"]).await;
        assert!(named(&store, "north", "child1 invented").await.is_empty(), "a licence ends at once");
        assert_eq!(named(&store, "south", "child1 invented").await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn one_look_up_answers_for_many_children_on_all_registers() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        for source in ["county", "nurseries"] {
            register(&store, source, &["north"]).await;
            fill(&store, source, class(3, &school)).await;
        }
        let birth = BORN.to_string();
        let keys = [
            Key::new(KeyKind::NameBirth, ["child2 invented", &birth]),
            Key::new(KeyKind::NameBirth, ["nobody", &birth]),
            Key::new(KeyKind::FamilyBirth, ["invented", &birth]),
            Key::new(KeyKind::NameBirth, ["child2 invented", &birth]),
        ];
        let found = store.candidates(&SERVICE, "north", &keys).await.unwrap();
        assert_eq!(found.len(), 6);
        let mut by: Vec<_> = found.iter().map(|c| (c.person.child.clone(), c.found_by.clone())).collect();
        by.sort();
        by.dedup();
        let expected = [("c0", vec![2]), ("c1", vec![2]), ("c2", vec![0, 2, 3])];
        assert_eq!(by, expected.map(|(child, keys)| (child.to_owned(), keys)));
        assert_eq!(store.registers_of(&SERVICE, "north").await.unwrap().len(), 2);
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
