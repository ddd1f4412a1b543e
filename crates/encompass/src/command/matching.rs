//! `encompass match`: matches a file of incidents to a file of a register, without a store.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::{Args, Subcommand};
use encompass_matching::files::{self, BadRow};
use encompass_matching::weigh::Parameters;

use super::say;

/// What can be done with two files.
#[derive(Subcommand)]
pub enum Command {
    /// Writes incident_id,matched_register_id,score: the best candidates of every incident, five at most. The score is
    /// the natural logarithm of the odds that it is this child, not rounded.
    Run {
        /// The two files.
        #[command(flatten)]
        files: Files,
        /// Where the candidates are written.
        #[arg(long)]
        out: PathBuf,
        /// Where a report is written as JSON: figures, rows that were set aside, the parameters used.
        #[arg(long)]
        report: Option<PathBuf>,
    },
    /// Says why one incident is answered as it is: keys, levels and weights, no names.
    Explain {
        /// The two files.
        #[command(flatten)]
        files: Files,
        /// Its incident_id.
        #[arg(long)]
        incident: String,
        /// The score from which a match would be sent.
        #[arg(long, default_value_t = 7.0)]
        threshold: f64,
        /// Prints JSON.
        #[arg(long)]
        json: bool,
    },
}

/// The two files and how they are matched.
#[derive(Args)]
pub struct Files {
    /// CSV with register_id, forename, surname and dob; middle_names, preferred_forename, sex, address_line1, postcode,
    /// upn and nhs_number if it has them.
    #[arg(long)]
    register: PathBuf,
    /// CSV with incident_id, forename, surname and dob; event_id, incident_time, age, sex, address_line1, postcode, upn
    /// and nhs_number if it has them.
    #[arg(long)]
    incidents: PathBuf,
    /// Parameters as JSON, as in a report; without them they are estimated from the two files.
    #[arg(long)]
    parameters: Option<PathBuf>,
}

/// Runs the command.
///
/// # Errors
/// When a file can't be read or written, or has no column that is needed.
pub fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Run { files, out, report } => match_files(&files, &out, report.as_deref())?,
        Command::Explain { files, incident, threshold, json } => explain(&files, &incident, threshold, json)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn match_files(given: &Files, out: &Path, report: Option<&Path>) -> anyhow::Result<()> {
    let parameters = given.parameters()?;
    let written = BufWriter::new(File::create(out).with_context(|| format!("the file {}", out.display()))?);
    let done = files::run(open(&given.register)?, open(&given.incidents)?, written, parameters)?;
    say(format_args!("{} incidents held against {} children", done.incidents, done.children));
    tell("register", &done.bad_register_rows);
    tell("incidents", &done.bad_incident_rows);
    if let Some(path) = report {
        let file = File::create(path).with_context(|| format!("the report {}", path.display()))?;
        serde_json::to_writer_pretty(BufWriter::new(file), &done)?;
    }
    Ok(())
}

fn explain(given: &Files, incident: &str, threshold: f64, json: bool) -> anyhow::Result<()> {
    let parameters = given.parameters()?;
    let explained =
        files::explained(open(&given.register)?, open(&given.incidents)?, incident, parameters, threshold)?;
    let Some(explanation) = explained else {
        bail!("there is no such incident in the file, or its row is set aside")
    };
    if json {
        say(serde_json::to_string_pretty(&explanation)?);
    } else {
        say(explanation);
    }
    Ok(())
}

impl Files {
    fn parameters(&self) -> anyhow::Result<Option<Parameters>> {
        let Some(path) = &self.parameters else { return Ok(None) };
        let parameters = serde_json::from_reader(open(path)?);
        parameters.map(Some).with_context(|| format!("the parameters {}", path.display()))
    }
}

fn open(path: &Path) -> anyhow::Result<BufReader<File>> {
    Ok(BufReader::new(File::open(path).with_context(|| format!("the file {}", path.display()))?))
}

/// Says which rows were set aside, without what stands in them.
fn tell(file: &str, rows: &[BadRow]) {
    if !rows.is_empty() {
        say(format_args!("  {} rows of the {file} were set aside; the first:", rows.len()));
    }
    for row in rows.iter().take(10) {
        say(format_args!("    line {}: {} {}", row.line, row.column, row.problem));
    }
}
