//! The notifier's configuration.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;

use crate::channel::{smtp, webhook};

/// How notices, codes and alerts leave.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// How long a claim lasts, in seconds. Must exceed the longest send twice over.
    pub lease_seconds: u64,
    /// How many deliveries are claimed and not yet recorded, at most.
    pub in_flight_max: usize,
    /// A folder of message templates that replace the compiled-in ones.
    pub messages: Option<PathBuf>,
    /// The relay.
    pub smtp: Smtp,
    /// Webhooks.
    pub webhook: Webhook,
}

/// The mail relay.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Smtp {
    /// Name or address; its certificate must be valid for it.
    pub host: String,
    /// Usually 587 (required) or 465 (implicit).
    pub port: u16,
    /// `required` (STARTTLS), `implicit`, or `none` for a relay on this machine only.
    pub tls: Tls,
    /// PEM file of authorities trusted besides the machine's.
    pub ca_file: Option<PathBuf>,
    /// Account at the relay.
    pub username: Option<String>,
    /// File that holds its password.
    pub password_file: Option<PathBuf>,
    /// `From` and envelope sender.
    pub from: String,
    /// Our name in EHLO.
    pub hello: String,
    /// Sends at once.
    pub sessions_max: usize,
    /// How long an unused session is kept, in seconds.
    pub idle_seconds: u64,
    /// The longest one send may take, in seconds.
    pub timeout_seconds: u64,
}

/// How a relay's connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tls {
    /// STARTTLS or nothing.
    Required,
    /// TLS from the first byte.
    Implicit,
    /// Plain text, on loopback only.
    None,
}

/// Webhooks to settings' systems.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// PEM file of authorities trusted besides the machine's.
    pub ca_file: Option<PathBuf>,
    /// Address ranges that may be called although they are not public, such as `10.1.0.0/16`.
    pub allow_private: Vec<String>,
    /// Calls at once to one host.
    pub calls_per_host_max: usize,
    /// The longest one call may take, in seconds.
    pub timeout_seconds: u64,
}

/// What is wrong with the configuration, and what to do.
#[derive(Debug, thiserror::Error)]
#[error("notifier: {0}")]
pub struct Wrong(String);

impl Config {
    /// How long a claim lasts.
    pub const fn lease(&self) -> Duration {
        Duration::from_secs(self.lease_seconds)
    }

    /// # Errors
    /// When a lease could end while its delivery is still being sent: it would be sent twice. When the relay would be
    /// reached in clear beyond this machine, or can't be used for another reason.
    pub fn check(&self) -> Result<(), Wrong> {
        let longest = self.smtp.timeout_seconds.max(self.webhook.timeout_seconds);
        if self.lease_seconds <= longest * 2 {
            return Err(Wrong(format!(
                "lease_seconds ({}) must be more than twice the longest timeout ({longest}), else a slow send is \
                 repeated while it goes on",
                self.lease_seconds
            )));
        }
        if self.smtp.tls == Tls::None && !self.smtp.is_on_this_machine() {
            return Err(Wrong(format!(
                "smtp.tls = \"none\" is for a relay on this machine only, and {} is another: set it to \"required\" or \
                 \"implicit\"",
                self.smtp.host
            )));
        }
        if self.in_flight_max == 0 {
            return Err(Wrong("in_flight_max must be at least 1".into()));
        }
        self.webhook.hooks()?;
        self.smtp.relay()?.check().map_err(|error| Wrong(format!("smtp: {error}")))
    }
}

impl Smtp {
    fn is_on_this_machine(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The relay's configuration with its secrets read.
    ///
    /// # Errors
    /// When the password's file can't be read, or only one of account and password is given.
    pub fn relay(&self) -> Result<smtp::Config, Wrong> {
        let credentials = match (&self.username, &self.password_file) {
            (None, None) => None,
            (Some(username), Some(path)) => {
                let password = std::fs::read_to_string(path)
                    .map_err(|error| Wrong(format!("smtp.password_file {}: {error}", path.display())))?;
                Some(smtp::Credentials {
                    username: username.clone(),
                    password: password.trim_end().to_owned(),
                })
            }
            _ => return Err(Wrong("smtp.username and smtp.password_file go together".into())),
        };
        Ok(smtp::Config {
            host: self.host.clone(),
            port: self.port,
            tls: match self.tls {
                Tls::Required => smtp::Tls::Required,
                Tls::Implicit => smtp::Tls::Implicit,
                Tls::None => smtp::Tls::None,
            },
            extra_ca: self.ca_file.clone(),
            credentials,
            from: self.from.clone(),
            hello: self.hello.clone(),
            sessions_max: self.sessions_max,
            idle_max: Duration::from_secs(self.idle_seconds),
            timeout: Duration::from_secs(self.timeout_seconds),
        })
    }
}

impl Webhook {
    /// The client's configuration.
    ///
    /// # Errors
    /// When a range is none.
    pub fn hooks(&self) -> Result<webhook::Config, Wrong> {
        let allow_private = self
            .allow_private
            .iter()
            .map(|range| {
                range.parse().map_err(|_| Wrong(format!("webhook.allow_private: {range} is no range")))
            })
            .collect::<Result<_, _>>()?;
        Ok(webhook::Config {
            extra_ca: self.ca_file.clone(),
            allow_private,
            calls_per_host_max: self.calls_per_host_max,
            timeout: Duration::from_secs(self.timeout_seconds),
            retry_after_max: Duration::from_secs(3600),
        })
    }
}
