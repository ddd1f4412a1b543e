//! Tokens of 128 random bits, for sessions, links and browsers. Where they are stored, and for how long, is the services' business;
//! they store the hash only.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::digest;
use ring::rand::SecureRandom;

/// A secret of 128 random bits, written as 22 characters that are safe in a URL and a cookie.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 16]);

impl Token {
    /// Draws a new token from `random`, in service `ring::rand::SystemRandom`.
    ///
    /// # Panics
    /// When the machine has no randomness, with which nothing here may go on.
    pub fn draw(random: &dyn SecureRandom) -> Self {
        let mut bytes = [0; 16];
        random.fill(&mut bytes).expect("the operating system gives random bytes");
        Self(bytes)
    }

    /// The token as it stands in a link or cookie. It must reach nothing else: no log, no store.
    pub fn reveal(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored and looked up in its place.
    pub fn hash(&self) -> [u8; 32] {
        hash_token(&self.0)
    }

    /// The secret bytes, to key what is bound to this token, such as [`crate::form::csrf`].
    pub fn secret(&self) -> &[u8] {
        &self.0
    }
}

/// The text is no token: too long, too short, or other characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a token")]
pub struct NotAToken;

impl FromStr for Token {
    type Err = NotAToken;

    fn from_str(text: &str) -> Result<Self, NotAToken> {
        let mut bytes = [0; 16];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(16) => Ok(Self(bytes)),
            Ok(_) | Err(_) => Err(NotAToken),
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// SHA-256 of a token. No salt and no slow hash: 128 random bits can't be guessed, only copied.
pub fn hash_token(token: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, token).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ring::rand::SystemRandom;

    use super::*;

    #[test]
    fn a_token_survives_being_written_and_read() {
        let token = Token::draw(&SystemRandom::new());
        let text = token.reveal();
        assert_eq!(text.len(), 22);
        assert_eq!(text.parse(), Ok(token.clone()));
        assert_eq!(text.parse::<Token>().unwrap().hash(), token.hash());
        assert_ne!(token, Token::draw(&SystemRandom::new()));
        assert!(!format!("{token:?}").contains(&text));
    }

    #[test]
    fn the_hash_is_plain_sha_256() {
        let hash = hash_token(b"abc");
        assert_eq!(hash[..4], [0xba, 0x78, 0x16, 0xbf], "FIPS 180-2, B.1");
    }

    proptest! {
        #[test]
        fn no_two_texts_are_the_same_token(text in "[A-Za-z0-9_=-]{0,30}") {
            if let Ok(token) = text.parse::<Token>() {
                prop_assert_eq!(token.reveal(), text);
            }
        }
    }
}
