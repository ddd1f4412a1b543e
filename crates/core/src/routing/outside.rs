//! Whether a place lies outside England and Wales.

/// Postcode areas of Scotland, Northern Ireland, the Isle of Man and the Channel Islands. `TD` lies on both sides.
const OUTSIDE: [&str; 20] = [
    "AB", "BT", "DD", "DG", "EH", "FK", "G", "GY", "HS", "IM", "IV", "JE", "KA", "KW", "KY", "ML", "PA",
    "PH", "TD", "ZE",
];

/// Whether a postcode is of an area outside England and Wales, or of one that lies on both sides.
#[must_use]
pub fn is_outside(postcode: &str) -> bool {
    let area = postcode.trim_start().split(|letter: char| !letter.is_ascii_alphabetic()).next();
    area.is_some_and(|area| OUTSIDE.contains(&area))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_outside_is_known_by_its_postcode() {
        for (postcode, expected) in [
            ("EH1 2AB", true),
            ("G1 1AA", true),
            ("BT9 5AA", true),
            ("TD15 1AA", true),
            ("GL1 1AA", false),
            ("ZZ1 4AB", false),
            ("", false),
        ] {
            assert_eq!(is_outside(postcode), expected, "{postcode}");
        }
    }
}
