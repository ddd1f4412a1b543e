use encompass_core::incident::{NhsNumber, Upn};

use crate::report::Reason;

/// A unique pupil number in capitals, its check letter proved.
///
/// # Errors
/// [`Reason::UpnCheck`].
pub fn upn(text: &str) -> Result<String, Reason> {
    Upn::parse(text).map(|upn| upn.to_string()).map_err(|_| Reason::UpnCheck)
}

/// An NHS number as ten digits, its check digit proved.
///
/// # Errors
/// [`Reason::NhsCheck`], also for ten equal digits, which only stand in for an unknown number.
pub fn nhs_number(text: &str) -> Result<String, Reason> {
    let number = NhsNumber::parse(&text.replace('-', "")).map_err(|_| Reason::NhsCheck)?.to_string();
    let first = number.chars().next();
    if number.chars().all(|digit| Some(digit) == first) { Err(Reason::NhsCheck) } else { Ok(number) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{nhs_number, upn};

    /// The letters of a unique pupil number; I, O and S are left out of it.
    const LETTERS: &[u8; 23] = b"ABCDEFGHJKLMNPQRTUVWXYZ";

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
