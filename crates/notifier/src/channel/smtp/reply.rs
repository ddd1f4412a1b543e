//! What a reply means: the table of RFC 5321 and RFC 3463 as mail servers use it.

use lettre::transport::smtp::Error;
use lettre::transport::smtp::response::Response;

use crate::channel::{Class, Code, Enhanced, Outcome};

/// The server closes the session, whatever it was asked (RFC 5321, section 3.8).
pub(super) const CLOSING: u16 = 421;

/// One reply, or none because the connection is gone (or speaks something else than SMTP).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// 2xx or 3xx.
    Positive(Code),
    /// 4xx or 5xx.
    Negative(Code),
    /// No reply.
    Lost,
}

impl Reply {
    pub(super) fn read(result: Result<Response, Error>) -> Reply {
        match result {
            Ok(response) => Reply::Positive(Code {
                status: response.code().into(),
                enhanced: response.first_line().and_then(Enhanced::parse),
            }),
            Err(error) => error.status().map_or(Reply::Lost, |status| {
                // lettre carries the reply's text as the error's source; its leading numbers are all we take.
                let text = std::error::Error::source(&error).map(ToString::to_string);
                let enhanced = text.as_deref().and_then(Enhanced::parse);
                Reply::Negative(Code { status: status.into(), enhanced })
            }),
        }
    }

    /// Nothing more can be said on this session.
    pub(super) fn closes(self) -> bool {
        match self {
            Reply::Lost => true,
            Reply::Positive(code) | Reply::Negative(code) => code.status == CLOSING,
        }
    }
}

/// Where in the session the reply came: before a recipient is named it can only be about us or the relay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Greeting, EHLO, STARTTLS, AUTH, MAIL.
    Session,
    /// RCPT, DATA, the final dot.
    Recipient,
}

/// Outcome of a negative reply. What is about us or the relay is never held against the contact: it is deferred
/// even with a permanent code, since the same mail goes through once the relay is put right.
pub(super) fn outcome(code: Code, stage: Stage) -> Outcome {
    let class = class(code);
    let about_us = stage == Stage::Session || matches!(class, Class::TlsRequired | Class::Auth);
    if code.status >= 500 && !about_us {
        Outcome::Rejected { class, code: Some(code) }
    } else {
        Outcome::Deferred { class, code: Some(code), retry_after: None }
    }
}

fn class(code: Code) -> Class {
    if let Some(Enhanced(_, subject, detail)) = code.enhanced
        && let Some(class) = by_enhanced(code.status, subject, detail)
    {
        return class;
    }
    by_status(code.status)
}

/// By the enhanced status. `None` where it says no more than the reply code.
fn by_enhanced(status: u16, subject: u16, detail: u16) -> Option<Class> {
    let permanent = status >= 500;
    match (subject, detail) {
        (1, 0 | 1 | 2 | 3 | 6 | 10) | (2, 1) => Some(Class::BadAddress),
        (2, 2) => Some(Class::MailboxFull),
        (3, 1 | 2) | (4, 5) if !permanent => Some(Class::Busy),
        (3, _) if !permanent => Some(Class::ServerError),
        (4, 1 | 2 | 3 | 4 | 6 | 7) => Some(Class::Network),
        (5, 3) if !permanent => Some(Class::RateLimited),
        (7, _) => Some(by_security(status, detail)),
        _ => None,
    }
}

/// X.7.Y, which RFC 3463 calls security or policy and practice uses for nearly everything.
fn by_security(status: u16, detail: u16) -> Class {
    match (status, detail) {
        (530, 0) | (_, 10 | 11) => Class::TlsRequired,
        (454 | 535, _) | (_, 8 | 9) => Class::Auth,
        (500.., _) => Class::Policy,
        // How greylisting is mostly written, by 450, 451 or 452.
        (450..=452, 1) => Class::Busy,
        _ => Class::RateLimited,
    }
}

