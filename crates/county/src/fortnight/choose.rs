//! Which families an incident of each case happens to.

use super::case::Case;
use crate::county::County;
use crate::people::{Child, Standing};
use crate::random::Random;

/// Families in an order drawn from the seed, each used once while there are unused ones.
pub(super) struct Families<'a> {
    county: &'a County,
    order: Vec<usize>,
    used: Vec<bool>,
}

impl<'a> Families<'a> {
    pub(super) fn new(county: &'a County, random: &mut Random) -> Self {
        let mut order: Vec<usize> = (0..county.households.len()).collect();
        random.shuffle(&mut order);
        Self { county, order, used: vec![false; county.households.len()] }
    }

    /// The children of one family for the case, the one that the case is about in front. One brother or sister in eight
    /// is away with another parent and not named. `None` in a county too small to have such a child.
    pub(super) fn take(&mut self, random: &mut Random, case: Case) -> Option<Vec<&'a Child>> {
        let county = self.county;
        let children =
            |household: usize| county.households[household].children.iter().map(|&it| &county.children[it]);
        let fits = |household: &usize| {
            let several = county.households[*household].children.len() > 1;
            (several || !needs_two(case)) && children(*household).any(|child| wanted(case, child))
        };
        let fresh = self.order.iter().copied().find(|it| !self.used[*it] && fits(it));
        let household = fresh.or_else(|| self.order.iter().copied().find(fits))?;
        self.used[household] = true;
        let subject = children(household).find(|child| wanted(case, child))?;
        let others = children(household).filter(|child| child.index != subject.index);
        let named: Vec<&Child> = others.filter(|_| needs_two(case) || !random.percent(12)).collect();
        Some(std::iter::once(subject).chain(named).collect())
    }
}

fn needs_two(case: Case) -> bool {
    matches!(case, Case::CorrectedDrops | Case::NothingToLookUp)
}

/// Whether the case can be about this child.
fn wanted(case: Case, child: &Child) -> bool {
    let only = |standing| child.standing == standing && child.dated && !child.twin && !child.namesake;
    match case {
        Case::Twin => child.twin && child.standing == Standing::Enrolled && child.dated,
        Case::Namesake => child.namesake && child.standing == Standing::Enrolled && child.dated,
        Case::NurseryClass => only(Standing::NurseryClass),
        Case::EarlyYears => only(Standing::EarlyYears),
        Case::PreSchool => only(Standing::AtHome),
        Case::TwoSettings => only(Standing::TwoSettings),
        Case::EndedEnrolment => only(Standing::Ended),
        Case::Moved => only(Standing::Moved),
        Case::RestrictedEntry => only(Standing::RestrictedEntry),
        Case::StaleRegister => only(Standing::Stale),
        Case::OfficerOnly | Case::NoSetting => only(Standing::Unlisted),
        Case::HomeEducated => only(Standing::HomeEducated),
        Case::MissingEducation => only(Standing::MissingEducation),
        Case::OverBorder => only(Standing::OverBorder),
        Case::RegisterUndated => child.standing == Standing::Enrolled && !child.dated && !child.twin,
        _ => child.is_plain(),
    }
}
