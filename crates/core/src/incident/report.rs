//! A whole incident as reported or corrected.

use jiff::Timestamp;
use serde_json::Value;

use super::children::Children;
use super::fields::Condition;
use super::mark::{Mark, Pointer, Problem};
use super::number::Version;
use super::person::{Address, Adult};
use super::reading::{Personal, Readable, Reading};
use super::record::record;
use super::safety::{Referrals, Safety};
use super::stated::Stated;
use super::text::{Key, Label, Prose};
use super::words::{Abuse, ChildrenChecked, RiskGrade, words};
use super::{CHILDREN_MAX, CLOCK_SKEW};
use crate::event::{Refusal, RefusalKind};

record! {
    /// One police-attended domestic abuse incident, as it is known in this version.
    Incident as "incident" {
        /// The force's name in the service's configuration, as in `hertfordshire`.
        required force: Key,
        /// The police reference of the incident, the same in every version. It is shown to settings, so no names in it.
        required reference: Key,
        /// A whole number that rises with every event about this incident. Absent: the event's `time` in
        /// milliseconds. Either always or never given by one system.
        stated version: Version,
        /// When the force attended or was told: the moment from which the time to notify runs.
        stated known_at: Timestamp,
        /// When it happened.
        stated happened: Happened,
        /// When it was recorded.
        stated recorded_at: Timestamp,
        /// When this version was published.
        stated published_at: Timestamp,
        /// What sort of incident it is, in the force's own words.
        stated kind: Label,
        /// The forms of abuse.
        stated abuse: Vec<Abuse>,
        /// The risk grade. It never decides whether to notify.
        stated risk_grade: RiskGrade,
        /// Where it happened.
        stated place: Address,
        /// What happened.
        stated circumstances: Prose,
        /// What police did.
        stated action_taken: Prose,
        /// How everybody is kept safe for now.
        stated safety_plan: SafetyPlan,
        /// Earlier incidents that police know of.
        stated earlier_incidents: EarlierIncidents,
        /// The team to ask, not an officer.
        stated team: Label,
        /// What police found when they asked for children.
        stated children_checked: ChildrenChecked,
        /// Whether this is an exercise: it never goes to a real contact and is counted apart.
        guarded exercise: bool,
        /// Whether this is history: it counts as an earlier incident and is never sent.
        guarded history: bool,
        /// The adults.
        guarded adults: Vec<Adult>,
        /// What keeps people safe when a setting is told.
        guarded safety: Safety,
        /// Whom else police told.
        stated referrals: Referrals,
        /// The children: all who live with the victim or the suspect, whether they were there or not.
        stated children: Children,
    }
    any_of [Condition::HasItems("children"), Condition::Is("children_checked", "none")]
    derived {
        /// What was set aside or mended.
        marks: Vec<Mark>,
        /// How many more marks there would have been.
        marks_left_out: usize,
        /// Whether something that protects people of this incident, or says that nothing may be sent, could not be
        /// read, so that a person looks before a send. See also [`super::Child::guard_unread`].
        guard_unread: bool,
    }
}

record! {
    /// When it happened; both the same for a moment.
    Happened as "happened" {
        /// The beginning.
        stated from: Timestamp,
        /// The end.
        stated to: Timestamp,
    }
}

record! {
    /// How everybody is kept safe for now.
    SafetyPlan as "safety_plan" {
        /// Whether there is a plan.
        stated in_place: bool,
        /// What it is.
        stated text: Prose,
    }
}

record! {
    /// Earlier incidents that police know of.
    EarlierIncidents as "earlier_incidents" {
        /// How many.
        stated count: u32,
        /// The day of the latest.
        stated latest: super::date::PartialDate,
        /// What they were.
        stated text: Prose,
    }
}

words! {
    /// Which of an incident's times it counts as known from.
    KnownBy {
        /// When the force attended or was told.
        KnownAt = "known_at",
        /// When it was recorded.
        RecordedAt = "recorded_at",
        /// When it was published.
        PublishedAt = "published_at",
        /// When we received it, because it says none of the others.
        Received = "received",
    }
}

impl Incident {
    /// Reads the data of a reported or corrected event received at a moment.
    ///
    /// # Errors
    ///
    /// A refusal when there is no force or reference, when there is no child and nobody said that there is none, or
    /// when there are more than [`CHILDREN_MAX`] children: none may be left out.
    pub fn parse(data: &Value, received_at: Timestamp) -> Result<Self, Refusal> {
        let mut at = Reading::new(received_at);
        check_list_of_children(data)?;
        let Some(mut incident) = Self::read(data, &mut at) else { return Err(lacking(&at)) };
        incident.check_children(&mut at)?;
        if let Stated::Known(children) = &mut incident.children {
            let adults = incident.adults.items();
            children.finish(adults, &at);
        }
        incident.guard_unread = at.guard_unread;
        incident.marks_left_out = at.marks_left_out;
        incident.marks = at.marks;
        Ok(incident)
    }

