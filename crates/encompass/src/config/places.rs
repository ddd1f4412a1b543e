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

    /// The host of a URL, if it is one with a host.
    pub fn host(&self) -> Option<&str> {
        let rest = self.0.split_once("://")?.1;
        let authority = rest.split(['/', '?']).next()?;
        let host = authority.rsplit('@').next()?;
        let host = if let Some(bracketed) = host.strip_prefix('[') {
            bracketed.split(']').next()?
        } else {
            host.split(':').next()?
        };
        (!host.is_empty()).then_some(host)
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
    fn a_secret_names_its_scheme_and_host_only() {
        let secret = Secret::new("postgres://user:word@db.example:5432/encompass?sslmode=verify-full");
        assert_eq!(format!("{secret:?}"), "postgres:…");
        assert_eq!(secret.host(), Some("db.example"));
        assert_eq!(Secret::new("postgres://u@[::1]:5432/e").host(), Some("::1"));
        assert_eq!(Secret::new("sqlite://data/encompass.db").host(), Some("data"));
        assert_eq!(Secret::new("postgres:///e?host=/run/postgresql").host(), None);
    }
}
