//! Matches two files: `run REGISTER.csv INCIDENTS.csv OUT.csv [PARAMETERS.json]`; the report goes to standard output.
#![expect(clippy::print_stdout, reason = "an example program")]

use std::fs::File;
use std::io::{BufReader, BufWriter};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [register, incidents, out, rest @ ..] = arguments.as_slice() else {
        return Err("run REGISTER.csv INCIDENTS.csv OUT.csv [PARAMETERS.json]".into());
    };
    let parameters = match rest.first() {
        Some(path) => Some(serde_json::from_reader(BufReader::new(File::open(path)?))?),
        None => None,
    };
    let report = encompass_matching::files::run(
        BufReader::new(File::open(register)?),
        BufReader::new(File::open(incidents)?),
        BufWriter::new(File::create(out)?),
        parameters,
    )?;
    println!("{}", serde_json::to_string_pretty(&report)?);
    Ok(())
}
