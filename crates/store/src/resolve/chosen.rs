//! Whom a person's decision tells: by the routing table, as the resolver asks it, and by the person's own choice.

use std::collections::BTreeMap;

use encompass_core::id::SettingId;
use encompass_core::routing::{
    Attendance, Enrolment, Gap, Held, LastDay, Route, Routing, Standing, Target, When, Whom, route,
};
use encompass_core::state::SettingKind;
use serde::Serialize;

use super::ask::{Ask, Registered};
use super::target::Site;

/// A setting that a person's decision tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Told {
    pub setting: SettingId,
    pub basis: String,
    /// The row of the routing table that says so; `None` where the person alone does.
    pub row: Option<(When, Whom)>,
}

/// Everybody whom a person's decision tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    pub told: Vec<Told>,
    /// Who should be told besides, and is not clear.
    pub gaps: Vec<Gap>,
}

impl Told {
    fn by_row(target: Target) -> Self {
        Self { setting: target.setting, basis: target.basis, row: Some((target.when, target.tell)) }
    }
}

impl From<Route> for Chosen {
    fn from(route: Route) -> Self {
        Self { told: route.targets.into_iter().map(Told::by_row).collect(), gaps: route.gaps }
    }
}

/// By the table, where the child is these entries.
pub(super) fn by_table<'s>(
    ask: &Ask<'_>,
    entries: &[&Registered],
    site: impl Fn(SettingId) -> Option<&'s Site>,
) -> Result<Route, Held> {
    let enrolments = ask.enrolments(entries, site);
    route(&ask.question(entries, Some(enrolments)), &ask.rules.routing)
}

/// What a person ticked by hand.
pub(super) struct ByHand<'a> {
    /// The settings that are to be told.
    pub settings: &'a [SettingId],
    /// Those that were told already, or are being told.
    pub standing: &'a [SettingId],
    /// Whether the table says who is told besides.
    pub besides: bool,
}

impl ByHand<'_> {
    /// Each of the settings, on the basis of the row under which the table would tell it, else on that of its kind, and
    /// whom the table names besides. The child is where the person says, so that what an entry says otherwise does not
    /// count.
    ///
    /// # Errors
    /// The setting for which the table knows no legal basis.
    pub fn routed<'s>(
        &self,
        ask: &Ask<'_>,
        entries: &[&Registered],
        site: impl Fn(SettingId) -> Option<&'s Site>,
    ) -> Result<Chosen, SettingId> {
        let registered = ask.enrolments(entries, &site);
        let places = self.settings.iter().chain(self.standing);
        let ticked: Vec<Enrolment> =
            places.map(|id| self::ticked(*id, &registered, ask, site(*id))).collect();
        let besides = registered.into_iter().filter(|enrolment| goes_with(enrolment, &ticked));
        let mut question = ask.question(entries, Some(ticked.iter().cloned().chain(besides).collect()));
        let mut teams: BTreeMap<Whom, Vec<SettingId>> = BTreeMap::new();
        for one in &ticked {
            for whom in answers_as(one.kind) {
                teams.entry(*whom).or_default().push(one.setting);
            }
        }
        // Whom the person chose answers for the home, whatever the directory says.
        question.home.teams.extend(teams.clone());
        let (targets, mut gaps) = match route(&question, &ask.rules.routing) {
            Ok(route) => (route.targets, route.gaps),
            Err(held) => (Vec::new(), held.gaps),
        };
        let of_kind = |id| ticked.iter().find(|one| one.setting == id).map(|one| one.kind);
        let mut told = self.on_some_basis(&targets, of_kind, &ask.rules.routing)?;
        gaps.retain(|gap| self.besides && !teams.contains_key(&gap.tell));
        let is_new = |target: &Target| {
            !self.settings.contains(&target.setting) && !self.standing.contains(&target.setting)
        };
        told.extend(targets.into_iter().filter(|one| self.besides && is_new(one)).map(Told::by_row));
        Ok(Chosen { told, gaps })
    }

    /// Each of the settings, where nothing is known of the child: on the basis of its kind.
    ///
    /// # Errors
    /// As [`routed`](Self::routed).
    pub fn by_kind<'s>(
        &self,
        routing: &Routing,
        site: impl Fn(SettingId) -> Option<&'s Site>,
    ) -> Result<Chosen, SettingId> {
        let kind = |id| site(id).map(|site| site.setting.record.kind);
        Ok(Chosen { told: self.on_some_basis(&[], kind, routing)?, gaps: Vec::new() })
    }

    fn on_some_basis(
        &self,
        targets: &[Target],
        kind: impl Fn(SettingId) -> Option<SettingKind>,
        routing: &Routing,
    ) -> Result<Vec<Told>, SettingId> {
        let told = |id: &SettingId| {
            if let Some(target) = targets.iter().find(|target| target.setting == *id) {
                return Ok(Told::by_row(target.clone()));
            }
            let basis = kind(*id).and_then(|kind| routing.legal_basis(kind)).ok_or(*id)?;
            Ok(Told { setting: *id, basis: basis.to_owned(), row: None })
        };
        self.settings.iter().map(told).collect()
    }
}

/// Being at a setting that a person ticked: in the way in which an entry has it, and now, unless it has not begun.
fn ticked(setting: SettingId, registered: &[Enrolment], ask: &Ask<'_>, site: Option<&Site>) -> Enrolment {
    let mut here = registered.iter().filter(|enrolment| enrolment.setting == setting);
    let now = here.clone().find(|enrolment| enrolment.standing() == Standing::Current);
    let Some(known) = now.or_else(|| here.next()) else {
        return ask.enrolment(setting, Attendance::Main, site);
    };
    let how = if known.how == Attendance::Guest { Attendance::Main } else { known.how };
    if known.standing() == Standing::NotBegun {
        return Enrolment { how, ..known.clone() };
    }
    Enrolment { how, from: None, until: None, last_day: LastDay::Stated, ..known.clone() }
}

/// Whether an enrolment that an entry has, and the person did not tick, stands beside what was ticked: the list of a team
/// for which no other was ticked.
fn goes_with(enrolment: &Enrolment, ticked: &[Enrolment]) -> bool {
    let has = |kinds: &[SettingKind]| ticked.iter().any(|one| kinds.contains(&one.kind));
    if ticked.iter().any(|one| one.setting == enrolment.setting) {
        return false;
    }
    match enrolment.how {
        Attendance::LookedAfter => true,
        Attendance::HomeEducated | Attendance::MissingEducation => {
            !has(&[SettingKind::School, SettingKind::College, SettingKind::Authority])
        }
        _ => enrolment.kind == SettingKind::HealthVisiting && !has(&[SettingKind::HealthVisiting]),
    }
}

/// As whom a setting of this kind can be told besides: who ticks one has said who that is.
const fn answers_as(kind: SettingKind) -> &'static [Whom] {
    match kind {
        SettingKind::HealthVisiting => &[Whom::HealthVisiting],
        SettingKind::Maternity => &[Whom::Maternity],
        SettingKind::Authority => &[Whom::HomeEducation, Whom::MissingEducation, Whom::HomeAuthority],
        SettingKind::Force => &[Whom::OtherForce],
        SettingKind::EarlyYears | SettingKind::Childminder => &[Whom::EarlyYears],
        SettingKind::School | SettingKind::College => &[],
    }
}
