//! Notifications: what becomes of each, told by the setting or by a person.

use encompass_core::id::{NotificationId, SettingId};
use encompass_core::state::{ChildState, Hold, NotificationEnd, NotificationState, SettingKind, TaskKind};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use crate::child::{Child, select_child};
use crate::db::{batch, row};
use crate::{Actor, Error, Result, Tx, audit_log, task};

/// A notification, without anything personal.
#[derive(Clone, Debug)]
pub struct Notification {
    /// Its id.
    pub id: NotificationId,
    /// The child it is about.
    pub child: Child,
    /// The setting.
    pub setting: SettingId,
    /// The setting's kind.
    pub setting_kind: SettingKind,
    /// The setting's area.
    pub authority: Option<String>,
    /// Where it stands.
    pub state: NotificationState,
    /// Why the setting may be told.
    pub legal_basis: String,
    /// When the setting must have been told.
    pub due_at: Timestamp,
    /// When it was sent, opened, acknowledged, told.
    pub sent_at: Option<Timestamp>,
    /// When the setting was shown the content.
    pub opened_at: Option<Timestamp>,
    /// When a named person there said "I have it".
    pub acknowledged_at: Option<Timestamp>,
    /// The earlier of the two.
    pub told_at: Option<Timestamp>,
    /// The version that was told.
    pub version_told: Option<i64>,
}

impl Notification {
    /// The version of the incident that the setting is shown: what it was told, else the newest that names the child.
    pub fn version(&self) -> i64 {
        self.version_told.unwrap_or(self.child.named_in)
    }
}

impl Tx {
    /// Reads notifications with their children, for changing them.
    pub async fn notifications(&mut self, ids: &[NotificationId]) -> Result<Vec<Notification>> {
        let for_update = self.backend().for_update();
        let values = ids.iter().map(|id| (*id).into()).collect();
        let rows =
            batch::within(self.conn(), "SELECT * FROM notification WHERE id IN", values, for_update).await?;
        let mut children = Vec::with_capacity(rows.len());
        for found in &rows {
            children.push(row::id::<encompass_core::id::of::Child>(found, "child_id")?.into());
        }
        let select = select_child!("WHERE child.id IN");
        let found = batch::within(self.conn(), select, children, "").await?;
        let children = found.iter().map(Child::from_row).collect::<Result<Vec<_>>>()?;
        rows.iter().map(|found| from_row(found, &children)).collect()
    }

    /// The setting was shown the content of these notifications (`how`: portal, pulled, telephone).
    pub async fn opened(
        &mut self,
        notifications: &[Notification],
        how: &'static str,
        by: &Actor,
        at: Timestamp,
    ) -> Result<()> {
        let rows = notifications
            .iter()
            .filter(|n| n.state != NotificationState::Closed)
            .map(|n| vec![n.id.into(), at.into(), how.into(), n.child.named_in.into()])
            .collect();
        let update = "UPDATE notification SET state = 'opened', opened_at = COALESCE(opened_at, v.at), \
             told_at = COALESCE(told_at, v.at), told_how = COALESCE(told_how, v.how), version_told = v.version, \
             next_at = COALESCE(call_at, due_at) FROM v \
             WHERE notification.id = v.id AND notification.state IN ('waiting', 'sent') \
             RETURNING notification.id AS id";
        let opened = batch::with(self.conn(), "id, at, how, version", rows, update).await?;
        self.told(notifications, &opened, NotificationState::Opened, by, at).await
    }

    /// A named person at the setting said "I have it". The promise is kept: nothing more happens to it.
    pub async fn acknowledged(
        &mut self,
        notifications: &[Notification],
        how: &'static str,
        by: &Actor,
        at: Timestamp,
    ) -> Result<()> {
        let rows = notifications
            .iter()
            .filter(|n| n.state != NotificationState::Closed)
            .map(|n| vec![n.id.into(), at.into(), how.into(), n.child.named_in.into()])
            .collect();
        let update = "UPDATE notification SET state = 'acknowledged', acknowledged_at = v.at, \
             opened_at = COALESCE(opened_at, v.at), told_at = COALESCE(told_at, v.at), \
             told_how = COALESCE(told_how, v.how), version_told = COALESCE(version_told, v.version), call_at = NULL, \
             next_at = NULL FROM v \
             WHERE notification.id = v.id AND notification.state IN ('waiting', 'sent', 'opened') \
             RETURNING notification.id AS id";
        let changed = batch::with(self.conn(), "id, at, how, version", rows, update).await?;
        self.told(notifications, &changed, NotificationState::Acknowledged, by, at).await?;
        let ids: Vec<NotificationId> =
            changed.iter().map(|found| row::id(found, "id")).collect::<Result<_>>()?;
        task::settle_about_notifications(self.conn(), &ids, TaskKind::Call, "acknowledged", at).await?;
        self.accepted_elsewhere(notifications, by, at).await
    }

