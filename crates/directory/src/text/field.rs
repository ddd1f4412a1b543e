use csv::StringRecord;

use super::header::{Binding, Column};
use crate::report::{Problem, Reason};

/// One row's fields by column.
pub struct Fields<'a> {
    record: &'a StringRecord,
    binding: &'a Binding,
    left_out: Vec<Problem>,
    about: Option<String>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(record: &'a StringRecord, binding: &'a Binding) -> Self {
        Self { record, binding, left_out: Vec::new(), about: None }
    }

    pub(super) fn into_left_out(self) -> (Vec<Problem>, Option<String>) {
        (self.left_out, self.about)
    }

    /// Says whom or what the row is about, so that it is known also of a row that is then set aside.
    pub fn is_about(&mut self, what: &str) {
        self.about = Some(what.to_owned());
    }

    /// Whether the file has the column, or its mapping a constant for it.
    pub fn has(&self, column: Column) -> bool {
        self.binding.source(column).is_some()
    }

    /// The field without surrounding and repeated white space; `None` when it is empty or the column is absent.
    ///
    /// # Errors
    /// A control character: U+0000 can't be stored, and the others have no business in a name or number. In a mapped
    /// file also a word that the mapping's table lacks, or a date that is not written as it says.
    pub fn text(&self, column: Column) -> Result<Option<String>, Problem> {
        let Some(source) = self.binding.source(column) else { return Ok(None) };
        let cells = source.positions.iter().map(|at| self.record.get(*at).unwrap_or_default());
        source.form.text(cells).map_err(|reason| Problem::new(column.name, reason))
    }

    /// The field, which must not be empty.
    ///
    /// # Errors
    /// [`Reason::Missing`] or [`Reason::ControlCharacter`].
    pub fn required(&self, column: Column) -> Result<String, Problem> {
        self.text(column)?.ok_or(Problem::new(column.name, Reason::Missing))
    }

    /// A field that may be empty but must not be wrong: a wrong one sets the row aside.
    ///
    /// # Errors
    /// What `parse` finds wrong, or [`Reason::ControlCharacter`].
    pub fn strict<T>(
        &self,
        column: Column,
        parse: impl FnOnce(&str) -> Result<T, Reason>,
    ) -> Result<Option<T>, Problem> {
        let text = self.text(column)?;
        text.map(|text| parse(&text)).transpose().map_err(|reason| Problem::new(column.name, reason))
    }

    /// A field that must be there and right.
    ///
    /// # Errors
    /// As [`Self::strict`], and [`Reason::Missing`].
    pub fn needed<T>(
        &self,
        column: Column,
        parse: impl FnOnce(&str) -> Result<T, Reason>,
    ) -> Result<T, Problem> {
        self.strict(column, parse)?.ok_or(Problem::new(column.name, Reason::Missing))
    }

    /// A field that the row can do without: a wrong one is left out and noted.
    pub fn lenient<T>(&mut self, column: Column, parse: impl FnOnce(&str) -> Result<T, Reason>) -> Option<T> {
        self.strict(column, parse).unwrap_or_else(|problem| {
            self.left_out.push(problem);
            None
        })
    }

    /// A free-form field that the row can do without.
    pub fn words(&mut self, column: Column) -> Option<String> {
        self.lenient(column, |text| Ok(text.to_owned()))
    }

    /// Notes that a field was left out for a reason found beside its form.
    pub fn leave_out(&mut self, column: Column, reason: Reason) {
        self.left_out.push(Problem::new(column.name, reason));
    }
}
