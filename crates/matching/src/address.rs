//! Where a child lives by one side's word, held against where it lives by the other's.

use crate::evidence::Compared;
use crate::person::{House, Postcode, house, house_and_street, outward, postcode};
use crate::spelling::distance;

/// An address as it is compared: its postcode, and its house and street.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    postcode: Option<Postcode>,
    house: Option<House>,
}

/// Streets no further apart than this are one street, spelt in two ways.
const SAME_STREET: f32 = 0.3;

impl Address {
    /// An address of these lines, with or without its town, and this postcode. `None` when nothing is in it.
    pub fn new<'a>(lines: impl Iterator<Item = &'a str>, written: &str) -> Option<Self> {
        let address = Self { postcode: postcode(written), house: house(&house_and_street(lines)) };
        (address.postcode.is_some() || address.house.is_some()).then_some(address)
    }

    /// Agrees where postcode or house do, for a slip leaves one of the two; differs where all that both sides say does.
    fn compare(&self, other: &Self) -> Compared {
        match (self.compare_postcode(other), self.compare_house(other)) {
            (Compared::Agrees, _) | (_, Compared::Agrees) => Compared::Agrees,
            (Compared::Differs, _) | (_, Compared::Differs) => Compared::Differs,
            (Compared::NotKnown, Compared::NotKnown) => Compared::NotKnown,
        }
    }

    /// Whether postcode and house are known to be the same.
    fn is_same(&self, other: &Self) -> bool {
        [self.compare_postcode(other), self.compare_house(other)] == [Compared::Agrees; 2]
    }

    /// An outward part that fits says too little to agree and nothing to the contrary.
    fn compare_postcode(&self, other: &Self) -> Compared {
        let Some((a, b)) = self.postcode.as_ref().zip(other.postcode.as_ref()) else {
            return Compared::NotKnown;
        };
        let is_part = a.is_outward || b.is_outward;
        if is_part && outward(&a.text) == outward(&b.text) {
            return Compared::NotKnown;
        }
        Compared::from(a.text == b.text)
    }

    fn compare_house(&self, other: &Self) -> Compared {
        let Some((a, b)) = self.house.as_ref().zip(other.house.as_ref()) else {
            return Compared::NotKnown;
        };
        let is_one_street = a.street == b.street || distance(&a.street, &b.street) <= SAME_STREET;
        Compared::from(
            is_one_street && (is_within(&a.numbers, &b.numbers) || is_within(&b.numbers, &a.numbers)),
        )
    }
}

/// Whether one side only left out a number, as that of the flat.
fn is_within(some: &str, all: &str) -> bool {
    some.split(' ')
        .filter(|number| !number.is_empty())
        .all(|number| all.split(' ').any(|known| known == number))
}

impl std::fmt::Debug for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Address(…)")
    }
}

/// Where somebody lives and has lived.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Homes {
    /// Where they live or stay.
    pub now: Vec<Address>,
    /// Where they lived before, or have another tie: it can agree, and never contradicts.
    pub before: Vec<Address>,
}

impl Homes {
    /// How the homes that police named stand to those of a register. They differ where every one of now is another than
    /// all that the register has; what is not known contradicts nothing.
    pub fn compare(&self, register: &Self) -> Compared {
        let known: Vec<&Address> = register.now.iter().chain(&register.before).collect();
        let compare = |home: &Address| known.iter().map(|known| home.compare(known)).collect::<Vec<_>>();
        let now: Vec<Compared> = self.now.iter().flat_map(compare).collect();
        let agrees = |compared: &Compared| *compared == Compared::Agrees;
        if now.iter().any(agrees) || self.before.iter().flat_map(compare).any(|before| agrees(&before)) {
            Compared::Agrees
        } else if !now.is_empty() && now.iter().all(|compared| *compared == Compared::Differs) {
            Compared::Differs
        } else {
            Compared::NotKnown
        }
    }

