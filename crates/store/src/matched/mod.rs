//! Matches: what people have said of them, and how far that lets them be sent without a person.

mod automatic;
mod case;
mod draw;
mod identified;
mod joined;
mod parameters;
mod precision;
mod review;

pub use automatic::{Automatic, Mode, Standing};
pub use case::{Case, DecidedCase, Extent, Origin, Rescored};
pub use joined::Unjoined;
pub use parameters::Adopted;
pub use precision::{Live, Precision};
pub use review::{MatchReview, MatchVerdict, Reviewed};

/// A score as it is stored: millionths.
#[expect(clippy::cast_possible_truncation, reason = "held within what an i64 has")]
fn stored(score: f64) -> i64 {
    (score * 1e6).round().clamp(-1e15, 1e15) as i64
}

/// A score as it was stored.
#[expect(clippy::cast_precision_loss, reason = "stored within 53 bits")]
fn score(stored: i64) -> f64 {
    stored as f64 / 1e6
}
