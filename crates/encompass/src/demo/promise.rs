//! DESIGN.md's promises, held to what the play left behind.

use std::collections::{BTreeMap, HashSet};

use anyhow::Context;
use encompass_core::state::{NotificationState, ResolutionKind, TaskKind};
use encompass_county::{Case as Kind, FORCE, Fate, Incident, Must, Search};
use encompass_store::desk::{Case, CaseChild, Told};
use encompass_store::watch::{self, Kind as Stuck};
use jiff::Timestamp;

use super::Demo;
use super::account::Account;

/// Lifecycle events that one page holds.
const PAGE: i64 = 1000;

impl Demo {
    /// Every promise that was broken, a sentence each.
    ///
    /// # Errors
    /// When something can't be read.
    pub async fn broken_promises(&self, account: &Account) -> anyhow::Result<Vec<String>> {
        let mut broken = Vec::new();
        self.nothing_is_lost(account, &mut broken).await?;
        self.nothing_is_stuck(&mut broken).await?;
        self.right_hands(account, &mut broken).await?;
        once(account, &mut broken);
        self.nothing_is_told_outside(&mut broken).await?;
        Ok(broken)
    }

    /// Promise 1.
    async fn nothing_is_lost(&self, account: &Account, broken: &mut Vec<String>) -> anyhow::Result<()> {
        let reconciled = watch::reconcile(&self.node.store, Timestamp::MIN).await?;
        for (what, by) in reconciled.differences.iter().filter(|(_, by)| **by != 0) {
            broken.push(format!("1: the account differs by {by} in {}", what.as_str()));
        }
        let missing: HashSet<&str> = account.missing.iter().map(String::as_str).collect();
        for incident in self.played().filter(|incident| missing.contains(incident.reference.as_str())) {
            if !is_refused(incident.case) {
                broken.push(format!("1: incident {} ({:?}) is nowhere", incident.reference, incident.case));
            }
        }
        for (incident, case) in self.beside(account) {
            for fate in &incident.children {
                if case.children.iter().all(|one| *one.child_ref != fate.child_ref) {
                    broken.push(format!("1: a child of incident {} is nowhere", incident.reference));
                }
            }
        }
        Ok(())
    }

    /// Promise 2. A force that falls silent is no fault of ours.
    async fn nothing_is_stuck(&self, broken: &mut Vec<String>) -> anyhow::Result<()> {
        let (now, machine) = (self.node.clock.now(), self.node.clock.machine());
        let limits = self.node.config().watchdog.limits();
        let found = watch::find(&self.node.store, &limits, now, machine).await?;
        // A quiet feed, and people who answer no alert, are what it is to find; neither is the service's own fault.
        let of_people = [Stuck::FeedQuiet, Stuck::TaskUnsettled];
        for finding in found.all.iter().filter(|finding| !of_people.contains(&finding.kind)) {
            broken.push(format!("2: {} is stuck: {}", finding.subject, finding.kind.as_str()));
        }
        Ok(())
    }

    /// Promise 3, and that what was to be told was told.
    async fn right_hands(&self, account: &Account, broken: &mut Vec<String>) -> anyhow::Result<()> {
        let calls = self.open_tasks().await?;
        let called: HashSet<_> = calls
            .iter()
            .filter(|task| task.kind == TaskKind::Call)
            .filter_map(|task| task.notification)
            .collect();
        for (incident, case) in self.beside(account) {
            for one in &case.children {
                let Some(fate) = incident.children.iter().find(|fate| fate.child_ref == *one.child_ref)
                else {
                    continue;
                };
                let wrong = self
                    .wrong(fate, one)
                    .into_iter()
                    .chain(untold(fate, one, account.at, |told| called.contains(&told.id)));
                let standing = fate.child.map(|child| self.county.children[child].standing);
                let about =
                    format!("{} ({:?}, {standing:?}, {:?})", incident.reference, incident.case, fate.must);
                broken.extend(wrong.map(|why| format!("3: incident {about}: {why}")));
            }
        }
        Ok(())
    }

