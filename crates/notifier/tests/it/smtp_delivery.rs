//! What becomes of a mail, by what the relay does.

use std::time::Duration;

use encompass_notifier::channel::smtp::{Config, Credentials, Mail, Relay, Tls};
use encompass_notifier::channel::{Class, Code, Enhanced, Error, Outcome};
use encompass_notifier::message::Message;

use crate::relay::{self, Act, Rule, Setup, always};

/// Long enough that no test of something else meets it.
const AMPLE: Duration = Duration::from_secs(30);
/// For tests that wait for its end; ample for the steps before it on a busy machine.
const SHORT: Duration = Duration::from_secs(2);

pub fn config(server: &relay::Relay) -> Config {
    Config {
        host: "127.0.0.1".to_owned(),
        port: server.address.port(),
        tls: Tls::None,
        extra_ca: None,
        credentials: None,
        from: "Encompass <notices@force.example>".to_owned(),
        hello: "notifier.force.example".to_owned(),
        sessions_max: 4,
        idle_max: AMPLE,
        timeout: AMPLE,
    }
}

pub async fn send_to(client: &Relay, to: &str) -> Outcome {
    let message = Message { subject: "A notification waits".to_owned(), body: "Hello\n.\n".to_owned() };
    let date = "2026-07-03T22:10:00Z".parse().unwrap();
    let mail = Mail { to, message_id: "<d1@force.example>", date, message: &message };
    client.send(&mail).await.unwrap()
}

pub async fn send(client: &Relay) -> Outcome {
    send_to(client, "lead@school.example").await
}

fn accepted() -> Outcome {
    Outcome::Accepted { code: Code { status: 250, enhanced: Some(Enhanced(2, 0, 0)) } }
}

fn deferred(class: Class, code: Option<Code>) -> Outcome {
    Outcome::Deferred { class, code, retry_after: None }
}

fn code(status: u16, enhanced: (u8, u16, u16)) -> Option<Code> {
    Some(Code { status, enhanced: Some(Enhanced(enhanced.0, enhanced.1, enhanced.2)) })
}

#[tokio::test]
async fn a_mail_is_accepted_as_it_was_written() {
    for no_pipelining in [false, true] {
        let server = relay::Relay::start(Setup { no_pipelining, ..Setup::default() }).await;
        let client = Relay::new(config(&server)).unwrap();
        assert_eq!(client.domain(), "force.example");
        assert_eq!(send(&client).await, accepted());
        let [mail] = &server.mails()[..] else { panic!("one mail") };
        assert!(mail.contains("Message-ID: <d1@force.example>\r\n"), "{mail}");
        assert!(mail.ends_with("\r\n\r\nHello\r\n.\r\n"), "{mail:?}");
        assert!(
            server.clear().contains("MAIL FROM:<notices@force.example>\r\nRCPT TO:<lead@school.example>\r\n")
        );
        client.close().await;
        server.ended(1).await;
        assert!(server.clear().ends_with("QUIT\r\n"));
    }
}

