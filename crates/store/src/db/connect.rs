//! Opening the database with the settings that the promises rest on.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::AnyPoolOptions;
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{AnyPool, AssertSqlSafe};

use crate::{Error, Result};

/// Which database serves the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// Embedded, one machine, one writer.
    Sqlite,
    /// Shared by several replicas.
    Postgres,
}

impl Backend {
    /// What follows a `SELECT` of rows that several replicas compete for.
    pub(crate) const fn skip_locked(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE SKIP LOCKED",
        }
    }

    /// What follows a `SELECT … FROM load l` of versions that are to stay current until the transaction ends.
    pub(crate) const fn for_share(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => "FOR SHARE OF l",
        }
    }

    /// What follows a `SELECT` of rows that the transaction is going to change.
    pub(crate) const fn for_update(self) -> &'static str {
        match self {
            Self::Sqlite => "",
            Self::Postgres => " FOR UPDATE",
        }
    }
}

/// How to open the store.
#[derive(Clone, Debug)]
pub struct Options {
    /// `sqlite://path?mode=rwc` or `postgres://…`.
    pub url: String,
    /// Connections that may read, and on PostgreSQL write, at once.
    pub connections: u32,
    /// How long a caller waits for a free connection.
    pub wait: Duration,
    /// What names this installation in the events that it publishes: a URI reference (CloudEvents `source`).
    pub source: String,
}

impl Options {
    /// Options with the defaults for everything but the place.
    pub fn at(url: impl Into<String>) -> Self {
        Self { url: url.into(), connections: 12, wait: Duration::from_secs(10), source: "/encompass".into() }
    }

    /// Which database the URL names.
    ///
    /// # Errors
    /// [`Error::Options`] when the URL's scheme is neither.
    pub fn backend(&self) -> Result<Backend> {
        match self.url.split(':').next() {
            Some("sqlite") => Ok(Backend::Sqlite),
            Some("postgres" | "postgresql") => Ok(Backend::Postgres),
            _ => Err(Error::Options("store.url must begin with sqlite: or postgres:".into())),
        }
    }

    /// The machine that is reached without verified TLS, if it is another one than this. Looks at what the URL comes to
    /// with the environment's `PGHOST` and the like, as the connection does.
    ///
    /// # Errors
    /// [`Error::Options`] when the URL can't be read.
    pub fn unprotected_host(&self) -> Result<Option<String>> {
        if self.backend()? == Backend::Sqlite {
            return Ok(None);
        }
        let wrong = |_| Error::Options("store.url can't be read as postgres://user@host/database".into());
        let options = PgConnectOptions::from_str(&self.url).map_err(wrong)?;
        let is_here = options.get_socket().is_some() || is_loopback(options.get_host());
        let is_verified = matches!(options.get_ssl_mode(), PgSslMode::VerifyFull);
        Ok((!is_here && !is_verified).then(|| options.get_host().to_owned()))
    }
}

/// Whether a host is this machine: a name, an address, or the folder of a socket.
fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.starts_with('/') || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// The open database: one pool for reading and one for writing, which on SQLite holds a single connection.
#[derive(Clone)]
pub struct Db {
    read: AnyPool,
    write: AnyPool,
    backend: Backend,
    url: String,
}

/// Write-ahead log so that readers never wait; `FULL` so that a commit is on disk when it returns. A commit makes a
/// checkpoint itself only where the log has grown to 128 MiB. Without automatic indexes, since the planner would rather
/// index a batch's few rows and scan the table than look each row up. A reader keeps few pages: what it looks up lies all
/// over the store, and the system caches the file.
const SQLITE_SETTINGS: &str = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 10000; \
     PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA automatic_index = OFF; PRAGMA temp_store = MEMORY; \
     PRAGMA wal_autocheckpoint = 32768; PRAGMA journal_size_limit = 134217728; PRAGMA cache_size = -768;";

/// The one that writes keeps 6 MiB of pages: it comes back to the ends of the same indexes again and again.
const SQLITE_WRITER_SETTINGS: &str = "PRAGMA cache_size = -6144;";

/// More readers than this only cost memory on a machine that an embedded store fits.
const SQLITE_READERS: u32 = 3;

/// How many prepared statements a connection to PostgreSQL keeps: each text of a batch comes in four lengths.
const POSTGRES_STATEMENTS: usize = 400;

