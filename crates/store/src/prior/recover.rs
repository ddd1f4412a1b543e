//! Taking what was noted into the rows that are there.

use std::collections::BTreeMap;

use encompass_core::id::{ChildId, NotificationId, of};
use encompass_core::state::NotificationState;
use jiff::Timestamp;

use super::note::Prior;
use crate::db::{Value, batch, row};
use crate::notification::Notification;
use crate::{Result, Store, Tx};

/// What was noted, by the id of its notification or child.
pub(super) type Priors = BTreeMap<[u8; 16], Prior>;

impl Prior {
    fn is_told(&self) -> bool {
        self.sent_at.or(self.told_at()).is_some()
    }

    const fn state(&self) -> NotificationState {
        match (self.acknowledged_at, self.opened_at) {
            (Some(_), _) => NotificationState::Acknowledged,
            (None, Some(_)) => NotificationState::Opened,
            (None, None) => NotificationState::Sent,
        }
    }

    /// Whether it tells of more than the store has.
    fn is_beyond(&self, state: NotificationState) -> bool {
        match state {
            NotificationState::Waiting => self.is_told(),
            NotificationState::Sent => self.told_at().is_some(),
            NotificationState::Opened => self.acknowledged_at.is_some(),
            NotificationState::Acknowledged | NotificationState::Closed => false,
        }
    }

    fn told_at(&self) -> Option<Timestamp> {
        [self.opened_at, self.acknowledged_at].into_iter().flatten().min()
    }

    fn columns(&self, id: NotificationId) -> Vec<Value> {
        vec![
            id.into(),
            self.state().as_str().into(),
            self.sent_at.into(),
            self.opened_at.into(),
            self.acknowledged_at.into(),
            self.told_at().into(),
        ]
    }
}

impl Tx {
    /// Takes all that was noted into the notifications and children that are there, and forgets what the store knew
    /// itself. Says how many were recovered.
    ///
    /// # Errors
    /// As the database says.
    pub async fn apply_all_prior(&mut self, now: Timestamp) -> Result<usize> {
        self.forget_own_ends().await?;
        let select = "SELECT prior.subject_id AS id FROM prior JOIN notification ON notification.id = prior.subject_id \
             WHERE applied_at IS NULL";
        let notifications = self.subjects::<of::Notification>(select).await?;
        let select = "SELECT prior.subject_id AS id FROM prior JOIN child ON child.id = prior.subject_id \
             WHERE applied_at IS NULL";
        let children = self.subjects::<of::Child>(select).await?;
        let recovered = self.apply_prior(&notifications, &children, now).await?;
        let forget = "DELETE FROM prior WHERE applied_at IS NULL AND (EXISTS (SELECT 1 FROM notification \
             WHERE notification.id = prior.subject_id) OR EXISTS (SELECT 1 FROM child WHERE child.id = prior.subject_id))";
        sqlx::query(forget).execute(self.conn()).await?;
        let forget = "DELETE FROM prior_incident WHERE EXISTS (SELECT 1 FROM incident \
             WHERE incident.reference_hash = prior_incident.reference_hash)";
        sqlx::query(forget).execute(self.conn()).await?;
        Ok(recovered)
    }

    /// An incident that has given out the number of an event has written that event itself, and may have gone on since.
    async fn forget_own_ends(&mut self) -> Result<()> {
        let notifications = "UPDATE prior SET ended = NULL, ended_at = NULL WHERE ended IS NOT NULL \
             AND applied_at IS NULL AND EXISTS (SELECT 1 FROM notification \
             JOIN incident ON incident.id = notification.incident_id \
             WHERE notification.id = prior.subject_id AND incident.event_sequence >= prior.sequence)";
        let children = "UPDATE prior SET ended = NULL, ended_at = NULL WHERE ended IS NOT NULL \
             AND applied_at IS NULL AND EXISTS (SELECT 1 FROM child JOIN incident ON incident.id = child.incident_id \
             WHERE child.id = prior.subject_id AND incident.event_sequence >= prior.sequence)";
        for update in [notifications, children] {
            sqlx::query(update).execute(self.conn()).await?;
        }
        Ok(())
    }

    async fn subjects<Of>(&mut self, select: &'static str) -> Result<Vec<encompass_core::id::Id<Of>>> {
        let rows = sqlx::query(select).fetch_all(self.conn()).await?;
        rows.iter().map(|found| row::id(found, "id")).collect()
    }

    /// Takes what was noted of these notifications and children into them. Says how many were recovered.
    pub(crate) async fn apply_prior(
        &mut self,
        notifications: &[NotificationId],
        children: &[ChildId],
        now: Timestamp,
    ) -> Result<usize> {
        let priors = self.priors(notifications, children).await?;
        if priors.is_empty() {
            return Ok(0);
        }
        let is_noted = |id: &&NotificationId| priors.contains_key(&id.bytes());
        let noted: Vec<NotificationId> = notifications.iter().filter(is_noted).copied().collect();
        let known = self.notifications(&noted).await?;
        let recovered: Vec<(Notification, Prior)> = known
            .into_iter()
            .map(|notification| (priors[&notification.id.bytes()].clone(), notification))
            .filter(|(prior, notification)| prior.is_beyond(notification.state))
            .map(|(prior, notification)| (notification, prior))
            .collect();
        self.recover(&recovered, now).await?;
        let mut applied: Vec<[u8; 16]> = recovered.iter().map(|(one, _)| one.id.bytes()).collect();
        applied.extend(self.end_prior_notifications(&noted, &priors).await?);
        applied.extend(self.end_prior_children(children, &priors).await?);
        applied.sort_unstable();
        applied.dedup();
        let count = applied.len();
        let rows = applied.into_iter().map(|id| vec![id.into(), now.into()]).collect();
        let update = "UPDATE prior SET applied_at = v.at FROM v WHERE prior.subject_id = v.id \
             RETURNING prior.subject_id AS id";
        batch::with(self.conn(), "id, at", rows, update).await?;
        Ok(count)
    }

