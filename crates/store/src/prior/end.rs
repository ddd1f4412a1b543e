//! Closing again what was closed: nobody is told of a child whom a person closed, or at a setting where it is not.

use encompass_core::id::{ChildId, NotificationId};
use encompass_core::state::{ChildState, Hold, NotificationEnd, NotificationState, Reason};
use jiff::Timestamp;

use super::recover::Priors;
use crate::notification::Notification;
use crate::{Actor, Error, Result, Tx, delivery};

/// Who closes again. Who closed first stood in the part of the audit log that is lost.
const RECOVERY: Actor = Actor::Service("recovery");

impl Tx {
    /// Closes notifications that had been closed. Says which.
    pub(super) async fn end_prior_notifications(
        &mut self,
        ids: &[NotificationId],
        priors: &Priors,
    ) -> Result<Vec<[u8; 16]>> {
        let is_ended = |id: &&NotificationId| priors[&id.bytes()].ended.is_some();
        let ended: Vec<NotificationId> = ids.iter().filter(is_ended).copied().collect();
        let mut applied = Vec::new();
        for notification in self.notifications(&ended).await? {
            let id = notification.id.bytes();
            let Some((end, at)) = &priors[&id].ended else { continue };
            if matches!(notification.state, NotificationState::Closed | NotificationState::Acknowledged) {
                continue;
            }
            let end = end.parse().map_err(|_| Error::Corrupt("ended".to_owned()))?;
            match end {
                NotificationEnd::NotHere | NotificationEnd::Left => {
                    self.not_here(&notification, end, &RECOVERY, *at).await?;
                }
                _ => self.withhold(&notification, end, *at).await?,
            }
            applied.push(id);
        }
        Ok(applied)
    }

    /// Closes children that had been closed, and holds those that had been handed over: to whom is not told. Says
    /// which.
    pub(super) async fn end_prior_children(
        &mut self,
        ids: &[ChildId],
        priors: &Priors,
    ) -> Result<Vec<[u8; 16]>> {
        let is_ended = |id: &&ChildId| priors.get(&id.bytes()).is_some_and(|prior| prior.ended.is_some());
        let ended: Vec<ChildId> = ids.iter().filter(is_ended).copied().collect();
        let mut applied = Vec::new();
        for child in self.children(&ended).await? {
            let Some((reason, at)) = &priors[&child.id.bytes()].ended else { continue };
            if matches!(child.state, ChildState::Closed | ChildState::HandedOver) {
                continue;
            }
            match reason.parse().map_err(|_| Error::Corrupt("ended".to_owned()))? {
                Reason::HandedOver => {
                    let children = std::slice::from_ref(&child);
                    self.end_notifications(children, NotificationEnd::ByPerson, *at).await?;
                    self.hold_again(&child, Hold::Restored, None, *at).await?;
                }
                reason => self.close_children(std::slice::from_ref(&child), reason, &RECOVERY, *at).await?,
            }
            applied.push(child.id.bytes());
        }
        Ok(applied)
    }

    /// A notification that was closed untold, by a person or a newer version, is not sent before a person or that
    /// version says so again.
    async fn withhold(
        &mut self,
        notification: &Notification,
        end: NotificationEnd,
        at: Timestamp,
    ) -> Result<()> {
        let update = "UPDATE notification SET state = 'closed', ended = $2, closed_at = $3, next_at = NULL, \
             call_at = NULL WHERE id = $1 AND told_at IS NULL AND state <> 'closed'";
        let query = sqlx::query(update).bind(notification.id.bytes().to_vec()).bind(end.as_str());
        let closed = query.bind(at.as_microsecond()).execute(self.conn()).await?;
        if closed.rows_affected() == 0 {
            return Ok(());
        }
        delivery::stop_idle(self, &[notification.id]).await?;
        self.changed(notification.changed(NotificationState::Closed, at, Some(end.as_str())));
        self.hold_again(&notification.child, Hold::Restored, notification.authority.clone(), at).await
    }
}
