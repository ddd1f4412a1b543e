//! One feed by Kafka: taken once, from where the store says, whatever becomes of topic, broker or store.

use encompass_core::event::RefusalKind;
use encompass_core::state::TaskKind;
use encompass_store::Scope;
use encompass_store::position::{Advance, Counts};
use encompass_testkit::kafka::{Client, shared};
use encompass_testkit::{or_left_out, postgres};
use serde_json::Value;

use crate::made_up::{
    FORCE, Running, accepted_incidents, counts, intake, kafka, now, open, produce, refused, reported, sqlite,
    tasks, topics, until,
};

fn some(prefix: &str, many: usize) -> Vec<Value> {
    (0..many).map(|number| reported(&format!("{prefix}/{number}"), 1)).collect()
}

async fn broker() -> Option<Client> {
    or_left_out("Kafka", shared().await)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_delivered_twice_or_read_from_the_beginning_is_taken_once() {
    let Some(client) = broker().await else { return };
    let topic = topics(&client, "twice", 3).await;
    let (store, _folder) = sqlite().await;
    let events = some("F", 120);
    produce(&client, &topic, &events).await;
    produce(&client, &topic, &events[..40]).await;
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("all are taken", async || counts(&store, &topic).await.read == 160).await;
    running.stop().await;
    let expected = Counts { read: 160, accepted: 120, repeated: 40, refused: 0 };
    assert_eq!(counts(&store, &topic).await, expected);
    let ends: i64 = store.positions(&topic).await.unwrap().iter().map(|position| position.next_offset).sum();
    assert_eq!(ends, 160);
    // Another group and an empty account of positions: everything is read again, and nothing is new.
    let (again, _folder) = sqlite().await;
    let running = Running::start(&intake(&again, kafka(&client, &topic)));
    until("all are taken again", async || counts(&again, &topic).await.read == 160).await;
    running.stop().await;
    assert_eq!(counts(&again, &topic).await, expected);
    // A restart reads nothing again.
    produce(&client, &topic, &some("G", 1)).await;
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("the new one is taken", async || counts(&store, &topic).await.accepted == 121).await;
    running.stop().await;
    assert_eq!(counts(&store, &topic).await.read, 161);
    assert_eq!(tasks(&store).await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_made_anew_is_read_from_its_earliest_and_a_person_is_told() {
    let Some(client) = broker().await else { return };
    let topic = topics(&client, "anew", 1).await;
    let (store, _folder) = sqlite().await;
    produce(&client, &topic, &some("F", 5)).await;
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("the first are taken", async || counts(&store, &topic).await.read == 5).await;
    running.stop().await;
    // As long as the old one, so that only the record before the position tells them apart.
    client.delete_topic(&topic).await.unwrap();
    until("the topic is gone", async || client.create_topic(&topic, 1).await.is_ok()).await;
    produce(&client, &topic, &some("N", 6)).await;
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("all of the new one are taken", async || counts(&store, &topic).await.read == 11).await;
    running.stop().await;
    assert_eq!(counts(&store, &topic).await.accepted, 11);
    assert_eq!(tasks(&store).await, [TaskKind::FeedGap]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_made_anew_while_it_is_read_loses_nothing() {
    let Some(client) = broker().await else { return };
    let topic = topics(&client, "live", 1).await;
    let (store, _folder) = sqlite().await;
    produce(&client, &topic, &some("F", 5)).await;
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("the first are taken", async || counts(&store, &topic).await.read == 5).await;
    client.delete_topic(&topic).await.unwrap();
    until("the topic is gone", async || client.create_topic(&topic, 1).await.is_ok()).await;
    produce(&client, &topic, &some("N", 3)).await;
    until("all of the new one are taken", async || counts(&store, &topic).await.accepted == 8).await;
    running.stop().await;
    assert_eq!(tasks(&store).await, [TaskKind::FeedGap]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_topic_that_goes_away_holds_up_no_other() {
    let Some(client) = broker().await else { return };
    let (gone, stays) = (topics(&client, "gone", 2).await, topics(&client, "stays", 2).await);
    let (store, _folder) = sqlite().await;
    let mut config = kafka(&client, &stays);
    let may_speak = config.kafka.topics[&stays].clone();
    config.kafka.topics.insert(gone.clone(), may_speak);
    produce(&client, &gone, &some("G", 5)).await;
    produce(&client, &stays, &some("S", 5)).await;
    let running = Running::start(&intake(&store, config));
    let both = async || counts(&store, &gone).await.read == 5 && counts(&store, &stays).await.read == 5;
    until("both are taken", both).await;
    client.delete_topic(&gone).await.unwrap();
    for round in 1..=20 {
        produce(&client, &stays, &some(&format!("S{round}"), 5)).await;
        until("the other is taken", async || counts(&store, &stays).await.accepted == 5 + 5 * round).await;
    }
    running.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_position_out_of_range_begins_at_the_earliest_never_at_the_end() {
    let Some(client) = broker().await else { return };
    let topic = topics(&client, "range", 1).await;
    let (store, _folder) = sqlite().await;
    produce(&client, &topic, &some("F", 4)).await;
    let beyond = Advance {
        topic: topic.clone(),
        partition: 0,
        expected: None,
        next_offset: 900,
        fingerprint: Some([9; 32]),
        counts: Counts::default(),
    };
    let mut tx = store.begin().await.unwrap();
    tx.advance(vec![beyond], now()).await.unwrap();
    tx.commit().await.unwrap();
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("all are taken", async || counts(&store, &topic).await.accepted == 4).await;
    running.stop().await;
    assert_eq!(store.positions(&topic).await.unwrap()[0].next_offset, 4);
    assert_eq!(tasks(&store).await, [TaskKind::FeedGap]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_message_never_blocks_its_partition_and_stands_in_the_dead_letter_topic() {
    let Some(client) = broker().await else { return };
    let topic = topics(&client, "refused", 1).await;
    let (store, _folder) = sqlite().await;
    let mut foreign = reported("R/2", 1);
    foreign["data"]["force"] = "elsewhere".into();
    produce(&client, &topic, &[reported("R/1", 1), foreign, Value::from(7), reported("R/3", 1)]).await;
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("all are taken", async || counts(&store, &topic).await.read == 4).await;
    let expected = Counts { read: 4, accepted: 2, repeated: 0, refused: 2 };
    assert_eq!(counts(&store, &topic).await, expected);
    let dlq = format!("{topic}.dlq");
    until("both are mirrored", async || client.read_all(&dlq).await.unwrap().len() == 2).await;
    running.stop().await;
    let mirrored = client.read_all(&dlq).await.unwrap();
    let header = |place: usize, name: &str| {
        let found = mirrored[place].headers.iter().find(|(header, _)| header == name).unwrap();
        String::from_utf8(found.1.clone()).unwrap()
    };
    assert_eq!(header(0, "kind"), RefusalKind::WrongForce.word());
    assert_eq!((header(0, "pointer"), header(0, "offset")), ("/force".into(), "1".into()));
    assert_eq!((header(1, "topic"), header(1, "partition")), (topic.clone(), "0".into()));
    assert_eq!(mirrored[1].payload, b"7");
    assert_eq!(refused(&store).await.len(), 2);
    assert_eq!(store.unmirrored(10, &[]).await.unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_above_a_mebibyte_is_refused_and_kept_and_its_partition_goes_on() {
    let Some(client) = broker().await else { return };
    let topic = format!("large-{}", std::process::id());
    client.create_topic_with(&topic, 1, &[("max.message.bytes", "4194304")]).await.unwrap();
    for (name, partitions) in [("out", 1), ("dlq", 1)] {
        client.create_topic(&format!("{topic}.{name}"), partitions).await.unwrap();
    }
    let (store, _folder) = sqlite().await;
    let sized = |reference: &str, bytes: usize| {
        let mut event = reported(reference, 1);
        event["data"]["padding"] = "".into();
        event["data"]["padding"] = "x".repeat(bytes - event.to_string().len()).into();
        event
    };
    let large = sized("L/2", (1 << 20) + 1);
    let events =
        [reported("L/1", 1), large.clone(), sized("L/3", 1 << 20), Value::from(7), reported("L/4", 1)];
    // One by one: a producer would have to be told to send more than a mebibyte at once.
    for event in &events {
        produce(&client, &topic, std::slice::from_ref(event)).await;
    }
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("all are taken", async || counts(&store, &topic).await.read == 5).await;
    let expected = Counts { read: 5, accepted: 3, repeated: 0, refused: 2 };
    assert_eq!(counts(&store, &topic).await, expected);
    // The dead-letter topic takes no message of that size: it stays in the store, and holds up no other.
    until("the other one is mirrored", async || store.unmirrored(10, &[]).await.unwrap().is_empty()).await;
    running.stop().await;
    let mirrored = client.read_all(&format!("{topic}.dlq")).await.unwrap();
    assert_eq!(mirrored.iter().map(|record| record.payload.clone()).collect::<Vec<_>>(), [b"7".to_vec()]);
    let refused = refused(&store).await;
    let large_one = refused.iter().find(|one| one.kind == RefusalKind::TooLarge).unwrap();
    let desk = Scope::staff("desk".into(), vec![FORCE.into()], Vec::new(), true);
    let opened = store.view_refused(large_one.id, &desk, now()).await.unwrap();
    assert_eq!(opened.message.payload.unwrap().0, large.to_string().into_bytes());
    assert_eq!(tasks(&store).await, [TaskKind::DeadLetter, TaskKind::DeadLetter]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_messages_wait_in_the_store_until_there_is_a_dead_letter_topic() {
    let Some(client) = broker().await else { return };
    let topic = format!("without-{}", std::process::id());
    for name in [topic.clone(), format!("{topic}.out")] {
        client.create_topic(&name, 1).await.unwrap();
    }
    let (store, _folder) = sqlite().await;
    produce(&client, &topic, &[Value::from(7), reported("W/1", 1), Value::from(8)]).await;
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("all are taken", async || counts(&store, &topic).await.read == 3).await;
    until("events go out meanwhile", async || store.unpublished_events(10).await.unwrap().is_empty()).await;
    running.stop().await;
    assert_eq!(refused(&store).await.len(), 2);
    assert_eq!(store.unmirrored(10, &[]).await.unwrap().len(), 2);
    assert_eq!(store.unmirrored(10, &[topic.as_str()]).await.unwrap().len(), 0);
    let dlq = format!("{topic}.dlq");
    client.create_topic(&dlq, 1).await.unwrap();
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("both are mirrored", async || store.unmirrored(10, &[]).await.unwrap().is_empty()).await;
    running.stop().await;
    assert_eq!(client.read_all(&dlq).await.unwrap().len(), 2);
    assert_eq!(refused(&store).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_down_is_waited_for_and_nothing_is_skipped() {
    let Some(client) = broker().await else { return };
    let Some(mut cluster) = or_left_out("PostgreSQL", postgres::Cluster::start().await) else { return };
    let topic = topics(&client, "down", 2).await;
    let store = open(&cluster.database().await.unwrap()).await;
    produce(&client, &topic, &some("F", 30)).await;
    let running = Running::start(&intake(&store, kafka(&client, &topic)));
    until("the first are taken", async || counts(&store, &topic).await.accepted == 30).await;
    cluster.stop().await.unwrap();
    produce(&client, &topic, &some("G", 300)).await;
    until("the store is missed", async || store.ping().await.is_err()).await;
    cluster.start_again().await.unwrap();
    until("all are taken", async || counts(&store, &topic).await.accepted == 330).await;
    running.stop().await;
    assert_eq!(accepted_incidents(&store).await, 330);
    assert_eq!(counts(&store, &topic).await.repeated, 0);
    store.close().await;
}
