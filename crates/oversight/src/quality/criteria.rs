//! What a reviewer is asked. `config/qa/default.toml` explains each setting.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

const DEFAULT: &str = include_str!("../../../../config/qa/default.toml");
const CRITERIA_MAX: usize = 20;

/// The questions of one version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criteria {
    /// Kept with every answer.
    pub version: String,
    /// The questions, in the order asked.
    #[serde(rename = "criterion")]
    pub criteria: Vec<Criterion>,
}

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Kept with the answer; never used again for another question.
    pub key: String,
    /// The question.
    pub question: String,
    /// What to look for.
    pub look_for: String,
}

/// An answer, in the grades that inspectors use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Grade {
    /// As it should be.
    Good,
    /// Something is missing.
    RequiresImprovement,
    /// What matters is missing.
    Inadequate,
    /// The question does not apply to this child.
    NotApplicable,
}

impl Grade {
    pub const ALL: [Self; 4] = [Self::Good, Self::RequiresImprovement, Self::Inadequate, Self::NotApplicable];

    pub const fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::RequiresImprovement => "requires_improvement",
            Self::Inadequate => "inadequate",
            Self::NotApplicable => "not_applicable",
        }
    }

    pub const fn text(self) -> &'static str {
        match self {
            Self::Good => "Good",
            Self::RequiresImprovement => "Requires improvement",
            Self::Inadequate => "Inadequate",
            Self::NotApplicable => "Not applicable",
        }
    }

    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|grade| grade.word() == word)
    }
}

/// Answers by the criterion's key.
pub(crate) type Answers = BTreeMap<String, Grade>;

impl Criteria {
    /// Reads a file of criteria.
    ///
    /// # Errors
    /// A sentence that says what is wrong.
    pub fn parse(text: &str) -> Result<Self, String> {
        let criteria: Self = toml::from_str(text).map_err(|error| error.to_string())?;
        match criteria.check().into_iter().next() {
            None => Ok(criteria),
            Some(fault) => Err(fault),
        }
    }

    fn check(&self) -> Vec<String> {
        let mut faults = Vec::new();
        if self.version.trim().is_empty() {
            faults.push("version is empty: answers are kept with it".to_owned());
        }
        if !(1..=CRITERIA_MAX).contains(&self.criteria.len()) {
            faults.push(format!("give 1 to {CRITERIA_MAX} criteria, not {}", self.criteria.len()));
        }
        for (place, criterion) in self.criteria.iter().enumerate() {
            let plain = |c: char| c.is_ascii_lowercase() || c == '_';
            if criterion.key.is_empty() || !criterion.key.chars().all(plain) {
                faults.push(format!("criterion {}: a key has small letters and underscores", place + 1));
            }
            if self.criteria[..place].iter().any(|before| before.key == criterion.key) {
                faults.push(format!("the key {} is used twice", criterion.key));
            }
            if criterion.question.trim().is_empty() {
                faults.push(format!("criterion {}: the question is empty", place + 1));
            }
        }
        faults
    }
}

impl Default for Criteria {
    fn default() -> Self {
        Self::parse(DEFAULT).expect("the compiled-in default is tested to read")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_reads_and_asks_for_the_childs_voice_first() {
        let criteria = Criteria::default();
        assert_eq!(criteria.criteria[0].key, "voice");
        assert_eq!(criteria.criteria.len(), 7);
    }

    #[test]
    fn nonsense_is_refused_with_a_sentence() {
        let one = "[[criterion]]\nkey = \"voice\"\nquestion = \"?\"\nlook_for = \"\"\n";
        for (text, said) in [
            (format!("version = \"\"\n{one}"), "version is empty"),
            (format!("version = \"1\"\n{one}{one}"), "used twice"),
            ("version = \"1\"\ncriterion = []\n".to_owned(), "give 1 to 20"),
            (format!("version = \"1\"\n{}", one.replace("voice", "Voice 1")), "small letters"),
            (format!("version = \"1\"\nextra = 1\n{one}"), "extra"),
        ] {
            let fault = Criteria::parse(&text).unwrap_err();
            assert!(fault.contains(said), "{fault}");
        }
    }
}
