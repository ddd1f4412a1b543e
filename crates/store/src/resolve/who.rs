//! What a person says of who a child is: entries of registers, or nobody on them.

use encompass_core::id::{EntryId, LoadId, RegisterId};
use jiff::Timestamp;
use serde::Serialize;

use super::person::Outcome;
use crate::matched::Case;
use crate::register::{Basis, Judgement};
use crate::{Actor, Result, Tx};

/// Who a child is, as a person says who was shown some entries.
#[derive(Clone, Debug, Default)]
pub struct Who {
    /// The entries that were shown.
    pub shown: Vec<EntryId>,
    /// What the person said.
    pub said: Said,
    /// What that shows of the scores.
    pub cases: Vec<Case>,
}

/// An entry that a person says is the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticked {
    /// Its register.
    pub register: RegisterId,
    /// The entry.
    pub entry: EntryId,
    /// The version of the register in which it was shown.
    pub load: LoadId,
}

/// What a person said of the entries shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Said {
    /// Nothing.
    #[default]
    Nothing,
    /// Each of these is the child, so that they are one person.
    These(Vec<Ticked>),
    /// None of them is: the child is not on the registers.
    NotListed,
}

impl Said {
    /// The entries that are the child.
    pub fn entries(&self) -> impl Iterator<Item = EntryId> {
        self.these().iter().map(|ticked| ticked.entry)
    }

    pub(super) fn these(&self) -> &[Ticked] {
        if let Self::These(these) = self { these } else { &[] }
    }
}

/// What is sealed of it with the decision.
#[derive(Serialize)]
pub(super) struct Record {
    candidates: Vec<EntryId>,
    entries: Vec<EntryId>,
    not_listed: bool,
}

impl Who {
    /// What is refused without a look at the child. Two entries of one register are two children, twins say: a person
    /// who ticks both has mistaken the question.
    pub(super) fn refusal(&self) -> Option<Outcome> {
        let Said::These(these) = &self.said else { return None };
        if let Some(other) = self.said.entries().find(|entry| !self.shown.contains(entry)) {
            return Some(Outcome::NotShown(other));
        }
        let is_second = |at: usize| these[..at].iter().any(|one| one.register == these[at].register);
        (0..these.len()).any(is_second).then_some(Outcome::TwoOfOneRegister)
    }

    pub(super) fn record(&self) -> Record {
        Record {
            candidates: self.shown.clone(),
            entries: self.said.entries().collect(),
            not_listed: self.said == Said::NotListed,
        }
    }

    /// For the log, without ids.
    pub(super) fn in_short(&self) -> String {
        match &self.said {
            Said::Nothing => format!("none said of {} entries shown", self.shown.len()),
            Said::These(these) => format!("{} of {} entries shown", these.len(), self.shown.len()),
            Said::NotListed => format!("not one of {} entries shown", self.shown.len()),
        }
    }

    /// Every two of the entries are one person.
    fn judgements(&self) -> Vec<Judgement> {
        let these: Vec<EntryId> = self.said.entries().collect();
        let pairs = these
            .iter()
            .enumerate()
            .flat_map(|(at, one)| these[at + 1..].iter().map(move |other| (*one, *other)));
        pairs.map(|(one, other)| Judgement { one, other, is_same: true, basis: Basis::Person }).collect()
    }
}

impl Tx {
    /// Joins the entries that are the child, and keeps what the decision shows of the scores.
    pub(super) async fn record_who(&mut self, who: Who, by: &Actor, now: Timestamp) -> Result<()> {
        let judgements = who.judgements();
        if !judgements.is_empty() {
            self.judge(judgements, by, now).await?;
        }
        if who.said != Said::Nothing && !who.cases.is_empty() {
            self.record_cases(who.cases, by, now).await?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn ticked(register: u128, entry: u128) -> Ticked {
        let load = LoadId::new(Uuid::from_u128(register));
        let (register, entry) =
            (RegisterId::new(Uuid::from_u128(register)), EntryId::new(Uuid::from_u128(entry)));
        Ticked { register, entry, load }
    }

    #[test]
    fn only_entries_that_were_shown_are_named_and_one_of_each_register() {
        let entry = |number| EntryId::new(Uuid::from_u128(number));
        let shown = vec![entry(1), entry(2), entry(3)];
        for (these, refused) in [
            (vec![(1, 1)], None),
            (vec![(1, 1), (2, 2)], None),
            (vec![(1, 1), (1, 2)], Some(Outcome::TwoOfOneRegister)),
            (vec![(1, 4)], Some(Outcome::NotShown(entry(4)))),
        ] {
            let said = these.iter().map(|(of, number)| ticked(*of, *number)).collect();
            let who = Who { shown: shown.clone(), said: Said::These(said), cases: Vec::new() };
            assert_eq!(who.refusal(), refused, "{these:?}");
        }
        let none = Who { shown, said: Said::NotListed, cases: Vec::new() };
        assert_eq!((none.refusal(), none.judgements()), (None, Vec::new()));
    }

    #[test]
    fn every_two_named_entries_are_judged_to_be_one() {
        let entry = |number| EntryId::new(Uuid::from_u128(number));
        let these = (1..=3).map(|n| ticked(n, n)).collect();
        let who = Who { said: Said::These(these), ..Who::default() };
        let pairs: Vec<_> = who.judgements().into_iter().map(|one| (one.one, one.other)).collect();
        assert_eq!(pairs, [(entry(1), entry(2)), (entry(1), entry(3)), (entry(2), entry(3))]);
    }
}
