//! Numbers, and identifiers whose form or check digit can be verified.

use std::fmt;
use std::ops::Deref;

use serde_json::Value;

use super::fields::Kind;
use super::mark::Problem;
use super::reading::{Personal, Readable, Reading};

/// A whole number of a JSON value, also when it is written `3.0`, as some languages do.
fn whole(value: &Value) -> Option<u64> {
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    value.as_u64().or_else(|| {
        let number = value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..=EXACT_MAX).contains(n))?;
        format!("{number:.0}").parse().ok()
    })
}

fn bounded(value: &Value, at: &mut Reading, max: u64, kind: &'static Kind) -> Option<u64> {
    match whole(value) {
        Some(number) if number <= max => Some(number),
        _ if value.is_number() => at.wrong(Problem::OutOfRange, kind),
        _ => at.wrong(Problem::WrongType, kind),
    }
}

impl Readable for u32 {
    const KIND: &'static Kind = &Kind::Whole { max: u32::MAX as u64 };
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        bounded(value, at, Self::MAX.into(), Self::KIND).and_then(|number| number.try_into().ok())
    }
}

impl Personal for u32 {}

/// An age in whole years at the time of the incident.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Age(pub u8);

const AGE_MAX: u8 = 120;

impl Readable for Age {
    const KIND: &'static Kind = &Kind::Whole { max: AGE_MAX as u64 };
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        bounded(value, at, AGE_MAX.into(), Self::KIND).and_then(|number| number.try_into().ok()).map(Self)
    }
}

impl Personal for Age {}

impl fmt::Debug for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Age(…)")
    }
}

/// The number of an event among those about one incident. Digits in a text are taken too: to fall back to the
/// event's time would put this version after every later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub i64);

impl Readable for Version {
    const KIND: &'static Kind = &Kind::Version;
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let digits = |text: &str| {
            let text = text.trim();
            text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<i64>().ok())?
        };
        let number = match value {
            Value::String(text) => digits(text),
            Value::Number(_) => whole(value).and_then(|number| number.try_into().ok()),
            _ => return at.wrong(Problem::WrongType, Self::KIND),
        };
        number.map(Self).or_else(|| at.wrong(Problem::OutOfRange, Self::KIND))
    }
}

impl Personal for Version {}

/// A unique pupil number with a right check letter (Department for Education, "Unique pupil numbers": the check
/// letter is the weighted sum of the other characters modulo 23).
#[derive(Clone, PartialEq, Eq)]
pub struct Upn(String);

const UPN_LETTERS: &str = "ABCDEFGHJKLMNPQRTUVWXYZ";

impl Upn {
    /// Reads a number in either case, with or without spaces. A final letter marks a temporary number.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let upn = without_spaces(text).to_ascii_uppercase();
        let letter = |character: char| UPN_LETTERS.find(character);
        let (Some(check), true) = (upn.chars().next().and_then(letter), upn.len() == 13) else {
            return Err(Problem::Unreadable);
        };
        let mut sum = 0;
        for (position, character) in upn.chars().enumerate().skip(1) {
            let digit = character.to_digit(10).map(|digit| digit as usize);
            let last = (position == 12).then(|| letter(character)).flatten();
            sum += digit.or(last).ok_or(Problem::Unreadable)? * (position + 1);
        }
        if sum % 23 == check { Ok(Self(upn)) } else { Err(Problem::WrongCheckDigit) }
    }
}

impl Readable for Upn {
    const KIND: &'static Kind = &Kind::Form {
        name: "a unique pupil number, a check letter and 12 digits (the last may be a letter)",
        pattern: "^ *[A-HJ-NP-RT-Za-hj-np-rt-z]( *[0-9]){11} *[0-9A-HJ-NP-RT-Za-hj-np-rt-z] *$",
    };
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let Some(text) = value.as_str() else { return at.wrong(Problem::WrongType, Self::KIND) };
        Self::parse(text).or_else(|problem| at.wrong(problem, Self::KIND).ok_or(())).ok()
    }
}

/// An NHS number with a right check digit (NHS Data Dictionary, "NHS NUMBER": modulus 11).
#[derive(Clone, PartialEq, Eq)]
pub struct NhsNumber(String);

impl NhsNumber {
    /// Reads ten digits, with or without spaces.
    pub fn parse(text: &str) -> Result<Self, Problem> {
        let number = without_spaces(text);
        let digits: Vec<u32> = number.chars().map_while(|character| character.to_digit(10)).collect();
        if digits.len() != 10 || number.len() != 10 {
            return Err(Problem::Unreadable);
        }
        let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
        if (11 - sum % 11) % 11 == digits[9] { Ok(Self(number)) } else { Err(Problem::WrongCheckDigit) }
    }
}

