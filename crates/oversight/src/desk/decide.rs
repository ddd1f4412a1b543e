//! Decisions about a child: who it is and whom to tell, closed, handed over.

use std::collections::BTreeSet;

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::{ChildId, EntryId, SettingId};
use encompass_core::state::Reason;
use encompass_matching::{Standing, Weighed, normalise};
use encompass_store::Error;
use encompass_store::desk::CaseChild;
use encompass_store::matched::Origin;
use encompass_store::resolve::{ByPerson, Choice, Outcome, Recipient, Said, Shown, Who};
use encompass_web::form::Fields;
use zeroize::Zeroizing;

use super::child::{View, is_guarded, overtaken, page};
use super::decided::cases;
use super::evidence::Read;
use super::form::{REASONS, may_be_told};
use super::{field_id, id};
use crate::State;
use crate::failure::{Answer, Failure, Wrong};
use crate::sent::Sent;
use crate::staff::Staff;

/// Settings that one decision names at most: a child belongs to few.
const SETTINGS_MAX: usize = 10;
/// Settings that one search offers.
const FOUND_MAX: usize = 20;

/// Nobody is left to be told.
const NOTHING_NEW: Wrong<'_> = (
    "setting",
    "Where the child is has been told, is being told, or has sent it back: tick a setting that is still to be told",
);

/// What the form of a decision says.
struct Given<'a> {
    fields: &'a Fields,
    settings: Vec<SettingId>,
    entries: Vec<EntryId>,
    not_listed: bool,
    reason: &'a str,
}

impl<'a> Given<'a> {
    fn read(fields: &'a Fields) -> Self {
        let settings = fields.every("setting").filter_map(|id| id.parse().ok());
        Self {
            settings: settings.take(SETTINGS_MAX).collect(),
            entries: fields.every("entry").filter_map(|id| id.parse().ok()).collect(),
            not_listed: fields.every("entry").any(|value| value == "none"),
            reason: fields.one("reason"),
            fields,
        }
    }

    /// The page as it was, with what was filled in.
    fn view(self, error: Option<Wrong<'static>>) -> View<'a> {
        let found = self.fields.every("kept").filter_map(|id| id.parse().ok()).collect();
        View {
            error,
            found,
            ticked: self.settings,
            entries: self.entries,
            not_listed: self.not_listed,
            why: self.fields.one("why"),
            reason: self.reason,
            searched: self.fields.one("search"),
            ..View::default()
        }
    }

    /// What the person says of the candidates shown.
    fn said(&self, shown: &[&Weighed]) -> Result<Said, Wrong<'static>> {
        if self.not_listed && !self.entries.is_empty() {
            return Err(("entry", "Tick either a candidate or none of them"));
        }
        if self.not_listed {
            return Ok(Said::NotListed);
        }
        let of = |entry: &EntryId| shown.iter().find(|candidate| candidate.entry == *entry);
        let these: Option<Vec<_>> =
            self.entries.iter().map(|entry| of(entry).map(|one| (one.register, one.entry))).collect();
        match these {
            None => Err(("entry", "One of the candidates is no longer there: look at the page again")),
            Some(these) if these.is_empty() => Ok(Said::Nothing),
            Some(these) => Ok(Said::These(these)),
        }
    }

