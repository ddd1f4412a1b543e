//! Decisions about a child: who it is and whom to tell, closed, handed over.

use axum::extract::{Path, State as Extract};
use axum::response::{IntoResponse, Redirect};
use encompass_core::id::{ChildId, EntryId, SettingId};
use encompass_core::incident::Incident;
use encompass_core::state::{Hold, Reason};
use encompass_matching::adult::{Named, Tie};
use encompass_matching::{Weighed, normalise};
use encompass_store::Error;
use encompass_store::desk::CaseChild;
use encompass_store::matched::Origin;
use encompass_store::resolve::{Besides, ByPerson, Choice, Outcome, Recipient, Said, Shown, Ticked, Who};
use encompass_web::form::Fields;
use zeroize::Zeroizing;

use super::child::{View, is_guarded, overtaken, page};
use super::decided::cases;
use super::evidence::Read;
use super::form::{BY_TABLE, REASONS, SEEN};
use super::{field_id, id, task};
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

/// Who may be in danger is told of where a person says, and nowhere else.
const EACH: Wrong<'_> =
    ("setting", "Tick each setting yourself: somebody may be in danger if the wrong one is told");

/// What the form of a decision says.
struct Given<'a> {
    fields: &'a Fields,
    settings: Vec<SettingId>,
    entries: Vec<EntryId>,
    not_listed: bool,
    besides: Besides,
    reason: &'a str,
}

impl<'a> Given<'a> {
    fn read(fields: &'a Fields) -> Self {
        let settings = fields.every("setting").filter_map(|id| id.parse().ok());
        Self {
            settings: settings.take(SETTINGS_MAX).collect(),
            entries: fields.every("entry").filter_map(|id| id.parse().ok()).collect(),
            not_listed: fields.every("entry").any(|value| value == "none"),
            besides: if fields.one("besides") == BY_TABLE { Besides::ByTable } else { Besides::Nobody },
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
            // Without a setting to tick the box was not there to be left unticked.
            besides: self.fields.every("offered").next().map(|_| self.besides),
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
        let these: Option<Vec<_>> = self.entries.iter().map(|entry| Some(self.seen(of(entry)?))).collect();
        match these {
            None => Err(("entry", "One of the candidates is no longer there: look at the page again")),
            Some(these) if these.is_empty() => Ok(Said::Nothing),
            Some(these) => Ok(Said::These(these)),
        }
    }

    /// A candidate that is ticked, as the page had it: the evidence may have been renewed since.
    fn seen(&self, one: &Weighed) -> Ticked {
        let load = self.fields.every(SEEN).find_map(|seen| {
            let (entry, load) = seen.split_once(' ')?;
            (entry.parse() == Ok(one.entry)).then(|| load.parse().ok())?
        });
        Ticked { load: load.unwrap_or(one.load), ..ticked(one) }
    }

    /// What is to be done. Where no setting is ticked, those are told whom the routing table names for the candidates that
    /// are.
    fn choice(&self, shown: &[&Weighed], one: &CaseChild, evidence: &Read) -> Result<Choice, Wrong<'static>> {
        let reason = self.reason.parse::<Reason>().ok().filter(|reason| REASONS.contains(reason));
        match reason {
            Some(_) if !self.settings.is_empty() => {
                Err(("reason", "Either tick settings or say why nobody is told, not both"))
            }
            Some(reason) => Ok(Choice::Close(reason)),
            None if !self.reason.is_empty() => Err(("reason", "Choose why nobody is to be told")),
            None if !self.settings.is_empty() => Ok(Choice::Settings(self.settings.clone(), self.besides)),
            None if self.entries.is_empty() => {
                Err(("setting", "Tick at least one setting, or say why nobody is told"))
            }
            None if is_guarded(one, evidence) || self.is_tied(shown) => Err(EACH),
            None => Ok(Choice::ByTable),
        }
    }

