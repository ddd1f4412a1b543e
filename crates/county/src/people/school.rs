//! Where a child of some age goes, and how well the registers know it.

use super::Standing;
use super::register::{is_stale, source_of};
use crate::random::Random;
use crate::setting::{Kind, Setting};

/// The settings, ready to be drawn from.
pub(super) struct Schools {
    settings: Vec<Setting>,
}

/// Where a child is, and where the registers have the child.
pub(super) struct Place {
    pub(super) standing: Standing,
    pub(super) listed: Vec<usize>,
    pub(super) attends: Vec<usize>,
}

/// For whom a place is sought.
pub(super) struct Seeker<'a> {
    /// Place of the authority where the child lives.
    pub(super) authority: usize,
    /// Age in years when the school year began.
    pub(super) school_age: i16,
    /// Where the next elder brother or sister goes; most children follow.
    pub(super) elder: &'a [usize],
}

impl Schools {
    pub(super) fn new(settings: &[Setting]) -> Self {
        Self { settings: settings.to_vec() }
    }

    /// A place for the child. Health visitors look after every child below school age, whatever setting it has too.
    pub(super) fn place(&self, random: &mut Random, seeker: &Seeker) -> Place {
        let nursery = |it: &Setting| it.kind == Kind::Primary && it.ages.0 <= 3;
        let place = match seeker.school_age {
            4.. => return self.of_school_age(random, seeker),
            3 if random.percent(45) => self.enrolled(random, seeker, Standing::NurseryClass, nursery),
            2..=3 if random.percent(70) => self.early(random, seeker),
            _ if random.percent(35) => self.early(random, seeker),
            _ => return self.with_team(random, seeker, Standing::AtHome, Kind::HealthVisiting, 92),
        };
        let team = self.with_team(random, seeker, place.standing, Kind::HealthVisiting, 92);
        let standing = if place.attends.is_empty() { Standing::AtHome } else { place.standing };
        let join = |left: Vec<usize>, right: Vec<usize>| [left, right].concat();
        Place {
            standing,
            listed: join(place.listed, team.listed),
            attends: join(place.attends, team.attends),
        }
    }

    /// In the care of the authority's team, and in its list in so many of a hundred cases.
    fn with_team(
        &self,
        random: &mut Random,
        seeker: &Seeker,
        standing: Standing,
        kind: Kind,
        percent: u64,
    ) -> Place {
        let alone = Seeker { elder: &[], ..*seeker };
        let attends = self.draw(random, &alone, |it| it.kind == kind);
        let listed = if random.percent(percent) { attends.clone() } else { Vec::new() };
        Place { standing, listed, attends }
    }

    fn early(&self, random: &mut Random, seeker: &Seeker) -> Place {
        self.enrolled(random, seeker, Standing::EarlyYears, |it| it.kind.in_early_years_register())
    }

    fn of_school_age(&self, random: &mut Random, seeker: &Seeker) -> Place {
        let takes = |setting: &Setting| suits(setting, seeker.school_age);
        let alone = Seeker { elder: &[], ..*seeker };
        match random.below(100) {
            0 | 1 => self.with_team(random, seeker, Standing::HomeEducated, Kind::Officer, 80),
            2 => self.with_team(random, seeker, Standing::MissingEducation, Kind::Officer, 50),
            3 if seeker.authority == 1 => {
                let abroad = Seeker { authority: 2, ..alone };
                Place {
                    standing: Standing::OverBorder,
                    listed: Vec::new(),
                    attends: self.draw(random, &abroad, takes),
                }
            }
            4 => self.left(random, &alone, Standing::Ended),
            5 => self.left(random, &alone, Standing::Moved),
            6 => self.enrolled(random, &alone, Standing::RestrictedEntry, takes),
            7 if seeker.school_age >= 11 => self.at_two(random, &alone),
            8..=10 => Place {
                standing: Standing::Unlisted,
                listed: Vec::new(),
                attends: self.draw(random, seeker, takes),
            },
            _ => self.enrolled(random, seeker, Standing::Enrolled, takes),
        }
    }

    /// At one setting that is wanted, with the standing that its register allows.
    fn enrolled(
        &self,
        random: &mut Random,
        seeker: &Seeker,
        standing: Standing,
        wanted: impl Fn(&Setting) -> bool,
    ) -> Place {
        let attends = self.draw(random, seeker, wanted);
        let standing = match attends.first().map(|&index| &self.settings[index]) {
            None => return self.with_team(random, seeker, Standing::MissingEducation, Kind::Officer, 50),
            Some(setting) if !setting.sends_register => {
                return Place { standing: Standing::Unlisted, listed: Vec::new(), attends };
            }
            Some(setting) if is_stale(source_of(setting)) => Standing::Stale,
            Some(_) => standing,
        };
        Place { standing, listed: attends.clone(), attends }
    }

    /// Has left the school where the register has, or had, the child.
    fn left(&self, random: &mut Random, seeker: &Seeker, standing: Standing) -> Place {
        let takes = |setting: &Setting| suits(setting, seeker.school_age);
        let before = self.enrolled(random, seeker, standing, takes);
        let now = self.draw(random, seeker, |it| takes(it) && !before.attends.contains(&it.index));
        if before.standing != standing || now.is_empty() {
            before.into_enrolled()
        } else {
            Place { attends: now, ..before }
        }
    }

    fn at_two(&self, random: &mut Random, seeker: &Seeker) -> Place {
        let takes = |setting: &Setting| suits(setting, seeker.school_age);
        let first = self.enrolled(random, seeker, Standing::TwoSettings, takes);
        let second = self.draw(random, seeker, |it| {
            let fits =
                (takes(it) || it.kind == Kind::Referral) && it.sends_register && !is_stale(source_of(it));
            fits && !first.attends.contains(&it.index)
        });
        if first.standing != Standing::TwoSettings || second.is_empty() {
            return first.into_enrolled();
        }
        let both = [first.attends, second].concat();
        Place { standing: Standing::TwoSettings, listed: both.clone(), attends: both }
    }

    fn draw(&self, random: &mut Random, seeker: &Seeker, wanted: impl Fn(&Setting) -> bool) -> Vec<usize> {
        if random.percent(80)
            && let Some(&same) = seeker.elder.iter().find(|&&index| wanted(&self.settings[index]))
        {
            return vec![same];
        }
        let fit: Vec<usize> = self
            .settings
            .iter()
            .filter(|setting| setting.authority == seeker.authority && wanted(setting))
            .map(|setting| setting.index)
            .collect();
        if fit.is_empty() { Vec::new() } else { vec![random.pick(&fit)] }
    }
}

impl Place {
    /// The same place, its standing made the ordinary one where it was meant to be another and no register lacks it.
    fn into_enrolled(self) -> Self {
        let standing = match self.standing {
            Standing::Unlisted | Standing::Stale | Standing::MissingEducation => self.standing,
            _ => Standing::Enrolled,
        };
        Self { standing, ..self }
    }
}

/// Whether a child of the age may be on roll there by itself; units take children who are on another roll too.
fn suits(setting: &Setting, school_age: i16) -> bool {
    let in_ages = (i16::from(setting.ages.0)..=i16::from(setting.ages.1)).contains(&school_age);
    in_ages && setting.kind.in_school_register() && setting.kind != Kind::Referral
}
