//! On which terms a register is held: whose it is, for which forces, and for how long it decides.

use std::collections::BTreeSet;

use sqlx::AnyConnection;

use super::admin::New;
use crate::db::row;
use crate::{Result, Store};

/// The terms of a register.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Whose it is.
    pub owner: String,
    /// The forces that it is licensed to.
    pub forces: BTreeSet<String>,
    /// How old its current version may be before a person decides instead, in days.
    pub max_age_days: i64,
}

impl Terms {
    /// The forces that would no longer have the register on new terms.
    pub fn lost(&self, new: &New) -> Vec<&str> {
        self.forces.iter().filter(|force| !new.forces.contains(force)).map(String::as_str).collect()
    }

    /// What differs on new terms, in sentences; none where nothing does.
    pub fn changes(&self, new: &New) -> Vec<String> {
        let gained: BTreeSet<&str> =
            new.forces.iter().filter(|force| !self.forces.contains(*force)).map(String::as_str).collect();
        let lost = self.lost(new);
        let (owner, age) = (&self.owner, self.max_age_days);
        let owner =
            (*owner != new.owner).then(|| format!("It belongs to {} now, to {owner} before.", new.owner));
        let list = |forces: Vec<&str>| forces.join(", ");
        let gained =
            (!gained.is_empty()).then(|| format!("New for: {}.", list(gained.into_iter().collect())));
        let lost = (!lost.is_empty()).then(|| format!("No longer for: {}.", list(lost)));
        let age = (age != new.max_age_days)
            .then(|| format!("It decides by itself for {} days, {age} before.", new.max_age_days));
        [owner, gained, lost, age].into_iter().flatten().collect()
    }
}

impl Store {
    /// The terms of the register of that name, if there is one.
    ///
    /// # Errors
    /// As the database says.
    pub async fn register_terms(&self, source: &str) -> Result<Option<Terms>> {
        let mut conn = self.read().acquire().await?;
        terms(&mut conn, source).await
    }
}

pub(super) async fn terms(conn: &mut AnyConnection, source: &str) -> Result<Option<Terms>> {
    let select = "SELECT owner, max_age_days FROM register WHERE source = $1";
    let found = sqlx::query(select).bind(source.to_owned()).fetch_optional(&mut *conn).await?;
    let Some(found) = found else { return Ok(None) };
    let select = "SELECT f.force_id AS force_id FROM register_force f JOIN register r ON r.id = f.register_id \
         WHERE r.source = $1";
    let forces = sqlx::query(select).bind(source.to_owned()).fetch_all(&mut *conn).await?;
    Ok(Some(Terms {
        owner: row::text(&found, "owner")?,
        forces: forces.iter().map(|found| row::text(found, "force_id")).collect::<Result<_>>()?,
        max_age_days: row::int(&found, "max_age_days")?,
    }))
}
