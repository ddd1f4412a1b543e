//! What leaders' figures are counted from: one row for each child due, with times and no identity.

use encompass_core::state::{ChildState, Reason};
use jiff::Timestamp;

use super::select::Select;
use crate::db::row;
use crate::{Result, Scope, Store};

/// One child whose due time lies in the period.
#[derive(Clone, Debug)]
pub struct FigureRow {
    /// Where it stands.
    pub state: ChildState,
    /// Why it was closed, if it was.
    pub reason: Option<Reason>,
    /// When a setting must have been told.
    pub due_at: Timestamp,
    /// When its incident first reached us.
    pub received_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// When it was first looked at, and why it was held then, if it was.
    pub first_decided_at: Option<Timestamp>,
    /// Why it was held first.
    pub first_hold: Option<String>,
    /// When its setting was decided.
    pub resolved_at: Option<Timestamp>,
    /// When something was first queued for a contact.
    pub queued_at: Option<Timestamp>,
    /// When a relay or endpoint first took it.
    pub sent_at: Option<Timestamp>,
    /// When a setting was first told.
    pub told_at: Option<Timestamp>,
    /// When a named person first said "I have it".
    pub acknowledged_at: Option<Timestamp>,
}

/// Refused messages of one force.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RefusedCount {
    /// Received in the period.
    pub received: i64,
    /// Of these, still waiting for a person.
    pub open: i64,
}

impl Store {
    /// Every child of a force in scope whose due time lies from `from` to before `to`; exercises and history,
    /// which are counted apart, are left out. What went to a setting that sent the child back counts as not done. Restricted cases count for every reader: a figure shows none of them.
    ///
    /// # Errors
    /// As the database says.
    pub async fn figure_rows(
        &self,
        scope: &Scope,
        force: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<FigureRow>> {
        let mut select = Select::new(
            "SELECT child.state AS state, child.reason AS reason, child.due_at AS due_at, \
             incident.received_at AS received_at, child.created_at AS accepted_at, child.told_at AS told_at, \
             (SELECT MIN(r.decided_at) FROM resolution r WHERE r.child_id = child.id) AS first_decided_at, \
             (SELECT r.reason FROM resolution r WHERE r.child_id = child.id ORDER BY r.decided_at, r.id LIMIT 1) \
             AS first_hold, (SELECT MIN(r.decided_at) FROM resolution r WHERE r.child_id = child.id \
             AND r.reason IS NULL AND NOT EXISTS (SELECT 1 FROM notification n WHERE n.child_id = child.id \
             AND n.resolution_id = r.id AND n.ended IN ('not_here', 'left'))) AS resolved_at, \
             (SELECT MIN(d.created_at) FROM delivery d JOIN delivery_notification dn ON dn.delivery_id = d.id \
             JOIN notification n ON n.id = dn.notification_id WHERE n.child_id = child.id \
             AND COALESCE(n.ended, '') NOT IN ('not_here', 'left')) AS queued_at, \
             (SELECT MIN(n.sent_at) FROM notification n WHERE n.child_id = child.id \
             AND COALESCE(n.ended, '') NOT IN ('not_here', 'left')) AS sent_at, \
             (SELECT MIN(n.acknowledged_at) FROM notification n WHERE n.child_id = child.id) AS acknowledged_at \
             FROM child JOIN incident ON incident.id = child.incident_id \
             WHERE incident.is_exercise = 0 AND incident.is_history = 0 AND child.force_id = ",
        );
        select.bind(force).add(" AND child.due_at >= ").bind(from).add(" AND child.due_at < ").bind(to);
        select.of_forces("child.force_id", scope).of_areas(scope);
        let rows = select.all(self).await?;
        rows.iter()
            .map(|found| {
                Ok(FigureRow {
                    state: row::word(found, "state")?,
                    reason: row::opt_word(found, "reason")?,
                    due_at: row::instant(found, "due_at")?,
                    received_at: row::instant(found, "received_at")?,
                    accepted_at: row::instant(found, "accepted_at")?,
                    first_decided_at: row::opt_instant(found, "first_decided_at")?,
                    first_hold: row::opt_text(found, "first_hold")?,
                    resolved_at: row::opt_instant(found, "resolved_at")?,
                    queued_at: row::opt_instant(found, "queued_at")?,
                    sent_at: row::opt_instant(found, "sent_at")?,
                    told_at: row::opt_instant(found, "told_at")?,
                    acknowledged_at: row::opt_instant(found, "acknowledged_at")?,
                })
            })
            .collect()
    }

    /// The messages of a force in scope that were refused from `from` to before `to`.
    ///
    /// # Errors
    /// As the database says.
    pub async fn refused_count(
        &self,
        scope: &Scope,
        force: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<RefusedCount> {
        let mut select = Select::new(
            "SELECT COUNT(*) AS n, CAST(COALESCE(SUM(CASE WHEN state = 'open' THEN 1 ELSE 0 END), 0) AS BIGINT) \
             AS n_open FROM refused WHERE force_id = ",
        );
        select.bind(force).add(" AND received_at >= ").bind(from).add(" AND received_at < ").bind(to);
        select.of_forces("force_id", scope);
        let Some(found) = select.one(self).await? else { return Ok(RefusedCount::default()) };
        Ok(RefusedCount { received: row::int(&found, "n")?, open: row::int(&found, "n_open")? })
    }
}
