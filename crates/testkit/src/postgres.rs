//! PostgreSQL 15 with a cluster of its own, durable as in production (`fsync`, `synchronous_commit`).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context;
use rustix::process::Signal;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::sync::OnceCell;

use crate::availability::{program, variable};
use crate::folder::{User, is_root};
use crate::process::{self, Process, command};
use crate::{Folder, Missing, ports, tls};

const DEBIAN: &[&str] = &["/usr/lib/postgresql/15/bin"];
const READY_WITHIN: Duration = Duration::from_secs(60);

/// A PostgreSQL server of our own, which a test may stop and start again.
#[derive(Debug)]
pub struct Cluster {
    server: Server,
    running: Option<Process>,
    postgres: PathBuf,
    user: Option<User>,
    port: u16,
    folder: Folder,
}

/// A server in which databases can be made.
#[derive(Debug, Clone)]
pub struct Server {
    /// URL up to and without the database's name.
    base: String,
    /// What stands after the database's name.
    parameters: String,
}

/// The server that tests share by using databases of their own: the one `ENCOMPASS_TEST_POSTGRES` names (the
/// URL of a user who may make databases), else one started for this test process.
///
/// # Errors
///
/// As [`Cluster::start`].
pub async fn shared() -> anyhow::Result<Server> {
    static SHARED: OnceCell<Cluster> = OnceCell::const_new();
    match variable("ENCOMPASS_TEST_POSTGRES") {
        Some(url) => Ok(Server::of(&url)),
        None => Ok(SHARED.get_or_try_init(Cluster::start).await?.server.clone()),
    }
}

impl Server {
    fn of(url: &str) -> Server {
        let (address, parameters) = url.split_once('?').map_or((url, ""), |(a, p)| (a, p));
        let end = address.rfind('/').filter(|end| *end >= "postgres://".len());
        let base = end.map_or(address, |end| &address[..end]).to_owned();
        let parameters = if parameters.is_empty() { String::new() } else { format!("?{parameters}") };
        Server { base, parameters }
    }

    /// Makes a fresh empty database and returns its URL.
    ///
    /// # Errors
    ///
    /// If the server does not answer or refuses.
    pub async fn database(&self) -> anyhow::Result<String> {
        static MADE: AtomicUsize = AtomicUsize::new(0);
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("encompass_test_{}_{number}", std::process::id());
        let mut connection = PgConnection::connect(&self.url("postgres")).await.context("PostgreSQL")?;
        // A server named by the environment may still hold one of a former process with our id.
        let drop_old = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        connection.execute(AssertSqlSafe(drop_old)).await?;
        connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
        connection.close().await?;
        Ok(self.url(&name))
    }

    fn url(&self, database: &str) -> String {
        format!("{}/{database}{}", self.base, self.parameters)
    }
}

impl Cluster {
    /// Makes a cluster and starts its server, without TLS.
    ///
    /// # Errors
    ///
    /// [`Missing`] without PostgreSQL 15, or as root without a user to run it; else what its log ends with.
    pub async fn start() -> anyhow::Result<Cluster> {
        Self::start_with(None).await
    }

    /// Starts a server with TLS under the test authority, named `localhost`; its URLs verify it.
    ///
    /// # Errors
    ///
    /// As [`Cluster::start`].
    pub async fn start_secured(ca: &tls::Ca) -> anyhow::Result<Cluster> {
        Self::start_with(Some(ca)).await
    }

    async fn start_with(ca: Option<&tls::Ca>) -> anyhow::Result<Cluster> {
        let (postgres, user, folder) = (program("postgres", DEBIAN)?, unprivileged()?, Folder::new()?);
        let port = ports::free();
        let (host, parameters) = match ca {
            Some(ca) => {
                ("localhost", format!("?sslmode=verify-full&sslrootcert={}", ca.pem_path().display()))
            }
            None => ("127.0.0.1", String::new()),
        };
        let server = Server { base: format!("postgres://encompass@{host}:{port}"), parameters };
        let mut cluster = Cluster { server, running: None, postgres, user, port, folder };
        cluster.initialise().await?;
        if let Some(ca) = ca {
            cluster.secure(ca)?;
        }
        cluster.start_again().await?;
        Ok(cluster)
    }

    /// For making databases.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Makes a fresh empty database and returns its URL.
    ///
    /// # Errors
    ///
    /// If the server does not run.
    pub async fn database(&self) -> anyhow::Result<String> {
        self.server.database().await
    }

