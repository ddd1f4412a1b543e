//! Due times that change: with a correction, or with the calendars. Every value is kept, and none of what was told
//! changes any more.

use std::collections::BTreeMap;

use encompass_core::due::{Known, KnownFrom};
use encompass_core::id::{ChildId, LoadId, NotificationId, SettingId, of};
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::child::Child;
use crate::db::{Value, batch, row};
use crate::incident::Due;
use crate::resolution::newest_evidence;
use crate::{Result, Store, Tx};

/// A due time that takes the place of another.
#[derive(Clone)]
pub struct Redue {
    /// The force.
    pub force: String,
    /// The child.
    pub child: ChildId,
    /// The notification and the time of its call; `None`: the child itself.
    pub notification: Option<(NotificationId, Timestamp)>,
    /// When the force knew.
    pub known_at: Timestamp,
    /// The new value.
    pub due: Due,
}

impl Redue {
    /// A new due time of the child itself.
    pub fn of_child(child: &Child, known_at: Timestamp, due: Due) -> Self {
        Self { force: child.force.clone(), child: child.id, notification: None, known_at, due }
    }
}

/// A child that was not told yet, with what its due time is worked out from.
pub struct OpenDue {
    /// The child.
    pub child: Child,
    /// When the force knew.
    pub known: Known,
    /// The settings that are owed a notification, with its due time and when it was made. Empty while it is held.
    pub settings: Vec<(SettingId, Timestamp, Timestamp)>,
    /// While it is held: the evidence of the newest resolution, where there is one that can be opened.
    pub evidence: Option<Zeroizing<Vec<u8>>>,
}

/// When a force knew, from what an incident's row has of it.
pub fn known(at: Timestamp, by: &str) -> Known {
    let from = match by {
        "known_at" | "known" => KnownFrom::Known,
        "recorded_at" | "recorded" => KnownFrom::Recorded,
        "published_at" | "published" => KnownFrom::Published,
        _ => KnownFrom::Receipt,
    };
    Known { at, from }
}

impl Tx {
    /// Sets due times, with those of the tasks that ask about them; what was told by now stays.
    ///
    /// # Errors
    /// As the database says.
    pub async fn set_dues(&mut self, dues: Vec<Redue>, at: Timestamp) -> Result<()> {
        let mut values = Vec::with_capacity(dues.len());
        let (mut children, mut notifications): (Vec<Vec<Value>>, Vec<Vec<Value>>) = (Vec::new(), Vec::new());
        for Redue { force, child, notification, known_at, due } in dues {
            let subject: Value = notification.map_or_else(|| child.into(), |(id, _)| id.into());
            values.push(vec![
                force.into(),
                subject,
                at.into(),
                due.at.into(),
                due.is_provisional.into(),
                due.reasoning.into(),
            ]);
            match notification {
                Some((id, call_at)) => {
                    notifications.push(vec![id.into(), known_at.into(), due.at.into(), call_at.into()]);
                }
                None => children.push(vec![child.into(), known_at.into(), due.at.into()]),
            }
        }
        let head = "INSERT INTO due_value (force_id, subject_id, set_at, due_at, is_provisional, reasoning)";
        batch::insert(self.conn(), head, values, "ON CONFLICT DO NOTHING").await?;
        let update = "UPDATE child SET known_at = v.known_at, due_at = v.due_at, \
             next_at = CASE WHEN child.next_at IS NULL THEN NULL ELSE v.due_at END FROM v \
             WHERE child.id = v.id AND child.told_at IS NULL RETURNING child.id AS id";
        batch::with(self.conn(), "id, known_at, due_at", children.clone(), update).await?;
        let update = "UPDATE task SET due_at = v.due_at FROM v WHERE task.child_id = v.id \
             AND task.notification_id IS NULL AND task.state <> 'settled' RETURNING task.id AS id";
        batch::with(self.conn(), "id, known_at, due_at", children, update).await?;
        // What was to happen at the call or at the due time moves with it; what was to happen before stays.
        let update = "UPDATE notification SET known_at = v.known_at, due_at = v.due_at, \
             next_at = CASE WHEN notification.next_at = notification.call_at THEN v.call_at \
             WHEN notification.next_at = notification.due_at THEN v.due_at ELSE notification.next_at END, \
             call_at = CASE WHEN notification.call_at IS NULL THEN NULL ELSE v.call_at END FROM v \
             WHERE notification.id = v.id AND notification.told_at IS NULL AND notification.state <> 'closed' \
             RETURNING notification.id AS id";
        let columns = "id, known_at, due_at, call_at";
        batch::with(self.conn(), columns, notifications.clone(), update).await?;
        let update = "UPDATE task SET due_at = v.due_at FROM v WHERE task.notification_id = v.id \
             AND task.state <> 'settled' RETURNING task.id AS id";
        batch::with(self.conn(), columns, notifications, update).await?;
        Ok(())
    }