    /// What is to be done. Where no setting is ticked, those are told where a ticked candidate is on roll.
    fn choice(&self, shown: &[&Weighed], one: &CaseChild, evidence: &Read) -> Result<Choice, Wrong<'static>> {
        let reason = self.reason.parse::<Reason>().ok().filter(|reason| REASONS.contains(reason));
        match reason {
            Some(_) if !self.settings.is_empty() => {
                Err(("reason", "Either tick settings or say why nobody is told, not both"))
            }
            Some(reason) => Ok(Choice::Close(reason)),
            None if !self.reason.is_empty() => Err(("reason", "Choose why nobody is to be told")),
            None if !self.settings.is_empty() => Ok(Choice::Settings(self.settings.clone())),
            None if self.entries.is_empty() => {
                Err(("setting", "Tick at least one setting, or say why nobody is told"))
            }
            None if is_guarded(one, evidence) || self.is_tied(shown) => Err((
                "setting",
                "Tick each setting yourself: somebody may be in danger if the wrong one is told",
            )),
            None => self.on_roll(shown, one).map(Choice::Settings),
        }
    }

    fn ticked<'b>(&self, shown: &[&'b Weighed]) -> Vec<&'b Weighed> {
        shown.iter().filter(|one| self.entries.contains(&one.entry)).copied().collect()
    }

    /// Whether an adult of the incident may be a contact where a ticked candidate is on roll.
    fn is_tied(&self, shown: &[&Weighed]) -> bool {
        let ticked = self.ticked(shown);
        let mut enrolments = ticked.iter().flat_map(|one| &one.enrolments);
        enrolments.any(|seen| seen.tie != encompass_matching::adult::Tie::None)
    }

    /// Where the ticked candidates are on roll and somebody is to be told yet.
    fn on_roll(&self, shown: &[&Weighed], one: &CaseChild) -> Result<Vec<SettingId>, Wrong<'static>> {
        let ticked = self.ticked(shown);
        let current = ticked.iter().flat_map(|one| &one.enrolments);
        let current = current.filter(|seen| seen.standing == Standing::Current).map(|seen| seen.setting);
        let current: BTreeSet<SettingId> = current.collect();
        if current.is_empty() {
            return Err(("setting", "The candidate that you ticked is on roll nowhere now: tick a setting"));
        }
        let new: Vec<SettingId> = current.into_iter().filter(|id| may_be_told(one, *id)).collect();
        if new.is_empty() { Err(NOTHING_NEW) } else { Ok(new) }
    }
}

pub(crate) async fn decide(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let child = id(&child)?;
    if fields.one("do") == "search" {
        return search(&state, &staff, child, &fields).await;
    }
    let (case, place) = state.store().open_child(&staff.scope, child).await?;
    let one = &case.children[place];
    let shown = shown(&fields);
    if one.decisions.last().map(|decided| decided.id) != shown.resolution {
        return overtaken(&state, &staff, child).await;
    }
    let evidence = Read::newest(&one.decisions);
    let candidates = evidence.shown(staff.scope.sees_restricted());
    let given = Given::read(&fields);
    let read = given
        .said(&candidates)
        .and_then(|said| given.choice(&candidates, one, &evidence).map(|choice| (said, choice)));
    let (said, choice) = match read {
        Ok(read) => read,
        Err(wrong) => return page(&state, &staff, child, given.view(Some(wrong))).await,
    };
    let done = if matches!(choice, Choice::Close(_)) { "closed" } else { "decided" };
    let who = Who {
        shown: candidates.iter().map(|candidate| candidate.entry).collect(),
        cases: evidence.compared().map_or_else(Vec::new, |evidence| {
            // What was matched without a person has no reason to wait.
            let origin = if evidence.reasons.is_empty() { Origin::Review } else { Origin::Desk };
            cases(evidence, &candidates, &said, origin, (&case.force, child))
        }),
        said,
    };
    let why = Zeroizing::new(fields.one("why").to_owned());
    let decision = ByPerson { child, choice, why, shown };
    match record(&state, &staff, decision, who).await? {
        Recorded::Overtaken => overtaken(&state, &staff, child).await,
        Recorded::Done => Ok(Redirect::to(&format!("/children/{child}?done={done}")).into_response()),
        Recorded::Refused(wrong) => page(&state, &staff, child, given.view(Some(wrong))).await,
    }
}

