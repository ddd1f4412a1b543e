//! Two replicas on one PostgreSQL store.

use encompass_testkit::kafka::shared;
use encompass_testkit::{or_left_out, postgres};
use serde_json::Value;

use crate::made_up::{
    Running, accepted_incidents, counts, intake, kafka, open, produce, reported, tasks, topics, until,
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_replicas_share_a_topic_and_take_everything_once_through_every_rebalance() {
    let Some(client) = or_left_out("Kafka", shared().await) else { return };
    let Some(server) = or_left_out("PostgreSQL", postgres::shared().await) else { return };
    let topic = topics(&client, "replicas", 4).await;
    let url = server.database().await.unwrap();
    let (one, two) = (open(&url).await, open(&url).await);
    let events: Vec<Value> = (0..600).map(|number| reported(&format!("D/{number}"), 1)).collect();
    let first = Running::start(&intake(&one, kafka(&client, &topic)));
    produce(&client, &topic, &events[..200]).await;
    until("the first replica takes some", async || counts(&one, &topic).await.read > 0).await;
    let second = Running::start(&intake(&two, kafka(&client, &topic)));
    produce(&client, &topic, &events[200..400]).await;
    until("most are taken", async || counts(&one, &topic).await.read >= 300).await;
    first.stop().await;
    produce(&client, &topic, &events[400..]).await;
    until("all are taken", async || counts(&two, &topic).await.read >= 600).await;
    second.stop().await;
    let counts = counts(&one, &topic).await;
    assert_eq!((counts.read, counts.accepted, counts.repeated), (600, 600, 0));
    assert_eq!(accepted_incidents(&one).await, 600);
    assert_eq!(tasks(&one).await, []);
    one.close().await;
    two.close().await;
}
