//! A broker that asks for TLS and a password (SCRAM-SHA-512).

use std::path::PathBuf;

use encompass_intake::config::{Protocol, Security};
use encompass_intake::{Config, Error};
use encompass_testkit::kafka::{Client, Cluster};
use encompass_testkit::{Folder, or_left_out, tls};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::made_up::{Running, counts, intake, kafka, produce, refused, reported, sqlite, topics, until};

const TRACE: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

/// The configuration that is let in.
fn secured(client: &Client, topic: &str, folder: &Folder) -> Config {
    let sasl = client.sasl().unwrap();
    let mut config = kafka(client, topic);
    config.kafka.security = Security {
        protocol: Protocol::SaslSsl,
        ca_file: Some(sasl.ca.clone()),
        username: Some(sasl.user.clone()),
        password_file: Some(password(folder, "password", &sasl.password)),
        ..Security::default()
    };
    config
}

fn password(folder: &Folder, name: &str, password: &str) -> PathBuf {
    folder.file(name, &format!("{password}\n")).unwrap()
}

/// What stops intake at its start.
async fn stopped_by(config: Config) -> String {
    let (store, _folder) = sqlite().await;
    let error = encompass_intake::run(intake(&store, config), CancellationToken::new()).await.unwrap_err();
    assert!(matches!(error, Error::Broker(_)), "{error}");
    error.to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_is_read_and_written_over_tls_with_a_password_and_a_wrong_one_is_said_at_once() {
    let ca = tls::Ca::new().unwrap();
    let Some(cluster) = or_left_out("Kafka", Cluster::start_secured(&ca).await) else { return };
    let (client, files) = (cluster.client().clone(), Folder::new().unwrap());
    let topic = topics(&client, "secured", 2).await;
    let (store, _folder) = sqlite().await;
    let mut traced = reported("S/1", 1);
    traced["traceparent"] = json!(TRACE);
    produce(&client, &topic, &[traced, reported("S/2", 1), json!(7)]).await;
    let running = Running::start(&intake(&store, secured(&client, &topic, &files)));
    until("all are taken", async || counts(&store, &topic).await.read == 3).await;
    until("all are published", async || store.unpublished_events(10).await.unwrap().is_empty()).await;
    until("one is mirrored", async || store.unmirrored(10, &[]).await.unwrap().is_empty()).await;
    running.stop().await;
    assert_eq!((counts(&store, &topic).await.accepted, refused(&store).await.len()), (2, 1));
    let out = client.read_all(&format!("{topic}.out")).await.unwrap();
    let traced = out.iter().filter(|record| String::from_utf8_lossy(&record.payload).contains(TRACE));
    assert_eq!((out.len(), traced.count()), (5, 2));

    let mut wrong = secured(&client, &topic, &files);
    wrong.kafka.security.password_file = Some(password(&files, "wrong", "not it"));
    assert!(stopped_by(wrong).await.contains("password_file"));
    let mut untrusted = secured(&client, &topic, &files);
    let another = tls::Ca::new().unwrap();
    untrusted.kafka.security.ca_file = Some(another.pem_path());
    assert!(stopped_by(untrusted).await.contains("ca_file"));
}

#[test]
fn what_would_not_be_secure_is_refused_before_anything_is_reached() {
    let folder = Folder::new().unwrap();
    let reach = |broker: &str, security: Security| {
        let mut config = Config::default();
        config.kafka.brokers = vec![broker.to_owned()];
        config.kafka.security = security;
        config.check().map_err(|error| error.to_string())
    };
    let sasl = |username: Option<&str>, file: Option<PathBuf>| Security {
        protocol: Protocol::SaslSsl,
        username: username.map(str::to_owned),
        password_file: file,
        ..Security::default()
    };
    let good = || Some(password(&folder, "password", "secret"));
    let missing = || Some(folder.path().join("nothing"));
    for (broker, security, says) in [
        ("kafka.example.org:9092", Security::default(), "state protocol ssl or sasl_ssl"),
        ("kafka.example.org:9093", sasl(None, good()), "needs username and password_file"),
        ("kafka.example.org:9093", sasl(Some("encompass"), missing()), "password_file"),
        ("kafka.example.org:9093", sasl(Some("encompass"), Some(password(&folder, "empty", ""))), "is empty"),
        (
            "kafka.example.org:9093",
            Security { ca_file: missing(), ..sasl(Some("encompass"), good()) },
            "ca_file can't be read",
        ),
        (
            "kafka.example.org:9093",
            Security { certificate_file: good(), ..sasl(Some("encompass"), good()) },
            "belong together",
        ),
    ] {
        let refused = reach(broker, security).unwrap_err();
        assert!(refused.contains(says), "{refused}");
        assert!(!refused.contains("secret"), "{refused}");
    }
    assert_eq!(reach("kafka.example.org:9093", sasl(Some("encompass"), good())), Ok(()));
    assert_eq!(reach("127.0.0.1:9092", Security::default()), Ok(()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_certificate_ends_the_start_instead_of_waiting_for_a_broker() {
    let folder = Folder::new().unwrap();
    let mut config = Config::default();
    config.kafka.brokers = vec!["127.0.0.1:9".into()];
    config.kafka.security = Security {
        protocol: Protocol::Ssl,
        ca_file: Some(folder.file("ca.pem", "not a certificate").unwrap()),
        ..Security::default()
    };
    let (store, _folder) = sqlite().await;
    let runs = encompass_intake::run(intake(&store, config), CancellationToken::new());
    let ended = tokio::time::timeout(std::time::Duration::from_secs(30), runs).await;
    let error = ended.expect("it ends by itself").unwrap_err();
    assert!(!error.is_transient() && error.to_string().contains("ssl.ca.location"), "{error}");
}
