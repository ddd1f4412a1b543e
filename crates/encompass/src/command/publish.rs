//! Publishing a file's events as a police system would.

use std::net::IpAddr;
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
    anyhow::ensure!(is_protected(url), "beyond this machine the URL must begin with https://");
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

/// Whether nobody on the way can read what is sent there: TLS, or this machine.
fn is_protected(url: &str) -> bool {
    let Ok(url) = reqwest::Url::parse(url) else { return false };
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let is_local = host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    url.scheme() == "https" || (url.scheme() == "http" && is_local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_sent_in_clear_to_this_machine_only() {
        for (url, protected) in [
            ("https://api.example", true),
            ("http://127.0.0.1:8081", true),
            ("http://localhost:8081/", true),
            ("http://[::1]:8081", true),
            ("http://127.0.0.1.example.org", false),
            ("http://localhost.example.org", false),
            ("http://localhost@example.org", false),
            ("http://api.example", false),
            ("ftp://localhost", false),
            ("api.example", false),
        ] {
            assert_eq!(is_protected(url), protected, "{url}");
        }
    }
}
