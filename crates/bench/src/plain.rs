//! The plain consumer: Python with the usual libraries, in an environment of its own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};
use encompass_testkit::service::{Service, Spec};
use encompass_testkit::{kafka, project};

use crate::sink::Sink;
use crate::subject::{Ids, Subject};

/// How the plain consumer works.
#[derive(Debug, Clone, Copy)]
pub enum Mode {
    /// A transaction and a commit of the position for each message.
    Message,
    /// The same for up to a hundred messages.
    Batch,
    /// Batches, mailed over ten sessions.
    Sessions,
}

impl Mode {
    /// All of them, slowest first.
    pub const ALL: [Mode; 3] = [Mode::Message, Mode::Batch, Mode::Sessions];

    const fn word(self) -> &'static str {
        match self {
            Mode::Message => "message",
            Mode::Batch => "batch",
            Mode::Sessions => "sessions",
        }
    }

    /// What the table calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Mode::Message => "plain, commit per message",
            Mode::Batch => "plain, batches of 100",
            Mode::Sessions => "plain, batches of 100, ten SMTP sessions",
        }
    }

    /// Incidents of a saturated round: fewer where each takes long, as the figure is a rate.
    pub const fn saturated(self, service: usize) -> usize {
        match self {
            Mode::Message => service / 10,
            Mode::Batch | Mode::Sessions => service / 2,
        }
    }
}

/// The Python environment in `target/bench-venv`.
pub struct Environment {
    python: PathBuf,
}

impl Environment {
    /// Makes the environment, or takes the one that is there, with the pinned libraries.
    pub fn prepare() -> anyhow::Result<Environment> {
        let folder = project::root().join("target/bench-venv");
        let python = folder.join("bin/python");
        if !python.is_file() {
            run(Command::new("python3").args(["-m", "venv"]).arg(&folder))
                .context("python3 with venv is needed")?;
        }
        let list = project::root().join("bench/requirements.txt");
        let mut pip = Command::new(&python);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
            .arg(list);
        run(&mut pip).context("the plain consumer's libraries")?;
        Ok(Environment { python })
    }

    /// Starts the plain consumer.
    pub fn start(&self, mode: Mode, files: &Files<'_>, sink: &Sink) -> anyhow::Result<Subject> {
        let word = mode.word();
        let mut arguments: Vec<OsString> =
            vec![project::root().join("bench/plain_consumer.py").into(), word.into()];
        let mut add = |name: &str, value: OsString| arguments.extend([name.into(), value]);
        add("--brokers", files.brokers.bootstrap().into());
        add("--topic", files.topic.into());
        add("--database", files.database.into());
        add("--register", files.folder.join("register.csv").into());
        add("--contacts", files.folder.join("contacts.csv").into());
        add("--smtp-port", sink.port().to_string().into());
        let process = Service::spawn(Spec {
            program: self.python.clone(),
            arguments,
            environment: Vec::new(),
            log: files.folder.join(format!("plain-{word}.log")),
            machine: String::new(),
        })?;
        Ok(Subject {
            name: mode.name().to_owned(),
            topic: files.topic.to_owned(),
            ids: Ids::Reference,
            process,
        })
    }
}

/// What the plain consumer is pointed at.
pub struct Files<'a> {
    /// The brokers.
    pub brokers: &'a kafka::Client,
    /// The topic that it reads.
    pub topic: &'a str,
    /// URL of an empty database.
    pub database: &'a str,
    /// Where the workload's files are.
    pub folder: &'a Path,
}

fn run(command: &mut Command) -> anyhow::Result<()> {
    let output = command.output().with_context(|| format!("{command:?}"))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim_end());
    Ok(())
}
