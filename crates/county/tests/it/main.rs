//! What the county promises to the demonstration, the tests and the benchmark.

mod cases;
mod events;
mod import;
mod personal;
mod seed;
mod workload;

use encompass_county::{County, Fortnight, Size, fortnight};
use jiff::civil::{Date, date};
use std::sync::LazyLock;

/// A Monday; the fortnight from it has the Sunday on which the clocks go forward.
const ON: Date = date(2026, 3, 16);

/// The county of the demonstration with its fortnight, made once.
static DEMO: LazyLock<(County, Fortnight)> = LazyLock::new(|| {
    let county = County::generate(7, Size::default(), ON);
    let fortnight = fortnight(&county, ON, 7);
    (county, fortnight)
});

/// A county as tests of other crates make it.
fn small(seed: u64) -> County {
    County::generate(seed, Size { settings: 40, children: 400 }, ON)
}
