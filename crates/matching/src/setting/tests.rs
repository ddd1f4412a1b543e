use encompass_core::id::SettingId;
use encompass_core::state::SettingKind;
use proptest::prelude::*;

use super::*;

fn id(n: u128) -> SettingId {
    SettingId::new(uuid::Uuid::from_u128(n))
}

fn number(id: SettingId) -> u128 {
    uuid::Uuid::from_bytes(id.bytes()).as_u128()
}

type Row = (u128, &'static str, (u8, u8), &'static str, &'static str, (i32, i32));

const PRIMARY: (u8, u8) = (3, 11);
const SECONDARY: (u8, u8) = (11, 18);

/// A made-up town, Larkfield, and another forty kilometres off, Marlow Cross.
const TOWN: &[Row] = &[
    (1, "St Mary's Catholic Primary School", PRIMARY, "Bury Road", "ZZ1 4AB", (5000, 2000)),
    (2, "St Mary's Church of England Junior School", (7, 11), "Church Lane", "ZZ1 5AB", (5010, 2010)),
    (3, "Oakfield Infant School", (4, 7), "Mill Lane", "ZZ1 4CD", (5005, 2002)),
    (4, "Oakfield Junior School", (7, 11), "Mill Lane", "ZZ1 4CE", (5006, 2002)),
    (5, "Thornbury Academy", SECONDARY, "Station Road", "ZZ1 6AB", (5020, 2020)),
    (6, "Little Acorns Nursery", (0, 4), "Mill Lane", "ZZ1 4CF", (5007, 2001)),
    (7, "Bridge Learning Community", PRIMARY, "Quay Street", "ZZ1 4GH", (4990, 1990)),
    (8, "Larkfield School for Girls", SECONDARY, "Park Avenue", "ZZ1 6CD", (5025, 2015)),
    (9, "Larkfield Boys' School", SECONDARY, "Park Avenue", "ZZ1 6CE", (5026, 2015)),
    (11, "St Mary's Primary School", PRIMARY, "High Street", "ZZ9 1AB", (5400, 2000)),
    (12, "Oakfield Primary School", PRIMARY, "Bury Road", "ZZ9 1CD", (5410, 2000)),
    (13, "Copperbeech Primary School", PRIMARY, "Elm Drive", "ZZ9 1EF", (5415, 2005)),
];

fn described(row: &Row) -> Described {
    let (n, name, ages, street, postcode, (east, north)) = *row;
    let alias = |kind, name: &str| Alias { kind, name: name.into() };
    let also = [
        alias(AliasKind::Former, "Quayside Primary School"),
        alias(AliasKind::Former, "Wharf Street Junior School"),
        alias(AliasKind::Site, "Lower Quay Site"),
    ];
    Described {
        setting: id(n),
        kind: if ages.1 < 6 { SettingKind::EarlyYears } else { SettingKind::School },
        name: name.into(),
        also: if n == 7 { also.into() } else { Vec::new() },
        street: Some(street.into()),
        town: Some(if n > 10 { "Marlow Cross" } else { "Larkfield" }.into()),
        postcode: Some(postcode.into()),
        ages: (Some(ages.0), Some(ages.1)),
        point: Some((east * 100, north * 100)),
    }
}

fn town() -> Vec<Described> {
    TOWN.iter().map(described).collect()
}

const LARKFIELD: &str = "ZZ1 4XY";
const MARLOW_CROSS: &str = "ZZ9 1XY";

fn find(words: &str, age: Option<i16>, home: Option<&str>) -> Findings {
    let ages = age.map(|age| age..=age);
    let homes: Vec<String> = home.into_iter().map(str::to_owned).collect();
    Index::build(town()).find(&Asked { words, ages: ages.as_ref(), homes: &homes })
}

#[test]
fn what_officers_write_is_confirmed_where_one_setting_fits_and_else_is_not() {
    for (words, age, home, expected) in [
        ("St Mary's Catholic Primary School", 8, LARKFIELD, Some(1)),
        ("St Marys RC", 8, LARKFIELD, Some(1)),
        ("st. mary's R.C. JMI", 8, LARKFIELD, Some(1)),
        ("Saint Mary's Catholic Prim Sch", 8, LARKFIELD, Some(1)),
        ("St Marys", 8, LARKFIELD, None),
        ("St Marys", 5, LARKFIELD, Some(1)),
        ("St Mary's CofE", 8, LARKFIELD, Some(2)),
        ("St Mary's C of E Jnr", 8, LARKFIELD, Some(2)),
        ("St Mary's C of E Jnr", 5, LARKFIELD, None),
        ("the primary on Bury Road", 8, LARKFIELD, Some(1)),
        ("primary, Bury Rd", 8, MARLOW_CROSS, Some(12)),
        ("Oakfield", 5, LARKFIELD, Some(3)),
        ("Oakfield", 9, LARKFIELD, Some(4)),
        ("Oakfield Inf", 9, LARKFIELD, None),
        ("Oakfield Inf Sch", 6, LARKFIELD, Some(3)),
        ("Oakfield", 7, LARKFIELD, None),
        ("Oakfeild Junior", 9, LARKFIELD, Some(4)),
        ("Oak Field juniors", 9, LARKFIELD, Some(4)),
        ("Thornbury HS", 14, LARKFIELD, Some(5)),
        ("Thornbury Acad", 14, LARKFIELD, Some(5)),
        ("Thornbury Sec", 8, LARKFIELD, None),
        ("little acorns pre-school", 3, LARKFIELD, Some(6)),
        ("Little Acorns", 6, LARKFIELD, None),
        ("Quayside", 8, LARKFIELD, Some(7)),
        ("Wharf Street juniors", 8, LARKFIELD, Some(7)),
        ("Lower Quay", 8, LARKFIELD, Some(7)),
        ("Larkfield Girls", 14, LARKFIELD, Some(8)),
        ("Larkfield Boys Sch", 14, LARKFIELD, Some(9)),
        ("Larkfield", 14, LARKFIELD, None),
        ("Copperbeech", 8, MARLOW_CROSS, Some(13)),
        ("Copperbeech", 8, LARKFIELD, None),
        ("Copperbeech, Marlow Cross", 8, LARKFIELD, Some(13)),
        ("primary school", 8, LARKFIELD, None),
        ("home educated", 8, LARKFIELD, None),
        ("not known", 8, LARKFIELD, None),
        ("not at Copperbeech", 8, MARLOW_CROSS, None),
        ("was at Copperbeech", 8, MARLOW_CROSS, None),
        ("Copperbeech?", 8, MARLOW_CROSS, None),
        ("left Copperbeech", 8, MARLOW_CROSS, None),
        ("home educated, Copperbeech", 8, MARLOW_CROSS, None),
        ("Copperbeech Primry", 8, MARLOW_CROSS, Some(13)),
        ("Hogsmeade", 8, LARKFIELD, None),
        ("", 8, LARKFIELD, None),
    ] {
        let found = find(words, Some(age), Some(home));
        assert_eq!(found.confirmed.map(number), expected, "{words}, {age}: {:#?}", found.candidates);
    }
}

#[test]
fn without_age_or_area_nothing_is_confirmed() {
    assert_eq!(find("Copperbeech Primary School", None, Some(MARLOW_CROSS)).confirmed, None);
    assert_eq!(find("Copperbeech Primary School", Some(8), None).confirmed, None);
    assert_eq!(
        find("Copperbeech Primary School, Marlow Cross", Some(8), None).confirmed.map(number),
        Some(13)
    );
}

#[test]
fn a_person_sees_what_fits_and_what_does_not() {
    let found = find("Oakfield Inf", Some(9), Some(LARKFIELD));
    let sentences: Vec<String> = found.candidates.iter().map(Candidate::sentence).collect();
    assert!(
        sentences[0].contains("does not take children of this age") || sentences[0].contains("another kind")
    );
    assert!(sentences.iter().any(|sentence| sentence.contains("too far from the home")), "{sentences:?}");
    assert!(found.candidates.len() <= 5);
    let found = find("Quayside", Some(8), Some(LARKFIELD));
    assert!(
        found.candidates[0].sentence().contains("had the name written"),
        "{}",
        found.candidates[0].sentence()
    );
}

#[test]
fn a_name_can_mean_every_setting_that_has_it_wherever_it_lies() {
    let meant = |words| {
        let mut meant: Vec<u128> = find(words, None, None).meant.into_iter().map(number).collect();
        meant.sort_unstable();
        meant
    };
    assert_eq!(meant("St Marys"), [1, 2, 11]);
    assert_eq!(meant("St Marys RC"), [1, 11], "the third states no church");
    assert_eq!(meant("St Marys, Marlow Cross"), [11]);
    assert_eq!(meant("Oakfield Junior"), [4, 12]);
    assert_eq!(meant("Hogsmeade"), Vec::<u128>::new());
}

proptest! {
    #[test]
    fn whatever_is_written_finds_five_at_most_and_confirms_only_what_fits(
        words in "[ a-zA-Z0-9'.,&/-]{0,40}|(St|Oakfield|Mary|Bury|Road|RC|Junior|Larkfield| ){0,8}",
        age in proptest::option::of(0_i16..19),
        is_home in any::<bool>(),
    ) {
        let found = find(&words, age, is_home.then_some(LARKFIELD));
        prop_assert!(found.candidates.len() <= 5);
        let points: Vec<u8> = found.candidates.iter().map(|one| one.points.total()).collect();
        prop_assert!(points.iter().all(|points| *points <= 100));
        if let Some(confirmed) = found.confirmed {
            prop_assert!(found.candidates[0].setting == confirmed && found.candidates[0].fits());
            prop_assert!(age.is_some());
            prop_assert!(found.candidates[1..].iter().all(|other| !other.fits()));
        }
    }

    #[test]
    fn a_second_setting_of_the_same_name_next_door_takes_every_confirmation_away(which in 0_usize..12, age in 3_i16..17) {
        let all = town();
        let name = all[which].name.clone();
        let ages = age..=age;
        let homes = [all[which].postcode.clone().unwrap()];
        let double = Described { setting: id(99), ..all[which].clone() };
        let asked = Asked { words: &name, ages: Some(&ages), homes: &homes };
        let found = Index::build(all.into_iter().chain([double])).find(&asked);
        prop_assert_eq!(found.confirmed, None);
    }
}
