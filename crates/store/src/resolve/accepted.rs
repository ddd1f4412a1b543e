//! A child whom another force has accepted: it is handed over, and the desk of that force takes it up.

use std::collections::BTreeMap;

use encompass_core::id::{ChildId, SettingId, of};
use encompass_core::state::{ChildState, Reason, SettingKind, TaskKind};
use jiff::Timestamp;

use crate::child::Child;
use crate::db::{batch, row};
use crate::notification::Notification;
use crate::resolve::Recipient;
use crate::{Actor, Result, Tx, audit_log, task};

impl Tx {
    /// Gives children into the hands of another force once it has said "I have it" and no setting is told besides: until
    /// then they are ours.
    pub(crate) async fn accepted_elsewhere(
        &mut self,
        acknowledged: &[Notification],
        by: &Actor,
        at: Timestamp,
    ) -> Result<()> {
        let to_forces =
            acknowledged.iter().filter(|notification| notification.setting_kind == SettingKind::Force);
        let children: BTreeMap<ChildId, &Notification> =
            to_forces.map(|notification| (notification.child.id, notification)).collect();
        let rows = children.keys().map(|id| vec![(*id).into(), at.into(), by.to_string().into()]).collect();
        let update = "UPDATE child SET state = 'handed_over', reason = 'handed_over', hold = NULL, wants_resolver = 0, \
             next_at = NULL, closed_at = v.at, closed_by = v.who FROM v WHERE child.id = v.id \
             AND child.state = 'notified' AND NOT EXISTS (SELECT 1 FROM notification \
             WHERE notification.child_id = child.id AND notification.state <> 'closed' \
             AND NOT (notification.setting_kind = 'force' AND notification.state = 'acknowledged')) \
             RETURNING child.id AS id";
        let found = batch::with(self.conn(), "id, at, who", rows, update).await?;
        let changed: Vec<ChildId> = found.iter().map(|found| row::id(found, "id")).collect::<Result<_>>()?;
        let changed: Vec<&Notification> = changed.iter().filter_map(|id| children.get(id)).copied().collect();
        let desks = self.desks_of(changed.iter().map(|notification| notification.setting)).await?;
        for notification in changed {
            let to = desks.get(&notification.setting).cloned();
            let to = to.map_or(Recipient::Elsewhere, Recipient::Force);
            self.handed_over(&notification.child, &to, by, at).await?;
        }
        Ok(())
    }

    /// The forces of this installation that are told by these settings. One without any account has no desk here.
    async fn desks_of(
        &mut self,
        settings: impl Iterator<Item = SettingId>,
    ) -> Result<BTreeMap<SettingId, String>> {
        let select = "SELECT setting_id, value FROM setting_identifier WHERE scheme = 'force' \
             AND EXISTS (SELECT 1 FROM account_force WHERE account_force.force_id = setting_identifier.value) \
             AND setting_id IN";
        let found = batch::within(self.conn(), select, settings.map(Into::into).collect(), "").await?;
        let desk = |found| Ok((row::id::<of::Setting>(found, "setting_id")?, row::text(found, "value")?));
        found.iter().map(desk).collect()
    }

    /// What follows once a child is in other hands: the other desk may open it, and is asked to take it up.
    pub(super) async fn handed_over(
        &mut self,
        child: &Child,
        to: &Recipient,
        by: &Actor,
        at: Timestamp,
    ) -> Result<()> {
        let head = "INSERT INTO child_grant (force_id, child_id, granted_to, granted_at, granted_by)";
        let row = vec![
            child.force.as_str().into(),
            child.id.into(),
            to.word().into(),
            at.into(),
            by.to_string().into(),
        ];
        batch::insert(self.conn(), head, vec![row], "ON CONFLICT DO NOTHING").await?;
        let subject = format!("child:{}", child.id);
        if let Recipient::Force(force) = to {
            let due_at = child.due_at.max(at);
            let task = task::New {
                incident: Some(child.incident),
                child: Some(child.id),
                detail: child.force.clone(),
                ..task::New::about(force, TaskKind::HandedOver, subject.clone(), due_at)
            };
            self.open_tasks(vec![task], at).await?;
        }
        let entry = audit_log::Entry::new(&child.force, at, by.clone(), "child.handed_over", subject);
        self.audit(entry.of(child.incident).because(format!("to {}", to.word())));
        self.changed(child.changed(ChildState::HandedOver, at, Some(Reason::HandedOver.as_str())));
        Ok(())
    }
}
