//! The entries that a person says are the child, as their registers have them now: nobody decides on what a register said
//! when the child was looked for.

use std::collections::HashMap;

use encompass_core::id::{EntryId, LoadId, of};
use jiff::Timestamp;

use super::who::Ticked;
use crate::child::Child;
use crate::db::{batch, row};
use crate::register::Candidate;
use crate::wake::Signal;
use crate::{Actor, Result, Scope, Store, Tx, audit_log};

/// What is written of an entry, by the version and the entry: equal where nothing of it changed.
type Prints = HashMap<(LoadId, EntryId), Vec<u8>>;

impl Store {
    /// These entries in the current version of their registers, in their order. `None` in the place of one that is no longer
    /// as it was shown: gone, changed, on a register that the force may no longer use, or for named people only while
    /// the reader is none of them.
    pub(super) async fn as_now(
        &self,
        scope: &Scope,
        force: &str,
        shown: &[Ticked],
    ) -> Result<Vec<Option<Candidate>>> {
        let opened = if shown.is_empty() { Vec::new() } else { self.open_registers(scope, force).await? };
        let current = |one: &Ticked| {
            opened.iter().find(|opened| opened.register.id == one.register).map(|opened| opened.register.load)
        };
        let loads: Vec<Option<LoadId>> = shown.iter().map(current).collect();
        let wanted: Vec<(LoadId, EntryId)> =
            shown.iter().zip(&loads).filter_map(|(one, load)| Some(((*load)?, one.entry))).collect();
        let found = self.entries_on(&opened, &wanted).await?;
        let before = shown.iter().map(|one| (one.load, one.entry));
        let prints = self.prints(wanted.iter().copied().chain(before).collect()).await?;
        let hidden = |one: &Candidate| one.restricted && !scope.sees_restricted();
        let now = |(one, load): (&Ticked, &Option<LoadId>)| {
            let load = (*load)?;
            let entry = found.iter().find(|entry| entry.load == load && entry.entry == one.entry)?;
            let print = prints.get(&(one.load, one.entry))?;
            let is_same = prints.get(&(load, one.entry)) == Some(print);
            let is_hidden = found.iter().any(|other| other.identity == entry.identity && hidden(other));
            (is_same && !is_hidden).then(|| entry.clone())
        };
        Ok(shown.iter().zip(&loads).map(now).collect())
    }

    async fn prints(&self, wanted: Vec<(LoadId, EntryId)>) -> Result<Prints> {
        if wanted.is_empty() {
            return Ok(Prints::new());
        }
        let rows = wanted.into_iter().map(|(load, entry)| vec![load.into(), entry.into()]).collect();
        let select = "SELECT e.load_id AS load_id, e.entry_id AS entry_id, e.row_hash AS row_hash FROM v \
             JOIN register_entry e ON e.load_id = v.load AND e.entry_id = v.entry";
        let mut conn = self.read().acquire().await?;
        let found = batch::with(&mut conn, "load, entry", rows, select).await?;
        let print = |found| {
            let of = (row::id::<of::Load>(found, "load_id")?, row::id::<of::Entry>(found, "entry_id")?);
            Ok((of, row::bytes(found, "row_hash")?))
        };
        found.iter().map(print).collect()
    }
}

impl Tx {
    /// No other version of the registers of these entries becomes current until the transaction ends.
    pub(super) async fn keep_current(&mut self, shown: &[Ticked]) -> Result<()> {
        let registers = shown.iter().map(|one| one.register.into()).collect();
        let select = "SELECT l.id AS id FROM load l JOIN register r ON r.source = l.source \
             WHERE l.kind = 'register' AND l.state = 'current' AND r.id IN";
        let lock = self.backend().for_share();
        batch::within(self.conn(), select, registers, lock).await.map(drop)
    }

    /// Has the resolver look at a child again whose registers have changed, so that a person has evidence of what they say
    /// now. One of whom somebody was told stays with those who were; says whether it is looked at.
    pub(super) async fn look_anew(&mut self, child: &Child, by: &Actor, now: Timestamp) -> Result<bool> {
        let update = "UPDATE child SET wants_resolver = 1, next_at = $2 \
             WHERE id = $1 AND state = 'held' AND told_at IS NULL";
        let query = sqlx::query(update).bind(child.id.bytes().to_vec()).bind(now.as_microsecond());
        let is_marked = query.execute(self.conn()).await?.rows_affected() > 0;
        let subject = format!("child:{}", child.id);
        let entry = audit_log::Entry::new(&child.force, now, by.clone(), "child.register_changed", subject);
        self.audit(entry.of(child.incident).because("a register has changed since the child was shown"));
        self.wake(Signal::Resolver);
        Ok(is_marked)
    }
}
