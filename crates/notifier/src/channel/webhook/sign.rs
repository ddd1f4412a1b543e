//! Signatures by Standard Webhooks 1.0 ("Signature scheme", symmetric).

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use ring::hmac;

use crate::channel::Error;

/// Shared with the endpoint; written `whsec_` and base64. `Debug` hides it.
#[derive(Clone)]
pub struct Secret(hmac::Key);

impl Secret {
    /// Reads a secret as it stands in a configuration. Standard Webhooks asks for 24 to 64 bytes.
    ///
    /// # Errors
    /// It is not `whsec_` and base64, or too short or too long.
    pub fn parse(text: &str) -> Result<Secret, Error> {
        let malformed = || Error::Config("a webhook secret must be whsec_ and 24 to 64 bytes in base64");
        let encoded = text.strip_prefix("whsec_").ok_or_else(malformed)?;
        let bytes = STANDARD.decode(encoded).map_err(|_| malformed())?;
        if !(24..=64).contains(&bytes.len()) {
            return Err(malformed());
        }
        Ok(Secret(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// Value of `webhook-signature`: one signature for each secret, so that an endpoint can change its secret without
/// losing a call in between. `at` counts in whole seconds, as the header `webhook-timestamp` carries it.
pub fn signature(secrets: &[Secret], id: &str, at: Timestamp, payload: &str) -> String {
    let signed = format!("{id}.{}.{payload}", at.as_second());
    let one = |secret: &Secret| {
        let tag = hmac::sign(&secret.0, signed.as_bytes());
        format!("v1,{}", STANDARD.encode(tag.as_ref()))
    };
    secrets.iter().map(one).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn the_published_example_of_standard_webhooks_is_reproduced() {
        let secret = Secret::parse(SECRET).expect("a secret");
        let at = Timestamp::from_second(1_614_265_330).expect("an instant");
        assert_eq!(
            signature(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, r#"{"test": 2432232314}"#),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn every_secret_signs_during_a_change() {
        let old = Secret::parse(SECRET).expect("a secret");
        let new = Secret::parse("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").expect("a secret");
        let at = Timestamp::from_second(1).expect("an instant");
        let single = |secret: &Secret| signature(std::slice::from_ref(secret), "i", at, "{}");
        let both = signature(&[old.clone(), new.clone()], "i", at, "{}");
        assert_eq!(both, format!("{} {}", single(&old), single(&new)));
        assert_ne!(single(&old), single(&new));
    }

    #[test]
    fn a_secret_that_is_too_weak_or_malformed_is_refused() {
        for text in ["", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_!!!!"] {
            assert!(Secret::parse(text).is_err(), "{text}");
        }
        let long = format!("whsec_{}", STANDARD.encode([7u8; 65]));
        assert!(Secret::parse(&long).is_err());
        let shown = format!("{:?}", Secret::parse(SECRET).expect("a secret"));
        assert!(!shown.contains("MfKQ"), "{shown}");
    }
}
