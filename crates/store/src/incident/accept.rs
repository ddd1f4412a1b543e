//! Accepting what police systems publish: once, in batches, whatever is redelivered or comes out of order.
//!
//! An incident is (force, reference). The same version with equal content is a repeat; with other content
//! a conflict, which the caller refuses. The highest version holds, in whatever order they come.

use std::collections::BTreeMap;

use encompass_core::id::{ChildId, IdentityKey, IncidentId, ReferenceHash};
use encompass_core::incident::{MARKS_MAX, Mark, Problem};
use encompass_core::state::TaskKind;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::case::{Case, Due, Named, NamedChild, Seen, VersionKind};
use super::recognise::{Recognised, recognise};
use super::{read, settle};
use crate::db::{Value, batch};
use crate::{Actor, Error, Result, Signal, Tx, audit_log};

/// One version of an incident as a police system published it and intake read it.
#[derive(Clone)]
pub struct Publication {
    /// Who published.
    pub force: String,
    /// Their reference.
    pub reference: String,
    /// Rises with every event about the incident.
    pub version: i64,
    /// What the event says.
    pub kind: VersionKind,
    /// Hash of the content, independent of spelling.
    pub content_hash: [u8; 32],
    /// The event's data as JSON. Sealed.
    pub body: Zeroizing<Vec<u8>>,
    /// What was set aside or mended. No personal data.
    pub marks: Vec<Mark>,
    /// How many more there would have been.
    pub marks_left_out: usize,
    /// When the force attended or was told (see `core::due`).
    pub known_at: Timestamp,
    /// Which of the times that is.
    pub known_by: String,
    /// When the force recorded it.
    pub recorded_at: Option<Timestamp>,
    /// When the force published it.
    pub published_at: Option<Timestamp>,
    /// When its message stood on the topic, the same in a replay; by HTTP our receipt.
    pub arrived_at: Timestamp,
    /// When it reached us.
    pub received_at: Timestamp,
    /// Where it came from: topic, partition and offset, or HTTP.
    pub source: String,
    /// The sender's trace context. It serves tracing only.
    pub traceparent: Option<String>,
    /// The case is for named people only.
    pub is_restricted: bool,
    /// Never sent to a real contact, counted apart.
    pub is_exercise: bool,
    /// Counts as an earlier incident, never sent.
    pub is_history: bool,
    /// The children it names.
    pub children: Vec<NamedChild>,
    /// Until when, while a child has no setting.
    pub provisional: Due,
}

/// What became of a publication.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acceptance {
    /// The first that we hear of the incident.
    New(IncidentId),
    /// A version higher than all before.
    Newer(IncidentId),
    /// A version lower than one that we have: kept beside it.
    Older(IncidentId),
    /// The same version with equal content.
    Repeated(IncidentId),
    /// The same version with other content: nothing was stored.
    Conflict(IncidentId),
    /// The incident was erased: nothing was stored.
    Erased(IncidentId),
}

impl Tx {
    /// Accepts publications in their order and says what became of each.
    ///
    /// # Errors
    /// [`Error::Unavailable`] also when another replica accepted one of the incidents at the same moment:
    /// repeat the whole transaction.
    pub async fn accept(&mut self, publications: Vec<Publication>) -> Result<Vec<Acceptance>> {
        let Recognised { incidents, stored } = recognise(self, &publications).await?;
        let mut cases = read::cases(self, stored).await?;
        let mut rows = Rows::default();
        let mut verdicts = Vec::with_capacity(incidents.len());
        for (publication, (hash, id)) in publications.into_iter().zip(incidents) {
            let case = cases.entry(id).or_insert_with(|| self.new_case(hash, id));
            verdicts.push(take(self.identity(), case, publication, &mut rows));
        }
        settle::write(self, cases, rows).await.map_err(|error| match error {
            Error::Constraint(_) => Error::Unavailable("another replica accepted the same incident"),
            other => other,
        })?;
        Ok(verdicts)
    }

