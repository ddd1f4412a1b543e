//! Finding what is stuck.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::{ChildId, IncidentId, NotificationId, of};
use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;

use super::query::{self, Bind, Query};
use crate::db::row;
use crate::{Result, Store};

/// What kind of stuck.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A held child with under an hour left, of whom nobody was told and about whom no person was asked.
    ChildUntold,
    /// A notification with under an hour left that was not told and about which no person was asked.
    NotificationUntold,
    /// A held child whose next time has passed.
    ChildOverdue,
    /// A notification whose next time has passed, with nothing under way.
    NotificationOverdue,
    /// A held child without a next time. One that is notified follows its notifications, and the account counts it.
    ChildTimeless,
    /// An open notification without a next time.
    NotificationTimeless,
    /// A delivery that nobody claims though it is due.
    DeliveryOverdue,
    /// A delivery whose lease ended and that nobody took back.
    DeliveryLeaseOver,
    /// A delivery whose lease ended twice or more.
    DeliveryUnknown,
    /// An open delivery without a next time, a lease or a due time.
    DeliveryTimeless,
    /// A refused message about which no person was asked.
    RefusedUnasked,
    /// A task whose alert is due and was not made.
    TaskOverdue,
    /// A task that nobody settles: its claim lapsed, or everybody was mailed as often as the plan says.
    TaskUnsettled,
    /// Lifecycle events that wait too long to be published.
    OutboxLate,
    /// A force of which nothing was heard for too long.
    FeedQuiet,
    /// A duty whose holder died and that nobody took over.
    DutyUnbeaten,
}

impl Kind {
    /// Every kind, the most urgent first.
    pub const ALL: &'static [Self] = &[
        Self::ChildUntold,
        Self::NotificationUntold,
        Self::ChildOverdue,
        Self::NotificationOverdue,
        Self::ChildTimeless,
        Self::NotificationTimeless,
        Self::DeliveryOverdue,
        Self::DeliveryLeaseOver,
        Self::DeliveryUnknown,
        Self::DeliveryTimeless,
        Self::RefusedUnasked,
        Self::TaskOverdue,
        Self::TaskUnsettled,
        Self::OutboxLate,
        Self::FeedQuiet,
        Self::DutyUnbeaten,
    ];

    /// The word for it, in tasks and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChildUntold => "child_untold",
            Self::NotificationUntold => "notification_untold",
            Self::ChildOverdue => "child_overdue",
            Self::NotificationOverdue => "notification_overdue",
            Self::ChildTimeless => "child_timeless",
            Self::NotificationTimeless => "notification_timeless",
            Self::DeliveryOverdue => "delivery_overdue",
            Self::DeliveryLeaseOver => "delivery_lease_over",
            Self::DeliveryUnknown => "delivery_unknown",
            Self::DeliveryTimeless => "delivery_timeless",
            Self::RefusedUnasked => "refused_unasked",
            Self::TaskOverdue => "task_overdue",
            Self::TaskUnsettled => "task_unsettled",
            Self::OutboxLate => "outbox_late",
            Self::FeedQuiet => "feed_quiet",
            Self::DutyUnbeaten => "duty_unbeaten",
        }
    }

    /// Whether time runs out for a child: such a finding always becomes a task.
    pub const fn is_urgent(self) -> bool {
        matches!(self, Self::ChildUntold | Self::NotificationUntold)
    }
}

/// From when on something counts as stuck.
#[derive(Clone, Debug)]
pub struct Limits {
    /// How long after its next time something is stuck.
    pub grace: SignedDuration,
    /// How long before its due time a person must have been asked.
    pub urgent: SignedDuration,
    /// How long a lifecycle event may wait.
    pub outbox: SignedDuration,
    /// How long a force may be silent.
    pub quiet: SignedDuration,
    /// As `quiet`, for forces that have a limit of their own, heard of before or not.
    pub quiet_of: BTreeMap<String, SignedDuration>,
}

/// Something that is stuck.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How.
    pub kind: Kind,
    /// Whose case it is; empty for the installation's own.
    pub force: String,
    /// Which row, as `kind:id`.
    pub subject: String,
    /// Until when it should have been dealt with.
    pub due_at: Timestamp,
    /// The incident.
    pub incident: Option<IncidentId>,
    /// The child.
    pub child: Option<ChildId>,
    /// The notification.
    pub notification: Option<NotificationId>,
}

/// All that is stuck, the most urgent first, each row once.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What was found.
    pub all: Vec<Finding>,
    /// Whether there is more than one look takes.
    pub is_cut: bool,
}

impl Findings {
    /// How many of a kind.
    pub fn count(&self, kind: Kind) -> usize {
        self.all.iter().filter(|finding| finding.kind == kind).count()
    }
}

