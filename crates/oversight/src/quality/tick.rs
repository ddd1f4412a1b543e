//! Once a day the sample of the day before is drawn, by the domain clock; a share of new matches at each look.

use std::time::Duration;

use encompass_core::calendar::london;
use encompass_store::Actor;
use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use ring::rand::{SecureRandom, SystemRandom};
use tokio_util::sync::CancellationToken;

use super::draw_sample;
use crate::{Error, State, matching};

/// How often it is looked whether a new day has begun.
const LOOK_EACH: Duration = Duration::from_secs(60);
/// How long an unavailable store is waited for between tries.
const STORE_WAIT: Duration = Duration::from_secs(30);

/// How far back matches are drawn for review when nothing is known of an earlier look.
const MATCHES_BEFORE: SignedDuration = SignedDuration::from_hours(14 * 24);
/// How long before the last look matches are drawn again, for those that were committed late.
const MATCHES_AGAIN: SignedDuration = SignedDuration::from_mins(2);

/// Draws yesterday's sample of every force, unless it was drawn, and a share of the matches. `seed` is recorded with
/// what is drawn under it. Says how many children were drawn for quality review.
///
/// # Errors
/// As the store says.
pub async fn step(state: &State, seed: i64) -> Result<usize, Error> {
    matching::step(state, before(state.machine(), MATCHES_BEFORE)).await?;
    sample(state, seed).await
}

fn before(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.saturating_sub(by).unwrap_or(Timestamp::MIN)
}

async fn sample(state: &State, seed: i64) -> Result<usize, Error> {
    let share = state.config().sample.share;
    if share <= 0.0 {
        return Ok(0);
    }
    let now = state.now();
    let period = yesterday(now);
    let mut drawn = 0;
    for (force, _) in state.forces().iter() {
        let by = Actor::Service("oversight");
        let count = draw_sample(state.store(), force, period, share, seed, by, now).await?;
        state.metrics().sampled.with_label_values(&[force]).inc_by(u64::try_from(count).unwrap_or(u64::MAX));
        drawn += count;
    }
    Ok(drawn)
}

/// From the first moment of yesterday to that of today, Europe/London.
fn yesterday(now: Timestamp) -> (Timestamp, Timestamp) {
    let today = london::date(now);
    let before = today.yesterday().unwrap_or(today);
    let midnight = |date: jiff::civil::Date| london::instant(date.to_datetime(Time::midnight()));
    (midnight(before), midnight(today))
}

/// Draws each day's sample until `shutdown`. A store that is away is waited for.
///
/// # Errors
/// When the store fails otherwise than by being away.
pub async fn run(state: State, shutdown: CancellationToken) -> Result<(), Error> {
    let mut is_away = false;
    let mut since = before(state.machine(), MATCHES_BEFORE);
    loop {
        let began = state.machine();
        let worked = match matching::step(&state, since).await {
            Ok(()) => sample(&state, seed()).await,
            Err(error) => Err(error),
        };
        let wait = match worked {
            Ok(_) => {
                is_away = false;
                since = before(began, MATCHES_AGAIN);
                LOOK_EACH
            }
            Err(Error::Store(error)) if error.is_transient() => {
                if !is_away {
                    tracing::warn!(%error, "drawing the sample waits for the store");
                }
                is_away = true;
                STORE_WAIT
            }
            Err(error) => return Err(error),
        };
        tokio::select! {
            () = shutdown.cancelled() => return Ok(()),
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// Nobody can know beforehand who will be drawn.
fn seed() -> i64 {
    let mut bytes = [0; 8];
    SystemRandom::new().fill(&mut bytes).expect("the operating system gives random bytes");
    i64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yesterday_is_a_day_of_london_also_when_the_clocks_change() {
        for (now, from, to) in [
            ("2026-01-15T00:30:00Z", "2026-01-14T00:00:00Z", "2026-01-15T00:00:00Z"),
            ("2026-07-01T23:30:00Z", "2026-06-30T23:00:00Z", "2026-07-01T23:00:00Z"),
            ("2026-03-30T09:00:00Z", "2026-03-29T00:00:00Z", "2026-03-29T23:00:00Z"),
        ] {
            let at = |text: &str| text.parse::<Timestamp>().unwrap();
            assert_eq!(yesterday(at(now)), (at(from), at(to)), "{now}");
        }
    }
}
