//! Two files in, one out.

use std::io::{Read, Write};

use serde::Serialize;

use super::error::{Error, Faults};
use super::incidents::{Incident, incidents};
use super::register::register;
use crate::person::Sought;
use crate::population::{Builder, Population, Version};
use crate::weigh::{Explanation, Parameters, answer, explain, learn};

/// What was done, in figures.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Children on the register.
    pub children: u64,
    /// Incident children answered.
    pub incidents: u64,
    /// Events they came in.
    pub events: u64,
    /// The register's version.
    pub version: Version,
    /// Rows of the register whose number a later row has too. The later one counts.
    pub repeated_register_rows: u64,
    /// What was wrong with rows of the register.
    pub register_faults: Faults,
    /// What was wrong with rows of the incidents.
    pub incident_faults: Faults,
    /// The parameters used.
    pub parameters: Parameters,
}

/// Events from which parameters are estimated; more change nothing.
const LEARNT_FROM: usize = 12_000;

/// Matches incidents to a register and writes `incident_id,matched_register_id,score`: the best candidates of every
/// incident, five at most, with the natural logarithm of their odds, not rounded. Without parameters they are
/// estimated from the two files.
///
/// # Errors
/// When a file has no required column, is no CSV, or reading or writing fails.
pub fn run(
    register_input: impl Read,
    incident_input: impl Read,
    out: impl Write,
    parameters: Option<Parameters>,
) -> Result<Report, Error> {
    let files = Files::read(register_input, incident_input, parameters)?;
    write(&files, out)?;
    Ok(Report {
        children: files.population.len() as u64,
        incidents: files.events.iter().map(|event| event.len() as u64).sum(),
        events: files.events.len() as u64,
        version: files.population.version(),
        repeated_register_rows: files.repeated_register_rows,
        register_faults: files.register_faults,
        incident_faults: files.incident_faults,
        parameters: files.parameters,
    })
}

/// Says why one incident of two files is answered as it is; `None` when there is no such incident.
///
/// # Errors
/// As for `run`.
pub fn explained(
    register_input: impl Read,
    incident_input: impl Read,
    incident: &str,
    parameters: Option<Parameters>,
    threshold: f64,
) -> Result<Option<Explanation>, Error> {
    let files = Files::read(register_input, incident_input, parameters)?;
    let event = files.events.iter().find(|event| event.iter().any(|other| other.id == incident));
    Ok(event.and_then(|event| {
        let place = event.iter().position(|other| other.id == incident)?;
        explain(&sought(event), &files.population, &files.parameters, threshold).into_iter().nth(place)
    }))
}

/// Two files, read, with the parameters to match them by.
struct Files {
    population: Population,
    events: Vec<Vec<Incident>>,
    parameters: Parameters,
    repeated_register_rows: u64,
    register_faults: Faults,
    incident_faults: Faults,
}

impl Files {
    fn read(
        register_input: impl Read,
        incident_input: impl Read,
        given: Option<Parameters>,
    ) -> Result<Self, Error> {
        let mut builder = Builder::new();
        let mut rows = 0_u64;
        let register_faults = register(register_input, |child| {
            rows += 1;
            builder.add(&child);
        })?;
        let population = builder.finish();
        let repeated_register_rows = rows - population.len() as u64;
        if population.is_empty() {
            return Err(Error::EmptyRegister);
        }
        let (incidents, incident_faults) = incidents(incident_input)?;
        let events = events(incidents);
        let parameters = given.unwrap_or_else(|| estimate(&events, &population));
        Ok(Self { population, events, parameters, repeated_register_rows, register_faults, incident_faults })
    }
}

fn sought(event: &[Incident]) -> Vec<Sought> {
    event.iter().map(|incident| incident.sought.clone()).collect()
}

/// Puts the children of one event together, wherever they stand in the file.
pub fn events(incidents: Vec<Incident>) -> Vec<Vec<Incident>> {
    let mut events: Vec<Vec<Incident>> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for incident in incidents {
        if incident.event.is_empty() {
            events.push(vec![incident]);
            continue;
        }
        let place = *places.entry(incident.event.clone()).or_insert(events.len());
        if place == events.len() {
            events.push(Vec::new());
        }
        events[place].push(incident);
    }
    events
}

fn estimate(events: &[Vec<Incident>], population: &Population) -> Parameters {
    let step = (events.len() / LEARNT_FROM).max(1);
    let chosen: Vec<Vec<Sought>> = events.iter().step_by(step).map(|event| sought(event)).collect();
    learn(&chosen, &[], population, &Parameters::round()).parameters
}

fn write(files: &Files, out: impl Write) -> Result<(), Error> {
    let mut writer = csv::Writer::from_writer(out);
    let failed = |error: csv::Error| Error::Io(std::io::Error::other(error.to_string()));
    writer.write_record(["incident_id", "matched_register_id", "score"]).map_err(failed)?;
    for event in &files.events {
        let answers = answer(&sought(event), &files.population, &files.parameters);
        for (incident, answer) in event.iter().zip(answers) {
            for candidate in answer.candidates {
                let id = files.population.id(candidate.number);
                writer.write_record([&incident.id, id, &candidate.score.to_string()]).map_err(failed)?;
            }
        }
    }
    writer.flush()?;
    Ok(())
}
