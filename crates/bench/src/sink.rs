//! A mail server that accepts everything at once and notes when: as little work as the protocol allows.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use encompass_testkit::tls::Certificate;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use crate::round::Round;

/// The server; dropping it closes the port and all connections.
#[derive(Debug)]
pub struct Sink {
    address: SocketAddr,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

#[derive(Default)]
struct Shared {
    round: Mutex<Option<Arc<Round>>>,
    tls: Option<TlsAcceptor>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("tls", &self.tls.is_some()).finish_non_exhaustive()
    }
}

/// Why a part of a session is over.
enum End {
    Closed,
    StartTls,
}

impl Sink {
    /// Starts a server; with a certificate it offers STARTTLS.
    pub async fn start(certificate: Option<&Certificate>) -> anyhow::Result<Sink> {
        let tls = certificate.map(|it| anyhow::Ok(it.server_config()?.into())).transpose()?;
        let shared = Arc::new(Shared { tls, ..Shared::default() });
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let mut server = JoinSet::new();
        server.spawn(serve(listener, Arc::clone(&shared)));
        Ok(Sink { address, shared, _server: server })
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// From now on mails belong to this round.
    pub fn watch(&self, round: &Arc<Round>) {
        *self.shared.round.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(round));
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    let mut sessions = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        sessions.spawn(async move {
            // A client that breaks off sends its mail again, and that one counts.
            drop(hold(stream, &shared).await);
        });
        while sessions.try_join_next().is_some() {}
    }
}

async fn hold(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut plain = BufStream::new(stream);
    plain.write_all(b"220 sink.bench.example ESMTP\r\n").await?;
    let offers_tls = shared.tls.is_some();
    if let (End::StartTls, Some(tls)) = (converse(&mut plain, shared, offers_tls).await?, &shared.tls) {
        let mut secured = BufStream::new(tls.accept(plain.into_inner()).await?);
        converse(&mut secured, shared, false).await?;
    }
    Ok(())
}

/// Answers commands until the client leaves or wants TLS.
async fn converse<S>(stream: &mut BufStream<S>, shared: &Shared, offers_tls: bool) -> io::Result<End>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut line = Vec::with_capacity(1024);
    loop {
        stream.flush().await?;
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(End::Closed);
        }
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_slice() {
            b"EHLO" if offers_tls => {
                stream.write_all(b"250-sink.bench.example\r\n250-STARTTLS\r\n250 PIPELINING\r\n").await?;
            }
            b"EHLO" => stream.write_all(b"250-sink.bench.example\r\n250 PIPELINING\r\n").await?,
            b"STAR" if offers_tls => {
                stream.write_all(b"220 2.0.0 Ready\r\n").await?;
                stream.flush().await?;
                return Ok(End::StartTls);
            }
            b"DATA" => take(stream, shared, &mut line).await?,
            b"QUIT" => {
                stream.write_all(b"221 2.0.0 Bye\r\n").await?;
                stream.flush().await?;
                return Ok(End::Closed);
            }
            _ => stream.write_all(b"250 2.0.0 Taken\r\n").await?,
        }
    }
}

/// Reads one mail to its final dot, notes its Message-ID and the time, then accepts it.
async fn take<S>(stream: &mut BufStream<S>, shared: &Shared, line: &mut Vec<u8>) -> io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stream.write_all(b"354 Go on\r\n").await?;
    stream.flush().await?;
    let mut id = None;
    loop {
        line.clear();
        if stream.read_until(b'\n', line).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line == b".\r\n" {
            break;
        }
        if id.is_none() {
            id = message_id(line);
        }
    }
    let round = shared.round.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let (Some(id), Some(round)) = (id, round) {
        round.arrived(&id, Instant::now());
    }
    stream.write_all(b"250 2.0.0 Taken\r\n").await
}

/// The Message-ID with its angle brackets, if this is its header line.
fn message_id(line: &[u8]) -> Option<String> {
    const NAME: &str = "message-id:";
    let text = std::str::from_utf8(line).ok()?;
    let name = text.get(..NAME.len())?;
    name.eq_ignore_ascii_case(NAME).then(|| text[NAME.len()..].trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn a_pipelined_mail_is_accepted_and_noted_by_its_message_id() -> anyhow::Result<()> {
        let sink = Sink::start(None).await?;
        let round = Arc::new(Round::expecting(["<a@x.example>".to_owned()].into_iter()));
        sink.watch(&round);
        let mut client = BufStream::new(TcpStream::connect(("127.0.0.1", sink.port())).await?);
        client
            .write_all(b"EHLO c.example\r\nMAIL FROM:<a@x.example>\r\nRCPT TO:<b@x.example>\r\nDATA\r\n")
            .await?;
        client.write_all(b"Message-ID: <a@x.example>\r\nSubject: s\r\n\r\nbody\r\n.\r\nQUIT\r\n").await?;
        client.flush().await?;
        let mut answers = String::new();
        tokio::io::AsyncReadExt::read_to_string(&mut client, &mut answers).await?;
        let codes: Vec<_> = answers.lines().map(|line| &line[..3]).collect();
        assert_eq!(codes, ["220", "250", "250", "250", "250", "354", "250", "221"]);
        assert_eq!(round.complete(Duration::ZERO).await, Ok(()));
        Ok(())
    }
}
