//! Writing what a batch made of its cases: new children, corrections and withdrawals.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::{ChildId, IncidentId};
use encompass_core::state::{ChildState, Hold, Reason, TaskKind};
use jiff::Timestamp;

use super::accept::{Rows, Told, insert_versions};
use super::case::{Case, Latest, Named, VersionKind};
use crate::child::Child;
use crate::db::{Value, batch, row};
use crate::lifecycle::Change;
use crate::{Actor, Result, Tx};

const INTAKE: Actor = Actor::Service("intake");

pub(super) async fn write(tx: &mut Tx, cases: BTreeMap<IncidentId, Case>, rows: Rows) -> Result<()> {
    write_incidents(tx, &cases, &rows.told).await?;
    let told = insert_versions(tx, rows).await?;
    let changed: Vec<&Case> = cases.values().filter(|case| case.is_changed).collect();
    write_children(tx, &changed, &told).await?;
    for case in changed.iter().filter(|case| case.new.is_none()) {
        let newest = told.iter().rev().find(|told| told.incident == case.id && told.is_newest);
        if let (Some(newest), Some(latest)) = (newest, &case.latest) {
            apply_newest(tx, case, latest, newest).await?;
        } else if case.is_restricted_late {
            let told = told.iter().find(|told| told.incident == case.id).expect("a changed case was told of");
            look_at_restricted(tx, case, told.received_at).await?;
        }
    }
    for case in &changed {
        ask_about_unnamed(tx, case, &told).await?;
    }
    for told in told.iter().filter(|told| told.is_numbered_otherwise()) {
        let due_at = cases[&told.incident].first_due().unwrap_or(told.received_at);
        ask_by(tx, TaskKind::VersionOrder, told, due_at).await?;
    }
    Ok(())
}

/// A child that only a lower version names is closed from the beginning, for the highest may have left it out on purpose,
/// or by a slip of the force's system: a person looks.
async fn ask_about_unnamed(tx: &mut Tx, case: &Case, told: &[Told]) -> Result<()> {
    if case.latest.as_ref().is_none_or(|latest| latest.is_withdrawn) {
        return Ok(());
    }
    let unnamed = case.children.values().filter_map(|named| match named {
        Named::New { is_named: false, named_in, due, .. } => Some((due.at, *named_in)),
        Named::New { .. } | Named::Stored { .. } => None,
    });
    let Some((due_at, version)) = unnamed.min() else { return Ok(()) };
    let lower = told.iter().find(|told| told.incident == case.id && told.version == version);
    let lower = lower.expect("the version that first names a child was told of with it");
    ask_by(tx, TaskKind::NoLongerNamed, lower, due_at).await
}

async fn write_incidents(tx: &mut Tx, cases: &BTreeMap<IncidentId, Case>, told: &[Told]) -> Result<()> {
    let mut inserts = Vec::new();
    let mut updates = Vec::new();
    for case in cases.values().filter(|case| case.is_changed) {
        let Some(latest) = &case.latest else { continue };
        let mut row: Vec<Value> = vec![
            case.id.into(),
            latest.version.into(),
            latest.is_withdrawn.into(),
            latest.is_restricted.into(),
            latest.is_exercise.into(),
            latest.is_history.into(),
            i64::try_from(case.children.len()).expect("children are few").into(),
            latest.children.into(),
            latest.known_at.into(),
            latest.known_by.clone().into(),
            latest.recorded_at.into(),
            latest.published_at.into(),
            latest.traceparent.clone().into(),
        ];
        if let Some(reference_hash) = case.new {
            let of_case = || told.iter().filter(|told| told.incident == case.id);
            let first = of_case().next().expect("a new case was told of");
            // Each version that was stored, and each child.
            let events = of_case().count() + case.children.len();
            let events = i64::try_from(events).expect("versions and children are few");
            row.extend([
                reference_hash.into(),
                first.force.clone().into(),
                first.reference.clone().into(),
                case.wrapped_key.clone().into(),
                first.received_at.into(),
                events.into(),
            ]);
            inserts.push(row);
            tx.begin_events(case.id, events, latest.traceparent.clone());
        } else {
            updates.push(row);
        }
    }
    let head = "INSERT INTO incident (id, latest_version, is_withdrawn, is_restricted, is_exercise, is_history, \
         children, named_last, known_at, known_by, recorded_at, published_at, traceparent, reference_hash, force_id, \
         reference, wrapped_key, received_at, event_sequence)";
    batch::insert(tx.conn(), head, inserts, "").await?;
    let update = "UPDATE incident SET latest_version = v.latest_version, is_withdrawn = v.is_withdrawn, \
         is_restricted = v.is_restricted, is_exercise = v.is_exercise, is_history = v.is_history, \
         children = v.children, named_last = v.named_last, known_at = v.known_at, known_by = v.known_by, recorded_at = v.recorded_at, \
         published_at = v.published_at, traceparent = v.traceparent FROM v \
         WHERE incident.id = v.id RETURNING incident.id AS id";
    let columns = "id, latest_version, is_withdrawn, is_restricted, is_exercise, is_history, children, named_last, \
         known_at, known_by, recorded_at, published_at, traceparent";
    batch::with(tx.conn(), columns, updates, update).await?;
    Ok(())
}

