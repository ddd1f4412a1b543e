//! The rules in their order: where a child that was found belongs, or why a person decides.

use std::collections::BTreeSet;

use encompass_core::id::{EntryId, SettingId};
use encompass_core::routing::Aged;
use encompass_core::state::Hold;

use super::pairing::Pairing;
use super::{Confirmation, Grounds, Registers, roll};
use crate::adult::Tie;
use crate::entry::Entry;
use crate::evidence::Compared;
use crate::officer::Word;

/// The settings of the entries that fit. The first rule that objects asks for a person; everybody who fits has to pass by
/// themselves, so that a further one never turns a hold into a match. `fitting` are the first of `all`.
pub(super) fn settle(
    grounds: &Grounds,
    all: &[Pairing],
    fitting: &[Pairing],
) -> Result<Vec<SettingId>, Hold> {
    nobody_is_restricted(all)?;
    every_register_was_searched(grounds)?;
    no_number_contradicts(all)?;
    somebody_fits(grounds, all, fitting)?;
    each_is_alone_on_its_register(all, fitting)?;
    each_is_likely(fitting)?;
    each_register_may_be_used(fitting)?;
    nobody_is_a_namesake(grounds, fitting)?;
    let on_roll: Vec<Vec<SettingId>> =
        fitting.iter().map(|one| roll::current(grounds, one.entry)).collect::<Result<_, _>>()?;
    roll::agrees(grounds, &on_roll)?;
    each_is_of_an_age(grounds, fitting, &on_roll)?;
    let settings: BTreeSet<SettingId> = on_roll.iter().flatten().copied().collect();
    the_officer_does_not_disagree(grounds, fitting, &settings)?;
    each_is_confirmed(grounds, fitting, &on_roll)?;
    let targets = somewhere_can_be_told(grounds, settings)?;
    nobody_there_is_connected(grounds, &targets)?;
    Ok(targets)
}

/// One restricted entry restricts the child: that which may be the child, and that which is judged to be the same person
/// as one that may, however little of it agrees with what police wrote.
fn nobody_is_restricted(all: &[Pairing]) -> Result<(), Hold> {
    let likely = identities(all.iter().filter(|one| one.may_be()));
    let is_likely = |one: &Pairing| likely.contains(&one.entry.identity);
    pass(!all.iter().any(|one| one.entry.is_restricted && is_likely(one)), Hold::Restricted)
}

/// The silence of a register that was not searched says nothing.
fn every_register_was_searched(grounds: &Grounds) -> Result<(), Hold> {
    pass(grounds.registers != Registers::Incomplete, Hold::RegisterStale)
}

fn no_number_contradicts(all: &[Pairing]) -> Result<(), Hold> {
    pass(!all.iter().any(Pairing::contradicts), Hold::Unconfirmed)
}

fn somebody_fits(grounds: &Grounds, all: &[Pairing], fitting: &[Pairing]) -> Result<(), Hold> {
    if !fitting.is_empty() {
        return Ok(());
    }
    Err(match grounds.registers {
        Registers::None => Hold::NoRegister,
        Registers::Stale | Registers::Incomplete => Hold::RegisterStale,
        Registers::Usable if all.iter().any(Pairing::may_be) => Hold::Unsure,
        Registers::Usable => Hold::NoMatch,
    })
}

/// Two entries of one register are two children: twins, namesakes.
fn each_is_alone_on_its_register(all: &[Pairing], fitting: &[Pairing]) -> Result<(), Hold> {
    let registers: BTreeSet<_> = fitting.iter().map(|one| one.entry.register).collect();
    let has_rival = direct(fitting).any(|one| one.has_rival(all));
    pass(registers.len() == fitting.len() && !has_rival, Hold::SeveralMatches)
}

/// What agrees exactly may still be improbable among everybody on the register.
fn each_is_likely(fitting: &[Pairing]) -> Result<(), Hold> {
    let is_unlikely = |one: &Pairing| one.entry.scored.is_some() && one.entry.score() <= 0.0;
    pass(!direct(fitting).any(is_unlikely), Hold::Unsure)
}

fn each_register_may_be_used(fitting: &[Pairing]) -> Result<(), Hold> {
    pass(!fitting.iter().any(|one| one.entry.is_stale), Hold::RegisterStale)?;
    pass(!fitting.iter().any(|one| one.entry.is_switched_off), Hold::SwitchedOff)
}

