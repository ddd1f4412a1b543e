//! The evidence of a decision, laid out for the person who decides now.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use encompass_core::id::{EntryId, RegisterId, SettingId};
use encompass_matching::setting::{By, Candidate, Points};
use encompass_matching::{Compared, Evidence, Weighed};
use encompass_store::desk::Decided;
use encompass_web::Html;
use encompass_web::page::{Column, Row, SummaryList, Table};
use serde::Deserialize;

use super::names::Names;
use super::register::Registers;
use crate::list::table;
use crate::words;

/// What the resolver sealed.
#[derive(Deserialize)]
struct Laid {
    #[serde(flatten)]
    compared: Evidence,
    #[serde(default)]
    named: Vec<Candidate>,
}

/// What of it says why exact agreement was not sent.
#[derive(Deserialize)]
struct Held {
    #[serde(default)]
    unearned: Vec<Unearned>,
}

/// Exact agreement on one register that nothing confirms.
#[derive(Deserialize)]
struct Unearned {
    register: RegisterId,
    why: String,
}

/// What a person wrote when deciding.
#[derive(Deserialize)]
struct ByPerson {
    by: String,
    why: String,
    #[serde(default)]
    who: Named,
}

/// Whom the person named.
#[derive(Default, Deserialize)]
struct Named {
    #[serde(default)]
    entries: Vec<EntryId>,
    #[serde(default)]
    not_listed: bool,
}

impl ByPerson {
    /// In words: whom the person named, and why.
    fn said(self) -> String {
        let named = match (self.who.entries.len(), self.who.not_listed) {
            (0, false) => None,
            (0, true) => Some("Not on the registers.".to_owned()),
            (1, _) => Some("Named the entry of a register that is the child.".to_owned()),
            (several, _) => Some(format!("Named {several} entries of registers that are the child.")),
        };
        let why = (!self.why.is_empty()).then_some(self.why);
        [named, why].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }
}

/// Candidates that are put side by side.
const SHOWN_MAX: usize = 5;

