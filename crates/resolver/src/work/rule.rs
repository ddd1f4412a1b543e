//! Ruling on each child of a batch: what was under way goes on, or it is decided anew.

use std::collections::BTreeSet;

use encompass_core::state::{Hold, Reason};
use encompass_store::resolve::{Case, Site};
use jiff::Timestamp;

use super::found::Found;
use super::guard::{hold_the_connected, hold_the_same};
use super::propose::{Proposal, told};
use super::read::subjects;
use super::route::Routed;
use super::ruling::{Ruling, Rulings};
use super::subject::Subject;
use super::{Error, Resolver, Tries};

impl Resolver {
    /// Rules on every child of the cases.
    ///
    /// # Errors
    /// As [`gather`](Self::gather).
    pub(super) async fn rule_on(
        &self,
        cases: &[Case],
        now: Timestamp,
        tries: Tries,
    ) -> Result<Rulings, Error> {
        let mut rulings = Rulings::new();
        let opened = self.open(cases, &mut rulings);
        let subjects = subjects(&opened, &mut rulings);
        let mut found = self.gather(&subjects, now, tries).await?;
        let mut proposals: Vec<Proposal> =
            subjects.iter().map(|subject| self.propose(subject, &found)).collect();
        let told = told(&subjects, &proposals);
        hold_the_same(&subjects, &mut proposals);
        self.gather_told(told, &mut found).await?;
        for (subject, mut proposal) in subjects.iter().zip(proposals) {
            hold_the_connected(subject, &found, &mut proposal);
            rulings.insert(subject.id(), self.rule(subject, &found, proposal, now));
        }
        Ok(rulings)
    }

    fn rule(&self, subject: &Subject, found: &Found, proposal: Proposal, now: Timestamp) -> Ruling {
        let work = subject.work;
        if !work.open.is_empty() {
            let is_same = proposal.routed.settings().collect::<BTreeSet<_>>() == work.open;
            if is_same || (work.is_by_person && !subject.flags().ask_for_a_person()) {
                return self.keep(subject, found, !is_same, proposal.is_restricted());
            }
        }
        let hold = match &proposal.routed {
            Routed::NotAChild => return Ruling::Closed(Reason::NotAChild),
            Routed::Held { hold, .. } => Some(*hold),
            // What a correction says otherwise, a person holds against what was under way.
            Routed::Told { .. } => (!work.open.is_empty()).then_some(Hold::SettingsDisagree),
        };
        Ruling::Decided(Box::new(self.decide(subject, found, proposal, hold, now)))
    }

    fn keep(&self, subject: &Subject, found: &Found, asks: bool, is_restricted: bool) -> Ruling {
        let (known, work) = (&subject.known, subject.work);
        let sites = work.open.iter().filter_map(|id| Some((*id, found.site(*id)?)));
        let dues = sites.map(|(id, site)| {
            let due = site.due(known, &self.rules);
            let call_at = Site::call_at(&due, work.made_at.unwrap_or(due.at), &self.rules);
            (id, due, call_at)
        });
        Ruling::Kept { known_at: known.at, dues: dues.collect(), asks, is_restricted }
    }
}
