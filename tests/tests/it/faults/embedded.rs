//! One process on SQLite, with intake by HTTP.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, bail};
use encompass_county::{FORCE, Random};
use encompass_testkit::http;
use encompass_testkit::smtp::Sink;

use super::{SETTLED_WITHIN, pass};
use crate::deed::Acted;
use crate::events::Events;
use crate::feed::{Feed, workload};
use crate::installation::{Installation, READY_WITHIN, Setup, stop, until};
use crate::judgement::{judge, still};
use crate::seed::seed;

/// How often the one process on SQLite is killed.
const KILLS: usize = 14;

#[tokio::test(flavor = "multi_thread")]
async fn kills_on_sqlite_under_load_by_http_lose_nothing_and_tell_nobody_twice() -> anyhow::Result<()> {
    let (sink, seed) = (Sink::start().await?, seed());
    let installation = Installation::new(Setup { relay: Some(sink.port()), ..Setup::default() })?;
    let ran = kills(&installation, &sink, seed).await;
    ran.with_context(|| format!("seed {seed}\n{}", installation.log()))
}

async fn kills(installation: &Installation, sink: &Sink, seed: u64) -> anyhow::Result<()> {
    installation.import(workload()).await?;
    installation.verify_lead().await?;
    let key = installation.command(&["api-key", "create", "--force", FORCE, "--label", "rms"], "").await?;
    let mut service = installation.start().await?;
    let (enough, mut random) = (AtomicBool::new(false), Random::keyed(seed, "kills"));
    let kill = async {
        for _ in 0..KILLS {
            pass(&mut random, 300, 3500).await;
            if let Ok(status) = service.ended(Duration::ZERO).await {
                bail!("it ended by itself: {status}");
            }
            service.spawn_again()?;
        }
        service.ready(READY_WITHIN).await?;
        enough.store(true, Ordering::Release);
        Ok(())
    };
    let (feed, killed) = tokio::join!(post_until(&enough, installation, key.trim(), seed), kill);
    let (feed, ()) = (feed?, killed?);
    let store = installation.store().await?;
    still(&store, SETTLED_WITHIN).await?;
    let summary = judge(&store, &feed, sink, &Events::stored(&store).await?, &Acted::default()).await?;
    stop(&mut service).await?;
    eprintln!("seed {seed}: {KILLS} kills: {summary}");
    Ok(())
}

/// Posts one event after another, each until it is answered, as a police system does.
async fn post_until(enough: &AtomicBool, at: &Installation, key: &str, seed: u64) -> anyhow::Result<Feed> {
    let (client, mut feed) = (http::client()?, Feed::new(seed));
    let url = format!("http://127.0.0.1:{}/v1/incidents", at.first.api);
    while !enough.load(Ordering::Acquire) {
        let (_, event) = feed.next();
        let is_answered = async || {
            let request = client.post(&url).bearer_auth(key).body(event.clone());
            let answer = request.header("content-type", "application/cloudevents+json").send().await;
            let status = answer.map_or(503, |answer| answer.status().as_u16());
            Ok(status < 500 && status != 429)
        };
        until("an answer", READY_WITHIN, is_answered).await?;
    }
    Ok(feed)
}