/// The score of a candidate; the lowest without one.
pub(crate) fn score(candidate: &Weighed) -> f64 {
    candidate.scored.as_ref().map_or(f64::NEG_INFINITY, |scored| scored.score)
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
    /// The newest of these decisions that compared anything: what a person decided later leaves it as it was.
    pub fn newest(decisions: &[Decided]) -> Self {
        let compared = decisions.iter().rev().map(Self::of).find(|read| read.compared().is_some());
        compared.unwrap_or(Self::Unread)
    }

    pub fn of(decided: &Decided) -> Self {
        if let Ok(person) = serde_json::from_slice::<ByPerson>(&decided.evidence)
            && !person.by.is_empty()
        {
            return Self::Words(person.said());
        }
        let laid = serde_json::from_slice::<Laid>(&decided.evidence);
        laid.map_or(Self::Unread, |laid| Self::Compared(Box::new(laid.compared), laid.named))
    }

    /// The settings that it speaks of: those to offer. Where somebody is on roll whose entry is for named people only
    /// is offered to nobody else.
    pub fn settings(&self, sees_restricted: bool) -> Vec<SettingId> {
        let Self::Compared(evidence, named) = self else { return Vec::new() };
        let on_roll = |is_restricted: bool| {
            let candidates = evidence.candidates.iter().filter(move |one| one.is_restricted == is_restricted);
            candidates.flat_map(|candidate| &candidate.enrolments).map(|seen| seen.setting)
        };
        let mut settings: BTreeSet<SettingId> = on_roll(false).collect();
        settings.extend(named.iter().map(|candidate| candidate.setting));
        settings.extend(&evidence.officer);
        let hidden: BTreeSet<SettingId> =
            on_roll(true).filter(|setting| !sees_restricted && !settings.contains(setting)).collect();
        settings.extend(on_roll(true));
        settings.extend(&evidence.settings);
        settings.difference(&hidden).copied().collect()
    }

    /// The reasons besides the one that the child is held for.
    pub fn further_reasons(&self) -> Vec<&'static str> {
        let Self::Compared(evidence, _) = self else { return Vec::new() };
        evidence.reasons.iter().skip(1).map(|hold| words::hold(*hold)).collect()
    }

    /// What the rules compared.
    pub fn compared(&self) -> Option<&Evidence> {
        if let Self::Compared(evidence, _) = self { Some(evidence) } else { None }
    }

    /// The candidates that this reader is shown, best first: the best of each register, then the next best.
    pub fn shown(&self, sees_restricted: bool) -> Vec<&Weighed> {
        let Some(evidence) = self.compared() else { return Vec::new() };
        let mut candidates: Vec<&Weighed> = evidence.candidates.iter().collect();
        candidates.retain(|candidate| sees_restricted || !candidate.is_restricted);
        candidates
            .sort_by(|a, b| (b.fits, score(b)).partial_cmp(&(a.fits, score(a))).unwrap_or(Ordering::Equal));
        let mut registers = Vec::new();
        let (best, rest): (Vec<_>, Vec<_>) = candidates.into_iter().partition(|candidate| {
            let is_first = !registers.contains(&candidate.register);
            registers.push(candidate.register);
            is_first
        });
        let mut shown: Vec<&Weighed> = best.into_iter().chain(rest).take(SHOWN_MAX).collect();
        shown.sort_by(|a, b| score(b).partial_cmp(&score(a)).unwrap_or(Ordering::Equal));
        shown
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

/// Why exact agreement waits for a person, by the newest decision that compared anything: a sentence for each register.
pub(super) fn unearned(decisions: &[Decided], registers: &Registers) -> Vec<String> {
    let compared = decisions.iter().rev().find(|decided| Read::of(decided).compared().is_some());
    let held = compared.and_then(|decided| serde_json::from_slice::<Held>(&decided.evidence).ok());
    let each = held.into_iter().flat_map(|held| held.unearned);
    each.map(|one| format!("Not yet earned for {}: {}", registers.name(one.register), one.why)).collect()
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
    table("Decisions", COLUMNS, rows)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(candidates: &[(u128, u128, f64, bool)]) -> Read {
        let id = |number: &u128| uuid::Uuid::from_u128(*number);
        let candidates = candidates.iter().map(|(entry, register, score, is_restricted)| {
            json!({
                "entry": id(entry), "register": id(register), "load": id(register),
                "written": {"given": "A", "family": "B", "born": "2016-05-04", "address": null, "postcode": null},
                "fits": false, "names": "agrees", "birth_date": "agrees", "postcode": "agrees", "upn": "agrees",
                "nhs_number": "agrees", "officer": "agrees", "is_stale": false, "is_restricted": is_restricted,
                "enrolments": [], "scored": {
                    "score": score, "probability": 0.5, "is_earned": false, "found_by": [], "fields": []
                }
            })
        });
        let evidence = json!({
            "reasons": [], "officer": [], "officer_spoke": false, "settings": [],
            "candidates": candidates.collect::<Vec<_>>()
        });
        Read::Compared(Box::new(serde_json::from_value(evidence).unwrap()), Vec::new())
    }

    fn decided(evidence: &serde_json::Value) -> Decided {
        Decided {
            id: encompass_core::id::ResolutionId::new(uuid::Uuid::from_u128(1)),
            kind: encompass_core::state::ResolutionKind::None,
            reason: None,
            decided_at: jiff::Timestamp::UNIX_EPOCH,
            decided_by: "service:resolver".into(),
            incident_version: 1,
            rules_version: "exact-1".into(),
            register_load: None,
            directory_load: None,
            evidence: serde_json::to_vec(evidence).unwrap().into(),
        }
    }

    #[test]
    fn exact_agreement_that_was_not_sent_says_on_which_register_it_is_not_yet_earned() {
        let register = RegisterId::new(uuid::Uuid::from_u128(7));
        let compared = json!({
            "reasons": ["unconfirmed"], "officer": [], "officer_spoke": false, "settings": [], "candidates": [],
            "unearned": [{ "register": register, "why": "names agree exactly, but nothing else." }],
        });
        let by_person = json!({ "by": "staff:w.desk", "why": "it is" });
        let decisions = [decided(&compared), decided(&by_person)];
        let registers = Registers::from(vec![(register, "School census".to_owned())]);
        let expected = ["Not yet earned for School census: names agree exactly, but nothing else."];
        assert_eq!(unearned(&decisions, &registers), expected);
        assert!(unearned(&decisions[1..], &registers).is_empty());
    }

    fn shown(read: &Read, sees_restricted: bool) -> Vec<u128> {
        read.shown(sees_restricted)
            .iter()
            .map(|one| one.entry.to_string())
            .map(|id| uuid::Uuid::parse_str(&id).unwrap().as_u128())
            .collect()
    }

    #[test]
    fn five_are_shown_best_first_and_the_best_of_each_register_among_them() {
        let many: Vec<_> =
            (1..=6).map(|n| (n, 1, 10.0 - n as f64, false)).chain([(9, 2, -5.0, false)]).collect();
        assert_eq!(shown(&read(&many), false), [1, 2, 3, 4, 9]);
    }

    #[test]
    fn an_entry_for_named_people_is_shown_to_them_only() {
        let read = read(&[(1, 1, 5.0, true), (2, 1, 3.0, false)]);
        assert_eq!(shown(&read, true), [1, 2]);
        assert_eq!(shown(&read, false), [2]);
    }
}
