//! The notices that a setting's own system fetches, by the notice id in the webhook that told it.

use encompass_core::calendar::london;
use encompass_core::id::{DeliveryId, SettingId};
use jiff::Timestamp;

use super::notice::Notice;
use crate::{Result, Tx};

impl Tx {
    /// The notifications of a notice that was sent by webhook to this setting's system, closed ones left out.
    ///
    /// # Errors
    /// As the database says.
    pub async fn pulled_notices(
        &mut self,
        notice: DeliveryId,
        setting: SettingId,
        now: Timestamp,
    ) -> Result<Vec<Notice>> {
        let select = "SELECT n.id AS id, n.ended AS ended, c.id AS contact_id FROM delivery d \
             JOIN contact c ON c.id = d.contact_id AND c.channel = 'webhook' AND c.state = 'verified' \
             JOIN delivery_notification dn ON dn.delivery_id = d.id \
             JOIN notification n ON n.id = dn.notification_id AND n.setting_id = c.setting_id \
             JOIN contact_force f ON f.contact_id = c.id AND f.force_id = n.force_id \
             AND (f.eligible_from IS NULL OR f.eligible_from <= $3) \
             WHERE d.id = $1 AND d.kind = 'notice' AND c.setting_id = $2 AND n.state <> 'closed' \
             ORDER BY n.due_at, n.id";
        let rows = sqlx::query(select)
            .bind(notice.bytes().to_vec())
            .bind(setting.bytes().to_vec())
            .bind(london::date(now).to_string())
            .fetch_all(self.conn())
            .await?;
        self.noticed(&rows).await
    }
}
