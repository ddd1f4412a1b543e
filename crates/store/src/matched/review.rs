//! Matches that were sent without a person and were drawn for a reviewer: the queue, and what is said of them.

use std::str::FromStr;

use encompass_core::id::{ChildId, ResolutionId};
use encompass_core::state::TaskKind;
use jiff::{SignedDuration, Timestamp};
use sqlx::any::AnyRow;

use super::Case as DecidedCase;
use crate::audit_log::Entry;
use crate::db::row;
use crate::desk::{Case, Paged, Select, paged};
use crate::{Error, Result, Scope, Store, Tx, task};

/// How soon a wrong match must be dealt with: somebody who has nothing to do with the child may have been told.
const WRONG_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// What a reviewer says of a match.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchVerdict {
    /// The matched entries are the child.
    Right,
    /// They are somebody else.
    Wrong,
    /// The same, and the child is nobody on the registers.
    Nobody,
    /// It can't be said.
    CannotSay,
}

impl MatchVerdict {
    /// The word in the store and in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Right => "right",
            Self::Wrong => "wrong",
            Self::Nobody => "nobody",
            Self::CannotSay => "cannot_say",
        }
    }

    /// Whether somebody who has nothing to do with the child may have been told.
    pub const fn is_wrong(self) -> bool {
        matches!(self, Self::Wrong | Self::Nobody)
    }
}

impl FromStr for MatchVerdict {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let mut all = [Self::Right, Self::Wrong, Self::Nobody, Self::CannotSay].into_iter();
        all.find(|verdict| verdict.as_str() == text).ok_or(())
    }
}

/// A drawn match in the queue. Nothing personal.
#[derive(Clone, Debug)]
pub struct MatchReview {
    /// The child.
    pub child: ChildId,
    /// The force.
    pub force: String,
    /// The police reference.
    pub reference: Option<String>,
    /// The child's place in the incident.
    pub place: i64,
    /// The decision that is reviewed.
    pub resolution: ResolutionId,
    /// When it was drawn.
    pub drawn_at: Timestamp,
    /// What a reviewer said.
    pub verdict: Option<MatchVerdict>,
    /// Who, as in the audit log.
    pub reviewed_by: Option<String>,
}

/// What reviewers said of the matches of one force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reviewed {
    /// The force.
    pub force: String,
    /// Matches drawn.
    pub drawn: u64,
    /// Matches judged right or wrong.
    pub judged: u64,
    /// Right ones among them.
    pub right: u64,
}

const REVIEWS: &str = "SELECT review.child_id AS child_id, review.force_id AS force_id, \
     review.resolution_id AS resolution_id, review.drawn_at AS drawn_at, review.verdict AS verdict, \
     review.reviewed_by AS reviewed_by, incident.reference AS reference, child.place AS place \
     FROM match_review review JOIN child ON child.id = review.child_id \
     JOIN incident ON incident.id = child.incident_id WHERE ";

