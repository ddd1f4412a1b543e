//! From a child to the settings that are told.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::question::{Attendance, Enrolment, Question, Standing, Teams};
use super::table::{Routing, Row, When, Whom};
use crate::id::SettingId;
use crate::state::{Hold, SettingKind};

/// A setting that is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The setting.
    pub setting: SettingId,
    /// What it is.
    pub kind: SettingKind,
    /// On which legal basis.
    pub basis: String,
    /// The circumstance that asks for it.
    pub when: When,
    /// As whom it is told.
    pub tell: Whom,
}

/// Somebody who should be told besides, and is not clear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The circumstance that asks for it.
    pub when: When,
    /// Who it is.
    pub tell: Whom,
    /// Why it is not clear.
    pub want: Want,
}

/// Why it is not clear who is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Want {
    /// No postcode of the home is known.
    NoHome,
    /// The age is not known well enough.
    NoAge,
    /// The directory lists nobody.
    NoneListed,
    /// The directory lists several.
    Several(usize),
}

/// Who is told of a child: at least one setting, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The settings.
    pub targets: Vec<Target>,
    /// Who should be told besides and is not clear.
    pub gaps: Vec<Gap>,
}

/// Nobody is told: a person decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Held {
    /// The reason.
    pub hold: Hold,
    /// The same in a sentence, without anybody's name.
    pub why: String,
    /// What is not clear besides.
    pub gaps: Vec<Gap>,
}

/// Works out who is told of a child.
///
/// # Errors
/// When nobody can be told without a guess: why a person decides.
pub fn route(question: &Question, routing: &Routing) -> Result<Route, Held> {
    let mut routed = Routed { question, routing, route: Route::default() };
    if question.is_unborn {
        return routed.unborn();
    }
    if let Some(enrolments) = &question.enrolments {
        routed.check(enrolments)?;
        routed.education(enrolments);
        routed.young(enrolments);
        routed.by_list(enrolments);
        routed.between(enrolments);
        routed.without(enrolments);
    }
    routed.elsewhere();
    if let Some(enrolments) = &question.enrolments {
        routed.check_left(enrolments)?;
    }
    if routed.route.targets.is_empty() { Err(routed.held()) } else { Ok(routed.route) }
}

struct Routed<'a> {
    question: &'a Question,
    routing: &'a Routing,
    route: Route,
}

impl<'a> Routed<'a> {
    /// Maternity safeguarding is the one that has to be clear.
    fn unborn(mut self) -> Result<Route, Held> {
        self.by_home(When::Unborn);
        self.elsewhere();
        if self.route.targets.is_empty() || self.route.gaps.iter().any(|gap| gap.tell == Whom::Maternity) {
            let is_handed_over = self.route.targets.iter().any(|target| target.tell == Whom::OtherForce);
            if is_handed_over {
                return Ok(self.route);
            }
            return Err(Held {
                hold: Hold::Unborn,
                why: "Not born yet, and the maternity team of the home is not clear.".into(),
                gaps: self.route.gaps,
            });
        }
        Ok(self.route)
    }

    /// Nobody is at a school and out of all schools at once.
    fn check(&self, enrolments: &[Enrolment]) -> Result<(), Held> {
        let has = |wanted: &dyn Fn(&Enrolment) -> bool| {
            enrolments.iter().any(|enrolment| enrolment.is_current() && wanted(enrolment))
        };
        let out = |enrolment: &Enrolment| {
            matches!(enrolment.how, Attendance::HomeEducated | Attendance::MissingEducation)
        };
        if has(&is_education) && has(&out) {
            return Err(Held {
                hold: Hold::SettingsDisagree,
                why: "One list has the child at a school, another out of all schools.".into(),
                gaps: Vec::new(),
            });
        }
        Ok(())
    }

