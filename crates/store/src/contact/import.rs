//! Taking contacts in from a file.

use std::collections::{HashMap, HashSet};

use encompass_core::id::{ContactId, SettingId, of};
use encompass_core::state::{Channel, ContactState};
use jiff::Timestamp;
use jiff::civil::Date;
use uuid::Uuid;

use super::{Person, address_hash, name_hash, place};
use crate::audit_log::{Entry, INSTALLATION};
use crate::db::{Value, batch, row};
use crate::directory::load::Brake;
use crate::directory::read::day_value;
use crate::scope::Actor;
use crate::{Result, Store, Tx};

/// The role of an address that several people read.
const MAILBOX: &str = "mailbox";
/// Settings whose contacts are written in one transaction.
const SETTINGS_AT_ONCE: usize = 200;

/// One contact of a file.
#[derive(Clone, Debug)]
pub struct Imported {
    /// The setting.
    pub setting: SettingId,
    /// What the contact is there.
    pub role: String,
    /// How it is told.
    pub channel: Channel,
    /// Who it is.
    pub person: Person,
    /// The name as it is looked up, normalised by the caller.
    pub name_key: Option<String>,
    /// The forces that may tell it.
    pub forces: Vec<String>,
    /// The first day on which they may.
    pub eligible_from: Option<Date>,
}

/// A file of contacts, those of each setting in the order in which they are told.
#[derive(Clone, Debug)]
pub struct File {
    /// Whose file it is; for the audit log.
    pub source: String,
    /// Whether it is the whole list of every setting that it names, so that a contact it does not have is missing.
    pub is_whole: bool,
    /// Its contacts.
    pub contacts: Vec<Imported>,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// New contacts, all unverified.
    pub added: Vec<ContactId>,
    /// Contacts that were known by their address; they keep their state.
    pub kept: usize,
    /// Contacts of the named settings that the file no longer has, and that were retired.
    pub retired: Vec<ContactId>,
    /// The same, where they are more than the brake allows: then nothing of the file was written.
    pub missing: Vec<ContactId>,
}

/// A contact as it is stored, before the import.
struct Stored {
    id: ContactId,
    address_hash: Vec<u8>,
    channel: String,
    role: String,
}

/// Takes a file in: a new address is a new, unverified contact; a known one keeps its state.
///
/// # Errors
/// As the database says; settings written before the fault stay, and importing again goes on from there.
pub async fn import(store: &Store, file: File, brake: Brake, by: &Actor, now: Timestamp) -> Result<Report> {
    let mut by_setting: HashMap<SettingId, Vec<Imported>> = HashMap::new();
    for contact in file.contacts {
        by_setting.entry(contact.setting).or_default().push(contact);
    }
    let mut settings: Vec<_> = by_setting.into_iter().collect();
    settings.sort_by_key(|(setting, _)| *setting);
    let mut report = Report::default();
    let (missing, known) = if file.is_whole { missing(store, &settings).await? } else { (Vec::new(), 0) };
    if brake.refuses(count(missing.len()), count(known)) {
        report.missing = missing;
    } else {
        for chunk in settings.chunks(SETTINGS_AT_ONCE) {
            let mut tx = store.begin().await?;
            let stored = stored(&mut tx, chunk.iter().map(|(setting, _)| *setting)).await?;
            write(&mut tx, chunk, &stored, &mut report, now).await?;
            tx.commit().await?;
        }
        report.retired = missing;
    }
    let mut tx = store.begin().await?;
    retire(&mut tx, &report.retired, now).await?;
    let detail = format!(
        "contacts of {}: {} added, {} kept, {} retired, {} missing",
        file.source,
        report.added.len(),
        report.kept,
        report.retired.len(),
        report.missing.len()
    );
    tx.audit(
        Entry::new(INSTALLATION, now, by.clone(), "contacts.imported", "contacts".into()).because(detail),
    );
    tx.commit().await?;
    Ok(report)
}

fn count(contacts: usize) -> i64 {
    contacts.try_into().unwrap_or(i64::MAX)
}

/// The contacts that are known at the settings that a file names and that it no longer has, and how many are known.
async fn missing(store: &Store, settings: &[(SettingId, Vec<Imported>)]) -> Result<(Vec<ContactId>, usize)> {
    let (mut missing, mut known) = (Vec::new(), 0);
    for chunk in settings.chunks(SETTINGS_AT_ONCE) {
        let mut tx = store.begin().await?;
        let stored = stored(&mut tx, chunk.iter().map(|(setting, _)| *setting)).await?;
        known += stored.values().map(Vec::len).sum::<usize>();
        for (setting, contacts) in chunk {
            let hash =
                |contact: &Imported| address_hash(tx.identity(), contact.channel, &contact.person.address);
            let named: HashSet<_> =
                contacts.iter().map(|contact| (contact.channel.as_str(), hash(contact))).collect();
            // A team's mailbox comes with the list of teams, so that a file without one says nothing of it.
            let has_mailbox = contacts.iter().any(|contact| contact.role == MAILBOX);
            let is_gone = |old: &&Stored| {
                (has_mailbox || old.role != MAILBOX)
                    && !named
                        .iter()
                        .any(|(channel, hash)| old.channel == *channel && old.address_hash == hash)
            };
            missing.extend(stored.get(setting).into_iter().flatten().filter(is_gone).map(|old| old.id));
        }
        tx.commit().await?;
    }
    Ok((missing, known))
}