impl Store {
    /// One page of the drawn matches in scope that nobody has reviewed, oldest first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn match_reviews(&self, scope: &Scope, page: u32) -> Result<Paged<MatchReview>> {
        let mut select = Select::new(REVIEWS);
        select.add("review.verdict IS NULL").of_own_children(scope);
        select.add(" ORDER BY review.drawn_at, review.child_id");
        paged(&mut select, page);
        let rows = select.all(self).await?.iter().map(from_row).collect::<Result<Vec<_>>>()?;
        Ok(Paged::cut(rows, page))
    }

    /// A drawn match with the case opened. The caller writes the view to the audit log.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it was not drawn or is not in scope; [`Error::Sealed`] when the case was erased.
    pub async fn open_match_review(
        &self,
        scope: &Scope,
        child: ChildId,
    ) -> Result<(MatchReview, Case, usize)> {
        let mut select = Select::new(REVIEWS);
        select.add("review.child_id = ").bind(child).of_own_children(scope);
        let review = from_row(&select.one(self).await?.ok_or(Error::NotFound)?)?;
        let (case, place) = self.open_child(scope, child).await?;
        Ok((review, case, place))
    }

    /// What reviewers said of the matches of each force in scope that has some.
    ///
    /// # Errors
    /// As the database says.
    pub async fn matches_reviewed(&self, scope: &Scope) -> Result<Vec<Reviewed>> {
        let select = "SELECT force_id, COUNT(*) AS drawn, \
             COUNT(CASE WHEN verdict IN ('right', 'wrong', 'nobody') THEN 1 END) AS judged, \
             COUNT(CASE WHEN verdict = 'right' THEN 1 END) AS correct FROM match_review \
             GROUP BY force_id ORDER BY force_id";
        let count = |found: &AnyRow, column| -> Result<u64> {
            Ok(u64::try_from(row::int(found, column)?).unwrap_or_default())
        };
        let reviewed = Select::new(select)
            .all(self)
            .await?
            .iter()
            .map(|found| {
                Ok(Reviewed {
                    force: row::text(found, "force_id")?,
                    drawn: count(found, "drawn")?,
                    judged: count(found, "judged")?,
                    right: count(found, "correct")?,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(reviewed.into_iter().filter(|one| scope.sees_force(&one.force)).collect())
    }
}

impl Tx {
    /// Writes a reviewer's verdict on a match, with what it shows of the scores. A wrong one asks the desk at once to
    /// put right what the settings were told. `case` is the one that was opened for it.
    ///
    /// # Errors
    /// [`Error::Changed`] when somebody has reviewed it.
    pub async fn record_match_review(
        &mut self,
        (case, place): (&Case, usize),
        verdict: MatchVerdict,
        cases: Vec<DecidedCase>,
        scope: &Scope,
        now: Timestamp,
    ) -> Result<()> {
        let child = &case.children[place].child;
        let update = "UPDATE match_review SET verdict = $2, reviewed_at = $3, reviewed_by = $4 \
             WHERE child_id = $1 AND verdict IS NULL";
        let written = sqlx::query(update)
            .bind(child.id.bytes().to_vec())
            .bind(verdict.as_str())
            .bind(now.as_microsecond())
            .bind(scope.actor.to_string())
            .execute(self.conn())
            .await?;
        if written.rows_affected() == 0 {
            return Err(Error::Changed);
        }
        if !cases.is_empty() {
            self.record_cases(cases, &scope.actor, now).await?;
        }
        if verdict.is_wrong() {
            self.open_tasks(wrong(case, place, now), now).await?;
        }
        let subject = format!("child:{}", child.id);
        let entry = Entry::new(&case.force, now, scope.actor.clone(), "match.reviewed", subject);
        self.audit(entry.of(case.id).because(verdict.as_str()));
        Ok(())
    }
}

/// A task for each setting that is being told of the child or has been told; one about the child when there is none.
fn wrong(case: &Case, place: usize, now: Timestamp) -> Vec<task::New> {
    let one = &case.children[place];
    let due_at = now.saturating_add(WRONG_WITHIN).unwrap_or(Timestamp::MAX);
    let about = |subject: String| task::New {
        incident: Some(case.id),
        child: Some(one.child.id),
        detail: "wrong_match".into(),
        ..task::New::about(&case.force, TaskKind::WrongSetting, subject, due_at)
    };
    let told = one.told.iter().filter(|told| told.ended.is_none() || told.told_at.is_some());
    let mut tasks: Vec<task::New> = told
        .map(|told| task::New {
            notification: Some(told.id),
            setting: Some(told.setting),
            ..about(format!("match:{}", told.id))
        })
        .collect();
    if tasks.is_empty() {
        tasks.push(about(format!("match:{}", one.child.id)));
    }
    tasks
}

fn from_row(found: &AnyRow) -> Result<MatchReview> {
    let verdict = row::opt_text(found, "verdict")?;
    Ok(MatchReview {
        child: row::id(found, "child_id")?,
        force: row::text(found, "force_id")?,
        reference: row::opt_text(found, "reference")?,
        place: row::int(found, "place")?,
        resolution: row::id(found, "resolution_id")?,
        drawn_at: row::instant(found, "drawn_at")?,
        verdict: verdict.and_then(|word| word.parse().ok()),
        reviewed_by: row::opt_text(found, "reviewed_by")?,
    })
}
