//! Commands for people at the machine. None of them shows a child.

pub mod account;
pub mod api_key;
pub mod audit;
pub mod check_config;
pub mod dead_letter;
pub mod directory;
pub mod incident;
pub mod matching;
pub mod migrate;
mod publish;

use std::time::Duration;

use anyhow::Context;
use encompass_store::{Actor, Store, db, seal::Keys};

use crate::config::Config;

/// Opens the store as the configuration says. On SQLite its folder and key are made if they are not there.
pub(crate) async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let options = db::Options {
        url: config.store.url.reveal().to_owned(),
        connections: config.store.connections,
        wait: Duration::from_secs(config.store.wait_seconds),
        source: config.store.source.clone(),
    };
    let is_embedded = options.backend()? == encompass_store::Backend::Sqlite;
    if is_embedded {
        make_folder(&options.url)?;
    }
    if let Some(folder) = config.store.key_file.parent().filter(|_| is_embedded) {
        std::fs::create_dir_all(folder).with_context(|| format!("the folder {}", folder.display()))?;
    }
    let keys = Keys::from_file(&config.store.key_file, is_embedded)?;
    Store::open(&options, keys).await.context("the store can't be opened")
}

/// The folder of an SQLite file.
fn make_folder(url: &str) -> anyhow::Result<()> {
    let path =
        url.trim_start_matches("sqlite:").trim_start_matches("//").split('?').next().unwrap_or_default();
    if let Some(folder) = std::path::Path::new(path).parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("the folder {}", folder.display()))?;
    }
    Ok(())
}

/// Who is at the command line, for the audit log.
#[expect(clippy::disallowed_methods, reason = "the login name is nothing that the configuration sets")]
pub(crate) fn person() -> Actor {
    let login =
        std::env::var("SUDO_USER").or_else(|_| std::env::var("USER")).unwrap_or_else(|_| "unknown".into());
    Actor::Command(login)
}

/// Prints a line for the person at the command line.
#[expect(clippy::print_stdout, reason = "this is what a command is run for")]
pub(crate) fn say(line: impl std::fmt::Display) {
    println!("{line}");
}
