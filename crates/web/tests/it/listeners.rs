//! Real listeners: what may start, TLS, proxies, slow clients, full houses, and stopping.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use encompass_web::listen::Connections;
use encompass_web::{App, Error, Listener, Peer, ProxyTrust, TlsFiles};
use rustls::pki_types::ServerName;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::metrics;

const LOOPBACK: &str = "127.0.0.1:0";

/// A listener under way; dropping it ends it.
struct Serving {
    address: SocketAddr,
    shutdown: CancellationToken,
    tasks: JoinSet<Result<(), Error>>,
}

async fn serve(listener: Listener, routes: Router) -> Serving {
    let bound = listener.bind().await.unwrap();
    let (address, shutdown) = (bound.address(), CancellationToken::new());
    let mut tasks = JoinSet::new();
    tasks.spawn(bound.serve(App::pages("portal", routes, &metrics()), shutdown.clone()));
    Serving { address, shutdown, tasks }
}

fn listener() -> Listener {
    Listener::new(LOOPBACK.parse().unwrap())
}

fn whoami() -> Router {
    Router::new().route("/", get(|peer: Peer| async move { format!("{} {}", peer.address, peer.secure) }))
}

/// Sends bytes and reads until the other side closes.
async fn exchange(address: SocketAddr, sent: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    let mut answer = String::new();
    // A reset is one way of closing.
    let _closed = stream.read_to_string(&mut answer).await;
    answer
}

fn request(headers: &str) -> String {
    format!("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}\r\n")
}

#[tokio::test]
async fn beyond_loopback_nothing_starts_in_clear_without_a_proxy() {
    for (bind, proxy, starts) in [
        ("0.0.0.0:0", None, false),
        ("[::]:0", None, false),
        ("192.0.2.1:8080", None, false),
        ("0.0.0.0:0", Some(""), false),
        ("0.0.0.0:0", Some("192.0.2.7"), true),
        ("127.0.0.1:0", None, true),
        ("[::1]:0", None, true),
        ("[::ffff:127.0.0.1]:0", None, true),
    ] {
        let mut listener = Listener::new(bind.parse().unwrap());
        listener.proxy = proxy.map(|text| {
            ProxyTrust::new(text.split_terminator(',').map(|one| one.parse().unwrap()).collect())
        });
        assert_eq!(listener.check().is_ok(), starts, "{bind} behind {proxy:?}");
        if !starts {
            let Err(error) = listener.bind().await else { panic!("{bind} was bound") };
            let text = error.to_string();
            assert!(
                text.contains("certificate") && text.contains("proxy") && text.contains("127.0.0.1"),
                "{text}"
            );
        }
    }
}

#[tokio::test]
async fn port_0_is_told_before_serving() {
    let bound = listener().bind().await.unwrap();
    assert_ne!(bound.address().port(), 0);
    let Err(error) = Listener::new(bound.address()).bind().await else { panic!("bound twice") };
    assert!(error.to_string().contains("another process"), "{error}");
}

#[tokio::test]
async fn a_declared_proxy_is_believed_and_an_undeclared_one_is_not() {
    let headers = "X-Forwarded-For: 198.51.100.9\r\nX-Forwarded-Proto: https\r\n";
    for (declared, told, hsts) in [
        ("127.0.0.1", "198.51.100.9 true", true),
        ("192.0.2.7", "127.0.0.1 false", true),
        ("", "127.0.0.1 false", false),
    ] {
        let mut listener = listener();
        if !declared.is_empty() {
            listener.proxy = Some(ProxyTrust::new(vec![declared.parse().unwrap()]));
        }
        let serving = serve(listener, whoami()).await;
        let answer = exchange(serving.address, &request(headers)).await;
        assert!(answer.ends_with(told), "declared {declared}: {answer}");
        assert_eq!(answer.contains("strict-transport-security"), hsts, "declared {declared}");
    }
}

#[tokio::test]
async fn what_the_proxy_took_in_clear_is_refused_with_a_page() {
    let mut listener = listener();
    listener.proxy = Some(ProxyTrust::new(vec!["127.0.0.1".parse().unwrap()]));
    let serving = serve(listener, whoami()).await;
    let answer = exchange(serving.address, &request("X-Forwarded-Proto: http\r\n")).await;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert!(answer.contains("not encrypted"), "{answer}");
}

/// A certificate for localhost in files, and the client's trust in it.
fn certificate() -> (TempDir, TlsFiles, rustls::RootCertStore) {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let folder = TempDir::new().unwrap();
    let files = TlsFiles { certificate: folder.path().join("cert.pem"), key: folder.path().join("key.pem") };
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
    let mut roots = rustls::RootCertStore::empty();
    roots.add(made.cert.der().clone()).unwrap();
    (folder, files, roots)
}

