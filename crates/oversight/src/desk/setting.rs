//! Settings: found by name, with their contacts.

use askama::Template;
use axum::extract::{Path, Query, State as Extract};
use encompass_core::id::SettingId;
use encompass_core::state::Channel;
use encompass_store::contact::Contact;
use encompass_store::directory::Setting;
use encompass_web::Html;
use encompass_web::form::{Choice, ErrorSummary, Fields, Hidden, InputKind, Options, Select, TextInput};
use encompass_web::page::{Column, Row, SummaryList, Table};

use super::decide::found;
use super::id;
use super::names::{Names, described, named};
use crate::failure::{Answer, Failure, Wrong, wrong_with};
use crate::frame::Frame;
use crate::list::{Asked, link, table};
use crate::staff::Staff;
use crate::{State, words};

#[derive(Template)]
#[template(path = "find_setting.html")]
struct FindPage<'a> {
    search: TextInput<'a>,
    table: Option<Table<'a>>,
    searched: bool,
}

#[derive(Template)]
#[template(path = "setting.html")]
struct SettingPage<'a> {
    errors: ErrorSummary<'a>,
    name: String,
    facts: SummaryList<'a>,
    contacts: Option<Table<'a>>,
    action: String,
    token: Hidden<'a>,
    fields: Vec<TextInput<'a>>,
    role: Select<'a>,
    channel: Select<'a>,
    forces: Options<'a>,
}

pub(crate) const ROLES: &[(&str, &str)] = &[
    ("lead", "Designated safeguarding lead"),
    ("deputy", "Deputy"),
    ("mailbox", "Role mailbox"),
    ("officer", "Officer"),
    ("system", "System"),
];

pub(crate) const CHANNELS: &[(Channel, &str)] = &[(Channel::Email, "E-mail"), (Channel::Webhook, "Webhook")];

const FOUND: &[Column<'_>] = &[Column::text("Setting"), Column::text("Kind and place")];

/// A setting's name belongs to no case, so it may stand in the address.
pub(crate) async fn find(Extract(state): Extract<State>, staff: Staff, Query(asked): Query<Asked>) -> Answer {
    let text: String = asked.q.as_deref().unwrap_or("").chars().take(100).collect();
    let ids = found(&state, &text).await?;
    let names = Names::of(&state, ids.iter().copied()).await?;
    let rows = ids.iter().filter_map(|id| names.get(*id)).filter(|setting| in_scope(&staff, setting)).map(
        |setting| {
            vec![link(format!("/settings/{}", setting.id), named(setting)), Html::text(described(setting))]
        },
    );
    let content = FindPage {
        search: TextInput::new("q", "Name of the setting", InputKind::Text)
            .value(&text)
            .hint("Three letters or more. Teams, authorities and forces are there too."),
        table: table("Settings found", FOUND, rows),
        searched: !text.is_empty(),
    };
    Ok(Frame::new(&staff, "Settings", "/settings").show(&content))
}

fn in_scope(staff: &Staff, setting: &Setting) -> bool {
    staff.scope.sees_area(setting.record.authority.as_deref())
}

/// A setting in the reader's areas.
pub(crate) async fn known(
    state: &State,
    staff: &Staff,
    id: SettingId,
) -> Result<std::sync::Arc<Setting>, Failure> {
    let setting = state.store().setting(id, state.machine()).await?;
    let setting = setting.filter(|setting| in_scope(staff, setting));
    setting.ok_or(Failure::Store(encompass_store::Error::NotFound))
}

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(setting): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&state, &staff, id(&setting)?, asked.done(), None, &Fields::from(Vec::new())).await
}

const CONTACTS: &[Column<'_>] = &[
    Column::text("Contact"),
    Column::text("Role"),
    Column::text("Told by"),
    Column::text("State"),
    Column::text("For"),
];

