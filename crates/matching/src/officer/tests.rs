use encompass_core::state::SettingKind;
use proptest::prelude::*;

use super::*;
use crate::setting::{Asked, Described, Index};

fn id(n: u128) -> SettingId {
    SettingId::new(uuid::Uuid::from_u128(n))
}

#[test]
fn a_text_is_looked_up_by_name_by_name_and_town_and_by_number() {
    let query = Query::of("Saint Mary's, Hitchin");
    assert_eq!(query.names, [("st marys hitchin".into(), None), ("st marys".into(), Some("hitchin".into()))]);
    assert_eq!(Query::of("URN 900001").urns, ["900001"]);
    assert_eq!(Query::of("tel 01632960001").urns, Vec::<String>::new());
    assert_eq!(Query::of(" , "), Query::default());
    assert!(Query::is_in(Some("hitchin"), Some("Hitchin")) && Query::is_in(None, None));
    assert!(!Query::is_in(Some("hitchin"), None));
}

/// The settings of a made-up town, by number, and an authority.
const TOWN: [(u128, &str, SettingKind); 11] = [
    (1, "Larkfield Primary School", SettingKind::School),
    (2, "St Mary's RC JMI School", SettingKind::School),
    (3, "St Mary's Church of England Primary School", SettingKind::School),
    (4, "Oakfield Infant School", SettingKind::School),
    (5, "Oakfield Junior School", SettingKind::School),
    (6, "Hartfield Primary School", SettingKind::School),
    (7, "Hatfield Primary School", SettingKind::School),
    (8, "Little Acorns Nursery", SettingKind::EarlyYears),
    (9, "Thornbury College", SettingKind::College),
    (10, "Anyshire Council", SettingKind::Authority),
    (11, "Thornbury School", SettingKind::School),
];
const AUTHORITY: u128 = 10;

fn index() -> Index {
    let attended = TOWN.iter().filter(|(_, _, kind)| *kind != SettingKind::Authority);
    Index::build(attended.map(|(n, name, kind)| Described {
        setting: id(*n),
        kind: *kind,
        name: (*name).into(),
        also: Vec::new(),
        street: None,
        town: Some("Marlow Cross".into()),
        postcode: None,
        ages: (None, None),
        point: None,
    }))
}

/// How what was written stands to a child who is at that setting, or on its list of those taught at home.
fn word(index: &Index, text: &str, at: u128, is_home_educated: bool) -> Word {
    let query = Query::of(text);
    let is_exact = |name: &str| query.names.iter().any(|(written, _)| *written == setting_name(name));
    let exact = TOWN.iter().filter(|(_, name, _)| is_exact(name)).map(|(n, _, _)| id(*n)).collect();
    let found = index.find(&Asked { words: text, ages: None, homes: &[] });
    let officer = Officer::of(text, exact, &found, &[id(at)]);
    let (_, name, kind) = TOWN[usize::try_from(at).unwrap() - 1];
    let wording = Wording::of(name, Some("Marlow Cross"));
    officer.about(&[At { setting: id(at), kind, wording: &wording, is_home_educated }])
}

#[test]
fn what_says_nothing_of_a_setting_is_silence() {
    let index = index();
    for text in [
        "",
        "not known",
        "n/a",
        "None",
        "unknown",
        "TBC",
        "primary school",
        "Year 3",
        "Y3",
        "Reception",
        "year three",
        "KS2",
        "key stage 2",
        "6th form",
        "nursery",
        "unknown - mother would not say",
        "mum refused to say",
        "parents declined",
        "not stated",
        "no school given",
        "no details",
        "mum doesn't know",
        "not yet known",
        "not sure",
        "not known to mum",
        "Yr 10 at secondary school",
        "7 years old",
        "in nursery class",
        "Primry",
        "not home educated",
    ] {
        for at in [1, 8, AUTHORITY] {
            assert_eq!(word(&index, text, at, false), Word::Silent, "{text} against {at}");
        }
    }
}

