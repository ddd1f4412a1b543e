//! The audit log: each view of a child's data and each decision, who made it and why.
//!
//! Append only (triggers refuse anything else), one chain per force, each row hashed with the one before
//! it. Rows are gathered in the transaction and written last, so that the chain's head is held shortly.

use std::collections::BTreeMap;

use encompass_core::id::IncidentId;
use jiff::Timestamp;
use ring::digest;
use sqlx::AnyConnection;

use crate::db::{batch, row};
use crate::scope::Actor;
use crate::{Result, Store};

/// The chain of what belongs to no force: accounts, loads, contacts.
pub const INSTALLATION: &str = "";

/// One thing that was done or shown. Holds no personal data outside `shown_to`, which is sealed by the caller.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The force whose case it is, or [`INSTALLATION`].
    pub chain: String,
    /// When, in domain time.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What: a verb of ours, such as `incident.accepted` or `child.viewed`.
    pub action: &'static str,
    /// About what: kind and id.
    pub subject: String,
    /// The incident it belongs to.
    pub incident: Option<IncidentId>,
    /// Why, and under which versions: words and ids only.
    pub detail: String,
    /// The person it was shown to, sealed.
    pub shown_to: Option<Vec<u8>>,
}

impl Entry {
    /// An entry without detail.
    pub fn new(chain: &str, at: Timestamp, actor: Actor, action: &'static str, subject: String) -> Self {
        Self {
            chain: chain.to_owned(),
            at,
            actor,
            action,
            subject,
            incident: None,
            detail: String::new(),
            shown_to: None,
        }
    }

    /// The same, about an incident.
    #[must_use]
    pub const fn of(mut self, incident: IncidentId) -> Self {
        self.incident = Some(incident);
        self
    }

    /// The same, with a reason.
    #[must_use]
    pub fn because(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    fn hash(&self, before: &[u8], sequence: i64) -> Vec<u8> {
        let incident = self.incident.map(|id| id.bytes());
        let parts = Parts {
            chain: &self.chain,
            at: self.at.as_microsecond(),
            actor: &self.actor.to_string(),
            action: self.action,
            subject: &self.subject,
            incident: incident.as_ref().map_or(&[][..], |id| id),
            detail: &self.detail,
            shown_to: self.shown_to.as_deref().unwrap_or_default(),
        };
        parts.hash(before, sequence)
    }
}

/// What of a row is hashed.
struct Parts<'a> {
    chain: &'a str,
    at: i64,
    actor: &'a str,
    action: &'a str,
    subject: &'a str,
    incident: &'a [u8],
    detail: &'a str,
    shown_to: &'a [u8],
}

impl Parts<'_> {
    /// The row's hash at its place in the chain. Each part has its length before it, so that none runs into the next.
    fn hash(&self, before: &[u8], sequence: i64) -> Vec<u8> {
        let mut context = digest::Context::new(&digest::SHA256);
        let numbers = [sequence.to_be_bytes(), self.at.to_be_bytes()].concat();
        let texts = [self.actor, self.action, self.subject].map(str::as_bytes);
        let head = [before, self.chain.as_bytes(), &numbers];
        let tail = [self.incident, self.detail.as_bytes(), self.shown_to];
        for part in head.into_iter().chain(texts).chain(tail) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        context.finish().as_ref().to_vec()
    }
}

/// Appends `entries` to their chains, in their order.
pub(crate) async fn append(
    conn: &mut AnyConnection,
    entries: Vec<Entry>,
    for_update: &'static str,
) -> Result<()> {
    let mut chains: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for entry in entries {
        chains.entry(entry.chain.clone()).or_default().push(entry);
    }
    for (chain, entries) in chains {
        let (mut sequence, mut hash) = head(conn, &chain, for_update).await?;
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            sequence += 1;
            hash = entry.hash(&hash, sequence);
            rows.push(vec![
                entry.chain.into(),
                sequence.into(),
                entry.at.into(),
                entry.actor.to_string().into(),
                entry.action.into(),
                entry.subject.into(),
                entry.incident.into(),
                entry.detail.into(),
                entry.shown_to.into(),
                hash.clone().into(),
            ]);
        }
        let head = "INSERT INTO audit_log (chain, sequence, at, actor, action, subject, incident_id, detail, \
             sealed_shown_to, hash)";
        batch::insert(conn, head, rows, "").await?;
        let update = "UPDATE audit_head SET sequence = $2, hash = $3 WHERE chain = $1";
        sqlx::query(update).bind(chain).bind(sequence).bind(hash).execute(&mut *conn).await?;
    }
    Ok(())
}

