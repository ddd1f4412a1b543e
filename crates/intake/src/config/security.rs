//! How the broker is reached: verified TLS beyond loopback, secrets from files.

use std::net::IpAddr;
use std::path::PathBuf;

use rdkafka::ClientConfig;
use serde::Deserialize;
use zeroize::Zeroizing;

use crate::{Error, Result};

/// How a connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// In clear: accepted for loopback only.
    #[default]
    Plaintext,
    /// TLS, with a client certificate where one is given.
    Ssl,
    /// TLS, signed in by SCRAM-SHA-512.
    SaslSsl,
}

/// TLS and sign-in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Security {
    /// Plaintext, ssl or sasl_ssl.
    pub protocol: Protocol,
    /// The authorities that may have signed the broker's certificate (PEM); none: those of the machine.
    pub ca_file: Option<PathBuf>,
    /// Our own certificate (PEM), for brokers that ask for one.
    pub certificate_file: Option<PathBuf>,
    /// Its key (PEM).
    pub key_file: Option<PathBuf>,
    /// The name to sign in with.
    pub username: Option<String>,
    /// The file that holds the password.
    pub password_file: Option<PathBuf>,
}

impl Security {
    /// Puts it into a client's settings.
    pub(super) fn apply(&self, brokers: &[String], settings: &mut ClientConfig) -> Result<()> {
        let protocol = match self.protocol {
            Protocol::Plaintext => "plaintext",
            Protocol::Ssl => "ssl",
            Protocol::SaslSsl => "sasl_ssl",
        };
        settings.set("security.protocol", protocol);
        if self.protocol == Protocol::Plaintext {
            return all_on_loopback(brokers);
        }
        self.check_files()?;
        let ca = self.ca_file.as_ref().map_or("probe".into(), |file| file.display().to_string());
        settings.set("ssl.ca.location", ca);
        settings.set("ssl.endpoint.identification.algorithm", "https");
        settings.set("enable.ssl.certificate.verification", "true");
        match (&self.certificate_file, &self.key_file) {
            (Some(certificate), Some(key)) => {
                settings.set("ssl.certificate.location", certificate.display().to_string());
                settings.set("ssl.key.location", key.display().to_string());
            }
            (None, None) => {}
            _ => return wrong("certificate_file and key_file belong together"),
        }
        if self.protocol == Protocol::SaslSsl { self.sign_in(settings) } else { Ok(()) }
    }

    /// librdkafka reads them later, and says less clearly what it misses.
    fn check_files(&self) -> Result<()> {
        let files = [
            ("ca_file", &self.ca_file),
            ("certificate_file", &self.certificate_file),
            ("key_file", &self.key_file),
        ];
        for (name, file) in files {
            let Some(file) = file else { continue };
            std::fs::File::open(file).map_err(|error| {
                Error::Config(format!("intake.kafka.security.{name} can't be read: {error}"))
            })?;
        }
        Ok(())
    }

    fn sign_in(&self, settings: &mut ClientConfig) -> Result<()> {
        let (Some(username), Some(file)) = (&self.username, &self.password_file) else {
            return wrong("sasl_ssl needs username and password_file");
        };
        let read = std::fs::read_to_string(file)
            .map_err(|error| Error::Config(format!("intake.kafka.security.password_file: {error}")))?;
        let password = Zeroizing::new(read);
        settings.set("sasl.mechanism", "SCRAM-SHA-512");
        settings.set("sasl.username", username);
        let password = password.trim_end_matches(['\r', '\n']);
        if password.is_empty() {
            return wrong("password_file is empty");
        }
        settings.set("sasl.password", password);
        Ok(())
    }
}

fn wrong(what: &str) -> Result<()> {
    Err(Error::Config(format!("intake.kafka.security: {what}")))
}

fn all_on_loopback(brokers: &[String]) -> Result<()> {
    match brokers.iter().find(|broker| !is_loopback(broker)) {
        None => Ok(()),
        Some(broker) => wrong(&format!("{broker} is not on loopback: state protocol ssl or sasl_ssl")),
    }
}

fn is_loopback(broker: &str) -> bool {
    let host = broker.rsplit_once(':').map_or(broker, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_is_reached_in_clear() {
        for (broker, loopback) in [
            ("localhost:9092", true),
            ("127.0.0.1:9092", true),
            ("[::1]:9092", true),
            ("127.0.0.1.example.org:9092", false),
            ("kafka.example.org:9092", false),
            ("10.0.0.7:9092", false),
        ] {
            let applied = Security::default().apply(&[broker.to_owned()], &mut ClientConfig::new());
            assert_eq!(applied.is_ok(), loopback, "{broker}");
        }
    }
}
