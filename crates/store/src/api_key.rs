//! Keys of systems: a force's own (publishing by HTTP) and a setting's (fetching its notices).
//!
//! A key is 256 random bits, shown once when it is made; the store has only its hash.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ring::digest;
use zeroize::Zeroizing;

use crate::db::row;
use crate::{Actor, Error, Result, Store, audit_log, seal};

/// Whose system holds a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A force, by its id.
    Force(String),
    /// A setting, by its id.
    Setting(encompass_core::id::SettingId),
}

impl Owner {
    const fn kind(&self) -> &'static str {
        match self {
            Self::Force(_) => "force",
            Self::Setting(_) => "setting",
        }
    }

    fn value(&self) -> String {
        match self {
            Self::Force(force) => force.clone(),
            Self::Setting(setting) => setting.to_string(),
        }
    }

    fn chain(&self) -> &str {
        match self {
            Self::Force(force) => force,
            Self::Setting(_) => audit_log::INSTALLATION,
        }
    }
}

/// A key as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiKey {
    /// Whose it is.
    pub owner: Owner,
    /// What people call it; it names the system in the audit log.
    pub label: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Option<Timestamp>,
    /// When somebody ended it.
    pub revoked_at: Option<Timestamp>,
}

impl Store {
    /// Makes a key and returns it, for the only time.
    pub async fn create_api_key(
        &self,
        owner: &Owner,
        label: &str,
        expires_at: Option<Timestamp>,
        by: &Actor,
        at: Timestamp,
    ) -> Result<Zeroizing<String>> {
        let token = Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(seal::random::<32>()));
        let mut tx = self.begin().await?;
        let insert = "INSERT INTO api_key (key_hash, owner_kind, owner, label, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(insert)
            .bind(hash(&token))
            .bind(owner.kind())
            .bind(owner.value())
            .bind(label.to_owned())
            .bind(at.as_microsecond())
            .bind(expires_at.map(Timestamp::as_microsecond))
            .execute(tx.conn())
            .await?;
        let subject = format!("api_key:{label}");
        tx.audit(audit_log::Entry::new(owner.chain(), at, by.clone(), "api_key.created", subject));
        tx.commit().await?;
        Ok(token)
    }

    /// Ends every key of this owner and label at once.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is none that was still good.
    pub async fn revoke_api_key(&self, owner: &Owner, label: &str, by: &Actor, at: Timestamp) -> Result<()> {
        let mut tx = self.begin().await?;
        let update = "UPDATE api_key SET revoked_at = $1 WHERE owner_kind = $2 AND owner = $3 AND label = $4 \
             AND revoked_at IS NULL";
        let ended = sqlx::query(update)
            .bind(at.as_microsecond())
            .bind(owner.kind())
            .bind(owner.value())
            .bind(label.to_owned())
            .execute(tx.conn())
            .await?;
        if ended.rows_affected() == 0 {
            return Err(Error::NotFound);
        }
        let subject = format!("api_key:{label}");
        tx.audit(audit_log::Entry::new(owner.chain(), at, by.clone(), "api_key.revoked", subject));
        tx.commit().await
    }

    /// The key that was presented, unless it is unknown, revoked, or ended by `machine`.
    pub async fn find_api_key(&self, presented: &str, machine: Timestamp) -> Result<Option<ApiKey>> {
        let select = "SELECT * FROM api_key WHERE key_hash = $1 AND revoked_at IS NULL \
             AND (expires_at IS NULL OR expires_at > $2)";
        let found = sqlx::query(select)
            .bind(hash(presented))
            .bind(machine.as_microsecond())
            .fetch_optional(self.read())
            .await?;
        found.as_ref().map(api_key).transpose()
    }

    /// All keys, for the people who look after them.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>> {
        let select = "SELECT * FROM api_key ORDER BY created_at";
        let rows = sqlx::query(select).fetch_all(self.read()).await?;
        rows.iter().map(api_key).collect()
    }
}

/// A random key needs no slow hash: it can't be guessed.
fn hash(token: &str) -> Vec<u8> {
    digest::digest(&digest::SHA256, token.as_bytes()).as_ref().to_vec()
}

fn api_key(found: &sqlx::any::AnyRow) -> Result<ApiKey> {
    let owner = row::text(found, "owner")?;
    let owner = match row::text(found, "owner_kind")?.as_str() {
        "force" => Owner::Force(owner),
        "setting" => Owner::Setting(owner.parse().map_err(|_| Error::Corrupt("owner".into()))?),
        _ => return Err(Error::Corrupt("owner_kind".into())),
    };
    Ok(ApiKey {
        owner,
        label: row::text(found, "label")?,
        created_at: row::instant(found, "created_at")?,
        expires_at: row::opt_instant(found, "expires_at")?,
        revoked_at: row::opt_instant(found, "revoked_at")?,
    })
}
