//! `encompass api-key`: keys of forces' and settings' systems.

use std::process::ExitCode;

use anyhow::{Context, ensure};
use clap::{ArgGroup, Args, Subcommand};
use encompass_store::api_key::Owner;
use encompass_store::directory::Identifier;
use encompass_store::{Clock, Store};

use super::{open_store, person, say};
use crate::config::Config;

/// What can be done with keys.
#[derive(Subcommand)]
pub enum Command {
    /// Makes a key and prints it, for the only time.
    Create {
        #[command(flatten)]
        owner: OwnerGiven,
        /// What the key is for, such as the system that uses it.
        #[arg(long)]
        label: String,
    },
    /// Ends every key of this owner and label at once.
    Revoke {
        #[command(flatten)]
        owner: OwnerGiven,
        #[arg(long)]
        label: String,
    },
    /// Lists keys, without the keys themselves.
    List,
}

/// Whose key it is.
#[derive(Args)]
#[command(group = ArgGroup::new("owner").required(true))]
pub struct OwnerGiven {
    /// A force of the configuration: may publish incidents and read its events.
    #[arg(long, group = "owner")]
    force: Option<String>,
    /// A setting by scheme and identifier, such as urn:100000: may fetch its notices.
    #[arg(long, group = "owner")]
    setting: Option<String>,
}

impl OwnerGiven {
    async fn owner(self, config: &Config, store: &Store) -> anyhow::Result<Owner> {
        if let Some(force) = self.force {
            ensure!(config.forces.get(&force).is_some(), "{force} is no force of the configuration");
            return Ok(Owner::Force(force));
        }
        let text = self.setting.unwrap_or_default();
        let (scheme, value) = text.split_once(':').context("a setting is named as scheme:identifier")?;
        let identifiers = [Identifier::new(scheme, value)];
        let found = store.settings_by_identifier(&identifiers, Clock::machine_time().machine()).await?;
        let setting =
            found.into_iter().next().flatten().context("no setting of the directory has this identifier")?;
        Ok(Owner::Setting(setting.id))
    }
}

/// Runs the command.
///
/// # Errors
/// When the owner is not known, or the store can't be reached.
pub async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let store = open_store(config).await?;
    let now = Clock::machine_time().now();
    match command {
        Command::Create { owner, label } => {
            let owner = owner.owner(config, &store).await?;
            let key = store.create_api_key(&owner, &label, None, &person(), now).await?;
            say(format_args!("{}", *key));
        }
        Command::Revoke { owner, label } => {
            let owner = owner.owner(config, &store).await?;
            store.revoke_api_key(&owner, &label, &person(), now).await.context("is there such a key?")?;
            say("Revoked.");
        }
        Command::List => {
            for key in store.api_keys().await? {
                let state = if key.revoked_at.is_some() { "revoked" } else { "good" };
                say(format_args!("{:?} {}: {state}", key.owner, key.label));
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}
