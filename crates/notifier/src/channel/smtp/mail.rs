//! From a message to the bytes of one mail.

use jiff::Timestamp;
use lettre::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message as Letter};

use crate::channel::Error;
use crate::message::Message;

/// One mail to one contact. Has no `Debug`: the address is personal data.
#[derive(Clone, Copy)]
pub struct Mail<'a> {
    /// Address of the contact.
    pub to: &'a str,
    /// Derived Message-ID with its angle brackets, the same on every attempt.
    pub message_id: &'a str,
    /// `Date` header.
    pub date: Timestamp,
    /// Subject and text.
    pub message: &'a Message,
}

/// A mail ready for the wire.
pub(super) struct Prepared {
    pub(super) to: Address,
    /// Headers and body, dots doubled, with the final dot (RFC 5321, section 4.5.2).
    pub(super) content: String,
}

/// Result of preparing: the contact's address may be unusable, which is the world's fault and not ours.
pub(super) enum Preparation {
    Ready(Prepared),
    BadAddress,
}

/// Tells other systems not to answer, so that no out-of-office note comes back to us (RFC 3834, section 5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(AutoSubmitted)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// # Errors
/// Subject or Message-ID would break out of their header line.
pub(super) fn prepare(from: &Mailbox, mail: &Mail<'_>) -> Result<Preparation, Error> {
    check_line("Subject", &mail.message.subject)?;
    check_message_id(mail.message_id)?;
    let Some(to) = address(mail.to) else { return Ok(Preparation::BadAddress) };
    let letter = Letter::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .date(mail.date.into())
        .message_id(Some(mail.message_id.to_owned()))
        .subject(mail.message.subject.as_str())
        .header(AutoSubmitted)
        .header(ContentType::TEXT_PLAIN)
        .body(mail.message.body.clone())
        .map_err(|_| Error::Header("From"))?;
    let bytes = letter.formatted();
    let text = std::str::from_utf8(&bytes).map_err(|_| Error::Header("From"))?;
    Ok(Preparation::Ready(Prepared { to, content: wire(text) }))
}

/// An address of one plain word: whatever could end the command line or add a parameter to it is no address. Nor
/// is one beyond ASCII, which the relays on the way would have to take by an extension that few offer (RFC 6531).
fn address(text: &str) -> Option<Address> {
    let plain = |c: char| c.is_ascii_graphic() && !"<>\"".contains(c);
    if !text.chars().all(plain) {
        return None;
    }
    text.parse().ok()
}

fn check_line(header: &'static str, value: &str) -> Result<(), Error> {
    if value.chars().any(char::is_control) { Err(Error::Header(header)) } else { Ok(()) }
}

fn check_message_id(id: &str) -> Result<(), Error> {
    let inner = id.strip_prefix('<').and_then(|id| id.strip_suffix('>'));
    let plain = |c: char| c.is_ascii_graphic() && !"<>".contains(c);
    match inner {
        Some(inner) if inner.contains('@') && inner.chars().all(plain) => Ok(()),
        Some(_) | None => Err(Error::Header("Message-ID")),
    }
}

fn wire(text: &str) -> String {
    let mut content = String::with_capacity(text.len() + 16);
    for line in text.split_inclusive("\r\n") {
        if line.starts_with('.') {
            content.push('.');
        }
        content.push_str(line);
    }
    if !content.ends_with("\r\n") {
        content.push_str("\r\n");
    }
    content.push_str(".\r\n");
    content
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prepared(to: &str, id: &str, subject: &str, body: &str) -> Result<Preparation, Error> {
        let message = Message { subject: subject.to_owned(), body: body.to_owned() };
        let date = "2026-07-03T22:10:00Z".parse().expect("an instant");
        let from = "Encompass <notices@force.example>".parse().expect("a mailbox");
        prepare(&from, &Mail { to, message_id: id, date, message: &message })
    }

    fn content(subject: &str, body: &str) -> String {
        match prepared("lead@school.example", "<a1@force.example>", subject, body).expect("sound headers") {
            Preparation::Ready(ready) => ready.content,
            Preparation::BadAddress => panic!("a good address"),
        }
    }

    #[test]
    fn a_mail_has_exactly_the_headers_it_needs() {
        let text = content("A notification waits", "Hello\n");
        let (head, body) = text.split_once("\r\n\r\n").expect("headers end");
        let mut lines: Vec<&str> = head.split("\r\n").collect();
        lines.sort_unstable();
        assert_eq!(
            lines,
            [
                "Auto-Submitted: auto-generated",
                "Content-Transfer-Encoding: 7bit",
                "Content-Type: text/plain; charset=utf-8",
                "Date: Fri, 03 Jul 2026 22:10:00 +0000",
                "From: Encompass <notices@force.example>",
                "Message-ID: <a1@force.example>",
                "Subject: A notification waits",
                "To: lead@school.example",
            ]
        );
        assert_eq!(body, "Hello\r\n.\r\n");
    }

    #[test]
    fn a_dot_alone_on_a_line_does_not_end_the_mail() {
        let text = content("s", "one\n.\n..two\nlast");
        assert!(text.ends_with("\r\n\r\none\r\n..\r\n...two\r\nlast\r\n.\r\n"), "{text:?}");
    }

    #[test]
    fn text_beyond_ascii_leaves_as_seven_bits() {
        let text = content("Rückfrage", "Grüße – 08:40\n");
        assert!(text.is_ascii());
        assert!(text.contains("Content-Transfer-Encoding: quoted-printable") || text.contains("base64"));
    }

    #[test]
    fn nothing_can_add_a_header_or_a_command() {
        for to in [
            "a@b.example\r\nBcc: x@y.example",
            "a@b.example\nRCPT TO:<x@y.example>",
            "a@b.example> NOTIFY=NEVER",
            "<a@b.example>",
            "\"a\r\n\"@b.example",
            "\"a b\"@b.example",
            "a@b.example, x@y.example",
            "a\u{0}@b.example",
            "",
            "nobody",
            "ä@b.example",
        ] {
            let result = prepared(to, "<a@b.example>", "s", "b").expect("headers are sound");
            assert!(matches!(result, Preparation::BadAddress), "{to:?}");
        }
        for subject in ["s\r\nBcc: x@y.example", "s\nX: y", "s\u{0}", "s\u{85}"] {
            let result = prepared("a@b.example", "<a@b.example>", subject, "b");
            assert!(matches!(result, Err(Error::Header("Subject"))), "{subject:?}");
        }
        for id in ["a@b.example", "<a@b>\r\nX: y", "<a@b c>", "<ab>", "<a@b><c@d>", ""] {
            let result = prepared("a@b.example", id, "s", "b");
            assert!(matches!(result, Err(Error::Header("Message-ID"))), "{id:?}");
        }
    }
}
