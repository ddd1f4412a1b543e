//! What of an incident asks for a person before anything is looked up.

use encompass_core::incident::{Adult, BirthDate, Child, Incident, LookUp};
use encompass_core::state::Hold;
use jiff::civil::Date;

/// Whether the child is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Adulthood {
    /// Nothing says that it is not.
    #[default]
    Child,
    /// It may be 18 or over, or what is said contradicts itself.
    Maybe,
    /// It was 18 or over, by a whole birth date that nothing contradicts: neither an age nor a school or nursery.
    Certain,
}

/// What asks for a person, whatever a register says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Not born yet.
    pub is_unborn: bool,
    /// Neither name nor number.
    pub has_nothing_to_look_up: bool,
    /// Police decided that nobody be told.
    pub is_withheld: bool,
    /// Whether the child is one.
    pub adulthood: Adulthood,
    /// The case is for named people only.
    pub is_restricted: bool,
    /// An address must not become known.
    pub is_protected: bool,
    /// Something that protects people could not be read.
    pub is_guard_unread: bool,
    /// An adult is marked as connected with a setting, or works for the police or a partner.
    pub has_connected_adult: bool,
}

impl Flags {
    /// The flags of a child of an incident that the force knew of on `day`.
    pub fn of(incident: &Incident, child: &Child, day: Date) -> Self {
        let safety = incident.safety.known();
        Self {
            is_unborn: child.is_unborn(),
            has_nothing_to_look_up: child.look_up == LookUp::Nothing,
            is_withheld: child.not_to_be_notified.is_known(),
            adulthood: adulthood(child, day),
            is_restricted: safety.is_some_and(|safety| safety.restricted.is_yes()),
            is_protected: safety.is_some_and(|safety| safety.protected_address.is_yes()),
            is_guard_unread: incident.guard_unread || child.guard_unread,
            has_connected_adult: incident.adults().iter().any(is_connected),
        }
    }

    /// Whether they ask for a person.
    pub fn ask_for_a_person(self) -> bool {
        !self.reasons().is_empty()
    }

    /// The reasons for a person, the one that stands above the others first.
    pub(crate) fn reasons(self) -> Vec<Hold> {
        [
            (self.is_unborn, Hold::Unborn),
            (self.has_nothing_to_look_up, Hold::NothingToLookUp),
            (self.is_withheld, Hold::NotToBeNotified),
            (self.adulthood != Adulthood::Child, Hold::MaybeAdult),
            (self.is_restricted, Hold::Restricted),
            (self.is_protected, Hold::ProtectedAddress),
            (self.is_guard_unread, Hold::GuardUnread),
            (self.has_connected_adult, Hold::ConnectedAdult),
        ]
        .into_iter()
        .filter_map(|(holds, reason)| holds.then_some(reason))
        .collect()
    }
}

fn is_connected(adult: &Adult) -> bool {
    adult.connected_setting.is_known() || adult.police_or_partner_staff.is_yes()
}

fn adulthood(child: &Child, day: Date) -> Adulthood {
    const ADULT: u8 = 18;
    let is_whole = child.birth_date.known().is_some_and(|BirthDate(born)| born.day().is_some());
    let aged_under = child.age.known().is_some_and(|age| age.0 < ADULT);
    let aged_over = child.age.known().is_some_and(|age| age.0 >= ADULT);
    let says_nothing = !child.birth_date.is_known() && !child.age.is_known();
    match child.is_adult_on(day) {
        Some(true) if is_whole && !aged_under && !child.setting.is_known() => Adulthood::Certain,
        Some(true) => Adulthood::Maybe,
        None if !says_nothing => Adulthood::Maybe,
        _ if aged_over => Adulthood::Maybe,
        _ => Adulthood::Child,
    }
}