#[tokio::test]
async fn a_refusal_keeps_its_numbers_and_the_session() {
    let cases = [
        ("RCPT", "450 4.7.1 <lead@school.example> greylisted", deferred(Class::Busy, code(450, (4, 7, 1)))),
        ("RCPT", "452 4.2.2 full", deferred(Class::MailboxFull, code(452, (4, 2, 2)))),
        (
            "RCPT",
            "550-5.1.1 <lead@school.example>\r\n550 5.1.1 unknown",
            Outcome::Rejected { class: Class::BadAddress, code: code(550, (5, 1, 1)) },
        ),
        (
            "RCPT",
            "552 5.2.2 full",
            Outcome::Rejected { class: Class::MailboxFull, code: code(552, (5, 2, 2)) },
        ),
        ("RCPT", "530 5.7.0 Must issue STARTTLS", deferred(Class::TlsRequired, code(530, (5, 7, 0)))),
        ("MAIL", "550 5.7.1 sender not allowed", deferred(Class::Policy, code(550, (5, 7, 1)))),
        (
            ".",
            "550 5.7.1 looks like spam",
            Outcome::Rejected { class: Class::Policy, code: code(550, (5, 7, 1)) },
        ),
        (".", "451 4.3.0 disk", deferred(Class::ServerError, code(451, (4, 3, 0)))),
    ];
    for (verb, reply, expected) in cases {
        for no_pipelining in [false, true] {
            let rules = vec![
                Rule { verb, act: Act::Reply(reply), skip: 0, times: 1 },
                // What a relay says to DATA when it has no recipient.
                Rule {
                    verb: "DATA",
                    act: Act::Reply("503 5.5.1 no recipient"),
                    skip: 0,
                    times: usize::from(verb != "." && !no_pipelining),
                },
            ];
            let server = relay::Relay::start(Setup { no_pipelining, rules, ..Setup::default() }).await;
            let client = Relay::new(config(&server)).unwrap();
            assert_eq!(send(&client).await, expected, "{verb} {reply}");
            assert_eq!(send(&client).await, accepted(), "{verb} {reply}");
            assert_eq!(server.sessions(), 1, "{verb} {reply}");
            assert!(!format!("{expected:?}").contains("school.example"));
        }
    }
}

#[tokio::test]
async fn a_relay_that_opens_data_without_a_recipient_is_sent_no_content() {
    let rules = vec![always("RCPT", Act::Reply("550 5.1.1 unknown"))];
    let server = relay::Relay::plain(rules).await;
    let client = Relay::new(config(&server)).unwrap();
    let expected = Outcome::Rejected { class: Class::BadAddress, code: code(550, (5, 1, 1)) };
    assert_eq!(send(&client).await, expected);
    server.ended(1).await;
    assert!(server.mails().is_empty() && !server.clear().contains("Subject"), "{}", server.clear());
}

#[tokio::test]
async fn a_relay_that_refuses_us_is_not_held_against_the_contact() {
    let cases = [
        ("", Act::ReplyThenClose("554 5.7.1 listed"), deferred(Class::Policy, Some(Code::plain(554)))),
        ("", Act::ReplyThenClose("421 4.7.0 too many"), deferred(Class::RateLimited, None)),
        ("EHLO", Act::Reply("550 5.7.1 no"), deferred(Class::Policy, None)),
        ("", Act::Close, deferred(Class::Network, None)),
        ("", Act::Reply("hello, this is no SMTP"), deferred(Class::Network, None)),
        ("MAIL", Act::Close, deferred(Class::Network, None)),
        ("DATA", Act::Close, deferred(Class::Network, None)),
        ("DATA", Act::Reply("250 what?"), deferred(Class::Unknown, None)),
    ];
    for (verb, act, expected) in cases {
        let server = relay::Relay::plain(vec![always(verb, act)]).await;
        let client = Relay::new(config(&server)).unwrap();
        let Outcome::Deferred { class, .. } = send(&client).await else { panic!("{verb}: not deferred") };
        let Outcome::Deferred { class: expected, .. } = expected else { panic!("a case") };
        assert_eq!(class, expected, "{verb}");
        assert!(server.mails().is_empty());
    }
}

#[tokio::test]
async fn a_connection_cut_after_the_final_dot_leaves_it_unknown() {
    let server = relay::Relay::plain(vec![always(".", Act::Close)]).await;
    let client = Relay::new(config(&server)).unwrap();
    assert_eq!(send(&client).await, Outcome::Unknown);
    assert_eq!(server.mails().len(), 1);
}

#[tokio::test]
async fn a_stall_ends_by_the_timeout_and_is_unknown_only_after_the_content() {
    let cases = [
        ("", deferred(Class::Timeout, None)),
        ("EHLO", deferred(Class::Timeout, None)),
        ("RCPT", deferred(Class::Timeout, None)),
        (".", Outcome::Unknown),
    ];
    let stalls = cases.into_iter().map(async |(verb, expected)| {
        let server = relay::Relay::plain(vec![always(verb, Act::Stall)]).await;
        let client = Relay::new(Config { timeout: SHORT, ..config(&server) }).unwrap();
        assert_eq!(send(&client).await, expected, "{verb}");
        assert_eq!(client.sessions_free(), 4, "{verb}: the place is given back");
    });
    futures::future::join_all(stalls).await;
}

