//! Identities: one type per table, so that a child's id can't be passed where a setting's is meant.
//!
//! What comes of an incident is *derived* from the police's own identity with the installation's key:
//! a replay, or a store restored from a copy, makes the same ids again, so Message-IDs, webhook ids and
//! event ids repeat instead of doubling. An incident's id begins with the time at which it stood on the topic,
//! as a UUIDv7 does, and the ids of what comes of it begin with the same, so that the rows of a day lie together
//! in every index. Everything else is a UUIDv7, drawn where it is stored.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::str::FromStr;

use jiff::Timestamp;
use ring::hmac;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::{Builder, Uuid};

/// The tables whose rows have an id. These types only mark [`Id`]; they are never built.
pub mod of {
    /// A police-attended incident.
    pub enum Incident {}
    /// A child named in an incident.
    pub enum Child {}
    /// A place or team that can be told.
    pub enum Setting {}
    /// A person or role mailbox at a setting.
    pub enum Contact {}
    /// The decision which settings a child belongs to.
    pub enum Resolution {}
    /// One child to one setting.
    pub enum Notification {}
    /// What one contact is sent about one incident.
    pub enum Delivery {}
    /// Something a person at the desk is asked to do.
    pub enum Task {}
    /// A refused message.
    pub enum Refused {}
    /// A version of a directory, register or calendar.
    pub enum Load {}
    /// A register of children.
    pub enum Register {}
    /// One child on a register.
    pub enum Entry {}
    /// A member of staff who signs in.
    pub enum Account {}
    /// A sample drawn for quality assurance.
    pub enum Sample {}
    /// A lifecycle event.
    pub enum Event {}
}

/// The id of a row of one table: 16 bytes, written as a UUID.
pub struct Id<Of> {
    value: Uuid,
    of: PhantomData<fn() -> Of>,
}

/// Id of an incident.
pub type IncidentId = Id<of::Incident>;
/// Id of a child.
pub type ChildId = Id<of::Child>;
/// Id of a setting.
pub type SettingId = Id<of::Setting>;
/// Id of a contact.
pub type ContactId = Id<of::Contact>;
/// Id of a resolution.
pub type ResolutionId = Id<of::Resolution>;
/// Id of a notification.
pub type NotificationId = Id<of::Notification>;
/// Id of a delivery.
pub type DeliveryId = Id<of::Delivery>;
/// Id of a task.
pub type TaskId = Id<of::Task>;
/// Id of a refused message.
pub type RefusedId = Id<of::Refused>;
/// Id of a load.
pub type LoadId = Id<of::Load>;
/// Id of a register.
pub type RegisterId = Id<of::Register>;
/// Id of an entry on a register.
pub type EntryId = Id<of::Entry>;
/// Id of an account.
pub type AccountId = Id<of::Account>;
/// Id of a sample.
pub type SampleId = Id<of::Sample>;
/// Id of a lifecycle event.
pub type EventId = Id<of::Event>;

/// Keyed hash of a force's police reference, by which its incident is found again.
pub type ReferenceHash = [u8; 16];

impl<Of> Id<Of> {
    /// Wraps a UUID that is known to be of this table.
    pub const fn new(value: Uuid) -> Self {
        Self { value, of: PhantomData }
    }

    /// The id as it is stored: 16 bytes.
    pub fn bytes(&self) -> [u8; 16] {
        *self.value.as_bytes()
    }

    /// An id from its stored bytes; `None` unless there are 16.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Uuid::from_slice(bytes).ok().map(Self::new)
    }

    /// The plain UUID.
    pub const fn uuid(&self) -> Uuid {
        self.value
    }

    /// Its last eight digits, by which people name it on the telephone: the first ones of a drawn id are the time.
    pub fn spoken(&self) -> String {
        let mut digits = self.value.simple().to_string();
        digits.split_off(digits.len() - 8)
    }
}

