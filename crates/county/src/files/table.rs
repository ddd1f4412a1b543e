//! Rows under a header that names every column; only some columns have values.

use std::collections::BTreeMap;

/// One row: column name to value.
pub(super) type Row = BTreeMap<&'static str, String>;

/// How a published file writes its rows.
pub(super) enum Dialect {
    /// Every value in quotation marks, lines ended by CR LF, Windows-1252: the school register.
    SchoolRegister,
    /// Quotation marks where needed, UTF-8.
    Plain,
}

/// The header and the rows in the dialect. A value without its column in the header is a mistake of this crate.
pub(super) fn write(header: &str, rows: &[Row], dialect: &Dialect) -> Vec<u8> {
    let columns: Vec<&str> = header.trim_end().split(',').map(|column| column.trim_matches('"')).collect();
    let mut builder = csv::WriterBuilder::new();
    if let Dialect::SchoolRegister = dialect {
        builder.quote_style(csv::QuoteStyle::Always).terminator(csv::Terminator::CRLF);
    }
    let mut writer = builder.from_writer(Vec::new());
    writer.write_record(&columns).expect("writing to memory does not fail");
    for row in rows {
        debug_assert!(row.keys().all(|column| columns.contains(column)), "{:?}", row.keys());
        let values = columns.iter().map(|column| row.get(column).map_or("", String::as_str));
        writer.write_record(values).expect("writing to memory does not fail");
    }
    let bytes = writer.into_inner().expect("flushing to memory does not fail");
    match dialect {
        Dialect::SchoolRegister => windows_1252(&String::from_utf8(bytes).expect("only text was written")),
        Dialect::Plain => bytes,
    }
}

/// Letters up to U+00FF have the same number in Windows-1252; the names of settings have no others.
fn windows_1252(text: &str) -> Vec<u8> {
    text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
}
