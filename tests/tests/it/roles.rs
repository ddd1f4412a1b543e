//! Every role in a process of its own, as they are deployed.

use std::time::Duration;

use anyhow::{Context, ensure};
use encompass_core::state::NotificationState;
use encompass_county::{FORCE, Workload};
use encompass_store::{Clock, watch};
use encompass_testkit::kafka::Message;
use encompass_testkit::service::Service;
use encompass_testkit::smtp::Sink;
use encompass_testkit::{http, kafka, or_left_out, postgres};

use crate::events::Events;
use crate::feed::workload;
use crate::installation::{Installation, Ports, READY_WITHIN, SCOPE, Setup, now, stop, until};
use crate::letters;
use crate::visit::acknowledge;

const TOPIC: &str = "roles";
const SOON: Duration = Duration::from_secs(30);
/// How soon a role that only waits must end.
const AT_ONCE: Duration = Duration::from_secs(10);
const WAITS: &str = "waiting for an intake that has read the lifecycle topic";

#[tokio::test(flavor = "multi_thread")]
async fn roles_started_apart_take_an_incident_through_together_once_intake_has_read_back()
-> anyhow::Result<()> {
    let Some(kafka) = or_left_out("Kafka", kafka::shared().await) else { return Ok(()) };
    let Some(postgres) = or_left_out("PostgreSQL", postgres::shared().await) else { return Ok(()) };
    for topic in [TOPIC, "roles.events", "roles.dlq"] {
        kafka.create_topic(topic, 4).await?;
    }
    let sink = Sink::start().await?;
    let installation = Installation::new(Setup {
        url: Some(postgres.database().await?),
        kafka: Some((&kafka, TOPIC)),
        relay: Some(sink.port()),
        ..Setup::default()
    })?;
    installation.import(workload()).await?;
    installation.verify_lead().await?;
    together(&installation, &kafka, &sink).await
}

async fn together(at: &Installation, kafka: &kafka::Client, sink: &Sink) -> anyhow::Result<()> {
    let mut impatient = Service::start(at.spec_apart("notifier", Ports::free())?, READY_WITHIN).await?;
    impatient.says(WAITS, SOON).await?;
    let ended = impatient.terminate(AT_ONCE).await?;
    ensure!(ended.success(), "SIGTERM ended a notifier that waits with {ended}");

    let mut roles = Vec::new();
    for role in ["resolver", "notifier", "portal", "watchdog", "oversight"] {
        let ports = if role == "portal" { at.first } else { Ports::free() };
        roles.push((ports, Service::start(at.spec_apart(role, ports)?, READY_WITHIN).await?));
    }
    for (_, role) in &mut roles[..2] {
        role.says(WAITS, SOON).await?;
    }
    let (reference, event) = workload().event(3, now());
    let headers: &[(&str, &str)] = &[("content-type", "application/cloudevents+json")];
    kafka.produce(TOPIC, Message { key: &reference, headers, payload: &event }).await?;
    let ports = Ports::free();
    roles.push((ports, Service::start(at.spec_apart("intake", ports)?, READY_WITHIN).await?));

    let notice = letters::next(sink, 0, Workload::LEAD).await?;
    acknowledge(sink, &letters::link(&notice, "/n/")?).await?;
    let store = at.store().await?;
    let case = store.find_case(&SCOPE(), FORCE, &reference).await?;
    ensure!(case.children[0].told[0].state == NotificationState::Acknowledged, "it was not acknowledged");
    let is_told = async || {
        let words = Events::read(kafka, "roles.events").await?.about(&case.id);
        Ok(words.iter().any(|words| words.ends_with("acknowledged")))
    };
    until("the force is told of it", SOON, is_told).await?;
    let beats = async || {
        let beat = store.duty_beat(watch::DUTY).await?.context("the watchdog never looked")?;
        Ok(Clock::machine_time().now().duration_since(beat).as_secs() < 120)
    };
    until("the watchdog looks", SOON, beats).await?;
    let desk = format!("http://127.0.0.1:{}/sign-in", roles[4].0.desk);
    ensure!(http::client()?.get(desk).send().await?.status().is_success(), "the desk's page does not answer");
    for (_, role) in &mut roles {
        stop(role).await?;
    }
    Ok(())
}