    /// Every school, and the college.
    fn education(&mut self, enrolments: &'a [Enrolment]) {
        let current = || self.current(enrolments).filter(|enrolment| is_education(enrolment));
        let schools: Vec<_> = current().filter(|enrolment| enrolment.kind == SettingKind::School).collect();
        let colleges: Vec<_> = current().filter(|enrolment| enrolment.kind == SettingKind::College).collect();
        let at_college = if schools.is_empty() { When::AtCollege } else { When::AtCollegeBesidesSchool };
        for enrolment in &schools {
            self.attended(When::RegisteredAtSchool, enrolment);
        }
        for enrolment in &colleges {
            self.attended(at_college, enrolment);
        }
        if schools.iter().any(|enrolment| enrolment.how == Attendance::Boarder) {
            self.by_home(When::Boarding);
        }
    }

    /// A setting outside England and Wales is told on a basis of its own, and the force there is told besides.
    fn attended(&mut self, when: When, enrolment: &Enrolment) {
        if !enrolment.is_outside {
            self.tell(when, Whom::Setting, enrolment.setting, enrolment.kind);
            return;
        }
        self.tell(When::SettingOutside, Whom::Setting, enrolment.setting, enrolment.kind);
        let there: Teams = [(Whom::OtherForce, enrolment.forces.clone())].into();
        if let Some(row) = self.routing.row(When::SettingOutside, Whom::OtherForce) {
            self.by_teams(row, &there, true);
        }
    }

    /// Below the limit: each early-years setting, and the health visitors.
    fn young(&mut self, enrolments: &'a [Enrolment]) {
        let limit = i16::from(self.routing.under_years);
        let is_under = match &self.question.ages {
            Some(ages) if *ages.end() < limit => true,
            Some(ages) if *ages.start() >= limit => return,
            _ => false,
        };
        let early: Vec<_> = self.current(enrolments).filter(|enrolment| is_early_years(enrolment)).collect();
        let teams: Vec<_> = self
            .current(enrolments)
            .filter(|enrolment| is_kind(enrolment, SettingKind::HealthVisiting))
            .collect();
        if !is_under {
            let gap = |tell| Gap { when: When::UnderAge, tell, want: Want::NoAge };
            self.route.gaps.extend((!early.is_empty()).then(|| gap(Whom::EarlyYears)));
            self.route.gaps.extend((!teams.is_empty()).then(|| gap(Whom::HealthVisiting)));
            return;
        }
        for enrolment in early {
            self.tell(When::UnderAge, Whom::EarlyYears, enrolment.setting, enrolment.kind);
        }
        for enrolment in &teams {
            self.tell(When::UnderAge, Whom::HealthVisiting, enrolment.setting, enrolment.kind);
        }
        if teams.is_empty()
            && let Some(row) = self.routing.row(When::UnderAge, Whom::HealthVisiting)
        {
            self.by_teams(row, &self.question.home.teams, self.question.home.is_known);
        }
    }

    /// The authority's lists of children out of school, and the virtual school's.
    fn by_list(&mut self, enrolments: &'a [Enrolment]) {
        for (how, when, tell) in [
            (Attendance::HomeEducated, When::HomeEducated, Whom::HomeEducation),
            (Attendance::MissingEducation, When::MissingEducation, Whom::MissingEducation),
            (Attendance::LookedAfter, When::LookedAfter, Whom::VirtualSchool),
        ] {
            let listed: Vec<_> = self.current(enrolments).filter(|enrolment| enrolment.how == how).collect();
            for enrolment in listed {
                self.tell(when, tell, enrolment.setting, enrolment.kind);
            }
        }
    }

