//! Entries of other registers that go by the same number.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use encompass_core::id::{EntryId, IdentityKey, LoadId, of};
use jiff::Timestamp;

use super::{Basis, Judgement};
use crate::db::{Value, batch, row};
use crate::register::entry::{Key, KeyKind};
use crate::scope::Actor;
use crate::{Error, Result, Store};

/// Judgements made in one transaction.
const BATCH: usize = 1_000;

/// An entry that has a number, and what it is found by.
pub(in crate::register) struct Numbered {
    pub(in crate::register) entry: EntryId,
    pub(in crate::register) keys: Vec<Key>,
}

/// The registers that share a force with one, and the pairs found in them so far.
///
/// A number alone joins nobody: twins and brothers get each other's. The given name with the birth date has to agree
/// as well; where it does not, the two entries stay two, and the matching compares them.
pub(in crate::register) struct Pairs {
    others: Vec<(String, LoadId)>,
    found: Vec<Judgement>,
}

impl Pairs {
    /// The current versions of the registers that are licensed to a force to which `source` is.
    pub(in crate::register) async fn begin(store: &Store, source: &str) -> Result<Self> {
        let select = "SELECT DISTINCT o.source AS source, l.id AS load_id FROM register r \
             JOIN register_force f ON f.register_id = r.id \
             JOIN register_force g ON g.force_id = f.force_id AND g.register_id <> r.id \
             JOIN register o ON o.id = g.register_id \
             JOIN load l ON l.kind = 'register' AND l.source = o.source AND l.state = 'current' \
             WHERE r.source = $1";
        let rows = sqlx::query(select).bind(source.to_owned()).fetch_all(store.read()).await?;
        let others = rows.iter().map(|found| Ok((row::text(found, "source")?, row::id(found, "load_id")?)));
        Ok(Self { others: others.collect::<Result<_>>()?, found: Vec::new() })
    }

    /// Looks for the entries of a batch in the other registers.
    pub(in crate::register) async fn look(&mut self, store: &Store, batch: &[Numbered]) -> Result<()> {
        for (source, load) in &self.others {
            let by_number = found(store, source, *load, batch, is_number).await?;
            let hit: BTreeSet<usize> = by_number.keys().map(|(at, _)| *at).collect();
            let hit: Vec<Numbered> = hit
                .iter()
                .map(|at| Numbered { entry: batch[*at].entry, keys: batch[*at].keys.clone() })
                .collect();
            let by_name: BTreeSet<_> = found(store, source, *load, &hit, is_given_name)
                .await?
                .into_keys()
                .map(|(at, other)| (hit[at].entry.bytes(), other))
                .collect();
            for ((at, other), kind) in by_number {
                let one = batch[at].entry;
                if by_name.contains(&(one.bytes(), other)) {
                    let basis = if kind == KeyKind::Upn { Basis::Upn } else { Basis::Nhs };
                    let other = EntryId::new(uuid::Uuid::from_bytes(other));
                    self.found.push(Judgement { one, other, is_same: true, basis });
                }
            }
        }
        Ok(())
    }

    /// Writes what was found, once the version is current.
    pub(in crate::register) async fn write(self, store: &Store, by: &Actor, now: Timestamp) -> Result<()> {
        for judgements in self.found.chunks(BATCH) {
            let mut tx = store.begin().await?;
            tx.judge(judgements.to_vec(), by, now).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

pub(in crate::register) const fn is_number(kind: KeyKind) -> bool {
    matches!(kind, KeyKind::Upn | KeyKind::Nhs)
}

const fn is_given_name(kind: KeyKind) -> bool {
    matches!(kind, KeyKind::GivenBirth)
}

/// Which entries of a load answer to which of a batch, by keys of some kinds.
async fn found(
    store: &Store,
    source: &str,
    load: LoadId,
    batch: &[Numbered],
    is_wanted: fn(KeyKind) -> bool,
) -> Result<BTreeMap<(usize, [u8; 16]), KeyKind>> {
    let asked = asked(store.identity(), source, batch, is_wanted);
    let rows = asked.keys().map(|hash| vec![Value::from(load), (*hash).into()]).collect();
    let select = "SELECT k.hash AS hash, k.entry_id AS entry_id FROM v \
         JOIN register_key k ON k.hash = v.hash AND k.load_id = v.load";
    let mut conn = store.read().acquire().await?;
    let mut pairs = BTreeMap::new();
    for found in batch::with(&mut conn, "load, hash", rows, select).await? {
        let hash: [u8; 32] =
            row::bytes(&found, "hash")?.try_into().map_err(|_| Error::Corrupt("hash".into()))?;
        let other = row::id::<of::Entry>(&found, "entry_id")?.bytes();
        for (at, kind) in asked.get(&hash).into_iter().flatten() {
            pairs.insert((*at, other), *kind);
        }
    }
    Ok(pairs)
}

fn asked(
    identity: &IdentityKey,
    source: &str,
    batch: &[Numbered],
    is_wanted: fn(KeyKind) -> bool,
) -> HashMap<[u8; 32], Vec<(usize, KeyKind)>> {
    let mut asked: HashMap<[u8; 32], Vec<(usize, KeyKind)>> = HashMap::new();
    for (at, numbered) in batch.iter().enumerate() {
        for key in numbered.keys.iter().filter(|key| is_wanted(key.kind)) {
            asked.entry(key.hash(identity, source)).or_default().push((at, key.kind));
        }
    }
    asked
}
