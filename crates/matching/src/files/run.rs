//! Two files in, one out.

use std::io::{Read, Write};

use serde::Serialize;

use super::error::{BadRow, Error};
use super::incidents::{Incident, incidents};
use super::register::register;
use crate::person::Sought;
use crate::population::{Population, Version};
use crate::weigh::{Parameters, answer, learn};

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
    /// Rows of the register that were set aside.
    pub bad_register_rows: Vec<BadRow>,
    /// Rows of the incidents that were set aside.
    pub bad_incident_rows: Vec<BadRow>,
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
    let mut population = crate::population::Builder::new();
    let bad_register_rows = register(register_input, |child| population.add(&child))?;
    let population = population.finish();
    if population.is_empty() {
        return Err(Error::EmptyRegister);
    }
    let (incidents, bad_incident_rows) = incidents(incident_input)?;
    let events = events(incidents);
    let parameters = parameters.unwrap_or_else(|| estimate(&events, &population));
    write(&events, &population, &parameters, out)?;
    Ok(Report {
        children: population.len() as u64,
        incidents: events.iter().map(|event| event.len() as u64).sum(),
        events: events.len() as u64,
        version: population.version(),
        bad_register_rows,
        bad_incident_rows,
        parameters,
    })
}

/// Puts the children of one event together, wherever they stand in the file.
fn events(incidents: Vec<Incident>) -> Vec<Vec<Incident>> {
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
    let chosen = events.iter().step_by(step);
    let sought: Vec<Vec<Sought>> =
        chosen.map(|event| event.iter().map(|incident| incident.sought.clone()).collect()).collect();
    learn(&sought, population, &Parameters::round()).parameters
}

fn write(
    events: &[Vec<Incident>],
    population: &Population,
    parameters: &Parameters,
    out: impl Write,
) -> Result<(), Error> {
    let mut writer = csv::Writer::from_writer(out);
    let written =
        |result: csv::Result<()>| result.map_err(|error| Error::Io(std::io::Error::other(error.to_string())));
    written(writer.write_record(["incident_id", "matched_register_id", "score"]))?;
    for event in events {
        let sought: Vec<Sought> = event.iter().map(|incident| incident.sought.clone()).collect();
        for (incident, answer) in event.iter().zip(answer(&sought, population, parameters)) {
            for candidate in answer.candidates {
                let id = population.id(candidate.number);
                written(writer.write_record([&incident.id, id, &candidate.score.to_string()]))?;
            }
        }
    }
    writer.flush()?;
    Ok(())
}