pub(crate) async fn page(
    state: &State,
    staff: &Staff,
    id: SettingId,
    done: &str,
    error: Option<Wrong<'_>>,
    sent: &Fields,
) -> Answer {
    let setting = known(state, staff, id).await?;
    let contacts = contacts(state, staff, id).await?;
    let rows = contacts.iter().map(|contact| row(state, contact));
    let of = |field| wrong_with(field, error);
    let ticked = sent.one("address").is_empty();
    let forces: Vec<Choice<'_>> = staff
        .account
        .forces
        .iter()
        .map(|force| Choice {
            chosen: ticked || sent.every("force").any(|given| given == force),
            ..Choice::new(force, state.force_name(force))
        })
        .collect();
    let roles = chosen(ROLES.iter().map(|(word, text)| (*word, *text)), sent.one("role"));
    let channels =
        chosen(CHANNELS.iter().map(|(channel, text)| (channel.as_str(), *text)), sent.one("channel"));
    let action = format!("/settings/{id}/contacts");
    let input =
        |field, label| TextInput::new(field, label, InputKind::Text).value(sent.one(field)).error(of(field));
    let content = SettingPage {
        errors: ErrorSummary { errors: error.into_iter().collect() },
        name: named(&setting),
        facts: SummaryList { rows: facts(&setting) },
        contacts: table("Contacts", CONTACTS, rows),
        token: staff.form(&action),
        fields: vec![
            input("name", "Name").hint("Leave empty for a role mailbox or a system."),
            input("address", "Address").hint("An e-mail address, or a webhook’s https address."),
            input("telephone", "Telephone (optional)"),
        ],
        role: Select { id: "role", label: "Role", choices: &roles, hint: None, error: of("role") },
        channel: Select {
            id: "channel",
            label: "Told by",
            choices: &channels,
            hint: None,
            error: of("channel"),
        },
        forces: Options::any_of("force", "Which forces may tell this contact?", &forces).error(of("force")),
        action,
    };
    let frame = Frame::new(staff, "One setting", "/settings").back("/settings").done(done);
    Ok(frame.failed(error.is_some()).show(&content))
}

fn chosen<'a>(words: impl Iterator<Item = (&'a str, &'a str)>, given: &str) -> Vec<Choice<'a>> {
    words.map(|(word, text)| Choice { chosen: word == given, ..Choice::new(word, text) }).collect()
}

/// The contacts that any of the reader's forces has a say over, in their order.
async fn contacts(state: &State, staff: &Staff, id: SettingId) -> Result<Vec<Contact>, Failure> {
    let mut contacts: Vec<Contact> = Vec::new();
    for force in &staff.account.forces {
        let of_force = state.store().contacts_of(&staff.scope, id, force).await?;
        contacts.extend(
            of_force
                .into_iter()
                .filter(|new| !contacts.iter().any(|old| old.id == new.id))
                .collect::<Vec<_>>(),
        );
    }
    contacts.sort_by_key(|contact| (contact.place, contact.id));
    Ok(contacts)
}

fn row(state: &State, contact: &Contact) -> Vec<Html> {
    let name = contact.person.name.as_ref().unwrap_or(&contact.person.address);
    let forces: Vec<&str> = contact.forces.iter().map(|(force, _)| state.force_name(force)).collect();
    vec![
        link(format!("/contacts/{}", contact.id), name),
        Html::text(words::plain(&contact.role)),
        Html::text(words::plain(contact.channel.as_str())),
        Html::text(words::plain(contact.state.as_str())),
        Html::text(forces.join(", ")),
    ]
}

fn facts(setting: &Setting) -> Vec<Row<'static>> {
    let record = &setting.record;
    let or_dash = |text: &Option<String>| text.clone().unwrap_or_else(|| "–".to_owned());
    let open = match (record.is_open, record.closed_on) {
        (true, _) => "Yes".to_owned(),
        (false, Some(day)) => format!("Closed on {}", day.strftime("%-d %B %Y")),
        (false, None) => "Closed".to_owned(),
    };
    vec![
        Row::text("Kind", words::setting_kind(record.kind)),
        Row::text("Open", open),
        Row::text("Telephone", or_dash(&record.telephone)),
        Row::text("Postcode", or_dash(&record.postcode)),
        Row::text("Area", or_dash(&record.authority)),
    ]
}
