//! From a stored notice to what a setting is shown of it.

use encompass_core::disclosure::{Circumstance, Disclosed, Field, Item, Value, disclose, identify};
use encompass_core::incident::{Child, Incident};
use encompass_store::portal::{Case, Notice, Since};

use crate::State;
use crate::fault::Fault;

/// What the profile shows of one child.
pub(crate) struct Content {
    /// The lines, without the handling instruction and the telephone, which have places of their own.
    pub(crate) items: Vec<Item>,
    /// The handling instruction.
    pub(crate) handling: String,
    /// For the audit log: the profile's version, the incident's, and what was kept back.
    pub(crate) detail: String,
    /// Free text that a person has to look at first, by field.
    pub(crate) withheld: Vec<Field>,
    /// What the police have said since.
    pub(crate) since: Option<Since>,
}

/// Name and birth date, shown with the question whether the child is there; `None` once the case was erased.
pub(crate) fn identity(notice: &Notice) -> Result<Option<Disclosed>, Fault> {
    let Some(case) = &notice.case else { return Ok(None) };
    read(case, identify).map(Some)
}

/// What the force's profile shows to this kind of setting; `None` once the case was erased.
pub(crate) fn content(state: &State, notice: &Notice) -> Result<Option<Content>, Fault> {
    let Some(case) = &notice.case else { return Ok(None) };
    let notification = &notice.notification;
    let force = &notification.child.force;
    let (version, profile) = state.profile(force, notification.setting_kind);
    let telephone = state.desk(force).telephone.unwrap_or_default();
    let around = Circumstance {
        received_at: case.received_at,
        legal_basis: legal_basis(&notification.legal_basis),
        desk_telephone: &telephone,
    };
    let mut disclosed = read(case, |incident, child| disclose(profile, incident, child, &around))?;
    let withheld = withhold(&mut disclosed);
    disclosed.items.retain(|item| !matches!(item.field, Field::Handling | Field::DeskTelephone));
    let mut detail = format!("profile {version}, version {}", notification.version());
    if !withheld.is_empty() {
        detail.push_str(", withheld ");
        detail.push_str(&words(&withheld));
    }
    let handling = profile.handling.trim().to_owned();
    Ok(Some(Content { items: disclosed.items, handling, detail, withheld, since: case.since }))
}

/// The fields' own words, for a task and the audit log.
pub(crate) fn words(fields: &[Field]) -> String {
    fields.iter().map(|field| field.as_str()).collect::<Vec<_>>().join(" ")
}

/// Free text in which something was found that must not go out unseen is kept back as a whole.
fn withhold(disclosed: &mut Disclosed) -> Vec<Field> {
    let mut fields: Vec<Field> = disclosed.findings().into_iter().map(|(field, _)| field).collect();
    fields.dedup();
    for item in disclosed.items.iter_mut().filter(|item| fields.contains(&item.field)) {
        item.value = Value::Withheld;
    }
    fields
}

fn read<T>(case: &Case, shown: impl FnOnce(&Incident, &Child) -> T) -> Result<T, Fault> {
    let data = serde_json::from_slice(&case.body).map_err(|_| Fault::Unreadable)?;
    let incident = Incident::parse(&data, case.version_received_at).map_err(|_| Fault::Unreadable)?;
    let mut children = incident.children().iter();
    let child =
        children.find(|child| child.child_ref() == case.child_ref.as_str()).ok_or(Fault::Unreadable)?;
    Ok(shown(&incident, child))
}

/// A stored legal basis in words; a named arrangement is its own name.
fn legal_basis(stored: &str) -> &str {
    if stored == "s49a" { "Section 49A of the Domestic Abuse Act 2021" } else { stored }
}
