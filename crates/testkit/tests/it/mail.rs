//! A mail client as the notifier uses it, for the tests of the mail servers.

use std::time::Duration;

use anyhow::Result;
use encompass_testkit::{tls, tls::Ca};
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

pub type Client = AsyncSmtpTransport<Tokio1Executor>;

pub fn in_clear(port: u16) -> Client {
    client(port, Tls::None)
}

pub fn starttls(port: u16, ca: &Ca) -> Result<Client> {
    Ok(client(port, Tls::Required(parameters(ca)?)))
}

pub fn implicit(port: u16, ca: &Ca) -> Result<Client> {
    Ok(client(port, Tls::Wrapper(parameters(ca)?)))
}

pub async fn send(client: &Client, to: &str) -> Result<(), lettre::transport::smtp::Error> {
    let mail = Message::builder()
        .from("relay@force.example".parse().expect("an address"))
        .to(to.parse().expect("an address"))
        .subject("A notice waits")
        .body(".a line that begins with a dot\r\n".to_owned())
        .expect("a whole mail");
    client.send(mail).await.map(drop)
}

fn client(port: u16, tls: Tls) -> Client {
    AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous("localhost")
        .port(port)
        .tls(tls)
        .timeout(Some(Duration::from_secs(5)))
        .build()
}

fn parameters(ca: &Ca) -> Result<TlsParameters> {
    tls::install_provider();
    let root = Certificate::from_pem(ca.pem().as_bytes())?;
    Ok(TlsParameters::builder("localhost".to_owned()).add_root_certificate(root).build_rustls()?)
}
