//! A file that has no word for restriction, and the version before that restricts somebody.

use encompass_store::Store;
use encompass_store::directory::load::{Brake, Outcome};
use encompass_store::register::{Candidate, Change, Entry, Key, KeyKind, New, RegisterLoad};
use jiff::civil::{Date, date};

use crate::made_up::{child, everybody, loaded_school, now};
use crate::{on_both, somebody};

const BORN: Date = date(2018, 5, 1);

async fn begin(store: &Store) -> RegisterLoad {
    RegisterLoad::begin(store, "trust", true, now(), somebody(), now()).await.unwrap().keep_leavers(180)
}

async fn finish(load: RegisterLoad) -> Outcome {
    load.finish(Brake { allow_shrink: true, ..Brake::default() }, 0, now()).await.unwrap()
}

/// Takes in a file that does not say who is restricted. Says who stays so, by place.
async fn silent(store: &Store, entries: Vec<Entry>) -> Vec<usize> {
    let mut load = begin(store).await;
    let before = load.restricted_before().await.unwrap();
    let (mut changes, mut kept) = (Vec::new(), Vec::new());
    for (place, mut entry) in entries.into_iter().enumerate() {
        if before.restrict(&mut entry) {
            kept.push(place);
        }
        changes.push(Change::Put(Box::new(entry)));
    }
    load.apply(changes).await.unwrap();
    finish(load).await;
    kept
}

fn numbered(mut entry: Entry, upn: &str) -> Entry {
    entry.person.upn = Some(upn.into());
    entry.keys.push(Key::new(KeyKind::Upn, [upn]));
    entry
}

async fn one(store: &Store, number: &str) -> Candidate {
    let mut found = everybody(store, "north").await;
    found.retain(|candidate| candidate.person.child == number);
    found.pop().unwrap()
}

#[tokio::test]
async fn whoever_was_restricted_stays_so_with_the_reason_however_the_next_file_numbers_them() {
    on_both(async |store: Store| {
        let school = loaded_school(&store, "100001").await;
        let mut tx = store.begin().await.unwrap();
        let forces = vec!["north".into()];
        let new = New { source: "trust".into(), owner: "trust".into(), forces, max_age_days: 7 };
        tx.put_register(new, somebody(), now()).await.unwrap();
        tx.commit().await.unwrap();
        let at = |number: &str, name: &str| child(number, name, "Invented", BORN, &school);
        assert_eq!(silent(&store, vec![at("1", "Ada")]).await, [0_usize; 0], "no version is before it");

        let mut load = begin(&store).await;
        let mut protected = numbered(at("1", "Ada"), "H801200001001");
        protected.restricted = true;
        protected.person.details.restriction = Some("protected_address".into());
        let mut adopted = at("2", "Beatrix");
        adopted.restricted = true;
        load.add(vec![protected, adopted, at("3", "Clement")]).await.unwrap();
        finish(load).await;

        let again = vec![
            numbered(at("upn:H801200001001", "Adelheid"), "H801200001001"),
            at("2", "Beatrix"),
            at("3", "Clement"),
        ];
        assert_eq!(silent(&store, again.clone()).await, [0, 1]);
        let ada = one(&store, "upn:H801200001001").await;
        assert!(ada.restricted && ada.person.details.restriction.as_deref() == Some("protected_address"));
        assert!(one(&store, "2").await.restricted && !one(&store, "3").await.restricted);
        assert_eq!(silent(&store, again).await, [0, 1], "and from there to the next");

        let mut load = begin(&store).await;
        load.add(vec![at("2", "Beatrix")]).await.unwrap();
        finish(load).await;
        assert!(!one(&store, "2").await.restricted, "a file that says so lifts it");
    })
    .await;
}
