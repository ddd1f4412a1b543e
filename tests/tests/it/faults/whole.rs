//! Two replicas of `encompass all` on PostgreSQL, with Kafka.

use std::sync::atomic::AtomicBool;

use anyhow::Context;

use super::{Fault, World, repeated};
use crate::deed::Acted;
use crate::installation::Ports;

/// How often each happens.
const MIX: [(Fault, usize); 6] = [
    (Fault::Kill(0), 6),
    (Fault::Kill(1), 6),
    (Fault::Database, 4),
    (Fault::Broker, 3),
    (Fault::Relay, 3),
    (Fault::CutOff, 4),
];

#[tokio::test(flavor = "multi_thread")]
async fn faults_of_whole_processes_under_load_lose_nothing_and_tell_nobody_twice() -> anyhow::Result<()> {
    let Some(mut world) = World::open("faults").await? else { return Ok(()) };
    let ran = run(&mut world).await;
    ran.with_context(|| world.told())
}

async fn run(world: &mut World) -> anyhow::Result<()> {
    for (name, ports) in [("first", world.installation.first), ("second", Ports::free())] {
        let spec = world.installation.spec(ports)?;
        world.start(name.to_owned(), spec).await?;
    }
    let nobody_acts = async { Ok(()) };
    let (feed, ()) = world.strike_under_load(repeated(MIX), &AtomicBool::new(false), nobody_acts).await?;
    world.judge(&feed, &Acted::default()).await
}
