//! Resolutions: the decision which settings a child belongs to, and what follows from it.
//!
//! Written in one transaction: the decision with its evidence, one notification per child and setting
//! (once, whatever is decided again), its due time, and the deliveries that carry it. A contact gets one
//! delivery per incident; what becomes due to it later, after that was sent, makes a further round.

use encompass_core::id::{ChildId, ContactId, LoadId, NotificationId, ResolutionId, SettingId};
use encompass_core::state::{
    Channel, ChildState, Hold, NotificationState, ResolutionKind, SettingKind, TaskKind,
};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use crate::child::Child;
use crate::db::{Value, batch, row};
use crate::delivery::enqueue::{self, Rung};
use crate::incident::Due;
use crate::lifecycle::Change;
use crate::seal::SealingKey;
use crate::{Actor, Result, Tx, audit_log, task};

/// A decision about one child.
pub struct Decision {
    /// The child.
    pub child: Child,
    /// The incident's sealing key.
    pub key: SealingKey,
    /// How it was decided.
    pub kind: ResolutionKind,
    /// Who or what decided.
    pub by: Actor,
    /// The evidence, as JSON. Sealed.
    pub evidence: Zeroizing<Vec<u8>>,
    /// The version of the rules that decided.
    pub rules_version: String,
    /// The version of the incident that was looked at.
    pub incident_version: i64,
    /// The register's load, where one was used.
    pub register_load: Option<LoadId>,
    /// The directory's load.
    pub directory_load: Option<LoadId>,
    /// The settings it belongs to. Empty: the child is held, for `hold`.
    pub targets: Vec<Target>,
    /// Why it is held, if it is.
    pub hold: Option<Hold>,
    /// Whether the child is for named people only by the word of a register, whatever it is held for.
    pub is_restricted: bool,
    /// The due time while it is held.
    pub provisional: Option<Due>,
    /// The area of the child's home, or of the setting, for the desk.
    pub authority: Option<String>,
}

/// A setting that is owed a notification.
#[derive(Clone)]
pub struct Target {
    /// The setting.
    pub setting: SettingId,
    /// Its kind.
    pub kind: SettingKind,
    /// Its area.
    pub authority: Option<String>,
    /// Why we may tell it: `s49a` or a named arrangement.
    pub legal_basis: String,
    /// When it must have been told.
    pub due: Due,
    /// When a person is asked to telephone, unless it is acknowledged before.
    pub call_at: Timestamp,
    /// Which contacts are sent to when.
    pub rungs: Vec<TargetRung>,
}

/// One contact of a target.
#[derive(Clone)]
pub struct TargetRung {
    /// The contact.
    pub contact: ContactId,
    /// How it is sent to.
    pub channel: Channel,
    /// When.
    pub at: Timestamp,
}

impl Tx {
    /// Records decisions and everything that follows from them.
    pub async fn decide(&mut self, decisions: Vec<Decision>, at: Timestamp) -> Result<()> {
        let mut rows = Rows::default();
        for decision in &decisions {
            rows.add(self, decision, at);
        }
        rows.write(self).await?;
        let mut rungs = Vec::new();
        let made: Vec<NotificationId> = decisions
            .iter()
            .flat_map(|decision| decision.targets.iter().map(|target| (decision.child.id, target.setting)))
            .map(|(child, setting)| self.identity().notification(child, setting))
            .collect();
        let children: Vec<ChildId> = decisions.iter().map(|decision| decision.child.id).collect();
        let mut tasks = Vec::new();
        for decision in decisions {
            let (made, asked) = self.consequences(decision, at);
            rungs.extend(made);
            tasks.extend(asked);
        }
        self.open_tasks(tasks, at).await?;
        enqueue::notices(self, rungs, at).await?;
        self.apply_prior(&made, &children, at).await.map(drop)
    }