    /// Stops the server at once, as a failing machine would (immediate mode): the next start recovers.
    ///
    /// # Errors
    ///
    /// If it does not end within half a minute.
    pub async fn stop(&mut self) -> anyhow::Result<()> {
        let Some(mut process) = self.running.take() else { return Ok(()) };
        process.signal(Signal::QUIT)?;
        process.ended(Duration::from_secs(30)).await?;
        Ok(())
    }

    /// Starts the stopped server again, on its old port with its old data.
    ///
    /// # Errors
    ///
    /// If it does not answer within a minute.
    pub async fn start_again(&mut self) -> anyhow::Result<()> {
        let mut server = self.command("postgres");
        server.arg("-D").arg(self.data()).args(["-p", &self.port.to_string()]);
        server.args(["-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="]);
        server.args(["-c", "max_connections=200", "-c", "fsync=on", "-c", "synchronous_commit=on"]);
        let mut process = Process::start("PostgreSQL", server, &self.folder.path().join("postgres.log"))?;
        let url = self.server.url("postgres");
        process.ready(READY_WITHIN, async || answers(&url).await).await?;
        self.running = Some(process);
        Ok(())
    }

    /// Stops at once and starts again.
    ///
    /// # Errors
    ///
    /// As [`Cluster::stop`] and [`Cluster::start_again`].
    pub async fn restart(&mut self) -> anyhow::Result<()> {
        self.stop().await?;
        self.start_again().await
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn command(&self, name: &str) -> Command {
        let mut command = command(&self.postgres.with_file_name(name), self.user);
        command.current_dir(self.folder.path());
        command
    }

    async fn initialise(&self) -> anyhow::Result<()> {
        if let Some(user) = self.user {
            user.owns(self.folder.path())?;
        }
        let mut initdb = self.command("initdb");
        // Unsynced: a cluster just made has nothing to lose yet.
        initdb.args(["--no-sync", "--auth=trust", "--username=encompass", "--encoding=UTF8", "--locale=C"]);
        initdb.arg("-D").arg(self.data());
        process::run("initdb", initdb, READY_WITHIN).await.map(drop)
    }

    fn secure(&self, ca: &tls::Ca) -> anyhow::Result<()> {
        let certificate = ca.issue(&["localhost"])?;
        self.place(&certificate.chain, "server.crt")?;
        self.place(&certificate.key, "server.key")?;
        let only_tls = "hostssl all all 127.0.0.1/32 trust\n";
        fs::write(self.data().join("pg_hba.conf"), only_tls)?;
        let settings = self.data().join("postgresql.conf");
        fs::write(&settings, fs::read_to_string(&settings)? + "\nssl = on\n").context("PostgreSQL settings")
    }

    /// Copies a file into the data folder, readable to the server only, as it demands of keys.
    fn place(&self, file: &Path, name: &str) -> anyhow::Result<()> {
        let to = self.data().join(name);
        fs::copy(file, &to).context("PostgreSQL certificate")?;
        fs::set_permissions(&to, fs::Permissions::from_mode(0o600))?;
        self.user.map_or(Ok(()), |user| user.owns(&to))
    }
}

/// PostgreSQL refuses to run as root.
fn unprivileged() -> Result<Option<User>, Missing> {
    if !is_root() {
        return Ok(None);
    }
    let user = User::named("postgres").or_else(|| User::named("nobody"));
    user.map(Some).ok_or_else(|| Missing::new("a user to run PostgreSQL as", "run scripts/setup"))
}

async fn answers(url: &str) -> bool {
    match PgConnection::connect(url).await {
        Ok(mut connection) => connection.ping().await.is_ok(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_takes_the_place_of_the_one_in_the_servers_url() {
        for (given, expected) in [
            ("postgres://a@b:5432/postgres", "postgres://a@b:5432/new"),
            ("postgres://a@b:5432", "postgres://a@b:5432/new"),
            ("postgres://a@b/x?sslmode=verify-full", "postgres://a@b/new?sslmode=verify-full"),
            ("postgres://a@b/x?sslrootcert=/etc/ca.pem", "postgres://a@b/new?sslrootcert=/etc/ca.pem"),
        ] {
            assert_eq!(Server::of(given).url("new"), expected, "{given}");
        }
    }
}
