//! How promises were kept: every child that was due, told or not, by the same rules as the leaders' pages.

use std::str::FromStr;

use encompass_core::due::{Cause, Chain, Timeliness, attribute_miss};
use encompass_core::state::{Hold, NotificationEnd, Reason};
use jiff::{SignedDuration, Timestamp};
use prometheus::proto::MetricFamily;
use sqlx::any::AnyRow;

use super::kept_families::Families;
use super::{seconds, since};
use crate::db::row;
use crate::{Result, Store, watch};

/// Stands for the kind of setting where there is none yet.
const NO_SETTING: &str = "none";

pub(super) async fn families(
    store: &Store,
    margin: SignedDuration,
    now: Timestamp,
) -> Result<Vec<MetricFamily>> {
    let families = Families::new(margin);
    for force in watch::forces(store).await? {
        notifications(store, &families, &force, now).await?;
        children(store, &families, &force, now).await?;
    }
    refused(store, &families, now).await?;
    tallies(store, &families, now).await?;
    settings(store, &families).await?;
    Ok(families.registry.gather())
}

/// A child that a setting was to be told of, or that has no setting yet.
struct Owed<'a> {
    force: &'a str,
    setting_kind: &'a str,
    due_at: Timestamp,
    sent_at: Option<Timestamp>,
    told_at: Option<Timestamp>,
    acknowledged_at: Option<Timestamp>,
    /// When it was closed with a reason, if it was.
    closed_at: Option<Timestamp>,
}

impl Families {
    /// Counts what was owed, once its due time has passed. Says whether it was told late or never.
    fn count(&self, owed: &Owed<'_>, now: Timestamp) -> bool {
        if !Timeliness::counts(owed.due_at, now) {
            return false;
        }
        self.due.with_label_values(&[owed.force, owed.setting_kind]).inc();
        let done = [("sent", owed.sent_at), ("told", owed.told_at), ("acknowledged", owed.acknowledged_at)];
        let mut is_told_late = false;
        for (kind, at) in done {
            let state = match Timeliness::of(owed.due_at, at, now) {
                Timeliness::InTime => Timeliness::InTime.as_str(),
                _ if at.is_none() && owed.closed_at.is_some_and(|closed| closed <= owed.due_at) => "closed",
                _ => Timeliness::Late.as_str(),
            };
            self.kept.with_label_values(&[owed.force, owed.setting_kind, kind, state]).inc();
            is_told_late |= kind == "told" && state == Timeliness::Late.as_str();
        }
        is_told_late
    }

    fn miss(&self, owed: &Owed<'_>, cause: Option<Cause>) {
        if let Some(cause) = cause {
            self.misses.with_label_values(&[owed.force, owed.setting_kind, cause.as_str()]).inc();
        }
    }
}

/// What was asked first about the child, and when its setting had somebody who could be told, are looked up
/// only where it was told late.
const NOTIFICATIONS: &str = "SELECT n.setting_kind AS setting_kind, n.ended AS ended, n.due_at AS due_at, \
     n.created_at AS created_at, n.sent_at AS sent_at, n.opened_at AS opened_at, \
     n.acknowledged_at AS acknowledged_at, n.told_at AS told_at, n.closed_at AS closed_at, child.state AS child_state, \
     incident.known_at AS known_at, incident.recorded_at AS recorded_at, incident.received_at AS received_at, \
     incident.is_exercise AS is_exercise, incident.is_history AS is_history, \
     CASE WHEN n.told_at IS NULL OR n.told_at > n.due_at THEN (SELECT MIN(contact.verified_at) FROM contact \
     WHERE contact.setting_id = n.setting_id AND contact.state = 'verified') END AS contact_at, \
     CASE WHEN n.told_at IS NULL OR n.told_at > n.due_at THEN (SELECT MIN(resolution.decided_at) FROM resolution \
     WHERE resolution.child_id = n.child_id) END AS first_at, \
     CASE WHEN n.told_at IS NULL OR n.told_at > n.due_at THEN (SELECT resolution.reason FROM resolution \
     WHERE resolution.child_id = n.child_id ORDER BY resolution.decided_at LIMIT 1) END AS first_hold \
     FROM notification n JOIN child ON child.id = n.child_id JOIN incident ON incident.id = n.incident_id \
     WHERE n.force_id = $1 AND n.due_at >= $2";

