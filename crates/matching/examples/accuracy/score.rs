//! Recall of what was matched, at a precision.

use std::collections::BTreeMap;

use csv::Reader;
use serde::Deserialize;

/// Who a child of an incident is.
#[derive(Deserialize)]
struct Truth {
    incident_id: String,
    /// Empty for nobody on the register; of several, parted by `|`, each is right.
    register_id: String,
    /// The tradition that the name is from, where the set has it.
    #[serde(default)]
    group: String,
}

impl Truth {
    fn is(&self, id: &str) -> bool {
        self.register_id.split('|').any(|right| right == id)
    }
}

#[derive(Deserialize)]
struct Row {
    incident_id: String,
    matched_register_id: String,
    score: f64,
}

/// One incident's best candidate.
struct Decision {
    score: f64,
    is_right: bool,
    /// Which half of the incidents, by their order, it is in.
    half: usize,
    group: String,
}

/// A tradition's incidents, and how many of them are about children of the register.
#[derive(Default)]
struct Group {
    incidents: usize,
    registered: usize,
}

/// All decisions about the incidents of a set, surest first.
pub struct Scored {
    decisions: Vec<Decision>,
    registered: usize,
    groups: BTreeMap<String, Group>,
}

impl Scored {
    /// Holds a result against the truth, both as CSV. Different children with one best score are no decision.
    pub fn new(truth: &[u8], result: &[u8]) -> Result<Self, csv::Error> {
        let mut candidates: BTreeMap<String, Vec<Row>> = BTreeMap::new();
        for row in Reader::from_reader(result).deserialize() {
            let row: Row = row?;
            candidates.entry(row.incident_id.clone()).or_default().push(row);
        }
        let mut truth: Vec<Truth> = Reader::from_reader(truth).deserialize().collect::<Result<_, _>>()?;
        truth.sort_by(|a, b| a.incident_id.cmp(&b.incident_id));
        let mut scored = Self { decisions: Vec::new(), registered: 0, groups: BTreeMap::new() };
        for (place, child) in truth.iter().enumerate() {
            let registered = usize::from(!child.register_id.is_empty());
            let group = scored.groups.entry(child.group.clone()).or_default();
            group.incidents += 1;
            group.registered += registered;
            scored.registered += registered;
            let decided = candidates.get(&child.incident_id).and_then(|rows| decide(rows, child));
            scored.decisions.extend(decided.map(|(score, is_right)| Decision {
                score,
                is_right,
                half: place % 2,
                group: child.group.clone(),
            }));
        }
        scored.decisions.sort_by(|a, b| b.score.total_cmp(&a.score));
        Ok(scored)
    }

    /// The greatest part of the registered children that a threshold of at least this precision sends.
    pub fn recall(&self, precision: f64) -> f64 {
        let threshold = threshold(self.decisions.iter(), precision);
        let right = self.decisions.iter().filter(|decision| decision.score >= threshold && decision.is_right);
        part(right.count(), self.registered)
    }

    /// Recall and precision of each half with the threshold that the other half sets.
    pub fn transfer(&self, precision: f64) -> (f64, f64) {
        let (mut right, mut sent) = (0, 0);
        for half in [0, 1] {
            let (here, there): (Vec<_>, Vec<_>) =
                self.decisions.iter().partition(|decision| decision.half == half);
            let threshold = threshold(there.into_iter(), precision);
            let accepted = here.into_iter().filter(|decision| decision.score >= threshold);
            for decision in accepted {
                sent += 1;
                right += usize::from(decision.is_right);
            }
        }
        (part(right, self.registered), part(right, sent))
    }

    /// The difference between the best and the worst recall of traditions with so many incidents, at the threshold of
    /// all; `None` where the set does not tell traditions.
    pub fn gap(&self, precision: f64, incidents: usize) -> Option<f64> {
        let threshold = threshold(self.decisions.iter(), precision);
        let groups =
            self.groups.iter().filter(|(name, group)| !name.is_empty() && group.incidents >= incidents);
        let recalls: Vec<f64> = groups
            .map(|(name, group)| {
                let right = self.decisions.iter().filter(|decision| {
                    decision.group == *name && decision.is_right && decision.score >= threshold
                });
                part(right.count(), group.registered)
            })
            .collect();
        let best = recalls.iter().copied().max_by(f64::total_cmp)?;
        recalls.into_iter().min_by(f64::total_cmp).map(|worst| best - worst)
    }
}

/// The best score among an incident's candidates, and whether it is the child's.
fn decide(rows: &[Row], truth: &Truth) -> Option<(f64, bool)> {
    let best = rows.iter().map(|row| row.score).max_by(f64::total_cmp)?;
    let mut first = rows.iter().filter(|row| row.score >= best).map(|row| row.matched_register_id.as_str());
    let id = first.next()?;
    let (is_right, mut others) = (truth.is(id), first.filter(|other| *other != id));
    let is_tie = others.any(|other| !is_right || !truth.is(other));
    (!is_tie).then_some((best, is_right))
}

/// The threshold that sends most right ones with at least this precision; nothing is over it where none does.
/// The decisions come surest first.
fn threshold<'a>(decisions: impl Iterator<Item = &'a Decision>, precision: f64) -> f64 {
    let mut best = (0, f64::INFINITY);
    let (mut right, mut sent) = (0_usize, 0_usize);
    let mut decisions = decisions.peekable();
    while let Some(decision) = decisions.next() {
        sent += 1;
        right += usize::from(decision.is_right);
        let is_last_of_score = decisions.peek().is_none_or(|next| next.score < decision.score);
        if is_last_of_score && right > best.0 && right as f64 >= precision * sent as f64 - 1e-9 {
            best = (right, decision.score);
        }
    }
    best.1
}

fn part(of: usize, all: usize) -> f64 {
    of as f64 / all.max(1) as f64
}