    async fn priors(&mut self, notifications: &[NotificationId], children: &[ChildId]) -> Result<Priors> {
        let values =
            notifications.iter().map(|id| (*id).into()).chain(children.iter().map(|id| (*id).into()));
        let select = "SELECT * FROM prior WHERE applied_at IS NULL AND subject_id IN";
        let rows = batch::within(self.conn(), select, values.collect(), "").await?;
        let priors = rows.iter().map(|found| {
            // Whatever it is of, an id is sixteen bytes.
            Ok((row::id::<of::Child>(found, "subject_id")?.bytes(), Prior::from_row(found)?))
        });
        priors.collect()
    }

    async fn recover(&mut self, recovered: &[(Notification, Prior)], now: Timestamp) -> Result<()> {
        let rows = recovered.iter().map(|(notification, prior)| prior.columns(notification.id)).collect();
        let update = "UPDATE notification SET state = v.state, sent_at = COALESCE(notification.sent_at, v.sent_at), \
             opened_at = COALESCE(notification.opened_at, v.opened_at), acknowledged_at = v.acknowledged_at, \
             told_at = COALESCE(notification.told_at, v.told_at), \
             told_how = CASE WHEN v.told_at IS NULL THEN notification.told_how ELSE 'recovered' END, \
             call_at = CASE WHEN v.state = 'acknowledged' THEN NULL ELSE notification.call_at END, \
             next_at = CASE WHEN v.state = 'acknowledged' THEN NULL \
             ELSE COALESCE(notification.call_at, notification.due_at) END \
             FROM v WHERE notification.id = v.id RETURNING notification.id AS id";
        let columns = "id, state, sent_at, opened_at, acknowledged_at, told_at";
        batch::with(self.conn(), columns, rows, update).await?;
        self.take_deliveries_as_sent(recovered).await?;
        self.note_children(recovered).await?;
        for (notification, prior) in recovered {
            let at = prior.acknowledged_at.or(prior.opened_at).or(prior.sent_at).unwrap_or(now);
            self.changed(notification.changed(prior.state(), at, None));
        }
        Ok(())
    }

    /// The first delivery of each was accepted, unless it also carries something that was not sent yet.
    async fn take_deliveries_as_sent(&mut self, recovered: &[(Notification, Prior)]) -> Result<()> {
        let waited = recovered.iter().filter(|(one, _)| one.state == NotificationState::Waiting);
        let rows = waited
            .filter_map(|(one, prior)| Some((one.id, prior.sent_at.or(prior.told_at())?)))
            .map(|(id, at)| vec![id.into(), at.into()])
            .collect();
        let update = "UPDATE delivery SET state = 'accepted', accepted_at = v.at, next_at = NULL, lease_until = NULL, \
             lease_by = NULL FROM v WHERE delivery.state IN ('queued', 'sending') AND delivery.id = (SELECT earliest.id \
             FROM delivery earliest JOIN delivery_notification link ON link.delivery_id = earliest.id \
             WHERE link.notification_id = v.id AND earliest.state IN ('queued', 'sending') \
             ORDER BY COALESCE(earliest.next_at, 0), earliest.id LIMIT 1) AND NOT EXISTS (SELECT 1 \
             FROM delivery_notification link JOIN notification ON notification.id = link.notification_id \
             WHERE link.delivery_id = delivery.id AND notification.state = 'waiting') RETURNING delivery.id AS id";
        batch::with(self.conn(), "id, at", rows, update).await?;
        let told: Vec<NotificationId> =
            recovered.iter().filter(|(_, prior)| prior.told_at().is_some()).map(|(one, _)| one.id).collect();
        self.stop_further_contacts(&told).await
    }

    async fn note_children(&mut self, recovered: &[(Notification, Prior)]) -> Result<()> {
        let rows = recovered.iter().map(|(one, prior)| vec![one.child.id.into(), prior.told_at().into()]);
        let update = "UPDATE child SET told_at = COALESCE(child.told_at, v.at) FROM v WHERE child.id = v.id \
             RETURNING child.id AS id";
        batch::with(self.conn(), "id, at", rows.collect(), update).await?;
        let children: Vec<_> = recovered.iter().map(|(one, _)| one.child.clone()).collect();
        self.settle_finished(&children).await
    }
}

impl Store {
    /// How many notifications were recovered and not sent again.
    ///
    /// # Errors
    /// As the database says.
    pub async fn recovered_notifications(&self) -> Result<i64> {
        let select = "SELECT COUNT(*) AS n FROM prior WHERE applied_at IS NOT NULL \
             AND (sent_at IS NOT NULL OR opened_at IS NOT NULL OR acknowledged_at IS NOT NULL)";
        row::int(&sqlx::query(select).fetch_one(self.read()).await?, "n")
    }
}
