//! Lifecycle events by Kafka, and what they tell a store that was restored.

use std::collections::BTreeMap;

use encompass_testkit::kafka::{Cluster, Message, Record, shared};
use encompass_testkit::or_left_out;
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::made_up::{Running, intake, kafka, reported, sqlite, take_all, topics, until};

fn bodies(records: &[Record]) -> Vec<Value> {
    records.iter().map(|record| serde_json::from_slice(&record.payload).unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn events_are_published_in_each_incidents_order_also_when_the_broker_was_away() {
    let Some(mut cluster) = or_left_out("Kafka", Cluster::start(1).await) else { return };
    let client = cluster.client().clone();
    let topic = topics(&client, "order", 1).await;
    let (store, _folder) = sqlite().await;
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    let versions =
        |version| (0..20).map(|number| reported(&format!("O/{number}"), version)).collect::<Vec<_>>();
    take_all(&store, &versions(1)).await;
    until("the first are published", async || store.unpublished_events(10).await.unwrap().is_empty()).await;
    cluster.kill(0);
    take_all(&store, &versions(2)).await;
    take_all(&store, &versions(3)).await;
    assert!(!store.unpublished_events(10).await.unwrap().is_empty());
    cluster.start_again(0).await.unwrap();
    until("all are published", async || store.unpublished_events(10).await.unwrap().is_empty()).await;
    running.stop().await;
    let mut sequences: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for (record, body) in client
        .read_all(&format!("{topic}.out"))
        .await
        .unwrap()
        .iter()
        .zip(bodies(&client.read_all(&format!("{topic}.out")).await.unwrap()))
    {
        assert_eq!(record.key.as_deref(), body["data"]["incident"].as_str().map(str::as_bytes));
        // Structured mode: the whole event is the value, and the one header says so.
        let structured = "application/cloudevents+json; charset=UTF-8".as_bytes().to_vec();
        assert_eq!(record.headers, [("content-type".to_owned(), structured)]);
        assert_eq!(
            (&body["specversion"], &body["datacontenttype"]),
            (&json!("1.0"), &json!("application/json"))
        );
        let sequences = sequences.entry(body["data"]["incident"].to_string()).or_default();
        let sequence = body["data"]["sequence"].as_u64().unwrap();
        // A repetition is allowed where an acknowledgement was lost; an overtaking is not.
        if !sequences.contains(&sequence) {
            sequences.push(sequence);
        }
    }
    assert_eq!(sequences.len(), 20);
    for (incident, sequences) in sequences {
        let whole: Vec<u64> = (1..=u64::try_from(sequences.len()).unwrap()).collect();
        assert_eq!(sequences, whole, "{incident}");
        assert!(sequences.len() >= 4, "{incident}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn intake_is_ready_only_once_it_knows_what_the_lifecycle_topic_knows() {
    let Some(client) = or_left_out("Kafka", shared().await) else { return };
    let topic = topics(&client, "prior", 1).await;
    let (store, _folder) = sqlite().await;
    let out = format!("{topic}.out");
    for number in 0..3 {
        let id = format!("00000000-0000-8000-8000-00000000000{number}");
        let data = json!({ "notification": id, "after": "sent", "at": "2026-03-02T07:00:00Z" });
        let body = json!({ "source": store.source(), "data": data }).to_string();
        let message = Message { key: "k", headers: &[], payload: body.as_bytes() };
        client.produce(&out, message).await.unwrap();
    }
    let shutdown = CancellationToken::new();
    let first = intake(&store, kafka(&client, &topic));
    assert!(!first.is_ready());
    assert_eq!(encompass_intake::recover(&first, &shutdown).await.unwrap(), Some(0));
    assert!(first.is_ready());
    let end = store.positions(&out).await.unwrap()[0].next_offset;
    assert_eq!(end, 3);
    let second = intake(&store, kafka(&client, &topic));
    assert_eq!(encompass_intake::recover(&second, &shutdown).await.unwrap(), Some(0));
    assert_eq!(store.recovered_notifications().await.unwrap(), 0);
}
