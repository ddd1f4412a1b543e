//! Cases that people decided before this service: scored on the register as it is now, and recorded.

use std::io::Read;
use std::sync::Arc;

use anyhow::bail;
use encompass_core::id::EntryId;
use encompass_matching::files::{Faults, Incident, decisions, events, incidents};
use encompass_matching::person::Sought;
use encompass_resolver::{Answer, Open, Rolls, parameters};
use encompass_store::matched::{Case, Origin};
use encompass_store::register::{Licensed, entry_id};
use encompass_store::{Actor, Scope, Store};
use jiff::Timestamp;

/// Cases recorded in one transaction.
const BATCH: usize = 1_000;

/// What was taken in.
#[derive(Debug, Default)]
pub struct Taken {
    /// Cases recorded.
    pub cases: usize,
    /// Those of which the best candidate was the child.
    pub right: usize,
    /// Those without any candidate.
    pub without: usize,
    /// Those of which the register does not have the child that was named.
    pub unlisted: usize,
    /// Those of which nobody said who the child was.
    pub undecided: usize,
    /// What was wrong with rows of the two files.
    pub faults: Faults,
}

/// Takes decided cases in. `truth` names the child by the register's own number, or nobody.
///
/// # Errors
/// When a file lacks a column or is no CSV, the force may not look in the register, or the store can't be reached.
pub async fn take(
    store: &Store,
    force: &str,
    source: &str,
    written: impl Read,
    truth: impl Read,
    by: &Actor,
    now: Timestamp,
) -> anyhow::Result<Taken> {
    let scope = Scope::command(by.clone());
    let rolls = Rolls::default();
    let licensed = store.registers_of(&scope, force).await?;
    rolls.bring_up(store, &scope, &of_force(force, &licensed)).await?;
    let weights = Arc::new(parameters(store).await?);
    let open = rolls.open(&licensed, &weights).into_iter().find(|open| open.register.source == source);
    let Some(open) = open else { bail!("the force {force} may not look in a register {source:?}") };
    let mark = open.share.mark(&weights.print());
    let (written, mut faults) = incidents(written)?;
    let (truth, of_truth) = decisions(truth)?;
    faults.set_aside.extend(of_truth.set_aside);
    let mut taken = Taken { faults, ..Taken::default() };
    let mut cases = Vec::new();
    for event in events(written) {
        let asked: Vec<Vec<Sought>> = event.iter().map(|incident| vec![incident.sought.clone()]).collect();
        let answers = open.search(&asked);
        for (incident, answer) in event.iter().zip(&answers) {
            let Some(child) = truth.get(&incident.id) else {
                taken.undecided += 1;
                continue;
            };
            let right = (!child.is_empty()).then(|| entry_id(store.identity(), source, child));
            // A number that the register does not have, or no longer, says nothing about the candidates.
            if right.is_some_and(|entry| !open.has(entry)) {
                taken.unlisted += 1;
                continue;
            }
            match case(store, force, &open, incident, answer, right, &mark) {
                Some(case) => cases.push(case),
                None => taken.without += 1,
            }
        }
    }
    taken.cases = cases.len();
    taken.right = cases.iter().filter(|case| case.is_right).count();
    record(store, cases, by, now).await?;
    Ok(taken)
}

fn case(
    store: &Store,
    force: &str,
    open: &Open,
    incident: &Incident,
    answer: &Answer,
    right: Option<EntryId>,
    mark: &str,
) -> Option<Case> {
    let best = answer.hits.first()?;
    let hash =
        store.identity().hash("match case", &[open.register.source.as_bytes(), incident.id.as_bytes()]);
    let mut id = [0; 16];
    id.copy_from_slice(&hash[..16]);
    Some(Case {
        force: force.to_owned(),
        register: open.register.id,
        id,
        origin: Origin::History,
        score: best.scored.score,
        is_right: Some(best.entry) == right,
        right,
        parameters: mark.to_owned(),
    })
}

/// These registers as they are licensed to one force.
pub(crate) fn of_force(force: &str, licensed: &[Licensed]) -> Vec<(String, Licensed)> {
    licensed.iter().map(|register| (force.to_owned(), register.clone())).collect()
}

async fn record(store: &Store, mut cases: Vec<Case>, by: &Actor, now: Timestamp) -> anyhow::Result<()> {
    while !cases.is_empty() {
        let rest = cases.split_off(cases.len().min(BATCH));
        let mut tx = store.begin().await?;
        tx.record_cases(std::mem::replace(&mut cases, rest), by, now).await?;
        tx.commit().await?;
    }
    Ok(())
}
