//! `encompass account`: staff who sign in at the desk, quality and leaders' pages.

use std::collections::BTreeSet;
use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use encompass_core::state::{Role, SettingKind};
use encompass_store::account::{Account, Password, Terms};
use encompass_store::{Clock, Store};
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
    /// May be given several times.
    #[arg(long = "role", required = true, value_parser = roles())]
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

/// The words for roles, which an error lists.
fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.iter().map(|role| role.as_str())).try_map(|word| word.parse())
}

impl TermsGiven {
    async fn terms(self, login: &str, config: &Config, store: &Store) -> anyhow::Result<Terms> {
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
        if !terms.areas.is_empty() {
            check_areas(&terms.areas, &authorities(store).await?)?;
        }
        Ok(terms)
    }
}

/// The numbers of the authorities in which the directory has settings.
async fn authorities(store: &Store) -> anyhow::Result<BTreeSet<String>> {
    let mut known = BTreeSet::new();
    for kind in SettingKind::ALL {
        let settings = store.settings_of_kind(*kind).await?;
        known.extend(settings.into_iter().filter_map(|setting| setting.record.authority));
    }
    Ok(known)
}

/// Refuses an area in which no child will ever be found: whoever has it would see nobody.
fn check_areas(areas: &[String], known: &BTreeSet<String>) -> anyhow::Result<()> {
    ensure!(
        !known.is_empty(),
        "--area needs the directory, which has no authority yet: import the schools first \
         (encompass directory import schools FILE), or leave --area out for every area of the forces"
    );
    let unknown: Vec<&str> = areas.iter().filter(|area| !known.contains(*area)).map(String::as_str).collect();
    let shown: Vec<&str> = known.iter().take(AREAS_SHOWN).map(String::as_str).collect();
    let more = if known.len() > AREAS_SHOWN { ", …" } else { "" };
    ensure!(
        unknown.is_empty(),
        "no authority of the directory has the number {}: give its three digits, LA (code) in the school register. \
         The directory has {}{more}",
        unknown.join(", "),
        shown.join(", ")
    );
    Ok(())
}

/// Authorities that an error lists at most.
const AREAS_SHOWN: usize = 20;

/// Runs the command.
///
/// # Errors
/// When the terms make no sense, the login is taken or not there, or the store can't be reached.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let store = open_store(config).await?;
    let now = Clock::machine_time().now();
    match command {
        Command::Create { login, terms, password_stdin } => {
            let terms = terms.terms(&login, config, &store).await?;
            let is_taken = store.accounts().await?.iter().any(|account| account.login == login);
            ensure!(!is_taken, "{login} is taken: choose another login, or change that account");
            let (password, drawn) = password(password_stdin)?;
            let mut tx = store.begin().await?;
            tx.create_account(&login, &terms, &password, person(), now).await?;
            tx.commit().await?;
            tell(drawn);
        }
        Command::Change { login, terms } => {
            let terms = terms.terms(&login, config, &store).await?;
            let mut tx = store.begin().await?;
            tx.change_account(&login, &terms, person(), now).await.context("is there such a login?")?;
            tx.commit().await?;
        }
        Command::ResetPassword { login, password_stdin } => {
            let (password, drawn) = password(password_stdin)?;
            let mut tx = store.begin().await?;
            tx.set_password(&login, &password, person(), now).await.context("is there such a login?")?;
            tx.commit().await?;
            tell(drawn);
        }
        Command::Disable { login } => {
            let mut tx = store.begin().await?;
            tx.set_account_active(&login, false, person(), now).await.context("is there such a login?")?;
            tx.commit().await?;
        }
        Command::Enable { login } => {
            let mut tx = store.begin().await?;
            tx.set_account_active(&login, true, person(), now).await.context("is there such a login?")?;
            tx.commit().await?;
        }
        Command::List => list(&store).await?,
    }
    uncovered(&store.accounts().await?, config).into_iter().for_each(say);
    Ok(ExitCode::SUCCESS)
}