    fn check_children(&self, at: &mut Reading) -> Result<(), Refusal> {
        let none = self.children_checked.known() == Some(&ChildrenChecked::None);
        if none && !self.children().is_empty() {
            at.mark_property("children_checked", Problem::Contradicts, ChildrenChecked::KIND);
        }
        if !none && self.children().is_empty() {
            let advice = "Name at least one child, or say children_checked: \"none\".";
            return Err(Refusal::new(RefusalKind::NothingToLookUp, Some(Pointer::to("children")), advice));
        }
        Ok(())
    }

    /// The children, in the order of the list.
    pub fn children(&self) -> &[super::Child] {
        self.children.known().map_or(&[], |children| children)
    }

    /// The adults, in the order of the list without those that could not be read.
    pub fn adults(&self) -> &[Adult] {
        self.adults.items()
    }

    /// From when the time to notify runs, and by which of the incident's times: when the force attended or was told,
    /// else when it recorded, else when it published it; never when it happened, which may be years ago, and never
    /// later than our receipt. Where the first of them that was said can't be used, such as a future time or one
    /// without an offset, it is our receipt: the clock that wrote it is not to be trusted with the others.
    pub fn known_at(&self, received_at: Timestamp) -> (Timestamp, KnownBy) {
        let times = [
            (&self.known_at, KnownBy::KnownAt),
            (&self.recorded_at, KnownBy::RecordedAt),
            (&self.published_at, KnownBy::PublishedAt),
        ];
        let first = times.into_iter().find(|(time, by)| time.is_known() || self.is_marked(by.word()));
        match first.map(|(time, by)| (time.known(), by)) {
            Some((Some(time), by)) => ((*time).min(received_at), by),
            Some((None, _)) | None => (received_at, KnownBy::Received),
        }
    }

    /// Whether a field of the incident itself was set aside.
    fn is_marked(&self, property: &'static str) -> bool {
        self.marks.iter().any(|mark| mark.pointer == Pointer::to(property))
    }

    /// The number of this version; see [`version_or_time`].
    pub fn version(&self, event_time: Option<Timestamp>, arrived_at: Timestamp) -> i64 {
        version_or_time(self.version.known().copied(), event_time, arrived_at)
    }

    /// Every text of this incident that is about a person, for tests that search for leaks. Months and years alone
    /// are left out, they are everywhere, as are the names of settings, which stand in the directory as well.
    pub fn personal_strings(&self) -> Vec<String> {
        let mut texts = Vec::new();
        self.personal(&mut texts);
        texts
    }
}

/// Refuses what would have to be set aside with children in it.
fn check_list_of_children(data: &Value) -> Result<(), Refusal> {
    let refused = |kind, advice| Err(Refusal::new(kind, Some(Pointer::to("children")), advice));
    match data.get("children") {
        None | Some(Value::Null) => Ok(()),
        Some(Value::Array(items)) if items.len() <= CHILDREN_MAX => Ok(()),
        Some(Value::Array(_)) => {
            refused(RefusalKind::TooLarge, format!("One incident may name at most {CHILDREN_MAX} children."))
        }
        Some(_) => refused(RefusalKind::NothingToLookUp, format!("Expected: {}.", Children::KIND.in_words())),
    }
}

/// The number of a version: as stated where that can be read, else the event's time in milliseconds since 1970, else
/// that of its arrival (the broker's timestamp, so that a replay gives the same). A time after the arrival would outrank
/// every later version, so it is not used.
pub fn version_or_time(stated: Option<Version>, event_time: Option<Timestamp>, arrived_at: Timestamp) -> i64 {
    let time = usable(event_time, arrived_at).unwrap_or(arrived_at);
    stated.map_or(time.as_millisecond(), |Version(number)| number)
}

/// An event's time, unless it lies after its arrival.
pub(crate) fn usable(event_time: Option<Timestamp>, arrived_at: Timestamp) -> Option<Timestamp> {
    let latest = arrived_at.saturating_add(CLOCK_SKEW).unwrap_or(Timestamp::MAX);
    event_time.filter(|time| *time <= latest)
}

/// Whether a number may be one that [`version_or_time`] made of a time, from September 2001 to November 2286, rather than
/// one that a system counts. Of an incident that has both it is not certain which version holds.
pub fn is_time_made(version: i64) -> bool {
    (1_000_000_000_000..10_000_000_000_000).contains(&version)
}

/// The refusal of data whose reading ended at something required.
pub(crate) fn lacking(at: &Reading) -> Refusal {
    match &at.last_mark {
        Some(mark) if mark.pointer != Pointer::default() => {
            Refusal::new(RefusalKind::MissingRequired, Some(mark.pointer.clone()), mark.advice())
        }
        _ => Refusal::new(RefusalKind::Unreadable, None, "The data of the event is not a JSON object."),
    }
}

/// What data names itself as, where that can be read at all: for a refusal, and for checking who may say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The force that it names.
    pub force: Option<Key>,
    /// The police reference that it names.
    pub reference: Option<Key>,
}

impl Named {
    /// Reads the two from the data of any event.
    pub fn of(data: &Value) -> Self {
        let key = |name| Key::read(data.get(name)?, &mut Reading::new(Timestamp::MAX));
        Self { force: key("force"), reference: key("reference") }
    }
}
