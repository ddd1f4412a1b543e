//! How somebody else's CSV is read as one of our formats: a mapping file in TOML, described in
//! `config/directory/README.md`.

use std::collections::BTreeMap;

use jiff::civil::date;
use jiff::fmt::strtime;
use serde::Deserialize;

use crate::Error;
use crate::report::Reason;
use crate::text::{Column, Form, Format, Layout, Want, day, folded};

/// The header is looked for in this many first lines at most.
const HEADER_WITHIN_MAX: usize = 50;

/// A format that files can be mapped to.
pub(crate) struct Target {
    pub(crate) format: &'static Format,
    /// What every row needs; anything else a mapping may leave out.
    pub(crate) required: &'static [Column],
    /// Of these one must be said: whoever leaves out both may not know that there is something to say.
    pub(crate) one_of: [Column; 2],
    /// The fields that hold a day.
    pub(crate) dates: &'static [Column],
    /// What stands between joined columns, where it is not a space.
    pub(crate) joins: &'static [(Column, &'static str)],
    /// Whether a text is of the form that a field has; asked for what the mapping itself says.
    pub(crate) check: fn(&str, &str) -> Result<(), Reason>,
}

/// Which column of a file is which field of ours.
#[derive(Debug, Clone)]
pub struct Mapping {
    layout: Layout,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default = "first_line")]
    header_within: usize,
    dates: Option<String>,
    #[serde(default)]
    columns: BTreeMap<String, Columns>,
    #[serde(default)]
    constants: BTreeMap<String, String>,
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
}

const fn first_line() -> usize {
    1
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "a column's name, a list of names, or { columns = [...], join = \"...\" }")]
enum Columns {
    One(String),
    Several(Vec<String>),
    Joined { columns: Vec<String>, join: String },
}

impl Mapping {
    /// Reads a mapping to a format and proves it as far as that goes without the file.
    ///
    /// # Errors
    /// [`Error::MappingShape`], [`Error::UnknownField`], [`Error::MappedTwice`], [`Error::NotMapped`],
    /// [`Error::NotSaid`] and [`Error::MappedWrong`], each saying what to do.
    pub(crate) fn parse(text: &str, target: &Target) -> Result<Self, Error> {
        let written: Written =
            toml::from_str(text).map_err(|error| Error::MappingShape { problem: error.to_string() })?;
        check_dates(&written)?;
        let Written { header_within, dates, columns, constants, mut values } = written;
        if !(1..=HEADER_WITHIN_MAX).contains(&header_within) {
            return Err(wrong("header_within", &format!("a number of lines from 1 to {HEADER_WITHIN_MAX}")));
        }
        let mut wants = Vec::new();
        for (field, columns) in columns {
            let column = target.field(&field)?;
            if constants.keys().any(|constant| folded(constant) == folded(&field)) {
                return Err(Error::MappedTwice { field: column.name });
            }
            wants.push(target.want(*column, columns, values.remove(&field), dates.as_ref())?);
        }
        for (field, constant) in constants {
            wants.push(target.constant(*target.field(&field)?, constant)?);
        }
        if let Some(field) = values.into_keys().next() {
            return Err(wrong(&field, "a table of values needs the same name under [columns]"));
        }
        target.check_whole(&wants)?;
        let layout = Layout { name: target.format.name, wants, header_within, is_mapped: true };
        Ok(Self { layout })
    }

    /// Whether the file itself says something of a field: a constant is the mapping's word, not the file's.
    pub(crate) fn reads(&self, column: Column) -> bool {
        self.layout.wants.iter().any(|want| want.column == column.name && !want.cells.is_empty())
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
    }
}

impl Target {
    fn field(&self, name: &str) -> Result<&Column, Error> {
        let known = || self.format.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
        let found = self.format.columns.iter().find(|column| column.name == name);
        found.ok_or_else(|| Error::UnknownField {
            format: self.format.name,
            field: name.to_owned(),
            known: known(),
        })
    }

    fn want(
        &self,
        column: Column,
        columns: Columns,
        values: Option<BTreeMap<String, String>>,
        dates: Option<&String>,
    ) -> Result<Want, Error> {
        let ours = self.joins.iter().find(|(joined, _)| *joined == column).map_or(" ", |(_, join)| *join);
        let (cells, join) = match columns {
            Columns::One(name) => (vec![name], ours.to_owned()),
            Columns::Several(names) => (names, ours.to_owned()),
            Columns::Joined { columns, join } => (columns, join),
        };
        if cells.is_empty() || cells.iter().any(|name| folded(name).is_empty()) {
            return Err(wrong(column.name, "name the file's column as it stands in the header"));
        }
        let values = values.map(|values| self.values(column, values)).transpose()?;
        let dates = dates.filter(|_| self.dates.contains(&column)).cloned();
        Ok(Want {
            column: column.name,
            cells,
            required: true,
            form: Form { join, values, dates, constant: None },
        })
    }

    fn values(
        &self,
        column: Column,
        values: BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, Error> {
        let mut table = BTreeMap::new();
        for (theirs, ours) in values {
            self.check(column, &ours)?;
            if table.insert(theirs.trim().to_lowercase(), ours).is_some() {
                let problem = format!("its table has \"{}\" twice, in capitals and not", theirs.trim());
                return Err(wrong(column.name, &problem));
            }
        }
        Ok(table)
    }

    fn constant(&self, column: Column, constant: String) -> Result<Want, Error> {
        self.check(column, &constant)?;
        let form = Form { constant: Some(constant), ..Form::default() };
        Ok(Want { column: column.name, cells: Vec::new(), required: true, form })
    }

    /// What the mapping itself says must be of the field's form, or every row would be set aside for it.
    fn check(&self, column: Column, text: &str) -> Result<(), Error> {
        if text.is_empty() {
            return Ok(());
        }
        (self.check)(column.name, text).map_err(|reason| {
            wrong(column.name, &format!("\"{text}\" is no value of this field ({})", reason.as_str()))
        })
    }

    fn check_whole(&self, wants: &[Want]) -> Result<(), Error> {
        let is_given = |column: &&Column| {
            wants.iter().any(|want| want.column == column.name && want.form.constant.as_deref() != Some(""))
        };
        let missing: Vec<&str> =
            self.required.iter().filter(|column| !is_given(column)).map(|column| column.name).collect();
        if !missing.is_empty() {
            return Err(Error::NotMapped { format: self.format.name, fields: missing.join(", ") });
        }
        if self.one_of.iter().any(|column| is_given(&column)) {
            return Ok(());
        }
        let [one, other] = self.one_of.map(|column| column.name);
        Err(Error::NotSaid { format: self.format.name, one, other })
    }
}

/// A pattern must give back the day that it wrote, year and all.
fn check_dates(written: &Written) -> Result<(), Error> {
    let Some(pattern) = &written.dates else { return Ok(()) };
    let is_whole = [date(2013, 2, 1), date(1999, 12, 31)].into_iter().all(|known| {
        strtime::format(pattern, known)
            .is_ok_and(|text| text.contains(&known.year().to_string()) && day(pattern, &text) == Ok(known))
    });
    let problem = "the pattern must hold the day, the month and all four digits of the year, such as %d/%m/%Y, \
                   %Y-%m-%d, %Y%m%d or %d-%b-%Y; leave it out where dates are 2026-09-01 or 01/09/2026";
    if is_whole { Ok(()) } else { Err(wrong("dates", problem)) }
}

fn wrong(field: &str, problem: &str) -> Error {
    Error::MappedWrong { field: field.to_owned(), problem: problem.to_owned() }
}
