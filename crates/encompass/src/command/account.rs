//! `encompass account`: staff who sign in at the desk, quality and leaders' pages.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{Args, Subcommand};
use encompass_core::state::Role;
use encompass_store::Clock;
use encompass_store::account::{Account, Password, Terms};
use zeroize::Zeroizing;

use super::{open_store, person, say};
use crate::config::Config;

/// What can be done with accounts.
#[derive(Subcommand)]
pub enum Command {
    /// Makes an account. Its password is drawn and printed once, or read with --password-stdin.
    Create {
        /// Small letters, digits, dots and hyphens.
        login: String,
        #[command(flatten)]
        terms: TermsGiven,
        #[arg(long)]
        password_stdin: bool,
    },
    /// Gives an account other terms; its sessions end.
    Change {
        login: String,
        #[command(flatten)]
        terms: TermsGiven,
    },
    /// Gives an account another password; its sessions end.
    ResetPassword {
        login: String,
        #[arg(long)]
        password_stdin: bool,
    },
    /// Ends an account's sessions and lets it sign in no more.
    Disable { login: String },
    /// Lets an account sign in again.
    Enable { login: String },
    /// Lists accounts.
    List,
}

/// What an account may do and see.
#[derive(Args)]
pub struct TermsGiven {
    /// What colleagues see beside what the person did.
    #[arg(long)]
    name: String,
    /// desk, reviewer, leader or operator; may be given several times.
    #[arg(long = "role", required = true)]
    roles: Vec<Role>,
    /// A force of the configuration; may be given several times.
    #[arg(long = "force", required = true)]
    forces: Vec<String>,
    /// An authority's number; may be given several times. None: every area of the forces.
    #[arg(long = "area")]
    areas: Vec<String>,
    /// Shows restricted cases as well.
    #[arg(long)]
    restricted: bool,
}

impl TermsGiven {
    fn terms(self, login: &str, config: &Config) -> anyhow::Result<Terms> {
        for force in &self.forces {
            ensure!(config.forces.get(force).is_some(), "{force} is no force of the configuration");
        }
        let terms = Terms {
            display_name: self.name,
            roles: self.roles,
            forces: self.forces,
            areas: self.areas,
            sees_restricted: self.restricted,
        };
        terms.check(login)?;
        Ok(terms)
    }
}

/// Runs the command.
///
/// # Errors
/// When the terms make no sense, the login is taken or not there, or the store can't be reached.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let store = open_store(config).await?;
    let now = Clock::machine_time().now();
    let mut tx = store.begin().await?;
    match command {
        Command::Create { login, terms, password_stdin } => {
            let terms = terms.terms(&login, config)?;
            let is_taken = store.accounts().await?.iter().any(|account| account.login == login);
            ensure!(!is_taken, "{login} is taken: choose another login, or change that account");
            let (password, drawn) = password(password_stdin)?;
            tx.create_account(&login, &terms, &password, person(), now).await?;
            tx.commit().await?;
            tell(drawn);
        }
        Command::Change { login, terms } => {
            let terms = terms.terms(&login, config)?;
            tx.change_account(&login, &terms, person(), now).await.context("is there such a login?")?;
            tx.commit().await?;
        }
        Command::ResetPassword { login, password_stdin } => {
            let (password, drawn) = password(password_stdin)?;
            tx.set_password(&login, &password, person(), now).await.context("is there such a login?")?;
            tx.commit().await?;
            tell(drawn);
        }
        Command::Disable { login } => {
            tx.set_account_active(&login, false, person(), now).await.context("is there such a login?")?;
            tx.commit().await?;
        }
        Command::Enable { login } => {
            tx.set_account_active(&login, true, person(), now).await.context("is there such a login?")?;
            tx.commit().await?;
        }
        Command::List => list(&store).await?,
    }
    tell_uncovered(&store, config).await?;
    Ok(ExitCode::SUCCESS)
}

/// Refused messages, gaps in a feed and the like lie in no area: somebody has to see them.
async fn tell_uncovered(store: &encompass_store::Store, config: &Config) -> anyhow::Result<()> {
    let accounts = store.accounts().await?;
    for (force, _) in config.forces.iter() {
        if !accounts.iter().any(|account| covers(account, force)) {
            say(format_args!(
                "{force}: no desk account without --area: nobody sees refused messages and feed tasks, which lie in no area."
            ));
        }
    }
    Ok(())
}

fn covers(account: &Account, force: &str) -> bool {
    let is_desk = account.is_active && account.roles.contains(&Role::Desk);
    is_desk && account.areas.is_empty() && account.forces.iter().any(|own| own == force)
}

/// Says a password that was drawn, once it holds.
fn tell(drawn: Option<Zeroizing<String>>) {
    if let Some(text) = drawn {
        say(format_args!("Password (shown this once): {}", *text));
    }
}

/// A password, and its text where it was drawn.
fn password(from_stdin: bool) -> anyhow::Result<(Password, Option<Zeroizing<String>>)> {
    if !from_stdin {
        let (password, text) = Password::draw();
        return Ok((password, Some(text)));
    }
    if std::io::stdin().is_terminal() {
        say("Type the password and press Enter:");
    }
    let mut line = Zeroizing::new(String::new());
    std::io::stdin().lock().read_line(&mut line).context("the password can't be read")?;
    Ok((Password::new(line.trim_end_matches(['\r', '\n']))?, None))
}

async fn list(store: &encompass_store::Store) -> anyhow::Result<()> {
    for account in store.accounts().await? {
        let roles: Vec<&str> = account.roles.iter().map(|role| role.as_str()).collect();
        let areas = if account.areas.is_empty() { "all areas".to_owned() } else { account.areas.join(" ") };
        let state = if account.is_active { "" } else { " (disabled)" };
        say(format_args!(
            "{}{state}: {}; {}; {areas}",
            account.login,
            roles.join(" "),
            account.forces.join(" ")
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_login_is_given_once() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let (url, key) = (at("store.db"), at("key"));
        let text = format!("[store]\nurl = \"sqlite://{}?mode=rwc\"\nkey_file = {key:?}\n", url.display());
        let config = Config::from_text(&text).unwrap();
        let create = || Command::Create {
            login: "a.operator".into(),
            terms: TermsGiven {
                name: "A. Operator".into(),
                roles: vec![Role::Operator],
                forces: Vec::new(),
                areas: Vec::new(),
                restricted: false,
            },
            password_stdin: false,
        };
        run(&config, create()).await.unwrap();
        let error = run(&config, create()).await.unwrap_err().to_string();
        assert_eq!(error, "a.operator is taken: choose another login, or change that account");
    }
}
