//! The service: its store made ready once, then started with one mail sink or another.

use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use encompass::directory::{Kind, Options, import};
use encompass_core::calendar::london;
use encompass_core::id::ContactId;
use encompass_county::{FORCE, Workload};
use encompass_store::contact::How;
use encompass_store::register::New;
use encompass_store::seal::Keys;
use encompass_store::{Actor, Clock, Store, db};
use encompass_testkit::kafka;
use encompass_testkit::ports;
use encompass_testkit::service::{Service, Spec, executable};

use crate::sink::Sink;
use crate::subject::{Ids, Subject};

const READY_WITHIN: Duration = Duration::from_secs(60);
const ENDED_WITHIN: Duration = Duration::from_secs(60);
/// In hexadecimal digits: the store is thrown away with the run.
const INSTALLATION_KEY: &str = "62656e636862656e636862656e636862656e636862656e636862656e63686265";

/// A store with the workload's directory and register, and what it takes to start the service on it.
pub struct Installation {
    name: &'static str,
    folder: PathBuf,
    url: String,
    topic: String,
    brokers: String,
    /// When schools open: hours away, so that no call falls due while the rounds go on.
    opens: &'static str,
    ids: Ids,
}

/// Where the service is to be.
pub struct Place<'a> {
    /// What the table calls it.
    pub name: &'static str,
    /// A folder of its own.
    pub folder: PathBuf,
    /// The store's URL.
    pub url: String,
    /// The brokers.
    pub brokers: &'a kafka::Client,
}

impl Installation {
    /// Makes store and topics and loads school, contact and register.
    pub async fn prepare(
        place: Place<'_>,
        workload: Workload,
        clock: &Clock,
    ) -> anyhow::Result<Installation> {
        let Place { name, folder, url, brokers } = place;
        eprintln!("{name}: loading {} children", workload.children);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("installation.key"), INSTALLATION_KEY)?;
        let topic = format!("incidents-{}", name.split_whitespace().last().unwrap_or(name));
        for topic in [topic.clone(), format!("{topic}.dlq"), events_topic(&topic)] {
            brokers.create_topic(&topic, 4).await?;
        }
        let keys = Keys::from_file(&folder.join("installation.key"), false)?;
        let store = Store::open(&db::Options::at(&url), keys).await?;
        let contact = load(&store, workload, clock).await.with_context(|| format!("{name}: loading"))?;
        let ids = Ids::Derived { identity: store.identity().clone(), contact };
        store.close().await;
        let opens = if london::local(clock.machine()).hour() < 8 { "12:00:00" } else { "05:00:00" };
        let brokers = brokers.bootstrap().to_owned();
        Ok(Installation { name, folder, url, topic, brokers, opens, ids })
    }

    /// Starts the service; `authority` is the PEM file of the one that signed the sink's certificate, if it has
    /// one. Also says how long it took until it was ready.
    pub async fn start(&self, sink: &Sink, authority: Option<&Path>) -> anyhow::Result<(Subject, Duration)> {
        let machine = format!("127.0.0.1:{}", ports::free());
        let file = self.folder.join("encompass.toml");
        fs::write(&file, self.configuration(&machine, sink, authority))?;
        let started = Instant::now();
        let process = Service::start(
            Spec {
                program: executable()?,
                arguments: vec!["all".into(), "--config".into(), file.into()],
                environment: Vec::new(),
                log: self.folder.join("encompass.log"),
                machine,
            },
            READY_WITHIN,
        )
        .await?;
        let took = started.elapsed();
        let name = format!("{}{}", self.name, if authority.is_some() { ", STARTTLS" } else { "" });
        Ok((Subject { name, topic: self.topic.clone(), ids: self.ids.clone(), process }, took))
    }

    fn configuration(&self, machine: &str, sink: &Sink, authority: Option<&Path>) -> String {
        let [portal, api, desk] = [ports::free(), ports::free(), ports::free()];
        let tls = match authority {
            Some(file) => format!("tls = \"required\"\nca_file = {:?}", file.display().to_string()),
            None => "tls = \"none\"".to_owned(),
        };
        let Installation { url, topic, brokers, opens, .. } = self;
        let port = sink.port();
        let events = events_topic(topic);
        format!(
            r#"[store]
url = "{url}"
key_file = "{folder}/installation.key"
[listen]
portal.bind = "127.0.0.1:{portal}"
api.bind = "127.0.0.1:{api}"
desk.bind = "127.0.0.1:{desk}"
machine.bind = "{machine}"
[forces.{FORCE}]
name = "Wexcombe Police"
telephone = "01632 960000"
duty_address = "duty@force.example"
second_address = "second@force.example"
[rules.due]
school_opens = "{opens}"
[intake.kafka]
brokers = ["{brokers}"]
events_topic = "{events}"
topics."{topic}" = ["{FORCE}"]
[notifier.smtp]
host = "127.0.0.1"
port = {port}
from = "Operation Encompass <encompass@{domain}>"
{tls}
"#,
            folder = self.folder.display(),
            domain = Ids::DOMAIN,
        )
    }
}

/// Ends the service in good order.
pub async fn stop(mut subject: Subject) -> anyhow::Result<()> {
    subject
        .process
        .terminate(ENDED_WITHIN)
        .await
        .map(drop)
        .with_context(|| format!("{}: stopping", subject.name))
}

fn events_topic(topic: &str) -> String {
    format!("notifications-of-{topic}")
}

/// Loads the workload's files as `encompass directory import` does, and verifies the contact.
async fn load(store: &Store, workload: Workload, clock: &Clock) -> anyhow::Result<ContactId> {
    let now = clock.machine();
    let by = || Actor::Command("bench".into());
    let register = New {
        source: "bench".into(),
        owner: "bench".into(),
        max_age_days: 30,
        forces: vec![FORCE.to_owned()],
    };
    let mut added = Vec::new();
    for (kind, file) in [
        (Kind::Schools { links: None }, workload.gias()),
        (Kind::Contacts, workload.contacts()),
        (Kind::Register(register), workload.register()),
    ] {
        let options = Options::new("bench", now, by());
        let report = import(store, kind, Cursor::new(file), &options, now).await?;
        added.extend(report.contacts.into_iter().flat_map(|contacts| contacts.added));
    }
    let contact = added.first().copied().context("the school has no contact")?;
    let mut tx = store.begin().await?;
    tx.verify_contact(contact, How::Call, by(), now).await?;
    tx.commit().await?;
    Ok(contact)
}
