//! Reading the incidents of a batch. Of whom nothing can be read, or nothing is to be decided, is ruled on at once.

use std::collections::BTreeMap;

use encompass_core::id::ChildId;
use encompass_core::incident::{Child, Incident};
use encompass_core::state::{ChildState, Hold, Reason, ResolutionKind};
use encompass_matching::Facts;
use encompass_store::resolve::{Case, Work};

use super::Resolver;
use super::ruling::{Decided, Ruling, Rulings};
use super::subject::Subject;
use crate::Evidence;

/// A case whose incident was read.
pub(super) struct Opened<'a> {
    pub case: &'a Case,
    pub incident: Incident,
    /// What each of its children can be found by, in their order.
    pub facts: Vec<Facts>,
    /// The places of its children in that order: also of those who are not to be decided on, who say who the others are.
    pub places: BTreeMap<ChildId, usize>,
}

impl Resolver {
    /// Opens the cases, and rules at once on the children of those that can't be read or are idle.
    pub(super) fn open<'a>(&self, cases: &'a [Case], rulings: &mut Rulings) -> Vec<Opened<'a>> {
        let opened = |case: &'a Case| {
            let incident = open(case, rulings)?;
            let id = |child: &Child| self.store.identity().child(case.incident, child.child_ref());
            let children = incident.children();
            let facts = children.iter().map(Facts::of).collect();
            let places = children.iter().enumerate().map(|(at, child)| (id(child), at)).collect();
            Some(Opened { case, incident, facts, places })
        };
        cases.iter().filter_map(opened).collect()
    }
}

/// The children of opened cases that are to be decided on. One whom the newest version does not name can't be read.
pub(super) fn subjects<'a>(opened: &'a [Opened<'a>], rulings: &mut Rulings) -> Vec<Subject<'a>> {
    let mut subjects = Vec::new();
    for opened in opened {
        for work in opened.case.children.iter().filter(|work| !is_elsewhere(work)) {
            match opened.places.get(&work.child.id) {
                Some(at) => subjects.push(Subject::new(opened, work, *at)),
                None => drop(rulings.insert(work.child.id, unread(opened.case, work))),
            }
        }
    }
    subjects
}

/// Reads a case's incident; where that is impossible or idle, rules on its children at once.
fn open(case: &Case, rulings: &mut Rulings) -> Option<Incident> {
    let at_once = if case.is_withdrawn {
        Some(Reason::Withdrawn)
    } else if case.is_exercise {
        Some(Reason::Exercise)
    } else if case.is_history {
        Some(Reason::History)
    } else {
        None
    };
    let incident = read(case);
    for work in &case.children {
        let ruling = match (&incident, at_once) {
            _ if is_elsewhere(work) => Ruling::PassedOver,
            (_, Some(reason)) => Ruling::Closed(reason),
            (None, None) => unread(case, work),
            (Some(_), None) => continue,
        };
        rulings.insert(work.child.id, ruling);
    }
    incident.filter(|_| at_once.is_none())
}

fn read(case: &Case) -> Option<Incident> {
    let data = serde_json::from_slice(case.body.as_ref()?).ok()?;
    Incident::parse(&data, case.received_at).ok()
}

/// A child that is handed over or closed is not decided again.
fn is_elsewhere(work: &Work) -> bool {
    !matches!(work.child.state, ChildState::Held | ChildState::Notified) || work.child.told_at.is_some()
}

/// Of an erased case not even a resolution can be sealed; of any other a person sees what there is.
fn unread(case: &Case, work: &Work) -> Ruling {
    if case.key.is_none() || case.body.is_none() {
        return Ruling::Unreadable;
    }
    let matching =
        encompass_matching::Evidence { reasons: vec![Hold::NothingToLookUp], ..Default::default() };
    Ruling::Decided(Box::new(Decided {
        targets: Vec::new(),
        gaps: Vec::new(),
        kind: ResolutionKind::None,
        hold: Some(Hold::NothingToLookUp),
        is_restricted: work.child.is_restricted,
        provisional: None,
        evidence: Evidence::unread(matching),
        register_load: None,
        directory_load: None,
        authority: None,
        officer: None,
    }))
}
