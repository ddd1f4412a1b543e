//! What the world did with one attempt, as a value.

use std::fmt;
use std::time::Duration;

use encompass_core::plan::Class;
use encompass_core::state::AttemptState;

/// Outcome of one attempt. Failures of the other side are values; they are expected, planned for and counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The relay or endpoint took it. Never to be called delivered: nobody has read anything yet.
    Accepted {
        /// The reply that took it.
        code: Code,
    },
    /// Not taken now; the same attempt may succeed later.
    Deferred {
        /// Why.
        class: Class,
        /// The reply, if there was one.
        code: Option<Code>,
        /// How long the other side asked us to wait, already bounded by the configuration.
        retry_after: Option<Duration>,
    },
    /// Refused for good: trying the same again is pointless, another contact or channel is needed.
    Rejected {
        /// Why.
        class: Class,
        /// The reply, if there was one.
        code: Option<Code>,
    },
    /// We were cut off after we may have handed it over: it may have arrived, and may arrive again when it is
    /// repeated under the same Message-ID or webhook id.
    Unknown,
}

impl Outcome {
    /// The word under which the attempt is recorded.
    pub fn state(&self) -> AttemptState {
        match self {
            Outcome::Accepted { .. } => AttemptState::Accepted,
            Outcome::Deferred { .. } => AttemptState::Deferred,
            Outcome::Rejected { .. } => AttemptState::Rejected,
            Outcome::Unknown => AttemptState::Unknown,
        }
    }

    /// Why it was not accepted; also that it is not known.
    pub fn class(&self) -> Option<Class> {
        match self {
            Outcome::Accepted { .. } => None,
            Outcome::Deferred { class, .. } | Outcome::Rejected { class, .. } => Some(*class),
            Outcome::Unknown => Some(Class::Unknown),
        }
    }

    /// The reply, if there was one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Outcome::Accepted { code } => Some(*code),
            Outcome::Deferred { code, .. } | Outcome::Rejected { code, .. } => *code,
            Outcome::Unknown => None,
        }
    }

    /// How long the other side asked us to wait, already bounded by the configuration.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Outcome::Deferred { retry_after, .. } => *retry_after,
            Outcome::Accepted { .. } | Outcome::Rejected { .. } | Outcome::Unknown => None,
        }
    }

    /// Deferred without a reply of the other side.
    pub(crate) fn deferred(class: Class) -> Outcome {
        Outcome::Deferred { class, code: None, retry_after: None }
    }

    /// Rejected without a reply of the other side.
    pub(crate) fn rejected(class: Class) -> Outcome {
        Outcome::Rejected { class, code: None }
    }
}

/// The numbers of a reply. Its text is dropped where it is read: servers quote addresses in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// SMTP reply code (RFC 5321, section 4.2) or HTTP status.
    pub status: u16,
    /// Enhanced mail status (RFC 3463), where the server gave one.
    pub enhanced: Option<Enhanced>,
}

impl Code {
    /// A reply that has a status and nothing else.
    pub fn plain(status: u16) -> Code {
        Code { status, enhanced: None }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.enhanced {
            Some(enhanced) => write!(f, "{} {enhanced}", self.status),
            None => write!(f, "{}", self.status),
        }
    }
}

/// Enhanced mail system status code: class, subject, detail (RFC 3463, section 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Enhanced(pub u8, pub u16, pub u16);

impl Enhanced {
    /// Reads `5.1.1` at the start of a reply's text. `None` where there is none; the rest is not looked at.
    pub(crate) fn parse(text: &str) -> Option<Enhanced> {
        let word = text.split_whitespace().next()?;
        let mut parts = word.splitn(3, '.');
        let class = parts.next()?.parse().ok().filter(|class| matches!(class, 2 | 4 | 5))?;
        let mut number = || parts.next()?.parse().ok().filter(|number| *number < 1000);
        Some(Enhanced(class, number()?, number()?))
    }
}

impl fmt::Display for Enhanced {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_numbers_of_an_enhanced_status_are_read() {
        let cases = [
            ("5.1.1 <head@school.example> unknown", Some(Enhanced(5, 1, 1))),
            ("4.7.1", Some(Enhanced(4, 7, 1))),
            ("2.0.0 queued as 1.2.3", Some(Enhanced(2, 0, 0))),
            ("3.0.0 no such class", None),
            ("5.1 too short", None),
            ("5.1.1.1 too long", None),
            ("5.1.9999", None),
            ("10.0.0.1 is listed", None),
            ("unknown user 5.1.1", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(Enhanced::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn an_outcome_is_recorded_under_its_own_word() {
        let code = Code::plain(250);
        let cases = [
            (Outcome::Accepted { code }, "accepted"),
            (Outcome::deferred(Class::Busy), "deferred"),
            (Outcome::rejected(Class::Gone), "rejected"),
            (Outcome::Unknown, "unknown"),
        ];
        for (outcome, word) in cases {
            assert_eq!(outcome.state().as_str(), word);
        }
    }

    #[test]
    fn a_code_prints_its_numbers() {
        assert_eq!(Code { status: 550, enhanced: Some(Enhanced(5, 1, 1)) }.to_string(), "550 5.1.1");
        assert_eq!(Code::plain(429).to_string(), "429");
    }
}