#[tokio::test]
async fn a_relay_that_is_not_there_defers() {
    let server = relay::Relay::plain(Vec::new()).await;
    let settings = config(&server);
    drop(server);
    let client = Relay::new(settings).unwrap();
    assert_eq!(send(&client).await, deferred(Class::Network, None));
}

#[tokio::test]
async fn sessions_are_reused() {
    let server = relay::Relay::plain(Vec::new()).await;
    let client = Relay::new(config(&server)).unwrap();
    for _ in 0..20 {
        assert_eq!(send(&client).await, accepted());
    }
    assert_eq!((server.sessions(), client.sessions_opened(), server.mails().len()), (1, 1, 20));
    assert!(!server.clear().contains("NOOP"));
}

#[tokio::test]
async fn a_session_idle_for_too_long_is_not_used_again() {
    let server = relay::Relay::plain(Vec::new()).await;
    let client = Relay::new(Config { idle_max: Duration::ZERO, ..config(&server) }).unwrap();
    assert_eq!(send(&client).await, accepted());
    assert_eq!(send(&client).await, accepted());
    assert_eq!(server.sessions(), 2);
}

#[tokio::test]
async fn a_session_closed_while_idle_is_replaced_without_an_outcome() {
    let cases = [
        // Closed right after the first mail, so that the second meets a dead connection.
        Rule { verb: ".", act: Act::ReplyThenClose("250 2.0.0 queued"), skip: 0, times: 1 },
        // Closed with a word at the first command of the second mail.
        Rule { verb: "MAIL", act: Act::ReplyThenClose("421 4.4.2 idle too long"), skip: 1, times: 1 },
        Rule { verb: "MAIL", act: Act::Close, skip: 1, times: 1 },
    ];
    for rule in cases {
        let verb = rule.verb;
        let server = relay::Relay::plain(vec![rule]).await;
        let client = Relay::new(config(&server)).unwrap();
        assert_eq!(send(&client).await, accepted());
        if verb == "." {
            server.ended(1).await;
        }
        assert_eq!(send(&client).await, accepted(), "{verb}");
        assert_eq!((server.sessions(), server.mails().len()), (2, 2), "{verb}");
    }
}

#[tokio::test]
async fn a_session_that_ends_under_a_mail_is_an_outcome_and_not_tried_again_at_once() {
    let rules =
        vec![Rule { verb: "RCPT", act: Act::ReplyThenClose("421 4.3.2 stopping"), skip: 1, times: 1 }];
    let server = relay::Relay::plain(rules).await;
    let client = Relay::new(config(&server)).unwrap();
    assert_eq!(send(&client).await, accepted());
    assert_eq!(send(&client).await, deferred(Class::Busy, code(421, (4, 3, 2))));
    assert_eq!(server.sessions(), 1);
    assert_eq!(send(&client).await, accepted());
    assert_eq!(server.sessions(), 2);
}

#[tokio::test]
async fn no_more_mails_are_under_way_than_there_may_be_sessions() {
    let server = relay::Relay::plain(vec![always(".", Act::Gate)]).await;
    let client = Relay::new(Config { sessions_max: 3, ..config(&server) }).unwrap();
    let sends = futures::future::join_all((0..12).map(|_| send(&client)));
    let check = async {
        while server.busy() < 3 {
            tokio::task::yield_now().await;
        }
        assert_eq!(client.sessions_free(), 0);
        server.open_gate(12);
    };
    let (outcomes, ()) = tokio::join!(sends, check);
    assert!(outcomes.iter().all(|outcome| *outcome == accepted()));
    assert_eq!((server.busy_max(), server.sessions()), (3, 3));
}

