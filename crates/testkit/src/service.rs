//! The `encompass` executable as a process that tests start, kill and stop.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;
use std::time::Duration;

use anyhow::Context;
use rustix::process::Signal;

use crate::process::{Process, command};
use crate::{Missing, http};

/// How the executable is started.
#[derive(Debug, Clone)]
pub struct Spec {
    /// The executable; see [`executable`].
    pub program: PathBuf,
    /// Arguments, as `["all", "--config", "…"]`.
    pub arguments: Vec<OsString>,
    /// Environment variables, beside `PATH`: nothing else is passed on, so that a test does not depend on
    /// who runs it.
    pub environment: Vec<(String, String)>,
    /// The file that takes what it logs; it is appended to.
    pub log: PathBuf,
    /// Address and port of the machine listener, whose `/readyz` tells when it is ready.
    pub machine: String,
}

/// A running `encompass`; dropping it kills it.
#[derive(Debug)]
pub struct Service {
    spec: Spec,
    process: Process,
}

/// The `encompass` executable beside the running test: `cargo build -p encompass` makes it, with the same
/// `--release` as the test's.
///
/// # Errors
///
/// [`Missing`] if it was not built.
pub fn executable() -> anyhow::Result<PathBuf> {
    let test = std::env::current_exe().context("path of the test")?;
    let folders = test.ancestors().skip(1).take(2);
    let found = folders.map(|folder| folder.join("encompass")).find(|file| file.is_file());
    found.ok_or_else(|| Missing::new("the executable", "run cargo build -p encompass").into())
}

impl Service {
    /// Starts the executable and does not wait.
    ///
    /// # Errors
    ///
    /// If it can't be started.
    pub fn spawn(spec: Spec) -> anyhow::Result<Service> {
        let mut command = command(&spec.program, None);
        command.args(&spec.arguments).env_clear();
        command.env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.envs(spec.environment.iter().map(|(name, value)| (name, value)));
        let process = Process::start("encompass", command, &spec.log)?;
        Ok(Service { spec, process })
    }

    /// Starts the executable and waits until it is ready.
    ///
    /// # Errors
    ///
    /// As [`Service::spawn`] and [`Service::ready`].
    pub async fn start(spec: Spec, within: Duration) -> anyhow::Result<Service> {
        let mut service = Self::spawn(spec)?;
        service.ready(within).await?;
        Ok(service)
    }

    /// Waits until `/readyz` answers 200.
    ///
    /// # Errors
    ///
    /// If the process ends or the time is over; with the end of its log.
    pub async fn ready(&mut self, within: Duration) -> anyhow::Result<()> {
        let client = http::client()?;
        let url = format!("http://{}/readyz", self.spec.machine);
        self.process
            .ready(within, async || client.get(&url).send().await.is_ok_and(|r| r.status().as_u16() == 200))
            .await
    }

    /// Waits until its output holds these words.
    ///
    /// # Errors
    ///
    /// If the process ends or the time is over; with the end of its output.
    pub async fn says(&mut self, words: &str, within: Duration) -> anyhow::Result<()> {
        let log = self.spec.log.clone();
        let says = async || fs::read_to_string(&log).is_ok_and(|text| text.contains(words));
        self.process.ready(within, says).await
    }

    /// Kills it as by `kill -9` and waits until it is gone.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Sends SIGTERM and waits until it has ended by itself.
    ///
    /// # Errors
    ///
    /// If the time is over; with the end of its log.
    pub async fn terminate(&mut self, within: Duration) -> anyhow::Result<ExitStatus> {
        self.process.signal(Signal::TERM)?;
        self.process.ended(within).await
    }

    /// Waits until it ends by itself, as a command or a refused start does.
    ///
    /// # Errors
    ///
    /// If the time is over; with the end of its log.
    pub async fn ended(&mut self, within: Duration) -> anyhow::Result<ExitStatus> {
        self.process.ended(within).await
    }

    /// Kills it if it runs, starts it again in the same way and does not wait.
    ///
    /// # Errors
    ///
    /// As [`Service::spawn`].
    pub fn spawn_again(&mut self) -> anyhow::Result<()> {
        self.process.kill();
        *self = Self::spawn(self.spec.clone())?;
        Ok(())
    }

    /// The id of its process.
    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// The file of all it logged, over all its starts.
    pub fn log(&self) -> &Path {
        &self.spec.log
    }
}
