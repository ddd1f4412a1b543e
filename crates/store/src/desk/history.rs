//! What was sent about an incident, try by try.

use encompass_core::id::{ContactId, DeliveryId, IncidentId, SettingId};
use encompass_core::state::{AttemptState, Channel, DeliveryState};
use jiff::Timestamp;

use super::select::Select;
use crate::db::row;
use crate::{Error, Result, Scope, Store};

/// A delivery of an incident, without its body.
#[derive(Clone, Debug)]
pub struct Send {
    /// Its id.
    pub id: DeliveryId,
    /// Its setting.
    pub setting: Option<SettingId>,
    /// The contact it goes to.
    pub contact: Option<ContactId>,
    /// How.
    pub channel: Channel,
    /// Where it stands.
    pub state: DeliveryState,
    /// Which time it is that this contact is written to about the incident, from 0.
    pub round: i64,
    /// When it was queued.
    pub created_at: Timestamp,
    /// When it will be tried next.
    pub next_at: Option<Timestamp>,
    /// Its tries, in their order.
    pub attempts: Vec<SendAttempt>,
}

/// One try of a delivery.
#[derive(Clone, Debug)]
pub struct SendAttempt {
    /// Its number.
    pub claim: i64,
    /// How it ended.
    pub state: AttemptState,
    /// The class of its failure.
    pub class: Option<String>,
    /// The reply's code.
    pub code: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Store {
    /// What was sent about an incident in scope, oldest first.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the incident is not in scope; else as the database says.
    pub async fn sends_of_incident(&self, scope: &Scope, incident: IncidentId) -> Result<Vec<Send>> {
        if !self.sees_incident(scope, incident).await? {
            return Err(Error::NotFound);
        }
        let mut select = Select::new("SELECT delivery.* FROM delivery WHERE delivery.incident_id = ");
        select.bind(incident).add(" ORDER BY delivery.created_at, delivery.id LIMIT 500");
        let mut sends = Vec::new();
        for found in select.all(self).await? {
            let id = row::id(&found, "id")?;
            sends.push(Send {
                id,
                setting: row::opt_id(&found, "setting_id")?,
                contact: row::opt_id(&found, "contact_id")?,
                channel: row::word(&found, "channel")?,
                state: row::word(&found, "state")?,
                round: row::int(&found, "round")?,
                created_at: row::instant(&found, "created_at")?,
                next_at: row::opt_instant(&found, "next_at")?,
                attempts: self.attempts_of(id).await?,
            });
        }
        Ok(sends)
    }

    async fn attempts_of(&self, delivery: DeliveryId) -> Result<Vec<SendAttempt>> {
        let mut select = Select::new("SELECT * FROM attempt WHERE delivery_id = ");
        select.bind(delivery).add(" ORDER BY claim LIMIT 200");
        let rows = select.all(self).await?;
        rows.iter()
            .map(|found| {
                Ok(SendAttempt {
                    claim: row::int(found, "claim")?,
                    state: row::word(found, "state")?,
                    class: row::opt_text(found, "class")?,
                    code: row::opt_text(found, "code")?,
                    started_at: row::instant(found, "started_at")?,
                    ended_at: row::opt_instant(found, "ended_at")?,
                })
            })
            .collect()
    }
}
