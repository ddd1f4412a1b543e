//! Whom a decision would tell, said before it is made.

use encompass_core::id::SettingId;
use encompass_core::routing::{Gap, Held, Route};
use encompass_store::resolve::Outlook;

use super::names::Names;

/// Whom it would be told to that a candidate is the child.
pub(super) struct Foreseen {
    /// What the list is, or why there is none.
    pub said: String,
    /// Each with the reason.
    pub told: Vec<String>,
    /// Who is to be told besides and can’t be found: a sentence each.
    pub gaps: Vec<String>,
}

impl Foreseen {
    pub fn of(outlook: &Outlook, names: &Names, is_guarded: bool) -> Self {
        match &outlook.route {
            None => Self::saying(
                "The register has changed since. Tick it, and the child is looked for again.".into(),
            ),
            Some(Err(Held { why, .. })) => Self::saying(format!("Tick who is to be told. {why}")),
            Some(Ok(Route { targets, gaps })) => Self {
                said: if is_guarded {
                    "If this is the child, tick yourself who of these is told:".to_owned()
                } else {
                    "If this is the child, these are told:".to_owned()
                },
                told: targets
                    .iter()
                    .map(|target| format!("{}: {}", names.name(target.setting), target.because()))
                    .collect(),
                gaps: gaps
                    .iter()
                    .map(|gap| format!("{} You are asked who it is.", Gap::sentence(gap)))
                    .collect(),
            },
        }
    }

    const fn saying(said: String) -> Self {
        Self { said, told: Vec::new(), gaps: Vec::new() }
    }
}

/// The settings that are named.
pub(super) fn settings(outlooks: &[Outlook]) -> impl Iterator<Item = SettingId> + '_ {
    let routes = outlooks.iter().filter_map(|outlook| outlook.route.as_ref()?.as_ref().ok());
    routes.flat_map(|route| &route.targets).map(|target| target.setting)
}
