//! Signing in, and the sessions that follow. Sessions run on the machine's time, the audit log on domain time.

use jiff::{SignedDuration, Timestamp};

use super::{Account, Password};
use crate::audit_log::{Entry, INSTALLATION};
use crate::db::row;
use crate::{Actor, Result, Store};

/// How long a session lasts.
#[derive(Clone, Copy, Debug)]
pub struct Life {
    /// Without any request.
    pub idle: SignedDuration,
    /// At most.
    pub whole: SignedDuration,
}

/// A request's time in its session is written down when it has moved this far, so that reading a page is no write.
const SEEN_EACH: SignedDuration = SignedDuration::from_secs(60);

/// What came of signing in.
#[derive(Debug)]
pub enum SignedIn {
    /// The login and password belong together, and the account may sign in.
    Yes(Box<Account>),
    /// Anything else: which of them was wrong is not told.
    No,
}

impl Store {
    /// Compares a password, which takes the same time whether or not there is such an account, and writes down
    /// that it was tried. The caller limits how often.
    ///
    /// # Errors
    /// As the database says.
    pub async fn sign_in(&self, login: &str, password: Password, now: Timestamp) -> Result<SignedIn> {
        let select = "SELECT * FROM account WHERE login = $1";
        let found = sqlx::query(select).bind(login.to_owned()).fetch_optional(self.read()).await?;
        let stored = found.as_ref().map(|found| row::text(found, "password_hash")).transpose()?;
        let fits = tokio::task::spawn_blocking(move || match stored {
            Some(hash) => password.fits(&hash),
            None => {
                // Hashing costs what comparing would, so that the time tells nobody which logins there are.
                drop(password.hash());
                false
            }
        });
        let fits = fits.await.unwrap_or(false);
        let Some(found) = found else { return Ok(SignedIn::No) };
        let account = self.whole_account(&found).await?;
        let is_in = fits && account.is_active;
        let action = if is_in { "account.signed_in" } else { "account.sign_in_failed" };
        let mut tx = self.begin().await?;
        let actor = Actor::Staff(account.login.clone());
        tx.audit(Entry::new(INSTALLATION, now, actor, action, format!("account:{}", account.id)));
        tx.commit().await?;
        Ok(if is_in { SignedIn::Yes(Box::new(account)) } else { SignedIn::No })
    }

    /// Begins a session under the hash of its token.
    ///
    /// # Errors
    /// As the database says.
    pub async fn begin_session(
        &self,
        account: &Account,
        token_hash: &[u8; 32],
        life: Life,
        machine: Timestamp,
    ) -> Result<()> {
        let mut tx = self.begin().await?;
        let delete = "DELETE FROM account_session WHERE expires_at <= $1 OR seen_at <= $2";
        let idle_since = machine.saturating_sub(life.idle).unwrap_or(Timestamp::MIN);
        sqlx::query(delete)
            .bind(machine.as_microsecond())
            .bind(idle_since.as_microsecond())
            .execute(tx.conn())
            .await?;
        let insert = "INSERT INTO account_session (token_hash, account_id, created_at, seen_at, expires_at) \
             VALUES ($1, $2, $3, $3, $4)";
        let until = machine.saturating_add(life.whole).unwrap_or(Timestamp::MAX);
        sqlx::query(insert)
            .bind(token_hash.to_vec())
            .bind(account.id.bytes().to_vec())
            .bind(machine.as_microsecond())
            .bind(until.as_microsecond())
            .execute(tx.conn())
            .await?;
        tx.commit().await
    }

    /// The account of a session that lasts at `machine`, as it is now; the request counts as activity.
    ///
    /// # Errors
    /// As the database says.
    pub async fn session(
        &self,
        token_hash: &[u8; 32],
        life: Life,
        machine: Timestamp,
    ) -> Result<Option<Account>> {
        let select = "SELECT account.*, account_session.seen_at AS seen_at FROM account_session \
             JOIN account ON account.id = account_session.account_id WHERE account_session.token_hash = $1 \
             AND account_session.expires_at > $2 AND account_session.seen_at > $3 AND account.is_active = 1";
        let idle_since = machine.saturating_sub(life.idle).unwrap_or(Timestamp::MIN);
        let found = sqlx::query(select)
            .bind(token_hash.to_vec())
            .bind(machine.as_microsecond())
            .bind(idle_since.as_microsecond())
            .fetch_optional(self.read())
            .await?;
        let Some(found) = found else { return Ok(None) };
        if machine.duration_since(row::instant(&found, "seen_at")?) > SEEN_EACH {
            let mut tx = self.begin().await?;
            let update = "UPDATE account_session SET seen_at = $2 WHERE token_hash = $1";
            let query = sqlx::query(update).bind(token_hash.to_vec()).bind(machine.as_microsecond());
            query.execute(tx.conn()).await?;
            tx.commit().await?;
        }
        self.whole_account(&found).await.map(Some)
    }

    /// Ends a session.
    ///
    /// # Errors
    /// As the database says.
    pub async fn end_session(&self, token_hash: &[u8; 32]) -> Result<()> {
        let mut tx = self.begin().await?;
        let delete = "DELETE FROM account_session WHERE token_hash = $1";
        sqlx::query(delete).bind(token_hash.to_vec()).execute(tx.conn()).await?;
        tx.commit().await
    }
}
