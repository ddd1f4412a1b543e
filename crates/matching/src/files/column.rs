//! Columns by name.

use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::error::Error;

/// A CSV file read row by row, its columns found by name whatever their order.
pub(super) struct Table<R> {
    reader: Reader<R>,
    file: &'static str,
    row: ByteRecord,
}

/// Where a column is; `None` where the file has none, which is as if it were empty.
#[derive(Clone, Copy)]
pub(super) struct Column(Option<usize>);

impl<R: Read> Table<R> {
    pub fn new(input: R, file: &'static str) -> Self {
        let reader = ReaderBuilder::new().flexible(true).from_reader(input);
        Self { reader, file, row: ByteRecord::new() }
    }

    /// A column that may be missing.
    pub fn column(&mut self, name: &str) -> Result<Column, Error> {
        let file = self.file;
        let headers = self.reader.byte_headers().map_err(|error| malformed(file, &error))?;
        let is_it = |header: &[u8]| {
            let header = header.strip_prefix(b"\xef\xbb\xbf").unwrap_or(header);
            header.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
        };
        Ok(Column(headers.iter().position(is_it)))
    }

    /// A column that has to be there.
    pub fn required(&mut self, name: &'static str) -> Result<Column, Error> {
        let column = self.column(name)?;
        column.0.map(|_| column).ok_or(Error::MissingColumn { file: self.file, column: name })
    }

    /// Goes to the next row; `false` at the end.
    pub fn advance(&mut self) -> Result<bool, Error> {
        let Self { reader, row, file } = self;
        reader.read_byte_record(row).map_err(|error| malformed(file, &error))
    }

    /// The line at which the row begins, from 1.
    pub fn line(&self) -> u64 {
        self.row.position().map_or(0, csv::Position::line)
    }

    /// The text of a column in this row; what is no UTF-8 in it is replaced.
    pub fn text(&self, column: Column) -> std::borrow::Cow<'_, str> {
        let bytes = column.0.and_then(|place| self.row.get(place)).unwrap_or_default();
        String::from_utf8_lossy(bytes.trim_ascii())
    }
}

fn malformed(file: &'static str, error: &csv::Error) -> Error {
    if let csv::ErrorKind::Io(cause) = error.kind() {
        return Error::Io(cause.kind().into());
    }
    Error::Malformed { file, line: error.position().map_or(0, csv::Position::line) }
}