    /// Whether an adult of the incident may be a contact where a ticked candidate is on roll.
    fn is_tied(&self, shown: &[&Weighed]) -> bool {
        let ticked = shown.iter().filter(|one| self.entries.contains(&one.entry));
        let mut enrolments = ticked.flat_map(|one| &one.enrolments);
        enrolments.any(|seen| seen.tie != Tie::None)
    }
}

/// A candidate, as it was shown.
pub(super) fn ticked(one: &Weighed) -> Ticked {
    Ticked { register: one.register, entry: one.entry, load: one.load }
}

/// Whether an adult of the incident is, or may be, a contact of this name.
fn is_connected(incident: &Incident, contact: &str) -> bool {
    let Some(contact) = Named::new(contact) else { return false };
    incident.adults().iter().flat_map(Named::all_of).any(|adult| adult.tie(&contact) != Tie::None)
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
    let decision = ByPerson { child, choice, why, shown, is_connected };
    match record(&state, &staff, decision, who).await? {
        Recorded::Overtaken => overtaken(&state, &staff, child).await,
        Recorded::RegisterChanged { is_looked_at } => changed(&state, &staff, child, is_looked_at),
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
    let (choice, shown) = (Choice::HandOver(to), shown(&fields));
    let decision = ByPerson { child, choice, why, shown, is_connected };
    match record(&state, &staff, decision, Who::default()).await? {
        Recorded::Overtaken => overtaken(&state, &staff, child).await,
        Recorded::RegisterChanged { is_looked_at } => changed(&state, &staff, child, is_looked_at),
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
    RegisterChanged { is_looked_at: bool },
    Refused(Wrong<'static>),
}

async fn record(state: &State, staff: &Staff, decision: ByPerson, who: Who) -> Result<Recorded, Failure> {
    let (now, machine) = (state.now(), state.machine());
    let outcome = state.store().decide_who(&staff.scope, state.rules(), decision, who, now, machine).await;
    Ok(match outcome {
        Err(Error::Changed) => Recorded::Overtaken,
        Ok(Outcome::RegisterChanged { is_looked_at }) => Recorded::RegisterChanged { is_looked_at },
        other => wrong(other?).map_or(Recorded::Done, Recorded::Refused),
    })
}

/// A page that says that a register no longer says what was shown.
fn changed(state: &State, staff: &Staff, child: ChildId, is_looked_at: bool) -> Answer {
    state.metrics().collisions.with_label_values(&["register"]).inc();
    let then = if is_looked_at {
        "The child is looked for again now, and the page shows what the register says."
    } else {
        "Find out where the child is, and tick each setting without ticking a candidate."
    };
    let said = format!("The register has changed since you were shown the candidate that you ticked. {then}");
    let path = format!("/children/{child}");
    task::stopped(staff, "The register has changed", "/held", &said, &path, "Look at the child as it is now")
}

/// The field that an outcome is about, and what is wrong with it.
const fn wrong(outcome: Outcome) -> Option<Wrong<'static>> {
    Some(match outcome {
        Outcome::Done | Outcome::RegisterChanged { .. } => return None,
        Outcome::NoSetting => ("setting", "Tick at least one setting"),
        Outcome::NothingNew => NOTHING_NEW,
        Outcome::Excluded(_) => ("setting", "One of these settings said that the child is not there"),
        Outcome::NotOpen(_) => ("setting", "One of these settings is closed"),
        Outcome::NoLegalBasis(_) => {
            ("setting", "Your force has no arrangement to tell one of these settings")
        }
        Outcome::NoRoute(Hold::SettingsDisagree) => (
            "setting",
            "One list has the child at a school, another out of all schools: tick each setting yourself",
        ),
        Outcome::NoRoute(Hold::NotHere) => NOTHING_NEW,
        Outcome::NoRoute(_) => {
            ("setting", "The candidate that you ticked is on roll nowhere now: tick a setting")
        }
        Outcome::Connected(_) => (
            "setting",
            "An adult of this incident may work where somebody would be told besides: tick each setting yourself, and \
             untick who else is to be told",
        ),
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
