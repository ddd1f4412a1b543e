//! Who answers for the home of a child.

use std::collections::BTreeSet;

use encompass_core::id::SettingId;
use encompass_core::incident::LookUp;
use encompass_core::routing::{Home, Whom};
use encompass_matching::Entry;

use super::Resolver;
use super::found::Found;
use super::subject::Subject;

impl Resolver {
    /// The home that police and the entries that fit have, and who answers for it.
    pub(super) fn home(&self, subject: &Subject, fitting: &[&Entry], found: &Found) -> Home {
        let own = self.own_force(subject);
        found.directory.home(&homes(subject, fitting), &practices(fitting, found), own)
    }

    /// The one officer of an authority who answers for the home that police named.
    pub(super) fn officer(&self, subject: &Subject, found: &Found) -> Option<SettingId> {
        match self.home(subject, &[], found).teams.get(&Whom::HomeAuthority).map(Vec::as_slice) {
            Some([officer]) => Some(*officer),
            _ => None,
        }
    }

    /// The child's force, as somebody who can be told.
    pub(super) fn own_force(&self, subject: &Subject) -> SettingId {
        self.store.identity().setting("force", subject.force())
    }
}

/// The postcodes of the home: those that police and registers have. For an unborn child the home is the pregnant adult's.
fn homes(subject: &Subject<'_>, fitting: &[&Entry]) -> Vec<String> {
    let registered = fitting.iter().filter_map(|entry| entry.postcode.clone());
    let of_adult = match subject.child.look_up {
        LookUp::PregnantAdult { adult } => {
            adult.and_then(|adult| subject.opened.incident.adults().get(adult))
        }
        LookUp::Child | LookUp::Nothing => None,
    };
    let address = of_adult.and_then(|adult| adult.address.known());
    let of_adult = address.and_then(|address| address.postcode.known()).map(|postcode| postcode.to_string());
    let all: BTreeSet<String> =
        subject.facts.postcodes.iter().cloned().chain(registered).chain(of_adult).collect();
    all.into_iter().collect()
}

/// The general practices that registers have for the child.
fn practices(fitting: &[&Entry], found: &Found) -> Vec<String> {
    let all = fitting.iter().filter_map(|entry| found.practices.get(&entry.id).cloned());
    all.collect::<BTreeSet<_>>().into_iter().collect()
}
