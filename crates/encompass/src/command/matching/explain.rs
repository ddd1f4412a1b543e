//! `encompass match explain`: why children were decided as they were.

use std::fmt::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use encompass_core::state::{ChildState, Hold, Reason};
use encompass_matching::{Searched, Weighed, points};
use encompass_resolver::Evidence;
use encompass_store::audit_log::Entry;
use encompass_store::desk::CaseChild;
use encompass_store::{Clock, Error, Scope, Store};

use super::{called, files};
use crate::command::{person, say};

/// Of two files, or of the store.
#[derive(Args)]
pub struct Explain {
    /// A register's file, as for `match run`; without the two files the store's own decision is explained.
    #[arg(long, requires = "incidents")]
    register: Option<PathBuf>,
    /// A file of incidents, as for `match run`.
    #[arg(long, requires = "register")]
    incidents: Option<PathBuf>,
    /// Parameters as JSON; without them they are estimated from the two files.
    #[arg(long, requires = "register")]
    parameters: Option<PathBuf>,
    /// Its incident_id in the file, or the police reference.
    #[arg(long)]
    incident: String,
    /// The force, where the store is asked.
    #[arg(long, required_unless_present = "register")]
    force: Option<String>,
    /// The score from which a match of two files would be sent.
    #[arg(long, default_value_t = 7.0)]
    threshold: f64,
    /// Prints JSON.
    #[arg(long)]
    json: bool,
}

impl Explain {
    /// Whether two files are asked.
    pub const fn is_of_files(&self) -> bool {
        self.register.is_some()
    }

    /// Explains one incident of two files.
    ///
    /// # Errors
    /// When a file can't be read, or has no such incident.
    pub fn of_files(&self) -> anyhow::Result<ExitCode> {
        let both = self.register.clone().zip(self.incidents.clone());
        let (register, incidents) = both.context("--register and --incidents name the two files")?;
        let files = files::Files { register, incidents, parameters: self.parameters.clone() };
        files::explain(&files, &self.incident, self.threshold, self.json)?;
        Ok(ExitCode::SUCCESS)
    }

    /// Explains the newest decision of the rules about each child of one incident, and writes that down.
    ///
    /// # Errors
    /// When there is no such incident, or the store can't be reached.
    pub async fn of_store(&self, store: &Store) -> anyhow::Result<ExitCode> {
        let force = self.force.as_deref().context("--force names the force whose incident it is")?;
        let scope = Scope::command(person());
        let case = match store.find_case(&scope, force, &self.incident).await {
            Err(Error::NotFound) => bail!("the force {force} has published no incident with this reference"),
            case => case?,
        };
        let mut tx = store.begin().await?;
        let now = Clock::machine_time().now();
        let subject = format!("incident:{}", case.id);
        tx.audit(Entry::new(force, now, person(), "incident.explained", subject).of(case.id));
        tx.commit().await?;
        for one in &case.children {
            self.tell(store, &scope, force, one).await?;
        }
        Ok(ExitCode::SUCCESS)
    }

    async fn tell(&self, store: &Store, scope: &Scope, force: &str, one: &CaseChild) -> anyhow::Result<()> {
        let read = |decided: &encompass_store::desk::Decided| {
            serde_json::from_slice::<Evidence>(&decided.evidence).ok().map(|evidence| (decided.id, evidence))
        };
        let closed = one.child.reason.filter(|_| one.child.state == ChildState::Closed).map(Reason::as_str);
        let Some((decision, Evidence { matching: evidence, unearned, .. })) =
            one.decisions.iter().rev().find_map(read)
        else {
            say(match closed {
                _ if self.json => serde_json::json!({ "child": one.child.id, "closed": closed }).to_string(),
                Some(reason) => format!("child {}, closed before a decision: {reason}", one.child.place + 1),
                None => format!("child {}: the rules have not looked yet", one.child.place + 1),
            });
            return Ok(());
        };
        if self.json {
            let searched = serde_json::to_value(&evidence.searched)?;
            let candidates: Vec<_> = evidence.candidates.iter().map(without_names).collect();
            say(serde_json::json!({
                "child": one.child.id, "closed": closed, "decision": decision, "reasons": evidence.reasons,
                "unearned": unearned, "searched": searched, "candidates": candidates,
            }));
            return Ok(());
        }
        let reasons: Vec<&str> = evidence.reasons.iter().map(|hold| Hold::as_str(*hold)).collect();
        let outcome =
            if reasons.is_empty() { "sent".to_owned() } else { format!("held: {}", reasons.join(", ")) };
        let outcome = closed.map_or(outcome.clone(), |reason| format!("{outcome}; closed since: {reason}"));
        say(format_args!("child {} ({}), {outcome}", one.child.place + 1, one.child.id));
        let registers = store.registers_of(scope, force).await?;
        for one in &unearned {
            say(format_args!("  not yet earned for {}: {}", called(&registers, one.register), one.why));
        }
        if let Some(why) = evidence.namesake() {
            say(format_args!("  {why}"));
        }
        for searched in &evidence.searched {
            say(format_args!("  {}: {}", called(&registers, searched.register), searched_text(searched)));
        }
        for (place, candidate) in evidence.candidates.iter().enumerate() {
            let register = called(&registers, candidate.register);
            say(format_args!("  {}. {}", place + 1, candidate_text(candidate, &register)?));
        }
        Ok(())
    }
}

fn without_names(candidate: &Weighed) -> serde_json::Value {
    serde_json::json!({
        "entry": candidate.entry, "register": candidate.register, "load": candidate.load,
        "fits": candidate.fits, "scored": candidate.scored,
    })
}

fn searched_text(searched: &Searched) -> String {
    let threshold =
        searched.threshold.map_or("exact agreement".into(), |score| format!("{} points", points(score)));
    let margin = searched
        .margin
        .map_or("no second".into(), |margin| format!("{} points above the second", points(margin)));
    format!(
        "load {}, {} children, version {:016x}; parameters {}; sent from {threshold}; {margin}; not on it: {:.4} %",
        searched.load,
        searched.version.children,
        searched.version.digest,
        searched.parameters,
        searched.none * 100.0
    )
}

fn candidate_text(candidate: &Weighed, register: &str) -> Result<String, std::fmt::Error> {
    let mut text = format!("entry {} on {register}", candidate.entry);
    let Some(scored) = &candidate.scored else { return Ok(text) };
    write!(text, ": {} points ({:.4} %)", points(scored.score), scored.probability * 100.0)?;
    text.push_str(if scored.is_earned { ", enough to be sent" } else { "" });
    let keys: Vec<String> = scored.found_by.iter().map(|kind| format!("{kind:?}")).collect();
    write!(
        text,
        "\n     found by {}",
        if keys.is_empty() { "the household".into() } else { keys.join(", ") }
    )?;
    for field in &scored.fields {
        write!(text, "\n     {:<20} {:<40} {:+}", field.name, field.level, points(field.weight))?;
    }
    Ok(text)
}
