//! Who may be told at each setting: two contacts for most, one for some, with the faults that lists of contacts have.

use super::{Contact, Kind, Mailbox, Role, Setting};
use crate::names;
use crate::places;
use crate::random::Random;

/// The contacts of all settings, in the settings' order.
pub(crate) fn contacts(seed: u64, settings: &[Setting]) -> Vec<Contact> {
    let mut random = Random::keyed(seed, "contacts");
    settings.iter().flat_map(|setting| of(&mut random, setting)).collect()
}

fn of(random: &mut Random, setting: &Setting) -> Vec<Contact> {
    let safe = setting.kind > Kind::Childminder;
    let count = if setting.kind == Kind::Childminder || (!safe && random.percent(15)) { 1 } else { 2 };
    let webhook = (!safe && random.percent(8)).then(|| format!("https://{}/encompass", setting.host));
    let fault = if safe { 100 } else { random.below(100) };
    let mut made = Vec::new();
    for place in 0..count {
        let role = if place == 0 { Role::Lead } else { Role::Deputy };
        let name = names::staff(random);
        made.push(Contact {
            setting: setting.index,
            email: email(setting, role, &name, place == 0 && random.percent(30)),
            name,
            role,
            telephone: places::mobile(setting.index * 2 + place),
            // Six settings of a hundred have no verified lead, two of them nobody verified at all.
            verified: fault >= 6 || (place > 0 && fault >= 2),
            mailbox: if (6..10).contains(&fault) && place == 0 { Mailbox::Bounces } else { Mailbox::Works },
            webhook: webhook.clone().filter(|_| place == 0),
        });
    }
    made
}

/// A role mailbox or the person's own.
fn email(setting: &Setting, role: Role, name: &str, personal: bool) -> String {
    let mailbox = match role {
        _ if personal => places::label(name).replacen('-', ".", 1),
        Role::Lead => "safeguarding".to_owned(),
        Role::Deputy => "deputy.safeguarding".to_owned(),
    };
    format!("{mailbox}@{}", setting.host)
}
