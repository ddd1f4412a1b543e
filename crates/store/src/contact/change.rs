//! What becomes of a contact later: bad, retired, at another address.

use encompass_core::id::{ContactId, SettingId};
use encompass_core::state::{Channel, ContactState};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::import::eligibility;
use super::{Person, address_hash, place};
use crate::audit_log::{Entry, INSTALLATION};
use crate::db::{batch, row};
use crate::directory::read::day;
use crate::scope::Actor;
use crate::{Error, Result, Tx};

/// A contact that was marked as bad: what the caller needs to ask a person for a better one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The contact's setting.
    pub setting: SettingId,
    /// Whether it was in use until now; a contact that was bad or retired before makes no second task.
    pub was_usable: bool,
    /// How many verified contacts the setting still has.
    pub verified_left: i64,
    /// The forces that tell this contact.
    pub forces: Vec<String>,
}

impl Tx {
    /// Marks a contact as refused for good by its relay or endpoint. `class` is the failure's class.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such contact; else as the database says.
    pub async fn mark_contact_bad(
        &mut self,
        contact: ContactId,
        class: &str,
        by: Actor,
        now: Timestamp,
    ) -> Result<Marked> {
        let update = "UPDATE contact SET state = 'bad', changed_at = $2 WHERE id = $1 \
             AND state IN ('verified', 'unverified')";
        let query = sqlx::query(update).bind(contact.bytes().to_vec()).bind(now.as_microsecond());
        let was_usable = query.execute(self.conn()).await?.rows_affected() == 1;
        let select = "SELECT c.setting_id AS setting_id, (SELECT COUNT(*) FROM contact o \
             WHERE o.setting_id = c.setting_id AND o.state = 'verified') AS n_left FROM contact c WHERE c.id = $1";
        let found = sqlx::query(select).bind(contact.bytes().to_vec()).fetch_one(self.conn()).await?;
        if was_usable {
            let entry = Entry::new(INSTALLATION, now, by, "contact.marked_bad", format!("contact:{contact}"));
            self.audit(entry.because(class));
        }
        let forces = self.eligibility_of(contact).await?;
        Ok(Marked {
            setting: row::id(&found, "setting_id")?,
            was_usable,
            verified_left: row::int(&found, "n_left")?,
            forces: forces.into_iter().map(|(force, _)| force).collect(),
        })
    }

    /// Ends a contact: nothing is sent to it any more.
    ///
    /// # Errors
    /// [`Error::Changed`] when it was retired before; else as the database says.
    pub async fn retire_contact(&mut self, contact: ContactId, by: Actor, now: Timestamp) -> Result<()> {
        let update = "UPDATE contact SET state = 'retired', verification_hash = NULL, changed_at = $2 \
             WHERE id = $1 AND state <> 'retired'";
        let query = sqlx::query(update).bind(contact.bytes().to_vec()).bind(now.as_microsecond());
        if query.execute(self.conn()).await?.rows_affected() != 1 {
            return Err(Error::Changed);
        }
        self.audit(Entry::new(INSTALLATION, now, by, "contact.retired", format!("contact:{contact}")));
        Ok(())
    }

    /// Gives a contact another address: a new, unverified contact in its place, for the same forces. A webhook's
    /// secret does not go along: it gets a new one. The old contact is retired.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such contact; [`Error::Changed`] when it was retired before;
    /// [`Error::Constraint`] when the setting has a contact with that address already; else as the database says.
    pub async fn change_contact_address(
        &mut self,
        contact: ContactId,
        channel: Channel,
        address: &str,
        by: Actor,
        now: Timestamp,
    ) -> Result<ContactId> {
        let select = "SELECT setting_id, place, role, sealed_person, name_hash FROM contact WHERE id = $1";
        let old = sqlx::query(select).bind(contact.bytes().to_vec()).fetch_optional(self.conn()).await?;
        let old = old.ok_or(Error::NotFound)?;
        let mut person: Person =
            self.keys().directory().open_json(&place(contact), &row::bytes(&old, "sealed_person")?)?;
        person.address = address.to_owned();
        person.secret = None;
        let person = person.with_secret(channel);
        self.retire_contact(contact, by.clone(), now).await?;
        let id = ContactId::new(Uuid::now_v7());
        let columns = vec![
            id.into(),
            row::bytes(&old, "setting_id")?.into(),
            row::int(&old, "place")?.into(),
            row::text(&old, "role")?.into(),
            channel.as_str().into(),
            ContactState::Unverified.as_str().into(),
            self.keys().directory().seal_json(&place(id), &person).into(),
            address_hash(self.identity(), channel, address).into(),
            row::bytes(&old, "name_hash")?.into(),
            now.into(),
            now.into(),
        ];
        batch::insert(self.conn(), super::import::INSERT, vec![columns], "").await?;
        let forces = self.eligibility_of(contact).await?;
        let rows = forces.iter().map(|(force, from)| eligibility(id, force, *from)).collect();
        let head = "INSERT INTO contact_force (contact_id, force_id, eligible_from)";
        batch::insert(self.conn(), head, rows, "").await?;
        let entry = Entry::new(INSTALLATION, now, by, "contact.address_changed", format!("contact:{id}"));
        self.audit(entry.because(format!("in place of contact:{contact}")));
        Ok(id)
    }

    async fn eligibility_of(&mut self, contact: ContactId) -> Result<Vec<(String, Option<Date>)>> {
        let select =
            "SELECT force_id, eligible_from FROM contact_force WHERE contact_id = $1 ORDER BY force_id";
        let rows = sqlx::query(select).bind(contact.bytes().to_vec()).fetch_all(self.conn()).await?;
        rows.iter().map(|found| Ok((row::text(found, "force_id")?, day(found, "eligible_from")?))).collect()
    }
}
