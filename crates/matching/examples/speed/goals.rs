//! What the figures have to be.

/// In words, empty where nothing is asked.
#[derive(Default)]
pub struct Goals {
    /// Time to build from CSV.
    pub build: &'static str,
    /// Memory of the process.
    pub memory: &'static str,
    /// Lookups a second.
    pub rate: &'static str,
    /// Time of one lookup, 99th percentile.
    pub lookup: &'static str,
}

impl Goals {
    /// Those for a register of so many children; goals are set for two sizes.
    pub fn of(children: u32) -> Self {
        match children {
            1_000_000 => Self { rate: "≥ 15,000", lookup: "≤ 0.25 ms", ..Self::default() },
            10_000_000 => {
                Self { build: "≤ 60 s", memory: "≤ 1.5 GiB", lookup: "≤ 1 ms", ..Self::default() }
            }
            _ => Self::default(),
        }
    }
}
