//! What a link in a mail leads to, before anybody has proved anything: no child, no name.

use encompass_core::id::ContactId;
use encompass_core::state::Channel;
use jiff::Timestamp;

use super::notice::visible;
use super::verification::hash_of;
use crate::db::row;
use crate::{Result, Store};

/// A notice's link that still opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The force that wrote.
    pub force: String,
    /// Where a code for it would go.
    pub reach: Reach,
    /// How many notifications of that force wait for the contact.
    pub waiting: usize,
    /// The earliest time by which one of them must be read.
    pub due_at: Option<Timestamp>,
}

/// How the one who has a link proves who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// By a code to this contact's mail.
    Mail(ContactId),
    /// Not at all: the link went to a system for which no verified mailbox of the same person is known.
    Nowhere,
}

impl Store {
    /// What the link with this token leads to; `None` when it is unknown, has expired or was closed.
    ///
    /// # Errors
    /// As the database says.
    pub async fn portal_link(&self, token: &str, now: Timestamp) -> Result<Option<Link>> {
        let select = "SELECT delivery.force_id AS force_id, contact.id AS contact_id, contact.channel AS channel, \
             (SELECT m.id FROM contact m WHERE m.setting_id = contact.setting_id AND m.name_hash = contact.name_hash \
             AND m.channel = 'email' AND m.state = 'verified' ORDER BY m.place LIMIT 1) AS mailbox_id \
             FROM delivery JOIN contact ON contact.id = delivery.contact_id WHERE delivery.link_hash = $1 \
             AND delivery.link_until > $2 AND delivery.kind = 'notice' AND contact.state = 'verified'";
        let query = sqlx::query(select).bind(hash_of(token)?.to_vec()).bind(now.as_microsecond());
        let Some(found) = query.fetch_optional(self.read()).await? else { return Ok(None) };
        let contact: ContactId = row::id(&found, "contact_id")?;
        let channel: Channel = row::word(&found, "channel")?;
        let mailbox =
            if channel == Channel::Email { Some(contact) } else { row::opt_id(&found, "mailbox_id")? };
        let force = row::text(&found, "force_id")?;
        let rows = visible(self.read(), mailbox.unwrap_or(contact), now).await?;
        let mut waiting = Vec::with_capacity(rows.len());
        for found in &rows {
            if row::text(found, "force_id")? == force && row::text(found, "state")? != "acknowledged" {
                waiting.push(row::instant(found, "due_at")?);
            }
        }
        Ok(Some(Link {
            force,
            reach: mailbox.map_or(Reach::Nowhere, Reach::Mail),
            waiting: waiting.len(),
            due_at: waiting.into_iter().min(),
        }))
    }
}
