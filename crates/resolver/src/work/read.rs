//! Reading the incidents of a batch. Of whom nothing can be read, or nothing is to be decided, is ruled on at once.

use std::collections::BTreeMap;

use encompass_core::id::ChildId;
use encompass_core::incident::Incident;
use encompass_core::state::{ChildState, Hold, Reason, ResolutionKind};
use encompass_store::resolve::{Case, Work};

use super::Resolver;
use super::ruling::{Decided, Ruling, Rulings};
use super::subject::Subject;
use crate::Evidence;

impl Resolver {
    /// The children of opened cases that are to be decided on. One whom the newest version does not name can't be read.
    pub(super) fn subjects<'a>(
        &self,
        opened: &'a [(&'a Case, Incident)],
        rulings: &mut Rulings,
    ) -> Vec<Subject<'a>> {
        let mut subjects = Vec::new();
        for (case, incident) in opened {
            let places = self.places_of_children(case, incident);
            for work in case.children.iter().filter(|work| !is_elsewhere(work)) {
                match places.get(&work.child.id) {
                    Some(at) => subjects.push(Subject::new(case, work, incident, *at)),
                    None => drop(rulings.insert(work.child.id, unread(case))),
                }
            }
        }
        subjects
    }

    /// The children of an incident, by their place.
    pub(super) fn places_of_children(&self, case: &Case, incident: &Incident) -> BTreeMap<ChildId, usize> {
        let children = incident.children().iter().enumerate();
        children
            .map(|(at, child)| (self.store.identity().child(case.incident, child.child_ref()), at))
            .collect()
    }
}

/// Reads a case's incident; where that is impossible or idle, rules on its children at once.
pub(super) fn open(case: &Case, rulings: &mut Rulings) -> Option<Incident> {
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
            (None, None) => unread(case),
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
fn unread(case: &Case) -> Ruling {
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
        provisional: None,
        evidence: Evidence::unread(matching),
        register_load: None,
        directory_load: None,
        authority: None,
        officer: None,
    }))
}
