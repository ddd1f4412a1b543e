use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use encompass_core::event::{
    EVENT_BYTES_MAX, Inbound, InboundKind, NESTING_MAX, Record, Refusal, RefusalKind, Submitted, from_http,
    from_kafka,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{example, minimal};

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn kafka(headers: &[(&str, &str)], value: &str) -> Result<Inbound, Refusal> {
    let headers: Vec<(&str, &[u8])> = headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    from_kafka(Record { headers: &headers, value: Some(value.as_bytes()) }, EVENT_BYTES_MAX)
}

fn http(headers: &[(&str, &str)], body: &str) -> Result<Submitted, Refusal> {
    let header = |name: &str| headers.iter().find(|(header, _)| *header == name).map(|(_, value)| *value);
    from_http(header, body.as_bytes(), EVENT_BYTES_MAX)
}

fn one(submitted: Submitted) -> Result<Inbound, Refusal> {
    match submitted {
        Submitted::One(item) => item.event,
        Submitted::Many(_) => panic!("one event was sent"),
    }
}

fn event(changes: &[(&str, Value)]) -> String {
    let mut event = json!({
        "specversion": "1.0", "type": "encompass.incident.reported.v1", "source": "urn:rms", "id": "1",
        "time": "2026-01-22T01:00:00Z", "traceparent": TRACE, "data": minimal(),
    });
    for (name, value) in changes {
        event[*name] = value.clone();
    }
    event.to_string()
}

const BINARY: [(&str, &str); 7] = [
    ("ce_specversion", "1.0"),
    ("ce_type", "encompass.incident.reported.v1"),
    ("ce_source", "urn:rms"),
    ("ce_id", "1"),
    ("ce_time", "2026-01-22T01:00:00Z"),
    ("ce_traceparent", TRACE),
    ("content-type", "application/json; charset=utf-8"),
];

#[test]
fn a_version_that_neither_a_number_nor_a_usable_time_puts_in_order_is_marked() {
    let received_at = "2026-01-22T01:01:00Z".parse().unwrap();
    let table = [
        (json!("2026-01-22T01:00:00Z"), Value::Null, 0),
        (Value::Null, json!(3), 0),
        (Value::Null, Value::Null, 1),
        (json!("yesterday"), Value::Null, 1),
        (json!("2036-01-22T01:00:00Z"), Value::Null, 1),
        (Value::Null, json!("abc"), 1),
    ];
    for (time, version, marks) in table {
        let mut data = minimal();
        data["version"] = version.clone();
        let changes = [("time", time.clone()), ("data", data)];
        let content = one(http(&[], &event(&changes)).unwrap()).unwrap().content(received_at).unwrap();
        let found: Vec<String> = content.marks().iter().map(|mark| mark.pointer.to_string()).collect();
        assert_eq!(found, vec!["/version"; marks], "{time} {version}");
    }
}

#[test]
fn a_key_that_stands_twice_in_an_object_is_refused_for_one_of_the_two_would_be_lost() {
    let data = minimal().to_string();
    let children = r#""children":[{"child_ref":"2","names":[{"given":"Ada"}]}],"force""#;
    let twice = data.replacen("\"force\"", children, 1);
    let whole = event(&[]).replace(&data, &twice);
    assert_ne!(whole, event(&[]));
    let nested = event(&[]).replacen("\"given\":", "\"given\":\"A\",\"given\":", 1);
    let encoded = event(&[("data", Value::Null), ("data_base64", json!(STANDARD.encode(&twice)))]);
    for body in [&whole, &nested, &encoded] {
        let by_http = http(&[], body).and_then(one).unwrap_err();
        for refusal in [by_http, kafka(&[], body).unwrap_err()] {
            assert_eq!(refusal.kind, RefusalKind::Unreadable, "{body}");
            assert!(
                refusal.advice.contains("stands twice") && refusal.pointer.is_none(),
                "{}",
                refusal.advice
            );
        }
    }
    assert_eq!(kafka(&BINARY, &twice).unwrap_err().kind, RefusalKind::Unreadable);
    let items = "[{\"a\":1},{\"a\":[{\"a\":1.5},-1,null,true,\"\\u00e9\"]}]";
    let Submitted::Many(items) = http(&[], items).unwrap() else { panic!("an array") };
    assert_eq!(items[1].bytes, "{\"a\":[{\"a\":1.5},-1,null,true,\"é\"]}".as_bytes(), "read as it stands");
}

#[test]
fn an_event_is_the_same_in_every_mode() {
    let expected = Inbound {
        kind: InboundKind::Reported,
        source: "urn:rms".into(),
        id: "1".into(),
        time: Some("2026-01-22T01:00:00Z".parse().unwrap()),
        traceparent: Some(TRACE.into()),
        data: minimal(),
    };
    let body = minimal().to_string();
    let structured = [("content-type", "application/cloudevents+json; charset=UTF-8")];
    assert_eq!(kafka(&structured, &event(&[])).unwrap(), expected);
    assert_eq!(kafka(&[], &event(&[])).unwrap(), expected, "without a content type");
    assert_eq!(kafka(&BINARY, &body).unwrap(), expected);
    let shouted: Vec<(String, &str)> =
        BINARY.iter().map(|(name, value)| (name.to_uppercase(), *value)).collect();
    let shouted: Vec<(&str, &str)> = shouted.iter().map(|(name, value)| (name.as_str(), *value)).collect();
    assert_eq!(kafka(&shouted, &body).unwrap(), expected, "header names in upper case");

    assert_eq!(one(http(&structured, &event(&[])).unwrap()).unwrap(), expected);
    let names: Vec<String> = BINARY.iter().map(|(name, _)| name.replace('_', "-")).collect();
    let binary: Vec<(&str, &str)> =
        names.iter().zip(BINARY).map(|(name, (_, value))| (name.as_str(), value)).collect();
    assert_eq!(one(http(&binary, &body).unwrap()).unwrap(), expected);

    let encoded = event(&[("data", Value::Null), ("data_base64", json!(STANDARD.encode(&body)))]);
    assert_eq!(kafka(&[], &encoded).unwrap(), expected);
    assert_eq!(kafka(&[], &format!("\u{FEFF}{}", event(&[]))).unwrap(), expected, "after a byte order mark");
}

#[test]
fn every_type_of_the_contract_is_known() {
    for (name, kind) in [
        ("reported-minimal", InboundKind::Reported),
        ("corrected", InboundKind::Corrected),
        ("withdrawn", InboundKind::Withdrawn),
        ("tallied", InboundKind::Tallied),
    ] {
        assert_eq!(kafka(&[], &example(name).to_string()).unwrap().kind, kind);
    }
}

#[test]
fn an_array_is_answered_item_by_item() {
    let body = format!("[{}, {}, 7, {}]", event(&[]), minimal(), event(&[("type", json!("other"))]));
    for content_type in ["application/cloudevents-batch+json", "application/json"] {
        let Submitted::Many(items) = http(&[("content-type", content_type)], &body).unwrap() else {
            panic!("an array was sent")
        };
        let kinds: Vec<_> =
            items.iter().map(|item| item.event.as_ref().err().map(|refusal| refusal.kind)).collect();
        let refused = [RefusalKind::NotCloudEvents, RefusalKind::NotCloudEvents, RefusalKind::UnknownType];
        assert_eq!(kinds[0], None);
        assert_eq!(kinds[1..], refused.map(Some));
        assert_eq!(items[1].bytes, minimal().to_string().into_bytes());
    }
}

#[test]
fn what_is_no_event_of_ours_is_refused_with_the_way_out() {
    let deep = format!("{}1{}", "[".repeat(NESTING_MAX + 1), "]".repeat(NESTING_MAX + 1));
    for (value, kind, advice) in [
        ("not json".to_owned(), RefusalKind::Unreadable, "line 1 column 2"),
        (String::new(), RefusalKind::Unreadable, "JSON"),
        (minimal().to_string(), RefusalKind::NotCloudEvents, "application/cloudevents+json"),
        ("[]".into(), RefusalKind::NotCloudEvents, "CloudEvent"),
        (event(&[("specversion", json!("0.3"))]), RefusalKind::NotCloudEvents, "1.0"),
        (event(&[("type", Value::Null)]), RefusalKind::NotCloudEvents, "CloudEvent"),
        (event(&[("type", json!("incident"))]), RefusalKind::UnknownType, "encompass.incidents.tallied.v1"),
        (event(&[("data", Value::Null)]), RefusalKind::MissingRequired, "no data"),
        (event(&[("data", Value::Null), ("data_base64", json!("*"))]), RefusalKind::Unreadable, "base64"),
        (deep, RefusalKind::TooLarge, "32"),
    ] {
        let refusal = kafka(&[], &value).unwrap_err();
        assert_eq!(refusal.kind, kind, "{value}");
        assert!(refusal.advice.contains(advice), "{}", refusal.advice);
        assert_eq!(refusal.pointer, None);
    }
}

#[test]
fn a_limit_in_bytes_holds_for_both_ways_in() {
    let value = event(&[]);
    let bytes = value.as_bytes();
    let refusal = from_kafka(Record { headers: &[], value: Some(bytes) }, bytes.len() - 1).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::TooLarge);
    assert_eq!(from_http(|_| None, bytes, bytes.len() - 1).unwrap_err().kind, RefusalKind::TooLarge);
    assert!(from_http(|_| None, bytes, bytes.len()).is_ok());
    let many = format!("[{}]", vec!["1"; 1001].join(","));
    assert_eq!(http(&[], &many).unwrap_err().kind, RefusalKind::TooLarge);
}

