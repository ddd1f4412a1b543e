use csv::StringRecord;

use super::form::Form;
use crate::Error;

/// A column that a format knows, by the name it has in the file's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// The name; a file's own may differ in case, spaces and punctuation.
    pub name: &'static str,
    /// Whether the file is refused without it.
    pub required: bool,
}

impl Column {
    /// A column without which the file is refused.
    pub const fn required(name: &'static str) -> Self {
        Self { name, required: true }
    }

    /// A column that a file may lack.
    pub const fn optional(name: &'static str) -> Self {
        Self { name, required: false }
    }
}

/// A format of CSV file.
#[derive(Debug)]
pub struct Format {
    /// What a person calls it, in errors.
    pub name: &'static str,
    /// The columns that are read; all others are passed over unread.
    pub columns: &'static [Column],
    /// The header is looked for in this many first lines.
    pub header_within: usize,
}

/// What is looked for in a header: the names that a format has, or those that a mapping gives.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    /// What a person calls the format.
    pub(crate) name: &'static str,
    pub(crate) wants: Vec<Want>,
    pub(crate) header_within: usize,
    /// Whether the names come from a mapping, which is then what an error speaks of.
    pub(crate) is_mapped: bool,
}

/// One of our columns, and the cells of the file that it is made of.
#[derive(Debug, Clone)]
pub(crate) struct Want {
    pub(crate) column: &'static str,
    /// The file's own names; none for a constant.
    pub(crate) cells: Vec<String>,
    pub(crate) required: bool,
    pub(crate) form: Form,
}

impl From<&Format> for Layout {
    fn from(format: &Format) -> Self {
        let want = |column: &Column| Want {
            column: column.name,
            cells: vec![column.name.to_owned()],
            required: column.required,
            form: Form::default(),
        };
        let wants = format.columns.iter().map(want).collect();
        Self { name: format.name, wants, header_within: format.header_within, is_mapped: false }
    }
}

/// Where each column of a format stands in this file.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    sources: Vec<(&'static str, Source)>,
    pub(super) width: usize,
}

/// The cells of a row that one column is made of, and how.
#[derive(Debug, Clone)]
pub(super) struct Source {
    pub(super) positions: Vec<usize>,
    pub(super) form: Form,
}

impl Binding {
    pub(super) fn source(&self, column: Column) -> Option<&Source> {
        self.sources.iter().find(|(name, _)| *name == column.name).map(|(_, source)| source)
    }
}

/// Names at most this many unknown columns in an error.
const SHOWN_MAX: usize = 12;

impl Layout {
    /// Binds a header; `None` when a required column is missing, so that the row is not the header.
    pub(super) fn bind(&self, header: &StringRecord) -> Result<Option<Binding>, Error> {
        let cells: Vec<String> = header.iter().map(folded).collect();
        let mut sources = Vec::new();
        let mut duplicate = None;
        for want in &self.wants {
            let found: Vec<Vec<usize>> = want.cells.iter().map(|name| places(&cells, name)).collect();
            if found.iter().any(Vec::is_empty) {
                if want.required {
                    return Ok(None);
                }
                continue;
            }
            duplicate =
                duplicate.or(found.iter().position(|places| places.len() > 1).map(|at| &want.cells[at]));
            let positions = found.into_iter().map(|places| places[0]).collect();
            sources.push((want.column, Source { positions, form: want.form.clone() }));
        }
        match duplicate {
            Some(column) => Err(Error::DuplicateColumn { format: self.name, column: column.clone() }),
            None => Ok(Some(Binding { sources, width: width(header) })),
        }
    }

