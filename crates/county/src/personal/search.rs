//! Looking for everything personal at once in what must not hold any of it.

use std::collections::HashMap;

use super::open_days::OpenDays;
use super::personal_strings;
use crate::{County, Fortnight};

/// The shortest text; shorter ones are found by chance.
const BYTES_MIN: usize = 6;

/// Personal texts by how they begin.
pub struct Search(HashMap<[u8; BYTES_MIN], Vec<Vec<u8>>>);

impl Search {
    /// Looks for all [`personal_strings`] but birth dates that stand openly as some other day.
    #[must_use]
    pub fn of(county: &County, fortnight: &Fortnight) -> Self {
        let open = OpenDays::of(county);
        let strings = personal_strings(county, fortnight);
        Self::texts(strings.iter().map(String::as_str).filter(|text| !open.has(text)))
    }

    fn texts<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let mut by_start: HashMap<[u8; BYTES_MIN], Vec<Vec<u8>>> = HashMap::new();
        for text in texts {
            if let Some(start) = text.as_bytes().first_chunk() {
                by_start.entry(*start).or_default().push(text.as_bytes().to_vec());
            }
        }
        Self(by_start)
    }

    /// Where the first of them stands.
    #[must_use]
    pub fn find(&self, bytes: &[u8]) -> Option<usize> {
        let begins = |at: &usize| {
            let rest = &bytes[*at..];
            let texts = rest.first_chunk().and_then(|start| self.0.get(start));
            texts.is_some_and(|texts| texts.iter().any(|text| rest.starts_with(text)))
        };
        (0..bytes.len()).find(begins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_wherever_they_stand() {
        let search = Search::texts(["Oakley", "1 Mill Lane", "short"]);
        for (text, at) in [
            ("", None),
            ("Oakley", Some(0)),
            ("the Oakleys", Some(4)),
            ("at 1 Mill Lane, and", Some(3)),
            ("1 Mill Road", None),
            ("short", None),
        ] {
            assert_eq!(search.find(text.as_bytes()), at, "{text}");
        }
    }
}
