//! Children that wait for the resolver, by incident, so that brothers and sisters are decided together and a contact
//! gets one delivery for all of them.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::{ChildId, IncidentId, SettingId};
use encompass_core::state::ResolutionKind;
use jiff::Timestamp;
use sqlx::AnyConnection;
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use crate::child::{Child, select_child};
use crate::db::{batch, row};
use crate::incident::body_place;
use crate::seal::SealingKey;
use crate::{Backend, Result, Store, Tx};

/// A child to be looked at.
pub struct Work {
    /// The child.
    pub child: Child,
    /// Settings that said that the child is not there.
    pub excluded: BTreeSet<SettingId>,
    /// Settings that are owed a notification now and were not told.
    pub open: BTreeSet<SettingId>,
    /// When the oldest of those was made.
    pub made_at: Option<Timestamp>,
    /// Whether a person decided on one of them.
    pub is_by_person: bool,
}

/// An incident with its children that wait.
pub struct Case {
    /// The incident.
    pub incident: IncidentId,
    /// Its force.
    pub force: String,
    /// Its key; `None` once it is erased.
    pub key: Option<SealingKey>,
    /// The newest version.
    pub version: i64,
    /// The newest version as it came; `None` when it can't be opened.
    pub body: Option<Zeroizing<Vec<u8>>>,
    /// When the newest version came.
    pub received_at: Timestamp,
    /// When the first came.
    pub first_received_at: Timestamp,
    /// Taken back.
    pub is_withdrawn: bool,
    /// For named people only.
    pub is_restricted: bool,
    /// Never sent to a real contact.
    pub is_exercise: bool,
    /// Never sent.
    pub is_history: bool,
    /// The children that wait.
    pub children: Vec<Work>,
}

/// Cases that were taken. On PostgreSQL they are locked, and passed over by other replicas, until it is dropped; on
/// SQLite nothing is, so that intake goes on writing while they are looked at.
pub struct Batch {
    tx: Option<Tx>,
    store: Store,
    /// The cases, the child whose due time is next first.
    pub cases: Vec<Case>,
}

impl Store {
    /// Takes the cases of the `most` waiting children that are due next.
    ///
    /// # Errors
    /// As the database says.
    pub async fn take_unresolved(&self, most: i64) -> Result<Batch> {
        match self.backend() {
            Backend::Postgres => {
                let mut tx = self.begin().await?;
                let cases = self.read_unresolved(tx.conn(), most).await?;
                Ok(Batch { tx: Some(tx), store: self.clone(), cases })
            }
            Backend::Sqlite => {
                let mut conn = self.read().acquire().await?;
                let cases = self.read_unresolved(&mut conn, most).await?;
                Ok(Batch { tx: None, store: self.clone(), cases })
            }
        }
    }

    async fn read_unresolved(&self, conn: &mut AnyConnection, most: i64) -> Result<Vec<Case>> {
        let select = "SELECT incident.id AS id, incident.force_id AS force_id, incident.wrapped_key AS wrapped_key, \
             incident.latest_version AS latest_version, incident.is_withdrawn AS is_withdrawn, \
             incident.is_restricted AS is_restricted, incident.is_exercise AS is_exercise, \
             incident.is_history AS is_history, incident.received_at AS received_at \
             FROM child JOIN incident ON incident.id = child.incident_id WHERE child.wants_resolver = 1 \
             ORDER BY child.due_at LIMIT $1";
        let select = format!("{select}{}", self.backend().skip_locked());
        let found = sqlx::query(sqlx::AssertSqlSafe(select)).bind(most).fetch_all(&mut *conn).await?;
        let mut cases: Vec<Case> = Vec::new();
        let mut at: BTreeMap<IncidentId, usize> = BTreeMap::new();
        for found in &found {
            let id = row::id(found, "id")?;
            if let std::collections::btree_map::Entry::Vacant(entry) = at.entry(id) {
                entry.insert(cases.len());
                cases.push(self.case(id, found)?);
            }
        }
        if !cases.is_empty() {
            add_children(conn, &mut cases, &at).await?;
            add_bodies(conn, &mut cases, &at).await?;
        }
        Ok(cases)
    }

    fn case(&self, incident: IncidentId, found: &AnyRow) -> Result<Case> {
        let wrapped = row::opt_bytes(found, "wrapped_key")?;
        let received_at = row::instant(found, "received_at")?;
        Ok(Case {
            incident,
            force: row::text(found, "force_id")?,
            key: self.keys().unwrap(&incident.bytes(), wrapped.as_deref()).ok(),
            version: row::int(found, "latest_version")?,
            body: None,
            received_at,
            first_received_at: received_at,
            is_withdrawn: row::flag(found, "is_withdrawn")?,
            is_restricted: row::flag(found, "is_restricted")?,
            is_exercise: row::flag(found, "is_exercise")?,
            is_history: row::flag(found, "is_history")?,
            children: Vec::new(),
        })
    }
}

