//! The days of a team: Monday to Friday, bank holidays excepted.

use jiff::civil::{Date, Weekday};

use super::{Dates, DayVerdict, Opening, Why};

/// Working days of health visitors, maternity teams, local-authority officers and other forces.
#[derive(Clone, Debug)]
pub struct WorkingDays {
    /// Bank holidays of England and Wales.
    pub bank_holidays: Dates,
    /// When the team's day begins.
    pub opening: Opening,
}

impl WorkingDays {
    /// Whether the team works on `date`, and why not.
    #[must_use]
    pub fn verdict(&self, date: Date) -> DayVerdict {
        if self.bank_holidays.contains(date) {
            Why::BankHoliday.into()
        } else if is_weekend(date) {
            Why::Weekend.into()
        } else {
            Why::WorkingDay.into()
        }
    }
}

pub(super) fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}
