//! Which entries of a register that was just loaded are children whom other registers have too.
//!
//! Numbers have joined what they can while it was loaded. The others are looked for in the registers that share a force with
//! it, and joined where the score leaves no doubt. A judgement stands beside the entries, outlasts their next versions, and
//! can be taken back.

use std::collections::BTreeSet;

use encompass_core::id::{EntryId, LoadId, RegisterId};
use encompass_resolver::{Open, Rolls, as_sought, parameters};
use encompass_store::register::{Basis, Judgement, Licensed, Listed, Roll};
use encompass_store::{Actor, Scope, Store};
use jiff::Timestamp;

/// Log-odds from which two entries are one child: one in ten thousand wrong, ten times stricter than what is sent at first.
const STRICT: f64 = 9.21;
/// Entries looked for at once.
const PAGE: i64 = 500;

/// Joins the entries that are new since `before`. Says how many pairs are new.
///
/// # Errors
/// As the store says.
pub(super) async fn join(
    store: &Store,
    source: &str,
    before: Option<LoadId>,
    by: &Actor,
    now: Timestamp,
) -> anyhow::Result<usize> {
    let scope = Scope::command(by.clone());
    let licences = store.licences(&scope).await?;
    let Some((force, loaded)) = licences.iter().find(|(_, register)| register.source == source) else {
        return Ok(0);
    };
    let others = beside(&licences, loaded.id);
    if others.is_empty() || before == Some(loaded.load) {
        return Ok(0);
    }
    let rolls = Rolls::default();
    rolls.follow(store, &scope).await?;
    let (open, weights) = (rolls.open(&others), parameters(store).await?);
    let roll = store.roll(&scope, force, loaded.id).await?;
    let (mut joined, mut last) = (0, EntryId::new(uuid::Uuid::nil()));
    loop {
        let page = page(&roll, before, last).await?;
        let Some(end) = page.last() else { return Ok(joined) };
        last = end.entry;
        let found =
            page.iter().flat_map(|listed| open.iter().filter_map(|other| same(listed, other, &weights)));
        let found: Vec<Judgement> = found.collect();
        let mut tx = store.begin().await?;
        joined += tx.judge(found, by, now).await?;
        tx.commit().await?;
    }
}

/// The registers that a force may use together with one.
fn beside(licences: &[(String, Licensed)], register: RegisterId) -> Vec<Licensed> {
    let of_it = licences.iter().filter(|(_, licensed)| licensed.id == register);
    let forces: BTreeSet<&str> = of_it.map(|(force, _)| force.as_str()).collect();
    let mut seen = BTreeSet::from([register]);
    let shared = licences.iter().filter(|(force, _)| forces.contains(force.as_str()));
    shared.map(|(_, licensed)| licensed).filter(|licensed| seen.insert(licensed.id)).cloned().collect()
}

async fn page(roll: &Roll, before: Option<LoadId>, last: EntryId) -> anyhow::Result<Vec<Listed>> {
    Ok(match before {
        Some(before) => roll.changed_after(before, last, PAGE).await?,
        None => roll.after(last, PAGE).await?,
    })
}

fn same(listed: &Listed, other: &Open, weights: &encompass_matching::weigh::Parameters) -> Option<Judgement> {
    let answers = other.search(&[vec![as_sought(&listed.person)]], weights);
    let best = answers.first()?.hits.first().filter(|hit| hit.scored.score >= STRICT)?;
    Some(Judgement { one: listed.entry, other: best.entry, is_same: true, basis: Basis::Names })
}
