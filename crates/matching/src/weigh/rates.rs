//! How often each level occurs for one and the same child.

use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::alike::Level;

/// The rate of each level of a field between an incident and the same child's entry: Fellegi and Sunter's m.
/// The rates of one form add up to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Rates<L> {
    rates: Vec<f64>,
    levels: PhantomData<L>,
}

impl<L: Level> Rates<L> {
    /// Rates in proportion to what was counted for each level; a level is never impossible.
    pub(crate) fn of(counts: &[f64]) -> Self {
        let mut rates: Vec<f64> = counts.iter().map(|count| count + SMALLEST).collect();
        for form in 0..8 {
            let is_in = |level: &L| level.form() == Some(form);
            let total: f64 =
                L::ALL.iter().filter(|level| is_in(level)).map(|level| rates[level.number()]).sum();
            for level in L::ALL.iter().filter(|level| is_in(level)) {
                rates[level.number()] /= total;
            }
        }
        for level in L::ALL.iter().filter(|level| level.form().is_none()) {
            rates[level.number()] = 1.0;
        }
        Self { rates, levels: PhantomData }
    }

    /// The rate of a level; 1 where nothing is known.
    pub fn get(&self, level: L) -> f64 {
        self.rates[level.number()]
    }
}

/// A count that every level is given, so that none becomes impossible.
const SMALLEST: f64 = 0.5;

impl<L: Level> Serialize for Rates<L> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(L::ALL.iter().map(|level| (level, self.get(*level))))
    }
}

impl<'de, L: Level + Deserialize<'de>> Deserialize<'de> for Rates<L> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let pairs = Vec::<(L, f64)>::deserialize(deserializer)?;
        let mut rates = vec![f64::NAN; L::ALL.len()];
        for (level, rate) in pairs {
            rates[level.number()] = rate;
        }
        let is_whole = rates.iter().all(|rate| *rate > 0.0 && *rate <= 1.0);
        is_whole
            .then_some(Self { rates, levels: PhantomData })
            .ok_or_else(|| serde::de::Error::custom("every level needs a rate over 0 and at most 1"))
    }
}
