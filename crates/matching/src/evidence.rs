//! Why it was decided so: what was compared with what. Stored sealed only.

use encompass_core::id::{EntryId, LoadId, RegisterId, SettingId};
use encompass_core::state::Hold;
use serde::{Deserialize, Serialize};

use crate::adult::Tie;
use crate::entry::Written;

/// How one field compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Known on both sides and the same.
    Agrees,
    /// Known on both sides and not the same.
    Differs,
    /// Not known on one side.
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

/// One candidate, weighed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weighed {
    /// The entry.
    pub entry: EntryId,
    /// Its register.
    pub register: RegisterId,
    /// The register's version.
    pub load: LoadId,
    /// Who it is, as the register writes them.
    pub written: Written,
    /// Whether it fits exactly.
    pub fits: bool,
    /// Names.
    pub names: Compared,
    /// Birth date.
    pub birth_date: Compared,
    /// Postcode.
    pub postcode: Compared,
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
}

/// Everything that a decision rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
            0 => format!("No entry fits exactly; {} come near.", self.candidates.len()),
            1 => "One entry fits exactly.".to_owned(),
            several => format!("{several} entries fit exactly."),
        };
        let entries = self.candidates.iter().enumerate();
        [officer, found]
            .into_iter()
            .chain(entries.map(|(place, candidate)| candidate.sentence(place + 1)))
            .collect()
    }

    /// Every setting that a candidate is on roll at now, and the officer's.
    pub fn possible_settings(&self) -> Vec<SettingId> {
        let enrolments = self.candidates.iter().flat_map(|candidate| &candidate.enrolments);
        let current = enrolments.filter(|seen| seen.standing == Standing::Current).map(|seen| seen.setting);
        let mut settings: Vec<SettingId> = current.chain(self.officer.iter().copied()).collect();
        settings.sort_unstable();
        settings.dedup();
        settings
    }
}

impl Weighed {
    fn sentence(&self, number: usize) -> String {
        let fields = [
            ("names", self.names),
            ("birth date", self.birth_date),
            ("postcode", self.postcode),
            ("pupil number", self.upn),
            ("NHS number", self.nhs_number),
            ("officer's setting", self.officer),
        ];
        let mut parts: Vec<String> =
            fields.iter().map(|(name, compared)| format!("{name} {}", compared.words())).collect();
        parts.extend(self.enrolments.iter().map(|seen| seen.standing.words().to_owned()));
        parts.extend(self.is_stale.then(|| "the register is past its stated age".to_owned()));
        parts.extend(self.is_restricted.then(|| "for named people only".to_owned()));
        format!("Entry {number}: {}.", parts.join("; "))
    }
}