/// What an earned score is made of, a namesake has as well: names and birth date. Where the home is known to be another,
/// something that a namesake has not got says who the child is, or a person does. It stands before the enrolments, so that
/// nobody is told for a namesake's want of one either.
fn nobody_is_a_namesake(grounds: &Grounds, fitting: &[Pairing]) -> Result<(), Hold> {
    let is_confirmed = |one: &Pairing| {
        let settings = one.entry.enrolments.iter().map(|enrolment| &enrolment.setting);
        one.has_number(Compared::Agrees)
            || grounds.word_on(&[one.entry], settings) == Word::Confirms
            || grounds.relatives.iter().any(|relative| relative.lives_with(one.entry))
    };
    let is_elsewhere = |one: &&Pairing| one.entry.is_earned() && one.home == Compared::Differs;
    let confirmed = identities(direct(fitting).filter(|one| is_confirmed(one)));
    let mut elsewhere = direct(fitting).filter(is_elsewhere);
    pass(elsewhere.all(|one| confirmed.contains(&one.entry.identity)), Hold::Namesake)
}

/// A pupil of twelve on a primary school's roll has left it, or is somebody else.
fn each_is_of_an_age(grounds: &Grounds, fitting: &[Pairing], on_roll: &[Vec<SettingId>]) -> Result<(), Hold> {
    let aged = |one: &Pairing, setting: &SettingId| {
        let place = &grounds.places[setting];
        place.ages.of(place.kind, one.entry.born, place.due_on, place.is_between)
    };
    let mut all =
        fitting.iter().zip(on_roll).flat_map(|(one, settings)| settings.iter().map(move |at| aged(one, at)));
    pass(!all.any(|aged| matches!(aged, Aged::TooYoung | Aged::TooOld)), Hold::ImplausibleAge)
}

fn the_officer_does_not_disagree(
    grounds: &Grounds,
    fitting: &[Pairing],
    settings: &BTreeSet<SettingId>,
) -> Result<(), Hold> {
    let entries: Vec<&Entry> = fitting.iter().map(|one| one.entry).collect();
    pass(grounds.word_on(&entries, settings.iter()) != Word::Disagrees, Hold::SettingsDisagree)
}

/// An entry that agrees exactly takes something besides; one whose score is earned does not.
fn each_is_confirmed(grounds: &Grounds, fitting: &[Pairing], on_roll: &[Vec<SettingId>]) -> Result<(), Hold> {
    let is_confirmed = |one: &Pairing, settings: &[SettingId]| {
        let is_home_enough = grounds.confirmation == Confirmation::Postcode;
        one.has_number(Compared::Agrees)
            || (is_home_enough && one.postcode == Compared::Agrees)
            || one.entry.is_earned()
            || grounds.word_on(&[one.entry], settings.iter()) == Word::Confirms
    };
    let each = fitting.iter().zip(on_roll).filter(|(one, _)| one.fits());
    let confirmed = each.filter(|(one, settings)| is_confirmed(one, settings));
    let confirmed = identities(confirmed.map(|(one, _)| one));
    pass(direct(fitting).all(|one| confirmed.contains(&one.entry.identity)), Hold::Unconfirmed)
}

/// The settings, without those that said that the child is not there.
fn somewhere_can_be_told(grounds: &Grounds, settings: BTreeSet<SettingId>) -> Result<Vec<SettingId>, Hold> {
    pass(!settings.is_empty(), Hold::NoEnrolment)?;
    let targets: Vec<SettingId> =
        settings.into_iter().filter(|setting| !grounds.excluded.contains(setting)).collect();
    pass(!targets.is_empty(), Hold::NotHere)?;
    Ok(targets)
}

fn nobody_there_is_connected(grounds: &Grounds, targets: &[SettingId]) -> Result<(), Hold> {
    pass(targets.iter().all(|setting| grounds.places[setting].tie == Tie::None), Hold::ConnectedAdult)
}

/// Those that fit by themselves, without entries of other registers that are judged to be the same person.
fn direct<'a, 'e>(fitting: &'a [Pairing<'e>]) -> impl Iterator<Item = &'a Pairing<'e>> {
    fitting.iter().filter(|one| one.fits())
}

/// Who these are. What is known of an entry is known of those that are judged to be the same child: a nursery that the
/// officer names says who is on the health visitors' list.
fn identities<'a, 'e: 'a>(entries: impl Iterator<Item = &'a Pairing<'e>>) -> BTreeSet<EntryId> {
    entries.map(|one| one.entry.identity).collect()
}

fn pass(is_met: bool, or: Hold) -> Result<(), Hold> {
    if is_met { Ok(()) } else { Err(or) }
}
