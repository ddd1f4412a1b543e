//! The log of the demo: everything from debug on, in a file, so that what must not be in it can be looked for.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::telemetry;

/// Begins to log into the file; errors are shown at the command line too.
///
/// # Errors
/// When the file can't be made.
pub fn start(path: &Path) -> anyhow::Result<()> {
    let file = File::create(path).with_context(|| format!("the log {}", path.display()))?;
    let filter = EnvFilter::try_new(format!("debug,{}", telemetry::LIBRARIES)).context("the log's filter")?;
    let whole = fmt::layer().with_ansi(false).with_writer(Arc::new(file)).with_filter(filter);
    let errors = fmt::layer().with_writer(std::io::stderr).with_filter(LevelFilter::ERROR);
    tracing_subscriber::registry().with(whole).with(errors).try_init().context("something logs already")
}
