//! Codes: six digits that prove that somebody reads a contact's mail, in the browser that asked for them.

use encompass_core::id::ContactId;
use encompass_core::state::DeliveryKind;
use jiff::{SignedDuration, Timestamp};

use crate::audit_log::{Entry, INSTALLATION};
use crate::db::row;
use crate::delivery::{Body, Mail};
use crate::seal::random;
use crate::{Actor, Result, Store, Tx};

/// How long a code is good, by the machine's clock.
pub const GOOD_FOR: SignedDuration = SignedDuration::from_mins(10);
/// How often a code may be tried.
pub const TRIES: i64 = 5;
/// The time over which codes of a contact are counted, and for which a new one may be asked for in the same browser.
const COUNTED_OVER: SignedDuration = SignedDuration::from_hours(1);
/// How long a row is kept after it has served.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);

/// On what grounds a code was asked for. Each is limited by itself, so that somebody who only knows an address
/// can't use up the codes of the one who has the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// By a notice's link.
    Link,
    /// By the contact's address.
    Address,
    /// By the link that verifies an address.
    Verification,
}

impl Purpose {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::Address => "address",
            Self::Verification => "verification",
        }
    }

    fn of(word: &str) -> Result<Self> {
        let all = [Self::Link, Self::Address, Self::Verification];
        let known = all.into_iter().find(|purpose| purpose.as_str() == word);
        known.ok_or_else(|| crate::Error::Corrupt("purpose".into()))
    }
}

/// Who wants a code.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The contact whose mail it goes to.
    pub contact: ContactId,
    /// The force whose desk the mail names; empty when none is known.
    pub force: String,
    /// On what grounds.
    pub purpose: Purpose,
    /// Hash of the token that the browser is given with the answer.
    pub browser: [u8; 32],
    /// Hash of the token that it had before: its code ends.
    pub before: Option<[u8; 32]>,
}

/// What became of the wish.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// The code's mail is queued, ahead of all other mail.
    Queued,
    /// The contact is not verified any more, or not reached by mail.
    NoMail,
    /// It has had as many codes as it may have within an hour.
    TooMany,
}

/// A right code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// Whose mail was read.
    pub contact: ContactId,
    /// On what grounds it was asked for.
    pub purpose: Purpose,
}

impl Tx {
    /// Draws a code for a browser and queues its mail. `machine` and `now` are machine and domain time.
    ///
    /// # Errors
    /// As the database says.
    pub async fn send_passcode(
        &mut self,
        asked: &Asked,
        most_in_an_hour: i64,
        machine: Timestamp,
        now: Timestamp,
    ) -> Result<Sent> {
        if !self.lock_mailbox(asked.contact).await? {
            return Ok(Sent::NoMail);
        }
        if self.passcodes_since(asked, before(machine, COUNTED_OVER)).await? >= most_in_an_hour {
            return Ok(Sent::TooMany);
        }
        self.tidy_passcodes(asked, machine).await?;
        let code = draw();
        let until = machine.saturating_add(GOOD_FOR).unwrap_or(Timestamp::MAX);
        self.insert_passcode(asked.contact, asked.purpose, &asked.browser, &code, machine, until).await?;
        let mail = Mail {
            kind: DeliveryKind::Code,
            force: asked.force.clone(),
            contact: Some(asked.contact),
            task: None,
            body: Body { code: Some(code), ..Body::default() },
            due_at: now.saturating_add(GOOD_FOR).unwrap_or(Timestamp::MAX),
        };
        self.queue_mails(vec![mail], now).await?;
        let subject = format!("contact:{}", asked.contact);
        let entry = Entry::new(INSTALLATION, now, Actor::Service("portal"), "portal.code_sent", subject);
        self.audit(entry.because(asked.purpose.as_str()));
        Ok(Sent::Queued)
    }

    /// Locks the contact, so that two requests at once are counted one after the other. Whether it is verified
    /// and reached by mail.
    async fn lock_mailbox(&mut self, contact: ContactId) -> Result<bool> {
        let select = "SELECT id FROM contact WHERE id = $1 AND state = 'verified' AND channel = 'email'";
        let select = format!("{select}{}", self.backend().for_update());
        let query = sqlx::query(sqlx::AssertSqlSafe(select)).bind(contact.bytes().to_vec());
        Ok(query.fetch_optional(self.conn()).await?.is_some())
    }

    async fn passcodes_since(&mut self, asked: &Asked, since: Timestamp) -> Result<i64> {
        let select =
            "SELECT COUNT(*) AS n FROM passcode WHERE contact_id = $1 AND purpose = $2 AND created_at > $3";
        let query = sqlx::query(select).bind(asked.contact.bytes().to_vec()).bind(asked.purpose.as_str());
        row::int(&query.bind(since.as_microsecond()).fetch_one(self.conn()).await?, "n")
    }

