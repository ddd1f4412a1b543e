use crate::report::Reason;

/// The letters of a unique pupil number; I, O and S are left out of it.
const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

/// A unique pupil number in capitals, its check letter proved.
///
/// The letter stands for the sum of the other twelve places, weighted 2 to 13, modulo 23; a temporary number has a
/// letter in the last place (Department for Education, "Unique pupil numbers: guide").
///
/// # Errors
/// [`Reason::UpnCheck`].
pub fn upn(text: &str) -> Result<String, Reason> {
    let text: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let checked = || {
        let (check, places) = text.as_bytes().split_first()?;
        let (last, digits) = places.split_last()?;
        if digits.len() != 11 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let last = if last.is_ascii_digit() { usize::from(last - b'0') } else { letter(*last)? };
        let values = digits.iter().map(|digit| usize::from(digit - b'0')).chain([last]);
        let sum: usize = values.zip(2..).map(|(value, weight)| value * weight).sum();
        (letter(*check)? == sum % LETTERS.len()).then_some(())
    };
    checked().map(|()| text.clone()).ok_or(Reason::UpnCheck)
}

fn letter(byte: u8) -> Option<usize> {
    LETTERS.iter().position(|letter| *letter == byte)
}

/// An NHS number as ten digits, its check digit proved (modulus 11, NHS data dictionary).
///
/// # Errors
/// [`Reason::NhsCheck`], also for ten equal digits, which only stand in for an unknown number.
pub fn nhs_number(text: &str) -> Result<String, Reason> {
    let text: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let bytes = text.as_bytes();
    if bytes.len() != 10 || !bytes.iter().all(u8::is_ascii_digit) || bytes.iter().all(|b| *b == bytes[0]) {
        return Err(Reason::NhsCheck);
    }
    let weighted = bytes[..9].iter().zip((2..=10).rev());
    let sum: u32 = weighted.map(|(byte, weight)| u32::from(byte - b'0') * weight).sum();
    // A remainder of 1 calls for a check of 10, which no digit can be: such numbers are not issued.
    let check = (11 - sum % 11) % 11;
    if check != u32::from(bytes[9] - b'0') {
        return Err(Reason::NhsCheck);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{LETTERS, nhs_number, upn};

    #[test]
    fn unique_pupil_numbers_are_proved_by_their_letter() {
        let table = [
            ("H801200001001", true),
            ("h 801 200001001", true),
            ("A801200001001", false),
            ("H801200001002", false),
            ("H80120000100", false),
            ("I801200001001", false),
            ("H8012000010011", false),
            ("", false),
            ("éééééé", false),
        ];
        for (text, valid) in table {
            assert_eq!(upn(text).is_ok(), valid, "{text}");
        }
        // The last place of a temporary number counts as its letter's value: A is 0, so the sum falls by 13.
        let temporary = format!("{}80120000100A", char::from(LETTERS[(53 - 13) % 23]));
        assert_eq!(upn(&temporary), Ok(temporary.clone()));
    }

    #[test]
    fn nhs_numbers_are_proved_by_their_digit() {
        let table = [
            ("943 476 5919", true),
            ("9434765919", true),
            ("943-476-5919", true),
            ("9434765918", false),
            ("0000000000", false),
            ("943476591", false),
            ("94347659190", false),
            ("943476591X", false),
            ("", false),
        ];
        for (text, valid) in table {
            assert_eq!(nhs_number(text).is_ok(), valid, "{text}");
        }
    }

    proptest! {
        #[test]
        fn one_wrong_digit_never_passes(body in 100_000_000_u64..999_999_999, at in 0_usize..9, by in 1_u8..10) {
            let valid = (0..10).map(|check| format!("{body}{check}")).find_map(|text| nhs_number(&text).ok());
            prop_assume!(valid.is_some());
            let mut bytes = valid.unwrap().into_bytes();
            bytes[at] = b'0' + (bytes[at] - b'0' + by) % 10;
            prop_assert!(nhs_number(std::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn one_letter_fits_a_pupil_number_and_no_other(body in 0_u64..1_000_000_000_000) {
            let fitting = LETTERS.iter().filter(|letter| upn(&format!("{}{body:012}", char::from(**letter))).is_ok());
            prop_assert_eq!(fitting.count(), 1);
        }
    }
}
