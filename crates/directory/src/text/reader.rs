use std::collections::BTreeMap;
use std::io::{self, Read, Seek};

use csv::StringRecord;

use super::field::Fields;
use super::header::{Binding, Format, Layout};
use super::print::Prints;
use super::quote::Quotes;
use super::{Limits, Text, open};
use crate::Error;
use crate::report::{Problem, Reason, Report};

/// What the CSV reader takes from its source at once, in bytes.
const BLOCK_BYTES: usize = 16 << 10;

/// One accepted row and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row<T> {
    /// Line of the file where the row begins, from 1.
    pub line: u64,
    /// The row.
    pub value: T,
}

type Parse<T> = Box<dyn FnMut(&mut Fields<'_>) -> Result<T, Problem> + Send>;

/// An iterator over a file's accepted rows, which keeps the account of the others.
///
/// One row is held at a time, besides a print of each key seen, by which repeated ones are set aside. After the first
/// error it is at its end.
pub struct Reader<R, T> {
    csv: csv::Reader<Fuel<Text<R>>>,
    row_bytes_max: usize,
    binding: Binding,
    parse: Parse<T>,
    key: fn(&T) -> String,
    seen: Prints,
    /// Whom the rows that were set aside are about.
    spoiled: Vec<String>,
    record: StringRecord,
    report: Report,
    failed: bool,
}

/// A source that gives out a limited number of bytes until it is refuelled, which bounds the row being read; and
/// with every line end as a single line feed, the last one included, by which lines can be counted.
struct Fuel<R> {
    source: R,
    left: usize,
    /// The last byte taken was a carriage return: a line feed now belongs to it.
    returned: bool,
    /// The source has ended and its last line too.
    ended: bool,
    quotes: Quotes,
}

impl<R: Read> Read for Fuel<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.left == 0 {
                return Err(io::Error::new(io::ErrorKind::FileTooLarge, "row too long"));
            }
            let end = self.left.min(into.len());
            let taken = self.source.read(&mut into[..end])?;
            if taken == 0 {
                self.quotes.end();
                return Ok(self.end_last_line(into));
            }
            self.left -= taken;
            let given = self.join_line_ends(&mut into[..taken]);
            // A lone line feed may vanish, and nothing given would mean the end.
            if given > 0 {
                return Ok(given);
            }
        }
    }
}

impl<R> Fuel<R> {
    fn new(source: R) -> Self {
        Self { source, left: 0, returned: false, ended: false, quotes: Quotes::default() }
    }

    fn end_last_line(&mut self, into: &mut [u8]) -> usize {
        match into.first_mut() {
            Some(first) if !self.ended => {
                *first = b'\n';
                self.ended = true;
                1
            }
            _ => 0,
        }
    }

    fn join_line_ends(&mut self, bytes: &mut [u8]) -> usize {
        let mut kept = 0;
        for at in 0..bytes.len() {
            let byte = bytes[at];
            if !(byte == b'\n' && self.returned) {
                bytes[kept] = if byte == b'\r' { b'\n' } else { byte };
                self.quotes.take(bytes[kept]);
                kept += 1;
            }
            self.returned = byte == b'\r';
        }
        kept
    }
}

