//! What holds whatever police and registers say.

use encompass_core::id::EntryId;
use encompass_core::state::Hold;
use encompass_matching::{Compared, Entry, Facts, Name, Officer, Verdict, decide};
use jiff::civil::Date;
use proptest::prelude::*;
use uuid::Uuid;

use crate::{BORN, case, entry, setting};

const GIVEN: [&str; 4] = ["Ada", "Ada Rose", "Leo", "Zoë"];
const FAMILY: [&str; 3] = ["Vale", "O'Vale", "Marchbanks"];
const POSTCODES: [Option<&str>; 3] = [Some("ZZ1 4AB"), Some("ZZ9 9ZZ"), None];
const NUMBERS: [Option<&str>; 3] = [Some("A"), Some("B"), None];

fn birth_dates() -> impl Strategy<Value = Date> {
    prop_oneof![3 => Just(BORN), 1 => Just(jiff::civil::date(2016, 1, 1))]
}

/// A place in a list, most often the first, so that children and entries often meet.
fn often_first(length: usize) -> impl Strategy<Value = usize> {
    prop_oneof![4 => Just(0), 1 => 0..length]
}

prop_compose! {
    fn children()(
        given in often_first(GIVEN.len()),
        family in often_first(FAMILY.len()),
        born in proptest::option::weighted(0.8, birth_dates()),
        postcode in 0..POSTCODES.len(),
        number in 0..NUMBERS.len(),
    ) -> Facts {
        Facts {
            names: Name::new(GIVEN[given], FAMILY[family]).into_iter().collect(),
            born,
            postcodes: POSTCODES[postcode].map(str::to_owned).into_iter().collect(),
            upn: NUMBERS[number].map(str::to_owned),
            ..Facts::default()
        }
    }
}

prop_compose! {
    fn entries()(
        register in 1..3_u128,
        person in 1..3_u128,
        given in often_first(GIVEN.len()),
        family in often_first(FAMILY.len()),
        born in birth_dates(),
        postcode in often_first(POSTCODES.len()),
        number in 0..NUMBERS.len(),
        school in 1..6_u128,
        is_stale in proptest::bool::weighted(0.1),
        is_restricted in proptest::bool::weighted(0.1),
        ends in proptest::bool::weighted(0.1),
    ) -> Entry {
        let mut entry = entry(0, register, (GIVEN[given], FAMILY[family]), school);
        entry.identity = EntryId::new(Uuid::from_u128(person));
        entry.born = born;
        entry.postcode = POSTCODES[postcode].map(str::to_owned);
        entry.upn = NUMBERS[number].map(str::to_owned);
        entry.is_stale = is_stale;
        entry.is_restricted = is_restricted;
        entry.enrolments[0].ends_on = ends.then_some(jiff::civil::date(2025, 7, 1));
        entry
    }
}

prop_compose! {
    fn officers()(kind in 0..4, first in 1..5_u128, second in 1..5_u128) -> Officer {
        match kind {
            0 => Officer::default(),
            1 => Officer::new("elsewhere", Vec::new()),
            2 => Officer::new("a name", vec![setting(first)]),
            _ => Officer::new("a name", vec![setting(first), setting(second)]),
        }
    }
}

fn numbered(mut entries: Vec<Entry>) -> Vec<Entry> {
    for (place, entry) in entries.iter_mut().enumerate() {
        entry.id = EntryId::new(Uuid::from_u128(place as u128 + 1));
    }
    entries
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_global_rejects: 40_000, ..ProptestConfig::default() })]

    #[test]
    fn nobody_is_matched_without_exact_evidence_for_each_setting(
        facts in children(), entries in proptest::collection::vec(entries(), 0..4), officer in officers()
    ) {
        let entries = numbered(entries);
        let question = encompass_matching::Grounds { officer: officer.clone(), ..case(&facts, &entries) };
        let (verdict, evidence) = decide(&question);
        let Verdict::Matched(settings) = verdict else { return Ok(()) };
        prop_assert!(!settings.is_empty() && evidence.reasons.is_empty());
        for setting in settings {
            let exact = evidence.candidates.iter().any(|candidate| {
                let has_number = candidate.upn == Compared::Agrees;
                let identity = candidate.birth_date == Compared::Agrees || has_number;
                let is_home = candidate.postcode == Compared::Agrees;
                let confirmed = has_number || is_home || officer.settings == [setting];
                let is_sound = !candidate.is_stale && !candidate.is_restricted;
                candidate.names == Compared::Agrees && identity && confirmed && is_sound
                    && candidate.enrolments.iter().any(|seen| seen.setting == setting)
            });
            prop_assert!(exact);
            prop_assert!(officer.settings.is_empty() || officer.settings.contains(&setting));
        }
    }

    #[test]
    fn a_further_entry_of_somebody_else_never_turns_a_hold_into_a_match(
        facts in children(), entries in proptest::collection::vec(entries(), 1..4), more in entries(), officer in officers()
    ) {
        let entries = numbered(entries);
        let question = encompass_matching::Grounds { officer: officer.clone(), ..case(&facts, &entries) };
        let (before, evidence) = decide(&question);
        prop_assume!(evidence.candidates.iter().any(|candidate| candidate.fits));
        prop_assume!(matches!(before, Verdict::Hold(_)));
        let more = Entry { identity: EntryId::new(Uuid::from_u128(9)), ..more };
        let more = numbered(entries.iter().cloned().chain([more]).collect());
        let question = encompass_matching::Grounds { officer, ..case(&facts, &more) };
        prop_assert!(matches!(decide(&question).0, Verdict::Hold(_)));
    }

    #[test]
    fn an_excluded_setting_is_never_among_the_settings(
        facts in children(), entries in proptest::collection::vec(entries(), 0..4), excluded in 1..5_u128
    ) {
        let entries = numbered(entries);
        let mut question = case(&facts, &entries);
        question.excluded.insert(setting(excluded));
        let (verdict, evidence) = decide(&question);
        prop_assert!(!evidence.settings.contains(&setting(excluded)));
        if let Verdict::Matched(settings) = verdict {
            prop_assert!(!settings.contains(&setting(excluded)));
        }
    }

    #[test]
    fn a_flag_always_asks_for_a_person(
        facts in children(), entries in proptest::collection::vec(entries(), 0..4), flag in 0..4
    ) {
        let entries = numbered(entries);
        let mut question = case(&facts, &entries);
        let expected = match flag {
            0 => { question.flags.is_restricted = true; Hold::Restricted }
            1 => { question.flags.is_protected = true; Hold::ProtectedAddress }
            2 => { question.flags.has_connected_adult = true; Hold::ConnectedAdult }
            _ => { question.flags.is_withheld = true; Hold::NotToBeNotified }
        };
        prop_assert_eq!(decide(&question).0, Verdict::Hold(expected));
    }
}
