//! Reading contacts.

use std::collections::HashMap;

use encompass_core::id::{ContactId, SettingId, of};
use encompass_core::state::{Channel, ContactState};
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::any::AnyRow;

use super::{Person, address_hash, name_hash, place};
use crate::db::{batch, row};
use crate::directory::read::day;
use crate::seal::Keys;
use crate::{Error, Result, Scope, Store};

/// A contact, opened.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Its setting.
    pub setting: SettingId,
    /// Its place in the setting's order; the smallest is told first.
    pub place: i64,
    /// What it is there: `lead`, `deputy`, `mailbox`, `officer` or `system`.
    pub role: String,
    /// How it is told.
    pub channel: Channel,
    /// Whether it may be told.
    pub state: ContactState,
    /// When it was verified.
    pub verified_at: Option<Timestamp>,
    /// How it was verified: `link` or `call`.
    pub verified_how: Option<String>,
    /// Until when its verification link holds, machine time.
    pub verification_until: Option<Timestamp>,
    /// The forces that may tell it, each with the first day on which.
    pub forces: Vec<(String, Option<Date>)>,
    /// Who it is.
    pub person: Person,
}

impl Contact {
    /// Whether `force` may tell it on `day`, once it is verified.
    pub fn is_eligible(&self, force: &str, day: Date) -> bool {
        self.forces.iter().any(|(known, from)| known == force && from.is_none_or(|from| from <= day))
    }

    /// Whether `force` may tell it on `day`: verified and eligible.
    pub fn may_be_told(&self, force: &str, day: Date) -> bool {
        self.state == ContactState::Verified && self.is_eligible(force, day)
    }
}

/// What is read of a contact, whichever way it is found.
macro_rules! contacts {
    ($from:literal) => {
        concat!(
            "SELECT c.id AS id, c.setting_id AS setting_id, c.place AS place, c.role AS role, \
             c.channel AS channel, c.state AS state, c.sealed_person AS sealed_person, \
             c.verified_at AS verified_at, c.verified_how AS verified_how, \
             c.verification_until AS verification_until ",
            $from
        )
    };
}

impl Store {
    /// The contacts of a setting that `force` may tell or could tell once they are verified, in their order; those
    /// that are retired, or that the force has no say over, are left out. Ask [`Contact::may_be_told`].
    ///
    /// # Errors
    /// As the database says.
    pub async fn contacts_of(&self, scope: &Scope, setting: SettingId, force: &str) -> Result<Vec<Contact>> {
        let mut of = self.contacts_of_all(scope, &[setting], force).await?;
        Ok(of.remove(&setting).unwrap_or_default())
    }

    /// The same for several settings at once.
    ///
    /// # Errors
    /// As the database says.
    pub async fn contacts_of_all(
        &self,
        scope: &Scope,
        settings: &[SettingId],
        force: &str,
    ) -> Result<HashMap<SettingId, Vec<Contact>>> {
        let mut by_setting: HashMap<SettingId, Vec<Contact>> = HashMap::new();
        if !scope.sees_force(force) {
            return Ok(by_setting);
        }
        let settings = self.in_areas(scope, settings).await?;
        let rows = settings.iter().map(|id| vec![(*id).into()]).collect();
        let select =
            contacts!("FROM v JOIN contact c ON c.setting_id = v.setting WHERE c.state <> 'retired'");
        let mut conn = self.read().acquire().await?;
        let found = batch::with(&mut conn, "setting", rows, select).await?;
        drop(conn);
        let mut contacts = self.opened(&found).await?;
        contacts.retain(|contact| contact.forces.iter().any(|(known, _)| known == force));
        for contact in contacts {
            by_setting.entry(contact.setting).or_default().push(contact);
        }
        Ok(by_setting)
    }

    /// A contact, also a retired one; not found outside the scope's forces and areas.
    ///
    /// # Errors
    /// [`Error::NotFound`]; else as the database says.
    pub async fn contact(&self, scope: &Scope, id: ContactId) -> Result<Contact> {
        let select = contacts!("FROM contact c WHERE c.id = $1");
        let found = sqlx::query(select).bind(id.bytes().to_vec()).fetch_all(self.read()).await?;
        let contact = self.opened(&found).await?.pop().ok_or(Error::NotFound)?;
        let in_force = contact.forces.iter().any(|(force, _)| scope.sees_force(force));
        if in_force && !self.in_areas(scope, &[contact.setting]).await?.is_empty() {
            Ok(contact)
        } else {
            Err(Error::NotFound)
        }
    }

    /// The contacts of claimed deliveries, without the forces that may tell them, which was asked before; only the
    /// notifier, which sends to each what it is owed, asks this way.
    ///
    /// # Errors
    /// As the database says.
    pub async fn contacts_by_id(&self, ids: &[ContactId]) -> Result<Vec<Contact>> {
        let mut conn = self.read().acquire().await?;
        let values = ids.iter().map(|id| (*id).into()).collect();
        let found = batch::within(&mut conn, contacts!("FROM contact c WHERE c.id IN"), values, "").await?;
        found.iter().map(|found| open(self.keys(), found)).collect()
    }

