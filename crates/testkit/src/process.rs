//! Server processes: started, watched, signalled, ended.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{LazyLock, mpsc};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

use crate::folder::User;

/// How often a process or its protocol is asked again while something is waited for.
const ASK_AGAIN: Duration = Duration::from_millis(20);

/// A running process with its log; dropping it kills the process.
#[derive(Debug)]
pub(crate) struct Process {
    name: String,
    child: Child,
    log: PathBuf,
    /// Whether it must end its own children: it is then asked to end before it is killed.
    parent: bool,
}

/// How long a dropped parent gets to end its children.
const PARTING: Duration = Duration::from_secs(5);

/// A command whose process the kernel kills with the one that started it, run by `user` if given.
pub(crate) fn command(program: &Path, user: Option<User>) -> Command {
    ended_by("KILL", program, user)
}

/// As [`command`], but asked to end, for a program that must end children of its own.
pub(crate) fn command_with_children(program: &Path) -> Command {
    ended_by("TERM", program, None)
}

fn ended_by(signal: &str, program: &Path, user: Option<User>) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", signal]);
    if let Some(User { uid, gid }) = user {
        command.args([format!("--reuid={uid}"), format!("--regid={gid}"), "--clear-groups".to_owned()]);
    }
    command.arg("--").arg(program);
    command
}

impl Process {
    /// Starts the command, with both outputs appended to the file `log`.
    pub(crate) fn start(name: &str, mut command: Command, log: &Path) -> anyhow::Result<Process> {
        let file = File::options().create(true).append(true).open(log).context("log file")?;
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = kept(command).with_context(|| format!("starting {name}"))?;
        Ok(Process { name: name.to_owned(), child, log: log.to_owned(), parent: false })
    }

    /// Marks a process whose children outlive it when it is killed, as Postfix's do.
    pub(crate) fn with_children(mut self) -> Process {
        self.parent = true;
        self
    }

    /// Waits until `probe` says yes; fails when the process ends or the time is over, with the log's end.
    pub(crate) async fn ready(
        &mut self,
        within: Duration,
        mut probe: impl AsyncFnMut() -> bool,
    ) -> anyhow::Result<()> {
        let end = Instant::now() + within;
        while !probe().await {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended with {status} before it was ready:\n{}", self.name, self.tail());
            }
            if Instant::now() > end {
                bail!("{} was not ready within {within:?}:\n{}", self.name, self.tail());
            }
            sleep(ASK_AGAIN).await;
        }
        Ok(())
    }

    /// Sends a signal; one that has ended already gets none.
    pub(crate) fn signal(&mut self, signal: Signal) -> anyhow::Result<()> {
        if self.child.try_wait()?.is_none() {
            let pid = Pid::from_child(&self.child);
            kill_process(pid, signal).with_context(|| format!("signalling {}", self.name))?;
        }
        Ok(())
    }

    /// Waits for the process to end by itself.
    pub(crate) async fn ended(&mut self, within: Duration) -> anyhow::Result<ExitStatus> {
        let end = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            if Instant::now() > end {
                bail!("{} had not ended within {within:?}:\n{}", self.name, self.tail());
            }
            sleep(ASK_AGAIN).await;
        }
    }

    /// Kills the process and waits until it is gone.
    pub(crate) fn kill(&mut self) {
        // Both fail only for a process that is gone.
        drop(self.child.kill());
        drop(self.child.wait());
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(crate) fn tail(&self) -> String {
        tail(&self.log)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.parent && self.signal(Signal::TERM).is_ok() {
            let end = std::time::Instant::now() + PARTING;
            while matches!(self.child.try_wait(), Ok(None)) && std::time::Instant::now() < end {
                thread::sleep(ASK_AGAIN);
            }
        }
        self.kill();
    }
}

/// The last forty lines of a log file.
fn tail(log: &Path) -> String {
    let text = fs::read(log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(40)..].join("\n")
}

type Order = (Command, mpsc::Sender<io::Result<Child>>);

/// The kernel's tie is to the thread that starts a process, not to ours as a whole: so one thread that never
/// ends starts them all, and servers shared by tests outlive the test that came first.
fn kept(command: Command) -> io::Result<Child> {
    static KEEPER: LazyLock<mpsc::Sender<Order>> = LazyLock::new(|| {
        let (sender, orders) = mpsc::channel::<Order>();
        thread::spawn(move || {
            for (mut command, answer) in orders {
                // The one who asked waits below.
                drop(answer.send(command.spawn()));
            }
        });
        sender
    });
    let (answer, started) = mpsc::channel();
    KEEPER.send((command, answer)).map_err(io::Error::other)?;
    started.recv().map_err(io::Error::other)?
}

/// Runs a short command to its end and gives its output; fails with what it said if it did not succeed.
pub(crate) async fn run(name: &str, mut command: Command, within: Duration) -> anyhow::Result<String> {
    command.stdin(Stdio::null());
    let mut command = tokio::process::Command::from(command);
    command.kill_on_drop(true);
    let output = tokio::time::timeout(within, command.output())
        .await
        .with_context(|| format!("{name} took longer than {within:?}"))??;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        bail!("{name}: {}\n{said}{}", output.status, String::from_utf8_lossy(&output.stderr));
    }
    Ok(said)
}
