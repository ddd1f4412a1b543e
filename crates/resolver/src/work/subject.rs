//! A child of a batch, as it was read from its incident.

use encompass_core::calendar::london;
use encompass_core::due::Known;
use encompass_core::id::ChildId;
use encompass_core::incident::{Child, Incident};
use encompass_matching::adult::Named;
use encompass_matching::officer::Query;
use encompass_matching::{Facts, Flags};
use encompass_store::resolve::{Case, Work};

/// One child that is to be decided on.
pub(super) struct Subject<'a> {
    pub case: &'a Case,
    pub work: &'a Work,
    pub incident: &'a Incident,
    pub child: &'a Child,
    pub known: Known,
    pub facts: Facts,
    pub officer: Query,
    pub adults: Vec<Named>,
}

impl<'a> Subject<'a> {
    pub fn new(case: &'a Case, work: &'a Work, incident: &'a Incident, at: usize) -> Self {
        let child = &incident.children()[at];
        let officer = child.setting.known().map_or_else(Query::default, |text| Query::of(text));
        Self {
            case,
            work,
            incident,
            child,
            // A correction that says no time can't move the clock to its own receipt.
            known: Known::of(incident, case.first_received_at),
            facts: Facts::of(child),
            officer,
            adults: incident.adults().iter().flat_map(Named::all_of).collect(),
        }
    }

    pub fn id(&self) -> ChildId {
        self.work.child.id
    }

    pub fn force(&self) -> &'a str {
        &self.case.force
    }

    /// What asks for a person, whatever a register says.
    pub fn flags(&self) -> Flags {
        let flags = Flags::of(self.incident, self.child, london::date(self.known.at));
        Flags { is_restricted: flags.is_restricted || self.case.is_restricted, ..flags }
    }
}