    fn new_case(&self, reference_hash: ReferenceHash, id: IncidentId) -> Case {
        let (key, wrapped) = self.keys().draw(&id.bytes());
        Case {
            id,
            new: Some(reference_hash),
            key: Some(key),
            wrapped_key: Some(wrapped),
            is_erased: false,
            is_changed: false,
            received_at: None,
            latest: None,
            is_restricted_late: false,
            versions: BTreeMap::new(),
            children: BTreeMap::new(),
        }
    }

    /// Opens a task about a whole incident.
    pub(super) fn incident_task(
        force: &str,
        kind: TaskKind,
        incident: IncidentId,
        version: i64,
        due_at: Timestamp,
    ) -> crate::task::New {
        let mut task = crate::task::New::about(force, kind, format!("incident:{incident}:{version}"), due_at);
        task.incident = Some(incident);
        task
    }
}

/// What a batch writes beside the cases themselves.
#[derive(Default)]
pub(super) struct Rows {
    pub versions: Vec<Vec<Value>>,
    pub repeats: Vec<Vec<Value>>,
    pub told: Vec<Told>,
}

/// A publication that was stored: what its audit row and its event need.
#[derive(Clone)]
pub(super) struct Told {
    pub force: String,
    pub reference: String,
    pub incident: IncidentId,
    pub version: i64,
    pub kind: VersionKind,
    pub source: String,
    pub marks: Vec<Mark>,
    pub marks_left_out: usize,
    pub children: Vec<ChildId>,
    pub received_at: Timestamp,
    pub is_newest: bool,
}

impl Told {
    /// Whether its number is not to be compared with those of the versions before it.
    pub(super) fn is_numbered_otherwise(&self) -> bool {
        self.marks.iter().any(|mark| mark.problem == Problem::NumberedOtherwise)
    }
}

/// Takes one publication into its case.
fn take(
    identity: &IdentityKey,
    case: &mut Case,
    mut publication: Publication,
    rows: &mut Rows,
) -> Acceptance {
    if case.is_erased {
        return Acceptance::Erased(case.id);
    }
    if let Some(seen) = case.versions.get(&publication.version) {
        if seen.content_hash != publication.content_hash {
            return Acceptance::Conflict(case.id);
        }
        rows.repeats.push(vec![case.id.into(), publication.version.into()]);
        return Acceptance::Repeated(case.id);
    }
    if let Some(version) = case.repeated_by(&publication) {
        rows.repeats.push(vec![case.id.into(), version.into()]);
        return Acceptance::Repeated(case.id);
    }
    if case.is_numbered_otherwise(publication.version) {
        if publication.marks.len() == MARKS_MAX {
            publication.marks.pop();
            publication.marks_left_out += 1;
        }
        publication.marks.push(Mark::of_version(Problem::NumberedOtherwise));
    }
    let before = case.latest.as_ref().map(|latest| latest.version);
    let is_newest = before.is_none_or(|before| publication.version > before);
    name_children(identity, case, &publication, is_newest);
    let first_received_at = *case.received_at.get_or_insert(publication.received_at);
    let latest = case.latest_with(&publication, first_received_at);
    if case.latest.as_ref() != Some(&latest) {
        let was_restricted = case.latest.as_ref().is_some_and(|before| before.is_restricted);
        case.is_restricted_late |= !is_newest && !was_restricted && latest.is_restricted;
        case.latest = Some(latest);
        case.is_changed = true;
    }
    store_version(identity, case, publication, is_newest, rows);
    match before {
        None => Acceptance::New(case.id),
        Some(_) if is_newest => Acceptance::Newer(case.id),
        Some(_) => Acceptance::Older(case.id),
    }
}