#[test]
fn a_tombstone_is_refused() {
    let refusal = from_kafka(Record { headers: &[], value: None }, EVENT_BYTES_MAX).unwrap_err();
    assert_eq!(refusal.kind, RefusalKind::Unreadable);
    assert!(refusal.advice.contains("withdrawn"));
}

#[test]
fn attributes_that_only_trace_never_stand_in_the_way() {
    let inbound = kafka(
        &[],
        &event(&[
            ("id", Value::Null),
            ("source", json!(7)),
            ("time", json!("2026-01-22T01:00:00")),
            ("traceparent", json!("00-Ada")),
        ]),
    )
    .unwrap();
    assert_eq!((&*inbound.id, &*inbound.source), ("", ""));
    assert_eq!((inbound.time, inbound.traceparent), (None, None));
    let spoken = kafka(&[], &event(&[("id", json!("Ada Lovelace, 3 High Street"))])).unwrap();
    assert_eq!(spoken.id, "", "what is not an id is not kept");
}

#[test]
fn the_messages_trace_context_serves_an_event_that_has_none_of_its_own() {
    let another = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let without = event(&[("traceparent", Value::Null)]);
    for (header, body, expected) in [
        (Some(another), without.as_str(), Some(another)),
        (Some("00-Ada"), without.as_str(), None),
        (None, without.as_str(), None),
        (Some(another), event(&[]).as_str(), Some(TRACE)),
    ] {
        let headers: Vec<(&str, &str)> = header.map(|header| ("traceparent", header)).into_iter().collect();
        assert_eq!(kafka(&headers, body).unwrap().traceparent.as_deref(), expected, "{header:?} by Kafka");
        let sent = one(http(&headers, body).unwrap()).unwrap();
        assert_eq!(sent.traceparent.as_deref(), expected, "{header:?} by HTTP");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_opened_or_refused_and_nothing_panics(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        binary in any::<bool>(),
    ) {
        let headers: Vec<(&str, &[u8])> = BINARY.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let record = Record { headers: if binary { &headers } else { &[] }, value: Some(&bytes) };
        _ = from_kafka(record, EVENT_BYTES_MAX);
        _ = from_http(|_| None, &bytes, EVENT_BYTES_MAX);
    }

    #[test]
    fn no_text_of_an_event_is_shown_by_its_refusal_or_debug_output(
        name in proptest::sample::select(vec!["specversion", "type", "source", "id", "time", "traceparent", "data"]),
    ) {
        let secret = json!("Qzxjwvk");
        for value in [event(&[(name, secret.clone())]), event(&[(name, json!({ "x": secret }))])] {
            let shown = match kafka(&[], &value) {
                Ok(inbound) => format!("{inbound:?}"),
                Err(refusal) => format!("{refusal:?} {refusal}"),
            };
            prop_assert!(!shown.contains("Qzxjwvk"), "{}", shown);
        }
    }
}
