//! From an incident to what one setting is shown of one child.

use jiff::Timestamp;

use super::{
    Field, Finding, Profile, Value,
    answer::{child_name, of_child, of_incident},
    scan,
};
use crate::incident::{Child, Incident, KnownBy, Stated};

/// What of a notification does not stand in the incident.
#[derive(Clone, Copy)]
pub struct Circumstance<'a> {
    /// When we received the incident: the last resort for when police knew.
    pub received_at: Timestamp,
    /// On which legal basis the setting is told.
    pub legal_basis: &'a str,
    /// The telephone of the force's desk.
    pub desk_telephone: &'a str,
}

/// One line of what is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Which field.
    pub field: Field,
    /// Its answer.
    pub value: Value,
}

/// All that is shown of one child, in the profile's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Disclosed {
    /// The lines.
    pub items: Vec<Item>,
}

impl Disclosed {
    /// What in the free text must not go out before a person has looked at it.
    #[must_use]
    pub fn findings(&self) -> Vec<(Field, Finding)> {
        let free = self.items.iter().filter(|item| item.field.is_free_text());
        free.flat_map(|item| match &item.value {
            Value::Text(text) => scan(text).into_iter().map(|finding| (item.field, finding)).collect(),
            _ => Vec::new(),
        })
        .collect()
    }
}

/// What a setting with this profile is shown of this child. What the profile may not show is left out, even where it
/// lists it.
#[must_use]
pub fn disclose(
    profile: &Profile,
    incident: &Incident,
    child: &Child,
    around: &Circumstance<'_>,
) -> Disclosed {
    let shown = profile.fields.iter().copied().filter(|field| profile.shows(*field));
    let items = shown.filter_map(|field| {
        let value = match field {
            Field::Handling => Value::Text(profile.handling.trim().to_owned()),
            Field::ChildName => child_name(incident, child),
            Field::LegalBasis => Value::Text(around.legal_basis.to_owned()),
            Field::DeskTelephone => Value::Text(around.desk_telephone.to_owned()),
            Field::KnownAt => known_at(incident, around.received_at),
            Field::Place | Field::ChildAddress if may_be_protected(incident, child) => Value::Withheld,
            _ => of_child(field, child).or_else(|| of_incident(field, incident, child))?,
        };
        Some(Item { field, value })
    });
    Disclosed { items: items.collect() }
}

/// Name and birth date alone: what is shown with the question "Is this child with you?".
#[must_use]
pub fn identify(incident: &Incident, child: &Child) -> Disclosed {
    let born =
        of_child(Field::ChildBirthDate, child).map(|value| Item { field: Field::ChildBirthDate, value });
    let name = Item { field: Field::ChildName, value: child_name(incident, child) };
    Disclosed { items: [name].into_iter().chain(born).collect() }
}

/// When police attended or were told; where they did not say, the next best time by its right name.
fn known_at(incident: &Incident, received_at: Timestamp) -> Value {
    let (at, by) = incident.known_at(received_at);
    let at = Value::Instant(at);
    match by {
        KnownBy::KnownAt => at,
        KnownBy::RecordedAt => Value::Text(format!("{} (recorded by police)", at.shown())),
        KnownBy::PublishedAt => Value::Text(format!("{} (sent by police)", at.shown())),
        KnownBy::Received => Value::Text(format!("{} (received from police)", at.shown())),
    }
}

/// An address is kept back unless the force said nothing or a plain no about protecting one, and all was readable.
fn may_be_protected(incident: &Incident, child: &Child) -> bool {
    let plain = match &incident.safety {
        Stated::Absent => true,
        Stated::NotKnown => false,
        Stated::Known(safety) => {
            matches!(safety.protected_address, Stated::Absent | Stated::Known(false))
                && !safety.restricted.is_yes()
        }
    };
    !plain || incident.guard_unread || child.guard_unread
}
