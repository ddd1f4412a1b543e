//! `encompass dead-letter`: refused messages. Shows why, never what: the message itself is on the desk page.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, ensure};
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
            check_why(&why)?;
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
            check_why(&why)?;
            close(&store, id, &scope, &why, now).await?;
            say("Closed.");
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn check_why(why: &str) -> anyhow::Result<()> {
    ensure!(!why.trim().is_empty(), "say why: --why is kept in the audit log");
    Ok(())
}

#[cfg(test)]
mod tests {
    use encompass_core::event::{Refusal, RefusalKind, from_http};
    use encompass_store::Store;
    use encompass_store::refused::{Bytes, Message, New, Origin};

    use super::*;

    const EVENT: &str = r#"{"specversion": "1.0", "type": "encompass.incident.reported.v1", "data":
        {"force": "north", "reference": "N/1", "version": 1, "children_checked": "none"}}"#;

    fn refusal() -> Refusal {
        from_http(|_| None, b"{", 100).expect_err("half an object is no event")
    }

    /// Sets a message of the force aside, as intake does.
    async fn refuse(store: &Store, payload: &str) -> RefusedId {
        let now = Clock::machine_time().now();
        let new = New {
            force: "north".into(),
            reference: None,
            origin: Origin::Http("rms".into()),
            fingerprint: [u8::try_from(payload.len() % 256).expect("a remainder"); 32],
            traceparent: None,
            refusal: refusal(),
            message: Message { key: None, headers: Vec::new(), payload: Some(Bytes(payload.into())) },
            received_at: now,
            due_at: now,
        };
        let mut tx = store.begin().await.unwrap();
        let id = tx.refuse(vec![new]).await.unwrap()[0];
        tx.commit().await.unwrap();
        id
    }

    #[tokio::test]
    async fn a_refused_message_is_listed_put_back_as_it_was_or_mended_or_closed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let text = format!(
            "[store]\nurl = \"sqlite://{}?mode=rwc\"\nkey_file = {:?}\n",
            at("store.db").display(),
            at("key")
        );
        let config = Config::from_text(&text).unwrap();
        let store = open_store(&config).await.unwrap();
        let (as_it_was, mended, closed) =
            (refuse(&store, EVENT).await, refuse(&store, "{").await, refuse(&store, "[[").await);
        let mend = at("mended.json");
        let other = EVENT.replace("N/1", "N/2");
        std::fs::write(&mend, &other).unwrap();
        let put = |id, mended| Command::PutBack { id, mended, why: "asked the force".into() };
        let close = |id| Command::Close { id, why: "a test of theirs".into() };
        for (command, succeeds) in [
            (Command::List, true),
            (put(mended, None), false),
            (put(mended, Some(mend)), true),
            (put(as_it_was, None), true),
            (close(closed), true),
        ] {
            let code = run(&config, command).await.unwrap();
            assert_eq!(code == ExitCode::SUCCESS, succeeds);
        }
        assert!(run(&config, close(closed)).await.is_err(), "it is closed already");
        let without_reason = Command::Close { id: closed, why: " ".into() };
        assert!(run(&config, without_reason).await.unwrap_err().to_string().contains("--why"));
        for reference in ["N/1", "N/2"] {
            assert!(store.standing("north", reference).await.unwrap().is_some(), "{reference}");
        }
        let scope = Scope::service("test");
        let states = [(RefusedState::Open, 0), (RefusedState::PutBack, 2), (RefusedState::Closed, 1)];
        for (state, count) in states {
            let listed = store.refused(&scope, state, 10).await.unwrap();
            assert_eq!(listed.len(), count, "{state:?}");
            assert!(listed.iter().all(|one| one.kind == RefusalKind::Unreadable));
        }
        store.close().await;
    }
}
