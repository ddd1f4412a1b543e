//! Children of whom a person said who they are: known pairs among the guessed ones.
//!
//! A decided case is not drawn by chance: the desk sees the children whom the rules could not match, so that rates
//! counted over decided cases alone would be those of the hardest. Three things keep that out:
//!
//! - a known child only takes the place of the guess about the same child. It stays one child among all those of the
//!   incidents, at its natural share, and counts no more than one that was never decided. What chose it for a decision is
//!   what was compared, which the estimation sees, and under that choice known pairs among guessed ones do not mislead
//!   (Little & Rubin 1987: missing at random);
//! - it counts for the levels of fields only. How many families and children are on the register is estimated from the
//!   guesses as if nobody had decided: "none of these" is said of those shown, and most often where few were;
//! - a match that was sent and that nobody reviewed is a guess like any other: that it was sent is no word about it.

use super::compare::Comparison;
use super::event::Event;
use super::parameters::Parameters;
use crate::population::{Number, Population};

/// A child of whom a person said who it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// The place of its event among those that are learnt from.
    pub event: usize,
    /// Its place in the event.
    pub child: usize,
    /// Who it is; `None`: nobody on the register.
    pub is: Option<Number>,
}

/// A known child of one event.
pub(super) struct Pin {
    pub child: usize,
    /// Whom it is, with how the fields agree: the search need not have found that entry.
    pub is: Option<(u32, Comparison)>,
}

/// The known children of each event, in the order of the events.
pub(super) fn pins(
    known: &[Known],
    events: &[Event],
    population: &Population,
    parameters: &Parameters,
) -> Vec<Vec<Pin>> {
    let mut pins: Vec<Vec<Pin>> = events.iter().map(|_| Vec::new()).collect();
    for one in known {
        let Some(query) = events.get(one.event).and_then(|event| event.queries.get(one.child)) else {
            continue;
        };
        let best = |Number(number)| {
            let writings = population.writings(number);
            let compared = writings.map(|one| Comparison::new(query, one, population, &parameters.near));
            let weight = |comparison: &Comparison| comparison.whole(parameters);
            let best = compared.max_by(|a, b| weight(a).total_cmp(&weight(b)));
            best.map(|comparison| (number, comparison))
        };
        pins[one.event].push(Pin { child: one.child, is: one.is.and_then(best) });
    }
    pins
}