    /// The events, audit rows, tasks and deliveries of one decision.
    fn consequences(&mut self, decision: Decision, at: Timestamp) -> (Vec<Rung>, Vec<task::New>) {
        let child = &decision.child;
        let subject = format!("child:{}", child.id);
        let action = if decision.targets.is_empty() { "child.held" } else { "child.resolved" };
        let entry = audit_log::Entry::new(&child.force, at, decision.by.clone(), action, subject.clone());
        let word = decision.hold.map_or(decision.kind.as_str(), Hold::as_str);
        self.audit(entry.of(child.incident).because(format!("{word}, rules {}", decision.rules_version)));
        if decision.targets.is_empty() {
            return (Vec::new(), vec![hold_task(&decision, subject)]);
        }
        if child.state != ChildState::Notified {
            self.changed(child.changed(ChildState::Notified, at, Some(decision.kind.as_str())));
        }
        let mut rungs = Vec::new();
        let mut tasks = Vec::new();
        for target in &decision.targets {
            let notification = self.identity().notification(child.id, target.setting);
            self.changed(new_notification(child, notification, target, at));
            if target.rungs.is_empty() {
                tasks.push(bad_contact_task(child, notification, target));
            }
            rungs.extend(target.rungs.iter().map(|rung| Rung {
                incident: child.incident,
                force: child.force.clone(),
                key: decision.key.clone(),
                notification,
                setting: target.setting,
                contact: rung.contact,
                channel: rung.channel,
                due_at: target.due.at,
                at: rung.at,
            }));
        }
        (rungs, tasks)
    }
}

fn hold_task(decision: &Decision, subject: String) -> task::New {
    let due_at = decision.provisional.as_ref().map_or(decision.child.due_at, |due| due.at);
    task::New {
        authority: decision.authority.clone(),
        incident: Some(decision.child.incident),
        child: Some(decision.child.id),
        detail: decision.hold.map_or_else(String::new, |hold| hold.as_str().to_owned()),
        ..task::New::about(&decision.child.force, TaskKind::Hold, subject, due_at)
    }
}

fn bad_contact_task(child: &Child, notification: NotificationId, target: &Target) -> task::New {
    task::New {
        authority: target.authority.clone(),
        incident: Some(child.incident),
        child: Some(child.id),
        notification: Some(notification),
        setting: Some(target.setting),
        detail: "no_verified_contact".into(),
        ..task::New::about(
            &child.force,
            TaskKind::BadContact,
            format!("setting:{}", target.setting),
            target.due.at,
        )
    }
}

fn new_notification(child: &Child, id: NotificationId, target: &Target, at: Timestamp) -> Change {
    Change {
        notification: Some(id),
        setting_kind: Some(target.kind),
        before: None,
        after: NotificationState::Waiting.as_str(),
        due_at: target.due.at,
        ..child.changed(ChildState::Notified, at, None)
    }
}

/// The rows of a batch of decisions, table by table.
#[derive(Default)]
struct Rows {
    resolutions: Vec<Vec<Value>>,
    notifications: Vec<Vec<Value>>,
    dues: Vec<Vec<Value>>,
    notified: Vec<Vec<Value>>,
    held: Vec<Vec<Value>>,
    settled: Vec<ChildId>,
    at: Option<Timestamp>,
}

impl Rows {
    fn add(&mut self, tx: &Tx, decision: &Decision, at: Timestamp) {
        self.at = Some(at);
        let child = &decision.child;
        let id = ResolutionId::new(uuid::Uuid::now_v7());
        self.resolutions.push(vec![
            id.into(),
            child.force.clone().into(),
            child.id.into(),
            decision.kind.as_str().into(),
            decision.hold.map(Hold::as_str).into(),
            at.into(),
            decision.by.to_string().into(),
            decision.incident_version.into(),
            decision.rules_version.clone().into(),
            decision.register_load.into(),
            decision.directory_load.into(),
            decision.key.seal(&evidence_place(id), &decision.evidence).into(),
        ]);
        let due = decision.targets.iter().map(|target| &target.due).min_by_key(|due| due.at);
        match due {
            Some(due) => {
                let due_at = due_with(child, due);
                let row = [child.id.into(), due_at.into(), due.at.into(), decision.is_restricted.into()];
                self.notified.push(row.into());
                self.settled.push(child.id);
            }
            None => self.hold(decision),
        }
        let chosen = due.filter(|due| due_with(child, due) == due.at).or(decision.provisional.as_ref());
        if let Some(due) = chosen {
            self.due(&child.force, child.id.into(), due, at);
        }
        for target in &decision.targets {
            self.target(tx, child, id, target, at);
        }
    }

    fn hold(&mut self, decision: &Decision) {
        let due_at = decision.provisional.as_ref().map_or(decision.child.due_at, |due| due.at);
        let hold = decision.hold.unwrap_or(Hold::NoMatch).as_str();
        let row = [decision.child.id.into(), hold.into(), due_at.into(), decision.is_restricted.into()];
        self.held.push(row.into());
    }

    fn due(&mut self, force: &str, subject: Value, due: &Due, at: Timestamp) {
        self.dues.push(vec![
            force.into(),
            subject,
            at.into(),
            due.at.into(),
            due.is_provisional.into(),
            due.reasoning.clone().into(),
        ]);
    }