    /// Those of these children who were not told yet, locked until the transaction ends.
    ///
    /// # Errors
    /// As the database says.
    pub async fn open_dues(&mut self, ids: &[ChildId]) -> Result<Vec<OpenDue>> {
        let mut open = BTreeMap::new();
        let mut incidents = BTreeMap::new();
        for child in self.children(ids).await? {
            if child.told_at.is_none() {
                incidents.insert(child.incident, None);
                open.insert(child.id, (child, Vec::new()));
            }
        }
        let select = "SELECT child_id, setting_id, due_at, created_at FROM notification WHERE state <> 'closed' \
             AND told_at IS NULL AND child_id IN";
        let values = open.keys().map(|id| (*id).into()).collect();
        for found in batch::within(self.conn(), select, values, "").await? {
            let (_, settings) =
                open.get_mut(&row::id(&found, "child_id")?).expect("only these were asked for");
            let times = (row::instant(&found, "due_at")?, row::instant(&found, "created_at")?);
            settings.push((row::id(&found, "setting_id")?, times.0, times.1));
        }
        let select = "SELECT id, wrapped_key, known_at, known_by FROM incident WHERE id IN";
        let values = incidents.keys().map(|id| (*id).into()).collect();
        for found in batch::within(self.conn(), select, values, "").await? {
            let id = row::id::<of::Incident>(&found, "id")?;
            let key = self.keys().unwrap(&id.bytes(), row::opt_bytes(&found, "wrapped_key")?.as_deref()).ok();
            let known = known(row::instant(&found, "known_at")?, &row::text(&found, "known_by")?);
            incidents.insert(id, Some((key, known)));
        }
        let evidence = self.newest_evidence(open.keys().copied()).await?;
        let mut dues = Vec::with_capacity(open.len());
        for (id, (child, settings)) in open {
            let Some(Some((key, known))) = incidents.get(&child.incident) else { continue };
            let sealed = evidence.get(&id).zip(key.as_ref());
            let evidence = sealed.and_then(|((place, sealed), key)| key.open(place, sealed).ok());
            dues.push(OpenDue { child, known: *known, settings, evidence });
        }
        Ok(dues)
    }

    async fn newest_evidence(
        &mut self,
        children: impl Iterator<Item = ChildId>,
    ) -> Result<BTreeMap<ChildId, (String, Vec<u8>)>> {
        let select = "SELECT id, child_id, sealed_evidence, sealed_seen FROM resolution WHERE NOT EXISTS (SELECT 1 FROM resolution r \
             WHERE r.child_id = resolution.child_id AND (r.decided_at > resolution.decided_at \
             OR (r.decided_at = resolution.decided_at AND r.id > resolution.id))) AND child_id IN";
        let mut newest = BTreeMap::new();
        for found in batch::within(self.conn(), select, children.map(Into::into).collect(), "").await? {
            newest.insert(row::id(&found, "child_id")?, newest_evidence(&found)?);
        }
        Ok(newest)
    }
}

impl Store {
    /// The versions of directory and calendars that are read now.
    ///
    /// # Errors
    /// As the database says.
    pub async fn loads_of_due_times(&self) -> Result<Vec<LoadId>> {
        let select = "SELECT id FROM load WHERE state = 'current' AND kind <> 'register' ORDER BY id";
        let rows = sqlx::query(select).fetch_all(self.read()).await?;
        rows.iter().map(|found| row::id(found, "id")).collect()
    }

    /// The children whose due times a calendar may still change: held without a setting, or owed a notification that
    /// nobody was told of.
    ///
    /// # Errors
    /// As the database says.
    pub async fn children_not_told(&self) -> Result<Vec<ChildId>> {
        let mut ids = Vec::new();
        for select in [
            "SELECT id FROM child WHERE state = 'held' AND told_at IS NULL AND wants_resolver = 0",
            "SELECT DISTINCT child_id AS id FROM notification WHERE state IN ('waiting', 'sent') \
             AND acknowledged_at IS NULL AND closed_at IS NULL",
        ] {
            for found in sqlx::query(select).fetch_all(self.read()).await? {
                ids.push(row::id(&found, "id")?);
            }
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }
}