async fn exchange_tls(
    address: SocketAddr,
    roots: rustls::RootCertStore,
    version: &'static rustls::SupportedProtocolVersion,
) -> String {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
    stream.write_all(request("X-Forwarded-For: 198.51.100.9\r\n").as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn over_tls_1_2_and_1_3_the_peer_is_secure_and_hsts_is_told() {
    let (_folder, files, roots) = certificate();
    let serving = serve(Listener { tls: Some(files), ..listener() }, whoami()).await;
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let answer = exchange_tls(serving.address, roots.clone(), version).await;
        assert!(answer.ends_with("127.0.0.1 true"), "{answer}");
        assert!(answer.contains("strict-transport-security: max-age=63072000"), "{answer}");
    }
    let clear = exchange(serving.address, &request("")).await;
    assert!(!clear.contains("HTTP/1.1 200"), "{clear}");
}

#[tokio::test]
async fn tls_files_that_do_not_serve_are_named() {
    let (folder, files, _) = certificate();
    let (_other_folder, other, _) = certificate();
    let missing = folder.path().join("missing.pem");
    for (wrong, named) in [
        (TlsFiles { certificate: missing.clone(), ..files.clone() }, &missing),
        (TlsFiles { certificate: files.key.clone(), ..files.clone() }, &files.key),
        (TlsFiles { key: files.certificate.clone(), ..files.clone() }, &files.certificate),
        (TlsFiles { key: other.key.clone(), ..files.clone() }, &other.key),
    ] {
        let Err(error) = (Listener { tls: Some(wrong), ..listener() }).bind().await else {
            panic!("{named:?} served")
        };
        assert!(error.to_string().contains(named.to_str().unwrap()), "{error}");
    }
}

#[tokio::test]
async fn a_client_that_never_finishes_its_headers_is_dropped() {
    let connections = Connections { header_read: Duration::from_millis(100), ..Connections::default() };
    let serving = serve(Listener { connections, ..listener() }, whoami()).await;
    for begun in ["", "GET / HTTP/1.1\r\nHost: local"] {
        let answer = exchange(serving.address, begun).await;
        assert!(!answer.contains("200 OK"), "{answer}");
    }
}

#[tokio::test]
async fn headers_larger_than_the_limit_are_refused() {
    let serving = serve(listener(), whoami()).await;
    let large = format!("X-Large: {}\r\n", "x".repeat(1_000_000));
    let answer = exchange(serving.address, &request(&large)).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn one_connection_too_many_is_closed_and_its_place_comes_back() {
    let connections = Connections { at_once: 1, ..Connections::default() };
    let serving = serve(Listener { connections, ..listener() }, whoami()).await;
    let mut first = TcpStream::connect(serving.address).await.unwrap();
    first.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    first.read_u8().await.unwrap();
    assert_eq!(exchange(serving.address, &request("")).await, "");
    drop(first);
    let in_again = async { while exchange(serving.address, &request("")).await.is_empty() {} };
    tokio::time::timeout(Duration::from_secs(10), in_again).await.unwrap();
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answer_is_dropped() {
    let connections =
        Connections { at_once: 1, write_stall: Duration::from_millis(100), ..Connections::default() };
    let large = Router::new().route("/", get(|| async { "x".repeat(64 * 1024 * 1024) }));
    let serving = serve(Listener { connections, ..listener() }, large).await;
    let mut lazy = TcpStream::connect(serving.address).await.unwrap();
    lazy.write_all(request("").as_bytes()).await.unwrap();
    lazy.readable().await.unwrap();
    let in_again =
        async { while exchange(serving.address, "GET /nowhere HTTP/1.0\r\n\r\n").await.is_empty() {} };
    tokio::time::timeout(Duration::from_secs(10), in_again).await.unwrap();
}

#[tokio::test]
async fn stopping_lets_an_answer_under_way_finish_and_takes_nothing_new() {
    let (begun, go_on) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (tell, wait) = (Arc::clone(&begun), Arc::clone(&go_on));
    let routes = Router::new().route(
        "/",
        get(move || async move {
            tell.notify_one();
            wait.notified().await;
            "finished"
        }),
    );
    let mut serving = serve(listener(), routes).await;
    let address = serving.address;
    let (asked, ask) = (request(""), async { begun.notified().await });
    let ((), answer) = tokio::join!(
        async {
            ask.await;
            serving.shutdown.cancel();
            while TcpStream::connect(address).await.is_ok() {}
            go_on.notify_one();
        },
        exchange(address, &asked),
    );
    assert!(answer.ends_with("finished"), "{answer}");
    serving.tasks.join_next().await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn stopping_waits_no_longer_than_the_drain_time() {
    let begun = Arc::new(Notify::new());
    let tell = Arc::clone(&begun);
    let routes = Router::new().route(
        "/",
        get(move || async move {
            tell.notify_one();
            std::future::pending::<&str>().await
        }),
    );
    let connections = Connections { drain: Duration::from_millis(50), ..Connections::default() };
    let mut serving = serve(Listener { connections, ..listener() }, routes).await;
    let (address, asked) = (serving.address, request(""));
    let stop = async {
        begun.notified().await;
        serving.shutdown.cancel();
        serving.tasks.join_next().await.unwrap().unwrap().unwrap();
    };
    let ((), answer) = tokio::join!(stop, exchange(address, &asked));
    assert_eq!(answer, "");
}
