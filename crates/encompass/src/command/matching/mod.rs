//! `encompass match`: who a child is, and how far that is sent without a person.

mod automatic;
mod explain;
mod files;
mod history;
mod parameters;

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use encompass_core::id::RegisterId;
use encompass_store::register::Licensed;
use encompass_store::{Scope, Store};

use super::open_store;
use crate::config::Config;

/// What can be asked and set.
#[derive(Subcommand)]
pub enum Command {
    /// Writes incident_id,matched_register_id,score for two files: the best candidates of every incident, five at most. The
    /// score is the natural logarithm of the odds that it is this child, not rounded.
    Run(files::Run),
    /// Says why the children of an incident were decided as they were: keys, fields and points, no names.
    Explain(explain::Explain),
    /// Takes in cases that people decided before this service, so that automatic sending can be earned with them.
    History(history::History),
    /// How far matches are sent without a person.
    #[command(subcommand)]
    Automatic(automatic::Command),
    /// What matches are weighed with.
    #[command(subcommand)]
    Parameters(parameters::Command),
}

/// Runs the command.
///
/// # Errors
/// When a file can't be read or written, or lacks a column that is needed; when the store can't be reached or does not
/// have what is asked for.
pub async fn run(config: Option<&Path>, command: Command) -> anyhow::Result<ExitCode> {
    let store = async || open_store(&Config::load(config)?).await;
    match command {
        Command::Run(run) => files::run(&run),
        Command::Explain(explain) if explain.is_of_files() => explain.of_files(),
        Command::Explain(explain) => explain.of_store(&store().await?).await,
        Command::History(history) => history::run(&store().await?, &history).await,
        Command::Automatic(command) => automatic::run(&store().await?, command).await,
        Command::Parameters(command) => parameters::run(&store().await?, command).await,
    }
}

/// A register by its name, as a force that it is licensed to has it.
async fn register(store: &Store, scope: &Scope, force: &str, source: &str) -> anyhow::Result<Licensed> {
    let licensed = store.registers_of(scope, force).await?;
    let names: Vec<String> = licensed.iter().map(|register| register.source.clone()).collect();
    licensed.into_iter().find(|register| register.source == source).ok_or_else(|| {
        anyhow::anyhow!(
            "the force {force} may look in these registers: {}; not in {source:?}",
            names.join(", ")
        )
    })
}

/// What a register is called.
fn called(registers: &[Licensed], id: RegisterId) -> String {
    let found = registers.iter().find(|register| register.id == id);
    found.map_or_else(|| id.to_string(), |register| register.source.clone())
}
