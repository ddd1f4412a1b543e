//! What the watchdog reads and writes: findings of stuck work, its tasks, its beat, and the account.
//!
//! These queries are the watchdog's own. They share nothing with the code that delivers, so that a fault
//! there does not blind them.

mod account;
mod ask;
mod beat;
mod find;
mod query;

pub use account::{Account, Difference, reconcile};
pub use ask::{Asked, ask};
pub use beat::{DUTY, beat};
pub use find::{Finding, Findings, Kind, Limits, find};

use crate::db::row;
use crate::{Result, Store};

/// The forces that ever published an incident: one index look-up for each.
pub(crate) async fn forces(store: &Store) -> Result<Vec<String>> {
    let mut forces: Vec<String> = Vec::new();
    loop {
        let after = forces.last().cloned().unwrap_or_default();
        let select = "SELECT MIN(force_id) AS force_id FROM incident WHERE force_id > $1";
        let found = sqlx::query(select).bind(after).fetch_one(store.read()).await?;
        match row::opt_text(&found, "force_id")? {
            Some(force) => forces.push(force),
            None => return Ok(forces),
        }
    }
}
