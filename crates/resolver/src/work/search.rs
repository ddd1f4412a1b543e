//! Looking for the children of a batch on the registers in memory, and opening the entries that are found.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use encompass_core::calendar::london;
use encompass_core::id::{ChildId, EntryId, IncidentId, LoadId};
use encompass_matching::person::Sought;
use encompass_matching::{Entry, Registers, Scored, Searched};
use encompass_store::register::{Candidate, Licensed};
use encompass_store::resolve::Registered;
use jiff::Timestamp;

use super::found::Found;
use super::policy::Policy;
use super::subject::Subject;
use super::{Error, Resolver, SCOPE, Tries};
use crate::keys;
use crate::roll::{Answer, Open, sought};

/// Who was found, on which version of which register.
type Hits = HashMap<(LoadId, EntryId), Vec<(ChildId, Scored)>>;

impl Resolver {
    /// Looks for children of one force on its registers, and opens the entries that they may be.
    ///
    /// # Errors
    /// As the store says; [`Error::Behind`] where a register is not, or no longer, held in its current version, while
    /// tries are left. Else it counts as one that can't be searched.
    pub(super) async fn search_registers(
        &self,
        force: &str,
        subjects: &[&Subject<'_>],
        now: Timestamp,
        tries: Tries,
        found: &mut Found,
    ) -> Result<(), Error> {
        let opened = self.store.open_registers(&SCOPE, force).await?;
        let licensed: Vec<Licensed> = opened.iter().map(|opened| opened.register.clone()).collect();
        let policy = self.policy.now();
        let open = self.rolls.open(&licensed, &policy.parameters);
        if tries == Tries::Left && licensed.iter().any(|register| self.rolls.is_behind(register)) {
            return Err(Error::Behind);
        }
        let mut hits = Hits::new();
        for event in events(subjects) {
            for open in &open {
                search_one(force, &event, open, &policy, found, &mut hits);
            }
        }
        let wanted: Vec<(LoadId, EntryId)> = hits.keys().copied().collect();
        let candidates = self.store.entries_on(&opened, &wanted).await?;
        let read: HashSet<_> = candidates.iter().map(|one| (one.load, one.entry)).collect();
        let is_read = wanted.iter().all(|entry| read.contains(entry));
        if tries == Tries::Left && !is_read {
            return Err(Error::Behind);
        }
        let is_whole = open.len() == licensed.len() && is_read;
        found.registers.insert(force.to_owned(), usable(&licensed, is_whole, now));
        let joined = joined(&candidates, &hits);
        for candidate in &candidates {
            found.registered.insert(candidate.entry, Registered::of(candidate));
            let is_switched_off = policy.is_off(force, candidate.register);
            for (child, scored) in children_of(candidate, &mut hits, &joined) {
                let is_stale = candidate.is_stale(now);
                let entry = Entry { is_stale, is_switched_off, scored, ..keys::candidate(candidate) };
                found.entries.entry(child).or_default().push(entry);
            }
        }
        Ok(())
    }
}

/// The incidents of a batch, each with all its children.
fn events<'a>(subjects: &[&Subject<'a>]) -> Vec<Event<'a>> {
    let mut events: BTreeMap<IncidentId, Event> = BTreeMap::new();
    for subject in subjects {
        events.entry(subject.opened.case.incident).or_insert_with(|| {
            let on = london::date(subject.known.at);
            let children = subject.opened.incident.children().iter().map(|child| sought(child, on));
            Event { children: children.collect(), places: &subject.opened.places }
        });
    }
    events.into_values().collect()
}

/// The children that an entry may be, each with its score, unless it was found only through its identity.
fn children_of(
    candidate: &Candidate,
    hits: &mut Hits,
    joined: &HashMap<EntryId, BTreeSet<ChildId>>,
) -> Vec<(ChildId, Option<Scored>)> {
    match hits.remove(&(candidate.load, candidate.entry)) {
        Some(hits) => hits.into_iter().map(|(child, scored)| (child, Some(scored))).collect(),
        None => joined.get(&candidate.identity).into_iter().flatten().map(|child| (*child, None)).collect(),
    }
}

/// The children for whom an entry was found, by the identity of that entry: others of the same identity are theirs too.
fn joined(candidates: &[Candidate], hits: &Hits) -> HashMap<EntryId, BTreeSet<ChildId>> {
    let mut joined: HashMap<EntryId, BTreeSet<ChildId>> = HashMap::new();
    for candidate in candidates {
        let children = hits.get(&(candidate.load, candidate.entry)).into_iter().flatten();
        joined.entry(candidate.identity).or_default().extend(children.map(|(child, _)| *child));
    }
    joined
}

/// The children of one incident, in their order there.
struct Event<'a> {
    /// Each in the ways in which it can be looked for.
    children: Vec<Vec<Sought>>,
    /// Who they are.
    places: &'a BTreeMap<ChildId, usize>,
}

fn search_one(force: &str, event: &Event, open: &Open, policy: &Policy, found: &mut Found, hits: &mut Hits) {
    let register = &open.register;
    let threshold = policy.threshold(force, register.id, open.share);
    let mark = open.share.mark(&policy.print);
    let answers = open.search(&event.children);
    for (child, place) in event.places {
        let Some(answer) = answers.get(*place) else { continue };
        found.searched.entry(*child).or_default().push(searched(answer, register, &mark, threshold));
        for hit in &answer.hits {
            let is_earned = threshold.is_some_and(|threshold| hit.scored.score >= threshold);
            let scored = Scored { is_earned, ..hit.scored.clone() };
            hits.entry((register.load, hit.entry)).or_default().push((*child, scored));
        }
    }
}

fn searched(answer: &Answer, register: &Licensed, mark: &str, threshold: Option<f64>) -> Searched {
    Searched {
        register: register.id,
        load: register.load,
        version: answer.version,
        parameters: mark.to_owned(),
        threshold,
        margin: answer.margin,
        none: answer.none,
    }
}

/// What the registers are worth together.
fn usable(licensed: &[Licensed], is_whole: bool, now: Timestamp) -> Registers {
    match licensed {
        [] => Registers::None,
        _ if !is_whole => Registers::Incomplete,
        all if all.iter().all(|register| register.is_stale(now)) => Registers::Stale,
        _ => Registers::Usable,
    }
}
