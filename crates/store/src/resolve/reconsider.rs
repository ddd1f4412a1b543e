//! Held children that the resolver looks at again, because a register says something else than when it looked.

use std::collections::{BTreeSet, HashMap};

use encompass_core::id::{ChildId, LoadId, ResolutionId};
use encompass_core::state::Hold;
use jiff::{SignedDuration, Timestamp};
use sqlx::AssertSqlSafe;
use sqlx::any::AnyRow;

use crate::audit_log::Entry;
use crate::db::{batch, row};
use crate::resolution::{Decision, seen_place};
use crate::{Result, Signal, Store, Tx};

/// What the state of a register can be the reason for, or can end.
const BY_REGISTER: [Hold; 14] = [
    Hold::NoRegister,
    Hold::RegisterStale,
    Hold::NoMatch,
    Hold::Unsure,
    Hold::SeveralMatches,
    Hold::Unconfirmed,
    Hold::Namesake,
    Hold::NoEnrolment,
    Hold::EnrolmentEnded,
    Hold::ImplausibleAge,
    Hold::SettingsDisagree,
    Hold::NothingToLookUp,
    Hold::SwitchedOff,
    Hold::Restricted,
];

/// What was due longer ago is left to a person: news of it a month late is no matter of routine.
const PAST: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Children of one load: what a desk holds, many times over.
const MOST: i64 = 5_000;

/// Held children that nobody has in hand. Of whom something was told, or was to be, a person decides.
const IDLE: &str = "SELECT child.id AS id FROM child WHERE child.state = 'held' AND child.wants_resolver = 0 \
     AND child.due_at > $1 \
     AND NOT EXISTS (SELECT 1 FROM notification WHERE notification.child_id = child.id) \
     AND NOT EXISTS (SELECT 1 FROM task WHERE task.child_id = child.id AND task.kind = 'hold' \
     AND (task.state = 'claimed' OR (task.state = 'open' AND task.detail = 'asked')))";

/// Takes back that the resolver looks again at a child for what a register says.
const UNMARK: &str = "UPDATE child SET wants_resolver = 0, next_at = due_at WHERE child.state = 'held' \
     AND child.wants_resolver = 1 AND child.due_at > $1 AND child.id = $2 \
     AND NOT EXISTS (SELECT 1 FROM notification WHERE notification.child_id = child.id) \
     AND EXISTS (SELECT 1 FROM resolution r JOIN incident i ON i.latest_version = r.incident_version \
     WHERE r.child_id = child.id AND i.id = child.incident_id)";

/// Of the forces that a register is licensed to, unless another of their registers is still to be joined with the others:
/// whoever is restricted there may be the same child. Those due next come first, those past their due time last.
const OF_REGISTER: &str = "AND child.force_id IN (SELECT f.force_id FROM register r \
     JOIN register_force f ON f.register_id = r.id WHERE r.source = $2 \
     AND ((SELECT COUNT(*) FROM register_force a WHERE a.force_id = f.force_id) = 1 OR NOT EXISTS (SELECT 1 \
     FROM register_force a JOIN register o ON o.id = a.register_id JOIN load l ON l.kind = 'register' \
     AND l.source = o.source AND l.state = 'current' WHERE a.force_id = f.force_id AND l.joined_at IS NULL))) \
     ORDER BY CASE WHEN child.due_at < $4 THEN 1 ELSE 0 END, child.due_at LIMIT $3";

/// The versions of registers that a force reads, each with whether it is joined with the registers beside it.
pub type Versions = BTreeSet<(LoadId, bool)>;

const CURRENT: &str = "SELECT l.id AS id, CASE WHEN l.joined_at IS NULL THEN 0 ELSE 1 END AS is_joined FROM load l \
     JOIN register r ON r.source = l.source JOIN register_force f ON f.register_id = r.id \
     WHERE l.kind = 'register' AND l.state = 'current' AND f.force_id = $1 ";

fn versions(found: &[AnyRow]) -> Result<Versions> {
    found.iter().map(|found| Ok((row::id(found, "id")?, row::flag(found, "is_joined")?))).collect()
}

impl Store {
    /// The versions of registers that a force reads now.
    ///
    /// # Errors
    /// As the database says.
    pub async fn registers_read(&self, force: &str) -> Result<Versions> {
        versions(&sqlx::query(CURRENT).bind(force.to_owned()).fetch_all(self.read()).await?)
    }
}