#[tokio::test]
async fn a_mail_that_gets_no_session_in_time_was_not_sent() {
    let server = relay::Relay::plain(vec![always(".", Act::Stall)]).await;
    let client = Relay::new(Config { sessions_max: 1, timeout: SHORT, ..config(&server) }).unwrap();
    let (first, second) = tokio::join!(send(&client), send(&client));
    assert_eq!((first, second), (Outcome::Unknown, deferred(Class::Busy, None)));
}

#[tokio::test]
async fn a_relay_signs_in_and_a_refused_sign_in_is_about_us() {
    let credentials = Some(Credentials { username: "notifier".to_owned(), password: "secret".to_owned() });
    let server = relay::Relay::start(Setup { login: true, ..Setup::default() }).await;
    let client = Relay::new(Config { credentials: credentials.clone(), ..config(&server) }).unwrap();
    assert_eq!(send(&client).await, accepted());
    assert!(server.clear().contains("AUTH PLAIN "));

    let rules = vec![always("AUTH", Act::Reply("535 5.7.8 wrong"))];
    let server = relay::Relay::start(Setup { login: true, rules, ..Setup::default() }).await;
    let client = Relay::new(Config { credentials: credentials.clone(), ..config(&server) }).unwrap();
    assert_eq!(send(&client).await, deferred(Class::Auth, code(535, (5, 7, 8))));
    assert!(!server.clear().contains("MAIL"));

    let server = relay::Relay::plain(Vec::new()).await;
    let client = Relay::new(Config { credentials, ..config(&server) }).unwrap();
    assert_eq!(send(&client).await, deferred(Class::Auth, None));
    assert!(!server.clear().contains("AUTH"));
}

#[tokio::test]
async fn an_address_that_would_add_a_command_is_never_connected_for() {
    let server = relay::Relay::plain(Vec::new()).await;
    let client = Relay::new(config(&server)).unwrap();
    for to in ["a@b.example>\r\nRCPT TO:<x@y.example", "a@b.example\r\nBcc: x@y.example", "x y@b.example", ""]
    {
        let expected = Outcome::Rejected { class: Class::BadAddress, code: None };
        assert_eq!(send_to(&client, to).await, expected, "{to:?}");
    }
    assert_eq!(server.sessions(), 0);
}

#[tokio::test]
async fn a_subject_with_a_line_break_is_our_own_fault() {
    let server = relay::Relay::plain(Vec::new()).await;
    let client = Relay::new(config(&server)).unwrap();
    let message = Message { subject: "s\r\nBcc: x@y.example".to_owned(), body: String::new() };
    let date = "2026-07-03T22:10:00Z".parse().unwrap();
    let mail = Mail { to: "a@b.example", message_id: "<d1@force.example>", date, message: &message };
    assert!(matches!(client.send(&mail).await, Err(Error::Header("Subject"))));
    assert_eq!(server.sessions(), 0);
}

#[tokio::test]
async fn settings_that_cannot_be_used_are_refused() {
    let server = relay::Relay::plain(Vec::new()).await;
    let good = || config(&server);
    let cases = [
        Config { host: "192.0.2.1".to_owned(), ..good() },
        Config { host: "relay.force.example".to_owned(), ..good() },
        Config { host: "localhost.force.example".to_owned(), ..good() },
        Config { sessions_max: 0, ..good() },
        Config { timeout: Duration::ZERO, ..good() },
        Config { hello: "a\r\nb".to_owned(), ..good() },
        Config { from: "nobody".to_owned(), ..good() },
        Config { tls: Tls::Required, extra_ca: Some("missing.pem".into()), ..good() },
    ];
    for (number, case) in cases.into_iter().enumerate() {
        assert!(Relay::new(case).is_err(), "case {number}");
    }
    let shown =
        format!("{:?}", Credentials { username: "notifier".to_owned(), password: "secret".to_owned() });
    assert!(!shown.contains("secret"));
}
