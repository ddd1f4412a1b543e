//! The states things are in and the words for them: one word in code, SQL, metrics, logs and on pages.

use serde::{Deserialize, Serialize};

/// An enum whose every variant has one word, written the same wherever it is stored, counted or shown.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $name { $($(#[$doc])* #[serde(rename = $word)] $variant,)+ }

        impl $name {
            /// Every variant, in the order in which a person should read them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word for it.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = UnknownWord;

            fn from_str(word: &str) -> Result<Self, UnknownWord> {
                match word { $($word => Ok(Self::$variant),)+ _ => Err(UnknownWord(stringify!($name))) }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

pub(crate) use words;

/// A stored or received word that this version does not know. It names the kind of word, never the word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a word for a {0}")]
pub struct UnknownWord(pub &'static str);

words! {
    /// Where a child stands. Exactly one at any moment (promise 1).
    ChildState {
        /// Waits for the resolver or for a person.
        Held = "held",
        /// Has one or more notifications.
        Notified = "notified",
        /// Another force or authority accepted the child.
        HandedOver = "handed_over",
        /// Closed with a [`Reason`].
        Closed = "closed",
    }
}

words! {
    /// Why a child was closed without being told. The last two by a named person only.
    Reason {
        /// 18 or over, or not a child at all.
        NotAChild = "not_a_child",
        /// The police withdrew the incident, or a correction no longer names the child.
        Withdrawn = "withdrawn",
        /// The same child under another reference.
        Duplicate = "duplicate",
        /// Belongs to no setting that can be told.
        NoSetting = "no_setting",
        /// Accepted by another force or authority.
        HandedOver = "handed_over",
        /// An exercise: never sent to a real contact, counted apart.
        Exercise = "exercise",
        /// History: counts as an earlier incident, never sent.
        History = "history",
        /// Telling would put somebody in danger.
        Unsafe = "unsafe",
        /// Something else, in the person's own words.
        Other = "other",
    }
}

impl Reason {
    /// Whether only a named person may close a child for this reason.
    pub const fn needs_a_person(self) -> bool {
        matches!(self, Self::Unsafe | Self::Other)
    }
}

words! {
    /// Why a child or a notification waits for a person.
    Hold {
        /// The resolver has not looked yet.
        Unresolved = "unresolved",
        /// No entry fits.
        NoMatch = "no_match",
        /// More than one entry fits.
        SeveralMatches = "several_matches",
        /// One entry fits on name and birth date, but nothing confirms the setting.
        Unconfirmed = "unconfirmed",
        /// Names and birth date agree, but the home is another, and nothing else says that it is the child.
        Namesake = "namesake",
        /// Somebody on a register is likely the child, and not surely.
        Unsure = "unsure",
        /// Register and officer name different settings.
        SettingsDisagree = "settings_disagree",
        /// The child is older or younger than the children of the setting on the register.
        ImplausibleAge = "implausible_age",
        /// The enrolment has ended or has not begun.
        EnrolmentEnded = "enrolment_ended",
        /// The entry has no enrolment at a setting that can be told.
        NoEnrolment = "no_enrolment",
        /// The register is past its stated age.
        RegisterStale = "register_stale",
        /// No register is licensed to the force.
        NoRegister = "no_register",
        /// An adult in the incident is, or may be, a contact of the setting, or is marked as connected with it.
        ConnectedAdult = "connected_adult",
        /// The case or the register's entry is for named people only.
        Restricted = "restricted",
        /// A protected address is in play.
        ProtectedAddress = "protected_address",
        /// Nothing to look the child up by.
        NothingToLookUp = "nothing_to_look_up",
        /// Not born yet: the pregnant adult is the subject.
        Unborn = "unborn",
        /// The police ask that the child is not notified; a person confirms it.
        NotToBeNotified = "not_to_be_notified",
        /// The setting said that the child is not there.
        NotHere = "not_here",
        /// The setting said that the child has left.
        Left = "left",
        /// The child looks to be 18 or over.
        MaybeAdult = "maybe_adult",
        /// Something that protects people of the case could not be read.
        GuardUnread = "guard_unread",
        /// A named person, or wrong matches, have switched off that matches on the register are sent without one.
        SwitchedOff = "switched_off",
        /// The store was restored from an older copy, and what a person had decided since is not all known.
        Restored = "restored",
    }
}

words! {
    /// What kind of place or team a setting is.
    SettingKind {
        /// School, nursery classes and reception included (s.49A).
        School = "school",
        /// Further-education institution or 16 to 19 academy (s.49A).
        College = "college",
        /// Nursery or other early-years provider.
        EarlyYears = "early_years",
        /// Childminder.
        Childminder = "childminder",
        /// Health-visiting team.
        HealthVisiting = "health_visiting",
        /// Maternity safeguarding team.
        Maternity = "maternity",
        /// A local authority's responsible officer.
        Authority = "authority",
        /// Another police force.
        Force = "force",
    }
}

impl SettingKind {
    /// Whether its clock is a school day; teams, authorities and forces have working days.
    pub const fn has_school_days(self) -> bool {
        matches!(self, Self::School | Self::College | Self::EarlyYears | Self::Childminder)
    }

    /// Whether s.49A Domestic Abuse Act 2021 names this kind as a relevant establishment.
    pub const fn is_relevant_establishment(self) -> bool {
        matches!(self, Self::School | Self::College)
    }
}

words! {
    /// How it was decided which settings a child belongs to.
    ResolutionKind {
        /// By a register.
        Matched = "matched",
        /// By the officer's own word, confirmed against the directory.
        Stated = "stated",
        /// By a named person.
        Decided = "decided",
        /// To none, with a reason.
        None = "none",
    }
}

words! {
    /// Where a notification stands.
    NotificationState {
        /// Not yet accepted by any channel.
        Waiting = "waiting",
        /// A relay or endpoint took a delivery of it. Never called delivered.
        Sent = "sent",
        /// The setting has been shown the content.
        Opened = "opened",
        /// A named person there said "I have it".
        Acknowledged = "acknowledged",
        /// Closed without that, with a [`NotificationEnd`].
        Closed = "closed",
    }
}

words! {
    /// Why a notification was closed without being acknowledged.
    NotificationEnd {
        /// The police withdrew the incident or the child.
        Withdrawn = "withdrawn",
        /// A correction came before the setting was told, and left it open who has to be, or that anybody has.
        Corrected = "corrected",
        /// The setting said that the child is not there.
        NotHere = "not_here",
        /// The setting said that the child has left.
        Left = "left",
        /// A person closed it, with a reason on its task.
        ByPerson = "by_person",
    }
}

words! {
    /// How a setting is told.
    Channel {
        /// Thin mail with a link.
        Email = "email",
        /// Signed webhook to the setting's system.
        Webhook = "webhook",
        /// Spoken to.
        Telephone = "telephone",
    }
}

words! {
    /// What a delivery carries. Codes go ahead of all other mail.
    DeliveryKind {
        /// A code that opens a contact's notices.
        Code = "code",
        /// A thin notice that a notification waits.
        Notice = "notice",
        /// A link and code that verify a contact's address.
        Verification = "verification",
        /// A task's alert to the desk's duty address.
        Alert = "alert",
    }
}

impl DeliveryKind {
    /// Order of sending: smaller goes first.
    pub const fn priority(self) -> i64 {
        match self {
            Self::Code => 0,
            Self::Notice => 1,
            Self::Alert => 2,
            Self::Verification => 3,
        }
    }
}

words! {
    /// Where a delivery stands.
    DeliveryState {
        /// Waits for its next attempt.
        Queued = "queued",
        /// Claimed into a lease.
        Sending = "sending",
        /// Accepted by the relay or endpoint.
        Accepted = "accepted",
        /// Given up; a person has a task.
        Failed = "failed",
        /// Nothing is owed any more.
        Stopped = "stopped",
    }
}

words! {
    /// How an attempt ended. A value, never an exception.
    AttemptState {
        /// Begun under a claim; nothing known yet.
        Started = "started",
        /// The relay or endpoint took it. Never called delivered.
        Accepted = "accepted",
        /// Not now; worth another try.
        Deferred = "deferred",
        /// Refused for good.
        Rejected = "rejected",
        /// We were cut off: it may have been taken.
        Unknown = "unknown",
    }
}

words! {
    /// Whether a contact may be told.
    ContactState {
        /// Not verified; never used.
        Unverified = "unverified",
        /// Verified by link and code, or by a call that the desk recorded.
        Verified = "verified",
        /// Refused by its relay or endpoint; a task asks for a new one.
        Bad = "bad",
        /// No longer a contact.
        Retired = "retired",
    }
}

words! {
    /// What a person at the desk is asked to do.
    TaskKind {
        /// Decide which setting a held child belongs to.
        Hold = "hold",
        /// Telephone a setting that has not acknowledged or can't be sent to.
        Call = "call",
        /// Deal with a refused message.
        DeadLetter = "dead_letter",
        /// Look at a correction that came after something was told.
        Corrected = "corrected",
        /// Look at a withdrawal that came after something was told.
        Withdrawn = "withdrawn",
        /// Look at a child that a correction no longer names.
        NoLongerNamed = "no_longer_named",
        /// Look at an incident whose versions are numbered in two ways, so that their order is not certain.
        VersionOrder = "version_order",
        /// A setting said "not with us": put right what was disclosed.
        WrongSetting = "wrong_setting",
        /// Find who else is to be told of a child: by the routing table somebody is, and it is not clear who that is.
        TellBesides = "tell_besides",
        /// Take over a child that another force has handed over.
        HandedOver = "handed_over",
        /// Look at free text that was kept back from a setting.
        Withheld = "withheld",
        /// Find or verify a contact for a setting.
        BadContact = "bad_contact",
        /// A topic named a force that it may not speak for.
        WrongForce = "wrong_force",
        /// The police's tally and our count differ.
        TallyDifference = "tally_difference",
        /// A gap in a topic: its position was out of range.
        FeedGap = "feed_gap",
        /// The watchdog found stuck work.
        Stuck = "stuck",
        /// Wrong matches narrowed what is sent without a person: look at what was sent.
        Narrowed = "narrowed",
    }
}

words! {
    /// Where a task stands.
    TaskState {
        /// Nobody has taken it.
        Open = "open",
        /// A named person has taken it.
        Claimed = "claimed",
        /// Settled; how is recorded.
        Settled = "settled",
    }
}

words! {
    /// What a member of staff may do. An account may have several.
    Role {
        /// Works held children, tasks, dead letters and contacts of its forces and areas.
        Desk = "desk",
        /// Answers quality reviews of sampled notifications.
        Reviewer = "reviewer",
        /// Sees figures; no child.
        Leader = "leader",
        /// Operates the service; no child.
        Operator = "operator",
    }
}

words! {
    /// Where a refused message stands.
    RefusedState {
        /// Waits for a person.
        Open = "open",
        /// Put back through our own acceptance, as it was or mended.
        PutBack = "put_back",
        /// Closed by a named person.
        Closed = "closed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_reads_back_as_itself() {
        for state in ChildState::ALL {
            assert_eq!(state.as_str().parse(), Ok(*state));
        }
        for kind in TaskKind::ALL {
            assert_eq!(kind.as_str().parse(), Ok(*kind));
        }
        assert_eq!("nothing_happened".parse::<Reason>(), Err(UnknownWord("Reason")));
    }

    #[test]
    fn unsafe_and_other_need_a_named_person() {
        let by_person: Vec<_> = Reason::ALL.iter().filter(|reason| reason.needs_a_person()).collect();
        assert_eq!(by_person, [&Reason::Unsafe, &Reason::Other]);
    }

    #[test]
    fn codes_go_ahead_of_all_other_mail() {
        assert!(DeliveryKind::ALL.iter().all(|kind| kind.priority() >= DeliveryKind::Code.priority()));
    }
}
