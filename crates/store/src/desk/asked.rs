//! What the desk asked the force about a held child. Questions and answers are sealed with the child's hold task, which
//! stays open and says that the force was asked, until somebody notes the answer.

use encompass_core::id::{ChildId, TaskId};
use encompass_core::state::{ChildState, TaskKind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use zeroize::Zeroizing;

use super::case::{Case, CaseChild};
use super::select::Select;
use crate::audit_log::Entry;
use crate::db::row;
use crate::task_settle::note_place;
use crate::{Error, Result, Scope, Store, Tx, task};

/// The word of a hold task whose force was asked.
const ASKED: &str = "asked";

/// A question, with the answer once there is one.
#[derive(Clone, Serialize, Deserialize)]
pub struct Question {
    /// In the person's own words.
    pub question: String,
    /// When it was asked.
    pub asked_at: Timestamp,
    /// By whom, as in the audit log.
    pub asked_by: String,
    /// What the force said.
    pub answer: Option<String>,
    /// When that was noted.
    pub answered_at: Option<Timestamp>,
    /// By whom, as in the audit log.
    pub answered_by: Option<String>,
}

/// A hold task about a child, with what was asked.
pub struct Hold {
    /// The task.
    pub task: TaskId,
    /// Who took it, as in the audit log, and when.
    pub claimed: Option<(String, Timestamp)>,
    /// The questions, oldest first.
    pub questions: Vec<Question>,
}

impl Hold {
    /// The question that has no answer yet.
    pub fn open_question(&self) -> Option<&Question> {
        self.questions.last().filter(|question| question.answer.is_none())
    }
}

const HOLDS: &str = "SELECT id, claimed_at, claimed_by, sealed_note FROM task WHERE kind = 'hold' \
     AND state <> 'settled' AND child_id = ";

impl Store {
    /// The hold task that is open about a child of an opened case.
    ///
    /// # Errors
    /// As the database says.
    pub async fn hold_of(&self, case: &Case, child: ChildId) -> Result<Option<Hold>> {
        let mut select = Select::new(HOLDS);
        select.bind(child);
        select.one(self).await?.map(|found| from_row(&found, case)).transpose()
    }
}

impl Tx {
    /// Notes a question to the force about a held child; opens a hold task where none is open. `case` is the one that
    /// was opened for it.
    ///
    /// # Errors
    /// [`Error::Changed`] when the child is no longer held, or a question is open.
    pub async fn ask_force(
        &mut self,
        (case, place): (&Case, usize),
        question: &Zeroizing<String>,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<()> {
        let one = &case.children[place];
        if one.child.state != ChildState::Held {
            return Err(Error::Changed);
        }
        let subject = format!("child:{}", one.child.id);
        let hold = task::New {
            incident: Some(case.id),
            child: Some(one.child.id),
            detail: ASKED.into(),
            ..task::New::about(&case.force, TaskKind::Hold, subject, one.child.due_at)
        };
        self.open_tasks(vec![hold], now).await?;
        let mut hold = self.hold(case, one).await?;
        if hold.open_question().is_some() {
            return Err(Error::Changed);
        }
        hold.questions.push(Question {
            question: question.to_string(),
            asked_at: now,
            asked_by: scope.actor.to_string(),
            answer: None,
            answered_at: None,
            answered_by: None,
        });
        self.keep_questions(&hold, ASKED, case).await?;
        self.log(case, one, "force.asked", scope, now);
        Ok(())
    }

    /// Notes the answer of the force.
    ///
    /// # Errors
    /// [`Error::Changed`] when no question is open.
    pub async fn note_answer(
        &mut self,
        (case, place): (&Case, usize),
        answer: &Zeroizing<String>,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<()> {
        let one = &case.children[place];
        let mut hold = self.hold(case, one).await?;
        let open = hold.questions.last_mut().filter(|question| question.answer.is_none());
        let open = open.ok_or(Error::Changed)?;
        open.answer = Some(answer.to_string());
        open.answered_at = Some(now);
        open.answered_by = Some(scope.actor.to_string());
        let detail = one.child.hold.map_or("answered", encompass_core::state::Hold::as_str);
        self.keep_questions(&hold, detail, case).await?;
        self.log(case, one, "force.answered", scope, now);
        Ok(())
    }

    /// The hold task, locked.
    async fn hold(&mut self, case: &Case, one: &CaseChild) -> Result<Hold> {
        let select = format!("{HOLDS}$1 {}", self.backend().for_update());
        let query = sqlx::query(sqlx::AssertSqlSafe(select)).bind(one.child.id.bytes().to_vec());
        let found = query.fetch_optional(self.conn()).await?.ok_or(Error::Changed)?;
        from_row(&found, case)
    }

    async fn keep_questions(&mut self, hold: &Hold, detail: &'static str, case: &Case) -> Result<()> {
        let questions = serde_json::to_string(&hold.questions).expect("questions are text and instants");
        let sealed = case.key().seal(&note_place(hold.task), questions.as_bytes());
        let update = "UPDATE task SET detail = $2, sealed_note = $3 WHERE id = $1 AND state <> 'settled'";
        let query = sqlx::query(update).bind(hold.task.bytes().to_vec()).bind(detail).bind(sealed);
        query.execute(self.conn()).await?;
        Ok(())
    }

    fn log(&mut self, case: &Case, one: &CaseChild, action: &'static str, scope: &Scope, now: Timestamp) {
        let subject = format!("child:{}", one.child.id);
        self.audit(Entry::new(&case.force, now, scope.actor.clone(), action, subject).of(case.id));
    }
}

fn from_row(found: &AnyRow, case: &Case) -> Result<Hold> {
    let task = row::id(found, "id")?;
    let sealed = row::opt_bytes(found, "sealed_note")?;
    let text = sealed.map(|sealed| case.key().open_text(&note_place(task), &sealed)).transpose()?;
    // A note of another kind is no question.
    let questions = text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
    let claimed = row::opt_text(found, "claimed_by")?.zip(row::opt_instant(found, "claimed_at")?);
    Ok(Hold { task, claimed, questions })
}
