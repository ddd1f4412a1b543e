//! Looking for the children of one incident on one register.

use encompass_core::id::EntryId;
use encompass_matching::Scored;
use encompass_matching::person::Sought;
use encompass_matching::population::{Population, Version};
use encompass_matching::weigh::{Explanation, Parameters, Reason, UNNAMED, explain_likely};

use super::person::entry_of;

/// More children than this are looked for in several groups: the ways to tell them apart grow with their square.
const TOGETHER: usize = 12;
/// Whoever is less likely than this to be the child is nobody that a person should look at.
const LEAST: f64 = 1e-3;

/// What one register says of one child.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Who it may be, the likeliest first.
    pub hits: Vec<Hit>,
    /// Who was on the register in memory.
    pub version: Version,
    /// How far the best is above the second, in log-odds.
    pub margin: Option<f64>,
    /// Probability that the child is not on the register.
    pub none: f64,
}

/// Somebody whom the child may be.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The entry.
    pub entry: EntryId,
    /// How well it fits; nothing is earned yet.
    pub scored: Scored,
}

/// Looks for the children of one incident together, each in all the ways that it is known by. One answer for each.
pub(crate) fn search(event: &[Vec<Sought>], people: &Population, parameters: &Parameters) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::with_capacity(event.len());
    for group in event.chunks(TOGETHER) {
        let first: Vec<Sought> = group.iter().filter_map(|ways| ways.first().cloned()).collect();
        let mut found = explained(&first, people, parameters).into_iter();
        let mut place = 0;
        for ways in group {
            let Some((_, others)) = ways.split_first() else {
                answers.push(nobody(people));
                continue;
            };
            let best = found.next().into_iter().map(answer);
            let others = others.iter().filter_map(|way| {
                let mut children = first.clone();
                children[place] = way.clone();
                explained(&children, people, parameters).into_iter().nth(place).map(answer)
            });
            answers.push(best.chain(others).reduce(together).unwrap_or_else(|| nobody(people)));
            place += 1;
        }
    }
    answers.iter_mut().for_each(Answer::keep_the_likely);
    answers
}

fn explained(children: &[Sought], people: &Population, parameters: &Parameters) -> Vec<Explanation> {
    explain_likely(children, people, parameters, 0.0, LEAST)
}

fn nobody(people: &Population) -> Answer {
    Answer { hits: Vec::new(), version: people.version(), margin: None, none: 1.0 }
}

fn answer(explanation: Explanation) -> Answer {
    let Explanation { version, none, candidates, .. } = explanation;
    let hits =
        candidates.into_iter().map(|reason| Hit { entry: entry_of(&reason.id), scored: scored(reason) });
    Answer { hits: hits.collect(), version, margin: None, none }.ordered()
}

fn scored(reason: Reason) -> Scored {
    let score = reason.sendable();
    let Reason { probability, found_by, fields, .. } = reason;
    Scored { score, probability, is_earned: false, found_by, fields }
}

/// What two ways of looking for a child say: each entry by the way in which it fits better.
fn together(one: Answer, other: Answer) -> Answer {
    let Answer { mut hits, version, none, .. } = one;
    for hit in other.hits {
        match hits.iter_mut().find(|known| known.entry == hit.entry) {
            Some(known) if known.scored.score < hit.scored.score => *known = hit,
            Some(_) => {}
            None => hits.push(hit),
        }
    }
    Answer { hits, version, margin: None, none: none.min(other.none) }.ordered()
}

impl Answer {
    fn ordered(mut self) -> Self {
        self.hits.sort_by(|a, b| b.scored.score.total_cmp(&a.scored.score).then(a.entry.cmp(&b.entry)));
        let scores = self.hits.iter().map(|hit| hit.scored.score).collect::<Vec<_>>();
        self.margin = scores.first().zip(scores.get(1)).map(|(first, second)| first - second);
        self
    }

    fn keep_the_likely(&mut self) {
        self.hits.retain(|hit| hit.scored.probability >= LEAST || hit.scored.score > UNNAMED);
    }
}