/// Looks for everything that is stuck at `now` (domain time) and `machine` (the machine's clock).
///
/// # Errors
/// As the database says.
pub async fn find(store: &Store, limits: &Limits, now: Timestamp, machine: Timestamp) -> Result<Findings> {
    let mut findings = Findings::default();
    let mut seen = BTreeSet::new();
    for look in query::ALL {
        let rows = rows(store, look, limits, now, machine).await?;
        findings.is_cut |= rows.len() >= query::MOST;
        for found in &rows {
            let finding = finding(look, found)?;
            if seen.insert(finding.subject.clone()) {
                findings.all.push(finding);
            }
        }
    }
    findings.all.extend(late_events(store, limits, now).await?);
    findings.all.extend(quiet_feeds(store, limits, now).await?);
    findings.all.extend(unbeaten_duties(store, limits, now, machine).await?);
    Ok(findings)
}

async fn rows(
    store: &Store,
    look: &Query,
    limits: &Limits,
    now: Timestamp,
    machine: Timestamp,
) -> Result<Vec<AnyRow>> {
    let mut query = sqlx::query(look.sql);
    for bind in look.binds {
        let at = match bind {
            Bind::Past => before(now, limits.grace),
            // Calls are opened at that very time: they are given the grace too.
            Bind::Soon => before(now, limits.grace - limits.urgent),
            Bind::MachinePast => before(machine, limits.grace),
        };
        query = query.bind(at.as_microsecond());
    }
    Ok(query.fetch_all(store.read()).await?)
}

fn finding(look: &Query, found: &AnyRow) -> Result<Finding> {
    // Whatever table it is of, an id is sixteen bytes and written as a UUID.
    let id = row::id::<of::Child>(found, "id")?;
    Ok(Finding {
        kind: look.kind,
        force: row::text(found, "force_id")?,
        subject: format!("{}:{id}", look.subject),
        due_at: row::instant(found, "due_at")?,
        incident: row::opt_id(found, "incident_id")?,
        child: row::opt_id(found, "child_id")?,
        notification: row::opt_id(found, "notification_id")?,
    })
}

async fn late_events(store: &Store, limits: &Limits, now: Timestamp) -> Result<Vec<Finding>> {
    let select = "SELECT force_id, since FROM (SELECT force_id, (SELECT created_at FROM outbox \
         WHERE outbox.force_id = outbox_head.force_id AND number > published ORDER BY number LIMIT 1) AS since \
         FROM outbox_head) AS head WHERE since <= $1";
    let past = before(now, limits.outbox).as_microsecond();
    let rows = sqlx::query(select).bind(past).fetch_all(store.read()).await?;
    rows.iter()
        .map(|found| {
            let force = row::text(found, "force_id")?;
            let subject = format!("outbox:{force}");
            Ok(without_case(Kind::OutboxLate, &force, subject, row::instant(found, "since")?))
        })
        .collect()
}

async fn quiet_feeds(store: &Store, limits: &Limits, now: Timestamp) -> Result<Vec<Finding>> {
    let mut forces: BTreeSet<String> = super::forces(store).await?.into_iter().collect();
    forces.extend(limits.quiet_of.keys().cloned());
    let mut quiet = Vec::new();
    for force in forces {
        let select = "SELECT MAX(received_at) AS last FROM incident WHERE force_id = $1";
        let found = sqlx::query(select).bind(force.clone()).fetch_one(store.read()).await?;
        let last = row::opt_instant(&found, "last")?;
        let limit = before(now, limits.quiet_of.get(&force).copied().unwrap_or(limits.quiet));
        if last.is_none_or(|last| last <= limit) {
            quiet.push(without_case(Kind::FeedQuiet, &force, format!("feed:{force}"), last.unwrap_or(now)));
        }
    }
    Ok(quiet)
}

async fn unbeaten_duties(
    store: &Store,
    limits: &Limits,
    now: Timestamp,
    machine: Timestamp,
) -> Result<Vec<Finding>> {
    // A duty that was let go has an end of 0: its holder stopped cleanly.
    let select = "SELECT name FROM duty WHERE until > 0 AND until <= $1";
    let past = before(machine, limits.grace).as_microsecond();
    let rows = sqlx::query(select).bind(past).fetch_all(store.read()).await?;
    rows.iter()
        .map(|found| {
            let subject = format!("duty:{}", row::text(found, "name")?);
            Ok(without_case(Kind::DutyUnbeaten, "", subject, now))
        })
        .collect()
}

fn without_case(kind: Kind, force: &str, subject: String, due_at: Timestamp) -> Finding {
    Finding {
        kind,
        force: force.to_owned(),
        subject,
        due_at,
        incident: None,
        child: None,
        notification: None,
    }
}

fn before(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.saturating_sub(span).unwrap_or(Timestamp::MIN)
}
