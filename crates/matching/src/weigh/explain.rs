//! Why a child was answered so: a value that can be kept and read.

use serde::{Deserialize, Serialize};

use super::compare::Comparison;
use super::event::{Answer, Candidate, Event, answers, distinct};
use super::parameters::Parameters;
use crate::person::Sought;
use crate::population::{Kind, Population, Version};

/// Why one child was answered so. Holds references of the register and levels, no name, date or address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// Children held when it was asked.
    pub version: Version,
    /// What the parameters came from.
    pub parameters: String,
    /// Log-odds from which a match may be sent by itself.
    pub threshold: f64,
    /// How far the best candidate is above the second, in log-odds; `None` without a second.
    pub margin: Option<f64>,
    /// Probability that the child is none of the register.
    pub none: f64,
    /// Probability that it is one of the register who is not among the candidates.
    pub others: f64,
    /// The best candidates, best first.
    pub candidates: Vec<Reason>,
}

/// Why one candidate stands where it does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The register's reference.
    pub id: String,
    /// Natural logarithm of the odds, as in the answer.
    pub score: f64,
    /// Probability that it is this child.
    pub probability: f64,
    /// Whether a first name speaks for it. Without one it is never sent by itself.
    pub is_named: bool,
    /// The keys that find it.
    pub found_by: Vec<Kind>,
    /// Each field's level and weight.
    pub fields: Vec<Field>,
    /// The weight of the fields alone, before the register's size, the household and the other candidates.
    pub sum: f64,
}

/// At or below this, nothing but the birth date, the address or a number speaks for a candidate.
pub const UNNAMED: f64 = -4.0;

impl Reason {
    /// The score by which it may be sent. Without a first name that agrees it is below all that ever is, whatever else
    /// agrees, for it may be a twin; the likelier of two stays the first.
    pub fn sendable(&self) -> f64 {
        match self.score {
            score if self.is_named => score,
            score if score <= UNNAMED => score - 1.0,
            score => UNNAMED - 1.0 / (1.0 + score - UNNAMED),
        }
    }
}

/// A field's part in a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// Which field.
    pub name: String,
    /// How it agrees.
    pub level: String,
    /// Its weight: natural logarithm of how much more probable this is for the same child than by chance.
    pub weight: f64,
}

/// Answers the children of one event and says why, for every candidate.
pub fn explain(
    children: &[Sought],
    population: &Population,
    parameters: &Parameters,
    threshold: f64,
) -> Vec<Explanation> {
    explain_likely(children, population, parameters, threshold, 0.0)
}

/// The same for the candidates that are at least so probable; the others are counted together.
pub fn explain_likely(
    children: &[Sought],
    population: &Population,
    parameters: &Parameters,
    threshold: f64,
    least: f64,
) -> Vec<Explanation> {
    let (distinct, places) = distinct(children);
    let event = Event::gather(&distinct, population, parameters);
    let answers = answers(&event, population, parameters);
    let explained = |place: usize| {
        of(place, &answers[place], &event, population, parameters, &Limits { threshold, least })
    };
    places.into_iter().map(explained).collect()
}

/// From where on a candidate counts.
struct Limits {
    /// Log-odds from which a match may be sent by itself.
    threshold: f64,
    /// Probability from which a candidate is named.
    least: f64,
}

fn of(
    child: usize,
    answer: &Answer,
    event: &Event,
    population: &Population,
    parameters: &Parameters,
    limits: &Limits,
) -> Explanation {
    let reason = |candidate: &Candidate| {
        let pair = event.compared[child].pair(candidate.number.0);
        Reason {
            id: population.id(candidate.number).to_owned(),
            score: candidate.score,
            probability: candidate.probability,
            is_named: candidate.is_named,
            found_by: population.keys_between(&event.queries[child], pair.writing),
            fields: fields(&pair.comparison, parameters),
            sum: log(pair.comparison.whole(parameters)),
        }
    };
    let scores: Vec<f64> = answer.candidates.iter().map(|candidate| candidate.score).collect();
    let is_likely = |candidate: &&Candidate| candidate.probability >= limits.least;
    let likely = answer.candidates.iter().filter(is_likely);
    let unlikely = answer.candidates.iter().filter(|candidate| !is_likely(candidate));
    Explanation {
        version: population.version(),
        parameters: parameters.source.description.clone(),
        threshold: limits.threshold,
        margin: scores.first().zip(scores.get(1)).map(|(first, second)| first - second),
        none: answer.none,
        others: answer.others + unlikely.map(|candidate| candidate.probability).sum::<f64>(),
        candidates: likely.map(reason).collect(),
    }
}

