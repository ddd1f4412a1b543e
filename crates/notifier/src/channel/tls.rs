//! One TLS policy for every channel: 1.2 or better and a certificate that verifies, or no connection.

use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::Error;

/// Client configuration that trusts the machine's authorities and those in `extra_ca` (a PEM file).
///
/// # Errors
/// The file cannot be read, or there is no authority to trust at all.
pub(super) fn client(extra_ca: Option<&Path>) -> Result<ClientConfig, Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .expect("ring serves both versions");
    Ok(builder.with_root_certificates(roots(extra_ca)?).with_no_client_auth())
}

fn roots(extra_ca: Option<&Path>) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = extra_ca {
        let unreadable = |source| Error::Certificates { path: path.to_owned(), source };
        for certificate in CertificateDer::pem_file_iter(path).map_err(unreadable)? {
            let certificate = certificate.map_err(unreadable)?;
            roots.add(certificate).map_err(|_| Error::Config("an extra authority is not a certificate"))?;
        }
    }
    if roots.is_empty() {
        return Err(Error::Config(
            "no certificate authority is trusted: install the system's or name a file",
        ));
    }
    Ok(roots)
}
