//! The setting that the officer was told, held against the directory.

use std::collections::BTreeSet;

use encompass_core::id::SettingId;

use crate::normalise::{setting_name, words};

/// What the officer wrote, as far as the directory knows it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Officer {
    /// The settings that it can mean, by exact name and town or by number. One: it can confirm.
    pub settings: Vec<SettingId>,
    /// The words that tell one setting from another; none when nothing of use was written.
    pub words: Vec<String>,
}

/// How the officer's word stands to the settings of a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Word {
    /// Nothing was said.
    Silent,
    /// It names exactly one setting, which is among them.
    Confirms,
    /// It can mean one of them.
    Fits,
    /// It means another.
    Disagrees,
}

/// How a text is looked up: by names, each with a town where one was written, and by school numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
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
    /// What was written, with the settings that the directory found for it.
    pub fn new(text: &str, mut settings: Vec<SettingId>) -> Self {
        settings.sort_unstable();
        settings.dedup();
        let mut words = words(&setting_name(text));
        words.retain(|word| !GENERIC.contains(&word.as_str()));
        Self { settings, words }
    }

    /// How it stands to these settings, each with the words of its name and town.
    pub(crate) fn about<'a>(&self, settings: impl Iterator<Item = (SettingId, &'a [String])>) -> Word {
        if self.settings.is_empty() && self.words.is_empty() {
            return Word::Silent;
        }
        let settings: Vec<_> = settings.collect();
        let among = settings.iter().any(|(id, _)| self.settings.contains(id));
        match (among, self.settings.len()) {
            (true, 1) => Word::Confirms,
            (true, _) => Word::Fits,
            (false, 0) if settings.iter().any(|(_, words)| self.is_within(words)) => Word::Fits,
            (false, _) => Word::Disagrees,
        }
    }

    /// Whether every word that means something is one of the setting's.
    fn is_within(&self, words: &[String]) -> bool {
        let known: BTreeSet<&str> = words.iter().map(String::as_str).collect();
        self.words.iter().all(|word| known.contains(word.as_str()))
    }
}

/// Words that say nothing about which setting is meant.
const GENERIC: [&str; 24] = [
    "school",
    "primary",
    "secondary",
    "academy",
    "college",
    "nursery",
    "infant",
    "infants",
    "junior",
    "juniors",
    "high",
    "the",
    "of",
    "and",
    "at",
    "in",
    "local",
    "unknown",
    "not",
    "known",
    "n",
    "a",
    "tbc",
    "stated",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> SettingId {
        SettingId::new(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn a_text_is_looked_up_by_name_by_name_and_town_and_by_number() {
        let query = Query::of("Saint Mary's, Hitchin");
        assert_eq!(
            query.names,
            [("st marys hitchin".into(), None), ("st marys".into(), Some("hitchin".into()))]
        );
        assert_eq!(Query::of("URN 900001").urns, ["900001"]);
        assert_eq!(Query::of("tel 01632960001").urns, Vec::<String>::new());
        assert_eq!(Query::of(" , "), Query::default());
        assert!(Query::is_in(Some("hitchin"), Some("Hitchin")) && Query::is_in(None, None));
        assert!(!Query::is_in(Some("hitchin"), None));
    }

    #[test]
    fn only_one_setting_confirms_and_a_foreign_word_disagrees() {
        let words = words("St Marys Church Lane Primary Hitchin");
        let about = |officer: &Officer| officer.about([(id(1), words.as_slice())].into_iter());
        for (text, found, expected) in [
            ("", vec![], Word::Silent),
            ("not known", vec![], Word::Silent),
            ("primary school", vec![], Word::Silent),
            ("Church Lane", vec![id(1)], Word::Confirms),
            ("Church Lane", vec![id(1), id(2)], Word::Fits),
            ("St Mary's", vec![], Word::Fits),
            ("St Mary's", vec![id(2)], Word::Disagrees),
            ("Oakwood", vec![], Word::Disagrees),
            ("home educated", vec![], Word::Disagrees),
        ] {
            assert_eq!(about(&Officer::new(text, found)), expected, "{text}");
        }
    }
}
