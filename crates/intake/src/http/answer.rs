//! What a force's system is answered about one event.

use axum::http::StatusCode;
use encompass_core::event::{Refusal, RefusalKind};
use encompass_web::Problem;
use encompass_web::problem::FieldError;
use serde_json::{Value, json};

use crate::accept::{Item, Outcome, Said};

/// The answer about one event: its status, and what is said.
pub(super) struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    /// What became of an event.
    pub(super) fn about(item: &Item, outcome: &Outcome) -> Self {
        let (incident, refused) = match outcome {
            Outcome::Accepted(id) | Outcome::Repeated(id) | Outcome::Erased(id) => (Some(id), None),
            Outcome::Tallied => (None, None),
            Outcome::Refused(id, refusal) => (None, Some((id, refusal))),
        };
        if let Some((id, refusal)) = refused {
            let mut body = problem_body(refusal);
            body["dead_letter"] = json!(id);
            return Self { status: status(refusal.kind), body };
        }
        let mut body = json!({ "outcome": outcome.as_str() });
        if let Some(incident) = incident {
            body["incident"] = json!(incident);
        }
        if let Ok(Said::Incident(publication)) = &item.said {
            body["version"] = json!(publication.version);
            body["marks"] = json!(publication.marks);
            body["marks_left_out"] = json!(publication.marks_left_out);
        }
        Self { status: StatusCode::OK, body }
    }
}

/// A refusal as a problem that names the field.
pub(super) fn problem(refusal: &Refusal) -> Problem {
    let problem = Problem::new(status(refusal.kind), slug(refusal.kind), refusal.kind.meaning().trim());
    let Some(pointer) = &refusal.pointer else { return problem.detail(refusal.advice.clone()) };
    let field = FieldError {
        pointer: pointer.to_string(),
        problem: refusal.kind.word().into(),
        advice: refusal.advice.clone(),
    };
    problem.errors(vec![field])
}

fn problem_body(refusal: &Refusal) -> Value {
    serde_json::to_value(problem(refusal)).expect("a problem is written as JSON")
}

/// The word is a word of ours with hyphens, as URNs have them.
const fn slug(kind: RefusalKind) -> &'static str {
    match kind {
        RefusalKind::Unreadable => "unreadable",
        RefusalKind::NotCloudEvents => "not-cloudevents",
        RefusalKind::UnknownType => "unknown-type",
        RefusalKind::MissingRequired => "missing-required",
        RefusalKind::NothingToLookUp => "nothing-to-look-up",
        RefusalKind::TooLarge => "too-large",
        RefusalKind::WrongForce => "wrong-force",
        RefusalKind::VersionConflict => "version-conflict",
    }
}

const fn status(kind: RefusalKind) -> StatusCode {
    match kind {
        RefusalKind::Unreadable | RefusalKind::NotCloudEvents => StatusCode::BAD_REQUEST,
        RefusalKind::UnknownType | RefusalKind::MissingRequired | RefusalKind::NothingToLookUp => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalKind::WrongForce => StatusCode::FORBIDDEN,
        RefusalKind::VersionConflict => StatusCode::CONFLICT,
    }
}
