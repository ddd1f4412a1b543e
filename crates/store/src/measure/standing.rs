//! What stands open now: bounded by what is open, not by what there ever was.

use jiff::{SignedDuration, Timestamp};
use prometheus::proto::MetricFamily;

use super::seconds;
use super::standing_families::Families;
use crate::db::row;
use crate::{Result, Store, watch};

pub(super) async fn families(store: &Store, now: Timestamp) -> Result<Vec<MetricFamily>> {
    let families = Families::new();
    for &(kind, select) in WAITING {
        waiting(store, &families, kind, select, now).await?;
    }
    counts(store, &families).await?;
    positions(store, &families).await?;
    duties(store, &families).await?;
    feeds(store, &families, now).await?;
    Ok(families.registry.gather())
}

/// What waits: force, a word for its state, since when, until when (not counted where null), and a word for why.
const WAITING: &[(&str, &str)] = &[
    (
        "child",
        "SELECT force_id, state, created_at AS since, due_at, hold AS why FROM child WHERE state = 'held'",
    ),
    (
        "notification",
        "SELECT force_id, state, created_at AS since, CASE WHEN told_at IS NULL THEN due_at END AS due_at, \
         NULL AS why FROM notification WHERE acknowledged_at IS NULL AND closed_at IS NULL",
    ),
    (
        "delivery",
        "SELECT force_id, state, created_at AS since, CAST(NULL AS BIGINT) AS due_at, NULL AS why FROM delivery \
         WHERE state IN ('queued', 'sending')",
    ),
    (
        "task",
        "SELECT force_id, state, opened_at AS since, due_at, kind AS why FROM task WHERE state IN ('open', 'claimed')",
    ),
    (
        "dead_letter",
        "SELECT force_id, state, received_at AS since, due_at, kind AS why FROM refused WHERE state = 'open'",
    ),
];

async fn waiting(
    store: &Store,
    families: &Families,
    kind: &str,
    select: &'static str,
    now: Timestamp,
) -> Result<()> {
    for found in sqlx::query(select).fetch_all(store.read()).await? {
        let (force, state) = (row::text(&found, "force_id")?, row::text(&found, "state")?);
        let age = now.duration_since(row::instant(&found, "since")?).max(SignedDuration::ZERO);
        families.age.with_label_values(&[kind, state.as_str()]).observe(seconds(age));
        if let Some(due_at) = row::opt_instant(&found, "due_at")? {
            let left = seconds(due_at.duration_since(now));
            families.time_left.with_label_values(&[force.as_str(), kind]).observe(left);
        }
        let why = row::opt_text(&found, "why")?.unwrap_or_default();
        match kind {
            "child" => families.held.with_label_values(&[force.as_str(), &why]).inc(),
            "task" => families.tasks.with_label_values(&[force.as_str(), &why, &state]).inc(),
            _ => {}
        }
    }
    Ok(())
}

async fn counts(store: &Store, families: &Families) -> Result<()> {
    let select = "SELECT force_id, kind, state, COUNT(*) AS n FROM refused GROUP BY force_id, kind, state";
    for found in sqlx::query(select).fetch_all(store.read()).await? {
        let [force, kind, state] = ["force_id", "kind", "state"].map(|column| row::text(&found, column));
        let labels = [force?, kind?, state?];
        families.dead_letters.with_label_values(&labels).set(row::int(&found, "n")?);
    }
    let select = "SELECT force_id, COUNT(*) AS n FROM attempt WHERE state = 'unknown' GROUP BY force_id";
    for found in sqlx::query(select).fetch_all(store.read()).await? {
        families.unknown.with_label_values(&[row::text(&found, "force_id")?]).set(row::int(&found, "n")?);
    }
    for found in sqlx::query("SELECT chain, sequence FROM audit_head").fetch_all(store.read()).await? {
        let rows = row::int(&found, "sequence")?;
        families.audit_rows.with_label_values(&[row::text(&found, "chain")?]).set(rows);
    }
    Ok(())
}

async fn positions(store: &Store, families: &Families) -> Result<()> {
    let select = "SELECT topic, CAST(SUM(read_count) AS BIGINT) AS read, \
         CAST(SUM(accepted_count) AS BIGINT) AS accepted, CAST(SUM(repeated_count) AS BIGINT) AS repeated, \
         CAST(SUM(refused_count) AS BIGINT) AS refused FROM position GROUP BY topic";
    for found in sqlx::query(select).fetch_all(store.read()).await? {
        let topic = row::text(&found, "topic")?;
        for kind in ["read", "accepted", "repeated", "refused"] {
            families.messages.with_label_values(&[topic.as_str(), kind]).set(row::int(&found, kind)?);
        }
    }
    Ok(())
}

async fn duties(store: &Store, families: &Families) -> Result<()> {
    for found in sqlx::query("SELECT name, beat_at FROM duty").fetch_all(store.read()).await? {
        let beat = row::instant(&found, "beat_at")?.as_second();
        families.beat.with_label_values(&[row::text(&found, "name")?]).set(beat);
    }
    Ok(())
}

async fn feeds(store: &Store, families: &Families, now: Timestamp) -> Result<()> {
    for force in watch::forces(store).await? {
        let select = "SELECT MAX(received_at) AS last FROM incident WHERE force_id = $1";
        let found = sqlx::query(select).bind(force.clone()).fetch_one(store.read()).await?;
        if let Some(last) = row::opt_instant(&found, "last")? {
            families.last_received.with_label_values(&[force.as_str()]).set(last.as_second());
        }
        families.outbox_age.with_label_values(&[force.as_str()]).set(0);
    }
    let select = "SELECT outbox.force_id AS force_id, MIN(created_at) AS since FROM outbox_head JOIN outbox \
         ON outbox.force_id = outbox_head.force_id AND number > published GROUP BY outbox.force_id";
    for found in sqlx::query(select).fetch_all(store.read()).await? {
        let age = now.duration_since(row::instant(&found, "since")?).as_secs().max(0);
        families.outbox_age.with_label_values(&[row::text(&found, "force_id")?]).set(age);
    }
    Ok(())
}
