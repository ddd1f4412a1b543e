//! The configuration of a plan. `config/plans/default.toml` is the documentation of every field.

use jiff::SignedDuration;
use serde::Deserialize;

const DEFAULT: &str = include_str!("../../../../config/plans/default.toml");

/// A plan's rules, as a file states them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// Kept with every delivery.
    pub version: String,
    /// Who is sent to when.
    pub contacts: Contacts,
    /// When the desk telephones.
    pub call: Call,
    /// How often a put-off attempt is made again.
    pub retry: Retry,
    /// Whom a task is mailed to.
    pub escalation: Escalate,
    /// When a child that is still held alerts again.
    #[serde(default)]
    pub hold: HoldLeads,
}

/// Who is sent to when.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Contacts {
    /// From the first contact to the others, without `opened`.
    pub deputies_after: SignedDuration,
    /// The others' latest time before the call.
    pub deputies_before_call: SignedDuration,
}

/// When the desk telephones.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Call {
    /// From the call task to the due time.
    pub before_due: SignedDuration,
}

/// How often a put-off attempt is made again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Waits after the first, second ... attempt; the last repeats.
    pub steps: Vec<SignedDuration>,
    /// Before the due time a wait is at most the time left divided by this.
    pub share_of_time_left: i32,
    /// What nearness never shortens a wait below.
    pub near_due_gap: SignedDuration,
    /// The longest wait after the due time.
    pub after_due_gap: SignedDuration,
    /// How long after the due time (or a later first attempt) it is given up.
    pub after_due_for: SignedDuration,
    /// The longest wait that a server is given because it asked.
    pub asked_wait_max: SignedDuration,
    /// The bound on attempts of one delivery.
    pub attempts_max: u32,
}

/// Whom a task is mailed to while nobody claims it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Escalate {
    /// From the duty address to the second one.
    pub second_after: SignedDuration,
    /// Between repeats to both.
    pub repeat_every: SignedDuration,
    /// The bound on repeats.
    pub repeats_max: u32,
}

/// When a child that is still held alerts again.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoldLeads {
    /// Times before its due time. At the shortest one the authority's officer for the home is told as well.
    pub leads: Vec<SignedDuration>,
}

impl Default for HoldLeads {
    fn default() -> Self {
        Self { leads: vec![SignedDuration::from_hours(2), SignedDuration::from_hours(1)] }
    }
}

impl Rules {
    /// Reads a plan's file.
    ///
    /// # Errors
    /// When the text is no TOML, a field is missing, unknown or of the wrong form. Ask [`Rules::check`] besides.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self::parse(DEFAULT).expect("the compiled-in default is tested to read")
    }
}