async fn notifications(store: &Store, families: &Families, force: &str, now: Timestamp) -> Result<()> {
    let query = sqlx::query(NOTIFICATIONS).bind(force.to_owned()).bind(since(now).as_microsecond());
    for found in query.fetch_all(store.read()).await? {
        if row::flag(&found, "is_exercise")? || row::flag(&found, "is_history")? {
            continue;
        }
        let kind = row::text(&found, "setting_kind")?;
        steps(families, force, &kind, &found)?;
        let owed = Owed {
            force,
            setting_kind: &kind,
            due_at: row::instant(&found, "due_at")?,
            sent_at: row::opt_instant(&found, "sent_at")?,
            told_at: row::opt_instant(&found, "told_at")?,
            acknowledged_at: row::opt_instant(&found, "acknowledged_at")?,
            closed_at: row::opt_instant(&found, "closed_at")?,
        };
        match word::<NotificationEnd>(&found, "ended")? {
            Some(end @ (NotificationEnd::NotHere | NotificationEnd::Left)) => {
                // The child is owed to another setting, or held: it is counted there.
                families.wrong_settings.with_label_values(&[force, &kind, end.as_str()]).inc();
                continue;
            }
            // So is one whose setting was left open again by a correction.
            Some(NotificationEnd::Corrected) => continue,
            // Closed with its child, which is counted by itself.
            Some(_) if row::text(&found, "child_state")? != "notified" => continue,
            Some(NotificationEnd::Withdrawn | NotificationEnd::ByPerson) | None => {}
        }
        if families.count(&owed, now) {
            families.miss(&owed, attribute_miss(&chain(&owed, &found)?, families.margin, now));
        }
    }
    Ok(())
}

fn chain(owed: &Owed<'_>, found: &AnyRow) -> Result<Chain> {
    let received_at = row::instant(found, "received_at")?;
    let released_at = row::instant(found, "created_at")?;
    let was_unsafe = word::<Hold>(found, "first_hold")?.is_some_and(is_unsafe);
    let first_at = row::opt_instant(found, "first_at")?.filter(|_| was_unsafe);
    Ok(Chain {
        due: owed.due_at,
        received_at,
        accepted_at: Some(received_at),
        resolved_at: Some(first_at.unwrap_or(released_at)),
        released_at: Some(released_at),
        contact_at: row::opt_instant(found, "contact_at")?,
        sent_at: owed.sent_at,
        told_at: owed.told_at,
    })
}

/// Whether the setting was known and telling it was what had to be decided.
const fn is_unsafe(hold: Hold) -> bool {
    matches!(hold, Hold::ConnectedAdult | Hold::Restricted | Hold::ProtectedAddress | Hold::NotToBeNotified)
}

fn steps(families: &Families, force: &str, setting_kind: &str, found: &AnyRow) -> Result<()> {
    let time = |column| row::opt_instant(found, column);
    let (known, received) = (time("known_at")?, time("received_at")?);
    let recorded = time("recorded_at")?;
    let (resolved, sent, told) = (time("created_at")?, time("sent_at")?, time("told_at")?);
    let (opened, acknowledged) = (time("opened_at")?, time("acknowledged_at")?);
    let steps = [
        ("recorded", known, recorded),
        ("received", recorded.or(known), received),
        ("resolved", received, resolved),
        ("sent", resolved, sent),
        ("opened", sent, opened),
        ("acknowledged", opened, acknowledged),
        ("known_to_told", known, told),
    ];
    for (step, from, to) in steps {
        if let (Some(from), Some(to)) = (from, to) {
            // Clocks of two systems may differ: nothing ends before it begins.
            let took = seconds(to.duration_since(from).max(SignedDuration::ZERO));
            families.steps.with_label_values(&[force, setting_kind, step]).observe(took);
        }
    }
    Ok(())
}

/// Children without a setting: those that have notifications are counted there.
const CHILDREN: &str = "SELECT child.state AS state, child.hold AS hold, child.reason AS reason, \
     child.due_at AS due_at, child.closed_at AS closed_at, incident.received_at AS received_at, \
     incident.is_exercise AS is_exercise, incident.is_history AS is_history, \
     (SELECT MIN(resolution.decided_at) FROM resolution WHERE resolution.child_id = child.id) AS first_at \
     FROM child JOIN incident ON incident.id = child.incident_id \
     WHERE child.force_id = $1 AND child.due_at >= $2 AND child.state <> 'notified'";

