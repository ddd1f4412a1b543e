//! Opening entries of the registers that a force is licensed to.

use std::collections::HashMap;

use encompass_core::id::{EntryId, LoadId, of};
use sqlx::any::AnyRow;

use super::admin::Opened;
use super::entry::{Candidate, Enrolment};
use super::identity::{joined, leaders};
use super::place;
use crate::db::{batch, row};
use crate::directory::read::day;
use crate::{Error, Result, Scope, Store};

type Enrolments = HashMap<(LoadId, EntryId), Vec<Enrolment>>;

impl Store {
    /// These entries, each of the version of a register it was found on, and those that are judged to be the same person
    /// as one of them. Versions that are no longer current, and registers that are not licensed to `force` in scope, are
    /// left out.
    ///
    /// # Errors
    /// [`Error::Sealed`] when a register's key was erased; else as the database says.
    pub async fn entries(
        &self,
        scope: &Scope,
        force: &str,
        wanted: &[(LoadId, EntryId)],
    ) -> Result<Vec<Candidate>> {
        let registers =
            if wanted.is_empty() { Vec::new() } else { self.open_registers(scope, force).await? };
        self.entries_on(&registers, wanted).await
    }

    /// The same of registers that were opened a moment ago.
    ///
    /// # Errors
    /// As the database says.
    pub async fn entries_on(
        &self,
        registers: &[Opened],
        wanted: &[(LoadId, EntryId)],
    ) -> Result<Vec<Candidate>> {
        let is_licensed = |load: LoadId| registers.iter().any(|opened| opened.register.load == load);
        let mut wanted: Vec<_> = wanted.iter().copied().filter(|(load, _)| is_licensed(*load)).collect();
        if wanted.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.read().acquire().await?;
        let mut ids: Vec<EntryId> = wanted.iter().map(|(_, entry)| *entry).collect();
        let mut joined = joined(&mut conn, &ids).await?;
        let is_judged = !joined.is_empty();
        joined.retain(|entry| !ids.contains(entry));
        ids.extend(&joined);
        for opened in registers {
            wanted.extend(joined.iter().map(|entry| (opened.register.load, *entry)));
        }
        let wanted: Vec<_> =
            wanted.into_iter().map(|(load, entry)| vec![load.into(), entry.into()]).collect();
        let select = "SELECT e.load_id AS load_id, e.entry_id AS entry_id, setting_id, kind, starts_on, ends_on, last_day, attendance \
             FROM v JOIN enrolment e ON e.load_id = v.load AND e.entry_id = v.entry";
        let mut enrolments =
            enrolments(&batch::with(&mut conn, "load, entry", wanted.clone(), select).await?)?;
        let select = "SELECT e.load_id AS load_id, e.entry_id AS entry_id, restricted, doubtful, left_on, sealed_entry \
             FROM v JOIN register_entry e ON e.load_id = v.load AND e.entry_id = v.entry \
             JOIN load l ON l.id = v.load WHERE l.state = 'current'";
        let rows = batch::with(&mut conn, "load, entry", wanted, select).await?;
        let identities = if is_judged { leaders(&mut conn, &ids).await? } else { HashMap::new() };
        let mut candidates = Vec::with_capacity(rows.len());
        for row in &rows {
            let candidate = open(row, registers, &mut enrolments)?;
            let identity = identities.get(&candidate.entry).copied().unwrap_or(candidate.entry);
            candidates.push(Candidate { identity, ..candidate });
        }
        candidates.sort_by_key(|candidate| (candidate.load, candidate.entry));
        candidates.dedup_by_key(|candidate| (candidate.load, candidate.entry));
        Ok(candidates)
    }
}

fn of_entry(found: &AnyRow) -> Result<(LoadId, EntryId)> {
    Ok((row::id::<of::Load>(found, "load_id")?, row::id::<of::Entry>(found, "entry_id")?))
}

fn enrolments(rows: &[AnyRow]) -> Result<Enrolments> {
    let mut enrolments = Enrolments::new();
    for found in rows {
        enrolments.entry(of_entry(found)?).or_default().push(Enrolment {
            setting: row::id(found, "setting_id")?,
            kind: row::text(found, "kind")?,
            starts_on: day(found, "starts_on")?,
            ends_on: day(found, "ends_on")?,
            last_day: row::word(found, "last_day")?,
            attendance: row::opt_text(found, "attendance")?,
        });
    }
    let order = |one: &Enrolment| (one.setting, one.kind.clone(), one.starts_on, one.ends_on);
    enrolments.values_mut().for_each(|list| list.sort_by_cached_key(order));
    Ok(enrolments)
}

fn open(row: &AnyRow, registers: &[Opened], enrolments: &mut Enrolments) -> Result<Candidate> {
    let (load, entry) = of_entry(row)?;
    let opened = registers.iter().find(|opened| opened.register.load == load);
    let Opened { register, key } = opened.ok_or(Error::NotFound)?;
    Ok(Candidate {
        entry,
        identity: entry,
        register: register.id,
        load,
        as_of: register.as_of,
        max_age_days: register.max_age_days,
        restricted: row::flag(row, "restricted")?,
        doubtful: row::flag(row, "doubtful")?,
        left_on: day(row, "left_on")?,
        person: key.open_json(&place(entry), &row::bytes(row, "sealed_entry")?)?,
        enrolments: enrolments.remove(&(load, entry)).unwrap_or_default(),
    })
}
