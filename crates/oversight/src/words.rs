//! Words of ours as people read them. The sentence says what the reader can do about it.

use encompass_core::state::{Hold, Reason, SettingKind, TaskKind};

/// Why a child waits.
pub(crate) const fn hold(hold: Hold) -> &'static str {
    match hold {
        Hold::Unresolved => "Not looked at yet",
        Hold::NoMatch => "No entry on a register fits",
        Hold::SeveralMatches => "More than one entry fits",
        Hold::Unconfirmed => "An entry fits, but what has to confirm it does not",
        Hold::Namesake => "Names and birth date agree, but the home is another: it may be a namesake",
        Hold::SwitchedOff => "Sending without a person is switched off for this register",
        Hold::Unsure => "Somebody on a register is likely the child, but not surely",
        Hold::SettingsDisagree => "Register and officer name different settings",
        Hold::ImplausibleAge => "The register has the child at a setting for other ages",
        Hold::EnrolmentEnded => "The child is no longer, or not yet, on roll there",
        Hold::NoEnrolment => "The child is on roll at no setting that can be told",
        Hold::RegisterStale => "The register is too old to be trusted",
        Hold::NoRegister => "No register is licensed to your force",
        Hold::ConnectedAdult => "An adult in the incident may be connected with the setting",
        Hold::Restricted => "For named people only",
        Hold::ProtectedAddress => "A protected address is in play",
        Hold::NothingToLookUp => "Nothing to look the child up by",
        Hold::Unborn => "Not born yet: the pregnant adult is the subject",
        Hold::NotToBeNotified => "Police ask that nobody is told",
        Hold::GuardUnread => "What protects people in it could not be read",
        Hold::Restored => "Decided before the store was restored from a copy; decide again",
        Hold::NotHere => "The setting said that the child is not there",
        Hold::Left => "The setting said that the child has left",
        Hold::MaybeAdult => "Looks to be 18 or over",
    }
}

/// Why a child was closed.
pub(crate) const fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::NotAChild => "Not a child",
        Reason::Withdrawn => "Withdrawn by police",
        Reason::Duplicate => "Duplicate",
        Reason::NoSetting => "No setting that can be told",
        Reason::HandedOver => "Handed over",
        Reason::Exercise => "Exercise",
        Reason::History => "History",
        Reason::Unsafe => "Telling would put somebody in danger",
        Reason::Other => "Other",
    }
}

/// What a task asks.
pub(crate) const fn task(kind: TaskKind) -> &'static str {
    match kind {
        TaskKind::Hold => "Decide which setting a held child belongs to",
        TaskKind::Call => "Telephone a setting",
        TaskKind::DeadLetter => "Deal with a refused message",
        TaskKind::Corrected => "Look at a correction that came after telling",
        TaskKind::Withdrawn => "Look at a withdrawal that came after telling",
        TaskKind::NoLongerNamed => "Look at a child that is no longer named",
        TaskKind::VersionOrder => "Look at which version of an incident holds",
        TaskKind::WrongSetting => "Put right what a wrong setting was told",
        TaskKind::TellBesides => "Find who else is to be told of a child",
        TaskKind::HandedOver => "Take over a child from another force",
        TaskKind::Withheld => "Look at free text that was kept back from a setting",
        TaskKind::BadContact => "Find or verify a contact",
        TaskKind::WrongForce => "A sender named a force that it may not speak for",
        TaskKind::TallyDifference => "The police counted otherwise than we",
        TaskKind::Narrowed => "Wrong matches: less is sent without a person from now on",
        TaskKind::FeedGap => "Messages of a topic are missing",
        TaskKind::Stuck => "Something is stuck",
    }
}

/// What kind of setting it is.
pub(crate) const fn setting_kind(kind: SettingKind) -> &'static str {
    match kind {
        SettingKind::School => "School",
        SettingKind::College => "College",
        SettingKind::EarlyYears => "Nursery or early years",
        SettingKind::Childminder => "Childminder",
        SettingKind::HealthVisiting => "Health visiting",
        SettingKind::Maternity => "Maternity safeguarding",
        SettingKind::Authority => "Local authority",
        SettingKind::Force => "Police force",
    }
}

/// A word of ours whose underscores are spaces, with a capital.
pub(crate) fn plain(word: &str) -> String {
    let text = word.replace('_', " ");
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// What was just done, by the word that a redirect carries; other words say nothing.
pub(crate) fn done(word: &str) -> Option<&'static str> {
    Some(match word {
        "decided" => "Decided. The setting is told as soon as it can be.",
        "closed" => "The child is closed. Nobody is told.",
        "handed-over" => "Handed over.",
        "claimed" => "The task is yours.",
        "released" => "The task is free for others again.",
        "settled" => "The task is settled.",
        "told" => "Recorded: told and acknowledged by telephone.",
        "tried" => "Recorded. The task stays open.",
        "not-here" => "Recorded. The child is held again and waits for a decision.",
        "put-back" => "The message was taken.",
        "letter-closed" => "The message is closed.",
        "contact-added" => "Contact added. It is used once it is verified.",
        "contact-verified" => "The contact is verified.",
        "contact-mailed" => "A link and a code are on their way to the contact.",
        "contact-retired" => "The contact is retired. Nothing is sent to it any more.",
        "contact-changed" => "A new contact with the new address was made. It is used once it is verified.",
        "asked" => "Your question is kept. The child stays held until the force has answered.",
        "answered" => "The answer is kept. Decide now.",
        "parted" => "The candidates stand as two children again.",
        "match-reviewed" => "Your verdict is recorded.",
        "match-wrong" => "Recorded. The desk is asked to put it right at once.",
        "automatic-set" => "Set. It holds for the next child.",
        "reviewed" => "Your answers are recorded.",
        _ => return None,
    })
}

/// Who did something, as in the audit log, for people: `staff:ada` is "ada".
pub(crate) fn actor(actor: &str) -> &str {
    match actor.split_once(':') {
        Some(("staff" | "service" | "system" | "command", name)) => name,
        Some(("contact", _)) => "a contact",
        _ => actor,
    }
}

/// A word of ours as in [`plain`], or a dash where there is none.
pub(crate) fn plain_or_dash(word: &str) -> String {
    if word.is_empty() { "–".to_owned() } else { plain(word) }
}
