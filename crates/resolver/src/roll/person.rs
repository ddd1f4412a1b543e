//! A person of a register as the index has them: once for each name and address that police may know them by.

use encompass_core::id::EntryId;
use encompass_matching::person::{Born, Child, Sex, Sought, house_and_street};
use encompass_store::register::Person;
use uuid::Uuid;

/// How often one person stands in the index at most.
const WRITINGS_MAX: usize = 4;

/// Every writing of a person, the first under its reference: as registered, under former names, at former addresses.
pub(crate) fn writings(entry: EntryId, person: &Person) -> Vec<Child> {
    let (forename, middle_names) = parted(&person.given);
    let registered = Child {
        id: reference(entry),
        forename: forename.to_owned(),
        middle_names: middle_names.to_owned(),
        surname: person.family.clone(),
        preferred_forename: person.known_as.clone().unwrap_or_default(),
        born: Some(person.birth_date),
        sex: person.sex.as_deref().and_then(Sex::parse),
        address: house_and_street(person.address.as_deref().into_iter()),
        postcode: person.postcode.clone().unwrap_or_default(),
        upn: person.upn.clone().unwrap_or_default(),
        nhs_number: person.nhs_number.clone().unwrap_or_default(),
    };
    let families = person.former_family.iter().filter(|family| **family != person.family);
    let families = families.map(|family| Child { surname: family.clone(), ..registered.clone() });
    let given = person.details.former_given.iter().map(|given| {
        let (forename, middle_names) = parted(given);
        Child {
            forename: forename.to_owned(),
            middle_names: middle_names.to_owned(),
            preferred_forename: String::new(),
            ..registered.clone()
        }
    });
    let lived = person.details.previous.iter().rev().map(|there| Child {
        address: house_and_street(there.text.as_deref().into_iter()),
        postcode: there.postcode.clone().unwrap_or_default(),
        ..registered.clone()
    });
    let mut all = vec![registered.clone()];
    all.extend(families.chain(given).chain(lived).take(WRITINGS_MAX - 1));
    all
}

/// A person of one register as another register is asked for them.
pub fn as_sought(person: &Person) -> Sought {
    Sought {
        forename: person.given.clone(),
        surname: person.family.clone(),
        born: Born::Day(person.birth_date),
        sex: person.sex.as_deref().and_then(Sex::parse),
        address: house_and_street(person.address.as_deref().into_iter()),
        postcode: person.postcode.clone().unwrap_or_default(),
        upn: person.upn.clone().unwrap_or_default(),
        nhs_number: person.nhs_number.clone().unwrap_or_default(),
        ..Sought::default()
    }
}

/// The first of several given names, and the others.
fn parted(given: &str) -> (&str, &str) {
    given.trim().split_once(char::is_whitespace).unwrap_or((given.trim(), ""))
}

/// Under what the index has an entry.
pub(crate) fn reference(entry: EntryId) -> String {
    entry.uuid().simple().to_string()
}

/// Whose reference it is.
pub(crate) fn entry_of(reference: &str) -> EntryId {
    EntryId::new(Uuid::parse_str(reference).expect("only references of entries are put in"))
}

#[cfg(test)]
mod tests {
    use encompass_store::register::{Address, Details};
    use jiff::civil::date;

    use super::*;

    fn person() -> Person {
        let there = |text: &str| Address { text: Some(text.into()), postcode: None, from: None, to: None };
        let mut details = Details::default();
        details.former_given.push("Ara".into());
        details.previous.extend([there("1 Old Road"), there("2 Newer Road")]);
        Person {
            child: "P1".into(),
            given: "Araminta Rose".into(),
            family: "Copplestone".into(),
            known_as: Some("Minty".into()),
            former_family: vec!["Copplestone".into(), "Underhay".into()],
            birth_date: date(2017, 3, 14),
            sex: Some("f".into()),
            address: Some("4 Invented Lane".into()),
            postcode: Some("ZZ1 4AB".into()),
            upn: None,
            nhs_number: None,
            details,
        }
    }

    #[test]
    fn a_person_is_found_under_former_names_and_at_the_address_before() {
        let entry = EntryId::new(Uuid::from_u128(7));
        let all = writings(entry, &person());
        let read: Vec<_> = all
            .iter()
            .map(|child| (child.forename.as_str(), child.surname.as_str(), child.address.as_str()))
            .collect();
        assert_eq!(
            read,
            [
                ("Araminta", "Copplestone", "4 Invented Lane"),
                ("Araminta", "Underhay", "4 Invented Lane"),
                ("Ara", "Copplestone", "4 Invented Lane"),
                ("Araminta", "Copplestone", "2 Newer Road"),
            ]
        );
        assert_eq!((all[0].middle_names.as_str(), all[0].preferred_forename.as_str()), ("Rose", "Minty"));
        assert_eq!(entry_of(&all[0].id), entry);
    }
}
