//! What a load read, accepted, set aside and left out; by counts and by line, never by content.

use std::collections::BTreeMap;
use std::io::Write;

use serde::Serialize;

use crate::{Error, shrink};

/// Problems are listed one by one up to this many; beyond it they are only counted.
pub const LISTED_MAX: usize = 100_000;

/// Why a row was set aside or a field left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A required field is empty.
    Missing,
    /// The row has another number of fields than the header.
    ColumnCount,
    /// A control character, U+0000 among them, stands in the field.
    ControlCharacter,
    /// Not a calendar date, or one outside any plausible range.
    NotADate,
    /// An end before its beginning.
    DateOrder,
    /// The birth date of nobody who can be on a register of children: after the day of the file, or too long before it;
    /// for whoever knows that day.
    NotAChildsAge,
    /// Not a whole number in range.
    NotANumber,
    /// Not the form of an identifier of its scheme.
    NotAnIdentifier,
    /// Not the form of a United Kingdom postcode or part of one.
    NotAPostcode,
    /// Not a telephone number.
    NotATelephone,
    /// Not an e-mail address, or not an https address for a webhook.
    NotAnAddress,
    /// Not one of the words that the column allows.
    UnknownValue,
    /// The check letter of a unique pupil number does not fit.
    UpnCheck,
    /// The check digit of an NHS number does not fit.
    NhsCheck,
    /// A row with the same key came before.
    Repeated,
    /// A sound row about something that cannot be told, such as a nanny or a school overseas.
    OutOfScope,
    /// An event that repeats by a rule.
    Recurring,
    /// An event with a time of day instead of whole days.
    Timed,
    /// An event that was called off.
    Cancelled,
    /// An event or span too long for what it says it is.
    TooLong,
    /// An event whose summary does not say whether the school is open.
    Unclear,
    /// A day that the same file calls both open and closed; it stays open.
    Contradicted,
    /// A setting that the directory does not know; for whoever writes the rows.
    UnknownSetting,
    /// Rows under one number that differ in birth date, registered names or numbers, and so speak of two people; or
    /// that give one stay at a setting two ends.
    Conflicting,
    /// Main registrations at two schools at once; for whoever knows which settings are schools.
    DoublyRegistered,
    /// A pupil or NHS number that stands under two numbers of children.
    SharedNumber,
    /// Names and a birth date at two schools under two numbers of children, which no other number tells apart; for whoever knows
    /// which settings are schools.
    SharedName,
    /// Somebody who left longer ago than is kept.
    LongGone,
    /// Somebody whom the version before restricts, in a file that has no word for it; for whoever knows that version.
    RestrictedBefore,
    /// Somebody whom the version before restricts, and this file does not any more; for whoever knows that version.
    RestrictionLifted,
}

impl Reason {
    /// The code that stands in reports and labels.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::ColumnCount => "column_count",
            Self::ControlCharacter => "control_character",
            Self::NotADate => "not_a_date",
            Self::DateOrder => "date_order",
            Self::NotAChildsAge => "not_a_childs_age",
            Self::NotANumber => "not_a_number",
            Self::NotAnIdentifier => "not_an_identifier",
            Self::NotAPostcode => "not_a_postcode",
            Self::NotATelephone => "not_a_telephone",
            Self::NotAnAddress => "not_an_address",
            Self::UnknownValue => "unknown_value",
            Self::UpnCheck => "upn_check",
            Self::NhsCheck => "nhs_check",
            Self::Repeated => "repeated",
            Self::OutOfScope => "out_of_scope",
            Self::Recurring => "recurring",
            Self::Timed => "timed",
            Self::Cancelled => "cancelled",
            Self::TooLong => "too_long",
            Self::Unclear => "unclear",
            Self::Contradicted => "contradicted",
            Self::UnknownSetting => "unknown_setting",
            Self::Conflicting => "conflicting",
            Self::DoublyRegistered => "doubly_registered",
            Self::SharedNumber => "shared_number",
            Self::SharedName => "shared_name",
            Self::LongGone => "long_gone",
            Self::RestrictedBefore => "restricted_before",
            Self::RestrictionLifted => "restriction_lifted",
        }
    }

    /// Whether the file is at fault; a sound row that merely does not concern us is none.
    pub fn is_fault(self) -> bool {
        !matches!(
            self,
            Self::OutOfScope
                | Self::Cancelled
                | Self::LongGone
                | Self::RestrictedBefore
                | Self::RestrictionLifted
        )
    }
}

