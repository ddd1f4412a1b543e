//! Numbers that authorities give to children, with right check characters.

/// The 23 letters that can check a unique pupil number (Department for Education, UPN guide).
const UPN_LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// A unique pupil number: check letter, authority, establishment (four digits), year, serial number.
pub(crate) fn upn(authority: &str, serial: usize, year: i16) -> String {
    let digits =
        format!("{authority}{:04}{:02}{:03}", 2000 + serial / 1000 % 1000, year % 100, serial % 1000);
    let sum: usize = digits.bytes().zip(2..).map(|(digit, weight)| usize::from(digit - b'0') * weight).sum();
    format!("{}{digits}", char::from(UPN_LETTERS[sum % 23]))
}

/// The NHS number for the serial number, from the range 999 that is kept for tests; check digit by modulus 11.
pub(crate) fn nhs_number(serial: usize) -> String {
    // One number in eleven has no check digit, so every serial has four candidates and takes the first that has one.
    (0..4)
        .map(|candidate| format!("999{:06}", (serial * 4 + candidate) % 1_000_000))
        .find_map(|digits| check_digit(&digits).map(|check| format!("{digits}{check}")))
        .expect("sums of neighbouring numbers differ, so of four at most one lacks a check digit")
}

fn check_digit(digits: &str) -> Option<u32> {
    let sum: u32 =
        digits.bytes().zip((2..=10).rev()).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    match 11 - sum % 11 {
        10 => None,
        11 => Some(0),
        check => Some(check),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn nhs_numbers_are_different_and_have_ten_digits() {
        let all: HashSet<String> = (0..20_000).map(nhs_number).collect();
        assert_eq!(all.len(), 20_000);
        assert!(all.iter().all(|number| number.len() == 10));
    }

    #[test]
    fn the_check_digit_is_the_published_one() {
        assert_eq!(
            check_digit("943476591"),
            Some(9),
            "the example of the NHS data dictionary is 943 476 5919"
        );
    }

    #[test]
    fn a_pupil_number_has_a_letter_and_twelve_digits() {
        let number = upn("981", 4321, 2019);
        assert_eq!(number.len(), 13);
        assert!(number.as_bytes()[0].is_ascii_uppercase());
    }
}
