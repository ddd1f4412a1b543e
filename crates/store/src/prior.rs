//! Notifications that were sent before this store knows: it was restored from an older copy, and the
//! lifecycle topic, which has gone on, tells of them. They are taken as sent, and nobody is notified again.
//!
//! Their ids are derived, so that they are recognised when the same incidents are accepted and resolved anew.

use std::collections::BTreeMap;

use encompass_core::id::{NotificationId, of};
use encompass_core::state::NotificationState;
use jiff::Timestamp;

use crate::db::{Value, batch, row};
use crate::notification::Notification;
use crate::{Result, Store, Tx};

/// A step of a notification that the lifecycle topic tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The notification.
    pub notification: NotificationId,
    /// Sent, opened or acknowledged.
    pub state: NotificationState,
    /// When.
    pub at: Timestamp,
}

/// The steps of one notification.
#[derive(Clone, Copy, Default)]
struct Prior {
    sent_at: Option<Timestamp>,
    opened_at: Option<Timestamp>,
    acknowledged_at: Option<Timestamp>,
}

impl Prior {
    fn add(&mut self, told: Told) {
        match told.state {
            NotificationState::Sent => self.sent_at = Some(told.at),
            NotificationState::Opened => self.opened_at = Some(told.at),
            NotificationState::Acknowledged => self.acknowledged_at = Some(told.at),
            NotificationState::Waiting | NotificationState::Closed => {}
        }
    }

    const fn state(&self) -> NotificationState {
        match (self.acknowledged_at, self.opened_at) {
            (Some(_), _) => NotificationState::Acknowledged,
            (None, Some(_)) => NotificationState::Opened,
            (None, None) => NotificationState::Sent,
        }
    }

    /// Whether it tells of more than the store has.
    const fn is_beyond(&self, state: NotificationState) -> bool {
        match state {
            NotificationState::Waiting => true,
            NotificationState::Sent => self.acknowledged_at.is_some() || self.opened_at.is_some(),
            NotificationState::Opened => self.acknowledged_at.is_some(),
            NotificationState::Acknowledged | NotificationState::Closed => false,
        }
    }

    fn told_at(&self) -> Option<Timestamp> {
        [self.opened_at, self.acknowledged_at].into_iter().flatten().min()
    }

    fn row(&self, id: NotificationId) -> Vec<Value> {
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
    /// Notes what the lifecycle topic tells, in its order.
    pub async fn note_prior(&mut self, told: &[Told]) -> Result<()> {
        let mut priors: BTreeMap<NotificationId, Prior> = BTreeMap::new();
        for told in told {
            priors.entry(told.notification).or_default().add(*told);
        }
        let rows = priors
            .into_iter()
            .map(|(id, prior)| {
                let Prior { sent_at, opened_at, acknowledged_at } = prior;
                vec![id.into(), sent_at.into(), opened_at.into(), acknowledged_at.into()]
            })
            .collect();
        let head = "INSERT INTO prior_notification (notification_id, sent_at, opened_at, acknowledged_at)";
        let tail = "ON CONFLICT (notification_id) DO UPDATE SET \
             sent_at = COALESCE(prior_notification.sent_at, excluded.sent_at), \
             opened_at = COALESCE(prior_notification.opened_at, excluded.opened_at), \
             acknowledged_at = COALESCE(prior_notification.acknowledged_at, excluded.acknowledged_at)";
        batch::insert(self.conn(), head, rows, tail).await?;
        Ok(())
    }

    /// Takes all that was noted into the notifications that are there, and forgets what the store knew itself.
    /// Says how many were recovered.
    pub async fn apply_all_prior(&mut self, now: Timestamp) -> Result<usize> {
        let select = "SELECT prior_notification.notification_id AS id FROM prior_notification \
             JOIN notification ON notification.id = prior_notification.notification_id WHERE applied_at IS NULL";
        let rows = sqlx::query(select).fetch_all(self.conn()).await?;
        let ids = rows.iter().map(|found| row::id(found, "id")).collect::<Result<Vec<_>>>()?;
        let recovered = self.apply_prior(&ids, now).await?;
        let forget = "DELETE FROM prior_notification WHERE applied_at IS NULL AND EXISTS (SELECT 1 FROM notification \
             WHERE notification.id = prior_notification.notification_id)";
        sqlx::query(forget).execute(self.conn()).await?;
        Ok(recovered)
    }

    /// Takes what was noted of these notifications into them. Says how many were recovered.
    pub(crate) async fn apply_prior(&mut self, ids: &[NotificationId], now: Timestamp) -> Result<usize> {
        let priors = self.priors(ids).await?;
        if priors.is_empty() {
            return Ok(0);
        }
        let known = self.notifications(&priors.keys().copied().collect::<Vec<_>>()).await?;
        let recovered: Vec<(Notification, Prior)> = known
            .into_iter()
            .map(|notification| (priors[&notification.id], notification))
            .filter(|(prior, notification)| prior.is_beyond(notification.state))
            .map(|(prior, notification)| (notification, prior))
            .collect();
        self.recover(&recovered, now).await?;
        Ok(recovered.len())
    }

    async fn priors(&mut self, ids: &[NotificationId]) -> Result<BTreeMap<NotificationId, Prior>> {
        let values = ids.iter().map(|id| (*id).into()).collect();
        let select = "SELECT * FROM prior_notification WHERE applied_at IS NULL AND notification_id IN";
        let rows = batch::within(self.conn(), select, values, "").await?;
        rows.iter()
            .map(|found| {
                let prior = Prior {
                    sent_at: row::opt_instant(found, "sent_at")?,
                    opened_at: row::opt_instant(found, "opened_at")?,
                    acknowledged_at: row::opt_instant(found, "acknowledged_at")?,
                };
                Ok((row::id::<of::Notification>(found, "notification_id")?, prior))
            })
            .collect()
    }

    async fn recover(&mut self, recovered: &[(Notification, Prior)], now: Timestamp) -> Result<()> {
        let rows = recovered.iter().map(|(notification, prior)| prior.row(notification.id)).collect();
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
        let rows = recovered.iter().map(|(one, _)| vec![one.id.into(), now.into()]).collect();
        let applied = "UPDATE prior_notification SET applied_at = v.at FROM v \
             WHERE prior_notification.notification_id = v.id RETURNING prior_notification.notification_id AS id";
        batch::with(self.conn(), "id, at", rows, applied).await?;
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
    pub async fn recovered_notifications(&self) -> Result<i64> {
        let select = "SELECT COUNT(*) AS n FROM prior_notification WHERE applied_at IS NOT NULL";
        row::int(&sqlx::query(select).fetch_one(self.read()).await?, "n")
    }
}
