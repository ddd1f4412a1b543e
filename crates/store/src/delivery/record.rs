//! Recording how attempts ended, under the claim that began them.

use std::collections::BTreeMap;

use encompass_core::id::DeliveryId;
use encompass_core::plan::Class;
use encompass_core::state::{AttemptState, DeliveryKind, DeliveryState, NotificationState, SettingKind};
use jiff::Timestamp;
use sqlx::any::AnyRow;

use super::stop::is_owed;
use crate::child::Child;
use crate::db::{batch, row};
use crate::lifecycle::Change;
use crate::{Result, Tx};

/// How one attempt ended, and what follows by the plan.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The delivery.
    pub delivery: DeliveryId,
    /// The claim that began the attempt.
    pub claim: i64,
    /// Accepted, deferred, rejected or unknown.
    pub outcome: AttemptState,
    /// The class of a failure; `None` also when no attempt could be made for a fault of ours.
    pub class: Option<Class>,
    /// The server's code, never its text.
    pub code: Option<String>,
    /// When the next attempt is; `None` after acceptance and when it is given up.
    pub next_at: Option<Timestamp>,
    /// When it ended.
    pub at: Timestamp,
}

impl Ended {
    /// Whether no attempt follows, and it was not accepted.
    pub const fn is_given_up(&self) -> bool {
        matches!(self.state(), DeliveryState::Failed)
    }

    const fn state(&self) -> DeliveryState {
        match (self.outcome, self.next_at) {
            (AttemptState::Accepted, _) => DeliveryState::Accepted,
            (_, Some(_)) => DeliveryState::Queued,
            (_, None) => DeliveryState::Failed,
        }
    }
}

/// What became of the results.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Recorded under their claims.
    pub kept: usize,
    /// Came after the claim was lost: the attempt is repeated under the same Message-ID, and counted.
    pub late: usize,
}

impl Tx {
    /// Records results. Notifications of an accepted notice become `sent`; a person is asked about what is
    /// given up; what was stopped meanwhile is not tried again.
    pub async fn record_attempts(&mut self, ended: Vec<Ended>) -> Result<Recorded> {
        let rows = ended
            .iter()
            .map(|end| {
                vec![
                    end.delivery.into(),
                    end.claim.into(),
                    end.state().as_str().into(),
                    end.next_at.into(),
                    end.class.map(Class::as_str).into(),
                    (end.outcome == AttemptState::Accepted).then_some(end.at).into(),
                    i64::from(end.outcome == AttemptState::Unknown).into(),
                ]
            })
            .collect();
        let update = concat!(
            "UPDATE delivery SET state = CASE WHEN v.state <> 'queued' OR ",
            is_owed!(),
            " THEN v.state ELSE 'stopped' END, next_at = CASE WHEN v.next_at IS NULL THEN NULL WHEN ",
            is_owed!(),
            " THEN v.next_at END, last_class = v.class, accepted_at = v.accepted_at, unknowns = unknowns + v.unknown, \
             lease_until = NULL, lease_by = NULL FROM v \
             WHERE delivery.id = v.id AND delivery.claim = v.claim AND delivery.state = 'sending' \
             RETURNING delivery.id AS id, delivery.kind AS kind"
        );
        let columns = "id, claim, state, next_at, class, accepted_at, unknown";
        let kept = batch::with(self.conn(), columns, rows, update).await?;
        let mut kinds: BTreeMap<DeliveryId, DeliveryKind> = BTreeMap::new();
        for found in &kept {
            kinds.insert(row::id(found, "id")?, row::word(found, "kind")?);
        }
        self.end_attempts(&ended, &kinds).await?;
        let in_state = |state| {
            ended
                .iter()
                .filter(|end| kinds.contains_key(&end.delivery))
                .filter(move |end| end.state() == state)
        };
        let is_notice = |end: &&Ended| kinds[&end.delivery] == DeliveryKind::Notice;
        let sent: Vec<&Ended> = in_state(DeliveryState::Accepted).filter(is_notice).collect();
        self.mark_sent(&sent).await?;
        self.follow_up(&in_state(DeliveryState::Failed).collect::<Vec<_>>(), &kinds).await?;
        Ok(Recorded { kept: kept.len(), late: ended.len() - kept.len() })
    }

    async fn end_attempts(
        &mut self,
        ended: &[Ended],
        kept: &BTreeMap<DeliveryId, DeliveryKind>,
    ) -> Result<()> {
        let rows = ended
            .iter()
            .filter(|end| kept.contains_key(&end.delivery))
            .map(|end| {
                vec![
                    end.delivery.into(),
                    end.claim.into(),
                    end.outcome.as_str().into(),
                    end.class.map(Class::as_str).into(),
                    end.code.clone().into(),
                    end.at.into(),
                ]
            })
            .collect();
        let update = "UPDATE attempt SET state = v.state, class = v.class, code = v.code, ended_at = v.at FROM v \
             WHERE attempt.delivery_id = v.id AND attempt.claim = v.claim RETURNING attempt.claim AS claim";
        batch::with(self.conn(), "id, claim, state, class, code, at", rows, update).await?;
        Ok(())
    }

    /// The notifications of accepted notices that were not sent before.
    async fn mark_sent(&mut self, accepted: &[&Ended]) -> Result<()> {
        let rows = accepted.iter().map(|end| vec![end.delivery.into(), end.at.into()]).collect();
        let update = "UPDATE notification SET state = 'sent', sent_at = COALESCE(notification.sent_at, v.at), \
             next_at = COALESCE(notification.call_at, notification.due_at) \
             FROM v JOIN delivery_notification ON delivery_notification.delivery_id = v.id \
             WHERE notification.id = delivery_notification.notification_id AND notification.state = 'waiting' \
             RETURNING notification.id AS id, notification.child_id AS child_id, \
             notification.setting_kind AS setting_kind, notification.due_at AS notification_due_at, \
             notification.sent_at AS sent_at";
        let sent = batch::with(self.conn(), "id, at", rows, update).await?;
        self.tell_notifications(&sent, NotificationState::Waiting, NotificationState::Sent, "sent_at").await
    }

    /// Emits a change of each notification in `rows` (id, child_id, setting_kind, notification_due_at and a time).
    pub(crate) async fn tell_notifications(
        &mut self,
        rows: &[AnyRow],
        before: NotificationState,
        after: NotificationState,
        time: &str,
    ) -> Result<()> {
        let children = self.children_of(rows).await?;
        for found in rows {
            let child_id: encompass_core::id::ChildId = row::id(found, "child_id")?;
            let Some(child) = children.get(&child_id) else { continue };
            let at = row::instant(found, time)?;
            let kind: SettingKind = row::word(found, "setting_kind")?;
            self.changed(Change {
                notification: Some(row::id(found, "id")?),
                setting_kind: Some(kind),
                before: Some(before.as_str()),
                after: after.as_str(),
                due_at: row::instant(found, "notification_due_at")?,
                ..child.changed(child.state, at, None)
            });
        }
        Ok(())
    }

    async fn children_of(&mut self, rows: &[AnyRow]) -> Result<BTreeMap<encompass_core::id::ChildId, Child>> {
        let mut ids = Vec::with_capacity(rows.len());
        for found in rows {
            ids.push(row::id::<encompass_core::id::of::Child>(found, "child_id")?);
        }
        ids.sort_unstable();
        ids.dedup();
        let select = crate::child::select_child!("WHERE child.id IN");
        let found = batch::within(self.conn(), select, ids.into_iter().map(Into::into).collect(), "").await?;
        found.iter().map(|found| Child::from_row(found).map(|child| (child.id, child))).collect()
    }
}
