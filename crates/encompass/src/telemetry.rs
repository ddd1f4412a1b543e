//! Logs and signals.
//!
//! What may be logged: ids of ours, words of ours, counts, durations. Never a name, a birth date, an address or a
//! free text; not in a span, not in an error, not in a panic.

use std::io::IsTerminal;

use anyhow::Context;
use serde::Deserialize;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// How to log.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// Filter, such as `info` or `info,encompass_intake=debug`.
    pub level: String,
    /// `text` for people, `json` for machines.
    pub format: Format,
}

/// The form of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Statements and wire traffic of libraries, which may hold bound values, are never logged below this level.
pub(crate) const LIBRARIES: &str =
    "sqlx=warn,lettre=warn,reqwest=warn,hyper=warn,hyper_util=warn,h2=warn,rustls=warn,rdkafka=info";

/// Which lines are logged.
///
/// # Errors
/// When the level makes no sense.
pub fn filter(log: &Log) -> anyhow::Result<EnvFilter> {
    let advice = "log.level is no filter: state error, warn, info, debug or trace, or levels of parts as in \
                  \"info,encompass_intake=debug\"";
    EnvFilter::try_new(format!("{},{LIBRARIES}", log.level)).context(advice)
}

/// Begins to log to standard error, and makes panics tell their place only.
///
/// # Errors
/// When the filter makes no sense.
pub fn start(log: &Log) -> anyhow::Result<()> {
    let lines = tracing_subscriber::fmt().with_env_filter(filter(log)?).with_writer(std::io::stderr);
    let lines = lines.with_ansi(std::io::stderr().is_terminal());
    // A second start, as in tests that serve twice in one process, keeps the first.
    let _ = match log.format {
        Format::Text => lines.try_init(),
        Format::Json => lines.json().flatten_event(true).try_init(),
    };
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map_or_else(|| "unknown".to_owned(), ToString::to_string);
        tracing::error!(place, "a task panicked");
    }));
    Ok(())
}

/// Is cancelled by SIGTERM or SIGINT. A second signal ends the process at once.
#[expect(clippy::disallowed_methods, reason = "the signal task lives as long as the process")]
pub fn shutdown() -> CancellationToken {
    let token = CancellationToken::new();
    let stopping = token.clone();
    tokio::spawn(async move {
        let (Ok(mut terminate), Ok(mut interrupt)) =
            (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
        else {
            return;
        };
        for count in 0.. {
            tokio::select! { _ = terminate.recv() => {}, _ = interrupt.recv() => {} }
            if count == 1 {
                std::process::exit(130);
            }
            tracing::info!("stopping: work under way is finished first");
            stopping.cancel();
        }
    });
    token
}
