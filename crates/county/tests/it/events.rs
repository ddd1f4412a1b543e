//! Every message is read by the contract's own reader and checked against its schema.

use crate::DEMO;
use encompass_core::event::{
    Content, EVENT_BYTES_MAX, Inbound, Record, Refusal, RefusalKind, documents, from_kafka,
};
use encompass_county::{Case, FORCE, Published};
use jsonschema::Validator;
use std::collections::HashMap;

fn open(message: &Published) -> Result<Inbound, Refusal> {
    let record = message.record();
    let headers: Vec<(&str, &[u8])> =
        record.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    from_kafka(Record { headers: &headers, value: Some(&record.value) }, EVENT_BYTES_MAX)
}

#[test]
fn messages_are_accepted_refused_and_marked_as_their_case_says() {
    for message in &DEMO.1.published {
        let content = open(message).and_then(|event| event.content(message.at));
        match (message.case, content) {
            (Case::Unreadable, Err(refusal)) => assert_eq!(refusal.kind, RefusalKind::Unreadable),
            (Case::LacksReference, Err(refusal)) => assert_eq!(refusal.kind, RefusalKind::MissingRequired),
            (case, Ok(Content::Incident(incident))) => {
                let marked = matches!(case, Case::MarkedFields | Case::MarkedGuard | Case::NothingToLookUp);
                assert_eq!(!incident.marks.is_empty(), marked, "{case:?}: {:?}", incident.marks);
                assert_eq!(incident.guard_unread, case == Case::MarkedGuard, "{case:?}");
                assert_eq!(&*incident.force == FORCE, case != Case::WrongForce);
            }
            (_, Ok(Content::Withdrawal(withdrawal))) => assert!(withdrawal.marks.is_empty()),
            (_, Ok(Content::Tally(tally))) => assert!(tally.marks.is_empty()),
            (case, Err(refusal)) => panic!("{case:?}: {refusal}"),
        }
    }
}

#[test]
fn events_without_intended_faults_are_valid_by_the_schema() {
    let validators: HashMap<&str, Validator> = documents()
        .iter()
        .map(|document| (document.event_type, jsonschema::validator_for(&document.schema()).unwrap()))
        .collect();
    let mut valid = 0;
    for message in &DEMO.1.published {
        let Some(event) = message.event() else { continue };
        let faulty = matches!(
            message.case,
            Case::MarkedFields | Case::MarkedGuard | Case::NothingToLookUp | Case::LacksReference
        );
        let result = validators[event["type"].as_str().unwrap()].validate(&event["data"]);
        assert_eq!(
            result.is_err(),
            faulty,
            "{:?}: {:?}",
            message.case,
            result.err().map(|it| it.instance_path().to_string())
        );
        valid += usize::from(!faulty);
    }
    assert!(valid > 600);
}

#[test]
fn both_modes_of_the_binding_are_used() {
    let binary = DEMO.1.published.iter().filter(|message| message.binary).count();
    assert!((20..200).contains(&binary), "{binary}");
}
