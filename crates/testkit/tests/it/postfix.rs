use std::time::Duration;

use anyhow::Result;
use encompass_testkit::postfix::Relay;
use encompass_testkit::smtp::{Rule, Security, Settings, Sink, Step};
use encompass_testkit::{or_left_out, tls};

use crate::mail::{in_clear, send, starttls};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_relay_hands_on_by_tls_and_defers_what_it_could_only_send_in_clear() -> Result<()> {
    let ca = tls::Ca::new()?;
    let security = Security::StartTls(ca.issue(&["localhost"])?);
    let next = Sink::start_with(Settings { security, ..Settings::default() }).await?;
    let bare = Sink::start().await?;
    let extra = format!(
        "smtp_tls_security_level = secure\ntransport_maps = inline:{{ {{ bare.example = smtp:[localhost]:{} }} }}",
        bare.port()
    );
    let started = Relay::start(&ca, &format!("localhost:{}", next.port()), &extra).await;
    let Some(mut relay) = or_left_out("postfix", started) else { return Ok(()) };
    let client = starttls(relay.port(), &ca)?;
    send(&client, "lead@school.example").await?;
    send(&client, "lead@bare.example").await?;
    assert!(next.wait_for(1, SOON).await?[0].encrypted);
    let deferred = relay.wait_deferred(1, SOON).await?;
    assert_eq!(deferred[0].recipient, "lead@bare.example");
    assert!(deferred[0].reason.contains("TLS is required"), "{}", deferred[0].reason);
    assert_eq!(bare.count(), 0);
    Ok(())
}

#[tokio::test]
async fn a_relay_demands_tls_keeps_its_queue_when_stopped_and_tries_again() -> Result<()> {
    let ca = tls::Ca::new()?;
    let next = Sink::start().await?;
    next.script([Rule::reply(Step::Recipient, "450 4.7.1 Greylisted")]);
    let started = Relay::start(&ca, &format!("127.0.0.1:{}", next.port()), "").await;
    let Some(mut relay) = or_left_out("postfix", started) else { return Ok(()) };
    assert!(send(&in_clear(relay.port()), "lead@school.example").await.is_err());
    send(&starttls(relay.port(), &ca)?, "lead@school.example").await?;
    let deferred = relay.wait_deferred(1, SOON).await?;
    assert!(deferred[0].reason.contains("Greylisted"), "{}", deferred[0].reason);
    relay.stop().await?;
    next.script([]);
    relay.start_again().await?;
    relay.flush().await?;
    assert_eq!(next.wait_for(1, SOON).await?[0].to, ["lead@school.example"]);
    Ok(())
}
