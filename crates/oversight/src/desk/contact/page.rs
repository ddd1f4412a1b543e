//! One contact: who it is, and what can be done about it.

use askama::Template;
use axum::extract::{Path, Query, State as Extract};
use encompass_core::id::ContactId;
use encompass_core::state::{Channel, ContactState};
use encompass_store::contact::Contact;
use encompass_web::form::{Choice, ErrorSummary, Hidden, InputKind, Select, TextArea, TextInput};
use encompass_web::page::{Row, SummaryList};

use crate::State;
use crate::case::when;
use crate::desk::id;
use crate::desk::names::named;
use crate::desk::setting::{CHANNELS, known};
use crate::failure::{Answer, Wrong, wrong_with};
use crate::frame::Frame;
use crate::list::Asked;
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

pub(crate) async fn show(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(contact): Path<String>,
    Query(asked): Query<Asked>,
) -> Answer {
    page(&state, &staff, id(&contact)?, asked.done(), None).await
}

pub(super) async fn page(
    state: &State,
    staff: &Staff,
    id: ContactId,
    done: &str,
    error: Option<Wrong<'_>>,
) -> Answer {
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
