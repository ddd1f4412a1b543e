use serde::Serialize;

use crate::report::Reason;

/// Who numbers settings, and in which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scheme {
    /// Unique reference number of the school register: five to seven digits.
    Urn,
    /// Ofsted's number of a childcare provider: letters and digits.
    Ofsted,
    /// Organisation code of the NHS: letters and digits.
    Ods,
    /// United Kingdom provider reference number: eight digits.
    Ukprn,
    /// Number of a local authority: three digits.
    Authority,
    /// Authority and establishment number together, which a school keeps when it converts: seven digits.
    Establishment,
    /// Code of a police force, as in its incidents.
    Force,
    /// A code that the area gave a team itself.
    Own,
}

impl Scheme {
    /// The word in files and in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Urn => "urn",
            Self::Ofsted => "ofsted",
            Self::Ods => "ods",
            Self::Ukprn => "ukprn",
            Self::Authority => "authority",
            Self::Establishment => "establishment",
            Self::Force => "force",
            Self::Own => "own",
        }
    }

    /// Reads the word, in any case.
    ///
    /// # Errors
    /// [`Reason::UnknownValue`].
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let all = [
            Self::Urn,
            Self::Ofsted,
            Self::Ods,
            Self::Ukprn,
            Self::Authority,
            Self::Establishment,
            Self::Force,
            Self::Own,
        ];
        all.into_iter().find(|scheme| scheme.as_str().eq_ignore_ascii_case(text)).ok_or(Reason::UnknownValue)
    }
}

/// A setting's number in one scheme, in that scheme's one written form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Identifier {
    /// Who gave it.
    pub scheme: Scheme,
    /// The number.
    pub value: String,
}

impl Identifier {
    /// Brings a number into its scheme's form; zeros that a spreadsheet took are put back.
    ///
    /// # Errors
    /// [`Reason::NotAnIdentifier`].
    pub fn new(scheme: Scheme, text: &str) -> Result<Self, Reason> {
        let value = match scheme {
            Scheme::Urn => digits(text, 5..=7)?.to_owned(),
            Scheme::Ukprn => digits(text, 8..=8)?.to_owned(),
            Scheme::Authority => authority(text)?,
            Scheme::Establishment => establishment(text)?,
            Scheme::Ofsted | Scheme::Ods => code(text, 16, "")?.to_ascii_uppercase(),
            Scheme::Force | Scheme::Own => code(text, 64, "-_.")?.to_ascii_lowercase(),
        };
        Ok(Self { scheme, value })
    }
}

fn digits(text: &str, lengths: std::ops::RangeInclusive<usize>) -> Result<&str, Reason> {
    let valid = lengths.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    // "000" stands for "does not apply" in the school register.
    (valid && text.bytes().any(|byte| byte != b'0')).then_some(text).ok_or(Reason::NotAnIdentifier)
}

fn authority(text: &str) -> Result<String, Reason> {
    Ok(format!("{:0>3}", digits(text, 1..=3)?))
}

fn establishment(text: &str) -> Result<String, Reason> {
    match text.split_once('/') {
        Some((left, right)) => Ok(format!("{}{:0>4}", authority(left)?, digits(right, 1..=4)?)),
        None => Ok(digits(text, 7..=7)?.to_owned()),
    }
}

fn code<'a>(text: &'a str, length_max: usize, besides: &str) -> Result<&'a str, Reason> {
    let valid = (1..=length_max).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || besides.contains(c));
    valid.then_some(text).ok_or(Reason::NotAnIdentifier)
}

#[cfg(test)]
mod tests {
    use super::{Identifier, Scheme};

    #[test]
    fn identifiers_take_their_schemes_form() {
        let table = [
            (Scheme::Urn, "100001", Some("100001")),
            (Scheme::Urn, "10000A", None),
            (Scheme::Urn, "1", None),
            (Scheme::Ofsted, "ey123456", Some("EY123456")),
            (Scheme::Ods, "r0a", Some("R0A")),
            (Scheme::Ods, "R0A/1", None),
            (Scheme::Ukprn, "10012345", Some("10012345")),
            (Scheme::Authority, "42", Some("042")),
            (Scheme::Authority, "000", None),
            (Scheme::Establishment, "919/23", Some("9190023")),
            (Scheme::Establishment, "9192023", Some("9192023")),
            (Scheme::Establishment, "2023", None),
            (Scheme::Force, "Hertfordshire", Some("hertfordshire")),
            (Scheme::Own, "team-7", Some("team-7")),
            (Scheme::Own, "team 7", None),
        ];
        for (scheme, text, expected) in table {
            let value = Identifier::new(scheme, text).ok().map(|identifier| identifier.value);
            assert_eq!(value.as_deref(), expected, "{scheme:?} {text}");
        }
    }

    #[test]
    fn scheme_words_are_read_back() {
        for word in ["urn", "ofsted", "ods", "ukprn", "authority", "establishment", "force", "own"] {
            assert_eq!(Scheme::parse(&word.to_uppercase()).unwrap().as_str(), word);
        }
        assert!(Scheme::parse("dfe").is_err());
    }
}