impl Readable for NhsNumber {
    const KIND: &'static Kind =
        &Kind::Form { name: "an NHS number, 10 digits in a text", pattern: "^ *[0-9]( *[0-9]){9} *$" };
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let Some(text) = value.as_str() else { return at.wrong(Problem::WrongType, Self::KIND) };
        Self::parse(text).or_else(|problem| at.wrong(problem, Self::KIND).ok_or(())).ok()
    }
}

/// A whole postcode in the form of Royal Mail's file: upper case, one space before the last three characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Postcode(String);

impl Postcode {
    /// Reads a postcode in either case, with or without its space. `None` when it is not a whole one.
    pub fn parse(text: &str) -> Option<Self> {
        let text = without_spaces(text).to_ascii_uppercase();
        if !text.is_ascii() || !(5..=7).contains(&text.len()) {
            return None;
        }
        let (outward, inward) = text.split_at(text.len() - 3);
        let letters = outward.bytes().take_while(u8::is_ascii_alphabetic).count();
        let district = &outward.as_bytes()[letters..];
        let inward = inward.as_bytes();
        let formed = (1..=2).contains(&letters)
            && matches!(district, [first, rest @ ..] if first.is_ascii_digit() && rest.len() <= 1
                && rest.iter().all(u8::is_ascii_alphanumeric))
            && inward[0].is_ascii_digit()
            && inward[1..].iter().all(u8::is_ascii_alphabetic);
        formed.then(|| Self(format!("{outward} {}", &text[text.len() - 3..])))
    }
}

impl Readable for Postcode {
    const KIND: &'static Kind = &Kind::Form {
        name: "a whole postcode",
        pattern: "^ *[A-Za-z]{1,2}[0-9][A-Za-z0-9]? *[0-9][A-Za-z]{2} *$",
    };
    fn read(value: &Value, at: &mut Reading) -> Option<Self> {
        let Some(text) = value.as_str() else { return at.wrong(Problem::WrongType, Self::KIND) };
        Self::parse(text).or_else(|| at.wrong(Problem::Unreadable, Self::KIND))
    }
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|character| !character.is_whitespace()).collect()
}

macro_rules! personal_number {
    ($($type:ident),+) => {$(
        impl Deref for $type {
            type Target = str;
            fn deref(&self) -> &str {
                &self.0
            }
        }

        impl Personal for $type {
            fn personal(&self, texts: &mut Vec<String>) {
                texts.push(self.0.clone());
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($type), "(…)"))
            }
        }
    )+};
}

personal_number!(Upn, NhsNumber, Postcode);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pupil_number_is_taken_with_its_right_check_letter_only() {
        // Weighted sum 2*1 + 3*2 + … over 12 zeros but the last: worked by hand.
        assert!(Upn::parse("A000000000000").is_ok());
        assert!(Upn::parse("P000000000001").is_ok(), "13 × 1 = 13, the letter at 13 is P");
        assert!(Upn::parse("p0000 0000 0001").is_ok());
        assert!(Upn::parse("P00000000000B").is_ok(), "a temporary number: B counts 1");
        assert_eq!(Upn::parse("B000000000001"), Err(Problem::WrongCheckDigit));
        for unreadable in
            ["", "A", "1000000000000", "I000000000000", "A0000000000000", "A00000B000000", "é00000000000"]
        {
            assert_eq!(Upn::parse(unreadable), Err(Problem::Unreadable), "{unreadable}");
        }
    }

    #[test]
    fn an_nhs_number_is_taken_with_its_right_check_digit_only() {
        assert!(NhsNumber::parse("943 476 5919").is_ok());
        assert_eq!(NhsNumber::parse("9434765918"), Err(Problem::WrongCheckDigit));
        for unreadable in ["", "943476591", "94347659190", "943476591x"] {
            assert_eq!(NhsNumber::parse(unreadable), Err(Problem::Unreadable), "{unreadable}");
        }
    }

    #[test]
    fn a_postcode_is_taken_whole_and_written_one_way() {
        for (text, expected) in [
            ("sg49ab", Some("SG4 9AB")),
            (" SG4  9AB", Some("SG4 9AB")),
            ("M1 1AE", Some("M1 1AE")),
            ("EC1A 1BB", Some("EC1A 1BB")),
            ("W1A 0AX", Some("W1A 0AX")),
            ("SG4", None),
            ("unknown", None),
            ("SG4 9A1", None),
            ("ééé", None),
            ("", None),
        ] {
            assert_eq!(Postcode::parse(text).as_deref(), expected, "{text}");
        }
    }
}
