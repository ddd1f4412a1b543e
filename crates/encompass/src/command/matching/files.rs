//! `encompass match run`: matches a file of incidents to a file of a register, without a store.

use std::fs::{File, Permissions};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, bail};
use clap::Args;
use encompass_matching::files::{self, BadRow, Faults};
use encompass_matching::weigh::Parameters;
use flate2::bufread::MultiGzDecoder;
use tempfile::Builder;

use crate::command::say;

/// What is written.
#[derive(Args)]
pub struct Run {
    /// The two files.
    #[command(flatten)]
    files: Files,
    /// Where the candidates are written.
    #[arg(long)]
    out: PathBuf,
    /// Where a report is written as JSON: figures, rows and fields at fault, the parameters used.
    #[arg(long)]
    report: Option<PathBuf>,
}

/// The two files and how they are matched.
#[derive(Args)]
pub struct Files {
    /// CSV with register_id, forename, surname and dob; middle_names, preferred_forename, sex, address_line1, postcode,
    /// upn and nhs_number if it has them.
    #[arg(long)]
    pub register: PathBuf,
    /// CSV with incident_id, forename, surname and dob; event_id, incident_time, age, sex, address_line1, postcode, upn
    /// and nhs_number if it has them.
    #[arg(long)]
    pub incidents: PathBuf,
    /// Parameters as JSON, as in a report; without them they are estimated from the two files.
    #[arg(long)]
    pub parameters: Option<PathBuf>,
}

/// Writes the candidates.
///
/// # Errors
/// When a file can't be read or written, or has no column that is needed.
pub fn run(command: &Run) -> anyhow::Result<ExitCode> {
    match_files(&command.files, &command.out, command.report.as_deref())?;
    Ok(ExitCode::SUCCESS)
}

fn match_files(given: &Files, out: &Path, report: Option<&Path>) -> anyhow::Result<()> {
    let parameters = given.parameters()?;
    let (register, incidents) = (open(&given.register)?, open(&given.incidents)?);
    let done = replace(out, |written| Ok(files::run(register, incidents, written, parameters)?))?;
    say(format_args!("{} incidents held against {} children", done.incidents, done.children));
    if done.repeated_register_rows > 0 {
        let repeated = done.repeated_register_rows;
        say(format_args!("  {repeated} rows of the register have the number of a later one, which counts"));
    }
    tell("register", &done.register_faults);
    tell("incidents", &done.incident_faults);
    if let Some(path) = report {
        replace(path, |file| Ok(serde_json::to_writer_pretty(file, &done)?))?;
    }
    Ok(())
}

/// Writes a file that takes its name only once it is whole: what stood there stays where this fails, also where it is one
/// of those that are read.
fn replace<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> anyhow::Result<T>) -> anyhow::Result<T> {
    let named = || format!("the file {}", path.display());
    if path.exists() && !path.is_file() {
        return write(&mut BufWriter::new(File::create(path).with_context(named)?));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let open_to_all = Permissions::from_mode(0o666);
    let unnamed = Builder::new().permissions(open_to_all).tempfile_in(folder).with_context(named)?;
    let mut whole = BufWriter::new(unnamed);
    let done = write(&mut whole)?;
    whole.into_inner().context("writing")?.persist(path).with_context(named)?;
    Ok(done)
}

/// Says why one incident of two files is answered as it is.
///
/// # Errors
/// As for `run`, and when there is no such incident.
pub fn explain(given: &Files, incident: &str, threshold: f64, json: bool) -> anyhow::Result<()> {
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

/// A file that may be compressed with gzip (RFC 1952), whatever it is called.
pub(super) fn open(path: &Path) -> anyhow::Result<Box<dyn Read>> {
    let named = || format!("the file {}", path.display());
    let mut file = BufReader::new(File::open(path).with_context(named)?);
    let is_compressed = file.fill_buf().with_context(named)?.starts_with(&[0x1f, 0x8b]);
    Ok(if is_compressed { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) })
}

/// Says which rows were set aside and which were used without a field, without what stands in them.
pub(super) fn tell(file: &str, faults: &Faults) {
    list(&faults.set_aside, &format!("rows of the {file} were set aside"));
    list(&faults.left_out, &format!("fields of the {file} could not be read, and count as empty"));
}

fn list(rows: &[BadRow], what: &str) {
    if !rows.is_empty() {
        say(format_args!("  {} {what}; the first:", rows.len()));
    }
    for row in rows.iter().take(10) {
        say(format_args!("    line {}: {} {}", row.line, row.column, row.problem));
    }
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    const REGISTER: &str = "register_id,forename,surname,dob\nr1,Ada,Vale,2016-02-03\n";
    const INCIDENTS: &str = "incident_id,forename,surname,dob\ni1,Ada,Vale,2016-02-03\n";

    fn given(folder: &Path) -> Files {
        let [register, incidents] = ["register.csv.gz", "incidents.csv"].map(|name| folder.join(name));
        let mut packed = GzEncoder::new(File::create(&register).unwrap(), Compression::fast());
        packed.write_all(REGISTER.as_bytes()).unwrap();
        packed.finish().unwrap();
        std::fs::write(&incidents, INCIDENTS).unwrap();
        Files { register, incidents, parameters: None }
    }

    #[test]
    fn a_compressed_file_is_read_and_the_output_is_whole_or_what_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let given = given(folder.path());
        let out = folder.path().join("out.csv");
        match_files(&given, &out, None).unwrap();
        let written = std::fs::read_to_string(&out).unwrap();
        assert!(written.starts_with("incident_id,matched_register_id,score\ni1,r1,"), "{written}");

        let broken = Files { incidents: folder.path().join("none.csv"), ..given };
        assert!(match_files(&broken, &out, None).is_err());
        std::fs::write(&broken.incidents, "incident_id,forename\ni1,Ada\n").unwrap();
        assert!(match_files(&broken, &out, None).is_err());
        assert!(match_files(&broken, &broken.incidents, None).is_err());
        assert_eq!(std::fs::read_to_string(&out).unwrap(), written);
        assert!(std::fs::read_to_string(&broken.incidents).unwrap().ends_with("Ada\n"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 4, "nothing half-written is left");
    }
}
