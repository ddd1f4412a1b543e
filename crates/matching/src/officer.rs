//! The setting that the officer was told, held against the directory.

use encompass_core::id::SettingId;
use encompass_core::state::SettingKind;

use crate::normalise::setting_name;
use crate::setting::{Findings, Said, Wording};

/// What the officer wrote, as far as the directory knows it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Officer {
    /// The settings that it can mean. One: it can confirm.
    pub settings: Vec<SettingId>,
    said: Said,
}

/// How the officer's word stands to the settings of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Nothing was said that tells settings apart.
    Silent,
    /// It names exactly one setting and means it, which is among them, or says that the child is taught at home, as its list has it.
    Confirms,
    /// It can mean one of them.
    Fits,
    /// It means another, or says that the child is at none, or not at these.
    Disagrees,
}

/// A setting of a register's entry.
#[derive(Clone, Copy, Debug)]
pub(crate) struct At<'a> {
    pub setting: SettingId,
    pub kind: SettingKind,
    pub wording: &'a Wording,
    /// Whether the child is on its list of those who are taught at home.
    pub is_home_educated: bool,
}

/// How a text is looked up: by names, each with a town where one was written, and by school numbers.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Query {
    /// Normalised names, each with a normalised town.
    pub names: Vec<(String, Option<String>)>,
    /// Unique reference numbers of schools.
    pub urns: Vec<String>,
}

impl Query {
    /// The ways to look up what an officer wrote, such as "St Mary's, Hitchin" or "Oak Academy (URN 123456)".
    pub fn of(text: &str) -> Self {
        let digits = text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 6);
        let mut names = vec![(setting_name(text), None)];
        if let Some((name, town)) = text.rsplit_once(',') {
            names.push((setting_name(name), Some(setting_name(town))));
        }
        names.retain(|(name, _)| !name.is_empty());
        Self { names, urns: digits.map(str::to_owned).collect() }
    }

    /// Whether a setting of the name asked for lies in the town asked for.
    pub fn is_in(town: Option<&str>, setting_town: Option<&str>) -> bool {
        town.is_none_or(|town| setting_town.is_some_and(|known| setting_name(known) == town))
    }
}

impl Officer {
    /// What was written, with the settings that it can mean.
    pub fn new(text: &str, mut settings: Vec<SettingId>) -> Self {
        settings.sort_unstable();
        settings.dedup();
        Self { settings, said: Said::of(text) }
    }

    /// What was written, with what the directory has for it: settings by an exact name or number, else what the finder makes
    /// of the words. They can mean whichever has them among the best and the child's own (`enrolled`).
    pub fn of(text: &str, exact: Vec<SettingId>, found: &Findings, enrolled: &[SettingId]) -> Self {
        if !exact.is_empty() {
            return Self::new(text, exact);
        }
        let best = found.candidates.iter().map(|candidate| candidate.setting);
        let all = enrolled.iter().copied().chain(best);
        Self::new(text, all.filter(|setting| found.meant.contains(setting)).collect())
    }

    /// Whether anything was said that tells one setting from another.
    pub fn names_a_setting(&self) -> bool {
        !self.settings.is_empty() || self.said.names_a_setting()
    }

    /// How it stands to these settings. What may be doubted confirms nothing.
    pub(crate) fn about(&self, settings: &[At]) -> Word {
        if self.said.is_taught_at_home()
            && let Some(word) = self.taught_at_home(settings)
        {
            return word;
        }
        if self.denies(settings) {
            return Word::Disagrees;
        }
        if !self.names_a_setting() {
            return Word::Silent;
        }
        let among = settings.iter().any(|at| self.settings.contains(&at.setting));
        match (among, self.settings.len()) {
            (true, 1) if !self.said.is_doubted() => Word::Confirms,
            (true, _) => Word::Fits,
            (false, 0) if settings.iter().any(|at| self.said.can_mean(at.wording)) => Word::Fits,
            (false, _) => Word::Disagrees,
        }
    }

    /// Who is taught at home is at no school, whichever else was named.
    fn taught_at_home(&self, settings: &[At]) -> Option<Word> {
        let is_school = |at: &At| matches!(at.kind, SettingKind::School | SettingKind::College);
        if settings.iter().any(is_school) {
            Some(Word::Disagrees)
        } else if settings.iter().any(|at| at.is_home_educated) {
            let is_plain = !self.names_a_setting() && !self.said.is_doubted();
            Some(if is_plain { Word::Confirms } else { Word::Fits })
        } else {
            None
        }
    }

    /// Whether it says that the child is not there: at no setting at all, not at the one that is named, not taught at home.
    fn denies(&self, settings: &[At]) -> bool {
        if self.said.is_not_taught_at_home() && settings.iter().any(|at| at.is_home_educated) {
            return true;
        }
        self.said.is_denied() && (self.names_a_setting() || settings.iter().any(At::is_attended))
    }
}

impl At<'_> {
    /// Whether a child goes there; nobody attends a list.
    fn is_attended(&self) -> bool {
        use SettingKind::{Childminder, College, EarlyYears, School};
        matches!(self.kind, School | College | EarlyYears | Childminder)
    }
}

impl std::fmt::Debug for Officer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Officer").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for Query {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Query(…)")
    }
}

#[cfg(test)]
mod tests;
