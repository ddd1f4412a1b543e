//! Adding a contact to a setting.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::SettingId;
use encompass_directory::value;
use encompass_matching::normalise;
use encompass_store::Error;
use encompass_store::contact::{Imported, Person};
use encompass_web::form::Fields;

use super::{TAKEN, address, channel};
use crate::State;
use crate::desk::id;
use crate::desk::setting::{ROLES, known, page as setting_page};
use crate::failure::{Answer, Wrong};
use crate::sent::Sent;
use crate::staff::Staff;

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
            setting_page(&state, &staff, id, "", Some(TAKEN), &fields).await
        }
        other => {
            other?;
            tx.commit().await?;
            Ok(Redirect::to(&format!("/settings/{id}?done=contact-added")).into_response())
        }
    }
}

fn read(staff: &Staff, setting: SettingId, fields: &Fields) -> Result<Imported, Wrong<'static>> {
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
