//! What is done about matches from time to time: a share is drawn for review, and the figures are brought up to date.

use encompass_matching::earned::{CONFIDENCE, lower_bound};
use encompass_store::Scope;
use jiff::Timestamp;

use crate::{Error, State};

/// Draws the share of the matches made since a moment of the machine's time, and sets the figures of every force.
///
/// # Errors
/// As the store says.
#[expect(clippy::cast_precision_loss, reason = "far below 2^53 matches")]
pub(crate) async fn step(state: &State, since: Timestamp) -> Result<(), Error> {
    let share = state.config().matching_review_share_ppm;
    state.store().draw_match_reviews(share, since, state.now()).await?;
    let metrics = state.metrics();
    for one in state.store().matches_reviewed(&Scope::service("oversight")).await? {
        let force = [one.force.as_str()];
        metrics.match_reviewed.with_label_values(&force).set(one.judged as f64);
        metrics.match_right.with_label_values(&force).set(one.right as f64);
        let low = lower_bound(one.right, one.judged, CONFIDENCE);
        metrics.match_precision_low.with_label_values(&force).set(low);
    }
    Ok(())
}
