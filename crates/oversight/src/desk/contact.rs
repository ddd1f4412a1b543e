//! Contacts of a setting: added, verified by a recorded call or by mail, given another address, retired.

use askama::Template;
use axum::extract::{Path, Query, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::ContactId;
use encompass_core::state::{Channel, ContactState};
use encompass_directory::value;
use encompass_matching::normalise;
use encompass_store::contact::{Contact, How, Imported, Person};
use encompass_store::{Error, Tx};
use encompass_web::form::{Choice, ErrorSummary, Fields, Hidden, InputKind, Select, TextArea, TextInput};
use encompass_web::page::{Row, SummaryList};

use super::names::named;
use super::setting::{CHANNELS, ROLES, known, page as setting_page};
use super::task::collision;
use super::{committed, id};
use crate::State;
use crate::case::when;
use crate::failure::{Answer, Failure, Wrong, wrong_with};
use crate::frame::Frame;
use crate::list::Asked;
use crate::sent::Sent;
use crate::staff::Staff;
use crate::words;

#[derive(Template)]
#[template(path = "contact.html")]
struct ContactPage<'a> {
    errors: ErrorSummary<'a>,
    name: String,
    facts: SummaryList<'a>,
    verify: Option<Act<'a>>,
    mail: Option<Act<'a>>,
    change: Option<Act<'a>>,
    retire: Option<Act<'a>>,
    called: TextArea<'a>,
    address: TextInput<'a>,
    channel: Select<'a>,
}

struct Act<'a> {
    action: String,
    token: Hidden<'a>,
}

pub(crate) async fn add(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(setting): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let id = id(&setting)?;
    known(&state, &staff, id).await?;
    let contact = match read(&staff, id, &fields) {
        Ok(contact) => contact,
        Err(error) => return setting_page(&state, &staff, id, "", Some(error), &fields).await,
    };
    let mut tx = state.store().begin().await?;
    match tx.add_contact(&contact, staff.scope.actor.clone(), state.now()).await {
        Err(Error::Constraint(_)) => {
            drop(tx);
            let error = ("address", "The setting has a contact with this address already");
            setting_page(&state, &staff, id, "", Some(error), &fields).await
        }
        other => {
            other?;
            tx.commit().await?;
            Ok(Redirect::to(&format!("/settings/{id}?done=contact-added")).into_response())
        }
    }
}

fn read(
    staff: &Staff,
    setting: encompass_core::id::SettingId,
    fields: &Fields,
) -> Result<Imported, Wrong<'static>> {
    let role = ROLES.iter().find(|(word, _)| *word == fields.one("role"));
    let (role, _) = role.ok_or(("role", "Choose a role"))?;
    let channel = channel(fields)?;
    let address = address(channel, fields.one("address"))?;
    let telephone = match fields.one("telephone") {
        "" => None,
        text => Some(value::telephone(text).map_err(|_| ("telephone", "This is no telephone number"))?),
    };
    let name = Some(fields.one("name")).filter(|name| !name.is_empty()).map(str::to_owned);
    if name.is_none() && matches!(*role, "lead" | "deputy" | "officer") {
        return Err(("name", "Write the person’s name"));
    }
    let forces = fields.every("force").filter(|force| staff.scope.sees_force(force)).map(str::to_owned);
    let forces: Vec<String> = forces.collect();
    if forces.is_empty() {
        return Err(("force", "Tick at least one force"));
    }
    Ok(Imported {
        setting,
        role: (*role).to_owned(),
        channel,
        name_key: name.as_deref().map(normalise::adult_name),
        person: Person { name, address, telephone, secret: None },
        forces,
        eligible_from: None,
    })
}

fn channel(fields: &Fields) -> Result<Channel, Wrong<'static>> {
    let found = CHANNELS.iter().find(|(channel, _)| channel.as_str() == fields.one("channel"));
    found.map(|(channel, _)| *channel).ok_or(("channel", "Choose how the contact is told"))
}

fn address(channel: Channel, text: &str) -> Result<String, Wrong<'static>> {
    match channel {
        Channel::Email => value::email(text).map_err(|_| ("address", "This is no e-mail address")),
        Channel::Webhook => value::webhook(text).map_err(|_| ("address", "This is no https address")),
        Channel::Telephone => Err(("channel", "Choose how the contact is told")),
    }
}

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(contact): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&state, &staff, id(&contact)?, asked.done(), None).await
}

async fn page(state: &State, staff: &Staff, id: ContactId, done: &str, error: Option<Wrong<'_>>) -> Answer {
    let contact = state.store().contact(&staff.scope, id).await?;
    let setting = known(state, staff, contact.setting).await?;
    let is_in_use = contact.state != ContactState::Retired;
    let act = |what: &str| {
        let action = format!("/contacts/{id}/{what}");
        Act { token: staff.form(&action), action }
    };
    let of = |field| wrong_with(field, error);
    let channels = CHANNELS.iter().map(|(channel, text)| Choice {
        chosen: *channel == contact.channel,
        ..Choice::new(channel.as_str(), text)
    });
    let channels: Vec<Choice<'_>> = channels.collect();
    let is_unverified = matches!(contact.state, ContactState::Unverified | ContactState::Bad);
    let content = ContactPage {
        errors: ErrorSummary { errors: error.into_iter().collect() },
        name: contact.person.name.clone().unwrap_or_else(|| "Role mailbox or system".to_owned()),
        facts: SummaryList { rows: facts(state, &contact, &named(&setting)) },
        verify: (is_in_use && is_unverified).then(|| act("verify-by-call")),
        mail: (is_in_use && contact.channel == Channel::Email).then(|| act("send-verification")),
        change: is_in_use.then(|| act("address")),
        retire: is_in_use.then(|| act("retire")),
        called: TextArea {
            id: "called",
            label: "Which number did you call, and where did you have it from?",
            rows: 3,
            value: "",
            hint: Some(
                "Call a number known otherwise, such as the switchboard in the directory: never one that came with the address.",
            ),
            error: of("called"),
        },
        address: TextInput::new("address", "New address", InputKind::Text).error(of("address")),
        channel: Select {
            id: "channel",
            label: "Told by",
            choices: &channels,
            hint: None,
            error: of("channel"),
        },
    };
    let back = format!("/settings/{}", contact.setting);
    let frame = Frame::new(staff, "One contact", "/settings").back(&back).done(done).failed(error.is_some());
    Ok(frame.show(&content))
}

