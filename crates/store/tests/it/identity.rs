//! Entries of several registers that are one person: joined by numbers, by judgement, and taken apart again.

use std::collections::BTreeMap;

use encompass_core::id::EntryId;
use encompass_store::Store;
use encompass_store::directory::Setting;
use encompass_store::directory::load::Brake;
use encompass_store::register::{Basis, Entry, Judgement, Key, KeyKind, New, RegisterLoad, entry_id};
use jiff::civil::{Date, date};

use crate::made_up::{child, everybody, loaded_school, now};
use crate::{on_both, somebody};

const BORN: Date = date(2018, 5, 1);

/// A child with numbers, as registers give them.
fn numbered(number: &str, given: &str, upn: Option<&str>, nhs: Option<&str>, at: &Setting) -> Entry {
    let mut entry = child(number, given, "Invented", BORN, at);
    let given = given.to_lowercase();
    entry.keys.push(Key::new(KeyKind::GivenBirth, [&given, &BORN.to_string()]));
    entry.keys.extend(upn.map(|upn| Key::new(KeyKind::Upn, [upn])));
    entry.keys.extend(nhs.map(|nhs| Key::new(KeyKind::Nhs, [nhs])));
    entry
}

async fn load(store: &Store, source: &str, force: &str, entries: Vec<Entry>) {
    let forces = vec![force.to_owned()];
    let new = New { source: source.into(), owner: source.into(), forces, max_age_days: 7 };
    let mut tx = store.begin().await.unwrap();
    tx.put_register(new.clone(), somebody(), now()).await.unwrap();
    tx.commit().await.unwrap();
    let mut load = RegisterLoad::begin(store, source, true, now(), somebody(), now()).await.unwrap();
    load.add(entries).await.unwrap();
    let brake = Brake { allow_shrink: true, ..Brake::default() };
    load.finish_on(new, brake, 0, now()).await.unwrap();
}

/// The children of all registers of a force, each by its register's number, and whose identity each has.
async fn identities(store: &Store, force: &str) -> BTreeMap<String, String> {
    let found = everybody(store, force).await;
    let named: BTreeMap<EntryId, String> =
        found.iter().map(|candidate| (candidate.entry, candidate.person.child.clone())).collect();
    found.iter().map(|one| (one.person.child.clone(), named[&one.identity].clone())).collect()
}

async fn are_one(store: &Store, one: &str, other: &str) -> bool {
    let identities = identities(store, "north").await;
    identities[one] == identities[other]
}

fn id(store: &Store, source: &str, child: &str) -> EntryId {
    entry_id(store.identity(), source, child)
}

async fn judge(store: &Store, is_same: bool, basis: Basis) -> usize {
    let (one, other) = (id(store, "census", "c1"), id(store, "nurseries", "n1"));
    let mut tx = store.begin().await.unwrap();
    let new = tx.judge(vec![Judgement { one, other, is_same, basis }], &somebody(), now()).await.unwrap();
    tx.commit().await.unwrap();
    new
}

#[tokio::test]
async fn a_number_joins_two_sources_where_the_given_name_and_birth_date_agree_and_not_twins() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        let census = vec![
            numbered("c1", "Araminta", Some("U1"), None, &school),
            numbered("c2", "Leopold", Some("U2"), Some("N2"), &school),
            numbered("c3", "Cordelia", Some("U3"), None, &school),
        ];
        load(&store, "census", "north", census).await;
        let caseload = vec![
            numbered("h1", "Araminta", Some("U1"), None, &school),
            numbered("h2", "Leopold", None, Some("N2"), &school),
            numbered("h3", "Desmond", Some("U3"), None, &school),
            numbered("h4", "Cordelia", None, None, &school),
        ];
        load(&store, "caseload", "north", caseload).await;
        let table = [
            ("c1", "h1", true),
            ("c2", "h2", true),
            ("c3", "h3", false),
            ("c3", "h4", false),
            ("c1", "c2", false),
        ];
        for (one, other, expected) in table {
            assert_eq!(are_one(&store, one, other).await, expected, "{one} {other}");
        }
    })
    .await;
}

#[tokio::test]
async fn registers_that_no_force_may_use_together_are_not_joined() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        load(&store, "census", "north", vec![numbered("c1", "Araminta", Some("U1"), None, &school)]).await;
        load(&store, "other", "south", vec![numbered("o1", "Araminta", Some("U1"), None, &school)]).await;
        assert_eq!(identities(&store, "south").await.into_values().collect::<Vec<_>>(), ["o1"]);
        let mut tx = store.begin().await.unwrap();
        let (one, other) = (id(&store, "census", "c1"), id(&store, "other", "o1"));
        assert!(!tx.take_back(one, other, &somebody(), now()).await.unwrap(), "nothing was judged");
    })
    .await;
}

#[tokio::test]
async fn a_persons_word_outlasts_loads_and_can_be_taken_back() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        let census = || vec![numbered("c1", "Araminta", Some("U1"), None, &school)];
        load(&store, "census", "north", census()).await;
        load(&store, "nurseries", "north", vec![numbered("n1", "Araminta", Some("U1"), None, &school)]).await;
        assert!(are_one(&store, "c1", "n1").await);
        assert_eq!(judge(&store, false, Basis::Person).await, 1);
        assert!(!are_one(&store, "c1", "n1").await);
        load(&store, "census", "north", census()).await;
        assert!(!are_one(&store, "c1", "n1").await, "the same number again does not join them");
        let mut tx = store.begin().await.unwrap();
        let (one, other) = (id(&store, "nurseries", "n1"), id(&store, "census", "c1"));
        assert!(tx.take_back(one, other, &somebody(), now()).await.unwrap());
        tx.commit().await.unwrap();
        load(&store, "census", "north", census()).await;
        assert!(are_one(&store, "c1", "n1").await, "the number joins them again");
    })
    .await;
}

#[tokio::test]
async fn a_judgement_by_names_joins_is_made_once_and_gives_way_to_a_person() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        load(&store, "census", "north", vec![numbered("c1", "Araminta", None, None, &school)]).await;
        load(&store, "nurseries", "north", vec![numbered("n1", "Minty", None, None, &school)]).await;
        assert!(!are_one(&store, "c1", "n1").await);
        let steps = [
            (true, Basis::Names, 1, true),
            (true, Basis::Upn, 0, true),
            (false, Basis::Names, 1, false),
            (true, Basis::Person, 1, true),
            (false, Basis::Names, 0, true),
            (false, Basis::Person, 1, false),
            (true, Basis::Names, 0, false),
        ];
        for (is_same, basis, new, are) in steps {
            assert_eq!(judge(&store, is_same, basis).await, new, "{is_same} {basis:?}");
            assert_eq!(are_one(&store, "c1", "n1").await, are, "{is_same} {basis:?}");
        }
    })
    .await;
}
