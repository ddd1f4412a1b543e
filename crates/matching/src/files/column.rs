//! Columns by name.

use std::io::Read;

use csv::{ByteRecord, Reader, ReaderBuilder};

use super::error::{BadRow, Error, Faults};

/// A CSV file read row by row, its columns found by name whatever their order.
pub(super) struct Table<R> {
    reader: Reader<R>,
    file: &'static str,
    row: ByteRecord,
    left_out: Vec<BadRow>,
}

/// Where a column is; `None` where the file has none, which is as if it were empty.
#[derive(Clone, Copy)]
pub(super) struct Column(Option<usize>);

impl<R: Read> Table<R> {
    pub fn new(input: R, file: &'static str) -> Self {
        let reader = ReaderBuilder::new().flexible(true).from_reader(input);
        Self { reader, file, row: ByteRecord::new(), left_out: Vec::new() }
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
        if column.0.is_some() {
            return Ok(column);
        }
        let file = self.file;
        let headers = self.reader.byte_headers().map_err(|error| malformed(file, &error))?;
        Err(match headers.as_slice() {
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Error::NotUtf8 { file },
            line if headers.len() == 1 && line.iter().any(|byte| b";\t|".contains(byte)) => {
                Error::NotCommas { file }
            }
            _ => Error::MissingColumn { file, column: name },
        })
    }

    /// Hands every row to `read`, and gathers those that it cannot use, whole or in part.
    pub fn each(&mut self, mut read: impl FnMut(&mut Self) -> Result<(), BadRow>) -> Result<Faults, Error> {
        let mut set_aside = Vec::new();
        let file = self.file;
        let columns = self.reader.byte_headers().map_err(|error| malformed(file, &error))?.len();
        while self.advance()? {
            if self.row.len() != columns {
                self.leave_out("", "has another number of fields than the header; is a quotation mark open?");
            }
            set_aside.extend(read(self).err());
        }
        Ok(Faults { set_aside, left_out: std::mem::take(&mut self.left_out) })
    }

    /// Notes that this row goes without a field, or with a part of it.
    pub fn leave_out(&mut self, column: &'static str, problem: &'static str) {
        let fault = self.bad(column, problem);
        self.left_out.push(fault);
    }

    /// Goes to the next row; `false` at the end.
    fn advance(&mut self) -> Result<bool, Error> {
        let Self { reader, row, file, .. } = self;
        reader.read_byte_record(row).map_err(|error| malformed(file, &error))
    }

    /// Says of this row what is wrong in a column.
    pub fn bad(&self, column: &'static str, problem: &'static str) -> BadRow {
        BadRow { line: self.row.position().map_or(0, csv::Position::line), column, problem }
    }

    /// The text of the column that names a row, which is never empty.
    pub fn name(&self, column: Column, called: &'static str) -> Result<String, BadRow> {
        Some(self.owned(column)).filter(|name| !name.is_empty()).ok_or_else(|| self.bad(called, "is empty"))
    }

    /// The same as [`text`](Self::text), to keep.
    pub fn owned(&self, column: Column) -> String {
        self.text(column).into_owned()
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
