//! What a lead reads in the mails that were sent.

use std::time::Duration;

use anyhow::Context;
use encompass_testkit::smtp::{Mail, Sink};

use crate::installation::until;

const WITHIN: Duration = Duration::from_secs(30);

/// Waits for the first mail after the first `before` to this address.
pub async fn next(sink: &Sink, before: usize, to: &str) -> anyhow::Result<Mail> {
    let to_it = || sink.mails().into_iter().skip(before).find(|mail| mail.to == [to]);
    until(&format!("a mail to {to}"), WITHIN, async || Ok(to_it().is_some())).await?;
    to_it().context("it came just now")
}

/// Waits for the first code that comes after the first `before` mails to this address; `None` if none comes in time.
pub async fn next_code(
    sink: &Sink,
    before: usize,
    to: &str,
    within: Duration,
) -> anyhow::Result<Option<String>> {
    let mut found = None;
    let is_there = async || {
        let mails = sink.mails();
        found = mails.iter().skip(before).filter(|mail| mail.to == [to]).find_map(|mail| code(mail).ok());
        Ok(found.is_some())
    };
    // That none came is for the caller to judge.
    drop(until("a code", within, is_there).await);
    Ok(found)
}

/// The link in a mail whose path begins with `path`.
pub fn link(mail: &Mail, path: &str) -> anyhow::Result<String> {
    let text = text(mail);
    let mut words = text.split_whitespace();
    let is_it = |word: &&str| word.starts_with("http") && word.contains(path);
    words.find(is_it).map(str::to_owned).with_context(|| format!("no link to {path} in:\n{text}"))
}

/// The code of six digits in a mail.
pub fn code(mail: &Mail) -> anyhow::Result<String> {
    let text = text(mail);
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    text.lines().map(str::trim).find(is_code).map(str::to_owned).context("no code in the mail")
}

/// The body, with quoted-printable undone (RFC 2045, section 6.7).
fn text(mail: &Mail) -> String {
    let raw = mail.text();
    let body = raw.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    let encoding = mail.header("Content-Transfer-Encoding").unwrap_or_default();
    if !encoding.eq_ignore_ascii_case("quoted-printable") {
        return body.to_owned();
    }
    let body = body.replace("=\r\n", "");
    let mut parts = body.split('=');
    let mut plain = parts.next().unwrap_or_default().as_bytes().to_vec();
    for part in parts {
        let (digits, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        plain.extend(u8::from_str_radix(digits, 16));
        plain.extend(rest.as_bytes());
    }
    String::from_utf8_lossy(&plain).into_owned()
}
