//! Listeners: each bound or off.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use encompass_web::{Listener, Network, ProxyTrust, TlsFiles};
use serde::Deserialize;

/// The four listeners.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listeners {
    /// Settings' pages: public.
    pub portal: Listen,
    /// Forces' and settings' systems.
    pub api: Listen,
    /// Staff.
    pub desk: Listen,
    /// `/metrics`, `/livez`, `/readyz`.
    pub machine: Listen,
}

/// One listener.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listen {
    /// `address:port`, or `off`.
    pub bind: String,
    /// PEM file of the certificate and its intermediates.
    pub certificate: Option<PathBuf>,
    /// PEM file of its key.
    pub key: Option<PathBuf>,
    /// Addresses of the proxy that ends TLS before this listener.
    pub proxies: Vec<String>,
}

impl Listen {
    /// The listener, or `None` when it is off.
    ///
    /// # Errors
    /// Saying which value is wrong.
    pub fn listener(&self, name: &str) -> anyhow::Result<Option<Listener>> {
        if self.bind == "off" {
            return Ok(None);
        }
        let bind: SocketAddr = self.bind.parse().with_context(|| {
            format!("listen.{name}.bind must be address:port or off, such as 127.0.0.1:8080")
        })?;
        let mut listener = Listener::new(bind);
        listener.tls = match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => {
                Some(TlsFiles { certificate: certificate.clone(), key: key.clone() })
            }
            (None, None) => None,
            _ => anyhow::bail!("listen.{name}.certificate and listen.{name}.key go together"),
        };
        if !self.proxies.is_empty() {
            let networks = self.proxies.iter().map(|text| text.parse::<Network>());
            let networks = networks
                .collect::<Result<Vec<_>, _>>()
                .with_context(|| format!("listen.{name}.proxies must be addresses or ranges"))?;
            listener.proxy = Some(ProxyTrust::new(networks));
        }
        listener.check().with_context(|| format!("listen.{name}"))?;
        Ok(Some(listener))
    }
}
