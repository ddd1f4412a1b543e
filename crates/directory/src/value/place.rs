use encompass_core::incident::Postcode;
use serde::Serialize;

use crate::report::Reason;

/// A postcode in its one written form: capitals, one space before the last three characters.
///
/// # Errors
/// [`Reason::NotAPostcode`]. The form is checked, not that the postcode is in use.
pub fn postcode(text: &str) -> Result<String, Reason> {
    Postcode::parse(text).map(|postcode| postcode.to_string()).ok_or(Reason::NotAPostcode)
}

/// A part of the country by postcode, as teams describe where they work.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Area {
    /// An outward code: `SG1`.
    Outward(String),
    /// A sector, the outward code and the first digit after it: `SG1 4`.
    Sector(String),
}

impl Area {
    /// Reads `SG1` or `SG1 4`; the space is what tells `SG1 4` from `SG14`.
    ///
    /// # Errors
    /// [`Reason::NotAPostcode`].
    pub fn parse(text: &str) -> Result<Self, Reason> {
        let upper = text.trim().to_ascii_uppercase();
        match upper.split_once(' ') {
            None if is_outward(&upper) => Ok(Self::Outward(upper)),
            Some((outward, digit)) if is_outward(outward) && matches!(digit.as_bytes(), [b'0'..=b'9']) => {
                Ok(Self::Sector(upper))
            }
            _ => Err(Reason::NotAPostcode),
        }
    }

    /// Whether a postcode, in the form [`postcode`] gives, lies here.
    pub fn covers(&self, postcode: &str) -> bool {
        match self {
            Self::Outward(outward) => postcode.split(' ').next() == Some(outward),
            Self::Sector(sector) => postcode.starts_with(sector.as_str()),
        }
    }
}

/// One or two letters, a digit, and perhaps one more digit or letter: `M1`, `SG14`, `W1A`, `EC1A`.
fn is_outward(text: &str) -> bool {
    let bytes = text.as_bytes();
    let letters = bytes.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
    let rest = &bytes[letters..];
    (1..=2).contains(&letters)
        && (1..=2).contains(&rest.len())
        && rest[0].is_ascii_digit()
        && rest.iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::{Area, postcode};

    #[test]
    fn postcodes_take_one_form() {
        let table = [
            ("sg1 4ab", Some("SG1 4AB")),
            ("SG14AB", Some("SG1 4AB")),
            (" EC1A  1BB ", Some("EC1A 1BB")),
            ("M1 1AA", Some("M1 1AA")),
            ("2036", None),
            ("REDACTED", None),
            ("SG1", None),
            ("SG1 A4B", None),
            ("", None),
            ("é€1é", None),
        ];
        for (text, expected) in table {
            assert_eq!(postcode(text).ok().as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn an_area_covers_its_own_postcodes_only() {
        let outward = Area::parse("sg1").unwrap();
        let sector = Area::parse("SG1 4").unwrap();
        let table = [("SG1 4AB", true, true), ("SG1 5AB", true, false), ("SG14 1AB", false, false)];
        for (postcode, by_outward, by_sector) in table {
            assert_eq!((outward.covers(postcode), sector.covers(postcode)), (by_outward, by_sector));
        }
        for bad in ["SG", "SG1 44", "1SG", "SG1 4AB", ""] {
            assert!(Area::parse(bad).is_err(), "{bad}");
        }
    }
}
