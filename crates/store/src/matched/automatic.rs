//! How far matches are sent without a person: what stands for each force and register.

use encompass_core::id::RegisterId;
use jiff::Timestamp;
use uuid::Uuid;

use super::{score, stored};
use crate::audit_log::Entry;
use crate::db::{batch, row};
use crate::{Actor, Error, Result, Scope, Store, Tx};

/// Who says how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Decided cases: it widens and narrows with them.
    Earned,
    /// A named person, for a reason, until it is given back to decided cases.
    ByHand,
    /// A named person, or wrong matches: nothing is sent by itself, not even on exact agreement, until a named person says
    /// otherwise.
    Off,
}

impl Mode {
    /// The word that is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Earned => "earned",
            Self::ByHand => "by_hand",
            Self::Off => "off",
        }
    }

    fn of(word: &str) -> Self {
        match word {
            "earned" => Self::Earned,
            "by_hand" => Self::ByHand,
            // A word of a newer version sends nothing.
            _ => Self::Off,
        }
    }
}

/// How far matches are sent without a person.
#[derive(Clone, Debug, PartialEq)]
pub struct Automatic {
    /// The force.
    pub force: String,
    /// The register.
    pub register: RegisterId,
    /// Who says so.
    pub mode: Mode,
    /// The lowest score that is sent; `None`: exact agreement only.
    pub threshold: Option<f64>,
    /// The decided cases at or above the threshold.
    pub cases: u64,
    /// Wrong ones among them.
    pub wrong: u64,
    /// The one-sided lower bound of the precision there.
    pub lower_bound: f64,
}

/// What holds now, and since when.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// What.
    pub automatic: Automatic,
    /// Since when.
    pub set_at: Timestamp,
    /// By whom.
    pub set_by: String,
    /// Why.
    pub reason: String,
}

impl Store {
    /// What stands for the forces in scope.
    ///
    /// # Errors
    /// As the database says.
    pub async fn automatic(&self, scope: &Scope) -> Result<Vec<Standing>> {
        let select = "SELECT force_id, register_id, mode, threshold, cases, wrong, lower_bound, set_at, set_by, reason \
             FROM automatic WHERE ended_at IS NULL ORDER BY force_id, register_id";
        let rows = sqlx::query(select).fetch_all(self.read()).await?;
        let mut standing = rows.iter().map(standing).collect::<Result<Vec<_>>>()?;
        standing.retain(|one| scope.sees_force(&one.automatic.force));
        Ok(standing)
    }
}

/// How often a word is tried to be put where another one is being put.
const TRIES: u8 = 3;

impl Tx {
    /// Sets by a person's word how far matches are sent without one, in the place of what stood.
    ///
    /// # Errors
    /// [`Error::Changed`] when others set it at the same time again and again; else as the database says.
    pub async fn set_automatic(
        &mut self,
        new: Automatic,
        reason: &str,
        by: &Actor,
        now: Timestamp,
    ) -> Result<()> {
        let end = "UPDATE automatic SET ended_at = $3 WHERE force_id = $1 AND register_id = $2 AND ended_at IS NULL";
        for _ in 0..TRIES {
            let query = sqlx::query(end).bind(new.force.clone()).bind(new.register.bytes().to_vec());
            query.bind(now.as_microsecond()).execute(self.conn()).await?;
            if self.put_automatic(&new, reason, by, now).await? {
                return Ok(());
            }
        }
        Err(Error::Changed)
    }

    /// The same by what decided cases or reviewers show, in the place of what was `seen` to stand: says `false`, and changes
    /// nothing, when something else stands by now, such as a person's word.
    ///
    /// # Errors
    /// As the database says.
    pub async fn replace_automatic(
        &mut self,
        new: &Automatic,
        reason: &str,
        seen: Option<&Standing>,
        by: &Actor,
        now: Timestamp,
    ) -> Result<bool> {
        Ok(self.end_seen(new, seen, now).await? && self.put_automatic(new, reason, by, now).await?)
    }

    /// Ends what was seen to stand. Says `false` when something else stands by now.
    async fn end_seen(&mut self, new: &Automatic, seen: Option<&Standing>, now: Timestamp) -> Result<bool> {
        let Some(seen) = seen else { return Ok(true) };
        let end = "UPDATE automatic SET ended_at = $4 WHERE force_id = $1 AND register_id = $2 AND set_at = $3 \
             AND ended_at IS NULL";
        let query = sqlx::query(end).bind(new.force.clone()).bind(new.register.bytes().to_vec());
        let query = query.bind(seen.set_at.as_microsecond()).bind(now.as_microsecond());
        Ok(query.execute(self.conn()).await?.rows_affected() > 0)
    }

    /// Says whether nothing else stood.
    async fn put_automatic(
        &mut self,
        new: &Automatic,
        reason: &str,
        by: &Actor,
        now: Timestamp,
    ) -> Result<bool> {
        let (cases, wrong) = (i64::try_from(new.cases), i64::try_from(new.wrong));
        let row = vec![
            Uuid::now_v7().into_bytes().to_vec().into(),
            new.force.as_str().into(),
            new.register.into(),
            new.mode.as_str().into(),
            new.threshold.map(stored).into(),
            cases.unwrap_or(i64::MAX).into(),
            wrong.unwrap_or(i64::MAX).into(),
            stored(new.lower_bound).into(),
            now.into(),
            by.to_string().into(),
            reason.into(),
        ];
        let head = "INSERT INTO automatic (id, force_id, register_id, mode, threshold, cases, wrong, lower_bound, \
             set_at, set_by, reason)";
        if batch::insert(self.conn(), head, vec![row], "ON CONFLICT DO NOTHING").await? == 0 {
            return Ok(false);
        }
        let threshold =
            new.threshold.map_or_else(|| "exact agreement".to_owned(), |score| format!("{score:.2}"));
        let subject = format!("register:{}", new.register);
        let entry = Entry::new(&new.force, now, by.clone(), "automatic.set", subject);
        self.audit(entry.because(format!("{}, from {threshold}: {reason}", new.mode.as_str())));
        Ok(true)
    }
}

fn standing(found: &sqlx::any::AnyRow) -> Result<Standing> {
    let count = |column| -> Result<u64> { Ok(u64::try_from(row::int(found, column)?).unwrap_or_default()) };
    Ok(Standing {
        automatic: Automatic {
            force: row::text(found, "force_id")?,
            register: row::id(found, "register_id")?,
            mode: Mode::of(&row::text(found, "mode")?),
            threshold: row::opt_int(found, "threshold")?.map(score),
            cases: count("cases")?,
            wrong: count("wrong")?,
            lower_bound: score(row::int(found, "lower_bound")?),
        },
        set_at: row::instant(found, "set_at")?,
        set_by: row::text(found, "set_by")?,
        reason: row::text(found, "reason")?,
    })
}
