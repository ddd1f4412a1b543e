//! Postcodes of any country, compared as text.

/// A postcode as it is compared.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Postcode {
    /// Capital letters and digits.
    pub text: String,
    /// Whether it is only the outward part of a British one.
    pub is_outward: bool,
}

/// Brings a postcode into one form; `None` when there is nothing in it.
pub(crate) fn postcode(text: &str) -> Option<Postcode> {
    let text: String = text
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .flat_map(char::to_uppercase)
        .take(12)
        .collect();
    let is_outward = is_british_outward(&text);
    (!text.is_empty()).then_some(Postcode { text, is_outward })
}

/// The outward part of a British postcode; of others the first half, which names the area in most countries.
pub(crate) fn outward(text: &str) -> &str {
    if is_british_outward(text) {
        return text;
    }
    let inward = text.len().saturating_sub(3);
    if text.is_char_boundary(inward) && is_inward(&text[inward..]) && is_british_outward(&text[..inward]) {
        return &text[..inward];
    }
    let half = (0..=text.len().div_ceil(2)).rev().find(|at| text.is_char_boundary(*at));
    &text[..half.unwrap_or_default()]
}

fn is_inward(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 3 && bytes[0].is_ascii_digit() && bytes[1..].iter().all(u8::is_ascii_alphabetic)
}

/// One or two letters, a digit, and perhaps one more letter or digit.
fn is_british_outward(text: &str) -> bool {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let rest = &bytes[letters..];
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest[0].is_ascii_digit()
        && rest.iter().all(u8::is_ascii_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_area_of_a_postcode_is_its_outward_part_or_first_half() {
        for (text, expected, is_outward) in [
            ("S1 7LN", "S1", false),
            ("fy30 6ts", "FY30", false),
            ("EC1A 1BB", "EC1A", false),
            ("FY30", "FY30", true),
            ("75001", "750", false),
            ("1012 AB", "101", false),
            ("D02 X285", "D02X", false),
            ("〒100-0001", "1000", false),
            ("Ω1", "Ω", false),
        ] {
            let postcode = postcode(text).unwrap();
            assert_eq!((outward(&postcode.text), postcode.is_outward), (expected, is_outward), "{text}");
        }
        assert!(postcode(" - ").is_none());
    }
}
