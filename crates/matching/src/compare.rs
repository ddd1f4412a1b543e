//! Holding one entry against one child.

use crate::entry::Entry;
use crate::evidence::Compared;
use crate::facts::Facts;

/// Which fields agree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Comparison {
    pub names: Compared,
    pub born: Compared,
    pub postcode: Compared,
    pub upn: Compared,
    pub nhs_number: Compared,
}

impl Comparison {
    pub fn of(child: &Facts, entry: &Entry) -> Self {
        let names = entry.names.iter().any(|known| child.names.iter().any(|name| name.agrees(known)));
        let postcode = entry.postcode.as_ref().filter(|_| !child.postcodes.is_empty());
        Self {
            names: if child.names.is_empty() { Compared::NotKnown } else { Compared::from(names) },
            born: child.born.map_or(Compared::NotKnown, |born| Compared::from(born == entry.born)),
            postcode: postcode
                .map_or(Compared::NotKnown, |postcode| Compared::from(child.postcodes.contains(postcode))),
            upn: same(child.upn.as_ref(), entry.upn.as_ref()),
            nhs_number: same(child.nhs_number.as_ref(), entry.nhs_number.as_ref()),
        }
    }

    /// Exactly the same person: the names agree, and the birth date or a number with them.
    pub fn fits(self) -> bool {
        let numbered = self.has_number(Compared::Agrees) && self.born != Compared::Differs;
        self.names == Compared::Agrees && (self.born == Compared::Agrees || numbered)
    }

    /// A number says one thing, and names or birth date another.
    pub fn contradicts(self) -> bool {
        let differs = self.names != Compared::Agrees || self.born == Compared::Differs;
        (self.has_number(Compared::Agrees) && differs) || (self.has_number(Compared::Differs) && self.fits())
    }

    pub fn has_number(self, compared: Compared) -> bool {
        self.upn == compared || self.nhs_number == compared
    }
}

fn same(a: Option<&String>, b: Option<&String>) -> Compared {
    a.zip(b).map_or(Compared::NotKnown, |(a, b)| Compared::from(a == b))
}
