//! Registers of children: `register.csv`, described in `config/directory/README.md`, any other CSV by a mapping, and the
//! Common Transfer File.

mod child;
mod children;
mod ctf;
mod row;
mod shared;
mod word;

use std::io::{Read, Seek};

pub use child::{At, Child};
pub use children::{Children, Shape};
pub use row::{Address, Entry, FORMAT};
pub use shared::Shared;
pub use word::{Attendance, Enrolment, Restriction, Sex};

use crate::Error;
use crate::mapping::Mapping;
use crate::text::{Limits, Reader};

/// Reads a mapping of somebody else's CSV to a register.
///
/// # Errors
/// When the mapping is not sound, saying what to do; see [`Error`].
pub fn mapping(text: &str) -> Result<Mapping, Error> {
    Mapping::parse(text, &row::TARGET)
}

/// Reads the rows of a `register.csv`.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub fn read<R: Read + Seek>(source: R, limits: &Limits) -> Result<Reader<R, Entry>, Error> {
    Reader::new(source, limits, &FORMAT, row::key, row::parse)
}

/// Reads a file's children, each once.
///
/// # Errors
/// When the whole file is refused, see [`Error`].
pub fn children<R: Read + Seek>(source: R, limits: &Limits, shape: Shape<'_>) -> Result<Children<R>, Error> {
    children::children(source, limits, shape)
}
