//! Brothers and sisters: what their names and birth dates make expect.

use super::compare::Comparison;
use super::parameters::Parameters;
use crate::alike::{Birth, Family, Given};

/// Names of a child whose family name has been counted for a brother or sister.
pub(super) fn known_names(comparison: &Comparison, parameters: &Parameters) -> f64 {
    let family = if comparison.family.level == Family::Different { 0.15 } else { 1.0 };
    let plain = (1.0 - parameters.exchanged) * comparison.given(parameters) * family;
    plain + comparison.exchanged(parameters)
}

/// How well a child fits as a brother or sister, not on the register, of those who live there.
pub(super) fn sibling<'a>(
    members: impl Iterator<Item = &'a Comparison> + Clone,
    is_told: bool,
    parameters: &Parameters,
) -> f64 {
    let family = members.clone().map(|member| match (is_told, member.family.level) {
        (true, Family::Different) => 0.15,
        (true, _) => 1.0,
        (false, _) => {
            let exchanged = member.exchanged.map_or(0.0, |(_, family)| {
                parameters.exchanged * parameters.family.get(family.level) / f64::from(family.chance)
            });
            0.9 * member.family(parameters) + 0.1 + exchanged
        }
    });
    let birth = members.clone().map(|member| sibling_birth(member, parameters));
    let is_named = members
        .clone()
        .any(|member| matches!(member.given.level, Given::Exact | Given::Full | Given::Preferred));
    // Nobody calls two children the same.
    let given = if is_named { 0.1 } else { 1.0 };
    family.fold(0.0, f64::max) * combine(birth) * given
}

/// The birth date against that of a brother or sister: the same day for twins, else most of a year apart.
fn sibling_birth(member: &Comparison, parameters: &Parameters) -> f64 {
    let twin = parameters.prior.twin;
    match (member.birth.level, member.days_apart) {
        (Birth::Exact | Birth::JanuaryExact, _) => twin * member.birth(parameters) + 0.05,
        (_, Some(days)) if days < 260 => twin * member.birth(parameters) + 0.1,
        (_, Some(_)) => 1.2,
        (Birth::Month, None) => twin * member.birth(parameters) + 0.2,
        _ => 1.0,
    }
}

/// A twin of one is a twin whatever the others are; otherwise the date has to go with all of them.
fn combine(births: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = births.clone().fold(0.0, f64::max);
    if most > 1.2 { most } else { births.fold(f64::INFINITY, f64::min) }
}
