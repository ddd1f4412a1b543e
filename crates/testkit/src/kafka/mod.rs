//! Apache Kafka in KRaft mode: one broker, or several in one quorum.

mod client;
mod settings;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use futures::future::try_join_all;
use rustix::process::Signal;
use tokio::sync::OnceCell;

pub use client::{Client, Message, Record};
pub use settings::Sasl;

use crate::availability::{program, variable};
use crate::process::{self, Process, command};
use crate::{Folder, Missing, project, tls};
use settings::Node;

/// Long enough for three brokers on a machine that is also compiling.
const READY_WITHIN: Duration = Duration::from_secs(90);

/// Brokers of our own, which a test may kill, stop and start again.
#[derive(Debug)]
pub struct Cluster {
    nodes: Vec<Node>,
    running: Vec<Option<Process>>,
    java: PathBuf,
    client: Client,
    folder: Folder,
}

/// The broker that tests share by using topics of their own: the one `ENCOMPASS_TEST_KAFKA` names
/// (`host:port,…`, without TLS), else one broker started for this test process.
///
/// # Errors
///
/// As [`Cluster::start`].
pub async fn shared() -> anyhow::Result<Client> {
    static SHARED: OnceCell<Cluster> = OnceCell::const_new();
    if let Some(bootstrap) = variable("ENCOMPASS_TEST_KAFKA") {
        return Ok(Client::new(bootstrap, None));
    }
    Ok(SHARED.get_or_try_init(|| Cluster::start(1)).await?.client().clone())
}

impl Cluster {
    /// Starts `brokers` brokers, each also a controller, without TLS.
    ///
    /// # Errors
    ///
    /// [`Missing`] without Java or Kafka's jars; else what a broker's log ends with.
    pub async fn start(brokers: usize) -> anyhow::Result<Cluster> {
        Self::start_nodes(settings::nodes(brokers, None)?, None).await
    }

    /// Starts one broker whose clients must use TLS and sign in by SCRAM-SHA-512.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start`].
    pub async fn start_secured(ca: &tls::Ca) -> anyhow::Result<Cluster> {
        let sasl = Sasl::drawn(ca);
        Self::start_nodes(settings::nodes(1, Some(ca))?, Some(sasl)).await
    }

    async fn start_nodes(nodes: Vec<Node>, sasl: Option<Sasl>) -> anyhow::Result<Cluster> {
        let java = program("java", &[])?;
        if !project::servers().join("kafka/.made-from").is_file() {
            return Err(Missing::new("Apache Kafka", "run scripts/setup").into());
        }
        let bootstrap = nodes.iter().map(Node::address).collect::<Vec<_>>().join(",");
        let client = Client::new(bootstrap, sasl);
        let running = nodes.iter().map(|_| None).collect();
        let mut cluster = Cluster { nodes, running, java, client, folder: Folder::new()? };
        cluster.format().await?;
        for broker in 0..cluster.nodes.len() {
            cluster.launch(broker)?;
        }
        cluster.ready().await?;
        Ok(cluster)
    }

    /// For producing, consuming and managing topics.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Kills a broker (0, 1, …) as by `kill -9`.
    pub fn kill(&mut self, broker: usize) {
        self.running[broker] = None;
    }

    /// Stops a broker in good order, handing its partitions to the others.
    ///
    /// # Errors
    ///
    /// If it takes longer than half a minute.
    pub async fn stop(&mut self, broker: usize) -> anyhow::Result<()> {
        let Some(mut process) = self.running[broker].take() else { return Ok(()) };
        process.signal(Signal::TERM)?;
        process.ended(Duration::from_secs(30)).await?;
        Ok(())
    }

    /// Starts a killed or stopped broker again, on its old port with its old data.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start`].
    pub async fn start_again(&mut self, broker: usize) -> anyhow::Result<()> {
        self.launch(broker)?;
        self.ready().await
    }

    /// The process id of a running broker.
    pub fn process_id(&self, broker: usize) -> Option<u32> {
        self.running[broker].as_ref().map(Process::id)
    }

    async fn format(&self) -> anyhow::Result<()> {
        let one = async |node: &Node| {
            let folder = self.folder.subfolder(&node.name())?;
            let properties = node.properties(&self.nodes, &folder)?;
            let file = self.folder.file(&format!("{}.properties", node.name()), &properties)?;
            let mut tool = self.java("kafka.tools.StorageTool");
            tool.args(["format", "--cluster-id", settings::CLUSTER_ID, "--config"]).arg(file);
            if let Some(sasl) = self.client.sasl() {
                tool.args(["--add-scram", &sasl.as_storage_argument()]);
            }
            process::run("Kafka's storage tool", tool, READY_WITHIN).await.map(drop)
        };
        try_join_all(self.nodes.iter().map(one)).await.context("formatting Kafka's storage")?;
        Ok(())
    }

    fn launch(&mut self, broker: usize) -> anyhow::Result<()> {
        let name = self.nodes[broker].name();
        let log = self.folder.path().join(format!("{name}.log"));
        let mut server = self.java("kafka.Kafka");
        server.arg(self.folder.path().join(format!("{name}.properties")));
        self.running[broker] = Some(Process::start(&name, server, &log)?);
        Ok(())
    }

    fn java(&self, class: &str) -> std::process::Command {
        let jars = project::servers().join("kafka/*");
        let logging = project::root().join("scripts/kafka/log4j2.properties");
        let mut java = command(&self.java, None);
        java.args(["-Xmx300m", "-Xms64m", "-XX:+UseSerialGC", "-Xshare:auto", "-Xlog:disable"]);
        // A broker of some minutes does not live long enough to earn what its second compiler takes from two cores.
        java.arg("-XX:TieredStopAtLevel=1");
        java.arg(format!("-XX:SharedArchiveFile={}", project::servers().join("kafka.jsa").display()));
        java.arg(format!("-Dlog4j2.configurationFile={}", logging.display()));
        java.arg("-cp").arg(jars).arg(class);
        java
    }

    /// Waits until all running brokers know of each other.
    async fn ready(&mut self) -> anyhow::Result<()> {
        let expected = self.running.iter().flatten().count();
        let client = &self.client;
        for process in self.running.iter_mut().flatten() {
            process.ready(READY_WITHIN, async || client.brokers().await.is_ok_and(|n| n == expected)).await?;
        }
        Ok(())
    }
}