    fn target(&mut self, tx: &Tx, child: &Child, resolution: ResolutionId, target: &Target, at: Timestamp) {
        let id = tx.identity().notification(child.id, target.setting);
        self.due(&child.force, id.into(), &target.due, at);
        self.notifications.push(vec![
            id.into(),
            child.force.clone().into(),
            child.incident.into(),
            child.id.into(),
            target.setting.into(),
            target.kind.as_str().into(),
            target.authority.clone().into(),
            resolution.into(),
            target.legal_basis.clone().into(),
            NotificationState::Waiting.as_str().into(),
            0_i64.into(),
            child.known_at.into(),
            child.received_at.into(),
            target.due.at.into(),
            target.call_at.into(),
            target.rungs.iter().map(|rung| rung.at).min().unwrap_or(target.call_at).into(),
            at.into(),
        ]);
    }

    async fn write(self, tx: &mut Tx) -> Result<()> {
        let head = "INSERT INTO resolution (id, force_id, child_id, kind, reason, decided_at, decided_by, \
             incident_version, rules_version, register_load, directory_load, sealed_evidence)";
        batch::insert(tx.conn(), head, self.resolutions, "").await?;
        let head = "INSERT INTO notification (id, force_id, incident_id, child_id, setting_id, setting_kind, authority, \
             resolution_id, legal_basis, state, is_history, known_at, received_at, due_at, call_at, next_at, \
             created_at)";
        // One that was closed because the setting was not to be told is open again when a person decides so: as if it
        // were new, on today's basis, and not sent yet.
        let again = "ON CONFLICT (id) DO UPDATE SET state = 'waiting', ended = NULL, closed_at = NULL, sent_at = NULL, \
             setting_kind = excluded.setting_kind, authority = excluded.authority, \
             legal_basis = excluded.legal_basis, known_at = excluded.known_at, \
             resolution_id = excluded.resolution_id, due_at = excluded.due_at, call_at = excluded.call_at, \
             next_at = excluded.next_at WHERE notification.state = 'closed' AND notification.told_at IS NULL";
        batch::insert(tx.conn(), head, self.notifications, again).await?;
        let head = "INSERT INTO due_value (force_id, subject_id, set_at, due_at, is_provisional, reasoning)";
        batch::insert(tx.conn(), head, self.dues, "ON CONFLICT DO NOTHING").await?;
        let update = "UPDATE child SET state = 'notified', hold = NULL, wants_resolver = 0, is_provisional = 0, \
             due_at = v.due_at, next_at = v.next_at, is_restricted = v.is_restricted FROM v \
             WHERE child.id = v.id RETURNING child.id AS id";
        batch::with(tx.conn(), "id, due_at, next_at, is_restricted", self.notified, update).await?;
        let update = "UPDATE child SET hold = v.hold, wants_resolver = 0, due_at = v.due_at, next_at = v.due_at, \
             is_restricted = v.is_restricted FROM v WHERE child.id = v.id RETURNING child.id AS id";
        batch::with(tx.conn(), "id, hold, due_at, is_restricted", self.held, update).await?;
        if let (Some(at), false) = (self.at, self.settled.is_empty()) {
            task::settle_about_children(tx.conn(), &self.settled, &[TaskKind::Hold], "decided", at).await?;
        }
        Ok(())
    }
}

/// When the first setting must have been told of a child that is to be told of at one more. What was told, in time or
/// late, stays so.
fn due_with(child: &Child, further: &Due) -> Timestamp {
    match child.state {
        _ if child.told_at.is_some() => child.due_at,
        ChildState::Notified => child.due_at.min(further.at),
        ChildState::Held | ChildState::HandedOver | ChildState::Closed => further.at,
    }
}

/// Where a resolution's evidence is sealed.
pub(crate) fn evidence_place(id: ResolutionId) -> String {
    format!("resolution.evidence {id}")
}

/// Where what was seen since is sealed.
pub(crate) fn seen_place(id: ResolutionId) -> String {
    format!("resolution.seen {id}")
}

/// What a person goes on with, and where it is sealed: what was seen last, else the evidence of the decision itself.
pub(crate) fn newest_evidence(found: &AnyRow) -> Result<(String, Vec<u8>)> {
    let id = row::id(found, "id")?;
    Ok(match row::opt_bytes(found, "sealed_seen")? {
        Some(seen) => (seen_place(id), seen),
        None => (evidence_place(id), row::bytes(found, "sealed_evidence")?),
    })
}
