//! An https endpoint that answers by script and keeps what it was sent.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufStream};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// What the endpoint does with a call.
#[derive(Clone, Copy)]
pub enum Act {
    /// This head (status line and headers), and a short body.
    Answer(&'static str),
    /// This status and a body without an end.
    Endless(&'static str),
    Close,
    Stall,
    /// Waits until the test opens the gate, then 204.
    Gate,
}

#[derive(Clone, Debug, Default)]
pub struct Request {
    pub line: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

pub struct Endpoint {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    _tasks: JoinSet<()>,
}

struct Shared {
    tls: TlsAcceptor,
    act: Act,
    requests: Mutex<Vec<Request>>,
    connections: AtomicUsize,
    busy: AtomicUsize,
    busy_max: AtomicUsize,
    gate: Semaphore,
}

impl Endpoint {
    pub async fn start(tls: TlsAcceptor, act: Act) -> Endpoint {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            tls,
            act,
            requests: Mutex::default(),
            connections: AtomicUsize::new(0),
            busy: AtomicUsize::new(0),
            busy_max: AtomicUsize::new(0),
            gate: Semaphore::new(0),
        });
        let mut tasks = JoinSet::new();
        let state = Arc::clone(&shared);
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let state = Arc::clone(&state);
                connections.spawn(async move {
                    // A client that hangs up is what some tests are about.
                    let _ = serve(stream, &state).await;
                });
            }
        });
        Endpoint { address, shared, _tasks: tasks }
    }

    pub fn url(&self) -> String {
        format!("https://localhost:{}/hooks?key=k", self.address.port())
    }

    pub fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    pub fn busy(&self) -> usize {
        self.shared.busy.load(Ordering::SeqCst)
    }

    pub fn busy_max(&self) -> usize {
        self.shared.busy_max.load(Ordering::SeqCst)
    }

    pub fn open_gate(&self, calls: usize) {
        self.shared.gate.add_permits(calls);
    }
}

async fn serve(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    shared.connections.fetch_add(1, Ordering::SeqCst);
    let mut stream = BufStream::new(shared.tls.accept(stream).await?);
    while let Some(request) = read(&mut stream).await? {
        shared.requests.lock().unwrap().push(request);
        let busy = shared.busy.fetch_add(1, Ordering::SeqCst) + 1;
        shared.busy_max.fetch_max(busy, Ordering::SeqCst);
        let open = answer(&mut stream, shared).await;
        shared.busy.fetch_sub(1, Ordering::SeqCst);
        if !open? {
            return Ok(());
        }
    }
    Ok(())
}

type Tls = BufStream<tokio_rustls::server::TlsStream<TcpStream>>;

async fn read(stream: &mut Tls) -> std::io::Result<Option<Request>> {
    let mut request = Request::default();
    if stream.read_line(&mut request.line).await? == 0 {
        return Ok(None);
    }
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        request.headers.push((name.to_ascii_lowercase(), value.to_owned()));
    }
    let mut body = vec![0; request.header("content-length").parse().unwrap_or(0)];
    stream.read_exact(&mut body).await?;
    request.body = String::from_utf8(body).unwrap();
    Ok(Some(request))
}

/// False when the connection is to be closed.
async fn answer(stream: &mut Tls, shared: &Shared) -> std::io::Result<bool> {
    let head = match shared.act {
        Act::Answer(head) => head,
        Act::Endless(status) => return endless(stream, status).await,
        Act::Close => return Ok(false),
        Act::Stall => std::future::pending().await,
        Act::Gate => {
            shared.gate.acquire().await.unwrap().forget();
            "204 No Content"
        }
    };
    let body = if head.starts_with("204") { "" } else { "Content-Length: 2\r\n\r\nok" };
    let end = if body.is_empty() { "\r\n" } else { "" };
    stream.write_all(format!("HTTP/1.1 {head}\r\n{body}{end}").as_bytes()).await?;
    stream.flush().await?;
    Ok(true)
}

async fn endless(stream: &mut Tls, status: &str) -> std::io::Result<bool> {
    stream.write_all(format!("HTTP/1.1 {status}\r\nContent-Length: 999999999999\r\n\r\n").as_bytes()).await?;
    loop {
        stream.write_all(&[b'x'; 1024]).await?;
        stream.flush().await?;
    }
}
