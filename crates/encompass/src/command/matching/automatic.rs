//! `encompass match automatic`: how far matches are sent without a person.

use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use encompass_matching::{points, score_of};
use encompass_store::matched::{Automatic, Mode, Standing};
use encompass_store::{Clock, Scope, Store};

use super::{called, register};
use crate::command::{person, say};

/// What can be asked and set.
#[derive(Subcommand)]
pub enum Command {
    /// Lists what stands for each force and register, and on how many decided cases it rests.
    List,
    /// Sets it by hand, until it is given back to decided cases.
    Set {
        /// The force.
        #[arg(long)]
        force: String,
        /// The register, by its name.
        #[arg(long)]
        register: String,
        /// Who says how far.
        #[arg(long)]
        to: To,
        /// With `by-hand`: the fewest points that are sent. Without them exact agreement only.
        #[arg(long, value_parser = clap::value_parser!(u16).range(20..=200))]
        points: Option<u16>,
        /// Why. Kept in the audit log with your name; name nobody.
        #[arg(long)]
        reason: String,
    },
}

/// Who says how far.
#[derive(Clone, Copy, ValueEnum)]
pub enum To {
    /// Decided cases.
    Earned,
    /// You.
    ByHand,
    /// You: nothing is sent by itself, not even on exact agreement.
    Off,
}

/// Runs the command.
///
/// # Errors
/// When the force may not look in such a register, or the store can't be reached.
pub async fn run(store: &Store, command: Command) -> anyhow::Result<ExitCode> {
    let scope = Scope::command(person());
    match command {
        Command::List => {
            for standing in store.automatic(&scope).await? {
                let Automatic { force, register, .. } = &standing.automatic;
                let register = called(&store.registers_of(&scope, force).await?, *register);
                say(format_args!("{force} {register}: {}", text(&standing)));
            }
        }
        Command::Set { force, register: source, to, points, reason } => {
            anyhow::ensure!(!reason.trim().is_empty(), "say why: --reason is kept in the audit log");
            let is_by_hand = matches!(to, To::ByHand);
            anyhow::ensure!(points.is_none() || is_by_hand, "--points go with --to by-hand");
            let register = register(store, &scope, &force, &source).await?.id;
            let (mode, threshold) = match to {
                To::Earned => (Mode::Earned, None),
                To::ByHand => (Mode::ByHand, points.map(score_of)),
                To::Off => (Mode::Off, None),
            };
            let new = Automatic { force, register, mode, threshold, cases: 0, wrong: 0, lower_bound: 0.0 };
            let mut tx = store.begin().await?;
            tx.set_automatic(new, &reason, &person(), Clock::machine_time().now()).await?;
            tx.commit().await?;
            say("Set. Resolvers follow within a second.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn text(standing: &Standing) -> String {
    let Automatic { mode, threshold, cases, wrong, lower_bound, .. } = &standing.automatic;
    let from = match (mode, threshold) {
        (Mode::Off, _) => "nothing is sent by itself".to_owned(),
        (_, None) => "exact agreement is sent".to_owned(),
        (_, Some(threshold)) => format!("exact agreement and {} points or more are sent", points(*threshold)),
    };
    let by = match mode {
        Mode::Earned => {
            format!("{cases} decided cases, {wrong} of them wrong, show {:.3} %", lower_bound * 100.0)
        }
        Mode::ByHand | Mode::Off => format!("set by {}: {}", standing.set_by, standing.reason),
    };
    format!("{from}; {by}; since {}", standing.set_at)
}