/// A reason and the column it was found in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The column by the format's own name for it; empty where the whole row is meant.
    pub column: &'static str,
    /// What is wrong.
    pub reason: Reason,
}

impl Problem {
    /// A problem of one column.
    pub fn new(column: &'static str, reason: Reason) -> Self {
        Self { column, reason }
    }

    /// A problem of the row as a whole.
    pub fn of_row(reason: Reason) -> Self {
        Self { column: "", reason }
    }
}

/// What became of the row that has a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// The row is not among the accepted ones.
    SetAside,
    /// The row was accepted without this field.
    LeftOut,
    /// The row was accepted, and the child decides nothing by itself.
    InDoubt,
    /// The row was accepted, and the child stays restricted.
    Restricted,
    /// The row was accepted, and the child is not restricted any more.
    Unrestricted,
}

/// One problem at its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Line of the file where the row begins, from 1; in a JSON list the position of the item.
    pub line: u64,
    /// What is wrong.
    pub problem: Problem,
    /// What became of the row.
    pub consequence: Consequence,
}

/// The account of one file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The encoding that the text was read in, by its WHATWG name.
    pub encoding: &'static str,
    /// Line of the header, from 1; 0 where the format has none.
    pub header_line: u64,
    /// The file's own names of our columns, where a mapping gives them.
    pub columns: BTreeMap<&'static str, String>,
    /// Rows read, without header and blank lines.
    pub read: u64,
    /// Rows given out.
    pub accepted: u64,
    /// Rows set aside, by reason.
    pub set_aside: BTreeMap<Reason, u64>,
    /// Fields left out of accepted rows, by column and reason.
    pub left_out: BTreeMap<&'static str, BTreeMap<Reason, u64>>,
    /// Children of accepted rows who decide nothing by themselves, by reason.
    pub in_doubt: BTreeMap<Reason, u64>,
    /// Children of accepted rows who stay restricted as they were, because the file has no word for it.
    pub restricted_before: u64,
    /// Children of accepted rows who are not restricted any more, because the file says so.
    pub restriction_lifted: u64,
    /// Every problem at its place, up to [`LISTED_MAX`].
    pub findings: Vec<Finding>,
}

impl Report {
    /// Counts one accepted row.
    pub fn accept(&mut self) {
        self.read += 1;
        self.accepted += 1;
    }

    /// Counts one row that was not accepted.
    pub fn set_aside(&mut self, line: u64, problem: Problem) {
        self.read += 1;
        *self.set_aside.entry(problem.reason).or_default() += 1;
        self.list(Finding { line, problem, consequence: Consequence::SetAside });
    }

    /// Takes back one row counted as accepted: what only the writer could see, such as an unknown setting.
    pub fn reject_accepted(&mut self, line: u64, problem: Problem) {
        self.read = self.read.saturating_sub(1);
        self.accepted = self.accepted.saturating_sub(1);
        self.set_aside(line, problem);
    }

    /// Counts one field that an accepted row goes without.
    pub fn leave_out(&mut self, line: u64, problem: Problem) {
        *self.left_out.entry(problem.column).or_default().entry(problem.reason).or_default() += 1;
        self.list(Finding { line, problem, consequence: Consequence::LeftOut });
    }

    /// Counts one child of accepted rows who decides nothing by itself.
    pub fn doubt(&mut self, line: u64, problem: Problem) {
        *self.in_doubt.entry(problem.reason).or_default() += 1;
        self.list(Finding { line, problem, consequence: Consequence::InDoubt });
    }

    /// Counts one child of accepted rows who stays restricted as in the version before.
    pub fn keep_restricted(&mut self, line: u64) {
        self.restricted_before += 1;
        let problem = Problem::of_row(Reason::RestrictedBefore);
        self.list(Finding { line, problem, consequence: Consequence::Restricted });
    }

