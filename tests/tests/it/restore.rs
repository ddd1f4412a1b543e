//! A store restored from an older copy: the police topic and the lifecycle topic give back what it lacks.

use std::fs;
use std::time::Duration;

use anyhow::{Context, ensure};
use encompass_core::state::NotificationState;
use encompass_county::{FORCE, Workload};
use encompass_testkit::smtp::Sink;
use encompass_testkit::{kafka, or_left_out};

use crate::feed::{Feed, workload};
use crate::installation::{Installation, SCOPE, Setup, stop};
use crate::judgement::{balanced, settled};

const TOPIC: &str = "restore";
const WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_store_restored_from_an_older_copy_loses_nothing_and_tells_nobody_twice() -> anyhow::Result<()> {
    let Some(kafka) = or_left_out("Kafka", kafka::shared().await) else { return Ok(()) };
    for topic in [TOPIC, "restore.events", "restore.dlq"] {
        kafka.create_topic(topic, 4).await?;
    }
    let sink = Sink::start().await?;
    let setup = Setup { kafka: Some((&kafka, TOPIC)), relay: Some(sink.port()), ..Setup::default() };
    let installation = Installation::new(setup)?;
    restore(&installation, &kafka, &sink).await.with_context(|| installation.log())
}

async fn restore(installation: &Installation, kafka: &kafka::Client, sink: &Sink) -> anyhow::Result<()> {
    installation.import(workload()).await?;
    installation.verify_lead().await?;
    let mut feed = Feed::new(11);
    process(installation, kafka, &mut feed).await?;
    copy(installation, "data", "copy")?;
    process(installation, kafka, &mut feed).await?;
    let sent = sink.count();
    ensure!(sent >= feed.incidents.len(), "{sent} mails about {} incidents", feed.incidents.len());

    fs::remove_dir_all(installation.path("data"))?;
    copy(installation, "copy", "data")?;
    let mut service = installation.start().await?;
    let store = installation.store().await?;
    settled(&store, TOPIC, &feed, WITHIN).await?;
    let again = sink.mails().into_iter().skip(sent).filter(|mail| mail.to == [Workload::LEAD]).count();
    ensure!(again == 0, "the lead was written to {again} times again");
    stop(&mut service).await?;
    balanced(&store, &feed).await?;
    for (reference, _) in &feed.incidents {
        let case = store.open_case(&SCOPE(), store.identity().incident(FORCE, reference)).await?;
        let told: Vec<_> = case.children[0].told.iter().map(|told| told.state).collect();
        ensure!(told == [NotificationState::Sent], "{reference}: {told:?}");
    }
    Ok(())
}

/// Publishes some messages, has them processed, and stops.
async fn process(installation: &Installation, kafka: &kafka::Client, feed: &mut Feed) -> anyhow::Result<()> {
    let mut service = installation.start().await?;
    feed.publish(kafka, TOPIC, 40).await?;
    let store = installation.store().await?;
    settled(&store, TOPIC, feed, WITHIN).await?;
    store.close().await;
    stop(&mut service).await?;
    Ok(())
}

fn copy(installation: &Installation, from: &str, to: &str) -> anyhow::Result<()> {
    fs::create_dir(installation.path(to))?;
    for entry in fs::read_dir(installation.path(from))? {
        let entry = entry?;
        fs::copy(entry.path(), installation.path(to).join(entry.file_name()))?;
    }
    Ok(())
}
