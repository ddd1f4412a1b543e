//! The command line.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;
use crate::role::Role;
use crate::{command, demo, role, telemetry};

/// Operation Encompass notification pipeline: tells a child's setting, before the bell, that police attended a
/// domestic abuse incident.
#[derive(Parser)]
#[command(name = "encompass", version, max_term_width = 100)]
pub struct Arguments {
    /// Configuration file. Without one the compiled-in defaults hold; ENCOMPASS_SECTION__NAME in the environment
    /// overrides both.
    #[arg(long, global = true, env = "ENCOMPASS_CONFIG")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every role in one process.
    All,
    /// Takes incidents in, by Kafka and HTTP, and publishes lifecycle events.
    Intake,
    /// Decides which setting each child belongs to.
    Resolver,
    /// Sends notices, codes and alerts.
    Notifier,
    /// Serves settings' pages and the API.
    Portal,
    /// Looks for stuck work.
    Watchdog,
    /// Serves desk, quality and leaders' pages.
    Oversight,
    /// Checks the configuration and says what is wrong and what to do; touches nothing.
    CheckConfig {
        /// Prints the configuration that holds, without secrets.
        #[arg(long)]
        show: bool,
    },
    /// Prints the commented default configuration, which is the documentation of every setting.
    DefaultConfig,
    /// Brings the store's schema up to date.
    Migrate,
    /// Settings, calendars, contacts and registers.
    #[command(subcommand)]
    Directory(command::directory::Command),
    /// Staff accounts.
    #[command(subcommand)]
    Account(command::account::Command),
    /// Keys of forces' and settings' systems.
    #[command(subcommand)]
    ApiKey(command::api_key::Command),
    /// Incidents, as a police system would publish them.
    #[command(subcommand)]
    Incident(command::incident::Command),
    /// Who a child is: explained, measured on two files, and how far it is sent without a person.
    #[command(subcommand)]
    Match(command::matching::Command),
    /// Refused messages.
    #[command(subcommand)]
    DeadLetter(command::dead_letter::Command),
    /// The audit log.
    #[command(subcommand)]
    Audit(command::audit::Command),
    /// A made-up county and fortnight, in one process with nothing else running.
    Demo(demo::Options),
}

/// Does what the command line says.
///
/// # Errors
/// With a message for the person at the command line: what is wrong and what to do.
pub async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let path = arguments.config.as_deref();
    match arguments.command {
        Command::All => serve(path, Role::ALL).await,
        Command::Intake => serve(path, &[Role::Intake]).await,
        Command::Resolver => serve(path, &[Role::Resolver]).await,
        Command::Notifier => serve(path, &[Role::Notifier]).await,
        Command::Portal => serve(path, &[Role::Portal]).await,
        Command::Watchdog => serve(path, &[Role::Watchdog]).await,
        Command::Oversight => serve(path, &[Role::Oversight]).await,
        Command::CheckConfig { show } => command::check_config::run(path, show),
        Command::DefaultConfig => command::check_config::print_default(),
        Command::Migrate => command::migrate::run(&Config::load(path)?).await,
        Command::Directory(command) => command::directory::run(&Config::load(path)?, command).await,
        Command::Account(command) => command::account::run(&Config::load(path)?, command).await,
        Command::ApiKey(command) => command::api_key::run(&Config::load(path)?, command).await,
        Command::Incident(command) => command::incident::run(path, command).await,
        Command::Match(command) => command::matching::run(path, command).await,
        Command::DeadLetter(command) => command::dead_letter::run(&Config::load(path)?, command).await,
        Command::Audit(command) => command::audit::run(&Config::load(path)?, command).await,
        Command::Demo(options) => demo::run(options).await,
    }
}

async fn serve(path: Option<&std::path::Path>, roles: &[Role]) -> anyhow::Result<ExitCode> {
    let config = Config::load(path)?;
    telemetry::start(&config.log)?;
    config.check()?;
    role::serve(config, roles, telemetry::shutdown()).await?;
    Ok(ExitCode::SUCCESS)
}
