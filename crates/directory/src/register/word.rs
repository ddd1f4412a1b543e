use std::fmt;

use crate::report::Reason;

/// Sex as registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
}

impl Sex {
    /// The letter in files and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Female => "f",
            Self::Male => "m",
        }
    }

    /// Reads the letter or the word; `None` for not known.
    pub(super) fn parse(text: &str) -> Result<Option<Self>, Reason> {
        match text.to_ascii_lowercase().as_str() {
            "f" | "female" => Ok(Some(Self::Female)),
            "m" | "male" => Ok(Some(Self::Male)),
            "u" | "x" | "unknown" => Ok(None),
            _ => Err(Reason::UnknownValue),
        }
    }
}

/// In which way the child belongs to the setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Enrolment {
    /// Registered there, alone or as the main of two.
    #[default]
    Main,
    /// Registered there, and boards there.
    Boarder,
    /// Registered there besides the main one.
    Subsidiary,
    /// A guest from elsewhere.
    Guest,
    /// Educated at home; the setting is the authority.
    HomeEducated,
    /// Missing education; the setting is the authority.
    MissingEducation,
    /// Looked after; the setting is the virtual school.
    LookedAfter,
    /// On the caseload of a health-visiting or maternity team.
    Caseload,
}

impl Enrolment {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Main,
        Self::Boarder,
        Self::Subsidiary,
        Self::Guest,
        Self::HomeEducated,
        Self::MissingEducation,
        Self::LookedAfter,
        Self::Caseload,
    ];

    /// The word in files and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Main => "main",
            Self::Boarder => "boarder",
            Self::Subsidiary => "subsidiary",
            Self::Guest => "guest",
            Self::HomeEducated => "home_educated",
            Self::MissingEducation => "missing_education",
            Self::LookedAfter => "looked_after",
            Self::Caseload => "caseload",
        }
    }

    /// Whether it is the one registration at a school that a pupil can have one of at a time.
    pub fn is_main(self) -> bool {
        matches!(self, Self::Main | Self::Boarder)
    }

    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str().eq_ignore_ascii_case(text))
            .ok_or(Reason::UnknownValue)
    }
}

/// Why only named people may see a case of the child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Restriction {
    /// The address is protected.
    ProtectedAddress,
    /// Flagged as sensitive on the NHS's personal demographics service.
    NhsSensitive,
    /// Adopted, or placed for adoption.
    Adoption,
    /// For another reason, or for one that the file does not give.
    Other,
}

impl Restriction {
    const ALL: [Self; 4] = [Self::ProtectedAddress, Self::NhsSensitive, Self::Adoption, Self::Other];

    /// The word in files and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ProtectedAddress => "protected_address",
            Self::NhsSensitive => "nhs_sensitive",
            Self::Adoption => "adoption",
            Self::Other => "other",
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.as_str().eq_ignore_ascii_case(text)).ok_or(Reason::UnknownValue)
    }
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const HALVES: [&str; 2] = ["am", "pm"];

/// When in the week a child attends: mornings and afternoons.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Attendance {
    /// All of the setting's week.
    FullTime,
    /// Part of it; which is not known.
    PartTime,
    /// These half-days, two bits a day from Monday's morning.
    HalfDays(u16),
}

impl Attendance {
    /// Reads `full_time`, `part_time` or half-days such as `mon tue_am`.
    pub(super) fn parse(text: &str) -> Result<Self, Reason> {
        let text = text.to_ascii_lowercase();
        match text.as_str() {
            "full_time" => return Ok(Self::FullTime),
            "part_time" => return Ok(Self::PartTime),
            _ => {}
        }
        let words = text.split([' ', ',', ';']).filter(|word| !word.is_empty());
        let bits = words.map(half_days).try_fold(0, |all, bits| Ok(all | bits?))?;
        Ok(Self::HalfDays(bits))
    }
}

fn half_days(word: &str) -> Result<u16, Reason> {
    let (day, half) = word.split_once('_').map_or((word, None), |(day, half)| (day, Some(half)));
    let place =
        |list: &[&str], word: &str| list.iter().position(|name| *name == word).ok_or(Reason::UnknownValue);
    let day = place(&DAYS, day)?;
    let halves = match half {
        None => 0b11,
        Some(half) => 1 << place(&HALVES, half)?,
    };
    Ok(halves << (2 * day))
}

impl fmt::Display for Attendance {
    /// The form in the store: as it is read, in the order of the week.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = match self {
            Self::FullTime => return f.write_str("full_time"),
            Self::PartTime => return f.write_str("part_time"),
            Self::HalfDays(bits) => bits,
        };
        let words = DAYS.iter().enumerate().filter_map(|(at, day)| match bits >> (2 * at) & 0b11 {
            0b11 => Some((*day).to_owned()),
            0b01 => Some(format!("{day}_am")),
            0b10 => Some(format!("{day}_pm")),
            _ => None,
        });
        f.write_str(&words.collect::<Vec<_>>().join(" "))
    }
}

impl fmt::Debug for Attendance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attendance(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::{Attendance, Enrolment, Restriction};

    #[test]
    fn attendance_is_read_in_any_order_and_written_in_the_weeks() {
        let table = [
            ("full_time", Some("full_time")),
            ("PART_TIME", Some("part_time")),
            ("wed_pm, mon; tue_am", Some("mon tue_am wed_pm")),
            ("mon_am mon_pm", Some("mon")),
            ("monday", None),
            ("mon_noon", None),
        ];
        for (text, written) in table {
            let read = Attendance::parse(text).ok().map(|attendance| attendance.to_string());
            assert_eq!(read.as_deref(), written, "{text}");
        }
    }

    #[test]
    fn words_are_read_back() {
        for kind in Enrolment::ALL {
            assert_eq!(Enrolment::parse(&kind.as_str().to_uppercase()), Ok(kind));
        }
        for kind in Restriction::ALL {
            assert_eq!(Restriction::parse(kind.as_str()), Ok(kind));
        }
    }
}
