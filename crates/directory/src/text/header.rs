use csv::StringRecord;

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
    /// The header is looked for in this many first lines; 0 for a format without one, whose columns are then
    /// the whole row in this order.
    pub header_within: usize,
}

/// Where each column of a format stands in this file.
#[derive(Debug, Clone)]
pub(super) struct Binding {
    positions: Vec<(&'static str, usize)>,
    pub(super) width: usize,
}

impl Binding {
    pub(super) fn position(&self, column: Column) -> Option<usize> {
        self.positions.iter().find(|(name, _)| *name == column.name).map(|(_, position)| *position)
    }
}

/// Names at most this many unknown columns in an error.
const SHOWN_MAX: usize = 12;

impl Format {
    /// The binding of a format without a header.
    pub(super) fn bind_by_position(&self) -> Binding {
        let positions = self.columns.iter().enumerate().map(|(at, column)| (column.name, at)).collect();
        Binding { positions, width: self.columns.len() }
    }

    /// Binds a header; `None` when a required column is missing, so that the row is not the header.
    pub(super) fn bind(&self, header: &StringRecord) -> Result<Option<Binding>, Error> {
        let cells: Vec<String> = header.iter().map(folded).collect();
        let mut positions = Vec::new();
        let mut duplicate = None;
        for column in self.columns {
            let wanted = folded(column.name);
            let mut found = cells.iter().enumerate().filter(|(_, cell)| **cell == wanted);
            match (found.next(), found.next()) {
                (Some((at, _)), None) => positions.push((column.name, at)),
                (Some(_), Some(_)) => duplicate = Some(column.name),
                (None, _) if column.required => return Ok(None),
                (None, _) => {}
            }
        }
        match duplicate {
            Some(column) => Err(Error::DuplicateColumn { format: self.name, column }),
            None => Ok(Some(Binding { positions, width: width(header) })),
        }
    }

    /// How many of the format's columns the row names: the row with most is shown as the header that was found.
    pub(super) fn likeness(&self, row: &StringRecord) -> usize {
        self.columns.iter().filter(|column| has(row, column)).count()
    }

    /// The error that names what is missing, given the best candidate for a header.
    pub(super) fn missing(&self, row: &StringRecord) -> Error {
        let names = |wanted: bool| {
            let matching = self.columns.iter().filter(|column| column.required && has(row, column) == wanted);
            matching.map(|column| format!("\"{}\"", column.name)).collect::<Vec<_>>()
        };
        let (missing, present) = (names(false), names(true));
        Error::MissingColumns {
            format: self.name,
            missing: missing.join(", "),
            found: self.found(row, present.len() >= missing.len()),
        }
    }

    /// Only a row that names at least half of what is required is a header for certain; any other may be a
    /// record of a file without one, and its content must not reach an error.
    fn found(&self, row: &StringRecord, certain: bool) -> String {
        let known: Vec<String> = self
            .columns
            .iter()
            .filter(|column| has(row, column))
            .map(|column| column.name.to_owned())
            .collect();
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
        self.columns.iter().any(|column| folded(column.name) == cell)
    }
}

fn has(row: &StringRecord, column: &Column) -> bool {
    let wanted = folded(column.name);
    row.iter().any(|cell| folded(cell) == wanted)
}

/// A spreadsheet pads rows with empty cells; they are no columns.
fn width(header: &StringRecord) -> usize {
    header.iter().enumerate().filter(|(_, cell)| !cell.trim().is_empty()).last().map_or(0, |(at, _)| at + 1)
}

/// Case, spaces and punctuation differ between editions of the same file; the letters and digits do not.
fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use csv::StringRecord;

    use super::{Column, Format};
    use crate::Error;

    const FORMAT: Format = Format {
        name: "test",
        columns: &[Column::required("Child id"), Column::required("LA (code)"), Column::optional("Town")],
        header_within: 1,
    };

    fn bind(cells: &[&str]) -> Result<Option<Vec<Option<usize>>>, Error> {
        let bound = FORMAT.bind(&StringRecord::from(cells.to_vec()))?;
        Ok(bound.map(|binding| FORMAT.columns.iter().map(|column| binding.position(*column)).collect()))
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
        assert!(matches!(error, Error::DuplicateColumn { column: "Town", .. }));
        assert!(bind(&["child id", "LA (code)", "x", "x"]).unwrap().is_some());
    }

    #[test]
    fn the_error_names_missing_columns_and_a_header_but_never_a_record() {
        let header = FORMAT.missing(&StringRecord::from(vec!["Child id", "Surname"])).to_string();
        assert!(header.contains("missing \"LA (code)\"") && header.contains("Surname"), "{header}");
        let record = FORMAT.missing(&StringRecord::from(vec!["77", "Quillfeather"])).to_string();
        assert!(record.contains("2 other cells") && !record.contains("Quillfeather"), "{record}");
    }
}
