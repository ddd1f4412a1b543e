//! Reading columns into types of ours. A column that is not what it must be is [`Error::Corrupt`].

use std::str::FromStr;

use encompass_core::id::Id;
use jiff::Timestamp;
use sqlx::Row;
use sqlx::any::AnyRow;

use crate::{Error, Result};

/// A BIGINT.
pub fn int(row: &AnyRow, column: &str) -> Result<i64> {
    Ok(row.try_get(column)?)
}

/// A BIGINT that may be null.
pub fn opt_int(row: &AnyRow, column: &str) -> Result<Option<i64>> {
    Ok(row.try_get(column)?)
}

/// A BIGINT that is 0 or 1.
pub fn flag(row: &AnyRow, column: &str) -> Result<bool> {
    Ok(int(row, column)? != 0)
}

/// A TEXT.
pub fn text(row: &AnyRow, column: &str) -> Result<String> {
    Ok(row.try_get(column)?)
}

/// A TEXT that may be null.
pub fn opt_text(row: &AnyRow, column: &str) -> Result<Option<String>> {
    Ok(row.try_get(column)?)
}

/// Bytes.
pub fn bytes(row: &AnyRow, column: &str) -> Result<Vec<u8>> {
    Ok(row.try_get(column)?)
}

/// Bytes that may be null.
pub fn opt_bytes(row: &AnyRow, column: &str) -> Result<Option<Vec<u8>>> {
    Ok(row.try_get(column)?)
}

/// An instant.
pub fn instant(row: &AnyRow, column: &str) -> Result<Timestamp> {
    opt_instant(row, column)?.ok_or_else(|| corrupt(column))
}

/// An instant that may be null.
pub fn opt_instant(row: &AnyRow, column: &str) -> Result<Option<Timestamp>> {
    opt_int(row, column)?.map(|us| Timestamp::from_microsecond(us).map_err(|_| corrupt(column))).transpose()
}

/// An id.
pub fn id<Of>(row: &AnyRow, column: &str) -> Result<Id<Of>> {
    opt_id(row, column)?.ok_or_else(|| corrupt(column))
}

/// An id that may be null.
pub fn opt_id<Of>(row: &AnyRow, column: &str) -> Result<Option<Id<Of>>> {
    opt_bytes(row, column)?.map(|bytes| Id::from_slice(&bytes).ok_or_else(|| corrupt(column))).transpose()
}

/// A word of one of the enums of `core::state`.
pub fn word<W: FromStr>(row: &AnyRow, column: &str) -> Result<W> {
    text(row, column)?.parse().map_err(|_| corrupt(column))
}

/// A word that may be null.
pub fn opt_word<W: FromStr>(row: &AnyRow, column: &str) -> Result<Option<W>> {
    opt_text(row, column)?.map(|word| word.parse().map_err(|_| corrupt(column))).transpose()
}

fn corrupt(column: &str) -> Error {
    Error::Corrupt(column.to_owned())
}
