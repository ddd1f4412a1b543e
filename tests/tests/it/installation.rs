//! An installation of the executable: its folder and configuration, its command line, its processes, its store.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context, bail, ensure};
use encompass_core::calendar::london;
use encompass_core::id::ContactId;
use encompass_core::plan;
use encompass_county::{FORCE, Workload};
use encompass_store::contact::How;
use encompass_store::directory::Identifier;
use encompass_store::seal::Keys;
use encompass_store::{Actor, Clock, Scope, Store, db};
use encompass_testkit::service::{Service, Spec, executable};
use encompass_testkit::{Folder, kafka, ports, project};
use tokio::io::AsyncWriteExt;

/// Long enough for a machine that is also compiling.
pub const READY_WITHIN: Duration = Duration::from_secs(60);
const ENDED_WITHIN: Duration = Duration::from_secs(70);
/// The store is thrown away with the test.
const KEY: &str = "6d616465207570206d616465207570206d616465207570206d61646520757021";
/// Sees everything, as a command does.
pub const SCOPE: fn() -> Scope = || Scope::command(Actor::Command("tests".into()));

/// What installations differ in.
#[derive(Default)]
pub struct Setup<'a> {
    /// The database; an SQLite file in the installation's folder if none is given.
    pub url: Option<String>,
    /// The brokers and the topic that is read; events go to `{topic}.events`.
    pub kafka: Option<(&'a kafka::Client, &'a str)>,
    /// The relay's port; nothing answers there if none is given.
    pub relay: Option<u16>,
    /// The authority that signed the relay's certificate: mail goes by STARTTLS then.
    pub authority: Option<PathBuf>,
}

pub struct Installation {
    folder: Folder,
    pub url: String,
    pub first: Ports,
}

/// Where one process listens.
#[derive(Clone, Copy, Debug)]
pub struct Ports {
    pub portal: u16,
    pub api: u16,
    pub desk: u16,
    pub machine: u16,
}

impl Ports {
    pub fn free() -> Self {
        Self { portal: ports::free(), api: ports::free(), desk: ports::free(), machine: ports::free() }
    }

    pub fn environment(self) -> Vec<(String, String)> {
        [("PORTAL", self.portal), ("API", self.api), ("DESK", self.desk), ("MACHINE", self.machine)]
            .map(|(name, port)| (format!("ENCOMPASS_LISTEN__{name}__BIND"), format!("127.0.0.1:{port}")))
            .into()
    }
}

impl Installation {
    /// A folder with key, plan and configuration.
    pub fn new(setup: Setup<'_>) -> anyhow::Result<Self> {
        let folder = Folder::new()?;
        let path = folder.path();
        let embedded = || format!("sqlite://{}/data/store.db?mode=rwc", path.display());
        let url = setup.url.clone().unwrap_or_else(embedded);
        fs::create_dir(path.join("data"))?;
        fs::write(path.join("installation.key"), KEY)?;
        fs::write(path.join("plan.toml"), quick_plan()?)?;
        let first = Ports::free();
        fs::write(path.join("encompass.toml"), configuration(path, &url, first, &setup))?;
        Ok(Self { folder, url, first })
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// How `encompass all` is started on these ports.
    pub fn spec(&self, ports: Ports) -> anyhow::Result<Spec> {
        Ok(Spec {
            program: executable()?,
            arguments: ["all".into(), "--config".into(), self.path("encompass.toml").into()].into(),
            environment: ports.environment(),
            log: self.path("encompass.log"),
            machine: format!("127.0.0.1:{}", ports.machine),
        })
    }

    /// How one role is started by itself on these ports, with a log of its own.
    pub fn spec_apart(&self, role: &str, ports: Ports) -> anyhow::Result<Spec> {
        let mut spec = self.spec(ports)?;
        spec.arguments[0] = role.into();
        spec.log = self.path(&format!("{role}.log"));
        Ok(spec)
    }

    /// Starts `encompass all` and waits until it is ready.
    pub async fn start(&self) -> anyhow::Result<Service> {
        Service::start(self.spec(self.first)?, READY_WITHIN).await
    }

    /// Runs a command of the executable under this configuration; gives what it prints.
    pub async fn command(&self, arguments: &[&str], stdin: &str) -> anyhow::Result<String> {
        let mut all: Vec<OsString> = arguments.iter().map(Into::into).collect();
        all.extend(["--config".into(), self.path("encompass.toml").into()]);
        let ended = run(&all, stdin).await?;
        ensure!(ended.succeeded, "encompass {arguments:?}: {}{}", ended.printed, ended.complained);
        Ok(ended.printed)
    }

    /// Takes the workload's school, contact and register in through the command line.
    pub async fn import(&self, workload: Workload) -> anyhow::Result<()> {
        let on = workload.on.to_string();
        fs::write(self.path("schools.csv"), workload.gias())?;
        fs::write(self.path("contacts.csv"), workload.contacts())?;
        fs::write(self.path("register.csv"), workload.register())?;
        let import = ["directory", "import"];
        let register = ["--source", "tests", "--owner", "tests", "--max-age-days", "30", "--force", FORCE];
        for (kind, more) in [("schools", &[][..]), ("contacts", &[]), ("register", &register)] {
            let file = self.path(&format!("{kind}.csv")).display().to_string();
            let given = [kind, &file, "--as-of", &on];
            self.command(&[&import[..], &given, more].concat(), "").await?;
        }
        Ok(())
    }

    /// Verifies the lead by a call that the desk recorded.
    pub async fn verify_lead(&self) -> anyhow::Result<()> {
        let store = self.store().await?;
        let contact = lead(&store).await?;
        let mut tx = store.begin().await?;
        tx.verify_contact(contact, How::Call, Actor::Command("tests".into()), now()).await?;
        tx.commit().await?;
        store.close().await;
        Ok(())
    }

    /// The store itself, with the installation's key.
    pub async fn store(&self) -> anyhow::Result<Store> {
        let keys = Keys::from_file(&self.path("installation.key"), false)?;
        Ok(Store::open(&db::Options::at(&self.url), keys).await?)
    }

    /// The last lines of every log, for the message of a failed test.
    pub fn log(&self) -> String {
        let paths =
            fs::read_dir(self.folder.path()).into_iter().flatten().flatten().map(|entry| entry.path());
        let logs = paths.filter(|path| path.extension().is_some_and(|extension| extension == "log"));
        logs.map(|path| format!("{}:\n{}\n", path.display(), tail(&path))).collect()
    }
}

/// The workload's lead, verified or not.
pub async fn lead(store: &Store) -> anyhow::Result<ContactId> {
    let school = [Identifier::new("urn", Workload::SCHOOL)];
    let found = store.settings_by_identifier(&school, now()).await?.pop().flatten();
    let school = found.context("the school was not taken in")?.id;
    let contacts = store.contacts_of(&SCOPE(), school, FORCE).await?;
    Ok(contacts.first().context("the lead was not taken in")?.id)
}

/// Ends a process in good order.
pub async fn stop(service: &mut Service) -> anyhow::Result<()> {
    let status = service.terminate(ENDED_WITHIN).await?;
    ensure!(status.success(), "SIGTERM ended it with {status}");
    Ok(())
}

/// A command that has ended.
pub struct Ended {
    pub succeeded: bool,
    pub printed: String,
    pub complained: String,
}

/// Runs the executable to its end with nothing in its environment.
pub async fn run(arguments: &[OsString], stdin: &str) -> anyhow::Result<Ended> {
    let mut command = tokio::process::Command::new(executable()?);
    command.args(arguments).env_clear().kill_on_drop(true);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("piped above")?;
    // A command that reads nothing may have ended already.
    drop(input.write_all(stdin.as_bytes()).await);
    drop(input);
    let output = tokio::time::timeout(READY_WITHIN, child.wait_with_output()).await.context("too slow")??;
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    let (printed, complained) = (text(&output.stdout), text(&output.stderr));
    Ok(Ended { succeeded: output.status.success(), printed, complained })
}

fn tail(log: &Path) -> String {
    let log = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(60)..].join("\n")
}

