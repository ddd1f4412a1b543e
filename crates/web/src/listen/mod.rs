//! Listeners: bound first, so that the address is known, served until told to stop, then drained within a stated time.

mod accept;
mod tls;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::middleware::AddExtension;
use axum_server::Handle;
use axum_server::accept::{Accept, DefaultAcceptor};
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::App;
use crate::peer::{ProxyTrust, Transport};
use accept::Counted;

/// Why a listener could not start or stopped by itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Beyond loopback every connection has TLS or comes through a declared proxy.
    #[error(
        "{0} is reachable from other machines, but has neither TLS nor a proxy: set its certificate and key files, or name the \
         addresses of the proxy that ends TLS before it, or bind it to 127.0.0.1"
    )]
    Unprotected(SocketAddr),
    /// A file of the certificate or its key can't be read or used.
    #[error("the TLS file {path} can't be used ({why}): it must be PEM and readable by this service")]
    Tls {
        /// The file as it is configured.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The address can't be bound.
    #[error(
        "can't listen on {address}: {source}; is another process there, or is the address not of this machine?"
    )]
    Bind {
        /// The address as it is configured.
        address: SocketAddr,
        /// What the operating system said.
        source: std::io::Error,
    },
    /// Serving ended with an error of the operating system.
    #[error("the listener stopped: {0}")]
    Serve(#[source] std::io::Error),
}

/// PEM files of a listener's certificate chain and private key. They are read again from time to time, so that a renewed
/// certificate is used without a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, followed by its intermediates.
    pub certificate: PathBuf,
    /// The private key: PKCS#8, PKCS#1 or SEC1.
    pub key: PathBuf,
}

/// Limits of the connections themselves; what a request may cost is in [`crate::Limits`].
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// Connections open at once; one more is closed as soon as it is accepted.
    pub at_once: usize,
    /// Bytes of a request's line and headers together, at least 8,192.
    pub header_bytes: usize,
    /// Headers in one request.
    pub headers: usize,
    /// Time for a request's headers to arrive, which is also how long an idle connection is kept.
    pub header_read: Duration,
    /// Time for the TLS handshake.
    pub handshake: Duration,
    /// How long a client may take nothing of an answer.
    pub write_stall: Duration,
    /// Time that answers under way get after the stop signal.
    pub drain: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            at_once: 1024,
            header_bytes: 32 * 1024,
            headers: 100,
            header_read: Duration::from_secs(10),
            handshake: Duration::from_secs(10),
            write_stall: Duration::from_secs(30),
            drain: Duration::from_secs(20),
        }
    }
}

/// Where to listen, and how connections are protected there.
#[derive(Clone, Debug)]
pub struct Listener {
    /// The address to bind; port 0 takes a free one, which [`Bound::address`] tells.
    pub bind: SocketAddr,
    /// TLS ended by this process.
    pub tls: Option<TlsFiles>,
    /// A proxy in front, whose word about the client is taken.
    pub proxy: Option<ProxyTrust>,
    /// Limits of its connections.
    pub connections: Connections,
}

impl Listener {
    /// A listener with neither TLS nor proxy, which only starts on loopback.
    pub fn new(bind: SocketAddr) -> Self {
        Self { bind, tls: None, proxy: None, connections: Connections::default() }
    }

    /// Says whether this listener may start, without touching the machine: for `check-config`.
    ///
    /// # Errors
    /// [`Error::Unprotected`] beyond loopback without TLS or a proxy.
    pub fn check(&self) -> Result<(), Error> {
        let protected = self.tls.is_some() || self.proxy.as_ref().is_some_and(|proxy| !proxy.is_empty());
        if protected || self.bind.ip().to_canonical().is_loopback() {
            return Ok(());
        }
        Err(Error::Unprotected(self.bind))
    }

    /// Reads the TLS files and binds the address; nothing is accepted before [`Bound::serve`].
    ///
    /// # Errors
    /// Every variant of [`Error`] but `Serve`; each says what to do.
    pub async fn bind(self) -> Result<Bound, Error> {
        self.check()?;
        let tls = match &self.tls {
            Some(files) => Some(RustlsConfig::from_config(tls::load(files).await?)),
            None => None,
        };
        let bind_error = |source| Error::Bind { address: self.bind, source };
        let socket = tokio::net::TcpListener::bind(self.bind).await.map_err(bind_error)?;
        let address = socket.local_addr().map_err(bind_error)?;
        Ok(Bound { listener: self, socket, address, tls })
    }
}

/// A listener that holds its address and waits to be served.
pub struct Bound {
    listener: Listener,
    socket: tokio::net::TcpListener,
    address: SocketAddr,
    tls: Option<RustlsConfig>,
}

impl Bound {
    /// The address in use, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How clients reach this listener, as the pages' cookies and headers need to know.
    pub fn transport(&self) -> Transport {
        Transport { tls: self.tls.is_some(), proxy: self.listener.proxy.clone() }
    }

    /// Serves until `shutdown`, then refuses new connections and gives the open ones the drain time.
    ///
    /// # Errors
    /// [`Error::Serve`] when the listener ends by itself.
    pub async fn serve(self, app: App, shutdown: CancellationToken) -> Result<(), Error> {
        let limits = self.listener.connections;
        let counted = Counted::new(DefaultAcceptor::new(), &limits, app.connections());
        let app = app.into_router(self.transport());
        match (self.tls, self.listener.tls) {
            (Some(config), Some(files)) => {
                let acceptor =
                    RustlsAcceptor::new(config.clone()).handshake_timeout(limits.handshake).acceptor(counted);
                tokio::select! {
                    served = run(self.socket, acceptor, app, limits, shutdown) => served,
                    never = tls::keep_fresh(config, files) => match never {},
                }
            }
            _ => run(self.socket, counted, app, limits, shutdown).await,
        }
    }
}

/// The routes, told the address of the connection they serve.
type Connected = AddExtension<Router, ConnectInfo<SocketAddr>>;

/// HTTP/1.1 only: telling the versions apart waits without a time limit for a client that says nothing, and nothing here gains
/// from HTTP/2, whose streams would pass by the limit on connections.
async fn run<A>(
    socket: tokio::net::TcpListener,
    acceptor: A,
    app: Router,
    limits: Connections,
    shutdown: CancellationToken,
) -> Result<(), Error>
where
    A: Accept<TcpStream, Connected, Service = Connected> + Clone + Send + Sync + 'static,
    A::Stream: AsyncRead + AsyncWrite + Unpin + Send,
    A::Future: Send,
{
    let handle: Handle<SocketAddr> = Handle::new();
    let mut server =
        axum_server::Server::from_listener(socket).acceptor(acceptor).handle(handle.clone()).http1_only();
    server
        .http_builder()
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header_read)
        .max_headers(limits.headers)
        .max_buf_size(limits.header_bytes.max(8192));
    let serving = server.serve(app.into_make_service_with_connect_info::<SocketAddr>());
    let stopping = async {
        shutdown.cancelled().await;
        handle.graceful_shutdown(Some(limits.drain));
        std::future::pending::<()>().await;
    };
    tokio::select! {
        served = serving => served.map_err(Error::Serve),
        () = stopping => Ok(()),
    }
}
