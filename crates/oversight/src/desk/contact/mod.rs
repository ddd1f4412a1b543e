//! Contacts of a setting: added, verified by a recorded call or by mail, given another address, retired.

mod add;
mod change;
mod page;

use encompass_core::state::Channel;
use encompass_directory::value;
use encompass_web::form::Fields;

pub(crate) use add::add;
pub(crate) use change::{change_address, retire, send_verification, verify_by_call};
pub(crate) use page::show;

use super::setting::CHANNELS;
use crate::failure::Wrong;

/// The store takes no second contact with this address at one setting.
const TAKEN: Wrong<'_> = ("address", "The setting has a contact with this address already");

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
