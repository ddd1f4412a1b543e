//! One contact that the desk was told of.

use encompass_core::id::ContactId;
use jiff::Timestamp;
use uuid::Uuid;

use super::import::{INSERT, Imported, columns, eligibility};
use crate::audit_log::{Entry, INSTALLATION};
use crate::db::{batch, row};
use crate::scope::Actor;
use crate::{Result, Tx};

impl Tx {
    /// Adds a contact behind the setting's others. It is unverified, like every new one.
    ///
    /// # Errors
    /// [`crate::Error::Constraint`] when the setting has a contact with that address already; else as the
    /// database says.
    pub async fn add_contact(&mut self, contact: &Imported, by: Actor, now: Timestamp) -> Result<ContactId> {
        let select = "SELECT COALESCE(MAX(place), -1) + 1 AS place FROM contact WHERE setting_id = $1";
        let query = sqlx::query(select).bind(contact.setting.bytes().to_vec());
        let place = row::int(&query.fetch_one(self.conn()).await?, "place")?;
        let id = ContactId::new(Uuid::now_v7());
        let row = columns(self, id, place, contact, now);
        batch::insert(self.conn(), INSERT, vec![row], "").await?;
        let rows = contact.forces.iter().map(|force| eligibility(id, force, contact.eligible_from)).collect();
        let head = "INSERT INTO contact_force (contact_id, force_id, eligible_from)";
        batch::insert(self.conn(), head, rows, "ON CONFLICT DO NOTHING").await?;
        self.audit(Entry::new(INSTALLATION, now, by, "contact.added", format!("contact:{id}")));
        Ok(id)
    }
}
