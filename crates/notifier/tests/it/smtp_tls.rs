//! TLS to the relay: what does not verify gets nothing.

use encompass_notifier::channel::smtp::{Config, Credentials, Relay, Tls};
use encompass_notifier::channel::{Class, Outcome};

use crate::authority::Authority;
use crate::relay::{self, Act, Setup, always};
use crate::smtp_delivery::{config, send};

/// The client for a relay with TLS that trusts `authority`; it signs in, so that a leak would show.
fn client(server: &relay::Relay, tls: Tls, authority: &Authority) -> Relay {
    let credentials = Some(Credentials { username: "notifier".to_owned(), password: "secret".to_owned() });
    let host = "localhost".to_owned();
    Relay::new(Config { host, tls, extra_ca: Some(authority.file()), credentials, ..config(server) }).unwrap()
}

fn class(outcome: Outcome) -> Option<Class> {
    match outcome {
        Outcome::Deferred { class, .. } => Some(class),
        Outcome::Accepted { .. } | Outcome::Rejected { .. } | Outcome::Unknown => None,
    }
}

#[tokio::test]
async fn a_mail_goes_under_tls_and_nothing_of_it_in_clear() {
    let authority = Authority::new();
    let tls = authority.valid_for("localhost");
    let setup = Setup { starttls: Some(tls.clone()), login: true, ..Setup::default() };
    let server = relay::Relay::start(setup).await;
    let relay = client(&server, Tls::Required, &authority);
    assert!(matches!(send(&relay).await, Outcome::Accepted { .. }));
    assert!(matches!(send(&relay).await, Outcome::Accepted { .. }));
    assert_eq!(server.clear(), "EHLO notifier.force.example\r\nSTARTTLS\r\n");
    assert_eq!((server.sessions(), server.mails().len()), (1, 2));
    assert!(server.said().contains("AUTH PLAIN"));

    let server = relay::Relay::start(Setup { implicit: Some(tls), login: true, ..Setup::default() }).await;
    let relay = client(&server, Tls::Implicit, &authority);
    assert!(matches!(send(&relay).await, Outcome::Accepted { .. }));
    assert_eq!((server.clear().as_str(), server.mails().len()), ("", 1));
}

#[tokio::test]
async fn a_relay_that_offers_no_starttls_is_told_nothing() {
    let authority = Authority::new();
    let server = relay::Relay::start(Setup { login: true, ..Setup::default() }).await;
    let relay = client(&server, Tls::Required, &authority);
    assert_eq!(class(send(&relay).await), Some(Class::TlsRequired));
    server.ended(1).await;
    assert_eq!(server.clear(), "EHLO notifier.force.example\r\n");
}

#[tokio::test]
async fn a_relay_that_refuses_starttls_is_told_nothing() {
    let authority = Authority::new();
    let rules = vec![
        always("EHLO", Act::Reply("250-relay.test\r\n250 STARTTLS")),
        always("STARTTLS", Act::Reply("454 4.7.0 later")),
    ];
    let server = relay::Relay::start(Setup { rules, login: true, ..Setup::default() }).await;
    let relay = client(&server, Tls::Required, &authority);
    assert_eq!(class(send(&relay).await), Some(Class::TlsRequired));
    server.ended(1).await;
    assert_eq!(server.clear(), "EHLO notifier.force.example\r\nSTARTTLS\r\n");
}

#[tokio::test]
async fn a_certificate_that_does_not_verify_ends_the_attempt_before_anything_is_said() {
    let (authority, stranger) = (Authority::new(), Authority::new());
    let cases = [
        ("another host", authority.valid_for("relay.elsewhere.example")),
        ("expired", authority.expired_for("localhost")),
        ("an unknown authority", stranger.valid_for("localhost")),
    ];
    for (what, tls) in cases {
        let setup = Setup { starttls: Some(tls.clone()), login: true, ..Setup::default() };
        let server = relay::Relay::start(setup).await;
        let relay = client(&server, Tls::Required, &authority);
        assert_eq!(class(send(&relay).await), Some(Class::TlsRequired), "{what}");
        server.ended(1).await;
        assert_eq!(server.clear(), "EHLO notifier.force.example\r\nSTARTTLS\r\n", "{what}");
        assert_eq!(server.said(), "", "{what}");

        let server =
            relay::Relay::start(Setup { implicit: Some(tls), login: true, ..Setup::default() }).await;
        let relay = client(&server, Tls::Implicit, &authority);
        assert_eq!(class(send(&relay).await), Some(Class::TlsRequired), "{what}");
        server.ended(1).await;
        assert_eq!((server.clear(), server.said()), (String::new(), String::new()), "{what}");
    }
}

#[tokio::test]
async fn replies_slipped_in_before_tls_end_the_session() {
    let authority = Authority::new();
    let injected =
        "250-relay.test\r\n250 AUTH PLAIN\r\n235 in\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n";
    let starttls = Some(authority.valid_for("localhost"));
    let server = relay::Relay::start(Setup { starttls, injected, login: true, ..Setup::default() }).await;
    let relay = client(&server, Tls::Required, &authority);
    assert_eq!(class(send(&relay).await), Some(Class::TlsRequired));
    server.ended(1).await;
    assert_eq!(server.said(), "");
}

#[tokio::test]
async fn a_relay_without_tls_where_tls_is_implicit_gets_no_mail() {
    let authority = Authority::new();
    let server = relay::Relay::plain(Vec::new()).await;
    let relay = client(&server, Tls::Implicit, &authority);
    assert_eq!(class(send(&relay).await), Some(Class::TlsRequired));
    assert!(server.mails().is_empty());
}
