//! Looking for the children of a batch on the registers in memory, and opening the entries that are found.

use std::collections::{BTreeMap, HashMap};

use encompass_core::calendar::london;
use encompass_core::id::{ChildId, EntryId, IncidentId, LoadId};
use encompass_core::routing::Attendance;
use encompass_matching::person::Sought;
use encompass_matching::{Registers, Scored, Searched};
use encompass_store::register::{Candidate, Licensed};
use jiff::Timestamp;

use super::look::{Found, Subject};
use super::policy::Policy;
use super::{Error, Resolver, SCOPE};
use crate::keys;
use crate::roll::{Answer, Open, sought};

/// Who was found, on which version of which register.
type Hits = HashMap<(LoadId, EntryId), Vec<(ChildId, Scored)>>;

impl Resolver {
    /// Looks for children of one force on its registers.
    pub(super) async fn look_up(
        &self,
        force: &str,
        subjects: &[&Subject<'_>],
        now: Timestamp,
        found: &mut Found,
    ) -> Result<(), Error> {
        let licensed = self.store.registers_of(&SCOPE, force).await?;
        let open = self.open(&licensed).await?;
        let is_whole = open.len() == licensed.len();
        found.registers.insert(force.to_owned(), usable(&licensed, is_whole, now));
        let policy = self.policy.now();
        let mut hits = Hits::new();
        for event in events(subjects) {
            for open in &open {
                search_one(force, &event, open, &policy, found, &mut hits);
            }
        }
        let wanted: Vec<(LoadId, EntryId)> = hits.keys().copied().collect();
        let candidates = self.store.entries(&SCOPE, force, &wanted).await?;
        for candidate in &candidates {
            let is_off = policy.is_off(force, candidate.register);
            let of_entry = hits.remove(&(candidate.load, candidate.entry)).unwrap_or_default();
            share(candidate, of_entry, is_off, now, found);
        }
        Ok(())
    }

    /// The registers in memory, in the versions that are current; one that can't be had is missing.
    async fn open(&self, licensed: &[Licensed]) -> Result<Vec<Open>, Error> {
        let open = self.rolls.open(licensed);
        if open.len() == licensed.len() {
            return Ok(open);
        }
        self.follow_registers().await?;
        Ok(self.rolls.open(licensed))
    }
}

/// The children of one incident, in their order there.
struct Event {
    /// Each in the ways in which it can be looked for.
    children: Vec<Vec<Sought>>,
    /// Those that are to be decided on, by their place.
    wanted: Vec<(usize, ChildId)>,
}

/// The incidents of a batch: brothers and sisters who are not to be decided on are looked for with the others.
fn events(subjects: &[&Subject<'_>]) -> Vec<Event> {
    let mut events: BTreeMap<IncidentId, Event> = BTreeMap::new();
    for subject in subjects {
        let on = london::date(subject.known.at);
        let all = || subject.incident.children().iter().map(|child| sought(child, on)).collect();
        let event =
            events.entry(subject.case).or_insert_with(|| Event { children: all(), wanted: Vec::new() });
        event.wanted.push((subject.child.position, subject.id));
    }
    events.into_values().collect()
}

fn search_one(force: &str, event: &Event, open: &Open, policy: &Policy, found: &mut Found, hits: &mut Hits) {
    let register = &open.register;
    let threshold = policy.threshold(force, register.id);
    let answers = open.search(&event.children, &policy.parameters);
    for (place, child) in &event.wanted {
        let Some(answer) = answers.get(*place) else { continue };
        found.searched.entry(*child).or_default().push(searched(answer, register, policy, threshold));
        for hit in &answer.hits {
            let is_earned = threshold.is_some_and(|threshold| hit.scored.score >= threshold);
            let scored = Scored { is_earned, ..hit.scored.clone() };
            hits.entry((register.load, hit.entry)).or_default().push((*child, scored));
        }
    }
}

fn searched(answer: &Answer, register: &Licensed, policy: &Policy, threshold: Option<f64>) -> Searched {
    Searched {
        register: register.id,
        load: register.load,
        version: answer.version,
        parameters: policy.print.clone(),
        threshold,
        margin: answer.margin,
        none: answer.none,
    }
}

/// Gives an entry to each child that it may be.
fn share(
    candidate: &Candidate,
    children: Vec<(ChildId, Scored)>,
    is_off: bool,
    now: Timestamp,
    found: &mut Found,
) {
    for enrolment in &candidate.enrolments {
        let how = enrolment.kind.parse().unwrap_or(Attendance::Main);
        found.how.insert((candidate.entry, enrolment.setting), how);
    }
    for (child, scored) in children {
        let entry = keys::candidate(candidate, candidate.is_stale(now), is_off, scored);
        found.entries.entry(child).or_default().push(entry);
    }
}

/// A register that can't be searched counts as one that is too old: nothing is decided by its silence.
fn usable(licensed: &[Licensed], is_whole: bool, now: Timestamp) -> Registers {
    match licensed {
        [] => Registers::None,
        _ if !is_whole => Registers::Stale,
        all if all.iter().all(|register| register.is_stale(now)) => Registers::Stale,
        _ => Registers::Usable,
    }
}
