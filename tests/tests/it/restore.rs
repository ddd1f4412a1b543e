//! A store restored from an older copy: the police topic and the lifecycle topic give back what it lacks, what was closed
//! since included.

use std::fs;
use std::time::Duration;

use anyhow::{Context, ensure};
use encompass_core::state::{Hold, NotificationEnd, Reason};
use encompass_county::{FORCE, Workload};
use encompass_store::watch::reconcile;
use encompass_store::{Actor, Store};
use encompass_testkit::smtp::Sink;
use encompass_testkit::{kafka, or_left_out};
use jiff::Timestamp;

use crate::deed::{Deed, expected};
use crate::feed::{Feed, workload};
use crate::installation::{Installation, SCOPE, Setup, now, stop};
use crate::judgement::{settled, still};

const TOPIC: &str = "restore";
const WITHIN: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn a_store_restored_from_an_older_copy_loses_nothing_opens_nothing_and_tells_nobody_twice()
-> anyhow::Result<()> {
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
    process(installation, kafka, &mut feed, None).await?;
    copy(installation, "data", "copy")?;
    let in_copy = feed.incidents.len();
    process(installation, kafka, &mut feed, Some(in_copy)).await?;
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
    let account = reconcile(&store, Timestamp::MIN).await?;
    ensure!(account.is_balanced(), "the account differs: {account:?}");
    for (place, (reference, _)) in feed.incidents.iter().enumerate() {
        let case = store.find_case(&SCOPE(), FORCE, reference).await?;
        let one = &case.children[0];
        let told: Vec<_> = one.told.iter().map(|told| told.state).collect();
        let why = one.child.hold.map(Hold::as_str).or(one.child.reason.map(Reason::as_str));
        let (state, expected_why, notification) = expected(done(place, in_copy));
        ensure!(
            (one.child.state, why, &told[..]) == (state, expected_why, &[notification][..]),
            "{reference}: {:?} {why:?} {told:?}",
            one.child.state
        );
        ensure!(
            one.excluded.len() == usize::from(why == Some("not_here")),
            "{reference}: {:?}",
            one.excluded
        );
    }
    Ok(())
}

/// The first incidents of the copy, and the first after it, are dealt with.
fn done(place: usize, in_copy: usize) -> Option<Deed> {
    let place = if place < in_copy { place } else { place - in_copy };
    [Deed::Open, Deed::Acknowledge, Deed::NotHere, Deed::Close].get(place).copied()
}

async fn deal_with(store: &Store, feed: &Feed, in_copy: usize) -> anyhow::Result<()> {
    let (by, at) = (Actor::Staff("desk".into()), now());
    for (place, (reference, _)) in feed.incidents.iter().enumerate() {
        let Some(deed) = done(place, in_copy) else { continue };
        let case = store.find_case(&SCOPE(), FORCE, reference).await?;
        let mut tx = store.begin().await?;
        let notification = tx.notifications(&[case.children[0].told[0].id]).await?.remove(0);
        match deed {
            Deed::Open => tx.opened(&[notification], "portal", &by, at).await?,
            Deed::Acknowledge => tx.acknowledged(&[notification], "portal", &by, at).await?,
            Deed::NotHere => tx.not_here(&notification, NotificationEnd::NotHere, &by, at).await?,
            Deed::Close => tx.close_children(&[notification.child], Reason::Unsafe, &by, at).await?,
        }
        tx.commit().await?;
    }
    still(store, WITHIN).await
}

/// Publishes some messages, has them processed, deals with some if there is a copy of so many, and stops.
async fn process(
    installation: &Installation,
    kafka: &kafka::Client,
    feed: &mut Feed,
    in_copy: Option<usize>,
) -> anyhow::Result<()> {
    let mut service = installation.start().await?;
    feed.publish(kafka, TOPIC, 40).await?;
    let store = installation.store().await?;
    settled(&store, TOPIC, feed, WITHIN).await?;
    if let Some(in_copy) = in_copy {
        deal_with(&store, feed, in_copy).await?;
    }
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
