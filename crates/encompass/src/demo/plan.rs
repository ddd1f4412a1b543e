//! What is played.

use encompass_core::calendar::london;
use encompass_county::{County, Extent, Fortnight, Size, fortnight};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, date, time};

/// A county, the days that its police publish, and the moment at which the play ends.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The number from which all is made.
    pub seed: u64,
    /// How large the county is.
    pub size: Size,
    /// The days.
    pub extent: Extent,
    /// When it ends, in London: before a bell, with work under way for the pages to show.
    pub until: DateTime,
    /// When the simulated desk goes home, in London: what is asked later is left for whoever looks at the pages.
    pub desk_until: DateTime,
    /// How many leads use the real pages.
    pub visits: usize,
}

/// A Monday whose fortnight has a bank holiday in its middle.
const START: Date = date(2026, 4, 27);

impl Plan {
    /// The fortnight of the demonstration.
    pub fn fortnight(seed: u64) -> Self {
        let extent = Extent { start: START, days: 14, per_day: 46 };
        let until = date(2026, 5, 11).to_datetime(time(7, 45, 0, 0));
        let desk_until = date(2026, 5, 10).to_datetime(time(22, 0, 0, 0));
        Self { seed, size: Size::default(), extent, until, desk_until, visits: 12 }
    }

    /// The county at its beginning.
    pub fn county(&self) -> County {
        County::generate(self.seed, self.size, self.extent.start)
    }

    /// What its police publish.
    pub fn incidents(&self, county: &County) -> Fortnight {
        fortnight(county, self.extent.start, self.seed)
    }

    /// When it begins.
    pub(super) fn begins(&self) -> Timestamp {
        at(self.extent.start.to_datetime(time(0, 0, 0, 0)))
    }

    /// When nobody takes what is asked of the desk any more.
    pub(super) fn desk_leaves(&self) -> Timestamp {
        at(self.desk_until)
    }

    /// When it ends.
    pub(super) fn ends(&self) -> Timestamp {
        at(self.until)
    }
}

fn at(local: DateTime) -> Timestamp {
    london::instant(local)
}
