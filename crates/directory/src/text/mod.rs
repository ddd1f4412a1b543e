//! Text from bytes of unknown encoding, and rows of CSV bound to their columns by the header's names.

mod decode;
mod field;
mod form;
mod header;
mod print;
mod quote;
mod reader;

pub use decode::{Text, open};
pub use field::Fields;
pub(crate) use form::{Form, day};
pub use header::{Column, Format};
pub(crate) use header::{Layout, Want, folded};
pub(crate) use print::{Print, Printer};
pub use reader::{Reader, Row};

/// What a file may take, so that no file can take all memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Largest file, in bytes.
    pub file_bytes_max: u64,
    /// Longest row or line, in bytes.
    pub row_bytes_max: usize,
}

impl Default for Limits {
    /// 512 MiB a file, 64 KiB a row.
    fn default() -> Self {
        Self { file_bytes_max: 512 << 20, row_bytes_max: 64 << 10 }
    }
}
