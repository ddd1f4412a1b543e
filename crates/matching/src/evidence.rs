//! Why it was decided so: what was compared with what. Stored sealed only.

use std::collections::BTreeSet;

use encompass_core::id::{EntryId, LoadId, RegisterId, SettingId};
use encompass_core::state::Hold;
use serde::{Deserialize, Serialize};

use crate::adult::Tie;
use crate::entry::Written;
use crate::population::{Kind, Version};
use crate::rule::Confirmation;
use crate::weigh::Field;

/// How one field compares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Known on both sides and the same.
    Agrees,
    /// Known on both sides and not the same.
    Differs,
    /// Not known on one side.
    #[default]
    NotKnown,
}

impl From<bool> for Compared {
    fn from(agrees: bool) -> Self {
        if agrees { Self::Agrees } else { Self::Differs }
    }
}

impl Compared {
    const fn words(self) -> &'static str {
        match self {
            Self::Agrees => "agrees",
            Self::Differs => "differs",
            Self::NotKnown => "not known on one side",
        }
    }
}

/// How an enrolment stands on the day of the due time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// On roll.
    Current,
    /// No longer on roll.
    Ended,
    /// Not yet on roll.
    NotBegun,
    /// A guest, registered elsewhere.
    Guest,
    /// The setting is closed or not in the directory.
    NotOpen,
    /// The setting said that the child is not there.
    Excluded,
}

impl Standing {
    /// Whether the register has the child there on that day, whatever the setting said.
    pub const fn is_on_roll(self) -> bool {
        matches!(self, Self::Current | Self::Excluded)
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Current => "on roll",
            Self::Ended => "no longer on roll",
            Self::NotBegun => "not yet on roll",
            Self::Guest => "a guest there",
            Self::NotOpen => "on roll at a setting that is closed or not in the directory",
            Self::Excluded => "on roll at a setting that said that the child is not there",
        }
    }
}

/// One enrolment as it was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// The setting.
    pub setting: SettingId,
    /// How it stood.
    pub standing: Standing,
    /// Whether an adult of the incident is a contact there.
    pub tie: Tie,
}

/// What the search among everybody on one register made of one candidate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scored {
    /// Natural logarithm of the odds that it is this child, over everybody else on the register and nobody.
    pub score: f64,
    /// Probability that it is this child.
    pub probability: f64,
    /// Whether decided cases have earned that such a score is sent without a person.
    pub is_earned: bool,
    /// The keys that found it; none for somebody of the household of another.
    pub found_by: Vec<Kind>,
    /// What each field says.
    pub fields: Vec<Field>,
}

/// One register, searched.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Searched {
    /// The register.
    pub register: RegisterId,
    /// Its version.
    pub load: LoadId,
    /// Who was on it in memory: the same everywhere for the same version.
    pub version: Version,
    /// Which parameters weighed.
    pub parameters: String,
    /// The lowest score that is sent by itself; `None` while only exact agreement is.
    pub threshold: Option<f64>,
    /// How far the best candidate is above the second, in log-odds; `None` without a second.
    pub margin: Option<f64>,
    /// Probability that the child is not on it.
    pub none: f64,
}

/// One candidate, weighed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    /// The entry.
    pub entry: EntryId,
    /// Its register.
    pub register: RegisterId,
    /// The register's version.
    pub load: LoadId,
    /// Who it is, as the register writes them.
    pub written: Written,
    /// Whether it fits exactly, or so well that decided cases have earned it to be sent.
    pub fits: bool,
    /// Names.
    pub names: Compared,
    /// Birth date.
    pub birth_date: Compared,
    /// Postcode.
    pub postcode: Compared,
    /// Whole addresses, now and before.
    #[serde(default)]
    pub home: Compared,
    /// Unique pupil number.
    pub upn: Compared,
    /// NHS number.
    pub nhs_number: Compared,
    /// Whether the officer's setting is one of its own.
    pub officer: Compared,
    /// Whether the register is past its stated age.
    pub is_stale: bool,
    /// Whether it is for named people only.
    pub is_restricted: bool,
    /// Where it is on roll.
    pub enrolments: Vec<Seen>,
    /// What the search made of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scored: Option<Scored>,
}

/// Everything that a decision rests on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// Why a person decides; the first stands above the others. Empty for a match.
    pub reasons: Vec<Hold>,
    /// The settings that the officer's word can mean.
    pub officer: Vec<SettingId>,
    /// Whether the officer said anything of use about the setting.
    pub officer_spoke: bool,
    /// The entries that were looked at, those that fit first.
    pub candidates: Vec<Weighed>,
    /// The settings that would have been told.
    pub settings: Vec<SettingId>,
    /// The registers that were searched.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub searched: Vec<Searched>,
}