/// Durable commits whatever the server's default; no statement or idle transaction outlives a lease. Rows are looked up
/// by their index: a plan that was prepared while a table was nearly empty would go on scanning it as it grows. So no value
/// makes another plan better, and a statement is planned once on a connection instead of six times. No plan is compiled: a
/// scan that is only discouraged counts as dear enough for that, and each compilation holds a processor for some 50 ms.
const POSTGRES_SETTINGS: &str = "SET synchronous_commit = on; SET statement_timeout = '60s'; \
     SET idle_in_transaction_session_timeout = '60s'; SET timezone = 'UTC'; \
     SET plan_cache_mode = force_generic_plan; \
     SET jit = off; SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;";

impl Db {
    pub(crate) async fn connect(options: &Options) -> Result<Self> {
        sqlx::any::install_default_drivers();
        let backend = options.backend()?;
        let (read, write) = match backend {
            Backend::Sqlite => {
                let write = pool(options, 1, [SQLITE_SETTINGS, SQLITE_WRITER_SETTINGS].concat()).await?;
                let readers = options.connections.min(SQLITE_READERS);
                (pool(options, readers, SQLITE_SETTINGS.to_owned()).await?, write)
            }
            Backend::Postgres => {
                let both = pool(options, options.connections, POSTGRES_SETTINGS.to_owned()).await?;
                (both.clone(), both)
            }
        };
        Ok(Self { read, write, backend, url: options.url.clone() })
    }

    pub(crate) const fn backend(&self) -> Backend {
        self.backend
    }

    pub(crate) const fn read(&self) -> &AnyPool {
        &self.read
    }

    pub(crate) const fn write(&self) -> &AnyPool {
        &self.write
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn begin(&self) -> Result<sqlx::Transaction<'static, sqlx::Any>> {
        let begin = match self.backend {
            Backend::Sqlite => "BEGIN IMMEDIATE",
            Backend::Postgres => "BEGIN",
        };
        Ok(self.write.begin_with(begin).await?)
    }

    pub(crate) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

async fn pool(options: &Options, connections: u32, settings: String) -> Result<AnyPool> {
    let settings: Arc<str> = settings.into();
    let pool = AnyPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(options.wait)
        .test_before_acquire(false)
        .after_connect(move |connection, _| {
            let settings = settings.clone();
            Box::pin(
                async move { sqlx::raw_sql(AssertSqlSafe(settings)).execute(connection).await.map(drop) },
            )
        })
        .connect(&url(options)?)
        .await?;
    Ok(pool)
}

/// The URL, with as many prepared statements as we use unless it says itself how many.
fn url(options: &Options) -> Result<String> {
    const PARAMETER: &str = "statement-cache-capacity=";
    if options.backend()? == Backend::Sqlite || options.url.contains(PARAMETER) {
        return Ok(options.url.clone());
    }
    let joint = if options.url.contains('?') { '&' } else { '?' };
    Ok(format!("{}{joint}{PARAMETER}{POSTGRES_STATEMENTS}", options.url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_reached_by_verified_tls_only_however_it_is_named() {
        for (url, unprotected) in [
            ("sqlite://data/encompass.db", None),
            ("postgres://u@127.0.0.1/e", None),
            ("postgres://u@localhost:5433/e", None),
            ("postgres://u@[::1]/e", None),
            ("postgres:///e?host=/run/postgresql", None),
            ("postgres://u@db.example/e?sslmode=verify-full", None),
            ("postgres://u@db.example/e", Some("db.example")),
            ("postgres://u@db.example/e?sslmode=verify-ca", Some("db.example")),
            ("postgres://u@localhost/e?host=db.example", Some("db.example")),
            ("postgres://u@localhost/e?hostaddr=192.0.2.7", Some("192.0.2.7")),
            (
                "postgres://u@127.0.0.1.example.org/e?application_name=sslmode%3Dverify-full",
                Some("127.0.0.1.example.org"),
            ),
        ] {
            let found = Options::at(url).unprotected_host().expect("it is a URL");
            assert_eq!(found.as_deref(), unprotected, "{url}");
        }
        assert!(Options::at("postgres://u@db.example:port/e").unprotected_host().is_err());
    }
}
