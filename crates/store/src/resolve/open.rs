//! Reading a child for a decision about it: locked, in scope, and as it was shown.

use encompass_core::id::{ChildId, ResolutionId, SettingId};
use encompass_core::state::ChildState;
use sqlx::any::AnyRow;

use super::due::known;
use super::person::{ByPerson, Shown};
use crate::child::Child;
use crate::db::{batch, row};
use crate::desk::is_own_child;
use crate::seal::SealingKey;
use crate::{Error, Result, Scope, Store, Tx};

/// A child as it is read for a decision.
pub(super) struct Open {
    pub child: Child,
    pub key: SealingKey,
    pub version: i64,
    pub known: encompass_core::due::Known,
    pub excluded: Vec<SettingId>,
    /// Settings that were told or are being told: they stay as they are.
    pub standing: Vec<SettingId>,
    pub authority: Option<String>,
}

impl Store {
    /// What a child's page shows of the state that a decision about it rests on; the caller adds the settings that
    /// it offers.
    ///
    /// # Errors
    /// [`Error::NotFound`] outside the scope; else as the database says.
    pub async fn shown(&self, scope: &Scope, child: ChildId) -> Result<Shown> {
        let mut tx = self.begin().await?;
        let (child, incident, _) = tx.in_scope(scope, child).await?;
        let version = row::int(&incident, "latest_version")?;
        let resolution = tx.newest_resolution(child.id).await?;
        Ok(Shown { version, resolution, settings: Vec::new() })
    }
}

impl Tx {
    /// The child, locked, in scope, and still as it was shown.
    pub(super) async fn open_for_decision(&mut self, scope: &Scope, decision: &ByPerson) -> Result<Open> {
        let (child, incident, authority) = self.in_scope(scope, decision.child).await?;
        let version = row::int(&incident, "latest_version")?;
        let is_open = matches!(child.state, ChildState::Held | ChildState::Notified);
        let newest = self.newest_resolution(child.id).await?;
        if !is_open || version != decision.shown.version || newest != decision.shown.resolution {
            return Err(Error::Changed);
        }
        let wrapped = row::opt_bytes(&incident, "wrapped_key")?;
        let key = self.keys().unwrap(&child.incident.bytes(), wrapped.as_deref())?;
        let known = known(row::instant(&incident, "known_at")?, &row::text(&incident, "known_by")?);
        let excluded =
            self.settings_of(child.id, "SELECT setting_id FROM exclusion WHERE child_id IN").await?;
        let select = "SELECT setting_id FROM notification WHERE state <> 'closed' AND child_id IN";
        let standing = self.settings_of(child.id, select).await?;
        Ok(Open { child, key, version, known, excluded, standing, authority })
    }

    async fn settings_of(&mut self, child: ChildId, select: &'static str) -> Result<Vec<SettingId>> {
        let found = batch::within(self.conn(), select, vec![child.into()], "").await?;
        found.iter().map(|found| row::id(found, "setting_id")).collect()
    }

    /// The child, locked, with its incident's row and its area.
    async fn in_scope(&mut self, scope: &Scope, child: ChildId) -> Result<(Child, AnyRow, Option<String>)> {
        let child = self.children(&[child]).await?.pop().ok_or(Error::NotFound)?;
        if !is_own_child(self, scope, child.id).await? {
            return Err(Error::NotFound);
        }
        let select = "SELECT wrapped_key, latest_version, known_at, known_by FROM incident WHERE id = $1";
        let query = sqlx::query(select).bind(child.incident.bytes().to_vec());
        let incident = query.fetch_one(self.conn()).await?;
        let authority = self.authority(child.id).await?;
        Ok((child, incident, authority))
    }

    /// The newest resolution of a child.
    async fn newest_resolution(&mut self, child: ChildId) -> Result<Option<ResolutionId>> {
        let select =
            "SELECT id FROM resolution WHERE child_id = $1 ORDER BY decided_at DESC, id DESC LIMIT 1";
        let found = sqlx::query(select).bind(child.bytes().to_vec()).fetch_optional(self.conn()).await?;
        found.map(|found| row::id(&found, "id")).transpose()
    }

    /// The area that a child's newest task is in, else that of a setting which it belongs to.
    async fn authority(&mut self, child: ChildId) -> Result<Option<String>> {
        let select = "SELECT authority, opened_at AS at FROM task WHERE child_id = $1 AND authority IS NOT NULL \
             UNION SELECT authority, 0 AS at FROM notification WHERE child_id = $1 AND authority IS NOT NULL \
             ORDER BY at DESC LIMIT 1";
        let found = sqlx::query(select).bind(child.bytes().to_vec()).fetch_optional(self.conn()).await?;
        found.map(|found| row::text(&found, "authority")).transpose()
    }
}
