//! Looking for many words at once in what must not hold any.

use std::collections::HashMap;

/// The shortest word; shorter ones are found by chance.
const BYTES_MIN: usize = 6;

/// Words by how they begin.
pub struct Words(HashMap<[u8; BYTES_MIN], Vec<Vec<u8>>>);

impl Words {
    /// Those of the words that are long enough.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut by_start: HashMap<[u8; BYTES_MIN], Vec<Vec<u8>>> = HashMap::new();
        for word in words {
            if let Some(start) = word.as_bytes().first_chunk() {
                by_start.entry(*start).or_default().push(word.as_bytes().to_vec());
            }
        }
        Self(by_start)
    }

    /// Where the first of them stands.
    pub fn find(&self, bytes: &[u8]) -> Option<usize> {
        let begins = |at: &usize| {
            let rest = &bytes[*at..];
            let words = rest.first_chunk().and_then(|start| self.0.get(start));
            words.is_some_and(|words| words.iter().any(|word| rest.starts_with(word)))
        };
        (0..bytes.len()).find(begins)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_wherever_they_stand() {
        let words = Words::new(["Oakley", "1 Mill Lane", "short"]);
        for (text, at) in [
            ("", None),
            ("Oakley", Some(0)),
            ("the Oakleys", Some(4)),
            ("at 1 Mill Lane, and", Some(3)),
            ("1 Mill Road", None),
            ("short", None),
        ] {
            assert_eq!(words.find(text.as_bytes()), at, "{text}");
        }
    }
}
