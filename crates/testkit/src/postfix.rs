//! A Postfix with configuration, queue and certificates of its own, beside the machine's.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::Context;
use rustix::process::Signal;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::availability::program;
use crate::folder::{User, is_root};
use crate::process::{self, Process, command, command_with_children};
use crate::{Folder, Missing, ports, tls};

const SBIN: &[&str] = &["/usr/sbin", "/usr/lib/postfix/sbin"];
const READY_WITHIN: Duration = Duration::from_secs(30);

/// Postfix's master takes users' rights on and off, by which it loses the kernel's tie to us; the shell keeps
/// the tie and passes the end on. (`postfix start-fg` has a shell too, which would not.)
const FOREGROUND: &str = r#""$0" -c "$1" -s & trap "kill $!" TERM; wait $!; wait $!"#;

/// A relay that takes mail on a submission port with STARTTLS, as `localhost`.
#[derive(Debug)]
pub struct Relay {
    running: Option<Process>,
    port: u16,
    folder: Folder,
}

/// A mail that waits in the queue because it could not be handed on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deferred {
    /// The recipient's address.
    pub recipient: String,
    /// Why, in Postfix's words.
    pub reason: String,
}

impl Relay {
    /// Starts a relay that hands all mail to `next` (`127.0.0.1:port`, or a name with a port).
    ///
    /// `extra` are lines of main.cf, placed last so that they win: the onward TLS policy under test, for one.
    ///
    /// # Errors
    ///
    /// [`Missing`] without Postfix or without root, which its master demands; else what its log ends with.
    pub async fn start(ca: &tls::Ca, next: &str, extra: &str) -> anyhow::Result<Relay> {
        program("postfix", SBIN)?;
        if !is_root() {
            return Err(Missing::new("root", "Postfix's master process starts only as root").into());
        }
        let folder = Folder::new()?;
        let (port, owner) = (ports::free(), User::named("postfix"));
        let owner = owner.ok_or_else(|| Missing::new("the user postfix", "run scripts/setup"))?;
        owner.owns(&folder.subfolder("data")?)?;
        let (config, queue) = (folder.subfolder("config")?, folder.subfolder("queue")?);
        let settings = main_cf(ca, &folder, &queue, next)? + extra + "\n";
        std::fs::write(config.join("main.cf"), settings)?;
        std::fs::write(config.join("master.cf"), master_cf(port))?;
        let mut relay = Relay { running: None, port, folder };
        process::run("Postfix check", relay.command("postfix", &["check"])?, READY_WITHIN).await?;
        relay.start_again().await?;
        Ok(relay)
    }

