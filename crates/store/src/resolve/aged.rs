//! How a child's age stands to those that a setting has, and what follows for the end of its time there.

use encompass_core::routing::{Aged, Ages, LastDay, Routing};
use jiff::civil::Date;

use super::target::Site;

impl Site {
    /// The ages that the setting has, as far as the directory states them.
    pub fn ages(&self) -> Ages {
        Ages { low: self.setting.record.low_age, high: self.setting.record.high_age }
    }

    /// The last day of somebody there, and how it is known, as it stands on the day of the due time: the last year of the
    /// setting ends also where the register states no end.
    pub fn last_day(
        &self,
        registered: (Option<Date>, LastDay),
        born: Date,
        due_on: Date,
        routing: &Routing,
    ) -> (Option<Date>, LastDay) {
        let is_between = routing.is_between_schools(due_on);
        match self.ages().of(self.setting.record.kind, born, due_on, is_between) {
            Aged::JustPast(last) if registered.0.is_none() => (Some(last), LastDay::LastYear),
            _ => registered,
        }
    }
}