    /// Off one school's roll and not yet on the next. Nobody replaces a school by the authority for an end that no register
    /// states.
    fn between(&mut self, enrolments: &'a [Enrolment]) {
        let in_season = |enrolment: &&Enrolment| {
            is_education(enrolment)
                && enrolment.is_open
                && !enrolment.is_presumed_over()
                && self.routing.is_between_schools(enrolment.due_on)
                && !self.question.excluded.contains(&enrolment.setting)
        };
        let this_year = |enrolment: &Enrolment, day: Option<Date>, counts: fn(&Routing, Date) -> bool| {
            day.is_some_and(|day| day.year() == enrolment.due_on.year() && counts(self.routing, day))
        };
        let has_left = |one: &&Enrolment| {
            one.standing() == Standing::Ended && this_year(one, one.until, Routing::is_left_for_next)
        };
        let is_coming = |one: &&Enrolment| {
            one.standing() == Standing::NotBegun && this_year(one, one.from, Routing::is_between_schools)
        };
        let seasonal = || enrolments.iter().filter(in_season);
        let left: Vec<&Enrolment> = seasonal().filter(has_left).collect();
        let coming: Vec<&Enrolment> = seasonal().filter(is_coming).collect();
        let is_on_roll = enrolments.iter().any(|enrolment| enrolment.is_current() && is_education(enrolment));
        if !is_on_roll {
            for enrolment in &coming {
                self.tell(When::BetweenSchools, Whom::ComingSchool, enrolment.setting, enrolment.kind);
            }
        }
        for enrolment in &left {
            self.tell(When::BetweenSchools, Whom::LeavingSchool, enrolment.setting, enrolment.kind);
        }
        if !left.is_empty() && coming.is_empty() && !is_on_roll && !self.is_listed(enrolments) {
            self.by_home(When::BetweenSchools);
        }
    }

    /// On no roll at all, and old enough for one.
    fn without(&mut self, enrolments: &'a [Enrolment]) {
        let limit = i16::from(self.routing.under_years);
        let is_of_age = self.question.ages.as_ref().is_some_and(|ages| *ages.start() >= limit);
        let on_no_roll = enrolments.iter().all(|enrolment| enrolment.how == Attendance::LookedAfter);
        if is_of_age && on_no_roll {
            self.by_home(When::NoEnrolment);
        }
    }

    /// A child who has left, or has not begun, at every place that it attended is at one that nobody knows of: telling only
    /// the health visitors, or the virtual school, would leave that open. One who has left by inference only may still be
    /// there: no team and no other force is told in the place of that setting.
    fn check_left(&self, enrolments: &[Enrolment]) -> Result<(), Held> {
        // A setting that said "not here" has raised a task of its own.
        let attended = |enrolment: &&Enrolment| {
            let is_open = !self.question.excluded.contains(&enrolment.setting);
            is_open && is_attended(enrolment)
        };
        let is_told = |enrolment: &Enrolment| {
            self.route.targets.iter().any(|target| target.setting == enrolment.setting)
        };
        let is_presumed = enrolments.iter().filter(attended).any(Enrolment::is_presumed_over);
        let is_placed = self.route.targets.iter().any(|target| match (target.when, target.tell) {
            (When::UnderAge, Whom::HealthVisiting) | (When::LookedAfter, _) => false,
            (When::HomeElsewhere, _) | (When::BetweenSchools, Whom::MissingEducation) => !is_presumed,
            _ => true,
        });
        let mut attended = enrolments.iter().filter(attended).peekable();
        if is_placed || attended.peek().is_none() || attended.any(is_told) {
            return Ok(());
        }
        let (hold, why) = why(self.question);
        Err(Held { hold, why: why.into(), gaps: self.route.gaps.clone() })
    }

    /// Lives in another force's area, which is told too, or alone where no setting was found.
    fn elsewhere(&mut self) {
        let home = &self.question.home;
        let is_elsewhere = home.teams.get(&Whom::OtherForce).is_some_and(|forces| !forces.is_empty());
        if is_elsewhere && let Some(row) = self.routing.row(When::HomeElsewhere, Whom::OtherForce) {
            self.by_teams(row, &home.teams, home.is_known);
        }
    }

    fn current(&self, enrolments: &'a [Enrolment]) -> impl Iterator<Item = &'a Enrolment> + use<'a> {
        let excluded: BTreeSet<SettingId> = self.question.excluded.clone();
        enrolments
            .iter()
            .filter(move |enrolment| enrolment.is_current() && !excluded.contains(&enrolment.setting))
    }

    fn is_listed(&self, enrolments: &'a [Enrolment]) -> bool {
        self.current(enrolments)
            .any(|enrolment| matches!(enrolment.how, Attendance::HomeEducated | Attendance::MissingEducation))
    }

    /// Whoever answers for the home, by every row of the circumstance that asks for a team.
    fn by_home(&mut self, when: When) {
        let home = &self.question.home;
        for row in self.routing.rows(when).filter(|row| is_team(row.tell)) {
            self.by_teams(row, &home.teams, home.is_known);
        }
    }

