//! Leaders' figures: for whole weeks, each with numerator and denominator, small numbers suppressed, no child.

mod count;
pub(crate) mod page;
pub mod suppress;
mod week;
