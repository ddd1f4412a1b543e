use crate::report::Reason;

/// A telephone number as digits, with the leading zero that a spreadsheet took, or with `+` and a foreign
/// country's code. An extension is kept after ` x`.
///
/// # Errors
/// [`Reason::NotATelephone`].
pub fn telephone(text: &str) -> Result<String, Reason> {
    let lower = text.to_ascii_lowercase();
    let (number, extension) = match lower.find(|c: char| c.is_ascii_alphabetic()) {
        Some(at) => (&lower[..at], extension(&lower[at..])?),
        None => (lower.as_str(), String::new()),
    };
    let digits: String = number.chars().filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')')).collect();
    Ok(dialled(&digits)? + &extension)
}

fn dialled(digits: &str) -> Result<String, Reason> {
    let home = digits.strip_prefix("+44").or_else(|| digits.strip_prefix("0044"));
    let foreign = if home.is_none() { digits.strip_prefix('+') } else { None };
    let bare = home.or(foreign).unwrap_or(digits);
    let national = bare.strip_prefix('0').filter(|_| foreign.is_none()).unwrap_or(bare);
    if !national.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Reason::NotATelephone);
    }
    match (foreign, national.len()) {
        (Some(_), 7..=15) => Ok(format!("+{national}")),
        // National numbers have ten digits after the zero, a few exchanges nine (Ofcom numbering plan).
        (None, 9 | 10) if !national.starts_with('0') => Ok(format!("0{national}")),
        _ => Err(Reason::NotATelephone),
    }
}

fn extension(text: &str) -> Result<String, Reason> {
    let digits = ["extension", "extn", "ext", "x"].iter().find_map(|word| text.strip_prefix(word));
    let digits =
        digits.ok_or(Reason::NotATelephone)?.trim_matches(|c: char| matches!(c, ' ' | '.' | ':' | ')'));
    if (1..=6).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(format!(" x{digits}"));
    }
    Err(Reason::NotATelephone)
}

/// An e-mail address with its domain in small letters.
///
/// # Errors
/// [`Reason::NotAnAddress`] for what is no plain `local@domain`; quoted local parts and display names are refused,
/// since they serve to smuggle a second address past a reader.
pub fn email(text: &str) -> Result<String, Reason> {
    let (local, domain) = text.split_once('@').ok_or(Reason::NotAnAddress)?;
    let plain = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    let dotted = |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    if local.is_empty() || local.len() > 64 || !local.chars().all(plain) || !dotted(local) {
        return Err(Reason::NotAnAddress);
    }
    let domain = domain.to_lowercase();
    if text.len() > 254 || !is_host(&domain) || !domain.contains('.') {
        return Err(Reason::NotAnAddress);
    }
    Ok(format!("{local}@{domain}"))
}

/// The address of a webhook: https, a named host, no user, no fragment.
///
/// That the name leads to a public address is checked when it is resolved, not here.
///
/// # Errors
/// [`Reason::NotAnAddress`].
pub fn webhook(text: &str) -> Result<String, Reason> {
    let rest = text.strip_prefix("https://").ok_or(Reason::NotAnAddress)?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let host_is_name =
        is_host(&host.to_lowercase()) && host.contains('.') && host.contains(char::is_alphabetic);
    let path_is_plain =
        rest.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'#' | b'\\' | b'"'));
    if !host_is_name || !path_is_plain || port.parse::<u16>().is_err() || text.len() > 2048 {
        return Err(Reason::NotAnAddress);
    }
    Ok(text.to_owned())
}

/// Labels of letters, digits and inner hyphens. Letters beyond ASCII are let through, for names written as such.
fn is_host(host: &str) -> bool {
    host.len() <= 253
        && host.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_alphanumeric() || c == '-')
        })
}

#[cfg(test)]
mod tests {
    use super::{email, telephone, webhook};

    #[test]
    fn telephone_numbers_take_one_form_and_regain_their_zero() {
        let table = [
            ("01632 960 001", Some("01632960001")),
            ("1632960001", Some("01632960001")),
            ("(01632) 960-001", Some("01632960001")),
            ("+44 (0)1632 960001", Some("01632960001")),
            ("00441632960001", Some("01632960001")),
            ("+33 1 99 00 12 34", Some("+33199001234")),
            ("01632 960001 ext 12", Some("01632960001 x12")),
            ("01632960001 x.7", Some("01632960001 x7")),
            ("016329600", None),
            ("01632 960001 or ask", None),
            ("REDACTED", None),
            ("", None),
            ("٣٣٣٣٣٣٣٣٣٣", None),
        ];
        for (text, expected) in table {
            assert_eq!(telephone(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn only_plain_addresses_pass() {
        let table = [
            ("DSL@School.Example", Some("DSL@school.example")),
            ("o'neil+safe@a.b.example", Some("o'neil+safe@a.b.example")),
            ("no-at.example", None),
            ("two@at@b.example", None),
            ("Lead <lead@b.example>", None),
            ("a@b.example,c@d.example", None),
            ("\"a b\"@c.example", None),
            (".a@b.example", None),
            ("a@localhost", None),
            ("a@-b.example", None),
            ("a@b..example", None),
        ];
        for (text, expected) in table {
            assert_eq!(email(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn webhooks_are_https_with_a_named_host() {
        let table = [
            ("https://mis.example/hooks/7?a=b", true),
            ("https://mis.example:8443/", true),
            ("http://mis.example/", false),
            ("https://user@mis.example/", false),
            ("https://127.0.0.1/", false),
            ("https://localhost/", false),
            ("https://mis.example:99999/", false),
            ("https://mis.example/#x", false),
            ("https:///x", false),
        ];
        for (text, valid) in table {
            assert_eq!(webhook(text).is_ok(), valid, "{text}");
        }
    }
}
