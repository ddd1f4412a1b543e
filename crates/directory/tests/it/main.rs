//! The readers on whole files: the real headers with made-up rows, the examples of `config/directory`, the real
//! public files where they are at hand, and arbitrary bytes.

mod arbitrary;
mod calendar;
mod children;
mod ctf;
mod examples;
mod mapping;
mod people;
mod real;
mod settings;

use std::io::Cursor;

use encompass_directory::Error;
use encompass_directory::report::Report;
use encompass_directory::text::{Limits, Reader, Row};

/// A reader's rows and its account.
fn gather<R: std::io::Read, T>(mut reader: Reader<R, T>) -> Result<(Vec<Row<T>>, Report), Error> {
    let rows = reader.by_ref().collect::<Result<Vec<_>, _>>()?;
    Ok((rows, reader.into_report()))
}

fn cursor(text: impl AsRef<[u8]>) -> Cursor<Vec<u8>> {
    Cursor::new(text.as_ref().to_vec())
}

fn limits() -> Limits {
    Limits::default()
}

/// Set-aside and left-out findings as `line column reason`, for comparison.
fn findings(report: &Report) -> Vec<String> {
    let text = |finding: &encompass_directory::report::Finding| {
        let problem = finding.problem;
        format!("{} {} {}", finding.line, problem.column, problem.reason.as_str())
    };
    report.findings.iter().map(text).collect()
}

/// One CSV row under a header, from the fields that matter.
fn row_under(header: &str, fields: &[(&str, &str)]) -> String {
    let names = header.trim().split(',').map(|name| name.trim_matches('"'));
    let cells = names.map(|name| {
        let value = fields.iter().find(|(column, _)| *column == name).map_or("", |(_, value)| value);
        if value.contains(',') { format!("\"{value}\"") } else { value.to_owned() }
    });
    cells.collect::<Vec<_>>().join(",") + "\n"
}