async fn head(conn: &mut AnyConnection, chain: &str, for_update: &'static str) -> Result<(i64, Vec<u8>)> {
    let select = match for_update {
        "" => "SELECT sequence, hash FROM audit_head WHERE chain = $1",
        _ => "SELECT sequence, hash FROM audit_head WHERE chain = $1 FOR UPDATE",
    };
    let found = sqlx::query(select).bind(chain.to_owned()).fetch_optional(&mut *conn).await?;
    let found = match found {
        Some(found) => found,
        None => {
            begin(conn, chain).await?;
            sqlx::query(select).bind(chain.to_owned()).fetch_one(&mut *conn).await?
        }
    };
    Ok((row::int(&found, "sequence")?, row::bytes(&found, "hash")?))
}

async fn begin(conn: &mut AnyConnection, chain: &str) -> Result<()> {
    let insert = "INSERT INTO audit_head (chain, sequence, hash) VALUES ($1, 0, $2) ON CONFLICT DO NOTHING";
    sqlx::query(insert).bind(chain.to_owned()).bind(Vec::<u8>::new()).execute(conn).await?;
    Ok(())
}

/// What checking a chain found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every row follows from the one before it.
    Whole {
        /// How many rows.
        rows: i64,
    },
    /// The first row that does not.
    Broken {
        /// Its sequence number.
        sequence: i64,
    },
}

/// A row of the log as it is read back.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its number in the chain.
    pub sequence: i64,
    /// When.
    pub at: Timestamp,
    /// Who, as written.
    pub actor: String,
    /// What.
    pub action: String,
    /// About what.
    pub subject: String,
    /// Why.
    pub detail: String,
    /// Who it was shown to, sealed.
    pub shown_to: Option<Vec<u8>>,
}

impl Store {
    /// Everything that was done or shown about an incident, oldest first; at most 1,000 rows.
    pub async fn audit_of_incident(&self, incident: IncidentId) -> Result<Vec<Line>> {
        let select = "SELECT sequence, at, actor, action, subject, detail, sealed_shown_to FROM audit_log \
             WHERE incident_id = $1 ORDER BY at, sequence LIMIT 1000";
        let rows = sqlx::query(select).bind(incident.bytes().to_vec()).fetch_all(self.read()).await?;
        rows.iter()
            .map(|found| {
                Ok(Line {
                    sequence: row::int(found, "sequence")?,
                    at: row::instant(found, "at")?,
                    actor: row::text(found, "actor")?,
                    action: row::text(found, "action")?,
                    subject: row::text(found, "subject")?,
                    detail: row::text(found, "detail")?,
                    shown_to: row::opt_bytes(found, "sealed_shown_to")?,
                })
            })
            .collect()
    }

    /// Walks a chain from its beginning and checks every hash, and that it reaches the head it had when the walk began:
    /// rows that are appended meanwhile are checked as well.
    ///
    /// # Errors
    /// As the database says.
    pub async fn check_audit_chain(&self, chain: &str) -> Result<Verdict> {
        let select = "SELECT sequence, hash FROM audit_head WHERE chain = $1";
        let head = sqlx::query(select).bind(chain.to_owned()).fetch_optional(self.read()).await?;
        let head = head
            .map(|found| Ok::<_, crate::Error>((row::int(&found, "sequence")?, row::bytes(&found, "hash")?)));
        let (last, last_hash) = head.transpose()?.unwrap_or((0, Vec::new()));
        let (mut sequence, mut hash) = (0, Vec::new());
        loop {
            let select =
                "SELECT * FROM audit_log WHERE chain = $1 AND sequence > $2 ORDER BY sequence LIMIT 1000";
            let rows =
                sqlx::query(select).bind(chain.to_owned()).bind(sequence).fetch_all(self.read()).await?;
            for found in &rows {
                let next = rehash(found, &hash, sequence + 1)?;
                let is_last = sequence + 1 == last;
                if row::int(found, "sequence")? != sequence + 1
                    || row::bytes(found, "hash")? != next
                    || (is_last && next != last_hash)
                {
                    return Ok(Verdict::Broken { sequence: sequence + 1 });
                }
                sequence += 1;
                hash = next;
            }
            if rows.is_empty() {
                break;
            }
        }
        Ok(if last <= sequence {
            Verdict::Whole { rows: sequence }
        } else {
            Verdict::Broken { sequence: sequence + 1 }
        })
    }
}

/// The hash that a stored row must have. The actor is stored as text and hashed as such.
fn rehash(found: &sqlx::any::AnyRow, before: &[u8], sequence: i64) -> Result<Vec<u8>> {
    let parts = Parts {
        chain: &row::text(found, "chain")?,
        at: row::int(found, "at")?,
        actor: &row::text(found, "actor")?,
        action: &row::text(found, "action")?,
        subject: &row::text(found, "subject")?,
        incident: &row::opt_bytes(found, "incident_id")?.unwrap_or_default(),
        detail: &row::text(found, "detail")?,
        shown_to: &row::opt_bytes(found, "sealed_shown_to")?.unwrap_or_default(),
    };
    Ok(parts.hash(before, sequence))
}