fn fields(comparison: &Comparison, parameters: &Parameters) -> Vec<Field> {
    let field =
        |name: &str, level: String, odds: f64| Field { name: name.to_owned(), level, weight: log(odds) };
    let mut fields = vec![
        field("first name", words(&comparison.given.level), comparison.given(parameters)),
        field("family name", words(&comparison.family.level), comparison.family(parameters)),
        field("birth date", words(&comparison.birth.level), comparison.birth(parameters)),
    ];
    if comparison.together() < 1.0 {
        let level = "how often the two go together".to_owned();
        fields.push(field("names together", level, comparison.together()));
    }
    if let Some((given, family)) = comparison.exchanged {
        let level = format!("{}, {}", words(&given.level), words(&family.level));
        fields.push(field("names exchanged", level, comparison.exchanged(parameters)));
    }
    let home = comparison.home.level;
    let level = format!("postcode {}, house {}", words(&home.0), words(&home.1));
    fields.push(field("address", level, comparison.home(parameters)));
    if let Some(sex) = comparison.sex {
        let level = if sex.is_same { "same" } else { "another" };
        fields.push(field("sex", level.into(), comparison.sex(parameters)));
    }
    if comparison.identifiers != 0 {
        let level = if comparison.identifiers > 0 { "same" } else { "another" };
        fields.push(field("pupil or NHS number", level.into(), comparison.identifiers()));
    }
    fields
}

/// The logarithm of odds, finite: evidence is kept as JSON, which knows no infinity.
pub(super) fn log(odds: f64) -> f64 {
    let log = odds.ln();
    if log.is_nan() { 0.0 } else { log.clamp(-MOST, MOST) }
}

/// Odds beyond e to this are as good as certain.
const MOST: f64 = 700.0;

/// A level as an explanation writes it: `CloseA` is "close a".
pub fn words(level: &impl std::fmt::Debug) -> String {
    let mut text = String::new();
    for letter in format!("{level:?}").chars() {
        if letter.is_uppercase() && !text.is_empty() {
            text.push(' ');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

impl std::fmt::Display for Explanation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Version { children, digest } = self.version;
        writeln!(
            f,
            "register of {children} children, version {digest:016x}; parameters: {}",
            self.parameters
        )?;
        write!(f, "threshold {:.2}; ", self.threshold)?;
        match self.margin {
            Some(margin) => write!(f, "margin to the second {margin:.2}; ")?,
            None => write!(f, "no second candidate; ")?,
        }
        writeln!(f, "none of the register: {:.4} %", self.none * 100.0)?;
        self.candidates
            .iter()
            .enumerate()
            .try_for_each(|(place, reason)| write!(f, "{}. {reason}", place + 1))
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}: score {:.2} ({:.4} %)", self.id, self.score, self.probability * 100.0)?;
        let keys: Vec<String> = self.found_by.iter().map(words).collect();
        writeln!(
            f,
            "   found by: {}",
            if keys.is_empty() { "the household".into() } else { keys.join(", ") }
        )?;
        for field in &self.fields {
            writeln!(f, "   {:<20} {:<40} {:+.2}", field.name, field.level, field.weight)?;
        }
        writeln!(f, "   {:<61} {:+.2}", "fields together", self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::{Reason, UNNAMED, log};

    #[test]
    fn without_a_first_name_candidates_keep_their_order_and_are_never_sent() {
        let sendable = |is_named: bool, score: f64| {
            let (found_by, fields) = (Vec::new(), Vec::new());
            Reason { id: String::new(), score, probability: 0.5, is_named, found_by, fields, sum: 0.0 }
                .sendable()
        };
        let scores = [-700.0, -30.0, -4.1, -4.0, -3.9, 0.0, 6.9, 40.0, 700.0];
        let unnamed = scores.map(|score| sendable(false, score));
        assert!(unnamed.is_sorted_by(|a, b| a < b) && unnamed.iter().all(|score| *score < UNNAMED));
        assert_eq!(scores.map(|score| sendable(true, score)), scores);
    }

    #[test]
    fn no_odds_make_a_weight_that_json_does_not_know() {
        for odds in [0.0, f64::MIN_POSITIVE, 1.0, f64::MAX, f64::INFINITY, f64::NAN, -1.0] {
            assert!(log(odds).is_finite(), "{odds}");
        }
        assert!(log(0.0) < log(1e-300) && log(1e300) < log(f64::INFINITY));
    }
}