impl Tx {
    /// Has the resolver look again at held children of the forces of a register whose current version or licences are
    /// others now. Says how many.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn reconsider_held(&mut self, source: &str, now: Timestamp) -> Result<usize> {
        let select = format!("{IDLE}{} {OF_REGISTER}{}", by_register(), self.backend().skip_locked());
        let query = sqlx::query(AssertSqlSafe(select)).bind(since(now)).bind(source.to_owned()).bind(MOST);
        let found = query.bind(now.as_microsecond()).fetch_all(self.conn()).await?;
        let mut rows = Vec::with_capacity(found.len());
        for found in &found {
            rows.push(vec![row::bytes(found, "id")?.into(), now.into()]);
        }
        let update = "UPDATE child SET wants_resolver = 1, next_at = v.at FROM v WHERE child.id = v.id \
             RETURNING child.id AS id";
        let marked = batch::with(self.conn(), "id, at", rows, update).await?.len();
        if marked > 0 {
            self.wake(Signal::Resolver);
        }
        Ok(marked)
    }

    /// Leaves children held as they were, by decisions that say the same as the newest of each. That one stays as it was
    /// made; what is seen by the versions that are read now stands beside its evidence, and each look in the audit log.
    ///
    /// # Errors
    /// As the database says.
    pub async fn stay_held(&mut self, decisions: Vec<Decision>, at: Timestamp) -> Result<()> {
        let children = decisions.iter().map(|decision| decision.child.id.into()).collect();
        let select = "SELECT id, child_id FROM resolution WHERE NOT EXISTS (SELECT 1 FROM resolution r \
             WHERE r.child_id = resolution.child_id AND (r.decided_at > resolution.decided_at \
             OR (r.decided_at = resolution.decided_at AND r.id > resolution.id))) AND child_id IN";
        let found = batch::within(self.conn(), select, children, "").await?;
        let newest = found.iter().map(|found| Ok((row::id(found, "child_id")?, row::id(found, "id")?)));
        let newest: HashMap<ChildId, ResolutionId> = newest.collect::<Result<_>>()?;
        let (mut children, mut seen) = (Vec::new(), Vec::new());
        for decision in decisions {
            let child = &decision.child;
            children.push(vec![child.id.into(), decision.is_restricted.into()]);
            let subject = format!("child:{}", child.id);
            let entry = Entry::new(&child.force, at, decision.by.clone(), "child.still_held", subject);
            self.audit(entry.of(child.incident).because(still(&decision)));
            let Some(id) = newest.get(&child.id) else { continue };
            seen.push(vec![(*id).into(), decision.key.seal(&seen_place(*id), &decision.evidence).into()]);
        }
        let update = "UPDATE resolution SET sealed_seen = v.seen FROM v WHERE resolution.id = v.id \
             RETURNING resolution.id AS id";
        batch::with(self.conn(), "id, seen", seen, update).await?;
        let update = "UPDATE child SET wants_resolver = 0, next_at = due_at, is_restricted = v.is_restricted FROM v \
             WHERE child.id = v.id RETURNING child.id AS id";
        batch::with(self.conn(), "id, is_restricted", children, update).await?;
        Ok(())
    }

    /// The versions of registers that a force reads now; none that is read becomes another until the transaction ends.
    ///
    /// # Errors
    /// As the database says.
    pub async fn current_registers(&mut self, force: &str) -> Result<Versions> {
        let select = format!("{CURRENT}{}", self.backend().for_share());
        let query = sqlx::query(AssertSqlSafe(select)).bind(force.to_owned());
        versions(&query.fetch_all(self.conn()).await?)
    }

    /// Has the resolver look again at children that it has just held by versions of registers that are others by now. Of
    /// whom something was told, or was to be, a person decides.
    ///
    /// # Errors
    /// As the database says.
    pub async fn reconsider(&mut self, children: &[ChildId], now: Timestamp) -> Result<()> {
        let rows = children.iter().map(|child| vec![(*child).into(), now.into()]).collect();
        let update = "UPDATE child SET wants_resolver = 1, next_at = v.at FROM v WHERE child.id = v.id \
             AND child.state = 'held' \
             AND NOT EXISTS (SELECT 1 FROM notification WHERE notification.child_id = child.id) \
             RETURNING child.id AS id";
        if !batch::with(self.conn(), "id, at", rows, update).await?.is_empty() {
            self.wake(Signal::Resolver);
        }
        Ok(())
    }

    /// What `reconsider_held` does, once a version is joined with the registers beside it.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn reconsider_joined(&mut self, load: LoadId, now: Timestamp) -> Result<usize> {
        let select = "SELECT source FROM load WHERE id = $1";
        let found = sqlx::query(select).bind(load.bytes().to_vec()).fetch_one(self.conn()).await?;
        self.reconsider_held(&row::text(&found, "source")?, now).await
    }

    /// The same for a child that a person gives back, locked by the caller: a register may have changed while it was in hand.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn reconsider_released(&mut self, child: ChildId, now: Timestamp) -> Result<()> {
        let update = format!(
            "UPDATE child SET wants_resolver = 1, next_at = $3 WHERE child.state = 'held' AND child.wants_resolver = 0 \
             AND child.id IN ({IDLE}{} AND child.id = $2)",
            by_register()
        );
        let query = sqlx::query(AssertSqlSafe(update)).bind(since(now)).bind(child.bytes().to_vec());
        if query.bind(now.as_microsecond()).execute(self.conn()).await?.rows_affected() > 0 {
            self.wake(Signal::Resolver);
        }
        Ok(())
    }

    /// Leaves a child, locked by the caller, to the person who takes it, where a register was all that it was to be looked
    /// at again for: giving it back has it looked at. A version of the incident that was not looked at yet is.
    ///
    /// # Errors
    /// As the database says.
    pub(crate) async fn leave_in_hand(&mut self, child: ChildId, now: Timestamp) -> Result<()> {
        let update = format!("{UNMARK}{}", by_register());
        let query = sqlx::query(AssertSqlSafe(update)).bind(since(now)).bind(child.bytes().to_vec());
        query.execute(self.conn()).await?;
        Ok(())
    }
}

/// By which rules and versions it was looked at.
fn still(decision: &Decision) -> String {
    let load = |load: Option<LoadId>| load.map_or_else(|| "none".to_owned(), |load| load.to_string());
    let (register, directory) = (load(decision.register_load), load(decision.directory_load));
    format!("rules {}, register {register}, directory {directory}", decision.rules_version)
}

fn since(now: Timestamp) -> i64 {
    now.checked_sub(PAST).unwrap_or(Timestamp::MIN).as_microsecond()
}

fn by_register() -> String {
    let words: Vec<String> = BY_REGISTER.iter().map(|hold| format!("'{}'", hold.as_str())).collect();
    format!(" AND child.hold IN ({})", words.join(", "))
}
