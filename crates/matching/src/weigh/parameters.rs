//! Everything that is estimated.

use serde::{Deserialize, Serialize};

use super::near::Near;
use super::rates::Rates;
use super::share::Share;
use crate::alike::{Birth, Family, Given, Home, Level};

/// The estimated parameters of the model, with the data they came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// What they were estimated from.
    pub source: Source,
    /// First names.
    pub given: Rates<Given>,
    /// Family names.
    pub family: Rates<Family>,
    /// Birth dates.
    pub birth: Rates<Birth>,
    /// Addresses.
    pub home: Rates<Home>,
    /// How often the sex is the same for the same child.
    pub same_sex: f64,
    /// How often first and family name are exchanged.
    pub exchanged: f64,
    /// How often random names are close.
    pub near: Near,
    /// What is so before any name is read.
    pub prior: Prior,
}

/// What the parameters came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// In words.
    pub description: String,
    /// Children on the register.
    pub children: u64,
    /// Incident children looked at.
    pub incidents: u64,
    /// Those among them of whom a person had said who they are.
    #[serde(default, skip_serializing_if = "is_none")]
    pub decisions: u64,
    /// Rounds of estimation.
    pub rounds: u32,
}

/// Not written where there are none, so that the print of parameters that know no decisions stays what it was.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
const fn is_none(decisions: &u64) -> bool {
    *decisions == 0
}

/// Probabilities of the hypotheses about a child's household.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Prior {
    /// The family has children on the register.
    pub registered_family: f64,
    /// A child of such a family is not on the register itself.
    pub unregistered_child: f64,
    /// A child of such a family is on the register at another address.
    pub elsewhere: f64,
    /// A sibling has the same birth date.
    pub twin: f64,
}

impl Prior {
    /// A child of such a family is on the register with it.
    pub fn registered_child(&self) -> f64 {
        (1.0 - self.unregistered_child - self.elsewhere).max(0.01)
    }
}

impl Default for Parameters {
    /// Those that ship with the project (`data/parameters.json`): estimated without labels on a register of 100,000
    /// made-up children and 22,029 made-up incident children, whose rates of error are assumptions.
    fn default() -> Self {
        serde_json::from_str(include_str!("../../data/parameters.json"))
            .expect("a test reads the shipped file")
    }
}

/// Raised with every change of how scores are made: cases that were scored otherwise earn nothing then, until they are
/// scored anew.
const METHOD: u32 = 2;

impl Parameters {
    /// A short print of them and of the method, by which a score says what it was weighed with.
    pub fn print(&self) -> String {
        let json = serde_json::to_string(self).expect("our own types are written as JSON");
        format!("{:016x}", crate::population::hash(&(METHOD, json)))
    }

    /// The same for a register that holds only a share of the families that are looked for, such as those of one age or
    /// one way of being taught: that a family is on it is so much less likely before anything is compared.
    pub fn for_share(&self, share: Share) -> Self {
        let registered_family = self.prior.registered_family * share.part();
        Self { prior: Prior { registered_family, ..self.prior }, ..self.clone() }
    }

    /// Where estimation begins: round figures, in the order of what is known of typed names.
    pub fn round() -> Self {
        Self {
            source: Source { description: "round figures before any estimation".into(), ..Source::default() },
            given: guess(|level| match level {
                Given::Exact => 700.0,
                Given::Initial => 950.0,
                Given::InitialOther => 30.0,
                Given::Full | Given::Nickname | Given::CloseA | Given::CloseB => 30.0,
                Given::Different => 5.0,
                _ => 15.0,
            }),
            family: guess(|level| match level {
                Family::Exact => 800.0,
                Family::Half | Family::CloseA | Family::CloseB | Family::Different => 30.0,
                _ => 10.0,
            }),
            birth: guess(|level| match level {
                Birth::Exact => 930.0,
                Birth::JanuaryExact | Birth::Month | Birth::Year => 950.0,
                Birth::JanuaryYear => 500.0,
                Birth::Age => 800.0,
                Birth::AgeNear => 150.0,
                Birth::Differs | Birth::TwoParts => 3.0,
                _ => 15.0,
            }),
            home: guess(|Home(place, line)| {
                use crate::alike::{Line, Place};
                match (place, line) {
                    (Place::Exact, Line::Same | Line::Unknown) | (Place::Unknown, Line::Same) => 700.0,
                    (Place::PartSame, Line::Same | Line::Unknown) => 700.0,
                    (Place::Differs | Place::PartDiffers | Place::Unknown, Line::Differs) => 100.0,
                    (Place::Differs | Place::PartDiffers, Line::Unknown) => 100.0,
                    (Place::Outward, _) => 50.0,
                    _ => 10.0,
                }
            }),
            same_sex: 0.99,
            exchanged: 0.01,
            near: Near::default(),
            prior: Prior { registered_family: 0.9, unregistered_child: 0.05, elsewhere: 0.02, twin: 0.02 },
        }
    }
}

fn guess<L: Level>(count: impl Fn(L) -> f64) -> Rates<L> {
    Rates::of(&L::ALL.iter().map(|level| count(*level)).collect::<Vec<_>>())
}
