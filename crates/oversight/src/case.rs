//! Reading an opened case for people: the newest version that names a child, and all that it says of it.

use encompass_core::calendar::london;
use encompass_core::disclosure::{Circumstance, Disclosed, Field, Profile, disclose, identify};
use encompass_core::due::Reason;
use encompass_core::id::{ChildId, IncidentId};
use encompass_core::incident::{Child, Incident};
use encompass_store::Store;
use encompass_store::desk::{Case, CaseChild, DueValue, Version};
use encompass_web::Html;
use encompass_web::page::Row;
use jiff::Timestamp;

/// What police reported of one child, by one version.
pub(crate) struct Reported {
    incident: Incident,
    child: usize,
    received_at: Timestamp,
}

impl Reported {
    /// The newest version that names the child and can be read.
    pub fn newest(case: &Case, child: &CaseChild) -> Option<Self> {
        case.versions.iter().rev().find_map(|version| Self::of(version, &child.child_ref))
    }

    fn of(version: &Version, child_ref: &str) -> Option<Self> {
        let data = serde_json::from_slice(&version.body).ok()?;
        let incident = Incident::parse(&data, version.received_at).ok()?;
        let child = incident.children().iter().position(|child| child.child_ref() == child_ref)?;
        Some(Self { incident, child, received_at: version.received_at })
    }

    pub fn incident(&self) -> &Incident {
        &self.incident
    }

    pub fn child(&self) -> &Child {
        &self.incident.children()[self.child]
    }

    /// Name and birth date.
    pub fn identity(&self) -> Vec<Row<'static>> {
        rows(&identify(&self.incident, self.child()))
    }

    /// Everything that it says, for the desk. Answers that nobody gave are left out: the list is long enough.
    pub fn everything(&self) -> Vec<Row<'static>> {
        let around = Circumstance { received_at: self.received_at, legal_basis: "", desk_telephone: "" };
        let mut disclosed = disclose(&everything(), &self.incident, self.child(), &around);
        disclosed.items.retain(|item| item.value != encompass_core::disclosure::Value::NotRecorded);
        let stated = self.child().setting.known();
        let stated = stated.map(|setting| Row::text("Setting that the officer named", setting.to_string()));
        rows(&disclosed).into_iter().chain(stated).chain(self.connected()).collect()
    }

    /// What adults have to do with a setting, which may be why a person decides.
    fn connected(&self) -> Option<Row<'static>> {
        let ties = self.incident.adults().iter().filter_map(|adult| {
            let staff =
                adult.police_or_partner_staff.is_yes().then(|| "works for police or a partner".to_owned());
            adult.connected_setting.known().map(|tie| tie.to_string()).or(staff)
        });
        let ties: Vec<String> = ties.collect();
        (!ties.is_empty()).then(|| Row::text("Adults connected with a setting", ties.join("; ")))
    }

    /// What a setting with this profile may be told of the child.
    pub fn disclosed(&self, profile: &Profile, legal_basis: &str, telephone: &str) -> Vec<Row<'static>> {
        let around = Circumstance { received_at: self.received_at, legal_basis, desk_telephone: telephone };
        rows(&disclose(profile, &self.incident, self.child(), &around))
    }
}

/// All fields but those that stand on the page already, say nothing to the desk, or are never shown.
fn everything() -> Profile {
    let left_out = [
        Field::PoliceReference,
        Field::ChildName,
        Field::ChildBirthDate,
        Field::Handling,
        Field::DeskTelephone,
        Field::LegalBasis,
    ];
    let fields =
        Field::ALL.iter().copied().filter(|field| !field.is_never_shown() && !left_out.contains(field));
    Profile { fields: fields.collect(), free_text: true, pull: false, handling: String::new() }
}

fn rows(disclosed: &Disclosed) -> Vec<Row<'static>> {
    disclosed.items.iter().map(|item| Row::text(item.field.label(), item.value.shown())).collect()
}

/// The children that a version names, each with its id and place in the list.
pub(crate) fn named_in(store: &Store, case: IncidentId, version: &Version) -> Vec<(ChildId, usize)> {
    let Ok(data) = serde_json::from_slice(&version.body) else { return Vec::new() };
    let Ok(incident) = Incident::parse(&data, version.received_at) else { return Vec::new() };
    let id = |child: &Child| store.identity().child(case, child.child_ref());
    incident.children().iter().map(|child| (id(child), child.position)).collect()
}

/// An instant as people read it, Europe/London. The date is not broken over lines.
pub(crate) fn when(at: Timestamp) -> String {
    london::local(at).strftime("%a\u{a0}%-d\u{a0}%b\u{a0}%Y, %H:%M").to_string()
}

/// The same, or a dash.
pub(crate) fn when_or_dash(at: Option<Timestamp>) -> Html {
    at.map_or_else(|| Html::text("–"), |at| Html::text(when(at)))
}

/// A due time's reasoning as one sentence.
pub(crate) fn reasoning(due: &DueValue) -> String {
    let read = serde_json::from_str::<Reason>(&due.reasoning);
    read.map_or_else(|_| "Worked out by an older version.".to_owned(), |reason| reason.to_string())
}
