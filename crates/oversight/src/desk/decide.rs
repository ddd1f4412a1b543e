//! Decisions about a child: told to settings, closed, handed over.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::{ChildId, SettingId};
use encompass_core::state::Reason;
use encompass_store::Error;
use encompass_store::resolve::{ByPerson, Choice, Outcome, Recipient, Shown};
use encompass_web::form::Fields;
use zeroize::Zeroizing;

use super::child::{View, overtaken, page};
use super::{field_id, id};
use crate::State;
use crate::failure::Answer;
use crate::sent::Sent;
use crate::staff::Staff;

/// Settings that one decision names at most: a child belongs to few.
const SETTINGS_MAX: usize = 10;

pub(crate) async fn settings(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let ticked: Vec<SettingId> =
        fields.every("setting").filter_map(|id| id.parse().ok()).take(SETTINGS_MAX).collect();
    let choice = Choice::Settings(ticked);
    decide(&state, &staff, id(&child)?, choice, &fields, "why", "decided").await
}

pub(crate) async fn close(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let child = id(&child)?;
    let allowed = [Reason::NotAChild, Reason::Duplicate, Reason::NoSetting, Reason::Unsafe, Reason::Other];
    let reason = fields.one("reason").parse::<Reason>().ok().filter(|reason| allowed.contains(reason));
    let Some(reason) = reason else {
        let error = Some(("reason", "Choose why nobody is to be told"));
        let view = View { error, words: fields.one("words"), ..View::default() };
        return page(&state, &staff, child, view).await;
    };
    decide(&state, &staff, child, Choice::Close(reason), &fields, "words", "closed").await
}

pub(crate) async fn hand_over(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let child = id(&child)?;
    if fields.one("accepted").is_empty() {
        let error = Some(("accepted", "Write who has accepted the child"));
        return page(&state, &staff, child, View { error, ..View::default() }).await;
    }
    let to = match fields.one("to") {
        "elsewhere" => Recipient::Elsewhere,
        force if state.forces().get(force).is_some() => Recipient::Force(force.to_owned()),
        _ => {
            let error = Some(("to", "Choose who has accepted the child"));
            let view = View { error, accepted: fields.one("accepted"), ..View::default() };
            return page(&state, &staff, child, view).await;
        }
    };
    decide(&state, &staff, child, Choice::HandOver(to), &fields, "accepted", "handed-over").await
}

async fn decide(
    state: &State,
    staff: &Staff,
    child: ChildId,
    choice: Choice,
    fields: &Fields,
    words: &str,
    done: &str,
) -> Answer {
    let offered: Vec<SettingId> = fields.every("offered").filter_map(|id| id.parse().ok()).collect();
    let ticked = match &choice {
        Choice::Settings(settings) => settings.clone(),
        Choice::Close(_) | Choice::HandOver(_) => Vec::new(),
    };
    let shown = Shown {
        version: fields.one("version").parse().unwrap_or(-1),
        resolution: field_id(fields, "resolution"),
        settings: offered.clone(),
    };
    let decision = ByPerson { child, choice, why: Zeroizing::new(fields.one(words).to_owned()), shown };
    let (now, machine) = (state.now(), state.machine());
    let outcome = state.store().decide_by_person(&staff.scope, state.rules(), decision, now, machine).await;
    let outcome = match outcome {
        Err(Error::Changed) => return overtaken(state, staff, child).await,
        other => other?,
    };
    let Some(error) = wrong(outcome) else {
        let to = format!("/children/{child}?done={done}");
        return Ok(Redirect::to(&to).into_response());
    };
    let view = View {
        error: Some(error),
        found: offered,
        ticked,
        words: fields.one("words"),
        reason: fields.one("reason"),
        ..View::default()
    };
    page(state, staff, child, view).await
}

/// The field that an outcome is about, and what is wrong with it.
const fn wrong(outcome: Outcome) -> Option<(&'static str, &'static str)> {
    Some(match outcome {
        Outcome::Done => return None,
        Outcome::NoSetting => ("setting", "Tick at least one setting"),
        Outcome::Excluded(_) => ("setting", "One of these settings said that the child is not there"),
        Outcome::NotOpen(_) => ("setting", "One of these settings is closed"),
        Outcome::NoLegalBasis(_) => {
            ("setting", "Your force has no arrangement to tell one of these settings")
        }
        Outcome::NoWords => ("words", "Write the reason in your own words"),
        Outcome::NotAPerson => ("setting", "Only a member of staff may decide this"),
    })
}