impl IncidentId {
    /// The incident of this reference whose first message stood on the topic at `arrived_at`.
    pub fn of(reference: ReferenceHash, arrived_at: Timestamp) -> Self {
        from_time(u64::try_from(arrived_at.as_millisecond()).unwrap_or_default(), reference)
    }
}

impl<Of> Clone for Id<Of> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<Of> Copy for Id<Of> {}
impl<Of> PartialEq for Id<Of> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}
impl<Of> Eq for Id<Of> {}
impl<Of> PartialOrd for Id<Of> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl<Of> Ord for Id<Of> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.value.cmp(&other.value)
    }
}
impl<Of> Hash for Id<Of> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.value.hash(state);
    }
}
impl<Of> fmt::Display for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
impl<Of> fmt::Debug for Id<Of> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.value.fmt(f)
    }
}
impl<Of> FromStr for Id<Of> {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::new)
    }
}
impl<Of> Serialize for Id<Of> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}
impl<'de, Of> Deserialize<'de> for Id<Of> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Uuid::deserialize(deserializer).map(Self::new)
    }
}

/// The key under which identities are derived and look-ups are hashed. It outlives the erasure of a
/// case: a replay of an erased incident meets the same identity and makes nothing new.
#[derive(Clone)]
pub struct IdentityKey(hmac::Key);

impl IdentityKey {
    /// A key from 32 secret bytes.
    pub fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// A keyed hash of `parts` under a `label`. Parts are length-prefixed, so ("ab", "c") and ("a", "bc") differ.
    pub fn hash(&self, label: &str, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.0);
        for part in std::iter::once(label.as_bytes()).chain(parts.iter().copied()) {
            context.update(&(part.len() as u64).to_be_bytes());
            context.update(part);
        }
        let mut hash = [0; 32];
        hash.copy_from_slice(context.sign().as_ref());
        hash
    }

    /// The hash of a force's police reference.
    pub fn reference(&self, force: &str, reference: &str) -> ReferenceHash {
        self.derive::<of::Incident>("incident", &[force.as_bytes(), reference.as_bytes()]).bytes()
    }

    /// The incident of a force's police reference whose first message stood on the topic at `arrived_at`.
    pub fn incident(&self, force: &str, reference: &str, arrived_at: Timestamp) -> IncidentId {
        IncidentId::of(self.reference(force, reference), arrived_at)
    }

    /// The child that an incident names by `child_ref`.
    pub fn child(&self, incident: IncidentId, child_ref: &str) -> ChildId {
        self.derive_under(incident.uuid(), "child", &[child_ref.as_bytes()])
    }

    /// The notification of a child to a setting.
    pub fn notification(&self, child: ChildId, setting: SettingId) -> NotificationId {
        self.derive_under(child.uuid(), "notification", &[&setting.bytes()])
    }

    /// The delivery of an incident to a contact; `round` counts the times that new notifications made a further one due.
    pub fn delivery(&self, incident: IncidentId, contact: ContactId, round: u32) -> DeliveryId {
        self.derive_under(incident.uuid(), "delivery", &[&contact.bytes(), &round.to_be_bytes()])
    }

    /// The lifecycle event with this number in its subject's sequence.
    pub fn event(&self, subject: &[u8; 16], sequence: i64) -> EventId {
        self.derive_under(Uuid::from_bytes(*subject), "event", &[&sequence.to_be_bytes()])
    }

    /// The refused message that stood at a place (topic, partition and offset, or a hash of the request's bytes).
    pub fn refused(&self, place: &str) -> RefusedId {
        self.derive("refused", &[place.as_bytes()])
    }

    /// The setting that is first known under this identifier (scheme and value, such as `urn` and a number).
    pub fn setting(&self, scheme: &str, value: &str) -> SettingId {
        self.derive("setting", &[scheme.as_bytes(), value.as_bytes()])
    }

    /// The id of what comes of `parent`. It begins with the same time, unless the parent is of the installation's first
    /// days, when ids began with none: what came of that keeps its id.
    fn derive_under<Of>(&self, parent: Uuid, label: &str, parts: &[&[u8]]) -> Id<Of> {
        let parts: Vec<&[u8]> =
            std::iter::once(&parent.as_bytes()[..]).chain(parts.iter().copied()).collect();
        let id = self.derive(label, &parts);
        match parent.get_timestamp() {
            Some(time) => from_time(millis(time), id.bytes()),
            None => id,
        }
    }

    fn derive<Of>(&self, label: &str, parts: &[&[u8]]) -> Id<Of> {
        let hash = self.hash(label, parts);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        Id::new(Uuid::new_v8(bytes))
    }
}

