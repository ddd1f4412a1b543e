//! How much of what is looked for a register can have at all.

/// A register's share of what the largest register of a force has, as the nearest power of a quarter.
///
/// Scores hang on it, and what was earned holds for scores of one share only. So that it changes with a register that
/// comes or goes and not with every night's load, it is no finer; the prior is at most two times off, three points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Share(u8);

/// Below this a share makes no difference.
const LEAST: u8 = 6;

impl Share {
    /// The share of a register with so many entries where the largest has so many.
    pub fn of(entries: u64, largest: u64) -> Self {
        let quarters = (largest.max(1) as f64 / entries.max(1) as f64).log(4.0).round();
        Self(quarters.clamp(0.0, f64::from(LEAST)) as u8)
    }

    /// Every share that there is, the whole first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=LEAST).map(Self)
    }

    /// As a part of 1.
    pub fn part(self) -> f64 {
        0.25_f64.powi(i32::from(self.0))
    }

    /// What a score is weighed with: the print of the parameters and, where it is not the whole, the share.
    pub fn mark(self, print: &str) -> String {
        match self.0 {
            0 => print.to_owned(),
            quarters => format!("{print}/{}", 4_u32.pow(quarters.into())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_stays_when_a_register_grows_by_a_night_and_changes_with_another_register() {
        for (entries, largest, expected) in [
            (100_000, 100_000, "p"),
            (99_000, 100_000, "p"),
            (55_000, 100_000, "p"),
            (30_000, 100_000, "p/4"),
            (24_000, 100_000, "p/4"),
            (5_000, 100_000, "p/16"),
            (1, 100_000_000, "p/4096"),
            (0, 100, "p/64"),
            (0, 0, "p"),
        ] {
            assert_eq!(Share::of(entries, largest).mark("p"), expected, "{entries} of {largest}");
        }
        let parts: Vec<f64> = Share::all().map(Share::part).collect();
        assert_eq!((parts[0], parts[1], parts.len()), (1.0, 0.25, 7));
    }
}