fn facts(state: &State, contact: &Contact, setting: &str) -> Vec<Row<'static>> {
    let mut rows = vec![
        Row::text("Setting", setting.to_owned()),
        Row::text("Role", words::plain(&contact.role)),
        Row::text("Told by", words::plain(contact.channel.as_str())),
        Row::text("Address", contact.person.address.clone()),
    ];
    if let Some(telephone) = &contact.person.telephone {
        rows.push(Row::text("Telephone", telephone.clone()));
    }
    let verified = contact.verified_at.zip(contact.verified_how.as_deref());
    let standing = verified.map_or_else(
        || words::plain(contact.state.as_str()),
        |(at, how)| format!("{}, by {how} on {}", words::plain(contact.state.as_str()), when(at)),
    );
    rows.push(Row::text("State", standing));
    for (force, from) in &contact.forces {
        let from = from
            .map_or_else(|| "may tell it".to_owned(), |day| format!("from {}", day.strftime("%-d %B %Y")));
        rows.push(Row::text("Force", format!("{}: {from}", state.force_name(force))));
    }
    rows
}

/// A contact that the reader may change: in the scope's forces and areas.
async fn changeable(state: &State, staff: &Staff, text: &str) -> Result<Contact, Failure> {
    let contact = state.store().contact(&staff.scope, id(text)?).await?;
    known(state, staff, contact.setting).await?;
    Ok(contact)
}

/// Commits a change and goes back to the contact, or says that somebody else was first.
async fn finish(
    state: &State,
    staff: &Staff,
    contact: &Contact,
    tx: Tx,
    change: Result<(), Error>,
    done: &str,
) -> Answer {
    match committed(tx, change).await? {
        None => overtaken(state, staff, contact),
        Some(()) => Ok(Redirect::to(&format!("/contacts/{}?done={done}", contact.id)).into_response()),
    }
}

fn overtaken(state: &State, staff: &Staff, contact: &Contact) -> Answer {
    state.metrics().collisions.with_label_values(&["contact"]).inc();
    let (said, href) = ("The contact was retired in the meantime.", format!("/contacts/{}", contact.id));
    collision(staff, "/settings", said, &href, "Look at it as it is now")
}

pub(crate) async fn verify_by_call(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(contact): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let contact = changeable(&state, &staff, &contact).await?;
    if fields.one("called").is_empty() {
        let error = ("called", "Write which number you called");
        return page(&state, &staff, contact.id, "", Some(error)).await;
    }
    let mut tx = state.store().begin().await?;
    let (by, now) = (staff.scope.actor.clone(), state.now());
    let result = tx.verify_contact(contact.id, How::Call, by, now).await;
    if result.is_ok() {
        tx.note_verification_call(contact.id, fields.one("called"), &staff.scope, now);
    }
    finish(&state, &staff, &contact, tx, result, "contact-verified").await
}

pub(crate) async fn send_verification(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(contact): Path<String>,
    Sent(_): Sent,
) -> Answer {
    let contact = changeable(&state, &staff, &contact).await?;
    let force = contact.forces.iter().map(|(force, _)| force).find(|force| staff.scope.sees_force(force));
    let force = force.cloned().unwrap_or_default();
    let mut tx = state.store().begin().await?;
    let result = tx.send_verification(contact.id, &force, state.machine(), state.now()).await;
    finish(&state, &staff, &contact, tx, result, "contact-mailed").await
}

pub(crate) async fn retire(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(contact): Path<String>,
    Sent(_): Sent,
) -> Answer {
    let contact = changeable(&state, &staff, &contact).await?;
    let mut tx = state.store().begin().await?;
    let result = tx.retire_contact(contact.id, staff.scope.actor.clone(), state.now()).await;
    finish(&state, &staff, &contact, tx, result, "contact-retired").await
}

pub(crate) async fn change_address(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(contact): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let contact = changeable(&state, &staff, &contact).await?;
    let read = channel(&fields).and_then(|channel| Ok((channel, address(channel, fields.one("address"))?)));
    let (channel, address) = match read {
        Ok(read) => read,
        Err(error) => return page(&state, &staff, contact.id, "", Some(error)).await,
    };
    let mut tx = state.store().begin().await?;
    let by = staff.scope.actor.clone();
    match tx.change_contact_address(contact.id, channel, &address, by, state.now()).await {
        Err(Error::Constraint(_)) => {
            drop(tx);
            let error = ("address", "The setting has a contact with this address already");
            page(&state, &staff, contact.id, "", Some(error)).await
        }
        Err(Error::Changed) => overtaken(&state, &staff, &contact),
        other => {
            let new = other?;
            tx.commit().await?;
            Ok(Redirect::to(&format!("/contacts/{new}?done=contact-changed")).into_response())
        }
    }
}
