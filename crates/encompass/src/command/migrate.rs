//! `encompass migrate`: brings the store's schema up to date. Every role does so at its start as well.

use std::process::ExitCode;

use super::{open_store, say};
use crate::config::Config;

/// Applies the migrations that are missing.
///
/// # Errors
/// When the store can't be reached, or the key is not its own.
pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    config.check()?;
    open_store(config).await?.close().await;
    say("The store's schema is up to date.");
    Ok(ExitCode::SUCCESS)
}
