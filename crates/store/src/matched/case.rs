//! Decided cases: children of whom a person said who they are on a register.

use encompass_core::id::{EntryId, RegisterId};
use jiff::Timestamp;

use super::{score, stored};
use crate::db::{batch, row};
use crate::desk::Select;
use crate::{Actor, Result, Scope, Store, Tx};

/// Where a decided case comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The child was held, and a person decided.
    Desk,
    /// It was matched without a person, and a reviewer looked at it.
    Review,
    /// It was decided before this service.
    History,
}

impl Origin {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Desk => "desk",
            Self::Review => "review",
            Self::History => "history",
        }
    }
}

/// A case that a person decided.
#[derive(Clone, Debug)]
pub struct Case {
    /// The force.
    pub force: String,
    /// The register.
    pub register: RegisterId,
    /// The child, or a number drawn for a case of history. A second word about one case replaces the first.
    pub id: [u8; 16],
    /// Where it comes from.
    pub origin: Origin,
    /// The score of the best candidate.
    pub score: f64,
    /// Whether the best candidate was the child.
    pub is_right: bool,
    /// Whom the person named; nobody when the child is not on the register.
    pub right: Option<EntryId>,
    /// The parameters of the score.
    pub parameters: String,
}

/// A decided case as it is counted.
#[derive(Clone, Debug, PartialEq)]
pub struct DecidedCase {
    /// Which.
    pub id: [u8; 16],
    /// The score of the best candidate.
    pub score: f64,
    /// Whether the best candidate was the child.
    pub is_right: bool,
    /// Whom the person named; nobody when the child is not on the register.
    pub right: Option<EntryId>,
    /// Whether it had been matched without a person.
    pub is_review: bool,
}

/// What is known of the decided cases of a force and a register without reading them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The force.
    pub force: String,
    /// The register.
    pub register: RegisterId,
    /// The parameters of their scores.
    pub parameters: String,
    /// How many there are.
    pub cases: i64,
    /// When the last one was decided.
    pub newest: Timestamp,
}

impl Tx {
    /// Records decided cases; of one that is known the newer word counts.
    ///
    /// # Errors
    /// As the database says.
    pub async fn record_cases(&mut self, cases: Vec<Case>, by: &Actor, now: Timestamp) -> Result<()> {
        let rows = cases.into_iter().map(|case| {
            vec![
                case.force.into(),
                case.register.into(),
                case.id.to_vec().into(),
                case.origin.as_str().into(),
                stored(case.score).into(),
                case.is_right.into(),
                case.right.into(),
                case.parameters.into(),
                now.into(),
                by.to_string().into(),
            ]
        });
        let head = "INSERT INTO match_case (force_id, register_id, case_id, origin, score, is_right, right_entry, \
             parameters, decided_at, decided_by)";
        let again = "ON CONFLICT (force_id, register_id, case_id) DO UPDATE SET origin = excluded.origin, \
             score = excluded.score, is_right = excluded.is_right, right_entry = excluded.right_entry, \
             parameters = excluded.parameters, decided_at = excluded.decided_at, decided_by = excluded.decided_by";
        batch::insert(self.conn(), head, rows.collect(), again).await?;
        Ok(())
    }
}

/// A case that was scored anew with other parameters.
#[derive(Clone, Debug)]
pub struct Rescored {
    /// The force.
    pub force: String,
    /// The register.
    pub register: RegisterId,
    /// The case.
    pub id: [u8; 16],
    /// The score of the best candidate.
    pub score: f64,
    /// Whether the best candidate was the child.
    pub is_right: bool,
}

impl Tx {
    /// Gives decided cases the scores of other parameters; who decided them, and when, stays.
    ///
    /// # Errors
    /// As the database says.
    pub async fn rescore_cases(&mut self, cases: &[Rescored], parameters: &str) -> Result<()> {
        let rows = cases.iter().map(|case| {
            vec![
                case.force.as_str().into(),
                case.register.into(),
                case.id.to_vec().into(),
                stored(case.score).into(),
                case.is_right.into(),
                parameters.into(),
            ]
        });
        let update = "UPDATE match_case SET score = v.score, is_right = v.is_right, parameters = v.parameters FROM v \
             WHERE match_case.force_id = v.force AND match_case.register_id = v.register \
             AND match_case.case_id = v.id RETURNING match_case.case_id";
        let columns = "force, register, id, score, is_right, parameters";
        batch::with(self.conn(), columns, rows.collect(), update).await?;
        Ok(())
    }
}

impl Store {
    /// The newest decided cases of a force in scope on a register, as far as they were scored with these parameters,
    /// `most` at most.
    ///
    /// # Errors
    /// As the database says.
    pub async fn decided_cases(
        &self,
        scope: &Scope,
        force: &str,
        register: RegisterId,
        parameters: &str,
        most: i64,
    ) -> Result<Vec<DecidedCase>> {
        if !scope.sees_force(force) {
            return Ok(Vec::new());
        }
        let select = "SELECT case_id, score, is_right, right_entry, origin FROM match_case \
             WHERE force_id = $1 AND register_id = $2 AND parameters = $3 \
             ORDER BY decided_at DESC, case_id LIMIT $4";
        let query = sqlx::query(select).bind(force.to_owned()).bind(register.bytes().to_vec());
        let query = query.bind(parameters.to_owned()).bind(most);
        let rows = query.fetch_all(self.read()).await?;
        rows.iter()
            .map(|found| {
                Ok(DecidedCase {
                    id: row::id::<encompass_core::id::of::Child>(found, "case_id")?.bytes(),
                    score: score(row::int(found, "score")?),
                    is_right: row::flag(found, "is_right")?,
                    right: row::opt_id(found, "right_entry")?,
                    is_review: row::text(found, "origin")? == Origin::Review.as_str(),
                })
            })
            .collect()
    }

    /// How many cases each force in scope has decided on each register, as far as they were scored with one of these
    /// parameters, and when the last.
    ///
    /// # Errors
    /// As the database says.
    pub async fn decided_extent(&self, scope: &Scope, parameters: &[String]) -> Result<Vec<Extent>> {
        let mut select = Select::new(
            "SELECT force_id, register_id, parameters, COUNT(*) AS n, MAX(decided_at) AS newest FROM match_case \
             WHERE 1 = 0",
        );
        for one in parameters {
            select.add(" OR parameters = ").bind(one.as_str());
        }
        select.add(" GROUP BY force_id, register_id, parameters");
        let rows = select.all(self).await?;
        let extents = rows.iter().map(|found| {
            Ok(Extent {
                force: row::text(found, "force_id")?,
                register: row::id(found, "register_id")?,
                parameters: row::text(found, "parameters")?,
                cases: row::int(found, "n")?,
                newest: row::instant(found, "newest")?,
            })
        });
        let mut extents = extents.collect::<Result<Vec<_>>>()?;
        extents.retain(|extent| scope.sees_force(&extent.force));
        Ok(extents)
    }
}