impl Evidence {
    /// The evidence in sentences, without anybody's name.
    pub fn sentences(&self) -> Vec<String> {
        let officer = match (self.officer_spoke, self.officer.len()) {
            (false, _) => "The officer named no setting.".to_owned(),
            (true, 0) => "The directory has no setting of the name that the officer wrote.".to_owned(),
            (true, 1) => "The directory has one setting of the name that the officer wrote.".to_owned(),
            (true, several) => {
                format!("The directory has {several} settings of the name that the officer wrote.")
            }
        };
        let found = match self.candidates.iter().filter(|candidate| candidate.fits).count() {
            0 => format!("No entry fits; {} come near.", self.candidates.len()),
            1 => "One entry fits.".to_owned(),
            several => format!("{several} entries fit."),
        };
        let entries = self.candidates.iter().enumerate();
        [officer, found]
            .into_iter()
            .chain(self.namesake().map(str::to_owned))
            .chain(entries.map(|(place, candidate)| candidate.sentence(place + 1)))
            .collect()
    }

    /// What is to be known of a child whom a person decides on because somebody fits who lives elsewhere.
    pub fn namesake(&self) -> Option<&'static str> {
        self.reasons.contains(&Hold::Namesake).then_some(
            "Names and birth date agree, but the home is another: it may be a namesake. Neither the officer's setting, nor a \
             pupil or NHS number, nor a brother or sister named in the incident who is of the same household says that it \
             is the child.",
        )
    }

    /// Every setting that somebody who is likely the child is on roll at now, the likeliest first, and the officer's.
    pub fn possible_settings(&self) -> Vec<SettingId> {
        let is_likely = |candidate: &&Weighed| {
            candidate.fits || candidate.scored.as_ref().is_none_or(|scored| scored.score > 0.0)
        };
        let enrolments = self.candidates.iter().filter(is_likely).flat_map(|candidate| &candidate.enrolments);
        let current = enrolments.filter(|seen| seen.standing == Standing::Current).map(|seen| seen.setting);
        let mut seen = BTreeSet::new();
        current.chain(self.officer.iter().copied()).filter(|setting| seen.insert(*setting)).collect()
    }
}

impl Scored {
    fn sentence(&self) -> String {
        let earned = if self.is_earned { ", enough to be sent" } else { "" };
        format!("{} points{earned}", points(self.score))
    }
}

/// Log-odds as a person reads them: ten points more are ten times the odds, and 30 are one wrong in a thousand.
#[expect(clippy::cast_possible_truncation, reason = "held within what an i32 has")]
pub fn points(log_odds: f64) -> i32 {
    (log_odds * 10.0 / std::f64::consts::LN_10).round().clamp(-999.0, 999.0) as i32
}

/// Points as log-odds.
pub fn score_of(points: u16) -> f64 {
    f64::from(points) * std::f64::consts::LN_10 / 10.0
}

impl Weighed {
    /// Whether a pupil or NHS number compares so.
    pub fn has_number(&self, compared: Compared) -> bool {
        [self.upn, self.nhs_number].contains(&compared)
    }

    /// Whether decided cases have earned its score to be sent.
    pub fn is_earned(&self) -> bool {
        self.scored.as_ref().is_some_and(|scored| scored.is_earned)
    }

    /// Whether there is what an exact agreement takes besides, or an earned score, which takes nothing.
    pub fn is_confirmed(&self, confirmation: Confirmation) -> bool {
        let is_home_enough = confirmation == Confirmation::Postcode && self.postcode == Compared::Agrees;
        is_home_enough
            || self.has_number(Compared::Agrees)
            || self.is_earned()
            || self.officer == Compared::Agrees
    }

    fn sentence(&self, number: usize) -> String {
        let fields = [
            ("names", self.names),
            ("birth date", self.birth_date),
            ("postcode", self.postcode),
            ("home", self.home),
            ("pupil number", self.upn),
            ("NHS number", self.nhs_number),
            ("officer's setting", self.officer),
        ];
        let mut parts: Vec<String> =
            fields.iter().map(|(name, compared)| format!("{name} {}", compared.words())).collect();
        parts.extend(self.scored.as_ref().map(Scored::sentence));
        parts.extend(self.enrolments.iter().map(|seen| seen.standing.words().to_owned()));
        parts.extend(self.is_stale.then(|| "the register is past its stated age".to_owned()));
        parts.extend(self.is_restricted.then(|| "for named people only".to_owned()));
        format!("Entry {number}: {}.", parts.join("; "))
    }
}
