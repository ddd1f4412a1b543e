//! Holding one entry against one child, exactly.

use crate::entry::Entry;
use crate::evidence::Compared;
use crate::facts::Facts;

/// An entry held against the child that it may be: which fields are the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Pairing<'a> {
    pub entry: &'a Entry,
    pub names: Compared,
    pub born: Compared,
    pub postcode: Compared,
    pub home: Compared,
    pub upn: Compared,
    pub nhs_number: Compared,
}

impl<'a> Pairing<'a> {
    pub fn of(child: &Facts, entry: &'a Entry) -> Self {
        let names = entry.names.iter().any(|known| child.names.iter().any(|name| name.agrees(known)));
        let postcode = entry.postcode.as_ref().filter(|_| !child.postcodes.is_empty());
        Self {
            entry,
            names: if child.names.is_empty() { Compared::NotKnown } else { Compared::from(names) },
            born: child.born.map_or(Compared::NotKnown, |born| Compared::from(born == entry.born)),
            postcode: postcode
                .map_or(Compared::NotKnown, |postcode| Compared::from(child.postcodes.contains(postcode))),
            home: child.homes.compare(&entry.homes),
            upn: same(child.upn.as_ref(), entry.upn.as_ref()),
            nhs_number: same(child.nhs_number.as_ref(), entry.nhs_number.as_ref()),
        }
    }

    pub fn has_number(&self, compared: Compared) -> bool {
        self.upn == compared || self.nhs_number == compared
    }

    /// The names agree, and the birth date or a number with them.
    pub fn is_exact(&self) -> bool {
        let numbered = self.has_number(Compared::Agrees) && self.born != Compared::Differs;
        self.names == Compared::Agrees && (self.born == Compared::Agrees || numbered)
    }

    /// Whether it is the child: exactly, or so well that decided cases have earned it.
    pub fn fits(&self) -> bool {
        self.is_exact() || self.entry.is_earned()
    }

    /// Whether it is the child, or more probably so than not.
    pub fn may_be(&self) -> bool {
        self.fits() || self.entry.score() > 0.0
    }

    /// Whether a number says one thing, and names or birth date another. Beside a name that is written otherwise, a number
    /// that agrees is weighed in a score; one that differs never is.
    pub fn contradicts(&self) -> bool {
        let is_other_number = self.has_number(Compared::Differs);
        if self.entry.is_earned() {
            return is_other_number;
        }
        let differs = self.names != Compared::Agrees || self.born == Compared::Differs;
        (self.has_number(Compared::Agrees) && differs) || (is_other_number && self.is_exact())
    }

    /// Whether it may be the same person under another birth date, so that the year that police wrote may be a slip: by a
    /// number, by names and postcode, or by all of it weighed together.
    pub fn is_younger(&self) -> bool {
        let is_same =
            (self.names == Compared::Agrees && self.postcode == Compared::Agrees) || self.entry.score() > 0.0;
        self.has_number(Compared::Agrees) || (self.born == Compared::Differs && is_same)
    }

    /// Whether it is not the likeliest on its register, or somebody else there may be the child just as well.
    pub fn has_rival(&self, all: &[Self]) -> bool {
        let is_other =
            |other: &&Self| other.entry.register == self.entry.register && other.entry.id != self.entry.id;
        let reach = self.entry.score().min(0.0);
        self.entry.scored.is_some() && all.iter().filter(is_other).any(|other| other.entry.score() > reach)
    }
}

fn same(a: Option<&String>, b: Option<&String>) -> Compared {
    a.zip(b).map_or(Compared::NotKnown, |(a, b)| Compared::from(a == b))
}
