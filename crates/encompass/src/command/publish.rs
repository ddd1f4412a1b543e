//! Publishing a file's events as a police system would.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use encompass_intake::publish_by_hand;
use serde_json::Value;

use crate::config::Config;

/// How long an answer is waited for.
const WAIT: Duration = Duration::from_secs(30);

/// Posts each event to `/v1/incidents`.
///
/// # Errors
/// When the service is away or refuses one; its problem is printed, which names fields and never values.
pub async fn by_http(events: &[Vec<u8>], url: &str, key_file: Option<&Path>) -> anyhow::Result<()> {
    let key = key_file.context("--key-file names the file that holds the force's key")?;
    let key = std::fs::read_to_string(key).with_context(|| format!("the key file {}", key.display()))?;
    let is_local = url.starts_with("http://127.0.0.1")
        || url.starts_with("http://localhost")
        || url.starts_with("http://[::1]");
    anyhow::ensure!(
        is_local || url.starts_with("https://"),
        "beyond this machine the URL must begin with https://"
    );
    // reqwest is built without cryptography of its own; this fails only where some is installed already.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder().no_proxy().timeout(WAIT).build().context("the HTTP client")?;
    for event in events {
        let answer = client
            .post(format!("{}/v1/incidents", url.trim_end_matches('/')))
            .bearer_auth(key.trim())
            .header("content-type", "application/cloudevents+json")
            .body(event.clone())
            .send()
            .await
            .map_err(|error| error.without_url())
            .context("the service did not answer")?;
        if !answer.status().is_success() {
            let status = answer.status();
            bail!("refused with {status}: {}", answer.text().await.unwrap_or_default());
        }
    }
    Ok(())
}

/// Produces each event to a topic, with the police reference as its key, and waits for every acknowledgement.
///
/// # Errors
/// When no broker is configured, it is not clear which topic is meant, or the broker does not take an event in time.
pub async fn to_kafka(config: &Config, events: &[Vec<u8>], topic: Option<&str>) -> anyhow::Result<()> {
    let records = events.iter().map(|event| {
        let value: Value = serde_json::from_slice(event).context("the event is no JSON")?;
        let key = value["data"]["reference"].as_str().unwrap_or_default().to_owned();
        Ok((key, event.clone()))
    });
    let records = records.collect::<anyhow::Result<Vec<_>>>()?;
    publish_by_hand(&config.intake, topic, records, WAIT).await.context("no broker took the events")
}
