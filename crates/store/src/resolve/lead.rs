//! Held children whose due time comes near: who is alerted again, and who answers for the home.

use encompass_core::id::{ChildId, SettingId, TaskId};
use encompass_core::state::Hold;
use jiff::{SignedDuration, Timestamp};

use crate::db::{batch, row};
use crate::{Error, Result, Store, Tx};

/// A held child that has come to a lead time.
#[derive(Clone, Debug)]
pub struct Lead {
    /// The child.
    pub child: ChildId,
    /// Its force.
    pub force: String,
    /// The task that asks for a decision.
    pub task: TaskId,
    /// When a setting must have been told.
    pub due_at: Timestamp,
    /// The authority's officer who answers for the home; none where none is known, or the case is guarded: for named
    /// people only, or with somebody in it who may be tied to whoever is told.
    pub officer: Option<SettingId>,
}

impl Tx {
    /// Notes who answers for the homes of held children, or that nobody is known to, in the place of what was noted.
    ///
    /// # Errors
    /// As the database says.
    pub async fn note_home_officers(
        &mut self,
        officers: &[(String, ChildId, Option<SettingId>)],
    ) -> Result<()> {
        let row = |(force, child, setting): &(String, ChildId, Option<SettingId>)| {
            vec![force.as_str().into(), (*child).into(), (*setting).into()]
        };
        let head = "INSERT INTO home_officer (force_id, child_id, setting_id)";
        let again = "ON CONFLICT (child_id) DO UPDATE SET setting_id = excluded.setting_id";
        batch::insert(self.conn(), head, officers.iter().map(row).collect(), again).await?;
        Ok(())
    }

    /// Held children that have come within `lead` of their due time and were not spoken of at this lead yet. Those that
    /// the desk was first asked about later than that only where `late_ones` are wanted as well.
    ///
    /// # Errors
    /// As the database says.
    pub async fn holds_at_lead(
        &mut self,
        lead: SignedDuration,
        late_ones: bool,
        now: Timestamp,
        most: i64,
    ) -> Result<Vec<Lead>> {
        let select = "SELECT child.id AS child_id, child.force_id AS force_id, child.due_at AS due_at, task.id AS task_id, \
             (SELECT setting_id FROM home_officer WHERE home_officer.child_id = child.id) AS officer, child.hold AS hold, incident.is_restricted + child.is_restricted AS restricted \
             FROM child JOIN incident ON incident.id = child.incident_id \
             JOIN task ON task.child_id = child.id AND task.kind = 'hold' AND task.state <> 'settled' \
             WHERE child.state = 'held' AND child.due_at > $1 AND child.due_at <= $2 \
             AND task.opened_at < child.due_at - $3 \
             AND NOT EXISTS (SELECT 1 FROM hold_lead WHERE hold_lead.child_id = child.id \
             AND hold_lead.due_at = child.due_at AND hold_lead.lead_seconds = $4) ORDER BY child.due_at LIMIT $5";
        let select = format!("{select}{}", self.backend().skip_locked());
        let until = now.saturating_add(lead).unwrap_or(Timestamp::MAX);
        // At the last lead those whose due time has passed are still to be spoken of.
        let after = if late_ones { Timestamp::MIN } else { now };
        let query = sqlx::query(sqlx::AssertSqlSafe(select)).bind(after.as_microsecond());
        let query = query.bind(until.as_microsecond());
        let opened_before = if late_ones { 0 } else { lead.as_secs().saturating_mul(1_000_000) };
        let query = query.bind(opened_before).bind(lead.as_secs()).bind(most);
        let rows = query.fetch_all(self.conn()).await?;
        rows.iter()
            .map(|found| {
                let hold: Option<Hold> = row::opt_word(found, "hold")?;
                let is_guarded = row::int(found, "restricted")? > 0 || hold.is_some_and(is_guarded);
                let officer = row::opt_id(found, "officer")?;
                Ok(Lead {
                    child: row::id(found, "child_id")?,
                    force: row::text(found, "force_id")?,
                    task: row::id(found, "task_id")?,
                    due_at: row::instant(found, "due_at")?,
                    officer: officer.filter(|_| !is_guarded),
                })
            })
            .collect()
    }

    /// Records that somebody was alerted at a lead, and how many contacts of the authority's officer were mailed.
    ///
    /// # Errors
    /// [`Error::Changed`] when another replica has spoken of one of them; else as the database says.
    pub async fn lead_spoken(
        &mut self,
        leads: &[(Lead, usize)],
        lead: SignedDuration,
        now: Timestamp,
    ) -> Result<()> {
        let row = |(one, told): &(Lead, usize)| {
            vec![
                one.force.as_str().into(),
                one.child.into(),
                one.due_at.into(),
                lead.as_secs().into(),
                now.into(),
                i64::try_from(*told).unwrap_or(i64::MAX).into(),
            ]
        };
        let head = "INSERT INTO hold_lead (force_id, child_id, due_at, lead_seconds, alerted_at, told)";
        let rows = leads.iter().map(row).collect();
        let spoken = batch::insert(self.conn(), head, rows, "ON CONFLICT DO NOTHING").await?;
        if spoken == leads.len() as u64 { Ok(()) } else { Err(Error::Changed) }
    }
}

/// Whether a hold asks to be careful even with the officer of an authority.
const fn is_guarded(hold: Hold) -> bool {
    matches!(
        hold,
        Hold::Restricted
            | Hold::ConnectedAdult
            | Hold::ProtectedAddress
            | Hold::NotToBeNotified
            | Hold::GuardUnread
    )
}

impl Store {
    /// The next time after `now` at which a held child comes to a lead time.
    ///
    /// # Errors
    /// As the database says.
    pub async fn next_lead_at(&self, leads: &[SignedDuration], now: Timestamp) -> Result<Option<Timestamp>> {
        let mut next: Option<Timestamp> = None;
        for lead in leads {
            let select = "SELECT MIN(due_at) AS at FROM child WHERE state = 'held' AND due_at > $1";
            let from = now.saturating_add(*lead).unwrap_or(Timestamp::MAX);
            let found = sqlx::query(select).bind(from.as_microsecond()).fetch_one(self.read()).await?;
            let at = row::opt_instant(&found, "at")?.and_then(|due| due.checked_sub(*lead).ok());
            next = [next, at].into_iter().flatten().min();
        }
        Ok(next)
    }
}
