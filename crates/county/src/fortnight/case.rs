//! What kinds of incident there are, how often, and what must become of each child.

/// What an incident is made to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Case {
    /// Names, birth date and postcode as the register has them; the officer named no setting.
    RegisterExact,
    /// As the register has it, and the officer named the same setting.
    OfficerAgrees,
    /// As the register has it, but the officer named another setting.
    OfficerDisagrees,
    /// A name is misspelt.
    Misspelt,
    /// One of twins.
    Twin,
    /// Another child of the county has the same names and birth date; the address is not known.
    Namesake,
    /// In the nursery class of a school.
    NurseryClass,
    /// At an early-years setting.
    EarlyYears,
    /// Too young for school, at no setting.
    PreSchool,
    /// On two rolls.
    TwoSettings,
    /// The register's enrolment has ended.
    EndedEnrolment,
    /// The register has the child at a school that it left: the setting will say so.
    Moved,
    /// The register's entry is for named people only.
    RestrictedEntry,
    /// The register is past its stated age.
    StaleRegister,
    /// In no register; the officer named the right setting.
    OfficerOnly,
    /// In no register, and the officer named none.
    NoSetting,
    /// Educated at home.
    HomeEducated,
    /// Missing education.
    MissingEducation,
    /// At school in the neighbour's area.
    OverBorder,
    /// The register lacks the birth date.
    RegisterUndated,
    /// Not born yet: the pregnant adult is the subject.
    Unborn,
    /// Named as a child, and over eighteen.
    OverEighteen,
    /// Only an age, no birth date.
    AgeOnly,
    /// The case is for named people only.
    Restricted,
    /// An address in it is protected.
    ProtectedAddress,
    /// An adult is marked as connected with the setting.
    ConnectedAdult,
    /// An adult bears the name of the setting's lead, and nobody marked it.
    ContactInvolved,
    /// Police ask that nobody be told.
    NotToBeNotified,
    /// One child has nothing to be looked up by; a brother or sister has.
    NothingToLookUp,
    /// Police asked, and there is no child.
    NoChildren,
    /// Fields that cannot be read are marked; the children are found all the same.
    MarkedFields,
    /// A field that protects cannot be read: a person looks first.
    MarkedGuard,
    /// Corrected later, the same children.
    Corrected,
    /// A correction no longer names one child.
    CorrectedDrops,
    /// Withdrawn later.
    Withdrawn,
    /// Withdrawn, and the withdrawal comes first.
    WithdrawnFirst,
    /// Published twice.
    Repeated,
    /// The same version again with other content: refused.
    VersionConflict,
    /// Bytes that are no event: refused.
    Unreadable,
    /// Names a force that the topic may not speak for: refused, and a security alert.
    WrongForce,
    /// Lacks the reference: refused.
    LacksReference,
    /// An exercise: never to a real contact.
    Exercise,
    /// Long ago: counts as an earlier incident, never sent.
    History,
    /// A day's tally with the right numbers.
    TallyRight,
    /// A day's tally that counts one incident more than was published.
    TallyWrong,
}

/// How often each kind occurs in a thousand incidents; what is left goes to [`Case::RegisterExact`]. Each occurs at least once.
pub(super) const PER_THOUSAND: [(Case, usize); 41] = [
    (Case::OfficerAgrees, 170),
    (Case::OfficerDisagrees, 20),
    (Case::Misspelt, 30),
    (Case::Twin, 12),
    (Case::Namesake, 6),
    (Case::NurseryClass, 25),
    (Case::EarlyYears, 40),
    (Case::PreSchool, 25),
    (Case::TwoSettings, 8),
    (Case::EndedEnrolment, 15),
    (Case::Moved, 12),
    (Case::RestrictedEntry, 8),
    (Case::StaleRegister, 12),
    (Case::OfficerOnly, 18),
    (Case::NoSetting, 12),
    (Case::HomeEducated, 12),
    (Case::MissingEducation, 8),
    (Case::OverBorder, 6),
    (Case::RegisterUndated, 5),
    (Case::Unborn, 12),
    (Case::OverEighteen, 10),
    (Case::AgeOnly, 8),
    (Case::Restricted, 6),
    (Case::ProtectedAddress, 10),
    (Case::ConnectedAdult, 8),
    (Case::ContactInvolved, 4),
    (Case::NotToBeNotified, 4),
    (Case::NothingToLookUp, 5),
    (Case::NoChildren, 15),
    (Case::MarkedFields, 20),
    (Case::MarkedGuard, 4),
    (Case::Corrected, 25),
    (Case::CorrectedDrops, 6),
    (Case::Withdrawn, 10),
    (Case::WithdrawnFirst, 5),
    (Case::Repeated, 20),
    (Case::VersionConflict, 4),
    (Case::Unreadable, 3),
    (Case::WrongForce, 2),
    (Case::LacksReference, 3),
    (Case::Exercise, 3),
];

/// History comes in one load, so it has a share of its own.
pub(super) const HISTORY_PER_THOUSAND: usize = 10;

/// What must become of one child.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Must {
    /// The service finds the settings by itself.
    Itself,
    /// A person decides.
    Person,
    /// Both are allowed: it depends on how careful the rules are made. The settings must be right in either way.
    Either,
    /// Closed as not a child.
    NotAChild,
    /// Closed as withdrawn, or told before and then a task.
    Withdrawn,
    /// No longer named by a correction: closed, or told before and then a task.
    Dropped,
    /// Recorded and never sent: exercise or history.
    NeverSent,
}

/// One child of an incident with what must become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fate {
    /// The reference within the incident.
    pub child_ref: String,
    /// The child in [`crate::County::children`]; `None` for the unborn and for those over eighteen.
    pub child: Option<usize>,
    /// What must become of it.
    pub must: Must,
    /// The settings that the registers lead to, by their places in [`crate::County::settings`].
    pub listed: Vec<usize>,
    /// The settings where the child really is, which a person at the desk finds out.
    pub right: Vec<usize>,
}
