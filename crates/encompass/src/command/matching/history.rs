//! `encompass match history`: cases that people decided before this service.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use encompass_store::{Clock, Store};

use super::files::{open, tell};
use crate::command::{person, say};
use crate::history::take;

/// What was decided.
#[derive(Args)]
pub struct History {
    /// The force that decided.
    #[arg(long)]
    force: String,
    /// The register, by its name.
    #[arg(long)]
    register: String,
    /// CSV of the children as police wrote them, with the columns of `match run`.
    #[arg(long)]
    incidents: PathBuf,
    /// CSV with incident_id and register_id: the register's own number of the child; empty where it was not on the register.
    #[arg(long)]
    truth: PathBuf,
}

/// Scores every case on the register as it is now, and records whether the best candidate was the child.
///
/// # Errors
/// When a file can't be read or lacks a column, the force may not look in the register, or the store can't be reached.
pub async fn run(store: &Store, command: &History) -> anyhow::Result<ExitCode> {
    let (incidents, truth) = (open(&command.incidents)?, open(&command.truth)?);
    let now = Clock::machine_time().now();
    let taken = take(store, &command.force, &command.register, incidents, truth, &person(), now).await?;
    say(format_args!(
        "{} cases taken in; of {} the best candidate was the child. {} had no candidate and say nothing.",
        taken.cases, taken.right, taken.without
    ));
    tell("two files", &taken.faults);
    if taken.unlisted > 0 {
        say(format_args!(
            "  {} name a child whom the register does not have, and were passed over",
            taken.unlisted
        ));
    }
    if taken.undecided > 0 {
        say(format_args!(
            "  {} incidents are not in the file of decisions and were passed over",
            taken.undecided
        ));
    }
    Ok(ExitCode::SUCCESS)
}