/// Inserts the children that are new. One that the highest version does not name, or whose incident is
/// withdrawn already, is closed from the beginning: it is accounted for, and no setting is told.
async fn write_children(tx: &mut Tx, cases: &[&Case], told: &[Told]) -> Result<()> {
    let mut children = Vec::new();
    let mut dues = Vec::new();
    for case in cases {
        let Some(latest) = &case.latest else { continue };
        let first = told.iter().find(|told| told.incident == case.id).expect("a changed case was told of");
        for (id, named) in &case.children {
            let Named::New { child_ref, place, named_in, due, received_at, is_named } = named else {
                continue;
            };
            let is_open = *is_named && !latest.is_withdrawn;
            let key = case.key.as_ref().expect("a case that is not erased has its key");
            let state = if is_open { ChildState::Held } else { ChildState::Closed };
            children.push(vec![
                (*id).into(),
                first.force.clone().into(),
                case.id.into(),
                key.seal(&super::read::child_place(*id), child_ref.as_bytes()).into(),
                (*place).into(),
                state.as_str().into(),
                is_open.then_some(Hold::Unresolved.as_str()).into(),
                (!is_open).then_some(Reason::Withdrawn.as_str()).into(),
                (*named_in).into(),
                is_open.into(),
                latest.known_at.into(),
                due.at.into(),
                due.is_provisional.into(),
                is_open.then_some(*received_at).into(),
                (*received_at).into(),
                (!is_open).then_some(*received_at).into(),
                (!is_open).then(|| INTAKE.to_string()).into(),
            ]);
            dues.push(vec![
                first.force.clone().into(),
                (*id).into(),
                (*received_at).into(),
                due.at.into(),
                due.is_provisional.into(),
                due.reasoning.clone().into(),
            ]);
            tx.changed(new_child(first, *id, state, *received_at, due.at));
        }
    }
    let head = "INSERT INTO child (id, force_id, incident_id, sealed_ref, place, state, hold, reason, named_in, \
         wants_resolver, known_at, due_at, is_provisional, next_at, created_at, closed_at, closed_by)";
    batch::insert(tx.conn(), head, children, "").await?;
    let head = "INSERT INTO due_value (force_id, subject_id, set_at, due_at, is_provisional, reasoning)";
    batch::insert(tx.conn(), head, dues, "ON CONFLICT DO NOTHING").await?;
    Ok(())
}

fn new_child(told: &Told, child: ChildId, state: ChildState, at: Timestamp, due_at: Timestamp) -> Change {
    let reason =
        if state == ChildState::Closed { Reason::Withdrawn.as_str() } else { Hold::Unresolved.as_str() };
    Change {
        force: told.force.clone(),
        reference: Some(told.reference.clone()),
        incident: told.incident,
        child,
        notification: None,
        setting_kind: None,
        before: None,
        after: state.as_str(),
        at,
        due_at,
        reason: Some(reason),
    }
}

/// What a newer version means for the children that were there before it.
async fn apply_newest(tx: &mut Tx, case: &Case, latest: &Latest, told: &Told) -> Result<()> {
    let at = told.received_at;
    let stored = || {
        case.children.values().filter_map(|named| match named {
            Named::Stored { child, is_named } => Some((child, *is_named)),
            Named::New { .. } => None,
        })
    };
    if latest.is_withdrawn {
        let children: Vec<Child> = stored().map(|(child, _)| child.clone()).collect();
        tx.close_children(&open(&children), Reason::Withdrawn, &INTAKE, at).await?;
        return ask_if_told(tx, &children, TaskKind::Withdrawn, told).await;
    }
    let (named, unnamed): (Vec<_>, Vec<_>) = stored().partition(|(_, is_named)| *is_named);
    let named: Vec<Child> = named.into_iter().map(|(child, _)| child.clone()).collect();
    let unnamed: Vec<Child> = unnamed.into_iter().map(|(child, _)| child.clone()).collect();
    let dropped = open(&unnamed);
    tx.close_children(&dropped, Reason::Withdrawn, &INTAKE, at).await?;
    // Also of a child that nobody was told of: a slip of the force's system would leave it alone in silence.
    ask(tx, dropped.iter(), TaskKind::NoLongerNamed, told).await?;
    look_again(tx, &named, latest, told).await?;
    if told.kind == VersionKind::Corrected {
        ask_if_told(tx, &named, TaskKind::Corrected, told).await?;
    }
    Ok(())
}

