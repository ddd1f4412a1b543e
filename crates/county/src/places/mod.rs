//! The made-up area: authorities, forces, towns, addresses, postcodes and telephone numbers.
//!
//! Authority codes 981 to 983 are not in the school register's list of authorities; `ZZ` is no postcode area; telephone
//! numbers come from the ranges that Ofcom keeps for drama; host names end in `.example` (RFC 2606).

mod words;

use crate::random::Random;

/// A made-up local authority.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    /// Its three-digit code in the school register.
    pub code: &'static str,
    /// Its name there.
    pub name: &'static str,
    /// The force that polices it.
    pub force: &'static str,
    /// Postcode districts in which its families live.
    pub(crate) districts: [&'static str; 3],
    /// Towns and villages.
    pub(crate) towns: &'static [&'static str],
    /// Days by which its autumn half-term differs from its neighbours'.
    pub(crate) half_term_shift_days: i64,
}

/// The force whose incidents the demonstration publishes.
pub const FORCE: &str = "wexcombe-police";

/// The force next door, which has the third authority and may not speak on our force's topic.
pub const NEIGHBOUR: &str = "nethershire-police";

/// The authorities; the last one lies in the neighbour's area.
pub const AUTHORITIES: [Authority; 3] = [
    Authority {
        code: "981",
        name: "Wexcombe",
        force: FORCE,
        districts: ["ZZ1", "ZZ2", "ZZ3"],
        towns: &words::WEXCOMBE,
        half_term_shift_days: 0,
    },
    Authority {
        code: "982",
        name: "Orrinford",
        force: FORCE,
        districts: ["ZZ4", "ZZ5", "ZZ6"],
        towns: &words::ORRINFORD,
        half_term_shift_days: -7,
    },
    Authority {
        code: "983",
        name: "Nethershire",
        force: NEIGHBOUR,
        districts: ["ZZ7", "ZZ8", "ZZ8"],
        towns: &words::NETHERSHIRE,
        half_term_shift_days: 0,
    },
];

/// A postal address.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    /// House and street.
    pub line: String,
    /// Town or village.
    pub town: &'static str,
    /// Postcode, in capitals with its space.
    pub postcode: String,
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(withheld)")
    }
}

/// Letters that the second half of a postcode may have.
const UNIT_LETTERS: &[u8; 20] = b"ABDEFGHJLNPQRSTUWXYZ";

/// The postcode of the district for a number: 4,000 for each district, then from the start again.
pub(crate) fn postcode(district: &str, number: usize) -> String {
    let (first, second) = (number / 20 % 20, number % 20);
    let sector = number / 400 % 10;
    format!("{district} {sector}{}{}", char::from(UNIT_LETTERS[first]), char::from(UNIT_LETTERS[second]))
}

/// The address of a family's home; the number makes it differ from every other home's.
pub(crate) fn home(random: &mut Random, authority: &Authority, number: usize) -> Address {
    Address {
        line: format!("{} {}", random.between(1, 148), home_street(number)),
        town: random.pick(authority.towns),
        postcode: postcode(authority.districts[number % 3], number / 3),
    }
}

/// A street of homes; 400 of them, in two parts.
pub(crate) fn home_street(number: usize) -> String {
    let (name, way) = (number % words::STREETS.len(), number / words::STREETS.len());
    format!("{} {}", words::STREETS[name], words::WAYS[way % words::WAYS.len()])
}

/// The address of a setting, in a district and street where no family lives, so that neither is mistaken for a leak.
pub(crate) fn premises(random: &mut Random, town: &'static str, number: usize) -> Address {
    Address { line: format!("{} Lane", random.pick(&words::LANES)), town, postcode: postcode("ZZ9", number) }
}

/// A landline of Ofcom's drama range without an area; a thousand numbers, then from the start again.
pub(crate) fn landline(number: usize) -> String {
    format!("01632 960{:03}", number % 1000)
}

/// A mobile number of Ofcom's drama range; a thousand numbers, then from the start again.
pub(crate) fn mobile(number: usize) -> String {
    format!("07700 900{:03}", number % 1000)
}

/// The host label of a name: small letters, digits and single hyphens, at most 40 of them.
pub(crate) fn label(name: &str) -> String {
    let mut label = String::new();
    for letter in name.chars().filter(|letter| *letter != '\'').flat_map(char::to_lowercase) {
        // Host names have no accents; the settings' names know one.
        let letter = if matches!(letter, 'é' | 'è') { 'e' } else { letter };
        if letter.is_ascii_alphanumeric() {
            label.push(letter);
        } else if !label.ends_with('-') && !label.is_empty() {
            label.push('-');
        }
    }
    label.truncate(40);
    label.trim_matches('-').to_owned()
}

/// The saints, trees and families that settings are called after.
pub(crate) use words::{EARLY, FOUNDERS, MINDERS, SAINTS, TREES};

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn a_district_has_four_thousand_postcodes() {
        let all: HashSet<String> = (0..4000).map(|number| postcode("ZZ1", number)).collect();
        assert_eq!(all.len(), 4000);
    }

    #[test]
    fn labels_are_fit_for_host_names() {
        let cases = [
            ("St Mary's C of E (VA) Primary", "st-marys-c-of-e-va-primary"),
            ("  Little Acorns & Co. ", "little-acorns-co"),
        ];
        for (name, expected) in cases {
            assert_eq!(label(name), expected);
        }
    }
}
