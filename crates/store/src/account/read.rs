//! Reading accounts.

use std::collections::BTreeMap;

use encompass_core::id::AccountId;
use encompass_core::state::Role;
use sqlx::any::AnyRow;

use super::Account;
use crate::db::row;
use crate::{Error, Result, Store};

impl Store {
    /// All accounts, by login.
    ///
    /// # Errors
    /// As the database says.
    pub async fn accounts(&self) -> Result<Vec<Account>> {
        let rows = sqlx::query("SELECT * FROM account").fetch_all(self.read()).await?;
        let forces = self.account_words("SELECT account_id, force_id AS word FROM account_force").await?;
        let areas = self.account_words("SELECT account_id, authority AS word FROM account_area").await?;
        let mut accounts = rows.iter().map(from_row).collect::<Result<Vec<_>>>()?;
        for account in &mut accounts {
            account.forces = forces.get(&account.id).cloned().unwrap_or_default();
            account.areas = areas.get(&account.id).cloned().unwrap_or_default();
        }
        accounts.sort_by(|a, b| a.login.cmp(&b.login));
        Ok(accounts)
    }

    /// The account of a row, with its forces and areas.
    pub(super) async fn whole_account(&self, found: &AnyRow) -> Result<Account> {
        let mut account = from_row(found)?;
        let words = async |select: &'static str| -> Result<Vec<String>> {
            let query = sqlx::query(select).bind(account.id.bytes().to_vec());
            let rows = query.fetch_all(self.read()).await?;
            rows.iter().map(|found| row::text(found, "word")).collect()
        };
        let forces =
            words("SELECT force_id AS word FROM account_force WHERE account_id = $1 ORDER BY 1").await?;
        let areas =
            words("SELECT authority AS word FROM account_area WHERE account_id = $1 ORDER BY 1").await?;
        (account.forces, account.areas) = (forces, areas);
        Ok(account)
    }

    async fn account_words(&self, select: &'static str) -> Result<BTreeMap<AccountId, Vec<String>>> {
        let mut words: BTreeMap<AccountId, Vec<String>> = BTreeMap::new();
        for found in sqlx::query(select).fetch_all(self.read()).await? {
            words.entry(row::id(&found, "account_id")?).or_default().push(row::text(&found, "word")?);
        }
        words.values_mut().for_each(|list| list.sort());
        Ok(words)
    }
}

fn from_row(found: &AnyRow) -> Result<Account> {
    let roles = row::text(found, "roles")?;
    let roles = roles.split(' ').map(str::parse).collect::<Result<Vec<Role>, _>>();
    Ok(Account {
        id: row::id(found, "id")?,
        login: row::text(found, "login")?,
        display_name: row::text(found, "display_name")?,
        roles: roles.map_err(|_| Error::Corrupt("roles".into()))?,
        forces: Vec::new(),
        areas: Vec::new(),
        sees_restricted: row::flag(found, "sees_restricted")?,
        is_active: row::flag(found, "is_active")?,
    })
}