    fn by_teams(&mut self, row: &Row, teams: &Teams, is_known: bool) {
        let listed = teams.get(&row.tell).map_or(&[][..], Vec::as_slice);
        let want = match listed {
            [team] if self.question.excluded.contains(team) => return,
            [team] => return self.tell(row.when, row.tell, *team, kind_of(row.tell)),
            [] if !is_known => Want::NoHome,
            [] => Want::NoneListed,
            several => Want::Several(several.len()),
        };
        self.route.gaps.push(Gap { when: row.when, tell: row.tell, want });
    }

    /// Adds a setting, if the table has a row that says so; the first row that names it counts.
    fn tell(&mut self, when: When, tell: Whom, setting: SettingId, kind: SettingKind) {
        let is_new = self.route.targets.iter().all(|target| target.setting != setting);
        if let Some(row) = self.routing.row(when, tell)
            && is_new
        {
            self.route.targets.push(Target { setting, kind, basis: row.basis.clone(), when, tell });
        }
    }

    /// Why nobody is told.
    fn held(self) -> Held {
        let (hold, why) = why(self.question);
        Held { hold, why: why.into(), gaps: self.route.gaps }
    }
}

const PRESUMED: &str = "No register states that the child has left: it is missing from a file, or past the last year of its school.";

fn why(question: &Question) -> (Hold, &'static str) {
    let Some(enrolments) = &question.enrolments else {
        return (Hold::NoMatch, "It is not known who the child is.");
    };
    let is_any = |wanted: &dyn Fn(&Enrolment) -> bool| enrolments.iter().any(wanted);
    let is_said = |enrolment: &Enrolment| question.excluded.contains(&enrolment.setting);
    if is_any(&|enrolment| enrolment.is_current() && is_said(enrolment)) {
        (Hold::NotHere, "Every setting that has the child on its roll said that the child is not there.")
    } else if is_any(&|enrolment| is_attended(enrolment) && enrolment.is_presumed_over()) {
        (Hold::EnrolmentEnded, PRESUMED)
    } else if is_any(&|enrolment| enrolment.is_current()) {
        (Hold::NoEnrolment, "The child is at no setting that the routing table tells of a child of this age.")
    } else if is_any(&|enrolment| enrolment.standing() != Standing::Current) {
        (Hold::EnrolmentEnded, "The child has left, or has not begun, at every setting on record.")
    } else if is_any(&|enrolment| !enrolment.is_open) {
        (Hold::NoEnrolment, "The setting on record is closed, or not in the directory.")
    } else if is_any(&|enrolment| enrolment.how == Attendance::Guest) {
        (Hold::NoEnrolment, "The child is only a guest at the settings on record.")
    } else {
        (Hold::NoEnrolment, "The child is on no roll, and the team for it is not clear.")
    }
}

fn is_education(enrolment: &Enrolment) -> bool {
    matches!(enrolment.kind, SettingKind::School | SettingKind::College)
}

fn is_early_years(enrolment: &Enrolment) -> bool {
    matches!(enrolment.kind, SettingKind::EarlyYears | SettingKind::Childminder)
}

fn is_attended(enrolment: &Enrolment) -> bool {
    is_education(enrolment) || is_early_years(enrolment)
}

fn is_kind(enrolment: &Enrolment, kind: SettingKind) -> bool {
    enrolment.kind == kind
}

const fn is_team(tell: Whom) -> bool {
    !matches!(tell, Whom::Setting | Whom::EarlyYears | Whom::ComingSchool | Whom::LeavingSchool)
}

/// What kind of setting a team is.
const fn kind_of(tell: Whom) -> SettingKind {
    match tell {
        Whom::HealthVisiting => SettingKind::HealthVisiting,
        Whom::Maternity => SettingKind::Maternity,
        Whom::OtherForce => SettingKind::Force,
        Whom::HomeEducation | Whom::MissingEducation | Whom::VirtualSchool | Whom::HomeAuthority => {
            SettingKind::Authority
        }
        Whom::Setting | Whom::EarlyYears | Whom::ComingSchool | Whom::LeavingSchool => SettingKind::School,
    }
}
