//! `encompass match parameters`: what matches are weighed with, and what others would do to decided cases.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use encompass_matching::weigh::Parameters;
use encompass_resolver::parameters;
use encompass_store::matched::Adopted;
use encompass_store::{Clock, Scope, Store};

use super::files::open;
use super::register;
use crate::command::{person, say};
use crate::learning::learn;
use crate::trial::{Effect, trial};

/// What can be asked and set.
#[derive(Subcommand)]
pub enum Command {
    /// Prints those that hold, as JSON.
    Show,
    /// Estimates others from the incidents of a force, one of its registers and what people decided about them, and
    /// prints them as JSON. Nothing changes.
    Estimate {
        /// The force.
        #[arg(long)]
        force: String,
        /// The register, by its name.
        #[arg(long)]
        register: String,
    },
    /// Shows what other parameters would do to the cases that people decided here. Nothing changes.
    Try {
        /// A file of them, as `estimate` or the report of `match run` has it.
        file: PathBuf,
    },
    /// Shows the same, and adopts them: decided cases are scored anew, and from then on every match is.
    Adopt {
        /// A file of them.
        file: PathBuf,
        /// Why. Kept in the audit log with your name; name nobody.
        #[arg(long)]
        reason: String,
    },
}

/// Runs the command.
///
/// # Errors
/// When the file can't be read, the force may not look in the register, or the store can't be reached.
pub async fn run(store: &Store, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Show => say(serde_json::to_string_pretty(&parameters(store).await?)?),
        Command::Estimate { force, register: source } => {
            let scope = Scope::command(person());
            let register = register(store, &scope, &force, &source).await?;
            let learnt = learn(store, &scope, &force, &register).await?;
            say(serde_json::to_string_pretty(&learnt)?);
        }
        Command::Try { file } => show(&trial(store, &Scope::command(person()), &read(&file)?).await?),
        Command::Adopt { file, reason } => adopt(store, &read(&file)?, &reason).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn read(file: &std::path::Path) -> anyhow::Result<Parameters> {
    serde_json::from_reader(open(file)?).with_context(|| format!("the parameters {}", file.display()))
}

async fn adopt(store: &Store, new: &Parameters, reason: &str) -> anyhow::Result<()> {
    let (by, now) = (person(), Clock::machine_time().now());
    let effects = trial(store, &Scope::command(by.clone()), new).await?;
    show(&effects);
    let adopted = Adopted { id: new.print(), body: serde_json::to_string(new)? };
    let mut tx = store.begin().await?;
    tx.adopt_parameters(adopted, reason, &by, now).await?;
    for effect in effects {
        tx.rescore_cases(&effect.rescored, &effect.mark).await?;
    }
    tx.commit().await?;
    say("Adopted. Resolvers follow within a second.");
    Ok(())
}

fn show(effects: &[Effect]) {
    if effects.is_empty() {
        say("No decided case can be scored anew: there is nothing to compare by.");
    }
    for effect in effects {
        say(effect);
    }
}
