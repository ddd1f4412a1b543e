//! Which entries of registers that were just loaded are children whom other registers have too.
//!
//! Numbers have joined what they can while it was loaded. The others are looked for in the registers that share a force with
//! it, and joined where the score leaves no doubt, both ways round. A judgement stands beside the entries, outlasts their next versions, and
//! can be taken back.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Context, ensure};
use encompass_core::id::{EntryId, LoadId, RegisterId};
use encompass_resolver::{Open, Rolls, as_sought, parameters};
use encompass_store::matched::Unjoined;
use encompass_store::register::{Basis, Judgement, Licensed, Listed, Person, Roll};
use encompass_store::{Actor, Scope, Store};
use jiff::Timestamp;

/// Log-odds from which two entries are one child: one in ten thousand wrong, ten times stricter than what is sent at first.
const STRICT: f64 = 9.21;
/// Looked for the other way round, it is enough that nobody else is likelier: a small register leaves more doubt.
const EVEN: f64 = 0.0;
/// Entries looked for at once.
const PAGE: i64 = 500;

/// Joins the entries of every register that are new since it was joined last. Says how many pairs are new.
///
/// # Errors
/// As the store says. What was joined until then stays, and a register that was not finished is begun again.
pub async fn join(store: &Store, by: &Actor, now: Timestamp) -> anyhow::Result<usize> {
    let mut joined = 0;
    for Unjoined { source, before } in store.unjoined_registers().await? {
        joined += join_one(store, &source, before, by, now).await?;
    }
    Ok(joined)
}

async fn join_one(
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
    let joined = match others.is_empty() {
        true => 0,
        false => join_with(store, &scope, (force, loaded), others, before, by, now).await?,
    };
    let mut tx = store.begin().await?;
    tx.set_joined(loaded.load, now).await?;
    tx.commit().await?;
    Ok(joined)
}

/// Joins a register with others that a force may use beside it.
async fn join_with(
    store: &Store,
    scope: &Scope,
    (force, loaded): (&str, &Licensed),
    others: Vec<(String, Licensed)>,
    before: Option<LoadId>,
    by: &Actor,
    now: Timestamp,
) -> anyhow::Result<usize> {
    let rolls = Rolls::default();
    rolls
        .bring_up(store, scope, &[others.as_slice(), &[(force.to_owned(), loaded.clone())]].concat())
        .await?;
    let weights = Arc::new(parameters(store).await?);
    let beside: Vec<Licensed> = others.into_iter().map(|(_, register)| register).collect();
    let others = rolls.open(&beside, &weights);
    let own = rolls.open(std::slice::from_ref(loaded), &weights);
    let own = own.first().context("the register can't be read, or has another version by now")?;
    let roll = store.roll(scope, force, loaded.id).await?;
    let (mut joined, mut last) = (0, EntryId::new(uuid::Uuid::nil()));
    loop {
        let page = page(&roll, before, last).await?;
        let Some(end) = page.last() else { break };
        last = end.entry;
        let pairs: Vec<Pair> =
            page.iter().flat_map(|listed| others.iter().filter_map(|other| pair(listed, other))).collect();
        let wanted: Vec<_> = pairs.iter().map(|pair| (pair.load, pair.other)).collect();
        let people = store.entries(scope, force, &wanted).await?;
        let is_mutual = |pair: &&Pair| {
            let person = people.iter().find(|one| one.entry == pair.other).map(|one| &one.person);
            person.and_then(|person| found(person, own, EVEN)) == Some(pair.one)
        };
        let new = pairs.iter().filter(is_mutual).map(Pair::judgement).collect();
        let mut tx = store.begin().await?;
        joined += tx.judge(new, by, now).await?;
        tx.commit().await?;
    }
    ensure!(
        others.len() == beside.len(),
        "a register beside it can't be read, or has another version by now"
    );
    Ok(joined)
}

/// An entry, and the one of another register that is found for it.
struct Pair {
    one: EntryId,
    other: EntryId,
    load: LoadId,
}

impl Pair {
    const fn judgement(&self) -> Judgement {
        Judgement { one: self.one, other: self.other, is_same: true, basis: Basis::Names }
    }
}

fn pair(listed: &Listed, other: &Open) -> Option<Pair> {
    let other_entry = found(&listed.person, other, STRICT)?;
    Some(Pair { one: listed.entry, other: other_entry, load: other.register.load })
}

/// Who a person of one register is on another, at such a score.
fn found(person: &Person, on: &Open, least: f64) -> Option<EntryId> {
    let answers = on.search(&[vec![as_sought(person)]]);
    let best = answers.first()?.hits.first()?;
    (best.scored.score >= least).then_some(best.entry)
}

/// The registers that a force may use together with one, each with such a force.
fn beside(licences: &[(String, Licensed)], register: RegisterId) -> Vec<(String, Licensed)> {
    let of_it = licences.iter().filter(|(_, licensed)| licensed.id == register);
    let forces: BTreeSet<&str> = of_it.map(|(force, _)| force.as_str()).collect();
    let mut seen = BTreeSet::from([register]);
    let shared = licences.iter().filter(|(force, _)| forces.contains(force.as_str()));
    shared.filter(|(_, licensed)| seen.insert(licensed.id)).cloned().collect()
}

async fn page(roll: &Roll, before: Option<LoadId>, last: EntryId) -> anyhow::Result<Vec<Listed>> {
    Ok(match before {
        Some(before) => roll.changed_after(before, last, PAGE).await?,
        None => roll.after(last, PAGE).await?,
    })
}
