//! Drawing matches that were sent without a person for a reviewer: a share of all, by a keyed hash, so that nobody can
//! know beforehand or choose, and drawing again draws the same.

use encompass_core::id::{ChildId, IdentityKey, ResolutionId};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::db::{Value, batch, row};
use crate::desk::Select;
use crate::{Result, Store};

/// Resolutions looked at at once: few, so that nothing else waits for them.
const BATCH: i64 = 500;

impl Store {
    /// Draws the share of the matches that were made without a person since a moment of the machine's time; exercises
    /// and history are left out. What was drawn before stands. Says how many were drawn.
    ///
    /// # Errors
    /// As the database says.
    pub async fn draw_match_reviews(
        &self,
        share_ppm: u32,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<usize> {
        let (mut drawn, mut after) = (0, first_id(since));
        if share_ppm == 0 {
            return Ok(0);
        }
        loop {
            let found = self.resolutions_after(&after).await?;
            let Some(last) = found.last() else { break };
            after = row::bytes(last, "id")?;
            let chosen = found.iter().filter_map(|found| self.chosen(found, share_ppm, now).transpose());
            let chosen = chosen.collect::<Result<Vec<_>>>()?;
            if !chosen.is_empty() {
                let mut tx = self.begin().await?;
                let head = "INSERT INTO match_review (force_id, child_id, resolution_id, drawn_at)";
                drawn += batch::insert(tx.conn(), head, chosen, "ON CONFLICT DO NOTHING").await?;
                tx.commit().await?;
            }
            tokio::task::yield_now().await;
        }
        Ok(usize::try_from(drawn).unwrap_or(usize::MAX))
    }

    /// The next resolutions after an id, and whether each sent a match without a person. Ids of resolutions rise with the
    /// machine's time.
    async fn resolutions_after(&self, id: &[u8]) -> Result<Vec<AnyRow>> {
        // The page is cut before anything is joined to it: a planner that knows no counts would join all there is.
        let mut select = Select::new(
            "SELECT page.id AS id, page.force_id AS force_id, page.child_id AS child_id, \
             CASE WHEN kind = 'matched' AND page.reason IS NULL AND decided_by LIKE 'service:%' \
             AND is_exercise = 0 AND is_history = 0 THEN 1 ELSE 0 END AS is_sent \
             FROM (SELECT id, force_id, child_id, kind, reason, decided_by FROM resolution WHERE id > ",
        );
        select.bind(id.to_vec()).add(" ORDER BY id LIMIT ").bind(BATCH).add(
            ") AS page JOIN child ON child.id = page.child_id JOIN incident ON incident.id = child.incident_id \
             ORDER BY page.id",
        );
        select.all(self).await
    }

    /// The row of a resolution that is drawn.
    fn chosen(&self, found: &AnyRow, share_ppm: u32, now: Timestamp) -> Result<Option<Vec<Value>>> {
        let child: ChildId = row::id(found, "child_id")?;
        if !row::flag(found, "is_sent")? || !is_drawn(self.identity(), child, share_ppm) {
            return Ok(None);
        }
        let resolution: ResolutionId = row::id(found, "id")?;
        Ok(Some(vec![row::text(found, "force_id")?.into(), child.into(), resolution.into(), now.into()]))
    }
}

/// What no id of version 7 that was drawn since a moment is below (RFC 9562, section 5.7).
fn first_id(since: Timestamp) -> Vec<u8> {
    let millis = u64::try_from(since.as_millisecond()).unwrap_or(0);
    let mut id = millis.to_be_bytes()[2..].to_vec();
    id.resize(16, 0);
    id
}

/// Whether a child is of the share that is drawn.
fn is_drawn(key: &IdentityKey, child: ChildId, share_ppm: u32) -> bool {
    let hash = key.hash("match review", &[&child.bytes()]);
    let mut first = [0; 8];
    first.copy_from_slice(&hash[..8]);
    u64::from_be_bytes(first) % 1_000_000 < u64::from(share_ppm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_drawn_since_a_moment_are_above_its_first() {
        let moment: Timestamp = "2026-03-03T09:00:00Z".parse().unwrap();
        let at = |seconds: u64, nanos| uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos);
        let seconds = u64::try_from(moment.as_second()).unwrap();
        for (drawn, is_after) in [(at(seconds, 0), true), (at(seconds - 1, 999_000_000), false)] {
            let id = uuid::Uuid::new_v7(drawn);
            assert_eq!(id.as_bytes().as_slice() > first_id(moment).as_slice(), is_after);
        }
        assert_eq!(first_id(Timestamp::MIN), [0; 16]);
    }

    #[test]
    fn about_the_share_is_drawn_and_a_larger_share_only_adds() {
        let key = IdentityKey::new(&[7; 32]);
        let children: Vec<ChildId> =
            (0..20_000_u128).map(|n| ChildId::new(uuid::Uuid::from_u128(n))).collect();
        let drawn = |share| children.iter().filter(|child| is_drawn(&key, **child, share)).count();
        let small = drawn(20_000);
        assert!((300..500).contains(&small), "2 % of 20,000 are about 400, not {small}");
        assert_eq!((drawn(0), drawn(1_000_000)), (0, 20_000));
        let adds = |child: &&ChildId| !is_drawn(&key, **child, 20_000) || is_drawn(&key, **child, 100_000);
        assert!(children.iter().all(|child| adds(&child)));
    }
}
