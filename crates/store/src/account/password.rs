//! Passwords: argon2id (RFC 9106) with OWASP's parameters of 19 MiB, two passes, one lane.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::seal::random;

/// Shorter ones are guessed.
const CHARS_MIN: usize = 12;
/// Longer ones only keep the machine busy.
const BYTES_MAX: usize = 256;
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// A password as it was typed. Wiped when dropped, shown nowhere.
pub struct Password(Zeroizing<String>);

/// The password is too short to be set, or too long to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a password has {CHARS_MIN} characters or more, and at most {BYTES_MAX} bytes")]
pub struct TooWeak;

impl Password {
    /// A password to be set.
    ///
    /// # Errors
    /// [`TooWeak`] unless it has twelve characters or more.
    pub fn new(text: &str) -> Result<Self, TooWeak> {
        let is_long_enough = text.chars().count() >= CHARS_MIN && text.len() <= BYTES_MAX;
        if is_long_enough { Ok(Self::typed(text)) } else { Err(TooWeak) }
    }

    /// A password to be compared. What is too long to have been set is cut, so that hashing it costs no more.
    pub fn typed(text: &str) -> Self {
        let end = (0..=BYTES_MAX + 4).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        Self(Zeroizing::new(text[..end].to_owned()))
    }

    /// Draws one of 120 random bits, to be told once.
    pub fn draw() -> (Self, Zeroizing<String>) {
        let text = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(random::<15>()));
        (Self(text.clone()), text)
    }

    /// What is stored: a PHC string with a salt of its own. Takes tens of milliseconds.
    pub(super) fn hash(&self) -> String {
        let salt = random::<16>();
        let hash = argon2().hash_password_with_salt(self.0.as_bytes(), &salt);
        hash.expect("a salt of 16 bytes and these parameters are valid").to_string()
    }

    /// Whether it is the one that was hashed.
    pub(super) fn fits(&self, hash: &str) -> bool {
        argon2().verify_password(self.0.as_bytes(), hash).is_ok()
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(secret)")
    }
}

fn argon2() -> Argon2<'static> {
    let params =
        Params::new(MEMORY_KIB, PASSES, LANES, None).expect("the parameters are within argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only() {
        let hash = Password::new("correct horse battery").unwrap().hash();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(Password::typed("correct horse battery").fits(&hash));
        assert!(!Password::typed("correct horse batterY").fits(&hash));
        assert!(!Password::typed("").fits(&hash));
        assert!(!Password::typed("anything").fits("not a hash"));
    }

    #[test]
    fn twelve_characters_are_the_least() {
        for (text, is_taken) in [("elevenchars", false), ("twelve chars", true), ("éééééééééééé", true)]
        {
            assert_eq!(Password::new(text).is_ok(), is_taken, "{text}");
        }
        assert!(Password::new(&"x".repeat(257)).is_err());
    }

    #[test]
    fn what_is_too_long_to_have_been_set_fits_nothing_that_was_set() {
        let longest = "é".repeat(128);
        let hash = Password::new(&longest).unwrap().hash();
        assert!(Password::typed(&longest).fits(&hash));
        assert!(!Password::typed(&format!("{longest}x")).fits(&hash));
        assert!(!Password::typed(&format!("{longest}é")).fits(&hash));
    }
}
