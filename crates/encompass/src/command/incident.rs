//! `encompass incident`: for developers at police forces.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use clap::{Subcommand, ValueEnum};
use encompass_core::event::{Content, EVENT_BYTES_MAX, Item, Refusal, Submitted, documents, from_http};
use encompass_core::incident::unknown_names;
use encompass_store::{Clock, Error};

use super::{open_store, person, say};
use crate::config::Config;

/// What can be done with an incident's file.
#[derive(Subcommand)]
pub enum Command {
    /// Reads a file as intake would, and says what would be refused or set aside. Sends nothing.
    Validate {
        /// A CloudEvent in structured mode, or a JSON array of them.
        file: PathBuf,
    },
    /// Publishes a file: to the configured brokers, or by HTTP with a key.
    Publish {
        /// A CloudEvent in structured mode, or a JSON array of them.
        file: PathBuf,
        /// The topic; without one the only one that the configuration reads.
        #[arg(long, conflicts_with = "url")]
        topic: Option<String>,
        /// Where POST /v1/incidents is, such as http://127.0.0.1:8081.
        #[arg(long)]
        url: Option<String>,
        /// A file that holds the force's key.
        #[arg(long, requires = "url")]
        key_file: Option<PathBuf>,
    },
    /// Deletes an incident's key, and with it all that it says. What was done and when stays; this can't be undone.
    Erase {
        /// The force.
        #[arg(long)]
        force: String,
        /// The police reference.
        #[arg(long)]
        reference: String,
        /// Why; kept in the audit log with your sign-in.
        #[arg(long)]
        reason: ErasedFor,
    },
}

/// Why an incident is erased.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum ErasedFor {
    /// It has been kept for as long as it may be.
    Retention,
    /// Somebody has a right to it (UK GDPR, article 17).
    Request,
    /// It should never have come here.
    Mistake,
}

impl ErasedFor {
    const fn word(self) -> &'static str {
        match self {
            Self::Retention => "retention",
            Self::Request => "request",
            Self::Mistake => "mistake",
        }
    }
}

