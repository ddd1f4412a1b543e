//! Asking a person about what is stuck, once for each, and taking the question back when it moves again.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::TaskId;
use encompass_core::state::{TaskKind, TaskState};
use jiff::Timestamp;

use super::{Finding, Findings, Kind};
use crate::db::{batch, row};
use crate::{Result, Store, task};

/// What was asked and taken back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Tasks opened.
    pub opened: usize,
    /// Tasks settled because what they were about moves again.
    pub settled: usize,
    /// Findings without a task, because so many are open already.
    pub unasked: usize,
}

/// An open or claimed task of the watchdog's.
struct Standing {
    id: TaskId,
    state: TaskState,
}

type Key = (String, String);

/// Opens a task for each finding that has none, and settles those that nobody claimed and that are not found
/// any more. While `open_max` tasks are open, only urgent findings get further ones: an outage of everything
/// must not bury the desk in one mail a child. The metric counts them all.
///
/// # Errors
/// As the database says.
pub async fn ask(store: &Store, findings: &Findings, now: Timestamp, open_max: usize) -> Result<Asked> {
    let standing = standing(store).await?;
    let room = open_max.saturating_sub(standing.len());
    let (wanted, unasked) = choose(findings, &standing, room);
    let over = if findings.is_cut { Vec::new() } else { over(findings, &standing) };
    let asked = Asked { opened: wanted.len(), settled: over.len(), unasked };
    if wanted.is_empty() && over.is_empty() {
        return Ok(asked);
    }
    let mut tx = store.begin().await?;
    let rows = over
        .into_iter()
        .map(|id| vec![id.into(), now.into(), "service".into(), "moves_again".into()])
        .collect();
    let update = "UPDATE task SET state = 'settled', settled_at = v.at, settled_by = v.by, settled_how = v.how, \
         next_at = NULL FROM v WHERE task.id = v.id AND task.state = 'open' RETURNING task.id AS id";
    batch::with(tx.conn(), "id, at, by, how", rows, update).await?;
    tx.open_tasks(wanted.into_iter().map(|finding| new_task(finding, now)).collect(), now).await?;
    tx.commit().await?;
    Ok(asked)
}

async fn standing(store: &Store) -> Result<BTreeMap<Key, Standing>> {
    let select = "SELECT id, force_id, subject, detail, state FROM task \
         WHERE state IN ('open', 'claimed') AND kind = 'stuck'";
    let rows = sqlx::query(select).fetch_all(store.read()).await?;
    let words: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.as_str()).collect();
    let mut standing = BTreeMap::new();
    for found in &rows {
        if words.contains(row::text(found, "detail")?.as_str()) {
            let key = (row::text(found, "force_id")?, row::text(found, "subject")?);
            standing.insert(key, Standing { id: row::id(found, "id")?, state: row::word(found, "state")? });
        }
    }
    Ok(standing)
}

/// The findings to ask about, and how many are left without a task.
fn choose<'a>(
    findings: &'a Findings,
    standing: &BTreeMap<Key, Standing>,
    mut room: usize,
) -> (Vec<&'a Finding>, usize) {
    let mut unasked = 0;
    let mut wanted = Vec::new();
    for finding in findings.all.iter().filter(|finding| !standing.contains_key(&key(finding))) {
        if room == 0 && !finding.kind.is_urgent() {
            unasked += 1;
            continue;
        }
        room = room.saturating_sub(1);
        wanted.push(finding);
    }
    (wanted, unasked)
}

/// Tasks that nobody claimed about what is not found any more.
fn over(findings: &Findings, standing: &BTreeMap<Key, Standing>) -> Vec<TaskId> {
    let found: BTreeSet<Key> = findings.all.iter().map(key).collect();
    let open = standing.iter().filter(|(_, task)| task.state == TaskState::Open);
    open.filter(|(key, _)| !found.contains(*key)).map(|(_, task)| task.id).collect()
}

fn key(finding: &Finding) -> Key {
    (finding.force.clone(), finding.subject.clone())
}

fn new_task(finding: &Finding, now: Timestamp) -> task::New {
    task::New {
        incident: finding.incident,
        child: finding.child,
        notification: finding.notification,
        detail: finding.kind.as_str().to_owned(),
        ..task::New::about(&finding.force, TaskKind::Stuck, finding.subject.clone(), finding.due_at.max(now))
    }
}
