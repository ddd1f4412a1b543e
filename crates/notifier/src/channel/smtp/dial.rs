//! From a relay's name to a secured connection.
//!
//! STARTTLS is done here and not by lettre, whose reader keeps what a man in the middle appended to the plain-text
//! reply and takes it for the first replies under TLS (CVE-2021-33515 and its kin); here such bytes end the session.

use std::net::SocketAddr;

use lettre::transport::smtp::response::Response;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;

use super::config::{Config, Tls};
use super::reply::{Stage, outcome};
use super::wire::Wire;
use crate::channel::{Class, Code, Enhanced, Outcome};

/// Longest reply read before TLS, in bytes.
const REPLY_BYTES_MAX: u64 = 8 * 1024;

/// What is needed to secure a connection; `None` in the configuration means plain text on loopback.
pub(super) struct Security {
    pub(super) connector: TlsConnector,
    pub(super) name: ServerName<'static>,
}

/// A secured connection, or the outcome of the attempt that needed it.
pub(super) async fn dial(config: &Config, security: Option<&Security>) -> Result<Wire, Outcome> {
    let stream = connect(config).await?;
    let Some(security) = security else { return Ok(Wire::plain(stream)) };
    match config.tls {
        Tls::Required => {
            let stream = starttls(stream, &config.hello).await?;
            Ok(Wire::upgraded(handshake(stream, security).await?))
        }
        Tls::Implicit | Tls::None => Ok(Wire::implicit(handshake(stream, security).await?)),
    }
}

async fn connect(config: &Config) -> Result<TcpStream, Outcome> {
    let unreachable = Outcome::deferred(Class::Network);
    let found = lookup_host((config.host.as_str(), config.port)).await.map_err(|_| unreachable)?;
    // "localhost" is a name that a resolver may point elsewhere; plain text does not follow it there.
    let allowed = |address: &SocketAddr| config.tls != Tls::None || address.ip().is_loopback();
    for address in found.filter(allowed) {
        if let Ok(stream) = TcpStream::connect(address).await {
            // Small writes answered one by one: without this each waits for the other side's delayed ACK.
            stream.set_nodelay(true).map_err(|_| unreachable)?;
            return Ok(stream);
        }
    }
    Err(unreachable)
}

/// A certificate that does not verify ends here, before anything but EHLO and STARTTLS has been said.
async fn handshake(
    stream: TcpStream,
    security: &Security,
) -> Result<tokio_rustls::client::TlsStream<TcpStream>, Outcome> {
    let connected = security.connector.connect(security.name.clone(), stream).await;
    connected.map_err(|_| Outcome::deferred(Class::TlsRequired))
}

async fn starttls(stream: TcpStream, hello: &str) -> Result<TcpStream, Outcome> {
    let mut wire = BufReader::new(stream);
    positive(&mut wire).await?;
    let offers = exchange(&mut wire, &format!("EHLO {hello}\r\n")).await?;
    if !offers.message().any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(Outcome::deferred(Class::TlsRequired));
    }
    exchange(&mut wire, "STARTTLS\r\n").await.map_err(without_tls)?;
    if !wire.buffer().is_empty() {
        return Err(Outcome::deferred(Class::TlsRequired));
    }
    Ok(wire.into_inner())
}

/// Whatever reason a relay gives for not starting TLS, what follows is that nothing was sent for want of it.
fn without_tls(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Deferred { code: code @ Some(_), retry_after, .. } => {
            Outcome::Deferred { class: Class::TlsRequired, code, retry_after }
        }
        other => other,
    }
}

async fn exchange(wire: &mut BufReader<TcpStream>, command: &str) -> Result<Response, Outcome> {
    let lost = Outcome::deferred(Class::Network);
    wire.get_mut().write_all(command.as_bytes()).await.map_err(|_| lost)?;
    positive(wire).await
}

async fn positive(wire: &mut BufReader<TcpStream>) -> Result<Response, Outcome> {
    let response = read(wire).await?;
    if response.is_positive() {
        return Ok(response);
    }
    let enhanced = response.first_line().and_then(Enhanced::parse);
    Err(outcome(Code { status: response.code().into(), enhanced }, Stage::Session))
}

async fn read(wire: &mut BufReader<TcpStream>) -> Result<Response, Outcome> {
    let mut text = String::new();
    let mut limited = wire.take(REPLY_BYTES_MAX);
    loop {
        let start = text.len();
        match limited.read_line(&mut text).await {
            Ok(0) => return Err(Outcome::deferred(Class::Network)),
            Ok(_) => {}
            Err(_) => return Err(Outcome::deferred(Class::Unknown)),
        }
        // A hyphen after the code says that more lines follow (RFC 5321, section 4.2.1).
        if text.as_bytes().get(start + 3) != Some(&b'-') {
            return text.parse().map_err(|_| Outcome::deferred(Class::Unknown));
        }
    }
}
