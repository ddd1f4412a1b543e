//! Incidents as a police system would publish them, with what must become of every child.

mod alter;
mod case;
mod choose;
mod draft;
mod follow;
mod message;
mod schedule;
mod tally;
mod text;

use crate::county::County;
use crate::random::Random;
use alter::Draft;
pub use case::{Case, Fate, Must};
use choose::Families;
use jiff::Timestamp;
use jiff::civil::Date;
use message::Sender;
pub use message::{Payload, Published, Record};
use schedule::Moments;
use std::collections::{BTreeMap, HashMap};
pub(crate) use text::MARKERS;

/// How many incidents are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extent {
    /// First day, in London.
    pub start: Date,
    /// Days.
    pub days: usize,
    /// Incidents a day, on average.
    pub per_day: usize,
}

/// One incident with what must become of its children once all its messages have come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// The police reference.
    pub reference: String,
    /// What it is made to try.
    pub case: Case,
    /// When its report is published.
    pub published: Timestamp,
    /// Its children; none for a refused incident.
    pub children: Vec<Fate>,
}

/// What a force publishes in some days.
#[derive(Debug, Clone, PartialEq)]
pub struct Fortnight {
    /// The messages in the order in which they come.
    pub published: Vec<Published>,
    /// The incidents in the order of their references.
    pub incidents: Vec<Incident>,
}

/// A fortnight from the day on: 46 incidents a day, as a force of middling size has.
#[must_use]
pub fn fortnight(county: &County, start: Date, seed: u64) -> Fortnight {
    incidents(county, Extent { start, days: 14, per_day: 46 }, seed)
}

/// The incidents of some days.
#[must_use]
pub fn incidents(county: &County, extent: Extent, seed: u64) -> Fortnight {
    let mut random = Random::keyed(seed, "fortnight");
    let mut deck = deck(&mut random, extent.days * extent.per_day);
    let mut maker = Maker {
        county,
        families: Families::new(county, &mut random),
        sender: Sender::new(seed),
        random,
        made: Fortnight { published: Vec::new(), incidents: Vec::new() },
        days: tally::Days::default(),
    };
    for (day, count) in schedule::per_day(extent.start, extent.days, extent.per_day) {
        for case in deck.drain(deck.len() - count..) {
            maker.incident(case, day);
        }
    }
    maker.tallies(extent);
    maker.made.published.sort_by(|left, right| (left.at, &left.key).cmp(&(right.at, &right.key)));
    maker.made
}

impl Fortnight {
    /// How many incidents and tallies there are of each case.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Case, usize> {
        let tallies = self
            .published
            .iter()
            .map(|it| it.case)
            .filter(|it| matches!(it, Case::TallyRight | Case::TallyWrong));
        let mut counts = BTreeMap::new();
        for case in self.incidents.iter().map(|incident| incident.case).chain(tallies) {
            *counts.entry(case).or_insert(0) += 1;
        }
        counts
    }

    /// What must become of each child, by police reference and child's reference.
    #[must_use]
    pub fn fates(&self) -> HashMap<(&str, &str), &Fate> {
        let of = |incident| {
            let Incident { reference, children, .. }: &Incident = incident;
            children.iter().map(move |fate| ((reference.as_str(), fate.child_ref.as_str()), fate))
        };
        self.incidents.iter().flat_map(of).collect()
    }
}

/// The cases of all incidents, shuffled: each in its share, every one at least once while there is room.
fn deck(random: &mut Random, count: usize) -> Vec<Case> {
    let shares = case::PER_THOUSAND.iter().copied().chain([(Case::History, case::HISTORY_PER_THOUSAND)]);
    let mut deck: Vec<Case> = shares
        .flat_map(|(case, share)| std::iter::repeat_n(case, (share * count / 1000).max(1)))
        .take(count)
        .collect();
    deck.resize(count, Case::RegisterExact);
    random.shuffle(&mut deck);
    deck
}

struct Maker<'a> {
    county: &'a County,
    families: Families<'a>,
    sender: Sender,
    random: Random,
    made: Fortnight,
    days: tally::Days,
}

impl Maker<'_> {
    fn incident(&mut self, case: Case, day: Date) {
        let number = self.made.incidents.len() + 1;
        let reference = format!("WX-{:02}-{number:06}", day.year() % 100);
        let moments = schedule::moments(&mut self.random, day);
        // A county too small for the case gets an ordinary incident instead.
        let (case, children) = match self.families.take(&mut self.random, case) {
            Some(children) => (case, children),
            None => match self.families.take(&mut self.random, Case::RegisterExact) {
                Some(children) => (Case::RegisterExact, children),
                None => return,
            },
        };
        let mut random = Random::keyed(self.random.bits(), &reference);
        let data = draft::incident(self.county, &mut random, &reference, &moments, &children);
        let fates = children.iter().map(|child| alter::plain_fate(self.county, child)).collect();
        let mut draft = Draft { county: self.county, random, children, data, fates };
        draft.make(case);
        self.publish(case, &reference, &moments, draft);
    }

    fn publish(&mut self, case: Case, reference: &str, moments: &Moments, mut draft: Draft) {
        let messages = follow::messages(&mut self.sender, case, reference, moments, &mut draft);
        self.made.published.extend(messages);
        self.days.count(case, moments, draft.data["children"].as_array().map_or(0, Vec::len));
        let Draft { fates: children, .. } = draft;
        let reference = reference.to_owned();
        self.made.incidents.push(Incident { reference, case, published: moments.published, children });
    }

    fn tallies(&mut self, extent: Extent) {
        let tallies = self.days.messages(&mut self.sender, &mut self.random, extent);
        self.made.published.extend(tallies);
    }
}
