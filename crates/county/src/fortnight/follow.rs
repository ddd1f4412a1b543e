//! The messages of one incident: its report, and what the case has follow it.

use super::alter::Draft;
use super::case::Case;
use super::message::{Payload, Published, Sender};
use super::schedule::{Moments, after};
use super::text::{About, text};
use jiff::Timestamp;
use serde_json::{Value, json};

const REPORTED: &str = "encompass.incident.reported.v1";
const CORRECTED: &str = "encompass.incident.corrected.v1";
const WITHDRAWN: &str = "encompass.incident.withdrawn.v1";

/// The messages of the incident, in any order; each says when it comes.
pub(super) fn messages(
    sender: &mut Sender,
    case: Case,
    reference: &str,
    moments: &Moments,
    draft: &mut Draft,
) -> Vec<Published> {
    let at = moments.published;
    let report = sender.event(at, REPORTED, case, reference, draft.data.clone());
    let random = &mut draft.random;
    // A half of what follows comes within minutes, before anybody was told; the other half the next day.
    let minutes = if random.percent(50) { random.between(1, 4) } else { random.between(300, 1800) };
    let later = after(at, usize::try_from(minutes * 60).unwrap_or(0));
    match case {
        Case::Corrected => {
            let data = corrected(draft, later);
            vec![report, sender.event(later, CORRECTED, case, reference, data)]
        }
        Case::CorrectedDrops => {
            let mut data = corrected(draft, later);
            data["children"].as_array_mut().expect("drafts have a list of children").pop();
            vec![report, sender.event(later, CORRECTED, case, reference, data)]
        }
        Case::Withdrawn => {
            let data = withdrawal(draft, later);
            vec![report, sender.event(later, WITHDRAWN, case, reference, data)]
        }
        Case::WithdrawnFirst => {
            let data = withdrawal(draft, at);
            vec![
                sender.event(at, WITHDRAWN, case, reference, data),
                Published { at: after(at, 95), ..report },
            ]
        }
        Case::Repeated => vec![report.clone(), again(sender, &report, later)],
        Case::VersionConflict => {
            let mut data = draft.data.clone();
            data["circumstances"] =
                json!(format!("{} (rewritten)", text(&mut draft.random, About::Circumstances)));
            vec![report, sender.event(later, REPORTED, case, reference, data)]
        }
        Case::Unreadable => vec![unreadable(report, draft)],
        _ => vec![report],
    }
}

fn corrected(draft: &mut Draft, at: Timestamp) -> Value {
    let mut data = draft.data.clone();
    data["version"] = json!(2);
    data["published_at"] = json!(at.to_string());
    data["risk_grade"] = json!("high");
    data["circumstances"] = json!(text(&mut draft.random, About::Circumstances));
    data
}

fn withdrawal(draft: &mut Draft, at: Timestamp) -> Value {
    json!({
        "force": draft.data["force"],
        "reference": draft.data["reference"],
        "version": 2,
        "reason": text(&mut draft.random, About::Notes),
        "published_at": at.to_string(),
    })
}

/// The same once more: word for word, or as a new event with equal content.
fn again(sender: &mut Sender, report: &Published, at: Timestamp) -> Published {
    match &report.payload {
        Payload::Event(event) if at.as_second() % 2 == 0 => {
            sender.event(at, REPORTED, report.case, &report.reference, event["data"].clone())
        }
        _ => Published { at, ..report.clone() },
    }
}

/// Cut off in the middle, or in a character set that is not UTF-8.
fn unreadable(report: Published, draft: &mut Draft) -> Published {
    let mut bytes = report.record().value;
    if draft.random.percent(50) {
        bytes.truncate(bytes.len() / 2);
    } else {
        let middle = bytes.len() / 2;
        bytes[middle] = 0xFF;
    }
    draft.fates.clear();
    Published { payload: Payload::Bytes(bytes), ..report }
}
