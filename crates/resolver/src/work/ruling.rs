//! What becomes of a child, before it is recorded.

use std::collections::HashMap;

use encompass_core::id::{ChildId, LoadId, SettingId};
use encompass_core::routing::Gap;
use encompass_core::state::{Hold, Reason, ResolutionKind};
use encompass_store::incident::Due;
use encompass_store::resolution::Target;
use jiff::Timestamp;

use crate::Evidence;

/// What becomes of a child.
pub(super) enum Ruling {
    /// Nothing can be read of it.
    Unreadable,
    /// It is with somebody else.
    PassedOver,
    /// Closed without a resolution.
    Closed(Reason),
    /// What was under way goes on, by the due time and the time of the call for each setting; `asks` whether a person is to
    /// look at the correction all the same.
    Kept { known_at: Timestamp, dues: Vec<(SettingId, Due, Timestamp)>, asks: bool, is_restricted: bool },
    /// Decided anew.
    Decided(Box<Decided>),
}

impl Ruling {
    /// Whether somebody is told by it.
    pub fn tells(&self) -> bool {
        matches!(self, Self::Decided(decided) if decided.hold.is_none())
    }
}

/// A decision.
pub(super) struct Decided {
    pub kind: ResolutionKind,
    pub targets: Vec<Target>,
    /// Who should have been told besides and is not clear.
    pub gaps: Vec<Gap>,
    pub hold: Option<Hold>,
    /// Whether it is for named people only, whatever it is held for.
    pub is_restricted: bool,
    pub provisional: Option<Due>,
    pub evidence: Evidence,
    pub register_load: Option<LoadId>,
    pub directory_load: Option<LoadId>,
    pub authority: Option<String>,
    /// The authority's officer for the home of a child that is held.
    pub officer: Option<SettingId>,
}

/// The rulings of a batch.
pub(super) type Rulings = HashMap<ChildId, Ruling>;
