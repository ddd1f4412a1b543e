//! The TLS side of a listener: 1.2 or 1.3 with ring, from PEM files that may be renewed while it serves.

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum_server::tls_rustls::RustlsConfig;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::{Error, TlsFiles};

/// Certificates are renewed weeks before they end, so that an hour's delay harms nobody.
const FRESH_EVERY: Duration = Duration::from_secs(3600);

/// Reads the files and builds the configuration.
pub(super) async fn load(files: &TlsFiles) -> Result<Arc<ServerConfig>, Error> {
    let certificate = read(&files.certificate).await?;
    let key = read(&files.key).await?;
    let chain = CertificateDer::pem_slice_iter(&certificate)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|why| unusable(&files.certificate, why))?;
    if chain.is_empty() {
        return Err(unusable(&files.certificate, "it holds no certificate"));
    }
    let key = PrivateKeyDer::from_pem_slice(&key).map_err(|why| unusable(&files.key, why))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .expect("ring serves both versions")
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(|why| unusable(&files.key, format!("it does not fit the certificate: {why}")))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

/// Puts renewed files to use; files that can't be used leave the present certificate in place.
pub(super) async fn keep_fresh(config: RustlsConfig, files: TlsFiles) -> Infallible {
    loop {
        tokio::time::sleep(FRESH_EVERY).await;
        match load(&files).await {
            Ok(fresh) => config.reload_from_config(fresh),
            Err(error) => {
                tracing::error!(%error, "the renewed certificate is not used; the one before it goes on")
            }
        }
    }
}

async fn read(path: &Path) -> Result<Vec<u8>, Error> {
    tokio::fs::read(path).await.map_err(|why| unusable(path, why))
}

fn unusable(path: &Path, why: impl ToString) -> Error {
    Error::Tls { path: path.to_owned(), why: why.to_string() }
}
