//! `encompass dead-letter`: refused messages. Shows why, never what: the message itself is on the desk page.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::Subcommand;
use encompass_core::id::RefusedId;
use encompass_core::state::RefusedState;
use encompass_intake::accept::{PutBack, close, put_back};
use encompass_store::{Clock, Scope};

use super::{open_store, person, say};
use crate::config::Config;

/// The most that one listing shows.
const LISTED_MAX: i64 = 500;

/// What can be done with refused messages.
#[derive(Subcommand)]
pub enum Command {
    /// Lists those that wait for a person.
    List,
    /// Puts one back through our own acceptance, as it was or mended.
    PutBack {
        id: RefusedId,
        /// A file that replaces the message's value.
        #[arg(long)]
        mended: Option<PathBuf>,
        /// Why; kept with it.
        #[arg(long)]
        why: String,
    },
    /// Closes one without taking it.
    Close {
        id: RefusedId,
        /// Why; kept with it.
        #[arg(long)]
        why: String,
    },
}

/// Runs the command.
///
/// # Errors
/// When there is no such message or the store can't be reached.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let store = open_store(config).await?;
    let now = Clock::machine_time().now();
    let scope = Scope::command(person());
    match command {
        Command::List => {
            for refused in store.refused(&scope, RefusedState::Open, LISTED_MAX).await? {
                let pointer = refused.pointer.as_deref().unwrap_or("-");
                let (kind, origin) = (refused.kind.word(), refused.origin.in_words());
                say(format_args!("{} {} {kind} {pointer} {origin}", refused.id, refused.force));
            }
        }
        Command::PutBack { id, mended, why } => {
            let mended = mended.map(std::fs::read).transpose().context("the mended message can't be read")?;
            let rules = &config.rules.due;
            match put_back(&store, &config.intake, rules, id, mended, &scope, &why, now).await? {
                PutBack::Taken(_) => say("Taken."),
                PutBack::Refused(refusal) => {
                    say(format_args!("Refused again: {}", refusal.advice));
                    return Ok(ExitCode::FAILURE);
                }
            }
        }
        Command::Close { id, why } => {
            close(&store, id, &scope, &why, now).await?;
            say("Closed.");
        }
    }
    Ok(ExitCode::SUCCESS)
}
