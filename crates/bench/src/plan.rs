//! What is measured, how often and how long.

use std::time::Duration;

use clap::{Parser, ValueEnum};

/// Measures incidents from publishing to the mail sink's acceptance, beside a plain consumer, and prints a table.
#[derive(Debug, Parser)]
pub struct Options {
    /// One short round instead of the medians of three.
    #[arg(long)]
    quick: bool,
    /// Also prints the processor seconds that each program used in the saturated rounds.
    #[arg(long)]
    pub profile_hint: bool,
    /// Only these; otherwise all.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Which>,
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// The service on SQLite.
    Sqlite,
    /// The service on PostgreSQL.
    Postgres,
    /// The plain consumer in its three modes.
    Plain,
}

/// How much is measured.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plan {
    /// Rounds of each kind, of which the median is told.
    pub rounds: usize,
    /// Incidents of a saturated round of the service.
    pub saturated: usize,
    /// Length of a round at a fixed rate.
    pub paced: Duration,
    /// What is left out at the beginning of such a round.
    pub settling: Duration,
}

impl Plan {
    /// Children on the register.
    pub const CHILDREN: usize = 100_000;

    /// Fixed rates, in incidents per second.
    pub const RATES: [u32; 2] = [100, 200];

    /// Incidents before anything is measured: connections, caches and prepared statements.
    pub const WARM_UP: usize = 1_000;
}

impl Options {
    /// The rounds that the options ask for.
    pub const fn plan(&self) -> Plan {
        let secs = Duration::from_secs;
        if self.quick {
            Plan { rounds: 1, saturated: 6_000, paced: secs(10), settling: secs(2) }
        } else {
            Plan { rounds: 3, saturated: 20_000, paced: secs(30), settling: secs(5) }
        }
    }

    /// Whether this one is to be measured.
    pub fn wants(&self, which: Which) -> bool {
        self.only.is_empty() || self.only.contains(&which)
    }
}
