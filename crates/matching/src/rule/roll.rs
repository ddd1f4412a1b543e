//! Where the entries that fit are on roll, and whether registers say the same of it.

use std::collections::{BTreeMap, BTreeSet};

use encompass_core::id::SettingId;
use encompass_core::state::{Hold, SettingKind};

use super::Grounds;
use crate::entry::{Enrolment, Entry};
use crate::evidence::Standing;

/// The settings at which an entry is on roll on the day of the due time; every one, where there are several.
pub(super) fn current(grounds: &Grounds, entry: &Entry) -> Result<Vec<SettingId>, Hold> {
    let enrolments = entry.enrolments.iter().filter(|enrolment| !enrolment.is_besides());
    let standings: Vec<(SettingId, Standing)> =
        enrolments.map(|enrolment| (enrolment.setting, standing(grounds, enrolment))).collect();
    if standings.is_empty() && !entry.enrolments.is_empty() {
        return Ok(Vec::new());
    }
    let has = |wanted: &[Standing]| standings.iter().any(|(_, standing)| wanted.contains(standing));
    let on_roll = standings.iter().filter(|(_, standing)| standing.is_on_roll());
    let settings: Vec<SettingId> = on_roll.map(|(setting, _)| *setting).collect();
    if settings.is_empty() {
        let is_over = has(&[Standing::Ended, Standing::NotBegun]);
        return Err(if is_over { Hold::EnrolmentEnded } else { Hold::NoEnrolment });
    }
    // A closed setting beside an open one: the register may not have caught up with a move.
    if has(&[Standing::NotOpen]) { Err(Hold::NoEnrolment) } else { Ok(settings) }
}

pub(super) fn standing(grounds: &Grounds, enrolment: &Enrolment) -> Standing {
    let Some(place) = grounds.places.get(&enrolment.setting) else { return Standing::NotOpen };
    if enrolment.ends_on.is_some_and(|last| last < place.due_on) {
        Standing::Ended
    } else if enrolment.starts_on.is_some_and(|first| first > place.due_on) {
        Standing::NotBegun
    } else if enrolment.is_guest() {
        Standing::Guest
    } else if !place.is_open {
        Standing::NotOpen
    } else if grounds.excluded.contains(&enrolment.setting) {
        Standing::Excluded
    } else {
        Standing::Current
    }
}

/// What a child has one of on one register: a school, childcare, a health team, an authority that answers for it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    Education,
    Childcare,
    Health,
    Authority,
}

const fn side(kind: SettingKind) -> Side {
    match kind {
        SettingKind::School | SettingKind::College => Side::Education,
        SettingKind::EarlyYears | SettingKind::Childminder => Side::Childcare,
        SettingKind::HealthVisiting | SettingKind::Maternity => Side::Health,
        SettingKind::Authority | SettingKind::Force => Side::Authority,
    }
}

/// Registers of different sides add to each other; two that speak of one side must say the same, and nobody is at a
/// school and out of all schools at once.
pub(super) fn agrees(grounds: &Grounds, on_roll: &[Vec<SettingId>]) -> Result<(), Hold> {
    let mut known: BTreeMap<Side, BTreeSet<SettingId>> = BTreeMap::new();
    for settings in on_roll {
        let mut sides: BTreeMap<Side, BTreeSet<SettingId>> = BTreeMap::new();
        for setting in settings {
            sides.entry(side(grounds.places[setting].kind)).or_default().insert(*setting);
        }
        for (side, settings) in sides {
            if known.insert(side, settings.clone()).is_some_and(|before| before != settings) {
                return Err(Hold::SettingsDisagree);
            }
        }
    }
    let is_both = known.contains_key(&Side::Education) && known.contains_key(&Side::Authority);
    if is_both { Err(Hold::SettingsDisagree) } else { Ok(()) }
}
