//! `encompass audit`: checks that the audit log is whole.

use std::process::ExitCode;

use clap::Subcommand;
use encompass_store::audit_log::{INSTALLATION, Verdict};

use super::{open_store, say};
use crate::config::Config;

/// What can be asked of the audit log.
#[derive(Subcommand)]
pub enum Command {
    /// Walks every force's chain and checks each row's hash.
    Check,
}

/// Runs the command.
///
/// # Errors
/// When the store can't be read.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let Command::Check = command;
    let store = open_store(config).await?;
    let mut code = ExitCode::SUCCESS;
    for (chain, name) in
        std::iter::once((INSTALLATION, "installation")).chain(config.forces.iter().map(|(id, _)| (id, id)))
    {
        match store.check_audit_chain(chain).await? {
            Verdict::Whole { rows } => {
                say(format_args!("{name}: {rows} rows, each follows from the one before"))
            }
            Verdict::Broken { sequence } => {
                say(format_args!("{name}: BROKEN at row {sequence}: it was changed, or rows are missing"));
                code = ExitCode::FAILURE;
            }
        }
    }
    store.close().await;
    Ok(code)
}
