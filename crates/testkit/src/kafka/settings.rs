//! What the brokers are told, chosen for quick tests.

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

use crate::{ports, tls};

/// Any 16 bytes in URL-safe base 64 do.
pub(super) const CLUSTER_ID: &str = "ZW5jb21wYXNzLXRlc3QtMQ";

/// How clients of a secured broker sign in.
#[derive(Debug, Clone)]
pub struct Sasl {
    /// Name for SCRAM-SHA-512.
    pub user: String,
    /// Password for SCRAM-SHA-512.
    pub password: String,
    /// The authority that signed the broker's certificate.
    pub ca: PathBuf,
}

impl Sasl {
    pub(super) fn drawn(ca: &tls::Ca) -> Sasl {
        let password = format!("{:016x}", RandomState::new().hash_one(0u8));
        Sasl { user: "encompass".into(), password, ca: ca.pem_path() }
    }

    pub(super) fn as_storage_argument(&self) -> String {
        format!("SCRAM-SHA-512=[name={},password={}]", self.user, self.password)
    }
}

/// One broker and controller.
#[derive(Debug)]
pub(super) struct Node {
    id: usize,
    client_port: u16,
    quorum_port: u16,
    inner_port: u16,
    bundle: Option<(String, String)>,
}

pub(super) fn nodes(count: usize, ca: Option<&tls::Ca>) -> anyhow::Result<Vec<Node>> {
    (1..=count)
        .map(|id| {
            let bundle = match ca {
                Some(ca) => Some((ca.issue(&["127.0.0.1", "localhost"])?.bundle()?, ca.pem().to_owned())),
                None => None,
            };
            let [client_port, quorum_port, inner_port] = [ports::free(), ports::free(), ports::free()];
            Ok(Node { id, client_port, quorum_port, inner_port, bundle })
        })
        .collect()
}

impl Node {
    pub(super) fn name(&self) -> String {
        format!("kafka-{}", self.id)
    }

    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.client_port)
    }

    /// The broker's configuration file; `folder` takes its data.
    pub(super) fn properties(&self, all: &[Node], folder: &Path) -> anyhow::Result<String> {
        let voters: Vec<_> = all.iter().map(|n| format!("{}@127.0.0.1:{}", n.id, n.quorum_port)).collect();
        let listeners = format!(
            "CLIENT://127.0.0.1:{},INNER://127.0.0.1:{},QUORUM://127.0.0.1:{}",
            self.client_port, self.inner_port, self.quorum_port
        );
        let advertised =
            format!("CLIENT://127.0.0.1:{},INNER://127.0.0.1:{}", self.client_port, self.inner_port);
        let replicas = all.len().min(3);
        let in_sync = replicas.div_ceil(2).max(1);
        let (id, voters, data) = (self.id, voters.join(","), folder.join("data"));
        let protocol = if self.bundle.is_some() { "SASL_SSL" } else { "PLAINTEXT" };
        let mut text = format!(
            "process.roles=broker,controller\nnode.id={id}\ncontroller.quorum.voters={voters}\n\
             listeners={listeners}\nadvertised.listeners={advertised}\n\
             inter.broker.listener.name=INNER\ncontroller.listener.names=QUORUM\n\
             listener.security.protocol.map=CLIENT:{protocol},INNER:PLAINTEXT,QUORUM:PLAINTEXT\n\
             log.dirs={}\ndefault.replication.factor={replicas}\nmin.insync.replicas={in_sync}\n\
             offsets.topic.replication.factor={replicas}\n\
             transaction.state.log.replication.factor={replicas}\n\
             transaction.state.log.min.isr={in_sync}\n{QUICK}",
            data.display()
        );
        if let Some((bundle, authority)) = &self.bundle {
            text += &secured(folder, bundle, authority)?;
        }
        Ok(text)
    }
}

/// Small, and quick to notice a lost broker.
const QUICK: &str = "\
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
offsets.topic.num.partitions=4
transaction.state.log.num.partitions=4
num.network.threads=2
num.io.threads=2
log.cleaner.dedupe.buffer.size=4194304
broker.heartbeat.interval.ms=500
broker.session.timeout.ms=3000
controller.quorum.election.timeout.ms=500
controller.quorum.fetch.timeout.ms=1000
";

fn secured(folder: &Path, bundle: &str, authority: &str) -> anyhow::Result<String> {
    let (keys, trusted) = (folder.join("keys.pem"), folder.join("trusted.pem"));
    std::fs::write(&keys, bundle)?;
    std::fs::write(&trusted, authority)?;
    Ok(format!(
        "sasl.enabled.mechanisms=SCRAM-SHA-512\n\
         listener.name.client.scram-sha-512.sasl.jaas.config=\
         org.apache.kafka.common.security.scram.ScramLoginModule required;\n\
         ssl.keystore.type=PEM\nssl.keystore.location={}\n\
         ssl.truststore.type=PEM\nssl.truststore.location={}\n",
        keys.display(),
        trusted.display()
    ))
}
