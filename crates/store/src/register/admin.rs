//! Making registers and licensing them to forces.

use encompass_core::id::{LoadId, RegisterId, of};
use jiff::Timestamp;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::entry::is_stale;
use super::terms::terms;
use crate::audit_log::{Entry, INSTALLATION};
use crate::db::{batch, row};
use crate::scope::Actor;
use crate::seal::SealingKey;
use crate::{Error, Result, Scope, Store, Tx};

/// A register to be made, or made anew with other terms.
#[derive(Clone, Debug)]
pub struct New {
    /// What it is called, once in the installation.
    pub source: String,
    /// Whose it is.
    pub owner: String,
    /// The forces that it is licensed to; no other sees it.
    pub forces: Vec<String>,
    /// How old its current version may be before a person decides instead, in days.
    pub max_age_days: i64,
}

/// A register as a force that it is licensed to sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Licensed {
    /// Its id.
    pub id: RegisterId,
    /// What it is called.
    pub source: String,
    /// The version that is read now.
    pub load: LoadId,
    /// When that version was true.
    pub as_of: Timestamp,
    /// How old it may be, in days.
    pub max_age_days: i64,
}

/// A register that a force is licensed to, with the key of its entries.
pub struct Opened {
    /// The register.
    pub register: Licensed,
    pub(super) key: SealingKey,
}

impl Licensed {
    /// Whether it is past its stated age at `now`.
    pub fn is_stale(&self, now: Timestamp) -> bool {
        is_stale(self.as_of, self.max_age_days, now)
    }
}

impl Tx {
    /// Makes a register with a key of its own, or gives a known one of the same owner these forces and this age.
    ///
    /// # Errors
    /// [`Error::Changed`] when the register belongs to another owner; else as the database says.
    pub async fn put_register(&mut self, new: New, actor: Actor, now: Timestamp) -> Result<RegisterId> {
        let before = terms(self.conn(), &new.source).await?;
        let drawn = RegisterId::new(Uuid::now_v7());
        let (_, wrapped) = self.keys().draw(&drawn.bytes());
        let put = "INSERT INTO register (id, source, owner, max_age_days, wrapped_key, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (source) DO UPDATE SET max_age_days = excluded.max_age_days \
             WHERE register.owner = excluded.owner RETURNING id";
        let query =
            sqlx::query(put).bind(drawn.bytes().to_vec()).bind(new.source.clone()).bind(new.owner.clone());
        let query = query.bind(new.max_age_days).bind(wrapped).bind(now.as_microsecond());
        let found = query.fetch_optional(self.conn()).await?.ok_or(Error::Changed)?;
        let id = row::id::<of::Register>(&found, "id")?;
        sqlx::query("DELETE FROM register_force WHERE register_id = $1")
            .bind(id.bytes().to_vec())
            .execute(self.conn())
            .await?;
        let forces = new.forces.iter().map(|force| vec![id.into(), force.as_str().into()]).collect();
        let head = "INSERT INTO register_force (register_id, force_id)";
        batch::insert(self.conn(), head, forces, "ON CONFLICT DO NOTHING").await?;
        let changes = before.map_or_else(Vec::new, |before| before.changes(&new));
        let (forces, days) = (new.forces.join(", "), new.max_age_days);
        let licensed =
            format!("{} of {}, licensed to {forces}, decides for {days} days.", new.source, new.owner);
        let detail = std::iter::once(licensed).chain(changes).collect::<Vec<_>>().join(" ");
        self.audit(
            Entry::new(INSTALLATION, now, actor, "register.licensed", format!("register:{id}"))
                .because(detail),
        );
        Ok(id)
    }
}

impl Store {
    /// The registers with a current version that are licensed to a force in scope, newest version first.
    ///
    /// # Errors
    /// As the database says.
    pub async fn registers_of(&self, scope: &Scope, force: &str) -> Result<Vec<Licensed>> {
        Ok(self.open_registers(scope, force).await?.into_iter().map(|opened| opened.register).collect())
    }

    /// Every force in scope with each register that is licensed to it and has a current version.
    ///
    /// # Errors
    /// As the database says.
    pub async fn licences(&self, scope: &Scope) -> Result<Vec<(String, Licensed)>> {
        let select = "SELECT f.force_id AS force_id, r.id AS id, r.source AS source, r.max_age_days AS max_age_days, \
             l.id AS load_id, l.as_of AS as_of FROM register r \
             JOIN register_force f ON f.register_id = r.id \
             JOIN load l ON l.kind = 'register' AND l.source = r.source AND l.state = 'current' \
             ORDER BY f.force_id, r.source";
        let rows = sqlx::query(select).fetch_all(self.read()).await?;
        let licences = rows.iter().map(|found| Ok((row::text(found, "force_id")?, licensed(found)?)));
        let mut licences = licences.collect::<Result<Vec<_>>>()?;
        licences.retain(|(force, _)| scope.sees_force(force));
        Ok(licences)
    }

    /// The registers of a force as [`registers_of`](Self::registers_of) gives them, with their keys unwrapped.
    ///
    /// # Errors
    /// [`Error::Sealed`] when a register's key was erased; else as the database says.
    pub async fn open_registers(&self, scope: &Scope, force: &str) -> Result<Vec<Opened>> {
        if !scope.sees_force(force) {
            return Ok(Vec::new());
        }
        let select = "SELECT r.id AS id, r.source AS source, r.max_age_days AS max_age_days, \
             r.wrapped_key AS wrapped_key, l.id AS load_id, l.as_of AS as_of FROM register r \
             JOIN register_force f ON f.register_id = r.id \
             JOIN load l ON l.kind = 'register' AND l.source = r.source AND l.state = 'current' \
             WHERE f.force_id = $1 ORDER BY l.as_of DESC, r.source";
        let rows = sqlx::query(select).bind(force.to_owned()).fetch_all(self.read()).await?;
        rows.iter()
            .map(|found| {
                let id = row::id::<of::Register>(found, "id")?;
                let key = self.keys().unwrap(&id.bytes(), Some(&row::bytes(found, "wrapped_key")?))?;
                Ok(Opened { register: licensed(found)?, key })
            })
            .collect()
    }
}

fn licensed(found: &AnyRow) -> Result<Licensed> {
    Ok(Licensed {
        id: row::id(found, "id")?,
        source: row::text(found, "source")?,
        load: row::id(found, "load_id")?,
        as_of: row::instant(found, "as_of")?,
        max_age_days: row::int(found, "max_age_days")?,
    })
}