#[test]
fn the_right_setting_is_confirmed_or_fits_however_it_is_written() {
    let index = index();
    for (text, at, expected) in [
        ("Larkfield Primary", 1, Word::Confirms),
        ("Larkfield Primry", 1, Word::Confirms),
        ("Larkfeild primary", 1, Word::Confirms),
        ("lark field", 1, Word::Confirms),
        ("Larkfield Primary, year 3", 1, Word::Confirms),
        ("Year 4 at Larkfield, mum says", 1, Word::Confirms),
        ("nursery class at St Marys RC", 2, Word::Confirms),
        ("St Mary's", 2, Word::Fits),
        ("St Mary's catholic primary", 2, Word::Confirms),
        ("St Marys CofE", 3, Word::Confirms),
        ("Larkfield maybe", 1, Word::Fits),
        ("Larkfield?", 1, Word::Fits),
        ("mum did say Larkfield", 1, Word::Fits),
        ("near Larkfield", 1, Word::Fits),
        ("would attend Larkfield", 1, Word::Fits),
        ("mum from Larkfield", 1, Word::Fits),
        ("Larkfield, not sure", 1, Word::Fits),
        ("Larkfield, year not known", 1, Word::Fits),
        ("In school at Larkfield, home with mum", 1, Word::Confirms),
        ("RC school", 2, Word::Fits),
        ("Oakfield", 5, Word::Fits),
        ("Oakfield Juniors", 5, Word::Confirms),
        ("Hartfeild", 6, Word::Confirms),
        ("school in Marlow Cross", 1, Word::Fits),
        ("Little Acorn nursrey", 8, Word::Confirms),
    ] {
        assert_eq!(word(&index, text, at, false), expected, "{text}");
    }
}

#[test]
fn another_setting_disagrees() {
    let index = index();
    for (text, at) in [
        ("Larkfield Primary", 6),
        ("Hatfield", 6),
        ("Hatfield Primary School", 6),
        ("Hartfield", 7),
        ("Oakfield Infants", 5),
        ("Oakfield Junior", 4),
        ("St Mary's CofE", 2),
        ("St Marys RC", 3),
        ("RC school", 3),
        ("Catholic primary", 1),
        ("Hogsmeade", 1),
        ("was at Larkfield, now at Hogsmeade", 1),
        ("unknown, maybe Larkfield", 6),
        ("Thornbury", 1),
        ("Thornbury School", 9),
        ("Thornbury College", 11),
        ("Larkfield", AUTHORITY),
        ("Home from Home", 1),
        ("Home from Home", 8),
    ] {
        assert_eq!(word(&index, text, at, false), Word::Disagrees, "{text}");
    }
}

#[test]
fn a_setting_that_the_officer_denies_disagrees() {
    let index = index();
    for text in [
        "not at Larkfield",
        "no longer at Larkfield",
        "No longer attends Larkfield Primary School",
        "isn't at Larkfield",
        "doesn't attend Larkfield",
        "won't attend Larkfield",
        "never went to Larkfield",
        "was at Larkfield Primary School",
        "was at Larkfield, now at the academy",
        "did attend Larkfield",
        "yet to attend Larkfield",
        "unwilling to attend Larkfield",
        "Larkfield until 2024",
        "left Larkfield",
        "Larkfield - left",
        "former school Larkfield",
        "excluded from Larkfield Primary",
        "Larkfield (excluded)",
        "removed from Larkfield",
        "refused by Larkfield",
        "declined Larkfield",
        "not known at Larkfield",
        "not recorded by Larkfield",
        "maybe Larkfield, was there",
        "no longer at Larkfield, new school not known",
        "no longer at Larkfield, home educated",
        "no longer at Larkfield, not home educated",
    ] {
        assert_eq!(word(&index, text, 1, false), Word::Disagrees, "{text}");
    }
}

#[test]
fn who_attends_nothing_is_at_no_setting_and_may_be_on_a_list() {
    let index = index();
    for text in [
        "no school",
        "No",
        "not in school",
        "not at school, details not known",
        "isn't at school",
        "doesn't attend",
        "doesn't attend yet",
        "excluded",
        "left school",
        "no school, mum says",
    ] {
        for at in [1, 8, 9] {
            assert_eq!(word(&index, text, at, false), Word::Disagrees, "{text} against {at}");
        }
    }
    for text in ["no school", "not in school", "doesn't attend", "excluded", "left school"] {
        for is_home_educated in [true, false] {
            assert_eq!(word(&index, text, AUTHORITY, is_home_educated), Word::Silent, "{text}");
        }
    }
}

