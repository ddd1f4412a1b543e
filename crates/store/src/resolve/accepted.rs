//! A child whom another force has accepted, and nobody else has.

use std::collections::BTreeMap;

use encompass_core::id::ChildId;
use encompass_core::state::{ChildState, Reason, SettingKind};
use jiff::Timestamp;

use crate::child::Child;
use crate::db::{batch, row};
use crate::notification::Notification;
use crate::{Actor, Result, Tx, audit_log};

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
        let children: BTreeMap<ChildId, &Child> =
            to_forces.map(|notification| (notification.child.id, &notification.child)).collect();
        let rows = children.keys().map(|id| vec![(*id).into(), at.into(), by.to_string().into()]).collect();
        let update = "UPDATE child SET state = 'handed_over', reason = 'handed_over', hold = NULL, wants_resolver = 0, \
             next_at = NULL, closed_at = v.at, closed_by = v.who FROM v WHERE child.id = v.id \
             AND child.state = 'notified' AND NOT EXISTS (SELECT 1 FROM notification \
             WHERE notification.child_id = child.id AND notification.state <> 'closed' \
             AND NOT (notification.setting_kind = 'force' AND notification.state = 'acknowledged')) \
             RETURNING child.id AS id";
        let found = batch::with(self.conn(), "id, at, who", rows, update).await?;
        let changed: Vec<ChildId> = found.iter().map(|found| row::id(found, "id")).collect::<Result<_>>()?;
        for child in changed.iter().filter_map(|id| children.get(id)) {
            let subject = format!("child:{}", child.id);
            let entry = audit_log::Entry::new(&child.force, at, by.clone(), "child.handed_over", subject);
            self.audit(entry.of(child.incident).because("accepted by the force that was told"));
            self.changed(child.changed(ChildState::HandedOver, at, Some(Reason::HandedOver.as_str())));
        }
        Ok(())
    }
}
