//! Finding people on the registers that a force is licensed to.

use std::collections::{BTreeMap, HashMap};

use encompass_core::id::{EntryId, LoadId, of};
use sqlx::AnyConnection;
use sqlx::any::AnyRow;

use super::admin::Licensed;
use super::entry::{Candidate, Enrolment, Key};
use super::identity::leaders;
use super::place;
use crate::db::{batch, row};
use crate::directory::read::day;
use crate::seal::SealingKey;
use crate::{Error, Result, Scope, Store};

type Found = BTreeMap<(LoadId, EntryId), Vec<usize>>;
type Enrolments = HashMap<(LoadId, EntryId), Vec<Enrolment>>;

impl Store {
    /// Everybody who answers to any of `keys` on the current versions of the registers licensed to `force`, which
    /// must be in scope. Many children are looked up in one call: a candidate says which keys found it.
    ///
    /// # Errors
    /// [`Error::Sealed`] when a register's key was erased; else as the database says.
    pub async fn candidates(&self, scope: &Scope, force: &str, keys: &[Key]) -> Result<Vec<Candidate>> {
        let registers = self.open_registers(scope, force).await?;
        if registers.is_empty() || keys.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.read().acquire().await?;
        let found = self.find(&mut conn, &registers, keys).await?;
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let wanted: Vec<_> =
            found.keys().map(|(load, entry)| vec![(*load).into(), (*entry).into()]).collect();
        let select = "SELECT e.load_id AS load_id, e.entry_id AS entry_id, setting_id, kind, starts_on, ends_on, attendance \
             FROM v JOIN enrolment e ON e.load_id = v.load AND e.entry_id = v.entry";
        let mut enrolments =
            enrolments(&batch::with(&mut conn, "load, entry", wanted.clone(), select).await?)?;
        let select = "SELECT e.load_id AS load_id, e.entry_id AS entry_id, restricted, doubtful, left_on, sealed_entry \
             FROM v JOIN register_entry e ON e.load_id = v.load AND e.entry_id = v.entry";
        let rows = batch::with(&mut conn, "load, entry", wanted, select).await?;
        let ids: Vec<EntryId> = found.keys().map(|(_, entry)| *entry).collect();
        let identities = leaders(&mut conn, &ids).await?;
        let mut candidates = Vec::with_capacity(rows.len());
        for row in &rows {
            let candidate = open(row, &registers, &found, &mut enrolments)?;
            let identity = identities.get(&candidate.entry).copied().unwrap_or(candidate.entry);
            candidates.push(Candidate { identity, ..candidate });
        }
        candidates.sort_by_key(|candidate| (candidate.load, candidate.entry));
        Ok(candidates)
    }

    async fn find(
        &self,
        conn: &mut AnyConnection,
        registers: &[(Licensed, SealingKey)],
        keys: &[Key],
    ) -> Result<Found> {
        let mut asked: HashMap<[u8; 32], Vec<usize>> = HashMap::new();
        let mut rows = Vec::new();
        for (register, _) in registers {
            for (at, key) in keys.iter().enumerate() {
                let hash = key.hash(self.identity(), &register.source);
                let places = asked.entry(hash).or_default();
                if places.is_empty() {
                    rows.push(vec![register.load.into(), hash.into()]);
                }
                places.push(at);
            }
        }
        let select = "SELECT k.load_id AS load_id, k.hash AS hash, k.entry_id AS entry_id FROM v \
             JOIN register_key k ON k.hash = v.hash AND k.load_id = v.load";
        let mut found = Found::new();
        for row in batch::with(conn, "load, hash", rows, select).await? {
            let hash: [u8; 32] =
                row::bytes(&row, "hash")?.try_into().map_err(|_| Error::Corrupt("hash".into()))?;
            let places = asked.get(&hash).map(Vec::as_slice).unwrap_or_default();
            found.entry(of_entry(&row)?).or_default().extend_from_slice(places);
        }
        Ok(found)
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
            attendance: row::opt_text(found, "attendance")?,
        });
    }
    enrolments.values_mut().for_each(|list| list.sort_by_key(|enrolment| enrolment.setting));
    Ok(enrolments)
}

fn open(
    row: &AnyRow,
    registers: &[(Licensed, SealingKey)],
    found: &Found,
    enrolments: &mut Enrolments,
) -> Result<Candidate> {
    let (load, entry) = of_entry(row)?;
    let register = registers.iter().find(|(register, _)| register.load == load);
    let (register, key) = register.ok_or(Error::NotFound)?;
    let mut found_by = found.get(&(load, entry)).cloned().unwrap_or_default();
    found_by.sort_unstable();
    Ok(Candidate {
        found_by,
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
