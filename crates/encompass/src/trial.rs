//! What other parameters would do to the cases that people decided here.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use encompass_core::calendar::london;
use encompass_core::due::Known;
use encompass_core::id::ChildId;
use encompass_core::incident::Incident;
use encompass_matching::earned::{Decided, Earned};
use encompass_matching::person::Sought;
use encompass_matching::points;
use encompass_matching::weigh::{Parameters, Share};
use encompass_resolver::{Open, Rolls, parameters, sought};
use encompass_store::desk::Case;
use encompass_store::matched::{DecidedCase, Rescored};
use encompass_store::{Error, Scope, Store};

use crate::history::of_force;

/// Decided cases that are scored anew for one force and register, the newest first.
const CASES: i64 = 60_000;
/// The precision by which the effect is shown.
const PRECISION: f64 = 0.999;

/// What other parameters do to the decided cases of one force and register.
pub struct Effect {
    force: String,
    source: String,
    before: Vec<Decided>,
    /// Those of them that count now: scored with what every match is.
    counted: Vec<Decided>,
    after: Vec<Decided>,
    passed_over: usize,
    /// The scores that they give.
    pub rescored: Vec<Rescored>,
    /// What those scores are weighed with.
    pub mark: String,
}

/// Scores decided cases anew, those too that were scored when the register had another share of all children. Those
/// whose incident is not here, such as history, are passed over and counted.
///
/// # Errors
/// As the store says.
pub async fn trial(store: &Store, scope: &Scope, new: &Parameters) -> anyhow::Result<Vec<Effect>> {
    let rolls = Rolls::default();
    let holding = parameters(store).await?.print();
    let print = new.print();
    let new = Arc::new(new.clone());
    let marks: Vec<String> = Share::all().map(|share| share.mark(&holding)).collect();
    let mut effects: Vec<Effect> = Vec::new();
    let extents = store.decided_extent(scope, &marks).await?;
    let of: BTreeSet<_> = extents.iter().map(|extent| (extent.force.as_str(), extent.register)).collect();
    for (force, register) in of {
        let licensed = store.registers_of(scope, force).await?;
        rolls.bring_up(store, scope, &of_force(force, &licensed)).await?;
        let open = rolls.open(&licensed, &new).into_iter().find(|open| open.register.id == register);
        let Some(open) = open else { continue };
        let mut effect = Effect::new(force, &open, &print);
        for mark in &marks {
            let counts = *mark == open.share.mark(&holding);
            let cases = store.decided_cases(scope, force, register, mark, CASES).await?;
            effect.add(store, scope, &open, cases, counts).await?;
        }
        effects.push(effect);
    }
    Ok(effects)
}

impl Effect {
    fn new(force: &str, open: &Open, print: &str) -> Self {
        Self {
            force: force.to_owned(),
            source: open.register.source.clone(),
            before: Vec::new(),
            counted: Vec::new(),
            after: Vec::new(),
            passed_over: 0,
            rescored: Vec::new(),
            mark: open.share.mark(print),
        }
    }

    async fn add(
        &mut self,
        store: &Store,
        scope: &Scope,
        open: &Open,
        cases: Vec<DecidedCase>,
        counts: bool,
    ) -> anyhow::Result<()> {
        for case in cases {
            let Some((event, place)) = asked(store, scope, &case).await? else {
                self.passed_over += 1;
                continue;
            };
            let answers = open.search(&event);
            let Some(best) = answers.get(place).and_then(|answer| answer.hits.first()) else {
                self.passed_over += 1;
                continue;
            };
            let (score, is_right) = (best.scored.score, Some(best.entry) == case.right);
            let before = Decided { score: case.score, is_right: case.is_right };
            self.before.push(before);
            self.counted.extend(counts.then_some(before));
            self.after.push(Decided { score, is_right });
            let (force, register) = (self.force.clone(), open.register.id);
            self.rescored.push(Rescored { force, register, id: case.id, score, is_right });
        }
        Ok(())
    }
}

/// The children of a case's incident as they are looked for, and the place of the one that was decided.
async fn asked(
    store: &Store,
    scope: &Scope,
    case: &DecidedCase,
) -> anyhow::Result<Option<(Vec<Vec<Sought>>, usize)>> {
    let child = ChildId::new(uuid::Uuid::from_bytes(case.id));
    let (opened, place) = match store.open_child(scope, child).await {
        Err(Error::NotFound | Error::Sealed) => return Ok(None),
        opened => opened?,
    };
    let Some(incident) = read(&opened) else { return Ok(None) };
    let child_ref = &opened.children[place].child_ref;
    let at = incident.children().iter().position(|child| child.child_ref() == child_ref.as_str());
    Ok(at.map(|at| (event(&incident, &opened), at)))
}

/// The newest version of an incident that says anything.
pub(crate) fn read(case: &Case) -> Option<Incident> {
    let version = case.versions.iter().rev().find(|version| version.kind != "withdrawn")?;
    Incident::parse(&serde_json::from_slice(&version.body).ok()?, version.received_at).ok()
}

/// Its children as they are looked for.
pub(crate) fn event(incident: &Incident, case: &Case) -> Vec<Vec<Sought>> {
    let on = london::date(Known::of(incident, case.received_at).at);
    incident.children().iter().map(|child| sought(child, on)).collect()
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let right = |cases: &[Decided]| cases.iter().filter(|case| case.is_right).count();
        let all = self.before.len();
        let passed_over = self.passed_over;
        writeln!(f, "{} {}: {all} decided cases scored anew", self.force, self.source)?;
        if passed_over > 0 {
            writeln!(
                f,
                "  {passed_over} are not here to be scored: take history in again once other parameters hold"
            )?;
        }
        writeln!(f, "  best candidate right: {} before, {} after", right(&self.before), right(&self.after))?;
        let changed =
            self.before.iter().zip(&self.after).filter(|(before, after)| before.is_right != after.is_right);
        let lost = changed.clone().filter(|(before, _)| before.is_right).count();
        writeln!(f, "  won: {}, lost: {lost}", changed.count() - lost)?;
        let stale = all - self.counted.len();
        if stale > 0 {
            writeln!(f, "  {stale} did not count: the register had another share of all children")?;
        }
        for (when, cases) in [("before", &self.counted), ("after", &self.after)] {
            let earned = Earned::of(cases, PRECISION).not_below(PRECISION);
            let from = earned
                .threshold
                .map_or("exact agreement only".into(), |score| format!("{} points", points(score)));
            let sent = cases.iter().filter(|case| earned.covers(case.score)).count();
            write!(f, "  {when}: sent from {from}, which covers {sent} of {all}")?;
            writeln!(f, " (lower bound {:.3} %)", earned.lower_bound * 100.0)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_effect_says_what_is_won_and_lost() {
        let decided = |score, is_right| Decided { score, is_right };
        let effect = Effect {
            force: "north".into(),
            source: "county".into(),
            before: vec![decided(8.0, true), decided(3.0, false), decided(9.0, true)],
            counted: vec![decided(8.0, true), decided(3.0, false)],
            after: vec![decided(9.0, true), decided(4.0, true), decided(1.0, false)],
            passed_over: 2,
            rescored: Vec::new(),
            mark: "print".into(),
        };
        let text = effect.to_string();
        for line in [
            "3 decided cases scored anew",
            "2 are not here",
            "2 before, 2 after",
            "won: 1, lost: 1",
            "1 did not count",
        ] {
            assert!(text.contains(line), "{line}: {text}");
        }
        assert!(text.contains("exact agreement only"), "three cases earn nothing");
    }
}
