//! Reading incidents.

use std::collections::BTreeMap;

use encompass_core::event::{Accepted, Body, Outgoing};
use encompass_core::id::{ChildId, EventId, IncidentId};

use super::accept::Told;
use super::case::{Case, Latest, Named, Seen, VersionKind};
use crate::child::{Child, select_child};
use crate::db::{batch, row};
use crate::seal::SealingKey;
use crate::{Result, Tx, lifecycle};

/// Where a version's body is sealed.
pub(crate) fn body_place(incident: IncidentId, version: i64) -> String {
    format!("incident_version.body {incident} {version}")
}

/// Where a child's reference is sealed.
pub(crate) fn child_place(child: ChildId) -> String {
    format!("child.ref {child}")
}

/// The cases of `ids`, locked until the transaction ends.
pub(super) async fn cases(tx: &mut Tx, mut ids: Vec<IncidentId>) -> Result<BTreeMap<IncidentId, Case>> {
    let for_update = tx.backend().for_update();
    ids.sort_unstable();
    let values = ids.into_iter().map(Into::into).collect();
    let found = batch::within(tx.conn(), "SELECT * FROM incident WHERE id IN", values, for_update).await?;
    let mut cases = BTreeMap::new();
    for found in &found {
        let case = case(tx, found)?;
        cases.insert(case.id, case);
    }
    if !cases.is_empty() {
        add_versions(tx, &mut cases).await?;
        add_children(tx, &mut cases).await?;
    }
    Ok(cases)
}

fn case(tx: &Tx, found: &sqlx::any::AnyRow) -> Result<Case> {
    let id: IncidentId = row::id(found, "id")?;
    let is_erased = row::opt_instant(found, "erased_at")?.is_some();
    let wrapped_key = row::opt_bytes(found, "wrapped_key")?;
    let key = if is_erased { None } else { Some(tx.keys().unwrap(&id.bytes(), wrapped_key.as_deref())?) };
    Ok(Case {
        id,
        key,
        wrapped_key,
        new: None,
        is_erased,
        is_changed: false,
        received_at: Some(row::instant(found, "received_at")?),
        latest: Some(Latest {
            version: row::int(found, "latest_version")?,
            is_withdrawn: row::flag(found, "is_withdrawn")?,
            children: row::int(found, "named_last")?,
            is_restricted: row::flag(found, "is_restricted")?,
            is_exercise: row::flag(found, "is_exercise")?,
            is_history: row::flag(found, "is_history")?,
            known_at: row::instant(found, "known_at")?,
            known_by: row::text(found, "known_by")?,
            recorded_at: row::opt_instant(found, "recorded_at")?,
            published_at: row::opt_instant(found, "published_at")?,
            traceparent: row::opt_text(found, "traceparent")?,
        }),
        is_restricted_late: false,
        versions: BTreeMap::new(),
        children: BTreeMap::new(),
    })
}

impl Tx {
    /// The key that seals an incident's case.
    ///
    /// # Errors
    /// [`crate::Error::Sealed`] when the incident was erased.
    pub async fn incident_key(&mut self, incident: IncidentId) -> Result<SealingKey> {
        let select = "SELECT wrapped_key FROM incident WHERE id = $1";
        let found = sqlx::query(select).bind(incident.bytes().to_vec()).fetch_one(self.conn()).await?;
        self.keys().unwrap(&incident.bytes(), row::opt_bytes(&found, "wrapped_key")?.as_deref())
    }
}

async fn add_versions(tx: &mut Tx, cases: &mut BTreeMap<IncidentId, Case>) -> Result<()> {
    let select = "SELECT incident_id, version, kind, content_hash FROM incident_version WHERE incident_id IN";
    let values = cases.keys().map(|id| (*id).into()).collect();
    for found in batch::within(tx.conn(), select, values, "").await? {
        let case = cases.get_mut(&row::id(&found, "incident_id")?).expect("only these were asked for");
        let is_withdrawn = row::text(&found, "kind")? == VersionKind::Withdrawn.as_str();
        let seen = Seen { content_hash: row::bytes(&found, "content_hash")?, is_withdrawn };
        case.versions.insert(row::int(&found, "version")?, seen);
    }
    Ok(())
}

async fn add_children(tx: &mut Tx, cases: &mut BTreeMap<IncidentId, Case>) -> Result<()> {
    let select = select_child!("WHERE child.incident_id IN");
    let values = cases.keys().map(|id| (*id).into()).collect();
    for found in batch::within(tx.conn(), select, values, "").await? {
        let child = Child::from_row(&found)?;
        let case = cases.get_mut(&child.incident).expect("only these were asked for");
        case.children.insert(child.id, Named::Stored { child, is_named: true });
    }
    Ok(())
}

/// The event that tells a force that a version was accepted.
pub(super) fn accepted_event(told: &Told, sequence: i64, id: EventId) -> Outgoing {
    let body = Body::Accepted(Accepted {
        case: lifecycle::case(told.force.clone(), Some(told.reference.clone()), told.incident, sequence),
        version: told.version,
        children: told.children.iter().map(|id| id.uuid()).collect(),
        marks: told.marks.clone(),
        marks_left_out: told.marks_left_out,
    });
    Outgoing::new(id.uuid(), told.received_at, body)
}
