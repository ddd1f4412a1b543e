//! Who may be told at each setting: two contacts for most, one for some, with the faults that lists of contacts have.

use super::{Contact, Kind, Mailbox, Role, Setting};
use crate::names;
use crate::places;
use crate::random::Random;

/// The contacts of all settings, in the settings' order.
pub(crate) fn contacts(seed: u64, settings: &[Setting]) -> Vec<Contact> {
    let mut random = Random::keyed(seed, "contacts");
    let of = |setting: &Setting| match setting.kind {
        Kind::HealthVisiting | Kind::Maternity | Kind::Officer | Kind::Force => of_team(&mut random, setting),
        _ => of_school(&mut random, setting),
    };
    settings.iter().flat_map(of).collect()
}

fn of_team(random: &mut Random, setting: &Setting) -> Vec<Contact> {
    let mailbox = format!("duty@{}", setting.host);
    let officer = names::staff(random);
    let address = format!("{}@{}", places::label(&officer).replacen('-', ".", 1), setting.host);
    vec![
        contact(setting, Role::Mailbox, String::new(), mailbox),
        contact(setting, Role::Officer, officer, address),
    ]
}

fn of_school(random: &mut Random, setting: &Setting) -> Vec<Contact> {
    let childminder = setting.kind == Kind::Childminder;
    // Of a hundred settings two have nobody verified, four no verified lead, four a lead whose mail bounces.
    let fault = random.below(100);
    let lead = names::staff(random);
    let mut made = vec![contact(setting, Role::Lead, lead.clone(), lead_address(random, setting, &lead))];
    made[0].verified = fault >= 6;
    made[0].mailbox = if (6..10).contains(&fault) { Mailbox::Bounces } else { Mailbox::Works };
    if !childminder && !random.percent(15) {
        let deputy = contact(
            setting,
            Role::Deputy,
            names::staff(random),
            format!("deputy.safeguarding@{}", setting.host),
        );
        made.push(Contact { verified: fault >= 2, ..deputy });
    }
    if !childminder && random.percent(8) {
        made.push(contact(
            setting,
            Role::System,
            String::new(),
            format!("https://{}/encompass", setting.host),
        ));
    }
    made
}

/// A role mailbox or the person's own.
fn lead_address(random: &mut Random, setting: &Setting, name: &str) -> String {
    let own = random.percent(30);
    let mailbox = if own { places::label(name).replacen('-', ".", 1) } else { "safeguarding".to_owned() };
    format!("{mailbox}@{}", setting.host)
}

/// A contact without faults.
fn contact(setting: &Setting, role: Role, name: String, address: String) -> Contact {
    Contact {
        setting: setting.index,
        name,
        role,
        address,
        telephone: places::mobile(setting.index * 2 + usize::from(role != Role::Lead)),
        verified: true,
        mailbox: Mailbox::Works,
    }
}
