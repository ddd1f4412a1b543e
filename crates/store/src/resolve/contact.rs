//! The contacts of many settings at once: whom to send to, and who an adult of the incident may be.

use std::collections::HashMap;

use encompass_core::id::{ContactId, SettingId, of};
use encompass_core::state::{Channel, ContactState};
use jiff::civil::Date;
use zeroize::Zeroizing;

use crate::contact::{Person, place};
use crate::db::{batch, row};
use crate::directory::read::day;
use crate::{Result, Store};

/// A contact of a setting as one force sees it.
#[derive(Clone)]
pub struct Reach {
    /// Its id.
    pub id: ContactId,
    /// How it is told.
    pub channel: Channel,
    /// Whether it may be told at all.
    pub state: ContactState,
    /// From when the force may tell it; `None`: the force may not. `Some(None)`: at once.
    pub eligible: Option<Option<Date>>,
    /// Its name; `None` for a mailbox.
    pub name: Option<Zeroizing<String>>,
}

impl Reach {
    /// Whether the force may tell it on `day`: verified, and eligible by then.
    pub fn may_be_told(&self, day: Date) -> bool {
        let is_eligible = self.eligible.is_some_and(|from| from.is_none_or(|from| from <= day));
        self.state == ContactState::Verified && is_eligible
    }
}

impl std::fmt::Debug for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reach").field("id", &self.id).field("state", &self.state).finish_non_exhaustive()
    }
}

/// Contacts by setting and force, each setting's in their order.
pub type Contacts = HashMap<(SettingId, String), Vec<Reach>>;

impl Store {
    /// Every contact of these settings that is not retired, each setting as one force sees it. Contacts that the
    /// force may not tell are there too: an adult of the incident may be one of them.
    ///
    /// # Errors
    /// As the database says.
    pub async fn contacts_at(&self, places: &[(SettingId, &str)]) -> Result<Contacts> {
        let rows = places.iter().map(|(setting, force)| vec![(*setting).into(), (*force).into()]).collect();
        let select = "SELECT v.force AS force_id, c.id AS id, c.setting_id AS setting_id, c.channel AS channel, \
             c.state AS state, c.sealed_person AS sealed_person, f.force_id AS licensed, \
             f.eligible_from AS eligible_from FROM v JOIN contact c ON c.setting_id = v.setting \
             LEFT JOIN contact_force f ON f.contact_id = c.id AND f.force_id = v.force \
             WHERE c.state <> 'retired' ORDER BY c.setting_id, c.place, c.id";
        let mut conn = self.read().acquire().await?;
        let found = batch::with(&mut conn, "setting, force", rows, select).await?;
        drop(conn);
        let mut contacts = Contacts::new();
        for found in &found {
            let setting = row::id::<of::Setting>(found, "setting_id")?;
            let reach = self.reach(found)?;
            contacts.entry((setting, row::text(found, "force_id")?)).or_default().push(reach);
        }
        Ok(contacts)
    }

    fn reach(&self, found: &sqlx::any::AnyRow) -> Result<Reach> {
        let id: ContactId = row::id(found, "id")?;
        let sealed = row::bytes(found, "sealed_person")?;
        let mut person: Person = self.keys().directory().open_json(&place(id), &sealed)?;
        let is_licensed = row::opt_text(found, "licensed")?.is_some();
        Ok(Reach {
            id,
            channel: row::word(found, "channel")?,
            state: row::word(found, "state")?,
            eligible: if is_licensed { Some(day(found, "eligible_from")?) } else { None },
            name: person.name.take().map(Zeroizing::new),
        })
    }
}