fn by_status(status: u16) -> Class {
    match status {
        CLOSING | 450..=452 => Class::Busy,
        454 | 530 | 534 | 535 | 538 => Class::Auth,
        523 => Class::TlsRequired,
        550 | 551 | 553 => Class::BadAddress,
        552 => Class::MailboxFull,
        554 => Class::Policy,
        400..=499 => Class::ServerError,
        _ => Class::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn deferred(class: Class) -> (bool, Class) {
        (false, class)
    }

    fn rejected(class: Class) -> (bool, Class) {
        (true, class)
    }

    fn judge(text: &str, stage: Stage) -> (bool, Class) {
        let (status, rest) = text.split_once(' ').unwrap_or((text, ""));
        let code = Code { status: status.parse().expect("a number"), enhanced: Enhanced::parse(rest) };
        match outcome(code, stage) {
            Outcome::Deferred { class, .. } => deferred(class),
            Outcome::Rejected { class, .. } => rejected(class),
            other @ (Outcome::Accepted { .. } | Outcome::Unknown) => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn replies_about_a_recipient_are_classed() {
        let cases = [
            ("450 4.7.1", deferred(Class::Busy)),
            ("451 4.7.1", deferred(Class::Busy)),
            ("450 4.2.0", deferred(Class::Busy)),
            ("450", deferred(Class::Busy)),
            ("451", deferred(Class::Busy)),
            ("451 4.3.0", deferred(Class::ServerError)),
            ("451 4.3.2", deferred(Class::Busy)),
            ("451 4.4.1", deferred(Class::Network)),
            ("421 4.7.0", deferred(Class::RateLimited)),
            ("421 4.7.1", deferred(Class::RateLimited)),
            ("450 4.7.28", deferred(Class::RateLimited)),
            ("421 4.4.5", deferred(Class::Busy)),
            ("421", deferred(Class::Busy)),
            ("452 4.2.2", deferred(Class::MailboxFull)),
            ("452 4.3.1", deferred(Class::Busy)),
            ("452 4.5.3", deferred(Class::RateLimited)),
            ("471", deferred(Class::ServerError)),
            ("552 5.2.2", rejected(Class::MailboxFull)),
            ("552", rejected(Class::MailboxFull)),
            ("550 5.1.1", rejected(Class::BadAddress)),
            ("550 5.1.10", rejected(Class::BadAddress)),
            ("550 5.2.1", rejected(Class::BadAddress)),
            ("551", rejected(Class::BadAddress)),
            ("550", rejected(Class::BadAddress)),
            ("550 5.7.1", rejected(Class::Policy)),
            ("554 5.7.1", rejected(Class::Policy)),
            ("550 5.7.26", rejected(Class::Policy)),
            ("530 5.7.1", rejected(Class::Policy)),
            ("554", rejected(Class::Policy)),
            ("501 5.5.4", rejected(Class::Unknown)),
            ("552 5.3.4", rejected(Class::MailboxFull)),
            ("530 5.7.0", deferred(Class::TlsRequired)),
            ("550 5.7.10", deferred(Class::TlsRequired)),
            ("530", deferred(Class::Auth)),
            ("535 5.7.8", deferred(Class::Auth)),
            ("535 5.7.3", deferred(Class::Auth)),
            ("454 4.7.0", deferred(Class::Auth)),
        ];
        for (text, expected) in cases {
            assert_eq!(judge(text, Stage::Recipient), expected, "{text}");
        }
    }

    #[test]
    fn what_is_said_before_a_recipient_is_named_is_never_held_against_the_contact() {
        for status in 400..600u16 {
            for enhanced in ["", "5.1.1", "5.7.1", "4.7.1", "5.0.0"] {
                let (rejected, _) = judge(&format!("{status} {enhanced}"), Stage::Session);
                assert!(!rejected, "{status} {enhanced}");
            }
        }
    }
}