    /// The verified contacts with this address, for signing in; one person may be it at several settings.
    ///
    /// # Errors
    /// As the database says.
    pub async fn contacts_by_address(&self, address: &str) -> Result<Vec<Contact>> {
        let hash = address_hash(self.identity(), Channel::Email, address);
        let select = contacts!("FROM contact c WHERE c.address_hash = $1 AND c.state = 'verified'");
        let found = sqlx::query(select).bind(hash.to_vec()).fetch_all(self.read()).await?;
        self.opened(&found).await
    }

    /// Those of these settings that have a contact, verified or not, with one of these normalised names.
    ///
    /// # Errors
    /// As the database says.
    pub async fn settings_with_contact_named(
        &self,
        settings: &[SettingId],
        name_keys: &[&str],
    ) -> Result<Vec<SettingId>> {
        let hashes: Vec<Vec<u8>> =
            name_keys.iter().map(|name| name_hash(self.identity(), Some(name))).collect();
        let rows =
            settings.iter().flat_map(|id| hashes.iter().map(|hash| vec![(*id).into(), hash.clone().into()]));
        let select = "SELECT DISTINCT c.setting_id AS setting_id FROM v \
             JOIN contact c ON c.setting_id = v.setting AND c.name_hash = v.name WHERE c.state <> 'retired'";
        let mut conn = self.read().acquire().await?;
        let found = batch::with(&mut conn, "setting, name", rows.collect(), select).await?;
        let mut settings =
            found.iter().map(|found| row::id(found, "setting_id")).collect::<Result<Vec<_>>>()?;
        settings.sort_unstable();
        settings.dedup();
        Ok(settings)
    }

    /// The contact whose verification link has this token, while the link holds. `machine` is the machine's time.
    ///
    /// # Errors
    /// As the database says.
    pub async fn find_verification(
        &self,
        token_hash: &[u8; 32],
        machine: Timestamp,
    ) -> Result<Option<Contact>> {
        let select = contacts!(
            "FROM contact c WHERE c.verification_hash = $1 AND c.verification_until > $2 AND c.state <> 'retired'"
        );
        let query = sqlx::query(select).bind(token_hash.to_vec()).bind(machine.as_microsecond());
        Ok(self.opened(&query.fetch_all(self.read()).await?).await?.pop())
    }

    /// Those of the settings that lie in the scope's areas.
    async fn in_areas(&self, scope: &Scope, settings: &[SettingId]) -> Result<Vec<SettingId>> {
        if scope.areas().is_none() {
            return Ok(settings.to_vec());
        }
        let known = self.read_settings(settings).await?;
        let area = |id: &SettingId| known.get(id).and_then(|setting| setting.record.authority.as_deref());
        Ok(settings.iter().filter(|id| scope.sees_area(area(id))).copied().collect())
    }

    /// Opens contacts and puts them in their settings' order.
    async fn opened(&self, found: &[AnyRow]) -> Result<Vec<Contact>> {
        let mut contacts = found.iter().map(|found| open(self.keys(), found)).collect::<Result<Vec<_>>>()?;
        let rows = contacts.iter().map(|contact| vec![contact.id.into()]).collect();
        let select = "SELECT f.contact_id AS contact_id, f.force_id AS force_id, f.eligible_from AS eligible_from \
             FROM v JOIN contact_force f ON f.contact_id = v.id";
        let mut conn = self.read().acquire().await?;
        let mut forces: HashMap<ContactId, Vec<(String, Option<Date>)>> = HashMap::new();
        for found in batch::with(&mut conn, "id", rows, select).await? {
            let force = (row::text(&found, "force_id")?, day(&found, "eligible_from")?);
            forces.entry(row::id::<of::Contact>(&found, "contact_id")?).or_default().push(force);
        }
        for contact in &mut contacts {
            contact.forces = forces.remove(&contact.id).unwrap_or_default();
            contact.forces.sort_unstable();
        }
        contacts.sort_by_key(|contact| (contact.setting, contact.place, contact.id));
        Ok(contacts)
    }
}

fn open(keys: &Keys, found: &AnyRow) -> Result<Contact> {
    let id: ContactId = row::id(found, "id")?;
    Ok(Contact {
        id,
        setting: row::id(found, "setting_id")?,
        place: row::int(found, "place")?,
        role: row::text(found, "role")?,
        channel: row::word(found, "channel")?,
        state: row::word(found, "state")?,
        verified_at: row::opt_instant(found, "verified_at")?,
        verified_how: row::opt_text(found, "verified_how")?,
        verification_until: row::opt_instant(found, "verification_until")?,
        forces: Vec::new(),
        person: keys.directory().open_json(&place(id), &row::bytes(found, "sealed_person")?)?,
    })
}