/// A UUIDv7 of this time, in milliseconds since 1970, whose random part is that of a keyed hash.
fn from_time<Of>(millis: u64, hash: [u8; 16]) -> Id<Of> {
    let mut random = [0; 10];
    random.copy_from_slice(&hash[6..]);
    Id::new(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

fn millis(time: uuid::Timestamp) -> u64 {
    let (seconds, nanos) = time.to_unix();
    seconds * 1000 + u64::from(nanos / 1_000_000)
}

impl fmt::Debug for IdentityKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdentityKey(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millisecond(millis).unwrap()
    }

    #[test]
    fn a_replay_derives_the_same_ids_and_another_force_different_ones() {
        let key = IdentityKey::new(&[7; 32]);
        let id = key.incident("north", "A/1", at(5));
        assert_eq!(id, key.incident("north", "A/1", at(5)));
        assert_ne!(id, key.incident("south", "A/1", at(5)));
        assert_ne!(id, IdentityKey::new(&[8; 32]).incident("north", "A/1", at(5)));
        assert_eq!(key.child(id, "a"), key.child(id, "a"));
        assert_ne!(key.child(id, "a"), key.child(id, "b"));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let key = IdentityKey::new(&[7; 32]);
        assert_ne!(key.reference("ab", "c"), key.reference("a", "bc"));
    }

    #[test]
    fn what_comes_of_an_incident_sorts_by_the_time_at_which_that_arrived() {
        let key = IdentityKey::new(&[7; 32]);
        let of = |millis| {
            let incident = key.incident("north", &format!("A/{millis}"), at(millis));
            let child = key.child(incident, "a");
            let notification = key.notification(child, Id::new(Uuid::from_u128(9)));
            let delivery = key.delivery(incident, Id::new(Uuid::from_u128(8)), 0);
            let event = key.event(&incident.bytes(), 1);
            [incident.uuid(), child.uuid(), notification.uuid(), delivery.uuid(), event.uuid()]
        };
        let times = [-1, 0, 1, 999, 1000, 1_772_438_400_000, 1_772_438_400_001, 253_402_207_200_000];
        for pair in times[1..].windows(2) {
            let (earlier, later) = (of(pair[0]), of(pair[1]));
            assert!(earlier.iter().zip(later).all(|(earlier, later)| *earlier < later), "{pair:?}");
        }
        assert_eq!(of(-1)[0].get_timestamp().map(millis), Some(0), "nothing is older than 1970");
    }

    #[test]
    fn what_comes_of_an_incident_without_a_time_in_its_id_has_none_either() {
        let key = IdentityKey::new(&[7; 32]);
        let old = IncidentId::new(Uuid::from_bytes(key.reference("north", "A/1")));
        let child: ChildId = key.derive("child", &[&old.bytes(), b"a"]);
        assert_eq!(key.child(old, "a"), child);
    }

    #[test]
    fn an_id_survives_text_and_bytes() {
        let id = IdentityKey::new(&[1; 32]).incident("north", "A/1", at(5));
        assert_eq!(id.to_string().parse::<IncidentId>().unwrap(), id);
        assert_eq!(IncidentId::from_slice(&id.bytes()), Some(id));
        assert_eq!(IncidentId::from_slice(&[1, 2]), None);
    }
}
