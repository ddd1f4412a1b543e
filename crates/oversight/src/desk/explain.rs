//! Why candidates stand where they do: keys, weights, threshold, margin, versions.

use encompass_matching::population::Kind;
use encompass_matching::{Evidence, Searched, Weighed, points};
use encompass_web::Html;
use encompass_web::page::{Column, Table};

use super::agreement::grouped;
use super::candidate::signed;
use super::register::Registers;

/// How the scores came about.
pub(crate) struct Explained<'a> {
    /// Each register that was searched.
    pub searched: Table<'a>,
    /// How each candidate was found and weighed.
    pub weights: Option<Table<'a>>,
}

/// What is known of how these candidates of the evidence came about; `None` where nothing was searched.
pub(crate) fn explained(
    evidence: &Evidence,
    shown: &[&Weighed],
    registers: &Registers,
) -> Option<Explained<'static>> {
    let rows: Vec<_> = evidence.searched.iter().map(|one| of_register(one, registers)).collect();
    (!rows.is_empty()).then(|| Explained {
        searched: Table::new("The registers that were searched", SEARCHED, rows).stacked(),
        weights: weights(shown),
    })
}

const SEARCHED: &[Column<'_>] = &[
    Column::text("Register"),
    Column::figures("Children"),
    Column::text("Sent by itself from"),
    Column::text("First above second"),
    Column::figures("Child not on it"),
    Column::text("Version, parameters"),
];

fn of_register(searched: &Searched, registers: &Registers) -> Vec<Html> {
    let in_points = |score: f64| format!("{} points", points(score));
    let threshold = searched.threshold.map_or_else(|| "exact agreement only".to_owned(), in_points);
    let margin = searched.margin.map_or_else(|| "no second".to_owned(), in_points);
    let version = searched.version;
    let versions = format!("{}, print {:016x}; {}", searched.load, version.digest, searched.parameters);
    vec![
        Html::text(registers.name(searched.register)),
        Html::text(grouped(&version.children.to_string())),
        Html::text(threshold),
        Html::text(margin),
        Html::text(percent(searched.none)),
        Html::text(versions),
    ]
}

/// Rounded down, so that nothing is called certain.
fn percent(share: f64) -> String {
    let percent = (share * 1e4 + 1e-6).floor() / 100.0;
    if percent > 0.0 { format!("{percent:.2}\u{a0}%") } else { "less than 0.01\u{a0}%".to_owned() }
}

const COLUMNS: &[Column<'_>] = &[
    Column::text("Candidate"),
    Column::text("Found by"),
    Column::text("Weights"),
    Column::figures("Log-odds"),
    Column::figures("Probability"),
];

fn weights(shown: &[&Weighed]) -> Option<Table<'static>> {
    let rows: Vec<_> = shown
        .iter()
        .enumerate()
        .filter_map(|(at, candidate)| {
            let scored = candidate.scored.as_ref()?;
            let found: Vec<&str> = scored.found_by.iter().map(|kind| key(*kind)).collect();
            let found = if found.is_empty() {
                "the household of another candidate".to_owned()
            } else {
                found.join("; ")
            };
            let fields = scored.fields.iter();
            let fields = fields
                .map(|field| format!("{}: {} ({})", field.name, field.level, signed(points(field.weight))));
            Some(vec![
                Html::text(at + 1),
                Html::text(found),
                Html::text(fields.collect::<Vec<_>>().join("; ")),
                Html::text(format!("{:.2}", scored.score)),
                Html::text(percent(scored.probability)),
            ])
        })
        .collect();
    (!rows.is_empty())
        .then(|| Table::new("How each candidate was found and weighed", COLUMNS, rows).stacked())
}

/// What was looked up together.
const fn key(kind: Kind) -> &'static str {
    match kind {
        Kind::Reference => "the register’s reference",
        Kind::Upn => "pupil number",
        Kind::NhsNumber => "NHS number",
        Kind::House => "postcode and house",
        Kind::Postcode => "postcode",
        Kind::Line => "house and street",
        Kind::BornFamily => "birth date and family name",
        Kind::BornGiven => "birth date and first name",
        Kind::BornArea => "birth date and district",
        Kind::MonthFamily => "month of birth, family name and initial",
        Kind::AreaFamily => "district, family name and initial",
        Kind::AreaGiven => "district, first name and year of birth",
        Kind::FullName => "first and family name",
    }
}
