//! How often two random names are close.

use serde::{Deserialize, Serialize};

/// The chance that a random name is close to another, by degree of closeness and length of the name.
///
/// Beside this, a close name has at least the frequency of the register's name that it is close to: the term-frequency
/// adjustment for fuzzy agreement (after Linacre et al. 2022, Splink, there for exact agreement only).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Near {
    /// First names: degrees A, B, C and "close to another of the names", each by length.
    pub given: [[f64; LENGTHS]; 4],
    /// Family names alike, the last degree being "close to one half".
    pub family: [[f64; LENGTHS]; 4],
}

/// Classes of length: up to 3 letters, 4, 5, 6, 7 and 8, more.
pub(crate) const LENGTHS: usize = 6;

pub(crate) const fn length_class(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4 => 1,
        5 => 2,
        6 => 3,
        7 | 8 => 4,
        _ => 5,
    }
}

impl Near {
    pub(crate) fn given(&self, degree: usize, length: usize) -> f64 {
        self.given[degree][length_class(length)]
    }

    pub(crate) fn family(&self, degree: usize, length: usize) -> f64 {
        self.family[degree][length_class(length)]
    }
}

impl Default for Near {
    fn default() -> Self {
        let row = |scale: f64| [40.0, 20.0, 10.0, 6.0, 4.0, 3.0].map(|rate: f64| rate * scale);
        let rows = [row(2e-4), row(4e-4), row(8e-4), row(8e-4)];
        Self { given: rows, family: rows }
    }
}