async fn add_bodies(
    conn: &mut AnyConnection,
    cases: &mut [Case],
    at: &BTreeMap<IncidentId, usize>,
) -> Result<()> {
    let rows = cases.iter().map(|case| vec![case.incident.into(), case.version.into()]).collect();
    let select = "SELECT i.incident_id AS incident_id, i.sealed_body AS sealed_body, i.received_at AS received_at \
         FROM v JOIN incident_version i ON i.incident_id = v.id AND i.version = v.version";
    for found in batch::with(conn, "id, version", rows, select).await? {
        let case = &mut cases[at[&row::id(&found, "incident_id")?]];
        let place = body_place(case.incident, case.version);
        let sealed = row::bytes(&found, "sealed_body")?;
        case.body = case.key.as_ref().and_then(|key| key.open(&place, &sealed).ok());
        case.received_at = row::instant(&found, "received_at")?;
    }
    Ok(())
}

async fn add_children(
    conn: &mut AnyConnection,
    cases: &mut [Case],
    at: &BTreeMap<IncidentId, usize>,
) -> Result<()> {
    let incidents = cases.iter().map(|case| case.incident.into()).collect();
    // Not `= 1`, the words of the index of all that wait: these few are looked up by their incidents.
    let select = select_child!("WHERE child.wants_resolver <> 0 AND child.incident_id IN");
    let mut of: BTreeMap<ChildId, (usize, usize)> = BTreeMap::new();
    for found in batch::within(conn, select, incidents, "").await? {
        let child = Child::from_row(&found)?;
        let case = at[&child.incident];
        of.insert(child.id, (case, cases[case].children.len()));
        let (excluded, open) = (BTreeSet::new(), BTreeSet::new());
        cases[case].children.push(Work { child, excluded, open, made_at: None, is_by_person: false });
    }
    for (child, setting) in exclusions(conn, of.keys().copied()).await? {
        let (case, place) = of[&child];
        cases[case].children[place].excluded.insert(setting);
    }
    let select = "SELECT notification.child_id AS child_id, setting_id, created_at, kind FROM notification \
         JOIN resolution ON resolution.id = notification.resolution_id WHERE state <> 'closed' AND told_at IS NULL \
         AND notification.child_id IN";
    for found in batch::within(conn, select, of.keys().map(|id| (*id).into()).collect(), "").await? {
        let (case, place) = of[&row::id(&found, "child_id")?];
        let work = &mut cases[case].children[place];
        work.open.insert(row::id(&found, "setting_id")?);
        let made_at = row::instant(&found, "created_at")?;
        work.is_by_person |= row::text(&found, "kind")? == ResolutionKind::Decided.as_str();
        work.made_at = Some(work.made_at.map_or(made_at, |before| before.min(made_at)));
    }
    Ok(())
}

async fn exclusions(
    conn: &mut AnyConnection,
    children: impl Iterator<Item = ChildId>,
) -> Result<Vec<(ChildId, SettingId)>> {
    let select = "SELECT child_id, setting_id FROM exclusion WHERE child_id IN";
    let found = batch::within(conn, select, children.map(Into::into).collect(), "").await?;
    found.iter().map(|found| Ok((row::id(found, "child_id")?, row::id(found, "setting_id")?))).collect()
}

impl Batch {
    /// The transaction in which the cases are decided, and what is left of them: where they were not locked, a child
    /// that was decided, told, told anew or excluded somewhere since it was taken waits for the next batch.
    ///
    /// # Errors
    /// As the database says.
    pub async fn begin(self) -> Result<(Tx, Vec<Case>)> {
        let mut cases = self.cases;
        if let Some(tx) = self.tx {
            return Ok((tx, cases));
        }
        let mut tx = self.store.begin().await?;
        let ids: Vec<ChildId> =
            cases.iter().flat_map(|case| &case.children).map(|work| work.child.id).collect();
        let select = "SELECT child.id AS id, child.state AS state, child.told_at AS told_at, \
             incident.latest_version AS latest_version, incident.is_restricted AS is_restricted FROM child JOIN incident ON incident.id = child.incident_id \
             WHERE child.wants_resolver = 1 AND child.id IN";
        let mut unchanged = BTreeMap::new();
        for found in batch::within(tx.conn(), select, ids.iter().map(|id| (*id).into()).collect(), "").await?
        {
            let state = row::text(&found, "state")?;
            let case = (row::int(&found, "latest_version")?, row::flag(&found, "is_restricted")?);
            let seen = (state, row::opt_instant(&found, "told_at")?, case);
            unchanged
                .insert(row::id::<encompass_core::id::of::Child>(&found, "id")?, (seen, BTreeSet::new()));
        }
        for (child, setting) in exclusions(tx.conn(), ids.into_iter()).await? {
            if let Some((_, excluded)) = unchanged.get_mut(&child) {
                excluded.insert(setting);
            }
        }
        for case in &mut cases {
            let newest = (case.version, case.is_restricted);
            case.children.retain(|work| {
                unchanged.get(&work.child.id).is_some_and(|((state, told_at, seen), excluded)| {
                    state == work.child.state.as_str()
                        && *told_at == work.child.told_at
                        && *seen == newest
                        && *excluded == work.excluded
                })
            });
        }
        cases.retain(|case| !case.children.is_empty());
        Ok((tx, cases))
    }
}