/// Runs the command.
///
/// # Errors
/// When the file can't be read or nothing can be published.
pub async fn run(config: Option<&Path>, command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Validate { file } => validate(&file),
        Command::Publish { file, topic, url, key_file } => {
            let items = sound(&file)?;
            match url {
                Some(url) => super::publish::by_http(&items, &url, key_file.as_deref()).await?,
                None => super::publish::to_kafka(&Config::load(config)?, &items, topic.as_deref()).await?,
            }
            say(format_args!("{} published.", count(items.len())));
            Ok(ExitCode::SUCCESS)
        }
        Command::Erase { force, reference, reason } => {
            let store = open_store(&Config::load(config)?).await?;
            let mut tx = store.begin().await?;
            let now = Clock::machine_time().now();
            let erased = tx.erase_incident(&force, &reference, reason.word(), &person(), now).await;
            let id = erased.map_err(|error| match error {
                Error::NotFound => anyhow!("there is no such incident of {force}, or it was erased before"),
                Error::Changed => anyhow!(
                    "a child of it is held, or a setting has still to be told: close the children on the desk page first"
                ),
                error => error.into(),
            })?;
            tx.commit().await?;
            say(format_args!("Erased: {id}."));
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn validate(file: &Path) -> anyhow::Result<ExitCode> {
    let mut refused = 0;
    let items = read(file)?;
    if items.is_empty() {
        bail!("the file has no event: it is an empty list");
    }
    for (number, item) in items.into_iter().enumerate() {
        let unread = unread(&item);
        match judge(item) {
            Ok(content) => {
                say(format_args!("event {}: accepted, {} set aside", number + 1, content.marks().len()));
                for mark in content.marks() {
                    say(format_args!("  {}: {}", mark.pointer, mark.advice()));
                }
                for pointer in unread {
                    say(format_args!("  {pointer}: no field of the contract; it is kept and not read."));
                }
            }
            Err(refusal) => {
                refused += 1;
                let pointer = refusal.pointer.as_ref().map(ToString::to_string).unwrap_or_default();
                say(format_args!(
                    "event {}: REFUSED {} {pointer}: {}",
                    number + 1,
                    refusal.kind.word(),
                    refusal.advice
                ));
            }
        }
    }
    Ok(if refused == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Where an event's data has names that intake does not know.
fn unread(item: &Item) -> Vec<String> {
    let Ok(event) = &item.event else { return Vec::new() };
    let mut documents = documents().into_iter();
    let document = documents.find(|document| document.event_type == event.kind.word());
    document.map(|document| unknown_names(&event.data, document.data)).unwrap_or_default()
}

/// The events of a file none of which would be refused.
fn sound(file: &Path) -> anyhow::Result<Vec<Vec<u8>>> {
    let items = read(file)?;
    let bytes: Vec<Vec<u8>> = items.iter().map(|item| item.bytes.to_vec()).collect();
    for (number, item) in items.into_iter().enumerate() {
        if let Err(refusal) = judge(item) {
            bail!(
                "event {} would be refused ({}): see `encompass incident validate`",
                number + 1,
                refusal.advice
            );
        }
    }
    Ok(bytes)
}

fn read(file: &Path) -> anyhow::Result<Vec<Item>> {
    let bytes = std::fs::read(file).with_context(|| format!("the file {}", file.display()))?;
    events(&bytes)
}

fn events(bytes: &[u8]) -> anyhow::Result<Vec<Item>> {
    // The limit is of one event, not of a file of them.
    match from_http(|_| None, bytes, usize::MAX) {
        Ok(Submitted::One(item)) => Ok(vec![*item]),
        Ok(Submitted::Many(items)) => Ok(items),
        Err(refusal) => bail!("the file can't be read as events: {}", refusal.advice),
    }
}

fn judge(item: Item) -> Result<Content, Refusal> {
    if item.bytes.len() > EVENT_BYTES_MAX {
        return Err(Refusal::too_large(EVENT_BYTES_MAX));
    }
    item.event?.content(Clock::machine_time().now())
}

fn count(events: usize) -> String {
    if events == 1 { "1 event".into() } else { format!("{events} events") }
}

#[cfg(test)]
mod tests {
    use encompass_core::event::RefusalKind;
    use serde_json::{Value, json};

    use super::*;

    fn event(padding: usize) -> Value {
        let data = json!({
            "force": "hartshire", "reference": "HC-1", "children_checked": "none", "padding": "x".repeat(padding),
        });
        json!({ "specversion": "1.0", "type": "encompass.incident.reported.v1", "data": data })
    }

    #[test]
    fn a_file_may_be_larger_than_an_event_and_each_event_is_judged_by_itself() {
        let file = json!([event(600_000), event(600_000), event(EVENT_BYTES_MAX), { "a": 1 }]).to_string();
        let judged = events(file.as_bytes()).unwrap().into_iter().map(judge);
        let refused: Vec<Option<RefusalKind>> =
            judged.map(|judged| judged.err().map(|refusal| refusal.kind)).collect();
        let expected = [None, None, Some(RefusalKind::TooLarge), Some(RefusalKind::NotCloudEvents)];
        assert_eq!(refused, expected);
        let one = events(event(0).to_string().as_bytes()).unwrap();
        assert_eq!(one.len(), 1);
        assert!(events(b"{").is_err());
    }

    #[test]
    fn a_name_that_intake_does_not_know_is_remarked_and_a_file_without_events_is_refused() {
        let mut event = event(0);
        event["data"]["date_of_birth"] = json!("2015-01-31");
        let items = events(event.to_string().as_bytes()).unwrap();
        assert_eq!(unread(&items[0]), ["/padding", "/date_of_birth"]);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("none.json");
        std::fs::write(&file, "[]").unwrap();
        assert!(validate(&file).unwrap_err().to_string().contains("no event"));
    }
}