impl<R: Read + Seek, T> Reader<R, T> {
    /// Finds the header; rows come by iterating. `key` tells rows apart, `parse` makes one.
    ///
    /// # Errors
    /// What [`open`] refuses, [`Error::MissingColumns`], [`Error::Divided`], [`Error::DuplicateColumn`],
    /// [`Error::RowTooLong`] and [`Error::OpenQuote`].
    pub(crate) fn new(
        source: R,
        limits: &Limits,
        format: &Format,
        key: fn(&T) -> String,
        parse: impl FnMut(&mut Fields<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Self, Error> {
        Self::laid_out(source, limits, &format.into(), key, parse)
    }

    /// The same for a file that is laid out as somebody else's.
    ///
    /// # Errors
    /// As [`Self::new`], with [`Error::MissingMapped`] for a mapping.
    pub(crate) fn laid_out(
        source: R,
        limits: &Limits,
        layout: &Layout,
        key: fn(&T) -> String,
        parse: impl FnMut(&mut Fields<'_>) -> Result<T, Problem> + Send + 'static,
    ) -> Result<Self, Error> {
        let text = open(source, limits)?;
        let report = Report { encoding: text.encoding(), columns: theirs(layout), ..Report::default() };
        let mut csv = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(BLOCK_BYTES)
            .from_reader(Fuel::new(text));
        let row_bytes_max = limits.row_bytes_max;
        let (binding, header_line) = find_header(&mut csv, row_bytes_max, layout)?;
        Ok(Self {
            csv,
            row_bytes_max,
            binding,
            parse: Box::new(parse),
            key,
            seen: Prints::default(),
            spoiled: Vec::new(),
            record: StringRecord::new(),
            report: Report { header_line, ..report },
            failed: false,
        })
    }
}

impl<R: Read, T> Reader<R, T> {
    /// The account so far; whole once the iterator has ended.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The account, to add to while rows are still to come.
    pub(crate) fn report_mut(&mut self) -> &mut Report {
        &mut self.report
    }

    /// The account, to add to what only the writer of the rows can see.
    pub fn into_report(self) -> Report {
        self.report
    }

    /// Whom the rows set aside since the last call are about, where the format says so.
    pub(crate) fn take_spoiled(&mut self) -> Vec<String> {
        std::mem::take(&mut self.spoiled)
    }

    /// The next row: `None` at the end, `Some(None)` for one that was set aside.
    fn step(&mut self) -> Result<Option<Option<Row<T>>>, Error> {
        if !read_record(&mut self.csv, self.row_bytes_max, &mut self.record)? {
            return Ok(None);
        }
        if self.record.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(Some(None));
        }
        let line = line_of(&self.csv, &self.record);
        if swallows_rows(&self.record, self.binding.width) {
            return Err(Error::OpenQuote { line });
        }
        let mut fields = Fields::new(&self.record, &self.binding);
        let checked = check_width(&self.record, self.binding.width).and_then(|()| (self.parse)(&mut fields));
        let (left_out, about) = fields.into_left_out();
        if checked.is_err() {
            self.spoiled.extend(about);
        }
        Ok(Some(self.account(line, checked, left_out)))
    }

    fn account(&mut self, line: u64, checked: Result<T, Problem>, left_out: Vec<Problem>) -> Option<Row<T>> {
        let value = match checked {
            Ok(value) => value,
            Err(problem) => {
                self.report.set_aside(line, problem);
                return None;
            }
        };
        if !self.seen.insert(&(self.key)(&value)) {
            self.report.set_aside(line, Problem::of_row(Reason::Repeated));
            return None;
        }
        self.report.accept();
        for problem in left_out {
            self.report.leave_out(line, problem);
        }
        Some(Row { line, value })
    }
}

impl<R: Read, T> Iterator for Reader<R, T> {
    type Item = Result<Row<T>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.failed {
            match self.step() {
                Ok(None) => return None,
                Ok(Some(None)) => {}
                Ok(Some(Some(row))) => return Some(Ok(row)),
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
        None
    }
}

/// Extra cells must be empty (spreadsheets leave them); a row that is too short was cut off.
fn check_width(record: &StringRecord, width: usize) -> Result<(), Problem> {
    let surplus = record.iter().skip(width).any(|cell| !cell.trim().is_empty());
    if record.len() < width || surplus {
        return Err(Problem::of_row(Reason::ColumnCount));
    }
    Ok(())
}

/// Whether quotation marks made one field of several rows: a field over several lines, in a row that has not the width
/// of the others, or with the commas of two. Whom those rows were about is then not known.
fn swallows_rows(record: &StringRecord, width: usize) -> bool {
    let over_lines = || record.iter().filter(|cell| cell.contains('\n'));
    let within: usize = over_lines().map(|cell| cell.matches(',').count()).sum();
    over_lines().next().is_some()
        && (check_width(record, width).is_err() || record.len() + within + 1 >= 2 * width)
}

/// What the file calls our columns, where a mapping says so.
fn theirs(layout: &Layout) -> BTreeMap<&'static str, String> {
    let wants = layout.wants.iter().filter(|want| layout.is_mapped && !want.cells.is_empty());
    wants.map(|want| (want.column, want.cells.join(" + "))).collect()
}

fn find_header<R: Read>(
    csv: &mut csv::Reader<Fuel<Text<R>>>,
    row_bytes_max: usize,
    layout: &Layout,
) -> Result<(Binding, u64), Error> {
    let mut best = StringRecord::new();
    let mut row = StringRecord::new();
    for _ in 0..layout.header_within {
        let read = read_record(csv, row_bytes_max, &mut row);
        // Before a complaint about quotation marks, which close before a semicolon and not before a comma.
        if let Some(mark) = layout.divided_by(&row) {
            return Err(Error::Divided { format: layout.name, mark });
        }
        if !read? {
            break;
        }
        if let Some(binding) = layout.bind(&row)? {
            return Ok((binding, line_of(csv, &row)));
        }
        if best.is_empty() || layout.likeness(&row) > layout.likeness(&best) {
            best = row.clone();
        }
    }
    Err(layout.missing(&best))
}

fn read_record<R: Read>(
    csv: &mut csv::Reader<Fuel<Text<R>>>,
    row_bytes_max: usize,
    record: &mut StringRecord,
) -> Result<bool, Error> {
    let line = csv.position().line();
    // The reader takes whole blocks ahead, so the bound is the limit rounded up to the next block.
    csv.get_mut().left = row_bytes_max.saturating_add(BLOCK_BYTES);
    let read = csv.read_record(record).map_err(|error| match error.into_kind() {
        csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::FileTooLarge => {
            Error::RowTooLong { line, bytes_max: row_bytes_max }
        }
        csv::ErrorKind::Io(error) => Error::Read(error),
        other => Error::Read(io::Error::new(io::ErrorKind::InvalidData, format!("csv: {}", kind_of(&other)))),
    })?;
    match csv.get_ref().quotes.torn() {
        Some(line) => Err(Error::OpenQuote { line }),
        None => Ok(read),
    }
}

/// The kind alone: the reader's own words may hold a field.
fn kind_of(kind: &csv::ErrorKind) -> &'static str {
    match kind {
        csv::ErrorKind::Utf8 { .. } => "not UTF-8 after decoding",
        csv::ErrorKind::UnequalLengths { .. } => "rows of unequal length",
        _ => "unexpected error",
    }
}

/// The line where the record just read begins. Worked out from its end, because the reader places the beginning
/// before any blank lines that it skipped.
fn line_of<R: Read>(csv: &csv::Reader<R>, record: &StringRecord) -> u64 {
    let inner = record.iter().map(|field| field.matches('\n').count() as u64).sum::<u64>();
    csv.position().line().saturating_sub(inner + 1).max(1)
}
