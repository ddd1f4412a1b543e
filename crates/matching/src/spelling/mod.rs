//! How names are spelt: letters without accents, the sound of a word, the distance between two spellings.

mod distance;
mod letters;
mod sound;

pub use distance::distance;
pub(crate) use distance::{Spelling, distance_within};
pub(crate) use letters::mask;
pub use sound::sound;