/// Refused messages, gaps in a feed and the like lie in no area: somebody has to see them.
/// So has a child who is restricted.
fn uncovered(accounts: &[Account], config: &Config) -> Vec<String> {
    let mut said = Vec::new();
    for (force, _) in config.forces.iter() {
        let desk = || accounts.iter().filter(|account| is_at_the_desk(account, force));
        if !desk().any(|account| account.areas.is_empty()) {
            said.push(format!(
                "{force}: no desk account without --area: nobody sees refused messages and feed tasks, which lie in no area."
            ));
        }
        if !desk().any(|account| account.sees_restricted) {
            said.push(format!(
                "{force}: no desk account with --restricted: nobody sees restricted children, who wait for a person. \
                 Give one to named people (encompass account change)."
            ));
        }
    }
    said
}

fn is_at_the_desk(account: &Account, force: &str) -> bool {
    account.is_active && account.roles.contains(&Role::Desk) && account.forces.iter().any(|own| own == force)
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

async fn list(store: &Store) -> anyhow::Result<()> {
    for account in store.accounts().await? {
        let roles: Vec<&str> = account.roles.iter().map(|role| role.as_str()).collect();
        let areas = if account.areas.is_empty() { "all areas".to_owned() } else { account.areas.join(" ") };
        let restricted = if account.sees_restricted { "; restricted too" } else { "" };
        let state = if account.is_active { "" } else { " (disabled)" };
        say(format_args!(
            "{}{state}: {}; {}; {areas}{restricted}",
            account.login,
            roles.join(" "),
            account.forces.join(" ")
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(subcommand)]
        _command: Command,
    }

    #[test]
    fn a_role_that_there_is_not_is_refused_with_the_roles_that_there_are() {
        let words = ["account", "create", "a.king", "--name", "A King", "--force", "north", "--role", "king"];
        let error = Line::try_parse_from(words).err().expect("no such role").to_string();
        assert!(error.contains("[possible values: desk, reviewer, leader, operator]"), "{error}");
        assert!(Line::try_parse_from([&words[..8], &["desk"]].concat()).is_ok());
    }

    #[test]
    fn an_area_that_no_authority_has_is_refused_with_what_to_do() {
        let areas = ["919".to_owned(), "zzz".to_owned()];
        let known = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<BTreeSet<String>>();
        check_areas(&areas[..1], &known(&["919", "920"])).unwrap();
        let error = check_areas(&areas, &known(&["919", "920"])).unwrap_err().to_string();
        assert!(
            error.starts_with("no authority of the directory has the number zzz: give its three digits"),
            "{error}"
        );
        assert!(error.ends_with("The directory has 919, 920"), "{error}");
        let error = check_areas(&areas, &known(&[])).unwrap_err().to_string();
        assert!(error.contains("import the schools first"), "{error}");
    }

    #[test]
    fn it_is_said_where_nobody_sees_restricted_children_or_what_lies_in_no_area() {
        let config = Config::from_text(
            "[forces.north]\nname = \"North\"\ntelephone = \"01632 960000\"\n\
             duty_address = \"d@north.example\"\nsecond_address = \"s@north.example\"\n",
        )
        .unwrap();
        let account = |roles: &[Role], areas: &[&str], sees_restricted, is_active| Account {
            id: encompass_core::id::AccountId::new(uuid::Uuid::nil()),
            login: "a.desk".into(),
            display_name: "A Desk".into(),
            is_active,
            sees_restricted,
            roles: roles.to_vec(),
            forces: vec!["north".into()],
            areas: areas.iter().map(|area| (*area).to_owned()).collect(),
        };
        for (what, accounts, (areas, restricted)) in [
            ("nobody", vec![], (true, true)),
            ("everything", vec![account(&[Role::Desk], &[], true, true)], (false, false)),
            ("one area", vec![account(&[Role::Desk], &["919"], true, true)], (true, false)),
            ("not restricted", vec![account(&[Role::Desk], &[], false, true)], (false, true)),
            ("disabled", vec![account(&[Role::Desk], &[], true, false)], (true, true)),
            ("a leader", vec![account(&[Role::Leader], &[], true, true)], (true, true)),
        ] {
            let said = uncovered(&accounts, &config);
            assert_eq!(
                said.iter().any(|line| line.contains("no desk account without --area")),
                areas,
                "{what}"
            );
            let is_said = said.iter().any(|line| line.contains("no desk account with --restricted"));
            assert_eq!(is_said, restricted, "{what}");
        }
    }

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
