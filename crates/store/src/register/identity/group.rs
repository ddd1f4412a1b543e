//! Which entries are one person.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use encompass_core::id::{EntryId, of};
use sqlx::AnyConnection;

use crate::Result;
use crate::db::{batch, row};

/// The judgements that hold between some entries.
#[derive(Default)]
struct Judged {
    same: Vec<(EntryId, EntryId)>,
    different: Vec<(EntryId, EntryId)>,
}

/// For each entry the first of those that it is judged to be one person with, itself included. Only judgements between
/// these entries count: nobody learns of an entry that they may not see.
///
/// Entries of which two are judged not to be one person stay apart, all of them: one of the judgements is wrong, and it
/// is not known which.
pub(in crate::register) async fn leaders(
    conn: &mut AnyConnection,
    entries: &[EntryId],
) -> Result<HashMap<EntryId, EntryId>> {
    let judged = judged(conn, entries).await?;
    Ok(group(entries, &judged))
}

/// The entries that are judged to be one person with one of these; some may be among these themselves.
pub(in crate::register) async fn joined(
    conn: &mut AnyConnection,
    entries: &[EntryId],
) -> Result<BTreeSet<EntryId>> {
    let wanted = entries.iter().map(|entry| vec![(*entry).into()]).collect();
    let select = "SELECT j.other_id AS joined FROM v JOIN identity_judgement j ON j.one_id = v.entry \
         WHERE j.ended_at IS NULL AND j.is_same = 1 UNION \
         SELECT j.one_id AS joined FROM v JOIN identity_judgement j ON j.other_id = v.entry \
         WHERE j.ended_at IS NULL AND j.is_same = 1";
    let rows = batch::with(conn, "entry", wanted, select).await?;
    rows.iter().map(|found| row::id::<of::Entry>(found, "joined")).collect()
}

async fn judged(conn: &mut AnyConnection, entries: &[EntryId]) -> Result<Judged> {
    let mut judged = Judged::default();
    if entries.len() < 2 {
        return Ok(judged);
    }
    let wanted = entries.iter().map(|entry| vec![(*entry).into()]).collect();
    let select = "SELECT j.one_id AS one_id, j.other_id AS other_id, is_same FROM v \
         JOIN identity_judgement j ON j.one_id = v.entry WHERE j.ended_at IS NULL";
    for found in batch::with(conn, "entry", wanted, select).await? {
        let pair = (row::id::<of::Entry>(&found, "one_id")?, row::id::<of::Entry>(&found, "other_id")?);
        if !entries.contains(&pair.1) {
            continue;
        }
        let list = if row::flag(&found, "is_same")? { &mut judged.same } else { &mut judged.different };
        list.push(pair);
    }
    Ok(judged)
}

fn group(entries: &[EntryId], judged: &Judged) -> HashMap<EntryId, EntryId> {
    let mut leader: HashMap<EntryId, EntryId> = entries.iter().map(|entry| (*entry, *entry)).collect();
    for (one, other) in &judged.same {
        let (one, other) = (leader[one], leader[other]);
        let (first, second) = if one.bytes() <= other.bytes() { (one, other) } else { (other, one) };
        leader.values_mut().filter(|of| **of == second).for_each(|of| *of = first);
    }
    let contested = judged.different.iter().filter(|(one, other)| leader[one] == leader[other]);
    let contested: BTreeMap<[u8; 16], EntryId> =
        contested.map(|(one, _)| (leader[one].bytes(), leader[one])).collect();
    leader
        .into_iter()
        .map(|(entry, of)| (entry, if contested.contains_key(&of.bytes()) { entry } else { of }))
        .collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn ids<const N: usize>() -> [EntryId; N] {
        std::array::from_fn(|n| EntryId::new(Uuid::from_u128(n as u128 + 1)))
    }

    #[test]
    fn entries_joined_in_a_chain_are_one_and_others_are_not() {
        let entries: [EntryId; 5] = ids();
        let [a, b, c, d, e] = entries;
        let judged = Judged { same: vec![(c, d), (a, b), (b, c)], different: vec![(d, e)] };
        let grouped = group(&entries, &judged);
        assert_eq!(entries.map(|entry| grouped[&entry]), [a, a, a, a, e]);
    }

    #[test]
    fn a_group_of_which_two_are_judged_apart_is_none() {
        let entries: [EntryId; 5] = ids();
        let [a, b, c, d, e] = entries;
        let judged = Judged { same: vec![(a, b), (b, c), (d, e)], different: vec![(a, c)] };
        let grouped = group(&entries, &judged);
        assert_eq!(entries.map(|entry| grouped[&entry]), [a, b, c, d, d]);
    }
}
