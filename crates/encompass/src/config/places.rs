//! Values that may hold a password: they never show themselves.

use std::fmt;

use serde::Deserialize;

/// A text that may hold a password.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// A secret from its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = self.0.split(':').next().unwrap_or_default();
        write!(f, "{scheme}:…")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_names_its_scheme_only() {
        let secret = Secret::new("postgres://user:word@db.example:5432/encompass?sslmode=verify-full");
        assert_eq!(format!("{secret:?}"), "postgres:…");
    }
}
