//! Taking a batch: incidents, tallies, refused messages and the positions they came from, in one commit.

use std::borrow::Cow;
use std::collections::BTreeMap;

use encompass_core::due::Rules;
use encompass_core::event::{Refusal, RefusalKind};
use encompass_core::id::{IncidentId, RefusedId};
use encompass_store::incident::Acceptance;
use encompass_store::position::{Advance, Counts};
use encompass_store::refused::Origin;
use encompass_store::{Error, Result, Store, Tx};
use jiff::Timestamp;

use super::read::{Item, Said};

/// Messages that are taken together.
#[derive(Clone, Default)]
pub struct Batch {
    /// The messages, each partition's in its order.
    pub items: Vec<Item>,
    /// The positions that they move; the counts are filled in here.
    pub advances: Vec<Advance>,
}

/// What became of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A new version was stored.
    Accepted(IncidentId),
    /// We had this version, or a higher one stands and this one was kept beside it and is known already.
    Repeated(IncidentId),
    /// The incident was erased; nothing was stored.
    Erased(IncidentId),
    /// A tally was stored.
    Tallied,
    /// It was set aside.
    Refused(RefusedId, Refusal),
}

impl Outcome {
    /// The word that is counted and answered.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Accepted(_) | Self::Tallied => "accepted",
            Self::Repeated(_) | Self::Erased(_) => "repeated",
            Self::Refused(..) => "refused",
        }
    }
}

/// Takes a batch, durably. A record whose content the store refuses is set aside like any other refused message, and
/// stays so in `batch`.
///
/// # Errors
/// [`Error::Unavailable`]: nothing happened, repeat. [`Error::Changed`]: another replica moved a position.
pub async fn take(store: &Store, rules: &Rules, batch: &mut Batch, at: Timestamp) -> Result<Vec<Outcome>> {
    loop {
        let mut tx = store.begin().await?;
        match in_tx(&mut tx, rules, batch, at).await {
            Ok(outcomes) => {
                tx.commit().await?;
                return Ok(outcomes);
            }
            Err(error) if error.is_poison() => {
                drop(tx);
                let poison = find_poison(store, rules, &batch.items, at).await?;
                // Refused already and still poison: there is nothing left to take out of it.
                let item = poison.map(|place| &mut batch.items[place]).filter(|item| item.said.is_ok());
                item.ok_or(error)?.said = Err(unstorable());
            }
            Err(error) => return Err(error),
        }
    }
}

/// The same within the caller's transaction, for what must become durable together with it.
pub(super) async fn in_tx(tx: &mut Tx, rules: &Rules, batch: &Batch, at: Timestamp) -> Result<Vec<Outcome>> {
    let outcomes = store_items(tx, rules, &batch.items).await?;
    let advances = count(&batch.advances, &batch.items, &outcomes);
    tx.advance(advances, at).await?;
    Ok(outcomes)
}

async fn store_items(tx: &mut Tx, rules: &Rules, items: &[Item]) -> Result<Vec<Outcome>> {
    let publications = items.iter().filter_map(|item| match &item.said {
        Ok(Said::Incident(publication)) => Some((**publication).clone()),
        Ok(Said::Tally(_)) | Err(_) => None,
    });
    let mut verdicts = tx.accept(publications.collect()).await?.into_iter();
    let mut outcomes = Vec::with_capacity(items.len());
    let mut refused = Vec::new();
    for item in items {
        let refusal = match &item.said {
            Ok(Said::Incident(_)) => {
                match verdict(verdicts.next().expect("each publication has its verdict")) {
                    Ok(outcome) => {
                        outcomes.push(Some(outcome));
                        continue;
                    }
                    Err(refusal) => refusal,
                }
            }
            Ok(Said::Tally(tally)) => {
                tx.store_tally(tally, item.arrived.received_at).await?;
                outcomes.push(Some(Outcome::Tallied));
                continue;
            }
            Err(refusal) => refusal.clone(),
        };
        outcomes.push(None);
        refused.push(item.refused(refusal, rules));
    }
    let refusals: Vec<Refusal> = refused.iter().map(|new| new.refusal.clone()).collect();
    let ids = tx.refuse(refused).await?;
    let mut set_aside = ids.into_iter().zip(refusals).map(|(id, refusal)| Outcome::Refused(id, refusal));
    let outcome = |outcome: Option<Outcome>| {
        outcome.unwrap_or_else(|| set_aside.next().expect("what was not taken was refused"))
    };
    Ok(outcomes.into_iter().map(outcome).collect())
}

fn verdict(acceptance: Acceptance) -> std::result::Result<Outcome, Refusal> {
    match acceptance {
        Acceptance::New(id) | Acceptance::Newer(id) | Acceptance::Older(id) => Ok(Outcome::Accepted(id)),
        Acceptance::Repeated(id) => Ok(Outcome::Repeated(id)),
        Acceptance::Erased(id) => Ok(Outcome::Erased(id)),
        Acceptance::Conflict(_) => Err(Refusal::version_conflict()),
    }
}

/// Fills in what became of each partition's messages.
fn count(advances: &[Advance], items: &[Item], outcomes: &[Outcome]) -> Vec<Advance> {
    let mut counts: BTreeMap<(&str, i32), Counts> = BTreeMap::new();
    for (item, outcome) in items.iter().zip(outcomes) {
        let Origin::Kafka(place) = &item.arrived.origin else { continue };
        let counts = counts.entry((&place.topic, place.partition)).or_default();
        counts.read += 1;
        match outcome {
            Outcome::Accepted(_) | Outcome::Tallied => counts.accepted += 1,
            Outcome::Repeated(_) | Outcome::Erased(_) => counts.repeated += 1,
            Outcome::Refused(..) => counts.refused += 1,
        }
    }
    let filled = advances.iter().map(|advance| {
        let counts = counts.get(&(advance.topic.as_str(), advance.partition)).copied().unwrap_or_default();
        Advance { counts, ..advance.clone() }
    });
    filled.collect()
}

/// Halves the batch until the one record is found that the store refuses. Nothing of the trials is kept.
async fn find_poison(store: &Store, rules: &Rules, items: &[Item], at: Timestamp) -> Result<Option<usize>> {
    let (mut from, mut to) = (0, items.len());
    while to - from > 1 {
        let middle = from.midpoint(to);
        if is_poison(store, rules, &items[from..middle], at).await? {
            to = middle;
        } else {
            from = middle;
        }
    }
    Ok((to > from).then_some(from))
}

async fn is_poison(store: &Store, rules: &Rules, items: &[Item], at: Timestamp) -> Result<bool> {
    let trial = Batch { items: items.to_vec(), advances: Vec::new() };
    let mut tx = store.begin().await?;
    match in_tx(&mut tx, rules, &trial, at).await {
        Ok(_) => Ok(false),
        Err(error) if error.is_poison() => Ok(true),
        Err(error) => Err(error),
    }
}

/// The refusal of content that the database refuses.
pub(super) fn unstorable() -> Refusal {
    let advice = "The event holds a character that can't be stored, such as U+0000.";
    Refusal { kind: RefusalKind::Unreadable, pointer: None, advice: Cow::Borrowed(advice) }
}

/// The error of a position that another replica moved.
pub(crate) const fn is_lost(error: &Error) -> bool {
    matches!(error, Error::Changed)
}