#[test]
fn a_denial_beside_the_claim_to_be_taught_at_home_does_not_take_it_away() {
    let index = index();
    for text in [
        "no school, home educated",
        "No school – home educated",
        "not in school – EHE",
        "not in school, EHE",
        "doesn't attend, home schooled",
        "No. Home educated",
        "never - home educated",
        "not in school, educated by mum",
        "home educated?",
        "maybe home educated",
    ] {
        assert_eq!(word(&index, text, 1, false), Word::Disagrees, "{text}");
        assert_eq!(word(&index, text, AUTHORITY, true), Word::Fits, "{text}, on the list");
        assert_eq!(word(&index, text, AUTHORITY, false), Word::Silent, "{text}, on another list");
    }
    for text in ["not home educated", "no longer home schooled", "never EHE", "isn't home educated"] {
        assert_eq!(word(&index, text, 1, false), Word::Silent, "{text}");
        assert_eq!(word(&index, text, AUTHORITY, true), Word::Disagrees, "{text}, on the list");
    }
    assert_eq!(word(&index, "In school, home with mum", AUTHORITY, true), Word::Silent);
    assert_ne!(word(&index, "In school at home with mum", AUTHORITY, true), Word::Confirms);
}

#[test]
fn nothing_that_an_officer_wrote_is_printed() {
    let officer = Officer::new("no longer at Larkfield, Hitchin", vec![id(1)]);
    let printed = format!("{officer:?} {:?} {:?}", officer.said, Query::of("Larkfield, Hitchin"));
    assert!(!printed.to_lowercase().contains("larkfield") && !printed.to_lowercase().contains("hitchin"));
}

#[test]
fn who_is_taught_at_home_is_at_no_school_and_on_the_list() {
    let index = index();
    for text in ["home educated", "Home schooled", "Elective home education", "EHE", "educated at home"] {
        assert_eq!(word(&index, text, AUTHORITY, true), Word::Confirms, "{text}");
        assert_eq!(word(&index, text, AUTHORITY, false), Word::Silent, "{text}, on another list");
        assert_eq!(word(&index, text, 8, false), Word::Silent, "{text}, at a nursery");
        for school in [1, 9] {
            assert_eq!(word(&index, text, school, false), Word::Disagrees, "{text}");
        }
    }
    assert_eq!(word(&index, "home educated, was at Larkfield", AUTHORITY, true), Word::Fits);
    assert_eq!(word(&index, "home educated, was at Larkfield", 1, false), Word::Disagrees);
    assert_eq!(word(&index, "no longer home educated, Larkfield now", 1, false), Word::Fits);
}

/// Two settings that only a word for a kind tells apart, which may be loosely written.
const THORNBURY: [u128; 2] = [9, 11];

/// Words that an officer may put around a name, and that say nothing.
const AROUND: [&str; 8] =
    ["Year 3 at", "attends", "mum says", "in reception at", "goes to", "", "unknown, possibly", "the"];

proptest! {
    #[test]
    fn the_name_of_one_school_never_speaks_for_another(
        named in 0_usize..11, at in 1_u128..12, around in proptest::sample::select(AROUND.to_vec()),
    ) {
        let index = index();
        let (number, name, _) = TOWN[named];
        prop_assume!(number != AUTHORITY && at != AUTHORITY);
        let word = word(&index, &format!("{around} {name}"), at, false);
        if number == at {
            prop_assert!(matches!(word, Word::Confirms | Word::Fits), "{name}: {word:?}");
        } else if [number, at].iter().all(|one| THORNBURY.contains(one)) && !around.is_empty() {
            prop_assert!(word != Word::Confirms, "{around} {name} for {at}");
        } else {
            prop_assert_eq!(word, Word::Disagrees, "{} {} for {}", around, name, at);
        }
    }

    #[test]
    fn words_that_say_nothing_take_nothing_away(
        around in proptest::collection::vec(proptest::sample::select(AROUND.to_vec()), 0..4), at in 1_u128..11,
    ) {
        prop_assert_eq!(word(&index(), &around.join(" "), at, false), Word::Silent);
    }

    #[test]
    fn a_name_that_nobody_has_is_no_confirmation(name in "[b-df-hj-np-tv-z]{6,12}", at in 1_u128..11) {
        prop_assert_eq!(word(&index(), &name, at, false), Word::Disagrees);
    }
}
