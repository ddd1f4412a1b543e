//! HTTP clients for asking servers under test.

use std::time::Duration;

use anyhow::Context;

use crate::tls;

/// A client that trusts the machine's authorities, waits ten seconds at most and follows no redirect.
///
/// # Errors
///
/// If the machine's certificates can't be read.
pub fn client() -> anyhow::Result<reqwest::Client> {
    builder().build().context("HTTP client")
}

/// A client that also trusts the test authority.
///
/// # Errors
///
/// As [`client`].
pub fn client_trusting(ca: &tls::Ca) -> anyhow::Result<reqwest::Client> {
    let root = reqwest::Certificate::from_pem(ca.pem().as_bytes())?;
    builder().tls_certs_merge([root]).build().context("HTTP client")
}

fn builder() -> reqwest::ClientBuilder {
    tls::install_provider();
    reqwest::Client::builder()
        .timeout(Duration::from_secs(10))
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
}