    /// Ends the code that the browser had, and forgets what has long served.
    async fn tidy_passcodes(&mut self, asked: &Asked, machine: Timestamp) -> Result<()> {
        if let Some(browser) = asked.before {
            let update = "UPDATE passcode SET expires_at = $2 WHERE browser_hash = $1 AND expires_at > $2";
            let query = sqlx::query(update).bind(browser.to_vec()).bind(machine.as_microsecond());
            query.execute(self.conn()).await?;
        }
        let delete = "DELETE FROM passcode WHERE contact_id = $1 AND created_at < $2 AND expires_at < $2";
        let query = sqlx::query(delete).bind(asked.contact.bytes().to_vec());
        query.bind(before(machine, KEPT_FOR).as_microsecond()).execute(self.conn()).await?;
        Ok(())
    }

    pub(super) async fn insert_passcode(
        &mut self,
        contact: ContactId,
        purpose: Purpose,
        browser: &[u8; 32],
        code: &str,
        machine: Timestamp,
        until: Timestamp,
    ) -> Result<()> {
        let insert = "INSERT INTO passcode (browser_hash, contact_id, purpose, code_hash, created_at, expires_at, tries) \
             VALUES ($1, $2, $3, $4, $5, $6, 0)";
        let hash = self.passcode_hash(browser, code);
        sqlx::query(insert)
            .bind(browser.to_vec())
            .bind(contact.bytes().to_vec())
            .bind(purpose.as_str())
            .bind(hash.to_vec())
            .bind(machine.as_microsecond())
            .bind(until.as_microsecond())
            .execute(self.conn())
            .await?;
        Ok(())
    }

    /// Tries a code in a browser. The try counts once the transaction is committed, right or wrong; `None` for a
    /// wrong code and for one that has expired, was used, was tried too often or never was.
    ///
    /// # Errors
    /// As the database says.
    pub async fn try_passcode(
        &mut self,
        browser: &[u8; 32],
        code: &str,
        machine: Timestamp,
        now: Timestamp,
    ) -> Result<Option<Passed>> {
        let update = "UPDATE passcode SET tries = tries + 1 WHERE browser_hash = $1 AND used_at IS NULL \
             AND expires_at > $2 AND tries < $3 RETURNING contact_id, purpose, code_hash";
        let query = sqlx::query(update).bind(browser.to_vec()).bind(machine.as_microsecond()).bind(TRIES);
        let Some(found) = query.fetch_optional(self.conn()).await? else { return Ok(None) };
        let passed = Passed {
            contact: row::id(&found, "contact_id")?,
            purpose: Purpose::of(&row::text(&found, "purpose")?)?,
        };
        // Keyed hashes are compared: how long that takes says nothing about the code.
        let is_right = row::bytes(&found, "code_hash")? == self.passcode_hash(browser, code);
        let action = if is_right { "portal.code_right" } else { "portal.code_wrong" };
        let subject = format!("contact:{}", passed.contact);
        let entry = Entry::new(INSTALLATION, now, Actor::Contact(passed.contact), action, subject);
        self.audit(entry.because(passed.purpose.as_str()));
        if !is_right {
            return Ok(None);
        }
        let update = "UPDATE passcode SET used_at = $2 WHERE browser_hash = $1";
        let query = sqlx::query(update).bind(browser.to_vec()).bind(machine.as_microsecond());
        query.execute(self.conn()).await?;
        Ok(Some(passed))
    }

    /// A stolen store gives no codes: there are only a million of them, but the key is not in it.
    fn passcode_hash(&self, browser: &[u8; 32], code: &str) -> [u8; 32] {
        self.identity().hash("passcode", &[browser, code.as_bytes()])
    }
}

impl Store {
    /// What a browser has asked for within the last hour, so that it may ask for another code, and the force whose desk
    /// the contact's last code named.
    ///
    /// # Errors
    /// As the database says.
    pub async fn asked_passcode(
        &self,
        browser: &[u8; 32],
        machine: Timestamp,
    ) -> Result<Option<(Passed, String)>> {
        let select = "SELECT contact_id, purpose, (SELECT delivery.force_id FROM delivery \
             WHERE delivery.contact_id = passcode.contact_id AND delivery.kind = 'code' \
             ORDER BY delivery.created_at DESC, delivery.id DESC LIMIT 1) AS force_id FROM passcode \
             WHERE browser_hash = $1 AND created_at > $2 AND purpose <> 'verification'";
        let query = sqlx::query(select).bind(browser.to_vec());
        let since = before(machine, COUNTED_OVER).as_microsecond();
        let found = query.bind(since).fetch_optional(self.read()).await?;
        let asked = |found| {
            let contact = row::id(&found, "contact_id")?;
            let purpose = Purpose::of(&row::text(&found, "purpose")?)?;
            Ok((Passed { contact, purpose }, row::opt_text(&found, "force_id")?.unwrap_or_default()))
        };
        found.map(asked).transpose()
    }
}

fn before(at: Timestamp, span: SignedDuration) -> Timestamp {
    at.saturating_sub(span).unwrap_or(Timestamp::MIN)
}

/// Six random digits, each code as likely as any other.
pub(super) fn draw() -> String {
    const CODES: u32 = 1_000_000;
    loop {
        let number = u32::from_be_bytes(random());
        if number < u32::MAX - u32::MAX % CODES {
            return format!("{:06}", number % CODES);
        }
    }
}
