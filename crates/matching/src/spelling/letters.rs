//! Which letters a word has.

/// One bit for each letter that occurs; everything that is no plain letter shares the upper bits.
///
/// Two words whose sets differ much cannot be near each other, which is far quicker to see than their distance.
pub(crate) fn mask(word: &str) -> u32 {
    word.bytes().filter(|byte| *byte != b' ').fold(0, |mask, byte| mask | 1 << place(byte))
}

const fn place(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => byte - b'a',
        other => 26 + other % 6,
    }
}

/// Whether the byte is a vowel; y is one.
pub(super) const fn is_vowel(byte: u8) -> bool {
    matches!(byte, b'a' | b'e' | b'i' | b'o' | b'u' | b'y')
}
