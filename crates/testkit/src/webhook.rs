//! An HTTPS server that records what it is sent and answers by script.

use std::collections::VecDeque;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header::LOCATION};
use axum::response::{IntoResponse, Response};
use axum_server::tls_rustls::RustlsConfig;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::tls::{self, Certificate};

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Request {
    /// Method.
    pub method: Method,
    /// Path and query.
    pub uri: Uri,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Vec<u8>,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A status without a body.
    Status(u16),
    /// 302 to this address.
    Redirect(String),
    /// Nothing, ever.
    Stall,
}

/// The server; dropping it closes the port.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

#[derive(Debug)]
struct Shared {
    requests: watch::Sender<Vec<Request>>,
    answers: Mutex<VecDeque<Answer>>,
}

impl Receiver {
    /// Starts a receiver on 127.0.0.1 with this certificate; it answers 204.
    ///
    /// # Errors
    ///
    /// If no port can be had or the certificate can't be read.
    pub async fn start(certificate: &Certificate) -> anyhow::Result<Receiver> {
        tls::install_provider();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared { requests: watch::Sender::default(), answers: Mutex::default() });
        let router = Router::new().fallback(receive).with_state(Arc::clone(&shared));
        let config = RustlsConfig::from_config(certificate.server_config()?);
        let server = axum_server::from_tcp_rustls(listener, config)?.serve(router.into_make_service());
        let mut tasks = JoinSet::new();
        // It ends only with the receiver.
        tasks.spawn(async { drop(server.await) });
        Ok(Receiver { address, shared, _tasks: tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its address for the host name that the certificate names.
    pub fn url(&self, host: &str) -> String {
        format!("https://{host}:{}/", self.address.port())
    }

    /// Answers the next requests in this order, and 204 after them.
    pub fn answer(&self, answers: impl IntoIterator<Item = Answer>) {
        *self.shared.answers.lock().unwrap_or_else(PoisonError::into_inner) = answers.into_iter().collect();
    }

    /// All requests so far.
    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.borrow().clone()
    }

    /// Waits until `count` requests have come, and returns all.
    ///
    /// # Errors
    ///
    /// If there are fewer when the time is over.
    pub async fn wait_for(&self, count: usize, within: Duration) -> anyhow::Result<Vec<Request>> {
        let mut requests = self.shared.requests.subscribe();
        match timeout(within, requests.wait_for(|all| all.len() >= count)).await {
            Ok(all) => Ok(all.context("the receiver lives")?.clone()),
            Err(_) => bail!("{} of {count} requests came within {within:?}", self.requests().len()),
        }
    }
}

async fn receive(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let request = Request { method, uri, headers, body: body.to_vec() };
    shared.requests.send_modify(|all| all.push(request));
    let answer = shared.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    match answer.unwrap_or(Answer::Status(204)) {
        Answer::Status(status) => {
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
        Answer::Redirect(to) => (StatusCode::FOUND, [(LOCATION, to)]).into_response(),
        Answer::Stall => std::future::pending().await,
    }
}
