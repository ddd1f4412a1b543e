//! Making and changing accounts. Each change is in the audit log of the installation.

use encompass_core::id::AccountId;
use encompass_core::state::Role;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Password, Terms};
use crate::audit_log::{Entry, INSTALLATION};
use crate::db::{batch, row};
use crate::{Actor, Error, Result, Tx};

impl Tx {
    /// Makes an account. The caller has asked [`Terms::check`].
    ///
    /// # Errors
    /// [`Error::Constraint`] when the login is taken; else as the database says.
    pub async fn create_account(
        &mut self,
        login: &str,
        terms: &Terms,
        password: &Password,
        by: Actor,
        now: Timestamp,
    ) -> Result<AccountId> {
        let id = AccountId::new(Uuid::now_v7());
        let insert = "INSERT INTO account (id, login, display_name, roles, password_hash, is_active, sees_restricted, \
             created_at, changed_at) VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $7)";
        sqlx::query(insert)
            .bind(id.bytes().to_vec())
            .bind(login.to_owned())
            .bind(terms.display_name.trim().to_owned())
            .bind(words(&terms.roles))
            .bind(password.hash())
            .bind(i64::from(terms.sees_restricted))
            .bind(now.as_microsecond())
            .execute(self.conn())
            .await?;
        self.put_account_scope(id, terms).await?;
        self.audit_account(id, "account.created", described(terms), by, now);
        Ok(id)
    }

    /// Gives an account other terms and ends its sessions.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such login; else as the database says.
    pub async fn change_account(
        &mut self,
        login: &str,
        terms: &Terms,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        let update = "UPDATE account SET display_name = $2, roles = $3, sees_restricted = $4, changed_at = $5 \
             WHERE login = $1 RETURNING id";
        let found = sqlx::query(update)
            .bind(login.to_owned())
            .bind(terms.display_name.trim().to_owned())
            .bind(words(&terms.roles))
            .bind(i64::from(terms.sees_restricted))
            .bind(now.as_microsecond())
            .fetch_optional(self.conn())
            .await?;
        let id = row::id(&found.ok_or(Error::NotFound)?, "id")?;
        for delete in [
            "DELETE FROM account_force WHERE account_id = $1",
            "DELETE FROM account_area WHERE account_id = $1",
        ] {
            sqlx::query(delete).bind(id_bytes(id)).execute(self.conn()).await?;
        }
        self.put_account_scope(id, terms).await?;
        self.end_sessions(id).await?;
        self.audit_account(id, "account.changed", described(terms), by, now);
        Ok(())
    }

    /// Lets an account sign in no more, or again, and ends its sessions.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such login; else as the database says.
    pub async fn set_account_active(
        &mut self,
        login: &str,
        is_active: bool,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        let update = "UPDATE account SET is_active = $2, changed_at = $3 WHERE login = $1 RETURNING id";
        let query = sqlx::query(update).bind(login.to_owned()).bind(i64::from(is_active));
        let found = query.bind(now.as_microsecond()).fetch_optional(self.conn()).await?;
        let id = row::id(&found.ok_or(Error::NotFound)?, "id")?;
        self.end_sessions(id).await?;
        let action = if is_active { "account.enabled" } else { "account.disabled" };
        self.audit_account(id, action, String::new(), by, now);
        Ok(())
    }

    /// Gives an account another password and ends its sessions.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such login; else as the database says.
    pub async fn set_password(
        &mut self,
        login: &str,
        password: &Password,
        by: Actor,
        now: Timestamp,
    ) -> Result<()> {
        let update = "UPDATE account SET password_hash = $2, changed_at = $3 WHERE login = $1 RETURNING id";
        let query = sqlx::query(update).bind(login.to_owned()).bind(password.hash());
        let found = query.bind(now.as_microsecond()).fetch_optional(self.conn()).await?;
        let id = row::id(&found.ok_or(Error::NotFound)?, "id")?;
        self.end_sessions(id).await?;
        self.audit_account(id, "account.password_set", String::new(), by, now);
        Ok(())
    }

    /// A session that was ended is gone: nothing of it is worth keeping, the audit log has who signed in.
    async fn end_sessions(&mut self, id: AccountId) -> Result<()> {
        let delete = "DELETE FROM account_session WHERE account_id = $1";
        sqlx::query(delete).bind(id_bytes(id)).execute(self.conn()).await?;
        Ok(())
    }

    async fn put_account_scope(&mut self, id: AccountId, terms: &Terms) -> Result<()> {
        let rows =
            |words: &[String]| words.iter().map(|word| vec![id.into(), word.as_str().into()]).collect();
        let head = "INSERT INTO account_force (account_id, force_id)";
        batch::insert(self.conn(), head, rows(&terms.forces), "ON CONFLICT DO NOTHING").await?;
        let head = "INSERT INTO account_area (account_id, authority)";
        batch::insert(self.conn(), head, rows(&terms.areas), "ON CONFLICT DO NOTHING").await?;
        Ok(())
    }

    fn audit_account(
        &mut self,
        id: AccountId,
        action: &'static str,
        detail: String,
        by: Actor,
        now: Timestamp,
    ) {
        self.audit(Entry::new(INSTALLATION, now, by, action, format!("account:{id}")).because(detail));
    }
}

fn id_bytes(id: AccountId) -> Vec<u8> {
    id.bytes().to_vec()
}

fn words(roles: &[Role]) -> String {
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" ")
}

fn described(terms: &Terms) -> String {
    let areas = if terms.areas.is_empty() { "all".to_owned() } else { terms.areas.join(" ") };
    let restricted = if terms.sees_restricted { "; restricted cases" } else { "" };
    format!("roles {}; forces {}; areas {areas}{restricted}", words(&terms.roles), terms.forces.join(" "))
}
