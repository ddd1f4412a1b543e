use encompass_core::state::SettingKind as Kind;
use serde::Serialize;

use crate::report::Reason;

/// What a person reads in place of a name that is withheld.
pub(super) fn words(kind: Kind) -> &'static str {
    match kind {
        Kind::School => "School",
        Kind::College => "College",
        Kind::EarlyYears => "Early-years setting",
        Kind::Childminder => "Childminder",
        Kind::HealthVisiting => "Health-visiting team",
        Kind::Maternity => "Maternity safeguarding team",
        Kind::Authority => "Local authority",
        Kind::Force => "Police force",
    }
}

/// What the register's type code means for us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Establishment {
    /// The kind of setting.
    pub kind: Kind,
    /// Whether the authority sets its term dates.
    pub follows_authority_calendar: bool,
    /// Whether the code is one that we know.
    pub known: bool,
}

impl Establishment {
    /// Reads a type code of the school register; `None` for what lies outside section 49A of the Domestic Abuse
    /// Act 2021: universities, schools overseas and offshore.
    ///
    /// A code that is new since this was written is taken for a school with term dates of its own, because a
    /// school left out would be a child not told about. The authority sets the dates of community, voluntary
    /// controlled and community special schools and maintained nursery schools (Education Act 2002, section 32(1)).
    pub fn of_type(code: u16) -> Option<Self> {
        let (kind, follows_authority_calendar) = match code {
            25 | 29 | 37 => return None,
            1 | 3 | 7 | 15 => (Kind::School, true),
            18 | 31 | 32 | 39 | 45 | 46 | 57 => (Kind::College, false),
            _ => (Kind::School, false),
        };
        let known = matches!(code, 1..=3 | 5..=8 | 10..=12 | 14 | 15 | 18 | 24 | 26..=28 | 30..=36)
            || matches!(code, 38..=46 | 49 | 56 | 57);
        Some(Self { kind, follows_authority_calendar, known })
    }
}

/// Phase of education, by the school register's codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Nursery.
    Nursery,
    /// Primary.
    Primary,
    /// Middle deemed primary.
    MiddlePrimary,
    /// Secondary.
    Secondary,
    /// Middle deemed secondary.
    MiddleSecondary,
    /// 16 plus.
    SixteenPlus,
    /// All-through.
    AllThrough,
}

impl Phase {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nursery => "nursery",
            Self::Primary => "primary",
            Self::MiddlePrimary => "middle_primary",
            Self::Secondary => "secondary",
            Self::MiddleSecondary => "middle_secondary",
            Self::SixteenPlus => "sixteen_plus",
            Self::AllThrough => "all_through",
        }
    }

    /// Reads the register's code; 0, "not applicable", is no phase.
    ///
    /// # Errors
    /// [`Reason::UnknownValue`].
    pub(super) fn of_code(text: &str) -> Result<Option<Self>, Reason> {
        Ok(Some(match text {
            "0" => return Ok(None),
            "1" => Self::Nursery,
            "2" => Self::Primary,
            "3" => Self::MiddlePrimary,
            "4" => Self::Secondary,
            "5" => Self::MiddleSecondary,
            "6" => Self::SixteenPlus,
            "7" => Self::AllThrough,
            _ => return Err(Reason::UnknownValue),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::{Establishment, Kind};

    #[test]
    fn type_codes_say_kind_and_whose_calendar_counts() {
        let table = [
            ("community school", 1, Some((Kind::School, true))),
            ("voluntary aided school", 2, Some((Kind::School, false))),
            ("voluntary controlled school", 3, Some((Kind::School, true))),
            ("foundation school", 5, Some((Kind::School, false))),
            ("community special school", 7, Some((Kind::School, true))),
            ("other independent school", 11, Some((Kind::School, false))),
            ("foundation special school", 12, Some((Kind::School, false))),
            ("pupil referral unit", 14, Some((Kind::School, false))),
            ("maintained nursery school", 15, Some((Kind::School, true))),
            ("further education", 18, Some((Kind::College, false))),
            ("offshore school", 25, None),
            ("academy sponsor led", 28, Some((Kind::School, false))),
            ("university", 29, None),
            ("Welsh establishment", 30, Some((Kind::School, false))),
            ("academy converter", 34, Some((Kind::School, false))),
            ("free school", 35, Some((Kind::School, false))),
            ("British school overseas", 37, None),
            ("16 to 19 academy", 45, Some((Kind::College, false))),
        ];
        for (name, code, expected) in table {
            let found = Establishment::of_type(code);
            assert!(found.is_none_or(|establishment| establishment.known), "{name}");
            assert_eq!(found.map(|found| (found.kind, found.follows_authority_calendar)), expected, "{name}");
        }
    }

    #[test]
    fn a_new_type_code_is_a_school_until_we_know_better() {
        let new = Establishment::of_type(99).unwrap();
        assert_eq!((new.kind, new.follows_authority_calendar, new.known), (Kind::School, false, false));
    }
}
