//! The six roles in processes of their own, as they are deployed on PostgreSQL with Kafka: each is killed by itself, while
//! a lead opens, acknowledges and sends back what comes.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use anyhow::{Context, ensure};
use encompass_store::watch;
use encompass_testkit::http;

use super::{Fault, World, repeated};
use crate::installation::{Ports, now, until};
use crate::lead::Lead;

/// Every role, those twice that share their work. Links in mails lead to the one portal.
const ROLES: [&str; 9] =
    ["intake", "intake", "resolver", "resolver", "notifier", "notifier", "portal", "watchdog", "oversight"];
const PORTAL: usize = 6;
const OVERSIGHT: usize = 8;
/// How often each process is killed.
const KILLS: usize = 2;
/// How often the rest happens, and the portal is killed once more, at which somebody always is.
const MIX: [(Fault, usize); 5] = [
    (Fault::Kill(PORTAL), 2),
    (Fault::Database, 5),
    (Fault::Broker, 4),
    (Fault::Relay, 4),
    (Fault::CutOff, 3),
];
/// A watchdog that looks often, a portal that lets one lead sign in again and again, and no more connections than the
/// database has for all.
const SETTINGS: [(&str, &str); 4] = [
    ("ENCOMPASS_WATCHDOG__EVERY_SECONDS", "1"),
    ("ENCOMPASS_PORTAL__CODES_PER_CONTACT", "1000"),
    ("ENCOMPASS_PORTAL__TRIES_PER_SOURCE", "10000"),
    ("ENCOMPASS_STORE__CONNECTIONS", "6"),
];
const SOON: Duration = Duration::from_secs(30);

#[tokio::test(flavor = "multi_thread")]
async fn kills_of_single_roles_while_people_answer_lose_nothing_and_tell_nobody_twice() -> anyhow::Result<()>
{
    let Some(mut world) = World::open("apart").await? else { return Ok(()) };
    let ran = run(&mut world).await;
    ran.with_context(|| world.told())
}

async fn run(world: &mut World) -> anyhow::Result<()> {
    let desk = start(world).await?;
    let kills = (0..ROLES.len()).map(|place| (Fault::Kill(place), KILLS));
    let faults = repeated(kills.chain(MIX));
    let (enough, lead) = (AtomicBool::new(false), Lead::new(world.sink.clone(), world.seed));
    let (feed, acted) = world.strike_under_load(faults, &enough, lead.answers_until(&enough)).await?;
    is_watched(world).await?;
    let page = http::client()?.get(format!("http://127.0.0.1:{desk}/sign-in")).send().await?;
    ensure!(page.status().is_success(), "the desk's page answers {}", page.status());
    world.judge(&feed, &acted).await
}

/// Starts every role. The desk's port.
async fn start(world: &mut World) -> anyhow::Result<u16> {
    let mut desk = 0;
    for (place, role) in ROLES.into_iter().enumerate() {
        let ports = if place == PORTAL { world.installation.first } else { Ports::free() };
        if place == OVERSIGHT {
            desk = ports.desk;
        }
        let name = format!("{role}-{place}");
        let mut spec = world.installation.spec_apart(role, ports)?;
        spec.log = world.installation.path(&format!("{name}.log"));
        spec.environment.extend(SETTINGS.map(|(name, value)| (name.to_owned(), value.to_owned())));
        world.start(name, spec).await?;
    }
    Ok(desk)
}

/// The watchdog has looked since everything was struck.
async fn is_watched(world: &World) -> anyhow::Result<()> {
    let (store, since) = (world.installation.store().await?, now());
    let beats = async || Ok(store.duty_beat(watch::DUTY).await?.is_some_and(|beat| beat > since));
    until("the watchdog looks again", SOON, beats).await
}
