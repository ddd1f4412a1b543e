//! Children of several registers.

use encompass_core::id::EntryId;

use super::*;

/// Takes a whole register of another source in, as `take` does.
async fn other(store: &Store, source: &str, rows: &str) {
    let mut options = Options::new(source, day(0), Actor::Command("tester".into()));
    options.set_aside_share = 0.5;
    let terms =
        New { source: source.into(), owner: source.into(), forces: vec!["north".into()], max_age_days: 7 };
    let file = Cursor::new(format!("{HEADER}{rows}").into_bytes());
    import(store, Kind::Register(terms), file, &options, day(0)).await.unwrap();
}

/// Everybody's identity, by register and number.
async fn identities(store: &Store) -> std::collections::BTreeMap<(String, String), EntryId> {
    let scope = Scope::service("test");
    let mut found = std::collections::BTreeMap::new();
    let mut wanted = Vec::new();
    for register in store.registers_of(&scope, "north").await.unwrap() {
        let roll = store.roll(&scope, "north", register.id).await.unwrap();
        let all = roll.after(EntryId::new(uuid::Uuid::nil()), 5_000).await.unwrap();
        wanted.extend(all.iter().map(|listed| (register.load, listed.entry)));
    }
    let registers = store.registers_of(&scope, "north").await.unwrap();
    for candidate in store.entries(&scope, "north", &wanted).await.unwrap() {
        let register = registers.iter().find(|register| register.id == candidate.register).unwrap();
        found.insert((register.source.clone(), candidate.person.child.clone()), candidate.identity);
    }
    found
}

/// Nine hundred others, without whom no name is rare.
fn crowd() -> String {
    let parts = ["ba", "do", "fe", "gi", "ku", "la", "mo", "ne", "pi", "ru", "sa", "to", "ve", "wi", "zo"];
    (0..900_usize)
        .map(|n| {
            let name = |n: usize| format!("{}{}n", parts[n % 15], parts[n / 15 % 15]);
            let born =
                date(2008, 1, 1).checked_add(jiff::Span::new().days(i64::try_from(n).unwrap() * 4)).unwrap();
            format!("X{n},{},{},{born},ZZ1 {}AB,urn,900001,,,main,,,\n", name(n), name(n * 7 + 3), n % 9 + 1)
        })
        .collect()
}

fn copplestone(id: &str, given: &str, urn: &str) -> String {
    format!("{id},{given},Copplestone,2017-03-14,ZZ1 4AB,urn,{urn},,,main,,,\n")
}

#[tokio::test]
async fn a_child_whom_two_registers_spell_differently_is_one_child_and_a_twin_is_another() {
    let (_folder, store) = store().await;
    let twins = copplestone("A", "Araminta", "900001") + &copplestone("B", "Wilhelmina", "900001");
    full(&store, 0, &(crowd() + &twins)).await;
    let nursery = copplestone("n1", "Araminta", "900002") + &copplestone("n2", "Aramynta", "900002");
    other(&store, "nurseries", &nursery).await;
    let known = identities(&store).await;
    let of = |register: &str, child: &str| known[&(register.to_owned(), child.to_owned())];
    assert_eq!(of("nurseries", "n1"), of("county", "A"));
    assert_ne!(of("nurseries", "n1"), of("county", "B"), "a twin's birth date and address are not enough");
}

/// Adopts what matches are weighed with, as it stands in the store.
async fn adopt(store: &Store, number: i64, body: String) {
    let adopted = encompass_store::matched::Adopted { id: format!("set {number}"), body };
    let mut tx = store.begin().await.unwrap();
    tx.adopt_parameters(adopted, "a test", &Actor::Command("tester".into()), day(number)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn registers_that_could_not_be_joined_after_a_load_are_joined_by_the_next_or_by_command() {
    let by = Actor::Command("tester".into());
    for is_by_command in [true, false] {
        let (_folder, store) = store().await;
        full(&store, 0, &crowd()).await;
        let of_one = copplestone("n2", "Wilhelmina", "900002");
        let of_both = of_one.clone() + &copplestone("n1", "Araminta", "900002");
        other(&store, "nurseries", &of_one).await;
        assert!(store.unjoined_registers().await.unwrap().is_empty());
        adopt(&store, 1, "unreadable".into()).await;
        let report = full(&store, 1, &(crowd() + &copplestone("A", "Araminta", "900001"))).await;
        assert!(matches!(report.outcome, Some(Outcome::Current(_))) && report.unjoined.is_some());
        other(&store, "nurseries", &of_both).await;
        let unjoined: Vec<String> =
            store.unjoined_registers().await.unwrap().into_iter().map(|one| one.source).collect();
        assert_eq!(unjoined, ["county", "nurseries"]);
        let weights = encompass_matching::weigh::Parameters::default();
        adopt(&store, 2, serde_json::to_string(&weights).unwrap()).await;
        if is_by_command {
            assert_eq!(join(&store, &by, day(2)).await.unwrap(), 1);
        } else {
            other(&store, "nurseries", &of_both).await;
        }
        let known = identities(&store).await;
        let of = |register: &str, child: &str| known[&(register.to_owned(), child.to_owned())];
        assert_eq!(of("nurseries", "n1"), of("county", "A"), "by command: {is_by_command}");
        assert!(store.unjoined_registers().await.unwrap().is_empty());
    }
}
