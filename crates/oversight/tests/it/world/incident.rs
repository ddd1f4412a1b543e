//! An incident with one child, as it is accepted.

use encompass_core::id::IncidentId;
use encompass_core::incident::{Incident, content_hash};
use encompass_store::Store;
use encompass_store::incident::{Due, NamedChild, Publication, VersionKind};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::now;

fn body(force: &str, reference: &str, version: i64, seen: bool) -> Value {
    json!({
        "force": force, "reference": reference, "version": version, "known_at": "2026-03-02T23:10:00Z",
        "kind": "Domestic abuse", "abuse": ["physical", "emotional"], "risk_grade": "medium",
        "circumstances": "Shouting heard by a neighbour. A door was broken.",
        "action_taken": "Suspect arrested. Safety plan agreed.",
        "adults": [{"adult_ref": "a1", "role": "victim", "names": [{"given": "Mirela", "family": "Oskansen"}]}],
        "children": [{
            "child_ref": "c1", "names": [{"given": "Tobin", "family": "Oskansen"}], "birth_date": "2016-05-04",
            "present": true, "seen": seen, "own_words": "I was scared.", "setting": "Quillbrook",
            "relationships": [{"adult_ref": "a1", "kind": "mother"}], "upn": "not one"
        }]
    })
}

/// Every text about a person: of an incident, and of the registers' entries that are shown beside it.
pub fn personal() -> Vec<String> {
    let incident = Incident::parse(&body("north", "N/1/26", 1, true), now()).unwrap();
    let entries = ["Tobyn", "Tobias", "2014-05-04", "4 Invented Lane", "ZZ1 9QX"];
    incident.personal_strings().into_iter().chain(entries.map(str::to_owned)).collect()
}

/// What an incident is known by, and whether it is for named people only.
#[derive(Clone, Copy)]
pub struct Known {
    pub force: &'static str,
    pub reference: &'static str,
    pub is_restricted: bool,
}

impl Known {
    pub const fn by(force: &'static str, reference: &'static str) -> Self {
        Self { force, reference, is_restricted: false }
    }
}

/// Accepts a version, as intake does.
pub async fn accept(store: &Store, known: Known, version: i64) -> IncidentId {
    let Known { force, reference, is_restricted } = known;
    let data = body(force, reference, version, version > 1);
    let incident = Incident::parse(&data, now()).unwrap();
    let known_at = "2026-03-02T23:10:00Z".parse().unwrap();
    let kind = if version == 1 { VersionKind::Reported } else { VersionKind::Corrected };
    let publication = Publication {
        force: force.into(),
        reference: reference.into(),
        version,
        kind,
        content_hash: content_hash(&data),
        body: serde_json::to_vec(&data).unwrap().into(),
        marks: incident.marks.clone(),
        marks_left_out: 0,
        known_at,
        known_by: "known_at".into(),
        recorded_at: None,
        published_at: None,
        arrived_at: now(),
        received_at: now() - SignedDuration::from_hours(8) + SignedDuration::from_mins(version),
        source: "http:rms".into(),
        traceparent: None,
        is_restricted,
        is_exercise: false,
        is_history: false,
        children: vec![NamedChild { child_ref: "c1".into(), place: 0 }],
        provisional: due(true),
    };
    let mut tx = store.begin().await.unwrap();
    tx.accept(vec![publication]).await.unwrap();
    tx.commit().await.unwrap();
    incident_id(store, force, reference)
}

/// The incident of a reference that was accepted here.
pub fn incident_id(store: &Store, force: &str, reference: &str) -> IncidentId {
    store.identity().incident(force, reference, now())
}

/// Due at 09:45, three quarters of an hour from now, with its reasoning.
pub fn due(is_provisional: bool) -> Due {
    let reason = json!({
        "known": {"at": "2026-03-02T23:10:00Z", "from": "known"}, "basis": "school_day", "already_open": false,
        "closed": [], "opens_at": "2026-03-03T09:45:00Z", "found": true
    });
    Due { at: "2026-03-03T09:45:00Z".parse().unwrap(), is_provisional, reasoning: reason.to_string() }
}
