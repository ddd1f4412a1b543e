//! Everything that could be shown, and what never is.

use serde::{Deserialize, Serialize};

use crate::state::{UnknownWord, words};

words! {
    /// One thing that a profile may name. `config/disclosure/default.toml` explains each.
    Field {
        /// The incident's reference with the force.
        PoliceReference = "police_reference",
        /// The child's name on record.
        ChildName = "child_name",
        /// The child's birth date; for an unborn child, when the birth is due.
        ChildBirthDate = "child_birth_date",
        /// When police attended or were told.
        KnownAt = "known_at",
        /// When it happened.
        HappenedAt = "happened_at",
        /// Whether the child was there.
        Present = "present",
        /// Whether an officer saw the child.
        Seen = "seen",
        /// Whether somebody spoke to the child.
        SpokenTo = "spoken_to",
        /// Who did.
        SpokenToBy = "spoken_to_by",
        /// Whether without an adult of the household.
        SpokenToAlone = "spoken_to_alone",
        /// Whether the child saw or heard it.
        SawOrHeard = "saw_or_heard",
        /// Whether the child was harmed.
        Harmed = "harmed",
        /// Whether the child was injured.
        Injured = "injured",
        /// What each adult is to the child, without names.
        Relationships = "relationships",
        /// The force's word for the kind of incident.
        IncidentKind = "incident_kind",
        /// The forms of abuse.
        Abuse = "abuse",
        /// The risk grade.
        RiskGrade = "risk_grade",
        /// How many earlier incidents police know of.
        EarlierIncidents = "earlier_incidents",
        /// Whether there is a safety plan.
        SafetyPlanInPlace = "safety_plan_in_place",
        /// Whether police referred to children's services.
        ChildrensServices = "childrens_services",
        /// The kinds of orders and notices in force.
        Orders = "orders",
        /// Whether the setting may speak to the parents.
        MaySpeakToParents = "may_speak_to_parents",
        /// On which legal basis the setting is told.
        LegalBasis = "legal_basis",
        /// The profile's handling instruction.
        Handling = "handling",
        /// The force's desk.
        DeskTelephone = "desk_telephone",
        /// The names of the adults.
        AdultNames = "adult_names",
        /// Where it happened.
        Place = "place",
        /// Where the child lives.
        ChildAddress = "child_address",
        /// Where the child was, in the officer's words.
        Whereabouts = "whereabouts",
        /// What the child said.
        OwnWords = "own_words",
        /// What happened.
        Circumstances = "circumstances",
        /// What police did.
        ActionTaken = "action_taken",
        /// What the safety plan is.
        SafetyPlan = "safety_plan",
        /// Anything else about the child.
        Notes = "notes",
        /// Who may not collect the child.
        MayNotCollect = "may_not_collect",
        /// Who must not learn of it.
        DoNotTell = "do_not_tell",
        /// How the victim can be reached safely.
        SafeContact = "safe_contact",
        /// The officer's own instructions for handling it.
        HandlingNote = "handling_note",
        /// A safe address: never shown.
        SafeAddress = "safe_address",
        /// A refuge's name: never shown.
        Refuge = "refuge",
        /// Children of another family: never shown.
        OtherFamiliesChildren = "other_families_children",
        /// Who reported it: never shown.
        WhoReported = "who_reported",
    }
}

impl Field {
    /// Whether no profile may show it.
    #[must_use]
    pub const fn is_never_shown(self) -> bool {
        matches!(self, Self::SafeAddress | Self::Refuge | Self::OtherFamiliesChildren | Self::WhoReported)
    }

    /// Whether it is written by hand, so that anything may stand in it.
    #[must_use]
    pub const fn is_free_text(self) -> bool {
        matches!(
            self,
            Self::Whereabouts
                | Self::OwnWords
                | Self::Circumstances
                | Self::ActionTaken
                | Self::SafetyPlan
                | Self::Notes
                | Self::MayNotCollect
                | Self::DoNotTell
                | Self::SafeContact
                | Self::HandlingNote
        )
    }

    /// Its name on the page that a safeguarding lead reads.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::PoliceReference => "Police reference",
            Self::ChildName => "Child's name",
            Self::ChildBirthDate => "Date of birth",
            Self::KnownAt => "When police attended or were told",
            Self::HappenedAt => "When it happened",
            Self::Present => "Child was present",
            Self::Seen => "Child was seen by police (welfare check)",
            Self::SpokenTo => "Child was spoken to",
            Self::SpokenToBy => "Spoken to by",
            Self::SpokenToAlone => "Spoken to without an adult of the household",
            Self::SawOrHeard => "Child saw or heard it",
            Self::Harmed => "Child was harmed",
            Self::Injured => "Child was injured",
            Self::Relationships => "Adults involved are the child's",
            Self::IncidentKind => "Kind of incident",
            Self::Abuse => "Forms of abuse",
            Self::RiskGrade => "Police risk grade",
            Self::EarlierIncidents => "Earlier incidents known to police",
            Self::SafetyPlanInPlace => "Safety plan in place",
            Self::ChildrensServices => "Referred to children's services",
            Self::Orders => "Orders and notices in force",
            Self::MaySpeakToParents => "You may speak to the parents about it",
            Self::LegalBasis => "Legal basis",
            Self::Handling => "How to handle this",
            Self::DeskTelephone => "Telephone for questions",
            other => other.unusual_label(),
        }
    }

    /// Labels of what the minimal list and most forces leave out.
    const fn unusual_label(self) -> &'static str {
        match self {
            Self::AdultNames => "Adults involved",
            Self::Place => "Where it happened",
            Self::ChildAddress => "Child's address",
            Self::Whereabouts => "Where the child was",
            Self::OwnWords => "In the child's own words",
            Self::Circumstances => "What happened",
            Self::ActionTaken => "What police did",
            Self::SafetyPlan => "Safety plan",
            Self::Notes => "About the child",
            Self::MayNotCollect => "Who may not collect the child",
            Self::DoNotTell => "Who must not learn of this",
            Self::SafeContact => "Safe contact",
            Self::HandlingNote => "Instructions from police",
            _ => "Not shown",
        }
    }
}
