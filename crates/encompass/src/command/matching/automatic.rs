//! `encompass match automatic`: how far matches are sent without a person.

use std::process::ExitCode;

use anyhow::bail;
use clap::{Subcommand, ValueEnum};
use encompass_matching::{points, score_of};
use encompass_store::matched::{Automatic, Mode, Standing};
use encompass_store::{Actor, Clock, Scope, Store};

use super::{called, register};
use crate::command::{UNKNOWN, person, say};

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
        /// With `by-hand`: the fewest points that are sent, besides exact agreement.
        #[arg(long, value_parser = clap::value_parser!(u16).range(20..=200))]
        points: Option<u16>,
        /// With `by-hand`: nothing but exact agreement is sent.
        #[arg(long, conflicts_with = "points")]
        exact_only: bool,
        /// Who you are, where the login does not say so. Kept in the audit log.
        #[arg(long)]
        by: Option<String>,
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
        Command::Set { force, register: source, to, points, exact_only, by, reason } => {
            anyhow::ensure!(!reason.trim().is_empty(), "say why: --reason is kept in the audit log");
            check_points(to, points, exact_only)?;
            let by = by_name(person(), by)?;
            let register = register(store, &scope, &force, &source).await?.id;
            let (mode, threshold) = match to {
                To::Earned => (Mode::Earned, None),
                To::ByHand => (Mode::ByHand, points.map(score_of)),
                To::Off => (Mode::Off, None),
            };
            let new = Automatic { force, register, mode, threshold, cases: 0, wrong: 0, lower_bound: 0.0 };
            let mut tx = store.begin().await?;
            tx.set_automatic(new, &reason, &by, Clock::machine_time().now()).await?;
            tx.commit().await?;
            say("Set. Resolvers follow within a second.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check_points(to: To, points: Option<u16>, exact_only: bool) -> anyhow::Result<()> {
    let is_said = points.is_some() || exact_only;
    match to {
        To::ByHand if !is_said => bail!(
            "say how far with --to by-hand: --points N for N points or more besides exact agreement, or --exact-only"
        ),
        To::Earned | To::Off if is_said => bail!("--points and --exact-only go with --to by-hand"),
        _ => Ok(()),
    }
}

/// Whoever sets something that children are told by stands with a name in the audit log.
fn by_name(login: Actor, given: Option<String>) -> anyhow::Result<Actor> {
    let given = given.map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    let known = match &login {
        Actor::Command(login) if login.is_empty() || login == UNKNOWN => None,
        Actor::Command(login) => Some(login.clone()),
        _ => return Ok(login),
    };
    match (known, given) {
        (Some(_), None) => Ok(login),
        (Some(login), Some(name)) => Ok(Actor::Command(format!("{login} ({name})"))),
        (None, Some(name)) => Ok(Actor::Command(name)),
        (None, None) => bail!("the login does not say who you are: give your name with --by"),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_sets_something_by_hand_has_a_name() {
        let named = |login: &str, by: Option<&str>| {
            let by = by_name(Actor::Command(login.into()), by.map(str::to_owned));
            by.ok().map(|by| by.to_string())
        };
        for (login, by, expected) in [
            ("petra", None, Some("command:petra")),
            ("petra", Some("Petra Zwick"), Some("command:petra (Petra Zwick)")),
            ("unknown", Some("Petra Zwick"), Some("command:Petra Zwick")),
            ("unknown", None, None),
            ("unknown", Some("  "), None),
            ("", None, None),
        ] {
            assert_eq!(named(login, by).as_deref(), expected, "{login} {by:?}");
        }
    }

    #[test]
    fn by_hand_says_how_far_and_nothing_else_does() {
        for (to, points, exact_only, is_sound) in [
            (To::ByHand, Some(30), false, true),
            (To::ByHand, None, true, true),
            (To::ByHand, None, false, false),
            (To::Earned, None, false, true),
            (To::Earned, Some(30), false, false),
            (To::Off, None, true, false),
        ] {
            assert_eq!(check_points(to, points, exact_only).is_ok(), is_sound, "{points:?} {exact_only}");
        }
    }
}