    /// Whether they live in one house now.
    pub(crate) fn is_shared(&self, other: &Self) -> bool {
        self.now.iter().any(|home| other.now.iter().any(|known| home.is_same(known)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(line: &str, postcode: &str) -> Vec<Address> {
        Address::new(std::iter::once(line), postcode).into_iter().collect()
    }

    fn homes(now: (&str, &str), before: (&str, &str)) -> Homes {
        Homes { now: address(now.0, now.1), before: address(before.0, before.1) }
    }

    const NONE: (&str, &str) = ("", "");

    #[test]
    fn an_address_differs_where_all_that_both_sides_say_of_it_does() {
        let known = homes(("12 Mill Lane, Larkfield", "ZZ1 4AB"), NONE);
        for (line, postcode, expected) in [
            ("12 Mill Lane", "ZZ1 4AB", Compared::Agrees),
            ("12 Mill Ln, Larkfield", "ZZ9 9ZZ", Compared::Agrees),
            ("12 Mil Lane", "ZZ9 9ZZ", Compared::Agrees),
            ("Flat 2, 12 Mill Lane", "ZZ9 9ZZ", Compared::Agrees),
            ("7 High Street", "zz14ab", Compared::Agrees),
            ("", "ZZ1 4AB", Compared::Agrees),
            ("12 Mill Lane", "", Compared::Agrees),
            ("7 High Street", "ZZ9 9ZZ", Compared::Differs),
            ("14 Mill Lane", "ZZ9 9ZZ", Compared::Differs),
            ("12 High Street", "ZZ9 9ZZ", Compared::Differs),
            ("7 High Street", "", Compared::Differs),
            ("", "ZZ9 9ZZ", Compared::Differs),
            ("", "ZZ9", Compared::Differs),
            ("7 High Street", "ZZ1", Compared::Differs),
            ("", "ZZ1", Compared::NotKnown),
            ("", "", Compared::NotKnown),
        ] {
            let asked = homes((line, postcode), NONE);
            assert_eq!(asked.compare(&known), expected, "{line}, {postcode}");
            assert_eq!(known.compare(&asked), expected, "{line}, {postcode}, the other way round");
        }
    }

    #[test]
    fn a_home_of_before_agrees_and_never_contradicts() {
        let (mill, high, oak) =
            (("12 Mill Lane", "ZZ1 4AB"), ("7 High Street", "ZZ9 9ZZ"), ("3 Oak Road", "ZZ5 5ZZ"));
        for (what, police, register, expected) in [
            ("the register has it as a former one", homes(mill, NONE), homes(high, mill), Compared::Agrees),
            ("police have it as a former one", homes(mill, high), homes(high, NONE), Compared::Agrees),
            ("all are others", homes(mill, oak), homes(high, ("9 Elm Row", "ZZ7 7ZZ")), Compared::Differs),
            ("the register has only a former one", homes(mill, NONE), homes(NONE, high), Compared::Differs),
            ("police have only a former one", homes(NONE, mill), homes(high, NONE), Compared::NotKnown),
            ("police have none", homes(NONE, NONE), homes(high, mill), Compared::NotKnown),
            ("the register has none", homes(mill, high), homes(NONE, NONE), Compared::NotKnown),
        ] {
            assert_eq!(police.compare(&register), expected, "{what}");
        }
    }

    #[test]
    fn a_house_is_shared_where_postcode_and_number_are_the_same() {
        let here = homes(("12 Mill Lane", "ZZ1 4AB"), NONE);
        for (now, expected) in [
            (("12 Mill Ln", "ZZ1 4AB"), true),
            (("14 Mill Lane", "ZZ1 4AB"), false),
            (("12 Mill Lane", ""), false),
            (("", "ZZ1 4AB"), false),
            (NONE, false),
        ] {
            assert_eq!(here.is_shared(&homes(now, NONE)), expected, "{now:?}");
        }
    }
}
