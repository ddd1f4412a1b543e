//! What became of every child, read from the store and laid beside what had to become of it.

use std::collections::BTreeMap;

use encompass_core::state::{ChildState, Reason, RefusedState, TaskKind};
use encompass_county::{FORCE, Incident};
use encompass_store::Error;
use encompass_store::desk::{Case, CaseChild};
use jiff::Timestamp;

use super::Demo;
use super::people::SCOPE;

/// Where a child stands; exactly one for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Stands {
    /// Told at or before its due time.
    InTime,
    /// Told after it.
    Late,
    /// Notified, not told, and the due time is ahead.
    Waiting,
    /// Notified, not told, and the due time has passed.
    WaitingLate,
    /// Held, and the due time is ahead.
    Held,
    /// Held, and the due time has passed.
    HeldLate,
    /// Closed without being told.
    Closed(Reason),
    /// Accepted by somebody else.
    HandedOver,
}

/// The account at one moment.
pub struct Account {
    /// When.
    pub(super) at: Timestamp,
    /// Every incident that was published by then and accepted.
    pub(super) cases: Vec<Case>,
    /// Incidents that were published and are not there: refused, or lost.
    pub(super) missing: Vec<String>,
    /// Children, by where they stand.
    pub(super) children: BTreeMap<Stands, usize>,
    /// Children whose due time has passed.
    pub(super) due: usize,
    /// Refused messages, by where they stand.
    pub(super) refused: BTreeMap<RefusedState, usize>,
    /// Tasks that are not settled, by kind.
    pub(super) tasks: BTreeMap<TaskKind, usize>,
    /// Letters caught.
    pub(super) letters: usize,
    /// Letters with a Message-ID that came before.
    pub(super) repeats: usize,
    /// Attempts of which nobody knows whether they were taken.
    pub(super) unknown: i64,
    /// Messages of which we had the version already.
    pub(super) repeated: i64,
}

/// The most that a list is read of.
const MOST: i64 = 100_000;

impl Demo {
    /// Reads the account.
    ///
    /// # Errors
    /// As the store says.
    pub async fn account(&self) -> anyhow::Result<Account> {
        let (store, at) = (&self.node.store, self.node.clock.now());
        let (mut cases, mut missing) = (Vec::new(), Vec::new());
        for incident in self.played() {
            match store.find_case(&SCOPE, FORCE, &incident.reference).await {
                Ok(case) => cases.push(case),
                Err(Error::NotFound) => missing.push(incident.reference.clone()),
                Err(error) => return Err(error.into()),
            }
        }
        let mut refused = BTreeMap::new();
        for state in RefusedState::ALL {
            refused.insert(*state, store.refused(&SCOPE, *state, MOST).await?.len());
        }
        let mut tasks = BTreeMap::new();
        for task in self.open_tasks().await? {
            *tasks.entry(task.kind).or_insert(0) += 1;
        }
        let positions = store.positions(super::feed::INCIDENTS).await?;
        Ok(Account {
            at,
            children: stand(&cases, at),
            due: children(&cases).filter(|one| one.child.due_at <= at).count(),
            cases,
            missing,
            refused,
            tasks,
            letters: self.catcher.count(),
            repeats: self.catcher.repeats(),
            unknown: self.unknown_attempts().await?,
            repeated: positions.iter().map(|position| position.counts.repeated).sum(),
        })
    }

    /// The incidents that were published before the play ended.
    pub(super) fn played(&self) -> impl Iterator<Item = &Incident> {
        let ends = self.plan.ends();
        self.fortnight.incidents.iter().filter(move |incident| incident.published <= ends)
    }
}

/// The children of all cases.
pub(super) fn children(cases: &[Case]) -> impl Iterator<Item = &CaseChild> {
    cases.iter().flat_map(|case| &case.children)
}

fn stand(cases: &[Case], at: Timestamp) -> BTreeMap<Stands, usize> {
    let mut counts = BTreeMap::new();
    for one in children(cases) {
        *counts.entry(stands(one, at)).or_insert(0) += 1;
    }
    counts
}

fn stands(one: &CaseChild, at: Timestamp) -> Stands {
    let child = &one.child;
    let is_late = child.due_at <= at;
    match (child.told_at, child.state) {
        (Some(told), _) if told <= child.due_at => Stands::InTime,
        (Some(_), _) => Stands::Late,
        (None, ChildState::Notified) if is_late => Stands::WaitingLate,
        (None, ChildState::Notified) => Stands::Waiting,
        (None, ChildState::Held) if is_late => Stands::HeldLate,
        (None, ChildState::Held) => Stands::Held,
        (None, ChildState::HandedOver) => Stands::HandedOver,
        (None, ChildState::Closed) => Stands::Closed(child.reason.unwrap_or(Reason::Other)),
    }
}
