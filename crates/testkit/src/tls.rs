//! A certificate authority made for one test.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Context;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, date_time_ymd,
};
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::Folder;

/// A certificate authority and the folder with the PEM files of all it issued.
#[derive(Debug)]
pub struct Ca {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    folder: Arc<Folder>,
    issued: AtomicUsize,
}

/// A server's certificate with its key, as PEM files; they last as long as the value.
#[derive(Debug, Clone)]
pub struct Certificate {
    /// The certificate.
    pub chain: PathBuf,
    /// Its private key (PKCS #8).
    pub key: PathBuf,
    _folder: Arc<Folder>,
}

impl Ca {
    /// A new authority, valid from 2024 to 2049.
    ///
    /// # Errors
    ///
    /// If no key can be made or the folder can't be written.
    pub fn new() -> anyhow::Result<Ca> {
        let mut params = lasting(2049, Vec::new())?;
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.distinguished_name.push(DnType::CommonName, "Encompass test authority");
        let key = KeyPair::generate()?;
        let pem = params.self_signed(&key)?.pem();
        let folder = Arc::new(Folder::new()?);
        folder.file("ca.pem", &pem)?;
        Ok(Ca { issuer: Issuer::new(params, key), pem, folder, issued: AtomicUsize::new(0) })
    }

    /// The authority's certificate as PEM text.
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// The file of the authority's certificate.
    pub fn pem_path(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// A valid certificate for these host names and IP addresses; wrong ones make the bad cases.
    ///
    /// # Errors
    ///
    /// If a name is not ASCII, or the folder can't be written.
    pub fn issue(&self, names: &[&str]) -> anyhow::Result<Certificate> {
        self.sign(lasting(2049, owned(names))?)
    }

    /// A certificate that ended with the year 2024.
    ///
    /// # Errors
    ///
    /// As [`Ca::issue`].
    pub fn issue_expired(&self, names: &[&str]) -> anyhow::Result<Certificate> {
        self.sign(lasting(2025, owned(names))?)
    }

    fn sign(&self, mut params: CertificateParams) -> anyhow::Result<Certificate> {
        params.use_authority_key_identifier_extension = true;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.distinguished_name.push(DnType::CommonName, "server under test");
        let key = KeyPair::generate()?;
        let signed = params.signed_by(&key, &self.issuer)?;
        let number = self.issued.fetch_add(1, Ordering::Relaxed);
        Ok(Certificate {
            chain: self.folder.file(&format!("{number}.pem"), &signed.pem())?,
            key: self.folder.file(&format!("{number}.key"), &key.serialize_pem())?,
            _folder: Arc::clone(&self.folder),
        })
    }
}

impl Certificate {
    /// The configuration of a TLS server that shows this certificate.
    ///
    /// # Errors
    ///
    /// If the files were changed meanwhile.
    pub fn server_config(&self) -> anyhow::Result<Arc<ServerConfig>> {
        let chain = CertificateDer::pem_file_iter(&self.chain)?.collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_file(&self.key)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(chain, key)?;
        Ok(Arc::new(config))
    }

    /// Certificate and key in one PEM text, as Kafka's key stores want it.
    pub(crate) fn bundle(&self) -> anyhow::Result<String> {
        let key = fs::read_to_string(&self.key).context("private key")?;
        Ok(key + &fs::read_to_string(&self.chain).context("certificate")?)
    }
}

fn lasting(last_year: i32, names: Vec<String>) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::new(names)?;
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(last_year, 1, 1);
    params.distinguished_name = rcgen::DistinguishedName::new();
    Ok(params)
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Makes `ring` the process's provider of TLS cryptography; does nothing if one is there already.
pub fn install_provider() {
    drop(rustls::crypto::ring::default_provider().install_default());
}
