//! The days of a setting that children attend.

use jiff::civil::Date;

use super::{Dates, DayKind, DayVerdict, Days, Opening, Why, working::is_weekend};

/// Layers of days, the setting's own word above all others.
#[derive(Clone, Debug)]
pub struct SchoolDays {
    /// Bank holidays of England and Wales.
    pub bank_holidays: Dates,
    /// The authority's term and holiday days; `None` for a setting that does not follow them (academies,
    /// foundation, voluntary-aided, free and independent schools set their own).
    pub authority: Option<Days>,
    /// The setting's own days.
    pub own: Days,
    /// When its day begins.
    pub opening: Opening,
}

impl SchoolDays {
    /// A setting of which nothing is known but an opening time: open on every weekday.
    #[must_use]
    pub fn unknown(opening: Opening) -> Self {
        Self { bank_holidays: Dates::default(), authority: None, own: Days::default(), opening }
    }

    /// Whether the setting is open on `date`, and which layer says so.
    ///
    /// Holidays are asked before bank holidays and weekends only for the explanation's sake: all three close.
    #[must_use]
    pub fn verdict(&self, date: Date) -> DayVerdict {
        let own = self.own.on(date);
        own.and_then(own_word)
            .or_else(|| if own.is_some() { None } else { self.authority_closes(date) })
            .or_else(|| self.bank_holidays.contains(date).then_some(Why::BankHoliday))
            .or_else(|| is_weekend(date).then_some(Why::Weekend))
            .unwrap_or_else(|| self.why_open(date))
            .into()
    }

    fn authority_closes(&self, date: Date) -> Option<Why> {
        match self.authority.as_ref()?.on(date)? {
            DayKind::Holiday | DayKind::Closed => Some(Why::AuthorityHoliday),
            DayKind::Inset => Some(Why::AuthorityInset),
            DayKind::Term | DayKind::Open => None,
        }
    }

    fn why_open(&self, date: Date) -> Why {
        match (self.own.on(date), self.authority.as_ref().and_then(|days| days.on(date))) {
            (Some(_), _) => Why::OwnTerm,
            (None, Some(_)) => Why::AuthorityTerm,
            (None, None) => Why::NothingSaid,
        }
    }
}

/// What the setting's own word settles by itself. A term does not: its range covers weekends and bank holidays.
fn own_word(kind: DayKind) -> Option<Why> {
    match kind {
        DayKind::Term => None,
        DayKind::Holiday => Some(Why::OwnHoliday),
        DayKind::Closed => Some(Why::OwnClosed),
        DayKind::Inset => Some(Why::OwnInset),
        DayKind::Open => Some(Why::OwnOpen),
    }
}
