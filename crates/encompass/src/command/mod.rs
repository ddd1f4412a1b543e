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

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
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
    let is_new = is_embedded && !embedded_file(&options.url).exists();
    if is_embedded {
        check_database(embedded_file(&options.url))?;
        make_folder(&options.url)?;
        let key = &config.store.key_file;
        ensure!(
            is_new || key.exists(),
            "{} is missing, the key that this store was made with: put it back from where it is kept. Without it nothing \
             in the store can be read, and no other key opens it",
            key.display()
        );
    }
    if let Some(folder) = config.store.key_file.parent().filter(|_| is_embedded) {
        std::fs::create_dir_all(folder).with_context(|| format!("the folder {}", folder.display()))?;
    }
    let keys = Keys::from_file(&config.store.key_file, is_new)?;
    Store::open(&options, keys).await.context("the store can't be opened")
}

/// The file of an SQLite store.
fn embedded_file(url: &str) -> &Path {
    let path = url.trim_start_matches("sqlite:").trim_start_matches("//").split('?').next();
    Path::new(path.unwrap_or_default())
}

/// Refuses a file that is there and is none of SQLite's, before anything is made beside it.
fn check_database(path: &Path) -> anyhow::Result<()> {
    let shown = path.display();
    ensure!(
        !path.is_dir(),
        "{shown} is a folder: name a file in it in store.url (sqlite://{shown}/encompass.db?mode=rwc)"
    );
    if !path.exists() {
        return Ok(());
    }
    let mut head = Vec::new();
    let file = File::open(path).with_context(|| format!("the store {shown}"))?;
    file.take(DATABASE.len() as u64).read_to_end(&mut head).with_context(|| format!("the store {shown}"))?;
    ensure!(
        head.is_empty() || head == DATABASE,
        "{shown} is no SQLite database: store.url names another file than the store's. Correct it, or move that file away; \
         nothing was written to it"
    );
    Ok(())
}

/// What every database of SQLite begins with, once something was written to it (its file format, 1.3).
const DATABASE: &[u8] = b"SQLite format 3\0";

/// Its folder.
fn make_folder(url: &str) -> anyhow::Result<()> {
    if let Some(folder) = embedded_file(url).parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("the folder {}", folder.display()))?;
    }
    Ok(())
}

/// What stands in the audit log for a person whom the login does not name.
pub(crate) const UNKNOWN: &str = "unknown";

/// Who is at the command line, for the audit log.
#[expect(clippy::disallowed_methods, reason = "the login name is nothing that the configuration sets")]
pub(crate) fn person() -> Actor {
    let login =
        std::env::var("SUDO_USER").or_else(|_| std::env::var("USER")).unwrap_or_else(|_| UNKNOWN.into());
    Actor::Command(login)
}

/// Prints a line for the person at the command line. Whoever has read enough, as `head` has, ends the reading and not what
/// the command does.
///
/// # Panics
/// When the line can't be written for another reason, such as a full disk.
pub(crate) fn say(line: impl std::fmt::Display) {
    write_line(&mut std::io::stdout().lock(), &line).expect("what a command says can be written");
}

fn write_line(to: &mut impl Write, line: &impl std::fmt::Display) -> std::io::Result<()> {
    match writeln!(to, "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fails(std::io::ErrorKind);

    impl Write for Fails {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn nobody_reading_on_is_no_fault_and_a_full_disk_is() {
        for (kind, is_fault) in
            [(std::io::ErrorKind::BrokenPipe, false), (std::io::ErrorKind::StorageFull, true)]
        {
            assert_eq!(write_line(&mut Fails(kind), &"a line").is_err(), is_fault, "{kind:?}");
        }
        let mut written = Vec::new();
        write_line(&mut written, &"a line").unwrap();
        assert_eq!(written, b"a line\n");
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_and_a_folder_are_refused_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let (notes, key) = (folder.path().join("notes.txt"), folder.path().join("key"));
        std::fs::write(&notes, "Remember the milk.").unwrap();
        for (path, expected) in [(notes.as_path(), "is no SQLite database"), (folder.path(), "is a folder")] {
            let text =
                format!("[store]\nurl = \"sqlite://{}?mode=rwc\"\nkey_file = {key:?}\n", path.display());
            let error =
                open_store(&Config::from_text(&text).unwrap()).await.err().expect("refused").to_string();
            assert!(error.contains(expected) && error.contains("store.url"), "{error}");
            assert!(!key.exists(), "nothing is made beside it");
        }
        assert_eq!(std::fs::read_to_string(&notes).unwrap(), "Remember the milk.");
    }

    #[tokio::test]
    async fn a_store_whose_key_is_missing_is_not_given_another() {
        let folder = tempfile::tempdir().unwrap();
        let (store, key) = (folder.path().join("store.db"), folder.path().join("key"));
        let text = format!("[store]\nurl = \"sqlite://{}?mode=rwc\"\nkey_file = {key:?}\n", store.display());
        let config = Config::from_text(&text).unwrap();
        open_store(&config).await.unwrap().close().await;
        let kept = std::fs::read(&key).unwrap();
        std::fs::remove_file(&key).unwrap();
        let error = open_store(&config).await.err().expect("without its key nothing is read").to_string();
        assert!(error.contains("is missing") && !key.exists(), "{error}");
        std::fs::write(&key, kept).unwrap();
        open_store(&config).await.unwrap().close().await;
    }
}
