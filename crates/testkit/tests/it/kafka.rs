use anyhow::Result;
use encompass_testkit::kafka::{Client, Cluster, Message, shared};
use encompass_testkit::{or_left_out, tls};

async fn round_trip(client: &Client, topic: &str) -> Result<()> {
    client.create_topic(topic, 2).await?;
    let message = Message { key: "GM-1", headers: &[("ce_type", "incident")], payload: b"{}" };
    let (partition, offset) = client.produce(topic, message).await?;
    let records = client.read_all(topic).await?;
    assert_eq!(records.len(), 1);
    assert_eq!((records[0].partition, records[0].offset), (partition, offset));
    assert_eq!(records[0].key.as_deref(), Some(&b"GM-1"[..]));
    assert_eq!(records[0].headers, [("ce_type".to_owned(), b"incident".to_vec())]);
    assert_eq!(records[0].payload, b"{}");
    Ok(())
}

#[tokio::test]
async fn a_message_is_read_back_and_its_topic_deleted() -> Result<()> {
    let Some(client) = or_left_out("kafka", shared().await) else { return Ok(()) };
    let topic = format!("testkit-{}", std::process::id());
    round_trip(&client, &topic).await?;
    client.delete_topic(&topic).await?;
    assert!(client.read_all(&topic).await.is_err());
    Ok(())
}

#[tokio::test]
async fn a_quorum_of_three_goes_on_without_one_and_takes_it_back() -> Result<()> {
    let Some(mut cluster) = or_left_out("kafka", Cluster::start(3).await) else { return Ok(()) };
    let client = cluster.client().clone();
    round_trip(&client, "incidents").await?;
    cluster.kill(0);
    let message = Message { key: "GM-2", headers: &[], payload: b"after the kill" };
    client.produce("incidents", message).await?;
    assert_eq!(client.read_all("incidents").await?.len(), 2);
    cluster.start_again(0).await?;
    assert_eq!(client.brokers().await?, 3);
    Ok(())
}

#[tokio::test]
async fn a_secured_broker_takes_only_clients_with_tls_and_an_account() -> Result<()> {
    let ca = tls::Ca::new()?;
    let Some(mut cluster) = or_left_out("kafka", Cluster::start_secured(&ca).await) else { return Ok(()) };
    round_trip(cluster.client(), "incidents").await?;
    assert!(cluster.client().in_clear().brokers().await.is_err());
    cluster.stop(0).await?;
    cluster.start_again(0).await?;
    assert_eq!(cluster.client().read_all("incidents").await?.len(), 1);
    Ok(())
}
