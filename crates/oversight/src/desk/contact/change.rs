//! Changes of a contact: verified, given another address, retired.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_store::contact::{Contact, How};
use encompass_store::{Error, Tx};

use super::page::page;
use super::{TAKEN, address, channel};
use crate::State;
use crate::desk::setting::known;
use crate::desk::task::collision;
use crate::desk::{committed, id};
use crate::failure::{Answer, Failure};
use crate::sent::Sent;
use crate::staff::Staff;

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
            page(&state, &staff, contact.id, "", Some(TAKEN)).await
        }
        Err(Error::Changed) => overtaken(&state, &staff, &contact),
        other => {
            let new = other?;
            tx.commit().await?;
            Ok(Redirect::to(&format!("/contacts/{new}?done=contact-changed")).into_response())
        }
    }
}
