//! How a relay is reached.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use crate::channel::Error;

/// One relay. Checked by [`super::Relay::new`].
#[derive(Clone, Debug)]
pub struct Config {
    /// Name or address; the certificate must be valid for it.
    pub host: String,
    /// Usually 587 (`Required`) or 465 (`Implicit`).
    pub port: u16,
    /// How the connection is protected.
    pub tls: Tls,
    /// PEM file of authorities trusted besides the machine's.
    pub extra_ca: Option<PathBuf>,
    /// Sign-in at the relay; never sent without TLS, except on loopback.
    pub credentials: Option<Credentials>,
    /// `From` and envelope sender: `Name <address>` or an address.
    pub from: String,
    /// Our name in EHLO, a fully qualified domain name.
    pub hello: String,
    /// Sends at once, and so sessions at once. At least 1.
    pub sessions_max: usize,
    /// How long an unused session is kept for the next mail.
    pub idle_max: Duration,
    /// The longest one send may take, the wait for a free session included.
    pub timeout: Duration,
}

/// Protection of the connection. There is no "if offered": what is not protected is not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// STARTTLS or nothing (RFC 3207).
    Required,
    /// TLS from the first byte (RFC 8314).
    Implicit,
    /// Plain text, for a relay on this machine only.
    None,
}

/// Sign-in at the relay.
#[derive(Clone)]
pub struct Credentials {
    /// Account.
    pub username: String,
    /// Its password.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credentials(..)")
    }
}

impl Config {
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.tls == Tls::None && !self.names_loopback() {
            return Err(Error::Config("a relay without TLS must be on a loopback address"));
        }
        if self.sessions_max == 0 {
            return Err(Error::Config("a relay needs at least one session"));
        }
        if self.timeout.is_zero() {
            return Err(Error::Config("a relay's timeout must be longer than zero"));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || "-.[]:".contains(c);
        if self.hello.is_empty() || !self.hello.chars().all(plain) {
            return Err(Error::Config("the EHLO name must be a domain name"));
        }
        Ok(())
    }

    fn names_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}
