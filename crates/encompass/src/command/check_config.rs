//! `encompass check-config`: says what is wrong before anything starts.

use std::path::Path;
use std::process::ExitCode;

use super::say;
use crate::config::{Config, DEFAULT};

/// Checks the configuration, and with `show` prints what holds.
///
/// # Errors
/// With what is wrong and what to do.
pub fn run(path: Option<&Path>, show: bool) -> anyhow::Result<ExitCode> {
    let config = Config::load(path)?;
    config.check()?;
    if show {
        say(format_args!("{config:#?}"));
    }
    if config.forces.is_empty() {
        say("No force is configured: nobody can publish and no task is mailed. Add a section [forces.NAME].");
    }
    let topics = config.intake.kafka.needed_topics();
    if !topics.is_empty() {
        say("These topics must be there; the service makes none:");
    }
    for topic in topics {
        say(format_args!("  {}: {}", topic.name, topic.what_for.in_words()));
    }
    say("The configuration can be used.");
    Ok(ExitCode::SUCCESS)
}

/// Prints the commented defaults.
///
/// # Errors
/// None; the signature is that of every command.
pub fn print_default() -> anyhow::Result<ExitCode> {
    say(DEFAULT);
    Ok(ExitCode::SUCCESS)
}
