//! The forms of single values: dates, postcodes, telephone and identity numbers, identifiers, addresses.

mod date;
mod identifier;
mod number;
mod place;
mod reach;

pub(crate) use date::midnight;
pub use date::{birth_date, compact_date, date};
pub use identifier::{Identifier, Scheme};
pub use number::{nhs_number, upn};
pub use place::{Area, postcode};
pub use reach::{email, telephone, webhook};

use crate::report::Reason;

/// A yes or no, in the words of registers and spreadsheets.
///
/// # Errors
/// [`Reason::UnknownValue`]: a flag is never guessed.
pub fn flag(text: &str) -> Result<bool, Reason> {
    match text.to_ascii_lowercase().as_str() {
        "y" | "yes" | "true" | "1" => Ok(true),
        "n" | "no" | "false" | "0" => Ok(false),
        _ => Err(Reason::UnknownValue),
    }
}

/// A list whose parts are divided by semicolons; empty parts do not count.
///
/// # Errors
/// What `parse` finds wrong with a part.
pub fn list<T>(text: &str, parse: impl Fn(&str) -> Result<T, Reason>) -> Result<Vec<T>, Reason> {
    text.split(';').map(str::trim).filter(|part| !part.is_empty()).map(parse).collect()
}
