//! The seed of a random run.

use std::hash::{BuildHasher, RandomState};

/// Another one each time, printed with every result; `ENCOMPASS_TEST_SEED` gives one again.
#[expect(clippy::disallowed_methods, reason = "a failed run is repeated by naming its seed")]
pub fn seed() -> u64 {
    let given = std::env::var("ENCOMPASS_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    given.unwrap_or_else(|| RandomState::new().hash_one(0_u8))
}