async fn stored(
    tx: &mut Tx,
    settings: impl Iterator<Item = SettingId>,
) -> Result<HashMap<SettingId, Vec<Stored>>> {
    let rows = settings.map(|id| vec![id.into()]).collect();
    let select = "SELECT c.id AS id, c.setting_id AS setting_id, c.channel AS channel, c.role AS role, c.address_hash AS address_hash \
         FROM v JOIN contact c ON c.setting_id = v.setting WHERE c.state <> 'retired'";
    let mut stored: HashMap<SettingId, Vec<Stored>> = HashMap::new();
    for found in batch::with(tx.conn(), "setting", rows, select).await? {
        stored.entry(row::id::<of::Setting>(&found, "setting_id")?).or_default().push(Stored {
            id: row::id(&found, "id")?,
            address_hash: row::bytes(&found, "address_hash")?,
            channel: row::text(&found, "channel")?,
            role: row::text(&found, "role")?,
        });
    }
    Ok(stored)
}

/// Writes the contacts of some settings.
async fn write(
    tx: &mut Tx,
    settings: &[(SettingId, Vec<Imported>)],
    stored: &HashMap<SettingId, Vec<Stored>>,
    report: &mut Report,
    now: Timestamp,
) -> Result<()> {
    let (mut new, mut same, mut eligible) = (Vec::new(), Vec::new(), Vec::new());
    for (setting, contacts) in settings {
        let before = stored.get(setting).map(Vec::as_slice).unwrap_or_default();
        let mut named = HashSet::new();
        for (order, contact) in (0_i64..).zip(contacts) {
            let hash = address_hash(tx.identity(), contact.channel, &contact.person.address);
            if !named.insert((contact.channel.as_str(), hash)) {
                continue;
            }
            let is_same = |old: &&Stored| old.address_hash == hash && old.channel == contact.channel.as_str();
            let id = match before.iter().find(is_same) {
                Some(old) => {
                    same.push((old.id, order, contact));
                    old.id
                }
                None => {
                    let id = ContactId::new(Uuid::now_v7());
                    new.push(columns(tx, id, order, contact, now));
                    report.added.push(id);
                    id
                }
            };
            eligible.extend(contact.forces.iter().map(|force| eligibility(id, force, contact.eligible_from)));
        }
    }
    report.kept += same.len();
    batch::insert(tx.conn(), INSERT, new, "").await?;
    keep(tx, same, now).await?;
    let head = "INSERT INTO contact_force (contact_id, force_id, eligible_from)";
    batch::insert(tx.conn(), head, eligible, "ON CONFLICT DO NOTHING").await?;
    Ok(())
}

pub(super) const INSERT: &str = "INSERT INTO contact (id, setting_id, place, role, channel, state, sealed_person, address_hash, \
     name_hash, created_at, changed_at)";

pub(super) fn columns(tx: &Tx, id: ContactId, order: i64, contact: &Imported, now: Timestamp) -> Vec<Value> {
    let person = contact.person.clone().with_secret(contact.channel);
    vec![
        id.into(),
        contact.setting.into(),
        order.into(),
        contact.role.as_str().into(),
        contact.channel.as_str().into(),
        ContactState::Unverified.as_str().into(),
        tx.keys().directory().seal_json(&place(id), &person).into(),
        address_hash(tx.identity(), contact.channel, &contact.person.address).into(),
        name_hash(tx.identity(), contact.name_key.as_deref()).into(),
        now.into(),
        now.into(),
    ]
}

/// What a file says anew of a known contact: its order, role, name and telephone; a webhook keeps its secret.
/// Its forces are replaced as a whole.
async fn keep(tx: &mut Tx, same: Vec<(ContactId, i64, &Imported)>, now: Timestamp) -> Result<()> {
    let ids = same.iter().map(|(id, ..)| (*id).into()).collect();
    let head = "SELECT id, sealed_person FROM contact WHERE id IN";
    let mut secrets: HashMap<ContactId, Option<String>> = HashMap::new();
    for found in batch::within(tx.conn(), head, ids, "").await? {
        let id: ContactId = row::id(&found, "id")?;
        let person: Person =
            tx.keys().directory().open_json(&place(id), &row::bytes(&found, "sealed_person")?)?;
        secrets.insert(id, person.secret.clone());
    }
    let mut rows = Vec::with_capacity(same.len());
    for (id, order, contact) in &same {
        let mut person = contact.person.clone();
        person.secret = secrets.remove(id).flatten().or_else(|| person.secret.take());
        rows.push(vec![
            (*id).into(),
            (*order).into(),
            contact.role.as_str().into(),
            tx.keys().directory().seal_json(&place(*id), &person).into(),
            name_hash(tx.identity(), contact.name_key.as_deref()).into(),
            now.into(),
        ]);
    }
    let update = "UPDATE contact SET place = v.place, role = v.role, sealed_person = v.person, name_hash = v.name, \
         changed_at = v.at FROM v WHERE contact.id = v.id RETURNING contact.id AS id";
    batch::with(tx.conn(), "id, place, role, person, name, at", rows, update).await?;
    let ids = same.iter().map(|(id, ..)| (*id).into()).collect();
    batch::within(tx.conn(), "DELETE FROM contact_force WHERE contact_id IN", ids, "RETURNING contact_id")
        .await?;
    Ok(())
}

pub(super) fn eligibility(id: ContactId, force: &str, from: Option<Date>) -> Vec<Value> {
    vec![id.into(), force.into(), day_value(from)]
}

async fn retire(tx: &mut Tx, contacts: &[ContactId], now: Timestamp) -> Result<()> {
    let rows = contacts.iter().map(|id| vec![(*id).into(), now.into()]).collect();
    let update = "UPDATE contact SET state = 'retired', verification_hash = NULL, changed_at = v.at FROM v \
         WHERE contact.id = v.id RETURNING contact.id AS id";
    batch::with(tx.conn(), "id, at", rows, update).await?;
    Ok(())
}
