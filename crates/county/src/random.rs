//! Numbers drawn from a seed, the same on every machine and in every release.
//!
//! A generator of our own because the stream is part of what this crate promises: a library's standard generator may
//! change its stream between versions, and then no two builds would make the same county.

/// A stream of numbers made by the published SplitMix64 step (Steele, Lea and Flood, 2014).
#[derive(Debug, Clone)]
pub struct Random {
    state: u64,
}

impl Random {
    /// A stream that depends on the seed only.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// A stream of its own for one purpose, so that drawing more for one thing leaves every other thing as it was.
    #[must_use]
    pub fn keyed(seed: u64, key: &str) -> Self {
        let mut random = Self::new(seed);
        for chunk in key.as_bytes().chunks(8) {
            let mut bytes = [0; 8];
            bytes[..chunk.len()].copy_from_slice(chunk);
            let drawn = random.bits();
            random.state = drawn ^ u64::from_le_bytes(bytes) ^ ((chunk.len() as u64) << 56);
        }
        random.bits();
        random
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`; zero where `end` is zero. The bias of the remainder is far below what anybody could see here.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            return 0;
        }
        usize::try_from(self.bits() % end as u64).expect("a remainder is below its divisor, which is a usize")
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let width = usize::try_from(last - first + 1).unwrap_or(1);
        first + i64::try_from(self.below(width)).expect("below a width that came from i64")
    }

    /// True in so many of a hundred draws.
    pub fn percent(&mut self, chance: u64) -> bool {
        self.bits() % 100 < chance
    }

    /// One of the list, which must not be empty.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// An index drawn in proportion to the weights.
    pub fn weighted(&mut self, weights: &[usize]) -> usize {
        let mut left = self.below(weights.iter().sum());
        for (index, weight) in weights.iter().enumerate() {
            if left < *weight {
                return index;
            }
            left -= weight;
        }
        0
    }

    /// Puts the list into an order drawn from the stream.
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            list.swap(last, self.below(last + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Random;

    #[test]
    fn the_stream_is_the_published_one() {
        let mut random = Random::new(1_234_567);
        assert_eq!(random.bits(), 6_457_827_717_110_365_317);
        assert_eq!(random.bits(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn streams_of_different_keys_differ() {
        let first = |key| Random::keyed(7, key).bits();
        let keys = ["", "a", "b", "ab", "ba", "a\0", "eightlong", "eightlonh"];
        for (at, left) in keys.iter().enumerate() {
            for right in &keys[at + 1..] {
                assert_ne!(first(left), first(right), "{left:?} and {right:?}");
            }
        }
    }

    #[test]
    fn weights_of_zero_are_never_drawn() {
        let mut random = Random::new(3);
        assert!((0..500).all(|_| random.weighted(&[0, 2, 0, 1]) % 2 == 1));
    }
}