/// The machine's time.
pub fn now() -> jiff::Timestamp {
    Clock::machine_time().now()
}

/// Asks again and again until `done` says yes.
pub async fn until(
    what: &str,
    within: Duration,
    mut done: impl AsyncFnMut() -> anyhow::Result<bool>,
) -> anyhow::Result<()> {
    let end = tokio::time::Instant::now() + within;
    while !done().await? {
        if tokio::time::Instant::now() > end {
            bail!("{what}: not within {within:?}");
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// The default plan with short waits, so that a relay that was away is soon tried again.
fn quick_plan() -> anyhow::Result<String> {
    let default = fs::read_to_string(project::root().join("config/plans/default.toml"))?;
    let steps = default.lines().find(|line| line.starts_with("steps = ")).context("the plan's steps")?;
    let waits = [&["1s", "2s"][..], &["3s"; 30], &["4h"]].concat();
    let quick = default.replace(steps, &format!("steps = {waits:?}"));
    ensure!(plan::Rules::parse(&quick)?.check().is_empty(), "the quick plan is nonsense");
    Ok(quick)
}

fn configuration(folder: &Path, url: &str, first: Ports, setup: &Setup<'_>) -> String {
    // Hours away, so that no call falls due meanwhile.
    let opens = if london::local(now()).hour() < 8 { "12:00:00" } else { "05:00:00" };
    let (portal, desk, relay) = (first.portal, first.desk, setup.relay.unwrap_or(9));
    let tls = match &setup.authority {
        Some(file) => format!("tls = \"required\"\nca_file = {:?}", file.display().to_string()),
        None => "tls = \"none\"".to_owned(),
    };
    let kafka = setup.kafka.map(|(client, topic)| feed(client, topic)).unwrap_or_default();
    format!(
        r#"[store]
url = "{url}"
key_file = "{folder}/installation.key"
[links]
portal = "http://127.0.0.1:{portal}"
desk = "http://127.0.0.1:{desk}"
[forces.{FORCE}]
name = "Wexcombe Police"
telephone = "01632 960000"
duty_address = "duty@force.example"
second_address = "second@force.example"
[rules]
plan = "{folder}/plan.toml"
[rules.due]
school_opens = "{opens}"
[notifier]
lease_seconds = 5
[notifier.webhook]
timeout_seconds = 2
[notifier.smtp]
host = "127.0.0.1"
port = {relay}
from = "Operation Encompass <encompass@tests.example>"
timeout_seconds = 2
{tls}
{kafka}"#,
        folder = folder.display(),
    )
}

fn feed(client: &kafka::Client, topic: &str) -> String {
    let brokers: Vec<&str> = client.bootstrap().split(',').collect();
    format!(
        r#"[intake.kafka]
brokers = {brokers:?}
events_topic = "{topic}.events"
topics."{topic}" = ["{FORCE}"]
[intake.kafka.client]
"session.timeout.ms" = "3000"
"heartbeat.interval.ms" = "500"
"reconnect.backoff.max.ms" = "500"
"#
    )
}