fn open(children: &[Child]) -> Vec<Child> {
    children.iter().filter(|child| child.state != ChildState::Closed).cloned().collect()
}

/// What is not yet told takes the newest: each setting that was not is shown this version, and for a child of whom none
/// was the resolver looks again. A child that an earlier version stopped naming, or whose withdrawal was itself
/// corrected, is open again.
async fn look_again(tx: &mut Tx, named: &[Child], latest: &Latest, told: &Told) -> Result<()> {
    let rows = named.iter().map(|child| vec![child.id.into(), latest.version.into()]).collect();
    let update =
        "UPDATE child SET named_in = v.version FROM v WHERE child.id = v.id RETURNING child.id AS id";
    batch::with(tx.conn(), "id, version", rows, update).await?;
    let untold: Vec<&Child> = named
        .iter()
        .filter(|child| child.told_at.is_none())
        .filter(|child| child.state != ChildState::Closed || child.reason == Some(Reason::Withdrawn))
        .collect();
    let rows = untold
        .iter()
        .map(|child| vec![child.id.into(), latest.known_at.into(), told.received_at.into()])
        .collect();
    let update = "UPDATE child SET wants_resolver = 1, known_at = v.known_at, next_at = v.at, \
         state = CASE WHEN child.state = 'closed' THEN 'held' ELSE child.state END, \
         hold = CASE WHEN child.state = 'notified' THEN NULL ELSE 'unresolved' END, reason = NULL, \
         closed_at = NULL, closed_by = NULL FROM v WHERE child.id = v.id RETURNING child.id AS id";
    batch::with(tx.conn(), "id, known_at, at", rows, update).await?;
    for child in untold.into_iter().filter(|child| child.state == ChildState::Closed) {
        tx.changed(child.changed(ChildState::Held, told.received_at, Some(Hold::Unresolved.as_str())));
    }
    Ok(())
}

/// A lower version that came late says that the case is for named people only: nobody else is told by itself.
async fn look_at_restricted(tx: &mut Tx, case: &Case, at: Timestamp) -> Result<()> {
    let is_untold = |child: &&Child| {
        child.told_at.is_none() && matches!(child.state, ChildState::Held | ChildState::Notified)
    };
    let untold = case.children.values().filter_map(Named::stored).filter(is_untold);
    let rows = untold.map(|child| vec![child.id.into(), at.into()]).collect();
    let update = "UPDATE child SET wants_resolver = 1, next_at = v.at FROM v WHERE child.id = v.id \
         RETURNING child.id AS id";
    batch::with(tx.conn(), "id, at", rows, update).await?;
    Ok(())
}

/// A person is shown both versions where something was told already, be it to a setting that sent the child back.
async fn ask_if_told(tx: &mut Tx, children: &[Child], kind: TaskKind, told: &Told) -> Result<()> {
    let select = "SELECT DISTINCT child_id FROM notification WHERE told_at IS NOT NULL AND child_id IN";
    let values = children.iter().map(|child| child.id.into()).collect();
    let found = batch::within(tx.conn(), select, values, "").await?;
    let of_told =
        found.iter().map(|found| row::id(found, "child_id")).collect::<Result<BTreeSet<ChildId>>>()?;
    ask(tx, children.iter().filter(|child| of_told.contains(&child.id)), kind, told).await
}

/// One task about all of these children, by the earliest of their due times; none without a child.
async fn ask(tx: &mut Tx, children: impl Iterator<Item = &Child>, kind: TaskKind, told: &Told) -> Result<()> {
    let Some(due_at) = children.map(|child| child.due_at).min() else { return Ok(()) };
    ask_by(tx, kind, told, due_at).await
}

async fn ask_by(tx: &mut Tx, kind: TaskKind, told: &Told, due_at: Timestamp) -> Result<()> {
    let due_at = due_at.max(told.received_at);
    let task = Tx::incident_task(&told.force, kind, told.incident, told.version, due_at);
    tx.open_tasks(vec![task], told.received_at).await
}