    /// What follows once a setting was told: the child's own time, no further contacts, events, audit.
    async fn told(
        &mut self,
        notifications: &[Notification],
        changed: &[AnyRow],
        after: NotificationState,
        by: &Actor,
        at: Timestamp,
    ) -> Result<()> {
        let ids: Vec<NotificationId> =
            changed.iter().map(|found| row::id(found, "id")).collect::<Result<_>>()?;
        let told: Vec<&Notification> = notifications.iter().filter(|n| ids.contains(&n.id)).collect();
        let rows = told.iter().map(|n| vec![n.child.id.into(), at.into()]).collect();
        let update = "UPDATE child SET told_at = COALESCE(told_at, v.at) FROM v WHERE child.id = v.id \
             RETURNING child.id AS id";
        batch::with(self.conn(), "id, at", rows, update).await?;
        self.settle_finished(&told.iter().map(|n| n.child.clone()).collect::<Vec<_>>()).await?;
        self.stop_further_contacts(&ids).await?;
        for notification in told {
            let action = match after {
                NotificationState::Acknowledged => "notification.acknowledged",
                _ => "notification.opened",
            };
            let child = &notification.child;
            let subject = format!("notification:{}", notification.id);
            let entry = audit_log::Entry::new(&child.force, at, by.clone(), action, subject);
            self.audit(entry.of(child.incident));
            self.changed(notification.changed(after, at, None));
        }
        Ok(())
    }

    /// A child all of whose notifications are finished has nothing more to wait for.
    pub(crate) async fn settle_finished(&mut self, children: &[Child]) -> Result<()> {
        let rows = children.iter().map(|child| vec![child.id.into()]).collect();
        let update = "UPDATE child SET next_at = (SELECT MIN(notification.next_at) FROM notification \
             WHERE notification.child_id = child.id AND notification.state NOT IN ('acknowledged', 'closed')) \
             FROM v WHERE child.id = v.id AND child.state = 'notified' RETURNING child.id AS id";
        batch::with(self.conn(), "id", rows, update).await?;
        Ok(())
    }

    /// Once told, the setting's other contacts are not sent to any more.
    pub(crate) async fn stop_further_contacts(&mut self, told: &[NotificationId]) -> Result<()> {
        let rows = told.iter().map(|id| vec![(*id).into()]).collect();
        let update = "UPDATE delivery SET state = 'stopped', next_at = NULL WHERE delivery.state = 'queued' \
             AND delivery.id IN (SELECT delivery_notification.delivery_id FROM delivery_notification \
             JOIN v ON v.id = delivery_notification.notification_id) AND NOT EXISTS (SELECT 1 \
             FROM delivery_notification JOIN notification ON notification.id = delivery_notification.notification_id \
             WHERE delivery_notification.delivery_id = delivery.id AND notification.told_at IS NULL \
             AND notification.state <> 'closed') RETURNING delivery.id AS id";
        batch::with(self.conn(), "id", rows, update).await?;
        Ok(())
    }

    /// "This child isn't with us", or has left: the notification closes at once, the child is open again with
    /// that setting excluded, and a person puts right what was disclosed.
    ///
    /// # Errors
    /// [`Error::Changed`] when it was closed or acknowledged before.
    pub async fn not_here(
        &mut self,
        notification: &Notification,
        end: NotificationEnd,
        by: &Actor,
        at: Timestamp,
    ) -> Result<()> {
        let update = "UPDATE notification SET state = 'closed', ended = $2, closed_at = $3, next_at = NULL, \
             call_at = NULL WHERE id = $1 AND state IN ('waiting', 'sent', 'opened')";
        let closed = sqlx::query(update)
            .bind(notification.id.bytes().to_vec())
            .bind(end.as_str())
            .bind(at.as_microsecond())
            .execute(self.conn())
            .await?;
        if closed.rows_affected() == 0 {
            return Err(Error::Changed);
        }
        self.exclude(notification, end, at).await?;
        self.told_elsewhere(&notification.child).await?;
        crate::delivery::stop_idle(self, &[notification.id]).await?;
        let hold = if end == NotificationEnd::Left { Hold::Left } else { Hold::NotHere };
        self.hold_again(&notification.child, hold, notification.authority.clone(), at).await?;
        let subject = format!("notification:{}", notification.id);
        let child = &notification.child;
        let entry =
            audit_log::Entry::new(&child.force, at, by.clone(), "notification.not_here", subject.clone());
        self.audit(entry.of(child.incident).because(end.as_str()));
        self.changed(notification.changed(NotificationState::Closed, at, Some(end.as_str())));
        let due_at = notification.due_at.max(at);
        let wrong = task::New {
            authority: notification.authority.clone(),
            incident: Some(child.incident),
            child: Some(child.id),
            notification: Some(notification.id),
            setting: Some(notification.setting),
            detail: end.as_str().into(),
            ..task::New::about(&child.force, TaskKind::WrongSetting, subject, due_at)
        };
        self.open_tasks(vec![wrong], at).await?;
        task::settle_about_notifications(self.conn(), &[notification.id], TaskKind::Call, end.as_str(), at)
            .await
    }

