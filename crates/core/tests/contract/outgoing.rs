use encompass_core::event::{Accepted, Body, Case, Changed, Outgoing, Place, Refusal, Refused};
use encompass_core::incident::Incident;
use serde_json::json;
use uuid::Uuid;

use crate::documents::validator;
use crate::{minimal, received_at};

fn case() -> Case {
    Case { force: "hartshire".into(), reference: "HC-1".into(), incident: Uuid::from_u128(1), sequence: 4 }
}

fn changed(notification: Option<Uuid>) -> Changed {
    Changed {
        case: case(),
        child: Uuid::from_u128(2),
        notification,
        setting_kind: Some("school"),
        before: None,
        after: "planned",
        due_at: Some(received_at()),
        reason: None,
    }
}

fn outgoing(body: Body) -> Outgoing {
    Outgoing::new(Uuid::from_u128(9), received_at(), body)
}

fn bodies() -> Vec<Body> {
    let mut data = minimal();
    data["risk_grade"] = json!("severe");
    let marks = Incident::parse(&data, received_at()).unwrap().marks;
    assert_eq!(marks.len(), 1);
    let place = Some(Place { topic: "police.incidents.v1".into(), partition: 3, offset: 17 });
    let refused = |reference: Option<String>, place, refusal| {
        Body::Refused(Refused {
            force: "hartshire".into(),
            reference,
            dead_letter: Uuid::from_u128(3),
            place,
            refusal,
        })
    };
    vec![
        Body::Accepted(Accepted {
            case: case(),
            version: 2,
            children: vec![Uuid::from_u128(2)],
            marks,
            marks_left_out: 0,
        }),
        refused(None, place, Refusal::too_large(10)),
        refused(Some("HC-1".into()), None, Refusal::version_conflict()),
        refused(None, None, Refusal::wrong_force()),
        Body::Changed(changed(None)),
        Body::Changed(changed(Some(Uuid::from_u128(5)))),
    ]
}

#[test]
fn every_event_that_we_publish_fits_its_schema() {
    for body in bodies() {
        let event = outgoing(body).to_json("urn:encompass:test");
        let event_type = event["type"].as_str().unwrap();
        let errors: Vec<String> =
            validator(event_type).iter_errors(&event["data"]).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{event_type}: {errors:?}");
    }
}

#[test]
fn an_event_is_a_cloudevent_keyed_by_our_id_of_the_incident() {
    let event = outgoing(Body::Changed(changed(Some(Uuid::from_u128(5)))));
    assert_eq!(event.key(), Uuid::from_u128(1));
    assert_eq!(
        event.to_json("urn:encompass:test"),
        json!({
            "specversion": "1.0",
            "type": "encompass.notification.changed.v1",
            "source": "urn:encompass:test",
            "id": "00000000-0000-0000-0000-000000000009",
            "time": "2026-01-23T08:00:00Z",
            "subject": "00000000-0000-0000-0000-000000000001",
            "datacontenttype": "application/json",
            "data": {
                "force": "hartshire",
                "reference": "HC-1",
                "incident": "00000000-0000-0000-0000-000000000001",
                "sequence": 4,
                "child": "00000000-0000-0000-0000-000000000002",
                "notification": "00000000-0000-0000-0000-000000000005",
                "setting_kind": "school",
                "after": "planned",
                "due_at": "2026-01-23T08:00:00Z",
                "at": "2026-01-23T08:00:00Z",
            },
        })
    );
}

#[test]
fn the_senders_trace_context_goes_out_with_what_follows_from_its_event() {
    let traceparent = Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned());
    let event = Outgoing { traceparent: traceparent.clone(), ..outgoing(Body::Changed(changed(None))) };
    assert_eq!(event.to_json("urn:encompass:test")["traceparent"].as_str(), traceparent.as_deref());
    assert!(
        outgoing(Body::Changed(changed(None))).to_json("urn:encompass:test").get("traceparent").is_none()
    );
}

#[test]
fn a_mark_goes_out_with_its_place_and_without_its_value() {
    let event = outgoing(bodies().remove(0)).to_json("urn:encompass:test");
    assert_eq!(event["data"]["marks"][0]["pointer"], "/risk_grade");
    assert_eq!(event["data"]["marks"][0]["problem"], "unknown_word");
    assert!(!event.to_string().contains("severe"));
}