    /// The submission port, on 127.0.0.1; the certificate names `localhost` and `127.0.0.1`.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Stops the relay; its queue stays.
    ///
    /// # Errors
    ///
    /// If it takes longer than half a minute.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let Some(mut process) = self.running.take() else { return Ok(()) };
        process.signal(Signal::TERM)?;
        process.ended(READY_WITHIN).await?;
        Ok(())
    }

    /// Starts the stopped relay again, on its old port with its old queue.
    ///
    /// # Errors
    ///
    /// If it does not greet within half a minute.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        let log = self.folder.path().join("postfix.log");
        let mut master = command_with_children(Path::new("/bin/sh"));
        master.args(["-c", FOREGROUND]).arg(program("master", SBIN)?).arg(self.folder.path().join("config"));
        let mut process = Process::start("Postfix", master, &log)?.with_children();
        let port = self.port;
        process.ready(READY_WITHIN, async || greets(port).await.unwrap_or(false)).await?;
        self.running = Some(process);
        Ok(())
    }

    /// The mails that were tried and wait to be tried again.
    ///
    /// # Errors
    ///
    /// If the queue can't be read.
    pub async fn deferred(&self) -> anyhow::Result<Vec<Deferred>> {
        let listed = process::run("postqueue", self.command("postqueue", &["-j"])?, READY_WITHIN).await?;
        let mut deferred = Vec::new();
        for line in listed.lines() {
            let mail: Value = serde_json::from_str(line).context("postqueue's answer")?;
            let recipients = mail["recipients"].as_array().cloned().unwrap_or_default();
            deferred.extend(recipients.iter().filter_map(waiting));
        }
        Ok(deferred)
    }

    /// Waits until `count` mails are deferred.
    ///
    /// # Errors
    ///
    /// If the relay ends or the time is over; with the end of its log.
    pub async fn wait_deferred(&mut self, count: usize, within: Duration) -> anyhow::Result<Vec<Deferred>> {
        let mut process = self.running.take().context("the relay is stopped")?;
        let relay = &*self;
        let waited =
            process.ready(within, async || relay.deferred().await.is_ok_and(|d| d.len() >= count)).await;
        self.running = Some(process);
        waited?;
        self.deferred().await
    }

    /// Tries all waiting mails again now.
    ///
    /// # Errors
    ///
    /// If the relay does not run.
    pub async fn flush(&self) -> anyhow::Result<()> {
        process::run("postqueue", self.command("postqueue", &["-f"])?, READY_WITHIN).await.map(drop)
    }

    fn command(&self, name: &str, arguments: &[&str]) -> anyhow::Result<Command> {
        let mut command = command(&program(name, SBIN)?, None);
        command.arg("-c").arg(self.folder.path().join("config")).args(arguments);
        Ok(command)
    }
}

fn waiting(recipient: &Value) -> Option<Deferred> {
    let reason = recipient["delay_reason"].as_str()?.to_owned();
    Some(Deferred { recipient: recipient["address"].as_str()?.to_owned(), reason })
}

async fn greets(port: u16) -> std::io::Result<bool> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await?;
    let mut greeting = [0; 4];
    stream.read_exact(&mut greeting).await?;
    stream.write_all(b"QUIT\r\n").await?;
    Ok(&greeting == b"220 ")
}

fn main_cf(ca: &tls::Ca, folder: &Folder, queue: &Path, next: &str) -> anyhow::Result<String> {
    let bundle = folder.file("relay.pem", &ca.issue(&["localhost", "127.0.0.1"])?.bundle()?)?;
    let (host, port) = next.rsplit_once(':').context("the next host needs a port")?;
    Ok(format!(
        "compatibility_level = 3.6\nqueue_directory = {}\ndata_directory = {}\n\
         command_directory = /usr/sbin\ndaemon_directory = /usr/lib/postfix/sbin\nmail_owner = postfix\n\
         setgid_group = postdrop\nmyhostname = relay.test\nmydestination =\nlocal_recipient_maps =\n\
         alias_maps =\nalias_database =\nmynetworks = 127.0.0.0/8\ninet_interfaces = 127.0.0.1\n\
         inet_protocols = ipv4\nmaillog_file = /dev/stdout\nsmtp_host_lookup = native\n\
         default_transport = smtp:[{host}]:{port}\nrelay_transport = smtp:[{host}]:{port}\n\
         smtpd_recipient_restrictions = permit_mynetworks, reject\nbounce_queue_lifetime = 1d\n\
         smtpd_tls_security_level = encrypt\nsmtpd_tls_chain_files = {}\nsmtp_tls_CAfile = {}\n",
        queue.display(),
        folder.path().join("data").display(),
        bundle.display(),
        ca.pem_path().display(),
    ))
}

/// Debian's services without those that deliver on the machine itself, and none in a chroot, which a
/// temporary queue does not have.
fn master_cf(port: u16) -> String {
    let submission = format!("127.0.0.1:{port} inet n - n - - smtpd\n");
    submission
        + "cleanup unix n - n - 0 cleanup
pickup unix n - n 60 1 pickup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
proxywrite unix - - n - 1 proxymap
smtp unix - - n - - smtp
relay unix - - n - - smtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"
}
