//! Drawing a sample: in every stratum the stated share, by hash order under the seed.

use std::collections::BTreeMap;

use encompass_core::id::SampleId;
use encompass_store::sample::{Drawn, Framed, Period};
use encompass_store::{Actor, Result, Store};
use jiff::Timestamp;

const MILLION: f64 = 1_000_000.0;

/// Draws the sample of a force's children who were due from one moment to before another. `share` is from 0 to 1.
/// What was drawn before stands: calling again draws nothing. Says how many children were drawn.
///
/// # Errors
/// As the database says.
pub async fn draw_sample(
    store: &Store,
    force: &str,
    (from, to): (Timestamp, Timestamp),
    share: f64,
    seed: i64,
    by: Actor,
    now: Timestamp,
) -> Result<usize> {
    let period = Period { force: force.to_owned(), from, to };
    if store.sample_of(&period).await?.is_some() {
        return Ok(0);
    }
    let frame = store.sample_frame(&period, now).await?;
    let share_ppm = parts_per_million(share);
    let size = i64::try_from(frame.len()).unwrap_or(i64::MAX);
    let children = choose(frame, share_ppm, seed);
    let count = children.len();
    let mut tx = store.begin().await?;
    let drawn = Drawn { period, seed, share_ppm, frame: size, children };
    let written = tx.record_sample(drawn, by, now).await?;
    tx.commit().await?;
    Ok(written.map_or(0, |_: SampleId| count))
}

#[expect(clippy::cast_possible_truncation, reason = "a share from 0 to 1 is at most a million parts")]
fn parts_per_million(share: f64) -> i64 {
    (share.clamp(0.0, 1.0) * MILLION).round() as i64
}

/// In every stratum the share, rounded up, so that a rare one, such as children who were closed, is never left out.
fn choose(frame: Vec<Framed>, share_ppm: i64, seed: i64) -> Vec<Framed> {
    let mut strata: BTreeMap<String, Vec<Framed>> = BTreeMap::new();
    for one in frame {
        strata.entry(one.stratum.clone()).or_default().push(one);
    }
    let share = usize::try_from(share_ppm.max(0)).unwrap_or(0);
    let mut chosen = Vec::new();
    for mut stratum in strata.into_values() {
        stratum.sort_by_cached_key(|one| one.rank(seed));
        stratum.truncate((stratum.len() * share).div_ceil(1_000_000));
        chosen.append(&mut stratum);
    }
    chosen
}

#[cfg(test)]
mod tests {
    use encompass_core::id::ChildId;
    use proptest::prelude::*;

    use super::*;

    fn frame(sizes: &[usize]) -> Vec<Framed> {
        let mut frame = Vec::new();
        for (stratum, size) in sizes.iter().enumerate() {
            for place in 0..*size {
                let mut bytes = [0; 16];
                bytes[0] = u8::try_from(stratum).unwrap();
                bytes[1..9].copy_from_slice(&place.to_be_bytes());
                let child = ChildId::from_slice(&bytes).unwrap();
                frame.push(Framed { child, stratum: stratum.to_string() });
            }
        }
        frame
    }

    #[test]
    fn each_stratum_gives_its_share_rounded_up() {
        for (sizes, share_ppm, expected) in [
            (&[100, 10, 1][..], 50_000, 5 + 1 + 1),
            (&[100, 10, 1], 0, 0),
            (&[100, 10, 1], 1_000_000, 111),
            (&[0], 500_000, 0),
        ] {
            assert_eq!(choose(frame(sizes), share_ppm, 7).len(), expected, "{sizes:?} at {share_ppm}");
        }
    }

    proptest! {
        #[test]
        fn the_same_seed_draws_the_same_and_a_larger_share_only_adds(seed: i64, sizes in prop::collection::vec(0_usize..40, 1..5)) {
            let small = choose(frame(&sizes), 200_000, seed);
            prop_assert_eq!(&small, &choose(frame(&sizes), 200_000, seed));
            let large = choose(frame(&sizes), 600_000, seed);
            prop_assert!(small.iter().all(|one| large.contains(one)));
        }
    }
}
