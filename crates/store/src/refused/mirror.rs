//! What the broker's own dead-letter topic is still to be given.

use encompass_core::id::RefusedId;
use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::keep::Origin;
use super::message::{Message, message_place};
use super::read::{Listed, listed};
use crate::db::{batch, row};
use crate::{Result, Store};

/// A refused message that came by a broker and is not in its dead-letter topic yet.
pub struct Unmirrored {
    /// All but its content.
    pub listed: Listed,
    /// The message as it came.
    pub message: Message,
}

impl Store {
    /// The oldest messages that are to be mirrored, but for those of some topics.
    pub async fn unmirrored(&self, most: i64, but_of: &[&str]) -> Result<Vec<Unmirrored>> {
        let head = "SELECT * FROM refused WHERE mirrored_at IS NULL AND topic IS NOT NULL";
        let but: String = (2..).take(but_of.len()).map(|place| format!(" AND topic <> ${place}")).collect();
        let select = AssertSqlSafe(format!("{head}{but} ORDER BY received_at, message_offset LIMIT $1"));
        let query = sqlx::query(select).bind(most);
        let query = but_of.iter().fold(query, |query, topic| query.bind((*topic).to_owned()));
        let rows = query.fetch_all(self.read()).await?;
        let mut unmirrored = Vec::with_capacity(rows.len());
        for found in &rows {
            let listed = listed(found)?;
            debug_assert!(matches!(listed.origin, Origin::Kafka(_)));
            let key = self.keys().unwrap(&listed.id.bytes(), Some(&row::bytes(found, "wrapped_key")?))?;
            let message = key.open_json(&message_place(listed.id), &row::bytes(found, "sealed_message")?)?;
            unmirrored.push(Unmirrored { listed, message });
        }
        Ok(unmirrored)
    }

    /// Notes that messages are in the dead-letter topic, by the broker's acknowledgement.
    pub async fn mark_mirrored(&self, ids: &[RefusedId], at: Timestamp) -> Result<()> {
        let mut tx = self.begin().await?;
        let rows = ids.iter().map(|id| vec![(*id).into(), at.into()]).collect();
        let update =
            "UPDATE refused SET mirrored_at = v.at FROM v WHERE refused.id = v.id RETURNING refused.id AS id";
        batch::with(tx.conn(), "id, at", rows, update).await?;
        tx.commit().await
    }
}