    /// Counts one child of accepted rows who is not restricted any more.
    pub fn lift_restriction(&mut self, line: u64) {
        self.restriction_lifted += 1;
        let problem = Problem::of_row(Reason::RestrictionLifted);
        self.list(Finding { line, problem, consequence: Consequence::Unrestricted });
    }

    /// Rows set aside for any reason.
    pub fn set_aside_total(&self) -> u64 {
        self.set_aside.values().sum()
    }

    /// Whether something was set aside, left out or taken in doubt for which the file is at fault.
    pub fn has_faults(&self) -> bool {
        !self.left_out.is_empty() || !self.in_doubt.is_empty() || self.has_rows_at_fault()
    }

    /// Whether a row was set aside for which the file is at fault.
    pub fn has_rows_at_fault(&self) -> bool {
        self.set_aside.keys().any(|reason| reason.is_fault())
    }

    /// Refuses the file when more than `allowed_share` (0.0 to 1.0) of its rows were set aside for a fault.
    ///
    /// # Errors
    /// [`Error::TooManySetAside`].
    pub fn check_set_aside(&self, allowed_share: f64) -> Result<(), Error> {
        let faults =
            self.set_aside.iter().filter(|(reason, _)| reason.is_fault()).map(|(_, count)| count).sum();
        if faults == 0 || shrink::share(faults, self.read) <= allowed_share {
            return Ok(());
        }
        let allowed_percent = allowed_share * 100.0;
        Err(Error::TooManySetAside { set_aside: faults, read: self.read, allowed_percent })
    }

    /// Writes the listed problems as CSV: `line,column,problem,consequence`. The column is the file's own, where a
    /// mapping says what that is.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write_csv(&self, out: impl Write) -> std::io::Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record(["line", "column", "problem", "consequence"])?;
        for finding in &self.findings {
            let consequence = match finding.consequence {
                Consequence::SetAside => "set_aside",
                Consequence::LeftOut => "left_out",
                Consequence::InDoubt => "in_doubt",
                Consequence::Restricted => "restricted",
                Consequence::Unrestricted => "unrestricted",
            };
            let Problem { column, reason } = finding.problem;
            let column = self.columns.get(column).map_or(column, String::as_str);
            csv.write_record([&finding.line.to_string(), column, reason.as_str(), consequence])?;
        }
        csv.flush()
    }

    fn list(&mut self, finding: Finding) {
        if self.findings.len() < LISTED_MAX {
            self.findings.push(finding);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Problem, Reason, Report};

    #[test]
    fn the_report_is_written_as_csv_without_content() {
        let mut report = Report::default();
        report.accept();
        report.leave_out(2, Problem::new("Postcode", Reason::NotAPostcode));
        report.set_aside(3, Problem::of_row(Reason::ColumnCount));
        report.keep_restricted(4);
        report.lift_restriction(5);
        let mut out = Vec::new();
        report.write_csv(&mut out).unwrap();
        let expected = "line,column,problem,consequence\n2,Postcode,not_a_postcode,left_out\n3,,column_count,set_aside\n\
                        4,,restricted_before,restricted\n5,,restriction_lifted,unrestricted\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn too_many_faults_refuse_the_file_and_rows_out_of_scope_do_not_count() {
        let mut report = Report::default();
        for line in 0..9 {
            report.accept();
            report.set_aside(line, Problem::of_row(Reason::OutOfScope));
        }
        assert!(report.check_set_aside(0.0).is_ok() && !report.has_faults());
        report.set_aside(10, Problem::of_row(Reason::Missing));
        assert!(report.check_set_aside(0.05).is_err());
        assert!(report.check_set_aside(0.06).is_ok() && report.has_faults());
    }

    #[test]
    fn a_row_rejected_by_the_writer_moves_from_accepted_to_set_aside() {
        let mut report = Report::default();
        report.accept();
        report.reject_accepted(2, Problem::new("setting_identifier", Reason::UnknownSetting));
        assert_eq!((report.read, report.accepted, report.set_aside_total()), (1, 0, 1));
    }
}