    /// What is wrong with whom a child's settings are.
    fn wrong(&self, fate: &Fate, one: &CaseChild) -> Option<String> {
        let is_never = matches!(fate.must, Must::NeverSent | Must::NotAChild);
        if is_never && !one.told.is_empty() {
            return Some("a setting was notified of somebody who must never be sent".into());
        }
        let by_itself = one
            .decisions
            .iter()
            .any(|decided| matches!(decided.kind, ResolutionKind::Matched | ResolutionKind::Stated));
        if fate.must == Must::Person && by_itself {
            return Some("the service decided by itself where a person must".into());
        }
        let place = |told: &&Told| self.people.place(told.setting);
        let is_right = |told: &&Told| place(told).is_some_and(|place| fate.right.contains(&place));
        let is_listed = |told: &&Told| place(told).is_some_and(|place| fate.listed.contains(&place));
        if one.told.iter().filter(|told| told.told_at.is_some()).any(|told| !is_right(&told)) {
            return Some("a setting was told that the child does not belong to".into());
        }
        let misled = one.told.iter().any(|told| !is_right(&told) && !is_listed(&told));
        misled.then(|| "a setting was notified that neither the truth nor a register leads to".into())
    }

    /// The last clause of promise 3: no personal data outside sealed content.
    async fn nothing_is_told_outside(&self, broken: &mut Vec<String>) -> anyhow::Result<()> {
        let personal = Search::of(&self.county, &self.fortnight);
        let mut look = |what: &str, bytes: &[u8]| {
            if let Some(at) = personal.find(bytes) {
                broken.push(format!("3: personal data stands in {what}, at byte {at}"));
            }
        };
        look("the log", &std::fs::read(self.folder.log()).context("the log")?);
        look("/metrics", self.metrics().await?.as_bytes());
        for letter in self.catcher.letters() {
            look(&format!("letter {}", letter.number), letter.raw.as_bytes());
        }
        let mut after = 0;
        loop {
            let events = self.node.store.published_events(FORCE, after, PAGE).await?;
            let Some(last) = events.last() else { break };
            after = last.number;
            for event in &events {
                look("a lifecycle event", event.body.as_bytes());
            }
        }
        for path in self.folder.store_files() {
            look(&format!("{}", path.display()), &std::fs::read(&path).context("the store's file")?);
        }
        Ok(())
    }

    /// Incidents beside their cases.
    fn beside<'a>(&'a self, account: &'a Account) -> impl Iterator<Item = (&'a Incident, &'a Case)> {
        let cases: BTreeMap<&str, &Case> =
            account.cases.iter().filter_map(|case| Some((case.reference.as_deref()?, case))).collect();
        let played = self.played();
        played.filter_map(move |incident| Some((incident, *cases.get(incident.reference.as_str())?)))
    }
}

/// Whether nothing of an incident can be accepted.
const fn is_refused(case: Kind) -> bool {
    matches!(case, Kind::Unreadable | Kind::WrongForce | Kind::LacksReference)
}

/// What should have been told by itself and was not: neither is there time left, nor does somebody telephone.
fn untold(fate: &Fate, one: &CaseChild, at: Timestamp, is_called: impl Fn(&Told) -> bool) -> Option<String> {
    if fate.must != Must::Itself || one.child.told_at.is_some() {
        return None;
    }
    let was_found = one.decisions.iter().any(|decided| decided.kind == ResolutionKind::Matched);
    let was_found = was_found || one.decisions.iter().any(|decided| decided.kind == ResolutionKind::Stated);
    if !was_found {
        return Some("no setting was found although the register has the child exactly".into());
    }
    let is_open =
        |told: &&Told| !matches!(told.state, NotificationState::Acknowledged | NotificationState::Closed);
    let silent = one.told.iter().filter(is_open).any(|told| told.due_at <= at && !is_called(told));
    silent.then(|| "it was not told in time, and nobody was asked to telephone".into())
}

/// Promise 4.
fn once(account: &Account, broken: &mut Vec<String>) {
    for one in super::account::children(&account.cases) {
        let settings: HashSet<_> = one.told.iter().map(|told| told.setting).collect();
        if settings.len() < one.told.len() {
            broken.push(format!("4: child {} has two notifications at one setting", one.child.id));
        }
    }
    if account.repeats > usize::try_from(account.unknown).unwrap_or(0) {
        let (repeats, unknown) = (account.repeats, account.unknown);
        broken
            .push(format!("4: {repeats} letters were sent again, and only {unknown} attempts were cut off"));
    }
}
