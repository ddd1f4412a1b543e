//! Comparing what a force says it published with what came.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use tokio_util::sync::CancellationToken;

use crate::accept::default_due;
use crate::pace::Pace;
use crate::{Intake, Result};

/// Nobody waits for a comparison.
const TICK: Duration = Duration::from_secs(30);

/// Compares the tallies whose wait is over; says how many. One step, for tests and the demo.
///
/// # Errors
/// As the store says.
pub async fn compare_tallies(intake: &Intake) -> Result<usize> {
    let now = intake.clock.now();
    let wait = SignedDuration::from_mins(i64::from(intake.config.tally_wait_minutes));
    let before = now.saturating_sub(wait).unwrap_or(now);
    let mut tx = intake.store.begin().await?;
    let compared = tx.compare_tallies(before, now, default_due(now, &intake.rules).at).await?;
    tx.commit().await?;
    intake.metrics.recovered.set(intake.store.recovered_notifications().await?);
    Ok(compared)
}

pub(crate) async fn run(intake: Arc<Intake>, shutdown: CancellationToken) -> Result<()> {
    let mut pace = Pace::new();
    loop {
        match compare_tallies(&intake).await {
            Ok(0) => {
                pace.reset();
                tokio::select! {
                    () = shutdown.cancelled() => return Ok(()),
                    () = tokio::time::sleep(TICK) => {}
                }
            }
            Ok(_) => pace.reset(),
            Err(error) if error.is_transient() => {
                if !pace.wait(&shutdown).await {
                    return Ok(());
                }
            }
            Err(error) => return Err(error),
        }
    }
}