    async fn exclude(
        &mut self,
        notification: &Notification,
        end: NotificationEnd,
        at: Timestamp,
    ) -> Result<()> {
        let insert = "INSERT INTO exclusion (force_id, child_id, setting_id, reason, excluded_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        sqlx::query(insert)
            .bind(notification.child.force.clone())
            .bind(notification.child.id.bytes().to_vec())
            .bind(notification.setting.bytes().to_vec())
            .bind(end.as_str())
            .bind(at.as_microsecond())
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Whoever sent a child back does not have it: it is told of only where another setting was told.
    async fn told_elsewhere(&mut self, child: &Child) -> Result<()> {
        let update = "UPDATE child SET told_at = (SELECT MIN(notification.told_at) FROM notification \
             WHERE notification.child_id = child.id AND notification.state <> 'closed') WHERE id = $1";
        sqlx::query(update).bind(child.id.bytes().to_vec()).execute(self.conn()).await?;
        Ok(())
    }

    /// Holds a child again, for a person in `authority`, unless a setting is owed or has been told something of it.
    pub(crate) async fn hold_again(
        &mut self,
        child: &Child,
        hold: Hold,
        authority: Option<String>,
        at: Timestamp,
    ) -> Result<()> {
        let update = "UPDATE child SET state = 'held', hold = $2, next_at = due_at, wants_resolver = 0 WHERE id = $1 \
             AND NOT EXISTS (SELECT 1 FROM notification WHERE notification.child_id = child.id \
             AND notification.state <> 'closed')";
        let reopened = sqlx::query(update)
            .bind(child.id.bytes().to_vec())
            .bind(hold.as_str())
            .execute(self.conn())
            .await?;
        if reopened.rows_affected() == 0 {
            return Ok(());
        }
        self.changed(child.changed(ChildState::Held, at, Some(hold.as_str())));
        let held = task::New {
            authority,
            incident: Some(child.incident),
            child: Some(child.id),
            detail: hold.as_str().into(),
            ..task::New::about(
                &child.force,
                TaskKind::Hold,
                format!("child:{}", child.id),
                child.due_at.max(at),
            )
        };
        self.open_tasks(vec![held], at).await
    }

    /// Opens the call tasks whose time has come: not acknowledged so long before the due time, or impossible
    /// to send. Says how many.
    pub async fn open_calls(&mut self, now: Timestamp, most: i64) -> Result<usize> {
        let update = "UPDATE notification SET call_at = NULL, next_at = due_at WHERE id IN (SELECT id FROM notification \
             WHERE call_at IS NOT NULL AND call_at <= $1 AND state IN ('waiting', 'sent', 'opened') \
             ORDER BY call_at LIMIT $2) RETURNING *";
        let rows = sqlx::query(update).bind(now.as_microsecond()).bind(most).fetch_all(self.conn()).await?;
        let tasks = rows.iter().map(call_task).collect::<Result<Vec<_>>>()?;
        let count = tasks.len();
        self.open_tasks(tasks, now).await?;
        Ok(count)
    }
}

fn call_task(found: &AnyRow) -> Result<task::New> {
    let id: NotificationId = row::id(found, "id")?;
    Ok(task::New {
        authority: row::opt_text(found, "authority")?,
        incident: row::opt_id(found, "incident_id")?,
        child: row::opt_id(found, "child_id")?,
        notification: Some(id),
        setting: row::opt_id(found, "setting_id")?,
        detail: row::text(found, "state")?,
        ..task::New::about(
            &row::text(found, "force_id")?,
            TaskKind::Call,
            format!("notification:{id}"),
            row::instant(found, "due_at")?,
        )
    })
}

fn from_row(found: &AnyRow, children: &[Child]) -> Result<Notification> {
    let child_id = row::id(found, "child_id")?;
    let child = children.iter().find(|child| child.id == child_id).ok_or(Error::NotFound)?;
    Ok(Notification {
        id: row::id(found, "id")?,
        child: child.clone(),
        setting: row::id(found, "setting_id")?,
        setting_kind: row::word(found, "setting_kind")?,
        authority: row::opt_text(found, "authority")?,
        state: row::word(found, "state")?,
        legal_basis: row::text(found, "legal_basis")?,
        due_at: row::instant(found, "due_at")?,
        sent_at: row::opt_instant(found, "sent_at")?,
        opened_at: row::opt_instant(found, "opened_at")?,
        acknowledged_at: row::opt_instant(found, "acknowledged_at")?,
        told_at: row::opt_instant(found, "told_at")?,
        version_told: row::opt_int(found, "version_told")?,
    })
}

impl Notification {
    pub(crate) fn changed(
        &self,
        after: NotificationState,
        at: Timestamp,
        reason: Option<&'static str>,
    ) -> crate::lifecycle::Change {
        crate::lifecycle::Change {
            notification: Some(self.id),
            setting_kind: Some(self.setting_kind),
            before: Some(self.state.as_str()),
            after: after.as_str(),
            due_at: self.due_at,
            ..self.child.changed(self.child.state, at, reason)
        }
    }
}
