//! The file of what people decided about incidents.

use std::collections::HashMap;
use std::io::Read;

use super::column::Table;
use super::error::{Error, Faults};

/// Reads for each incident whom people named on the register, by its own reference; empty text for nobody on it.
///
/// # Errors
/// When a required column is missing (`incident_id`, `register_id`) or the file is no CSV.
pub fn decisions(input: impl Read) -> Result<(HashMap<String, String>, Faults), Error> {
    let mut table = Table::new(input, "decisions");
    let (incident, child) = (table.required("incident_id")?, table.required("register_id")?);
    let mut decided = HashMap::new();
    let faults = table.each(|row| {
        decided.insert(row.name(incident, "incident_id")?, row.owned(child));
        Ok(())
    })?;
    Ok((decided, faults))
}
