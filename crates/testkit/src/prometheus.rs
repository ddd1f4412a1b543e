//! Prometheus scraping what is under test, and `promtool` for its rules.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::time::{Instant, sleep};

use crate::availability::program;
use crate::process::{self, Process, command};
use crate::{Folder, http, ports};

const READY_WITHIN: Duration = Duration::from_secs(60);

/// A Prometheus with an empty database of its own, which scrapes and evaluates five times a second.
#[derive(Debug)]
pub struct Server {
    _process: Process,
    base: String,
    client: reqwest::Client,
    _folder: Folder,
}

impl Server {
    /// Starts a server that scrapes `/metrics` of the targets and evaluates the rule files.
    ///
    /// # Errors
    ///
    /// [`crate::Missing`] without Prometheus; else what its log ends with.
    pub async fn start(targets: &[SocketAddr], rules: &[&Path]) -> anyhow::Result<Server> {
        let prometheus = program("prometheus", &[])?;
        let folder = Folder::new()?;
        let config = folder.file("prometheus.yml", &configuration(targets, rules)?)?;
        let base = format!("http://127.0.0.1:{}", ports::free());
        let mut server = command(&prometheus, None);
        server.arg(format!("--config.file={}", config.display()));
        server.arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()));
        server.arg(format!("--web.listen-address={}", base.trim_start_matches("http://")));
        let log = folder.path().join("prometheus.log");
        let mut process = Process::start("Prometheus", server, &log)?;
        let client = http::client()?;
        let ready = format!("{base}/-/ready");
        let is_ready = async || client.get(&ready).send().await.is_ok_and(|r| r.status().is_success());
        process.ready(READY_WITHIN, is_ready).await?;
        Ok(Server { _process: process, base, client, _folder: folder })
    }

    /// Where its pages and its API are.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The result of an expression now: one object with `metric` and `value` for each series.
    ///
    /// # Errors
    ///
    /// If the expression is wrong or the server does not answer.
    pub async fn query(&self, expression: &str) -> anyhow::Result<Vec<Value>> {
        let mut url = reqwest::Url::parse(&format!("{}/api/v1/query", self.base))?;
        url.query_pairs_mut().append_pair("query", expression);
        let text = self.client.get(url).send().await?.text().await?;
        let answer: Value = serde_json::from_str(&text).context("Prometheus's answer")?;
        match answer["data"]["result"].as_array() {
            Some(series) => Ok(series.clone()),
            None => bail!("{expression}: {}", answer["error"]),
        }
    }

    /// Waits until an expression has a result, as an alert rule's `ALERTS{alertname="…"}`.
    ///
    /// # Errors
    ///
    /// As [`Server::query`], or if there is none when the time is over.
    pub async fn wait_for(&self, expression: &str, within: Duration) -> anyhow::Result<Vec<Value>> {
        let end = Instant::now() + within;
        loop {
            let series = self.query(expression).await?;
            if !series.is_empty() {
                return Ok(series);
            }
            if Instant::now() > end {
                bail!("no result within {within:?}: {expression}");
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

/// `promtool check rules`: whether a rule file is well formed; its output.
///
/// # Errors
///
/// [`crate::Missing`] without promtool; else what it found wrong.
pub async fn check_rules(file: &Path) -> anyhow::Result<String> {
    promtool("check", file).await
}

/// `promtool test rules`: whether rules do on made-up series what the file says; its output.
///
/// # Errors
///
/// As [`check_rules`].
pub async fn test_rules(file: &Path) -> anyhow::Result<String> {
    promtool("test", file).await
}

async fn promtool(verb: &str, file: &Path) -> anyhow::Result<String> {
    let mut promtool = command(&program("promtool", &[])?, None);
    promtool.args([verb, "rules"]).arg(file);
    process::run("promtool", promtool, READY_WITHIN).await
}

/// JSON, which is YAML too.
fn configuration(targets: &[SocketAddr], rules: &[&Path]) -> anyhow::Result<String> {
    let targets: Vec<_> = targets.iter().map(ToString::to_string).collect();
    let rules: Vec<_> =
        rules.iter().map(|file| file.canonicalize().context("rule file")).collect::<Result<_, _>>()?;
    let configuration = serde_json::json!({
        "global": {"scrape_interval": "200ms", "scrape_timeout": "200ms", "evaluation_interval": "200ms"},
        "rule_files": rules,
        "scrape_configs": [{"job_name": "encompass", "static_configs": [{"targets": targets}]}],
    });
    Ok(configuration.to_string())
}
