//! What is wrong with a file.

/// Why files could not be matched. Says where, never what stood there.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A column that is needed is not there.
    #[error("the file of the {file} has no column {column}")]
    MissingColumn {
        /// Which file.
        file: &'static str,
        /// Which column.
        column: &'static str,
    },
    /// The file's columns are divided by something else.
    #[error("the file of the {file} is not divided by commas: save it as CSV with commas")]
    NotCommas {
        /// Which file.
        file: &'static str,
    },
    /// The file is in another encoding.
    #[error("the file of the {file} is in UTF-16: save it as CSV in UTF-8")]
    NotUtf8 {
        /// Which file.
        file: &'static str,
    },
    /// The file is no CSV.
    #[error("the file of the {file} is not readable as CSV at line {line}")]
    Malformed {
        /// Which file.
        file: &'static str,
        /// The line, from 1.
        line: u64,
    },
    /// Nothing could be read from a file or written.
    #[error("reading or writing failed")]
    Io(#[from] std::io::Error),
    /// No row of the register can be used.
    #[error("the register has no usable row")]
    EmptyRegister,
}

/// What was wrong with the rows of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Faults {
    /// Rows that were not used.
    pub set_aside: Vec<BadRow>,
    /// Rows that were used without a field, or with a part of it.
    pub left_out: Vec<BadRow>,
}

/// A row with a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct BadRow {
    /// The line in the file, from 1.
    pub line: u64,
    /// The column that is at fault.
    pub column: &'static str,
    /// What is wrong with it.
    pub problem: &'static str,
}