/// Looks for settings by name and offers them. What is looked for stands in no address.
async fn search(state: &State, staff: &Staff, child: ChildId, fields: &Fields) -> Answer {
    let found = found(state, fields.one("search")).await?;
    let error = found.is_empty().then_some(("search", "No open setting has a name like this"));
    let mut view = Given::read(fields).view(error);
    view.found.splice(0..0, found);
    page(state, staff, child, view).await
}

/// Open settings whose names hold these words.
pub(crate) async fn found(state: &State, text: &str) -> Result<Vec<SettingId>, Failure> {
    let name = normalise::setting_name(text);
    if name.chars().count() < 3 {
        return Ok(Vec::new());
    }
    let settings = state.store().search_settings(&name, FOUND_MAX).await?;
    Ok(settings.into_iter().map(|setting| setting.id).collect())
}

pub(crate) async fn hand_over(
    Extract(state): Extract<State>,
    staff: Staff,
    Path(child): Path<String>,
    Sent(fields): Sent,
) -> Answer {
    let child = id(&child)?;
    let accepted = fields.one("accepted");
    let to = match fields.one("to") {
        _ if accepted.is_empty() => Err(("accepted", "Write who has accepted the child")),
        "elsewhere" => Ok(Recipient::Elsewhere),
        force if state.forces().get(force).is_some() => Ok(Recipient::Force(force.to_owned())),
        _ => Err(("to", "Choose who has accepted the child")),
    };
    let back = |wrong| View { error: Some(wrong), accepted, ..View::default() };
    let to = match to {
        Ok(to) => to,
        Err(wrong) => return page(&state, &staff, child, back(wrong)).await,
    };
    let why = Zeroizing::new(accepted.to_owned());
    let decision = ByPerson { child, choice: Choice::HandOver(to), why, shown: shown(&fields) };
    match record(&state, &staff, decision, Who::default()).await? {
        Recorded::Overtaken => overtaken(&state, &staff, child).await,
        Recorded::Done => Ok(Redirect::to(&format!("/children/{child}?done=handed-over")).into_response()),
        Recorded::Refused(wrong) => page(&state, &staff, child, back(wrong)).await,
    }
}

/// What the form says was shown.
fn shown(fields: &Fields) -> Shown {
    Shown {
        version: fields.one("version").parse().unwrap_or(-1),
        resolution: field_id(fields, "resolution"),
        settings: fields.every("offered").filter_map(|id| id.parse().ok()).collect(),
    }
}

/// What became of a decision.
enum Recorded {
    Done,
    Overtaken,
    Refused(Wrong<'static>),
}

async fn record(state: &State, staff: &Staff, decision: ByPerson, who: Who) -> Result<Recorded, Failure> {
    let (now, machine) = (state.now(), state.machine());
    let outcome = state.store().decide_who(&staff.scope, state.rules(), decision, who, now, machine).await;
    Ok(match outcome {
        Err(Error::Changed) => Recorded::Overtaken,
        other => wrong(other?).map_or(Recorded::Done, Recorded::Refused),
    })
}

/// The field that an outcome is about, and what is wrong with it.
const fn wrong(outcome: Outcome) -> Option<Wrong<'static>> {
    Some(match outcome {
        Outcome::Done => return None,
        Outcome::NoSetting => ("setting", "Tick at least one setting"),
        Outcome::NothingNew => NOTHING_NEW,
        Outcome::Excluded(_) => ("setting", "One of these settings said that the child is not there"),
        Outcome::NotOpen(_) => ("setting", "One of these settings is closed"),
        Outcome::NoLegalBasis(_) => {
            ("setting", "Your force has no arrangement to tell one of these settings")
        }
        Outcome::NoWords => ("why", "Write the reason in your own words"),
        Outcome::NotAPerson => ("setting", "Only a member of staff may decide this"),
        Outcome::NotShown(_) => ("entry", "One of the candidates was not shown to you"),
        Outcome::TwoOfOneRegister => (
            "entry",
            "Two entries of one register are two children. Tick the one that is the child, and ask the force if you \
             can’t tell",
        ),
    })
}
