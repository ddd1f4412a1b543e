use std::io;

/// Why a whole file was refused.
///
/// Never holds the content of a row. Column names of the file are shown only once it is plain that the line
/// they come from is a header and not somebody's record.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The source broke off while it was read.
    #[error("the file could not be read: {0}")]
    Read(#[source] io::Error),
    /// The file was written while it was read.
    #[error("the file changed while it was read; load it again once it is whole")]
    Changed,
    /// Nothing is in the file.
    #[error("the file is empty")]
    Empty,
    /// A whole list that names nobody.
    #[error("the file has a header and no rows: nobody would be on the register any more")]
    NoRows,
    /// The file exceeds the limit that the caller gave.
    #[error("the file is larger than {bytes_max} bytes")]
    TooLarge {
        /// The limit, in bytes.
        bytes_max: u64,
    },
    /// A row exceeds the limit: as a rule a quotation mark that is never closed.
    #[error("the row at line {line} is longer than {bytes_max} bytes (is a quotation mark left open?)")]
    RowTooLong {
        /// The line where it begins, or a blank line before it.
        line: u64,
        /// The limit, in bytes.
        bytes_max: usize,
    },
    /// A quotation mark made one field of several rows, so that it is not known whom they are about.
    #[error(
        "the quotation mark opened at line {line} is not closed before the next field: the rows after it can't be told \
             apart. Close it, double it, or take it out"
    )]
    OpenQuote {
        /// The line, from 1.
        line: u64,
    },
    /// No header with all required columns was found.
    #[error("no header of a {format} file: missing {missing}; found {found}")]
    MissingColumns {
        /// What the file was read as.
        format: &'static str,
        /// The missing columns.
        missing: String,
        /// What the best candidate for a header holds.
        found: String,
    },
    /// A header whose cells are divided by something else than commas.
    #[error(
        "the cells of this {format} file are divided by {mark}, and have to be divided by commas. Save it again as CSV \
             divided by commas: a spreadsheet program asks for the divider (or list separator) when it saves"
    )]
    Divided {
        /// What the file was read as.
        format: &'static str,
        /// What stands between the cells, as a plural.
        mark: &'static str,
    },
    /// A column stands twice in the header, so that it is unclear which one counts.
    #[error("the header of a {format} file names {column} more than once")]
    DuplicateColumn {
        /// What the file was read as.
        format: &'static str,
        /// The column.
        column: String,
    },
    /// A mapping that is not TOML, or not of the shape of a mapping.
    #[error("the mapping can't be read: {problem}")]
    MappingShape {
        /// What is wrong and where, in the words of the TOML reader.
        problem: String,
    },
    /// A mapping of a field that does not exist.
    #[error("the mapping names the field {field}, which a {format} does not have; its fields are {known}")]
    UnknownField {
        /// What the file is read as.
        format: &'static str,
        /// The field.
        field: String,
        /// The fields that there are.
        known: String,
    },
    /// A mapping that says two things of one field.
    #[error("the mapping gives {field} both a column and a constant; leave one of them out")]
    MappedTwice {
        /// The field.
        field: &'static str,
    },
    /// A mapping without a field that every row needs.
    #[error(
        "the mapping says nothing of {fields}, which a {format} needs: name the column under [columns], or under \
             [constants] what holds for every row"
    )]
    NotMapped {
        /// What the file is read as.
        format: &'static str,
        /// The fields.
        fields: String,
    },
    /// A mapping that says nothing of what must not be taken for "no" because it was forgotten.
    #[error(
        "the mapping does not say which children of this {format} are restricted: name the column of {one} or {other} \
             under [columns]; if it restricts nobody, write {one} = \"no\" under [constants]"
    )]
    NotSaid {
        /// What the file is read as.
        format: &'static str,
        /// The field that a constant can say it by.
        one: &'static str,
        /// The other field.
        other: &'static str,
    },
    /// A mapping that gives a field something that it can't be.
    #[error("the mapping of {field}: {problem}")]
    MappedWrong {
        /// The field.
        field: String,
        /// What is wrong, and what to do.
        problem: String,
    },
    /// A file without a column that its mapping names.
    #[error(
        "the mapping names columns that the file does not have: {missing}; found {found}. Correct the mapping, or \
             ask the file's owner for them"
    )]
    MissingMapped {
        /// What the file was read as.
        format: &'static str,
        /// The missing columns.
        missing: String,
        /// What the best candidate for a header holds.
        found: String,
    },
    /// A JSON file that is not JSON, or not of the expected shape.
    #[error("not a {format} file: unexpected content at line {line}, column {column}")]
    Json {
        /// What the file was read as.
        format: &'static str,
        /// Line of the first surprise, from 1.
        line: usize,
        /// Column of the first surprise, from 1.
        column: usize,
    },
    /// An XML file that is cut off, not of the expected shape, or made to harm.
    #[error("not a whole {format}: {problem} (line {line})")]
    Xml {
        /// What the file was read as.
        format: &'static str,
        /// What is wrong.
        problem: &'static str,
        /// The line reached, from 1.
        line: u64,
    },
    /// A file of bank holidays without the division asked for.
    #[error("the file of bank holidays has no division of that name")]
    NoDivision,
    /// A calendar of term dates that is cut off or of no known shape.
    #[error("not a whole calendar of term dates: {0}")]
    Calendar(&'static str),
    /// More rows would be closed than the stated share.
    #[error("{closing} of {open} open rows would be closed, more than the allowed {allowed_percent:.1} %")]
    Shrinks {
        /// How many would be closed.
        closing: u64,
        /// How many are open now.
        open: u64,
        /// The share allowed, in per cent.
        allowed_percent: f64,
    },
    /// More rows were set aside than the stated share.
    #[error("{set_aside} of {read} rows were set aside, more than the allowed {allowed_percent:.1} %")]
    TooManySetAside {
        /// How many rows were set aside for a fault.
        set_aside: u64,
        /// How many rows were read.
        read: u64,
        /// The share allowed, in per cent.
        allowed_percent: f64,
    },
}

impl Error {
    /// Whether reading the same file again may succeed; any other error lies in the file.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Read(_) | Self::Changed => true,
            Self::Empty
            | Self::NoRows
            | Self::TooLarge { .. }
            | Self::RowTooLong { .. }
            | Self::OpenQuote { .. }
            | Self::MissingColumns { .. }
            | Self::Divided { .. }
            | Self::DuplicateColumn { .. }
            | Self::MappingShape { .. }
            | Self::UnknownField { .. }
            | Self::MappedTwice { .. }
            | Self::NotMapped { .. }
            | Self::NotSaid { .. }
            | Self::MappedWrong { .. }
            | Self::MissingMapped { .. }
            | Self::Json { .. }
            | Self::Xml { .. }
            | Self::NoDivision
            | Self::Calendar(_)
            | Self::Shrinks { .. }
            | Self::TooManySetAside { .. } => false,
        }
    }

    /// A JSON error reduced to its place, because the parser's own words repeat the content.
    pub(crate) fn json(format: &'static str, error: &serde_json::Error) -> Self {
        Self::Json { format, line: error.line(), column: error.column() }
    }
}
