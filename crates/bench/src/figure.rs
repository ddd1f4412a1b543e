//! Figures of one round, and medians of several.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// A round published as quickly as the producer could.
#[derive(Debug, Clone)]
pub struct Saturated {
    /// Incidents per second, from the first publish to the last acceptance.
    pub per_second: f64,
    /// The same, to the end of all work that the incidents gave, such as events published and attempts recorded.
    pub done_per_second: f64,
    /// Processor seconds per program, to the end of all work.
    pub processor: BTreeMap<String, f64>,
}

/// A round at a fixed rate: from an incident's publish to its mail's acceptance, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Paced {
    /// Half were quicker.
    pub p50_ms: f64,
    /// 95 of 100 were quicker.
    pub p95_ms: f64,
    /// 99 of 100 were quicker.
    pub p99_ms: f64,
    /// How long after the last publish the last mail was accepted.
    pub behind_ms: f64,
}

impl Saturated {
    /// From when each incident was published, its mail accepted, and all `done`.
    pub fn of(
        published: &[Instant],
        accepted: &[Instant],
        done: Instant,
        processor: BTreeMap<String, f64>,
    ) -> Saturated {
        #[expect(clippy::cast_precision_loss, reason = "counts of incidents are small")]
        let count = accepted.len() as f64;
        let first = published.iter().min();
        let until = |end: Instant| {
            let took = first.map(|first| end.saturating_duration_since(*first));
            count / took.map_or(f64::NAN, |took| took.as_secs_f64())
        };
        let last = accepted.iter().max().copied().unwrap_or(done);
        Saturated { per_second: until(last), done_per_second: until(done.max(last)), processor }
    }
}

impl Paced {
    /// From when each incident was published and its mail accepted, without the first `settling`.
    pub fn of(published: &[Instant], accepted: &[Instant], settling: Duration) -> Paced {
        let from = published.first().map(|first| *first + settling);
        let mut waits: Vec<f64> = published
            .iter()
            .zip(accepted)
            .filter(|(published, _)| from.is_some_and(|from| **published >= from))
            .map(|(published, accepted)| accepted.saturating_duration_since(*published).as_secs_f64() * 1e3)
            .collect();
        waits.sort_by(f64::total_cmp);
        let last = published.iter().max().zip(accepted.iter().max());
        let behind_ms =
            last.map_or(f64::NAN, |(sent, came)| came.saturating_duration_since(*sent).as_secs_f64() * 1e3);
        let at = |share| percentile(&waits, share);
        Paced { p50_ms: at(50), p95_ms: at(95), p99_ms: at(99), behind_ms }
    }

    /// The median of each figure.
    pub fn median(rounds: &[Paced]) -> Paced {
        let of = |figure: fn(&Paced) -> f64| median(rounds.iter().map(figure));
        Paced {
            p50_ms: of(|it| it.p50_ms),
            p95_ms: of(|it| it.p95_ms),
            p99_ms: of(|it| it.p99_ms),
            behind_ms: of(|it| it.behind_ms),
        }
    }

    /// Whether the rate was too high: work was left when publishing ended.
    pub fn is_overrun(&self) -> bool {
        self.behind_ms > 1_000.0
    }
}

/// The smallest value that so many of a hundred do not exceed (nearest rank), of values in order.
fn percentile(sorted: &[f64], share: usize) -> f64 {
    let rank = (sorted.len() * share).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or(f64::NAN)
}

/// The middle value, or the mean of the two in the middle.
pub fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let (upper, lower) = (sorted.len() / 2, sorted.len().saturating_sub(1) / 2);
    sorted.get(upper).zip(sorted.get(lower)).map_or(f64::NAN, |(upper, lower)| f64::midpoint(*upper, *lower))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(start: Instant, values: &[u64]) -> Vec<Instant> {
        values.iter().map(|value| start + Duration::from_millis(*value)).collect()
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values: Vec<f64> = (1..=200).map(f64::from).collect();
        assert_eq!([50, 95, 99].map(|share| percentile(&values, share)), [100.0, 190.0, 198.0]);
        assert_eq!(percentile(&[7.0], 99), 7.0);
        assert!(percentile(&[], 50).is_nan());
    }

    #[test]
    fn a_median_is_the_middle_or_between_the_two_in_the_middle() {
        assert_eq!(median([3.0, 1.0, 2.0].into_iter()), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0].into_iter()), 2.5);
        assert!(median(std::iter::empty()).is_nan());
    }

    #[test]
    fn a_saturated_rate_runs_from_first_publish_to_last_acceptance() {
        let start = Instant::now();
        let done = start + Duration::from_secs(1);
        let figure = Saturated::of(&ms(start, &[0, 100]), &ms(start, &[500, 300]), done, BTreeMap::new());
        assert_eq!((figure.per_second, figure.done_per_second), (4.0, 2.0));
    }

    #[test]
    fn latency_leaves_the_beginning_out_and_sees_an_overrun() {
        let start = Instant::now();
        let published = ms(start, &[0, 1_000, 2_000]);
        let figure = Paced::of(&published, &ms(start, &[900, 1_010, 2_030]), Duration::from_secs(1));
        assert_eq!((figure.p50_ms.round(), figure.p99_ms.round()), (10.0, 30.0));
        assert!(!figure.is_overrun());
        assert!(Paced::of(&published, &ms(start, &[900, 1_010, 3_500]), Duration::ZERO).is_overrun());
    }
}
