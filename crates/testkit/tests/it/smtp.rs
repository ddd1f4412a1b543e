use std::time::Duration;

use anyhow::Result;
use encompass_testkit::smtp::{Act, Rule, Security, Settings, Sink, Step};
use encompass_testkit::tls::{Ca, Certificate};

use crate::mail::{implicit, in_clear, send, starttls};

const SOON: Duration = Duration::from_secs(10);

async fn sink(security: Security) -> Result<Sink> {
    Sink::start_with(Settings { security, ..Settings::default() }).await
}

#[tokio::test]
async fn a_mail_is_recorded_as_it_was_sent() -> Result<()> {
    let sink = Sink::start().await?;
    send(&in_clear(sink.port()), "lead@school.example").await?;
    let mails = sink.wait_for(1, SOON).await?;
    assert_eq!(mails[0].from, "relay@force.example");
    assert_eq!(mails[0].to, ["lead@school.example"]);
    assert_eq!(mails[0].header("subject").as_deref(), Some("A notice waits"));
    assert!(mails[0].text().contains("\r\n\r\n.a line that begins with a dot\r\n"), "{}", mails[0].text());
    assert!(mails[0].answered && !mails[0].encrypted);
    Ok(())
}

#[tokio::test]
async fn tls_is_spoken_after_starttls_and_from_the_first_byte() -> Result<()> {
    let ca = Ca::new()?;
    let certificate = ca.issue(&["localhost"])?;
    let later = sink(Security::StartTls(certificate.clone())).await?;
    let at_once = sink(Security::Implicit(certificate)).await?;
    send(&starttls(later.port(), &ca)?, "lead@school.example").await?;
    send(&implicit(at_once.port(), &ca)?, "lead@school.example").await?;
    assert!(later.mails()[0].encrypted && at_once.mails()[0].encrypted);
    Ok(())
}

#[tokio::test]
async fn bad_certificates_and_a_missing_starttls_are_refused_by_a_client_that_verifies() -> Result<()> {
    let ca = Ca::new()?;
    let bad: [(&str, Option<Certificate>); 4] = [
        ("wrong host", Some(ca.issue(&["mail.elsewhere.example"])?)),
        ("expired", Some(ca.issue_expired(&["localhost"])?)),
        ("unknown authority", Some(Ca::new()?.issue(&["localhost"])?)),
        ("no STARTTLS offered", None),
    ];
    for (case, certificate) in bad {
        let sink = sink(certificate.map_or(Security::Plain, Security::StartTls)).await?;
        let sent = send(&starttls(sink.port(), &ca)?, "lead@school.example").await;
        assert!(sent.is_err(), "{case}");
        assert_eq!(sink.count(), 0, "{case}");
    }
    Ok(())
}

#[tokio::test]
async fn each_scripted_answer_reaches_the_client() -> Result<()> {
    let reply = |step, line: &str| vec![Rule::reply(step, line)];
    let shut = Act::ReplyAndClose("421 4.3.2 Shutting down".into());
    let cases = [
        (reply(Step::Recipient, "450 4.7.1 Greylisted"), true, 0),
        (reply(Step::Recipient, "550 5.1.1 No such box"), false, 0),
        (reply(Step::Content, "552 5.2.2 Box full"), false, 0),
        (vec![Rule::always(Step::Data, shut)], true, 0),
        (vec![Rule::always(Step::Content, Act::Close)], false, 1),
    ];
    let sink = Sink::start().await?;
    for (rules, transient, taken) in cases {
        let case = format!("{rules:?}");
        sink.forget();
        sink.script(rules);
        let error = send(&in_clear(sink.port()), "lead@school.example").await.expect_err(&case);
        assert_eq!(error.is_transient(), transient, "{case}: {error}");
        assert_eq!(sink.count(), taken, "{case}");
        assert!(sink.mails().iter().all(|mail| !mail.answered), "{case}");
    }
    Ok(())
}

#[tokio::test]
async fn a_rule_is_used_up_and_applies_to_its_recipient_only() -> Result<()> {
    let sink = Sink::start().await?;
    let greylist = Act::Reply("450 4.7.1 Greylisted".into());
    sink.script([Rule::times(1, Step::Recipient, greylist).containing("first@")]);
    let client = in_clear(sink.port());
    assert!(send(&client, "second@school.example").await.is_ok());
    assert!(send(&client, "first@school.example").await.is_err());
    assert!(send(&client, "first@school.example").await.is_ok());
    assert_eq!(sink.count(), 2);
    Ok(())
}

#[tokio::test]
async fn a_stalled_step_is_left_to_the_clients_own_time_limit() -> Result<()> {
    let sink = Sink::start().await?;
    sink.script([Rule::always(Step::Sender, Act::Stall)]);
    let client = in_clear(sink.port());
    let sent = tokio::time::timeout(Duration::from_millis(300), send(&client, "lead@school.example")).await;
    assert!(sent.is_err(), "still waiting");
    assert_eq!(sink.sessions(), 1);
    Ok(())
}

#[tokio::test]
async fn a_client_that_shows_its_account_in_clear_is_counted() -> Result<()> {
    let sink = Sink::start_with(Settings { sign_in: true, ..Settings::default() }).await?;
    let unsigned = send(&in_clear(sink.port()), "lead@school.example").await.expect_err("not signed in");
    assert!(unsigned.is_permanent(), "{unsigned}");
    assert_eq!(sink.sign_ins_in_clear(), 0);
    Ok(())
}
