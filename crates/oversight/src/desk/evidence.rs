//! The evidence of a decision, laid out for the person who decides now.

use encompass_core::id::SettingId;
use encompass_matching::setting::{By, Candidate, Points};
use encompass_matching::{Compared, Evidence, Standing, Weighed};
use encompass_store::desk::Decided;
use encompass_web::Html;
use encompass_web::page::{Column, Row, SummaryList, Table};
use serde::Deserialize;

use super::names::Names;
use crate::words;

/// What the resolver sealed.
#[derive(Deserialize)]
struct Laid {
    #[serde(flatten)]
    compared: Evidence,
    #[serde(default)]
    named: Vec<Candidate>,
}

/// What a person wrote when deciding.
#[derive(Deserialize)]
struct ByPerson {
    #[serde(default)]
    why: String,
}

/// One decision's evidence, read back.
pub(crate) enum Read {
    /// The rules': what was compared with what, and the settings that the officer may mean.
    Compared(Box<Evidence>, Vec<Candidate>),
    /// A person's words.
    Words(String),
    /// Neither; an older version wrote it.
    Unread,
}

impl Read {
    pub fn of(decided: &Decided) -> Self {
        if let Ok(person) = serde_json::from_slice::<ByPerson>(&decided.evidence)
            && !person.why.is_empty()
        {
            return Self::Words(person.why);
        }
        let laid = serde_json::from_slice::<Laid>(&decided.evidence);
        laid.map_or(Self::Unread, |laid| Self::Compared(Box::new(laid.compared), laid.named))
    }

    /// The settings that it speaks of: those to offer.
    pub fn settings(&self) -> Vec<SettingId> {
        let Self::Compared(evidence, named) = self else { return Vec::new() };
        let mut settings = evidence.possible_settings();
        settings.extend(named.iter().map(|candidate| candidate.setting));
        let on_roll = evidence.candidates.iter().flat_map(|candidate| &candidate.enrolments);
        settings.extend(on_roll.map(|seen| seen.setting));
        settings.extend(&evidence.settings);
        settings.sort_unstable();
        settings.dedup();
        settings
    }

    /// The reasons besides the one that the child is held for.
    pub fn further_reasons(&self) -> Vec<&'static str> {
        let Self::Compared(evidence, _) = self else { return Vec::new() };
        evidence.reasons.iter().skip(1).map(|hold| words::hold(*hold)).collect()
    }

    /// Every candidate as a list of what was compared.
    pub fn candidates(&self, names: &Names) -> Vec<SummaryList<'static>> {
        let Self::Compared(evidence, _) = self else { return Vec::new() };
        evidence.candidates.iter().map(|candidate| laid_out(candidate, names)).collect()
    }

    /// Every setting that the officer may mean, with what fits and what does not.
    pub fn named(&self, names: &Names) -> Vec<SummaryList<'static>> {
        let Self::Compared(_, named) = self else { return Vec::new() };
        named.iter().map(|candidate| weighed(candidate, names)).collect()
    }

    /// What the officer's word about the setting came to.
    pub fn officer(&self) -> Option<&'static str> {
        let Self::Compared(evidence, _) = self else { return None };
        Some(match (evidence.officer_spoke, evidence.officer.len()) {
            (false, _) => "The officer named no setting.",
            (true, 0) => "The directory has no setting of the name that the officer wrote.",
            (true, 1) => "The directory has one setting of the name that the officer wrote.",
            (true, _) => "The directory has several settings of the name that the officer wrote.",
        })
    }
}

fn laid_out(candidate: &Weighed, names: &Names) -> SummaryList<'static> {
    let written = &candidate.written;
    let compared = |key: &'static str, shown: &str, compared: Compared| {
        let verdict = match compared {
            Compared::Agrees => "agrees",
            Compared::Differs => "differs",
            Compared::NotKnown => "not known on one side",
        };
        Row::text(key, if shown.is_empty() { verdict.to_owned() } else { format!("{shown} – {verdict}") })
    };
    let born = written.born.strftime("%-d %B %Y").to_string();
    let mut rows = vec![
        compared("Name on the register", &format!("{} {}", written.given, written.family), candidate.names),
        compared("Birth date", &born, candidate.birth_date),
        compared("Postcode", written.postcode.as_deref().unwrap_or(""), candidate.postcode),
        compared("Pupil number", "", candidate.upn),
        compared("NHS number", "", candidate.nhs_number),
        compared("Officer’s setting", "", candidate.officer),
    ];
    for seen in &candidate.enrolments {
        rows.push(Row::text("On roll", format!("{}: {}", names.name(seen.setting), standing(seen.standing))));
    }
    if candidate.is_stale {
        rows.push(Row::text("Register", "past its stated age"));
    }
    if candidate.is_restricted {
        rows.push(Row::text("Entry", "for named people only"));
    }
    SummaryList { rows }
}

fn weighed(candidate: &Candidate, names: &Names) -> SummaryList<'static> {
    let points = candidate.points;
    let fits = |compared: Compared, points: u8, most: u8| {
        let verdict = match compared {
            Compared::Agrees => "fits",
            Compared::Differs => "does not fit",
            Compared::NotKnown => "not known",
        };
        format!("{verdict} – {points} of {most} points")
    };
    let name = match candidate.by {
        By::Name => "",
        By::FormerName => ", by a former name",
        By::Site => ", by the name of a site",
        By::Place => ", by the place only",
    };
    let far = candidate.kilometres.map(|far| format!(", about {far} km from the home")).unwrap_or_default();
    let rows = vec![
        Row::text("Setting", names.name(candidate.setting)),
        Row::text("All together", format!("{} of 100 points", points.total())),
        Row::text("Name", fits(candidate.name, points.name, Points::MOST.name) + name),
        Row::text("Kind, church and sex", fits(candidate.kind, points.kind, Points::MOST.kind)),
        Row::text("Age of the child", fits(candidate.age, points.age, Points::MOST.age)),
        Row::text("Area", fits(candidate.area, points.area, Points::MOST.area) + &far),
    ];
    SummaryList { rows }
}

const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Current => "on roll",
        Standing::Ended => "no longer on roll",
        Standing::NotBegun => "not yet on roll",
        Standing::Guest => "a guest there, registered elsewhere",
        Standing::NotOpen => "closed, or not in the directory",
        Standing::Excluded => "said that the child is not there",
    }
}

const COLUMNS: &[Column<'_>] = &[
    Column::text("When"),
    Column::text("Decision"),
    Column::text("By"),
    Column::text("On what"),
    Column::text("In their words"),
];

/// All decisions about a child, oldest first.
pub(crate) fn decisions(decided: &[Decided]) -> Option<Table<'static>> {
    let rows = decided.iter().map(|one| {
        let what = match (&one.reason, one.kind.as_str()) {
            (Some(reason), _) => words::plain(reason),
            (None, kind) => words::plain(kind),
        };
        let said = match Read::of(one) {
            Read::Words(why) => why,
            Read::Compared(..) | Read::Unread => String::new(),
        };
        vec![
            Html::text(crate::case::when(one.decided_at)),
            Html::text(what),
            Html::text(words::actor(&one.decided_by)),
            Html::text(format!("version {}, rules {}", one.incident_version, one.rules_version)),
            Html::text(said),
        ]
    });
    let rows: Vec<_> = rows.collect();
    (!rows.is_empty()).then(|| Table::new("Decisions", COLUMNS, rows).stacked())
}