/// The highest version says who is named; a child that only a lower one names is accounted for, as not named.
fn name_children(identity: &IdentityKey, case: &mut Case, publication: &Publication, is_newest: bool) {
    if is_newest && publication.kind != VersionKind::Withdrawn {
        case.children.values_mut().for_each(|named| named.set_named(false));
    }
    for child in &publication.children {
        let id = identity.child(case.id, &child.child_ref);
        match case.children.entry(id) {
            std::collections::btree_map::Entry::Occupied(mut entry) if is_newest => {
                entry.get_mut().set_named(true)
            }
            std::collections::btree_map::Entry::Occupied(_) => {}
            std::collections::btree_map::Entry::Vacant(entry) => {
                entry.insert(Named::New {
                    child_ref: child.child_ref.clone(),
                    place: child.place,
                    named_in: publication.version,
                    due: publication.provisional.clone(),
                    received_at: publication.received_at,
                    is_named: is_newest,
                });
                case.is_changed = true;
            }
        }
    }
}

fn store_version(
    identity: &IdentityKey,
    case: &mut Case,
    publication: Publication,
    is_newest: bool,
    rows: &mut Rows,
) {
    let key = case.key.as_ref().expect("a case that is not erased has its key");
    let place = read::body_place(case.id, publication.version);
    rows.versions.push(vec![
        publication.force.clone().into(),
        case.id.into(),
        publication.version.into(),
        publication.kind.as_str().into(),
        publication.content_hash.into(),
        key.seal(&place, &publication.body).into(),
        serde_json::to_string(&publication.marks).expect("marks are written as JSON").into(),
        i64::try_from(publication.marks.len() + publication.marks_left_out).unwrap_or(i64::MAX).into(),
        publication.known_at.into(),
        publication.received_at.into(),
        publication.source.clone().into(),
        0_i64.into(),
        publication.traceparent.into(),
    ]);
    let is_withdrawn = publication.kind == VersionKind::Withdrawn;
    let seen = Seen { content_hash: publication.content_hash.to_vec(), is_withdrawn };
    case.versions.insert(publication.version, seen);
    rows.told.push(Told {
        force: publication.force,
        reference: publication.reference,
        incident: case.id,
        version: publication.version,
        kind: publication.kind,
        source: publication.source,
        children: publication
            .children
            .iter()
            .map(|child| identity.child(case.id, &child.child_ref))
            .collect(),
        marks: publication.marks,
        marks_left_out: publication.marks_left_out,
        received_at: publication.received_at,
        is_newest,
    });
}

/// Writes the versions and tells of them, before anything that follows from them is told.
pub(super) async fn insert_versions(tx: &mut Tx, rows: Rows) -> Result<Vec<Told>> {
    let head = "INSERT INTO incident_version (force_id, incident_id, version, kind, content_hash, sealed_body, marks, \
         mark_count, known_at, received_at, source, repeats, traceparent)";
    batch::insert(tx.conn(), head, rows.versions, "").await?;
    let update = "UPDATE incident_version SET repeats = repeats + 1 FROM v \
         WHERE incident_version.incident_id = v.id AND incident_version.version = v.version \
         RETURNING incident_version.version AS version";
    batch::with(tx.conn(), "id, version", rows.repeats, update).await?;
    for told in &rows.told {
        tell(tx, told.clone());
    }
    tx.wake(Signal::Resolver);
    Ok(rows.told)
}

/// Tells the force that its event was accepted, with what was set aside, and writes the audit row.
fn tell(tx: &mut Tx, told: Told) {
    let subject = format!("incident:{} version {}", told.incident, told.version);
    let entry = audit_log::Entry::new(
        &told.force,
        told.received_at,
        Actor::Service("intake"),
        "incident.accepted",
        subject,
    );
    tx.audit(entry.of(told.incident).because(format!("{} from {}", told.kind.as_str(), told.source)));
    let (force, incident, at) = (told.force.clone(), told.incident, told.received_at);
    tx.emit_about_incident(&force, incident, at, move |sequence, id| {
        super::read::accepted_event(&told, sequence, id)
    });
}
