//! A child of a batch, as it was read from its incident.

use encompass_core::calendar::london;
use encompass_core::due::Known;
use encompass_core::id::ChildId;
use encompass_core::incident::Child;
use encompass_matching::adult::Named;
use encompass_matching::officer::Query;
use encompass_matching::{Facts, Flags};
use encompass_store::resolve::Work;

use super::read::Opened;

/// One child that is to be decided on.
pub(super) struct Subject<'a> {
    pub opened: &'a Opened<'a>,
    pub work: &'a Work,
    pub child: &'a Child,
    pub known: Known,
    pub facts: &'a Facts,
    pub officer: Query,
    pub adults: Vec<Named>,
}

impl<'a> Subject<'a> {
    pub fn new(opened: &'a Opened<'a>, work: &'a Work, at: usize) -> Self {
        let Opened { case, incident, facts, .. } = opened;
        let child = &incident.children()[at];
        let officer = child.setting.known().map_or_else(Query::default, |text| Query::of(text));
        Self {
            opened,
            work,
            child,
            // A correction that says no time can't move the clock to its own receipt.
            known: Known::of(incident, case.first_received_at),
            facts: &facts[at],
            officer,
            adults: incident.adults().iter().flat_map(Named::all_of).collect(),
        }
    }

    pub fn id(&self) -> ChildId {
        self.work.child.id
    }

    pub fn force(&self) -> &'a str {
        &self.opened.case.force
    }

    /// What asks for a person, whatever a register says.
    pub fn flags(&self) -> Flags {
        let flags = Flags::of(&self.opened.incident, self.child, london::date(self.known.at));
        Flags { is_restricted: flags.is_restricted || self.opened.case.is_restricted, ..flags }
    }
}