async fn children(store: &Store, families: &Families, force: &str, now: Timestamp) -> Result<()> {
    let query = sqlx::query(CHILDREN).bind(force.to_owned()).bind(since(now).as_microsecond());
    for found in query.fetch_all(store.read()).await? {
        let due_at = row::instant(&found, "due_at")?;
        let reason = word::<Reason>(&found, "reason")?;
        let is_exercise = row::flag(&found, "is_exercise")? || reason == Some(Reason::Exercise);
        let is_history = row::flag(&found, "is_history")? || reason == Some(Reason::History);
        if is_exercise || is_history {
            let kind = if is_exercise { Reason::Exercise } else { Reason::History };
            families.exercises.with_label_values(&[force, kind.as_str()]).inc();
            continue;
        }
        let state = row::text(&found, "state")?;
        if state != "held" && Timeliness::counts(due_at, now) {
            let why = reason.map_or(state.as_str(), |reason| reason.as_str());
            families.not_notified.with_label_values(&[force, why]).inc();
        }
        let owed = without_setting(force, due_at, row::opt_instant(&found, "closed_at")?);
        if families.count(&owed, now) {
            let is_unsafe = word::<Hold>(&found, "hold")?.is_some_and(is_unsafe);
            let received_at = row::instant(&found, "received_at")?;
            let chain = Chain {
                accepted_at: Some(received_at),
                resolved_at: row::opt_instant(&found, "first_at")?.filter(|_| is_unsafe),
                ..nothing_done(due_at, received_at)
            };
            families.miss(&owed, attribute_miss(&chain, families.margin, now));
        }
    }
    Ok(())
}

/// A refused message stands for one child at least, until it is put back.
async fn refused(store: &Store, families: &Families, now: Timestamp) -> Result<()> {
    let select = "SELECT force_id, due_at, received_at FROM refused WHERE state = 'open' AND due_at >= $1";
    for found in sqlx::query(select).bind(since(now).as_microsecond()).fetch_all(store.read()).await? {
        let force = row::text(&found, "force_id")?;
        let due_at = row::instant(&found, "due_at")?;
        let owed = without_setting(&force, due_at, None);
        if families.count(&owed, now) {
            let chain = nothing_done(due_at, row::instant(&found, "received_at")?);
            families.miss(&owed, attribute_miss(&chain, families.margin, now));
        }
    }
    Ok(())
}

const fn without_setting(force: &str, due_at: Timestamp, closed_at: Option<Timestamp>) -> Owed<'_> {
    Owed {
        force,
        setting_kind: NO_SETTING,
        due_at,
        sent_at: None,
        told_at: None,
        acknowledged_at: None,
        closed_at,
    }
}

const fn nothing_done(due: Timestamp, received_at: Timestamp) -> Chain {
    Chain {
        due,
        received_at,
        accepted_at: None,
        resolved_at: None,
        released_at: None,
        contact_at: None,
        sent_at: None,
        told_at: None,
    }
}

async fn tallies(store: &Store, families: &Families, now: Timestamp) -> Result<()> {
    let select = "SELECT force_id, \
         CAST(COALESCE(SUM(ABS(with_children - came_with_children)), 0) AS BIGINT) AS with_children, \
         CAST(COALESCE(SUM(ABS(children - came_children)), 0) AS BIGINT) AS children, \
         CAST(COALESCE(SUM(ABS(published - came_published)), 0) AS BIGINT) AS published \
         FROM tally WHERE compared_at IS NOT NULL AND received_at >= $1 GROUP BY force_id";
    for found in sqlx::query(select).bind(since(now).as_microsecond()).fetch_all(store.read()).await? {
        let force = row::text(&found, "force_id")?;
        for kind in ["with_children", "children", "published"] {
            families.tallies.with_label_values(&[force.as_str(), kind]).set(row::int(&found, kind)?);
        }
    }
    Ok(())
}

async fn settings(store: &Store, families: &Families) -> Result<()> {
    let select = "SELECT kind, state, COUNT(*) AS n FROM (SELECT setting_record.kind AS kind, \
         CASE COALESCE(counted.verified, 0) WHEN 0 THEN 'none' WHEN 1 THEN 'one' ELSE 'two_or_more' END AS state \
         FROM load JOIN setting_record ON setting_record.load_id = load.id LEFT JOIN (SELECT setting_id, \
         COUNT(*) AS verified FROM contact WHERE state = 'verified' GROUP BY setting_id) counted \
         ON counted.setting_id = setting_record.setting_id \
         WHERE load.kind = 'settings' AND load.state = 'current' AND setting_record.is_open = 1) covered \
         GROUP BY kind, state";
    for found in sqlx::query(select).fetch_all(store.read()).await? {
        let (kind, state) = (row::text(&found, "kind")?, row::text(&found, "state")?);
        families.settings.with_label_values(&[kind.as_str(), state.as_str()]).set(row::int(&found, "n")?);
    }
    Ok(())
}

/// A word, or `None` where it is null or is of another kind of word (a resolution's reason may be either).
fn word<W: FromStr>(found: &AnyRow, column: &str) -> Result<Option<W>> {
    Ok(row::opt_text(found, column)?.and_then(|word| word.parse().ok()))
}