    /// What the cells are divided by instead of commas, where that makes a header of the row: all that is required is
    /// named then, and was not before.
    pub(super) fn divided_by(&self, row: &StringRecord) -> Option<&'static str> {
        let whole = row.iter().collect::<Vec<_>>().join(",");
        let is_header = |row: &StringRecord| self.cells(true).all(|name| has(row, name));
        let mut marks = [(';', "semicolons"), ('\t', "tabs"), ('|', "bars")].into_iter();
        let found = marks.find(|(mark, _)| is_header(&whole.split(*mark).collect()));
        found.filter(|_| !is_header(row)).map(|(_, words)| words)
    }

    /// How many of the wanted columns the row names: the row with most is shown as the header that was found.
    pub(super) fn likeness(&self, row: &StringRecord) -> usize {
        self.cells(false).filter(|name| has(row, name)).count()
    }

    /// The error that names what is missing, given the best candidate for a header.
    pub(super) fn missing(&self, row: &StringRecord) -> Error {
        let mut missing: Vec<String> =
            self.cells(true).filter(|name| !has(row, name)).map(|name| format!("\"{name}\"")).collect();
        missing.dedup();
        let present = self.cells(true).filter(|name| has(row, name)).count();
        let found = self.found(row, present >= missing.len());
        let (format, missing) = (self.name, missing.join(", "));
        if self.is_mapped {
            Error::MissingMapped { format, missing, found }
        } else {
            Error::MissingColumns { format, missing, found }
        }
    }

    /// The names looked for.
    fn cells(&self, required: bool) -> impl Iterator<Item = &String> {
        self.wants.iter().filter(move |want| want.required || !required).flat_map(|want| &want.cells)
    }

    /// Only a row that names at least half of what is required is a header for certain; any other may be a
    /// record of a file without one, and its content must not reach an error.
    fn found(&self, row: &StringRecord, certain: bool) -> String {
        let known: Vec<&str> = self.cells(false).filter(|name| has(row, name)).map(String::as_str).collect();
        let known = if known.is_empty() { "no known column".to_owned() } else { known.join(", ") };
        let mut others = row.iter().filter(|cell| !self.knows(cell));
        if !certain {
            return format!("{known} and {} other cells", others.count());
        }
        let shown: Vec<&str> = others.by_ref().take(SHOWN_MAX).collect();
        format!("{known}; others: {}; {} more", shown.join(", "), others.count())
    }

    fn knows(&self, cell: &str) -> bool {
        let cell = folded(cell);
        self.cells(false).any(|name| folded(name) == cell)
    }
}

fn places(cells: &[String], name: &str) -> Vec<usize> {
    let wanted = folded(name);
    cells.iter().enumerate().filter(|(_, cell)| **cell == wanted).map(|(at, _)| at).collect()
}

fn has(row: &StringRecord, name: &str) -> bool {
    let wanted = folded(name);
    row.iter().any(|cell| folded(cell) == wanted)
}

/// A spreadsheet pads rows with empty cells; they are no columns.
fn width(header: &StringRecord) -> usize {
    header.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()).last().map_or(0, |(at, _)| at + 1)
}

/// Case, spaces and punctuation differ between editions of the same file; the letters and digits do not.
pub(crate) fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use csv::StringRecord;

    use super::{Column, Format, Layout};
    use crate::Error;

    const FORMAT: Format = Format {
        name: "test",
        columns: &[Column::required("Child id"), Column::required("LA (code)"), Column::optional("Town")],
        header_within: 1,
    };

    fn bind(cells: &[&str]) -> Result<Option<Vec<Option<usize>>>, Error> {
        let bound = Layout::from(&FORMAT).bind(&StringRecord::from(cells.to_vec()))?;
        let position = |column: &Column, binding: &super::Binding| {
            binding.source(*column).map(|source| source.positions[0])
        };
        Ok(bound.map(|binding| FORMAT.columns.iter().map(|column| position(column, &binding)).collect()))
    }

    #[test]
    fn a_header_binds_by_letters_and_digits_alone() {
        assert_eq!(bind(&["la_CODE", "x", " child ID "]).unwrap(), Some(vec![Some(2), Some(0), None]));
        assert_eq!(
            bind(&["Town", "LA(code)", "ChildId", ""]).unwrap(),
            Some(vec![Some(2), Some(1), Some(0)])
        );
        assert_eq!(bind(&["Child id", "Town"]).unwrap(), None);
    }

    #[test]
    fn a_known_column_named_twice_is_refused_and_an_unknown_one_is_not() {
        let error = bind(&["child id", "LA (code)", "town", "TOWN"]).unwrap_err();
        assert!(matches!(error, Error::DuplicateColumn { ref column, .. } if column == "Town"));
        assert!(bind(&["child id", "LA (code)", "x", "x"]).unwrap().is_some());
    }

    #[test]
    fn the_error_names_missing_columns_and_a_header_but_never_a_record() {
        let header =
            Layout::from(&FORMAT).missing(&StringRecord::from(vec!["Child id", "Surname"])).to_string();
        assert!(header.contains("missing \"LA (code)\"") && header.contains("Surname"), "{header}");
        let record =
            Layout::from(&FORMAT).missing(&StringRecord::from(vec!["77", "Quillfeather"])).to_string();
        assert!(record.contains("2 other cells") && !record.contains("Quillfeather"), "{record}");
    }
}
