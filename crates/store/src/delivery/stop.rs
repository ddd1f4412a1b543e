//! Stopping what nobody is owed any more.

use encompass_core::id::NotificationId;

use crate::db::batch;
use crate::{Result, Tx};

/// A delivery that somebody is still owed: a mail, or a notice with its link that carries a notification which is open and
/// not told yet. What was stopped while a replica was sending it is not tried again.
macro_rules! is_owed {
    () => {
        "(delivery.kind <> 'notice' OR (delivery.link_hash IS NOT NULL AND EXISTS (SELECT 1 FROM delivery_notification \
         JOIN notification ON notification.id = delivery_notification.notification_id \
         WHERE delivery_notification.delivery_id = delivery.id AND notification.told_at IS NULL \
         AND notification.state <> 'closed')))"
    };
}
pub(super) use is_owed;

/// Stops the deliveries of `ended` notifications that carry no open one any more, and closes their links.
/// What a replica is sending at this moment goes out, but its link opens nothing and it is not tried again.
pub(crate) async fn stop_idle(tx: &mut Tx, ended: &[NotificationId]) -> Result<()> {
    let rows = ended.iter().map(|id| vec![(*id).into()]).collect();
    let update = "UPDATE delivery SET state = CASE WHEN delivery.state = 'queued' THEN 'stopped' ELSE delivery.state \
         END, link_hash = NULL, next_at = NULL WHERE delivery.id IN (SELECT delivery_notification.delivery_id \
         FROM delivery_notification JOIN v ON v.id = delivery_notification.notification_id) \
         AND NOT EXISTS (SELECT 1 FROM delivery_notification JOIN notification \
         ON notification.id = delivery_notification.notification_id \
         WHERE delivery_notification.delivery_id = delivery.id AND notification.state <> 'closed') \
         RETURNING delivery.id AS id";
    batch::with(tx.conn(), "id", rows, update).await?;
    Ok(())
}
