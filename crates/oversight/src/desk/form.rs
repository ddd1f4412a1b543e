//! The forms of a child's page: who it is and whom to tell, or who has accepted it.

use encompass_core::id::SettingId;
use encompass_core::state::{NotificationState, Reason};
use encompass_store::desk::CaseChild;
use encompass_store::resolve::Besides;
use encompass_web::form::{Choice, Hidden, InputKind, Options, Select, TextArea, TextInput};

use super::child::{Parts, View};
use super::evidence::Read;
use super::names::{Names, described, named};
use crate::{State, words};

/// Settings that are offered at most, found by several searches.
const OFFERED_MAX: usize = 60;

/// The one form that decides.
pub(super) struct Decide<'a> {
    pub action: String,
    pub token: Hidden<'a>,
    pub hidden: Vec<Hidden<'a>>,
    pub search: TextInput<'a>,
    pub settings: Option<Options<'a>>,
    pub besides: Option<Options<'a>>,
    pub reason: Option<Select<'a>>,
    pub why: TextArea<'a>,
}

/// Another force or authority has accepted the child.
pub(super) struct HandOver<'a> {
    pub action: String,
    pub token: Hidden<'a>,
    pub hidden: Vec<Hidden<'a>>,
    pub receiver: Select<'a>,
    pub accepted_by: TextArea<'a>,
}

/// A setting that can be ticked.
pub(super) struct Offer {
    id: String,
    name: String,
    hint: String,
}

impl Offer {
    pub fn of(id: SettingId, names: &Names) -> Self {
        let hint = names.get(id).map_or_else(String::new, described);
        let name = names.get(id).map_or_else(|| names.name(id), named);
        Self { id: id.to_string(), name, hint }
    }

    fn choice(&self, ticked: &[SettingId]) -> Choice<'_> {
        let chosen = ticked.iter().any(|id| id.to_string() == self.id);
        let hint = (!self.hint.is_empty()).then_some(self.hint.as_str());
        Choice { hint, chosen, ..Choice::new(&self.id, &self.name) }
    }
}

/// Whether a setting can be told: it has not said that the child is not there, and is not told already or being told.
pub(super) fn may_be_told(one: &CaseChild, setting: SettingId) -> bool {
    let is_excluded = one.excluded.iter().any(|(excluded, _)| *excluded == setting);
    let mut standing = one.told.iter().filter(|told| told.state != NotificationState::Closed);
    !is_excluded && standing.all(|told| told.setting != setting)
}

/// What is sent where those are told besides whom the routing table names.
pub(super) const BY_TABLE: &str = "by_table";

/// Under which name the version of its register is sent in which a candidate was shown.
pub(super) const SEEN: &str = "seen";

/// The settings that can be ticked: those that the evidence speaks of, those found, then those whom the routing table
/// names for a candidate.
pub(super) fn offered(
    evidence: &Read,
    one: &CaseChild,
    found: impl Iterator<Item = SettingId>,
    sees_restricted: bool,
) -> Vec<SettingId> {
    let mut offered = evidence.settings(sees_restricted);
    offered.extend(found);
    let mut seen = std::collections::HashSet::new();
    offered.retain(|id| seen.insert(*id) && may_be_told(one, *id));
    offered.truncate(OFFERED_MAX);
    offered
}

/// The answers that the page's questions offer.
pub(super) struct Answers<'a> {
    settings: Vec<Choice<'a>>,
    besides: [Choice<'a>; 1],
    reasons: Vec<Choice<'a>>,
    receivers: Vec<Choice<'a>>,
}

impl<'a> Answers<'a> {
    pub fn of(state: &'a State, force: &str, offers: &'a [Offer], view: &View<'_>, is_guarded: bool) -> Self {
        // Who may be in danger is told of where a person says, and nowhere else unless the person says that too.
        let chosen = view.besides.map_or(!is_guarded, |besides| besides == Besides::ByTable);
        Self {
            settings: offers.iter().map(|offer| offer.choice(&view.ticked)).collect(),
            besides: [Choice {
                chosen,
                ..Choice::new(BY_TABLE, "Tell whom the routing table names besides")
            }],
            reasons: reasons(view.reason),
            receivers: receivers(state, force),
        }
    }
}

/// Who may accept a child of this force: those of this installation are granted it.
fn receivers<'a>(state: &'a State, force: &str) -> Vec<Choice<'a>> {
    let others = state.forces().iter().filter(|(id, _)| *id != force);
    let others = others.map(|(id, force)| Choice::new(id, &force.name));
    others.chain([Choice::new("elsewhere", "A force or authority outside this service")]).collect()
}

/// The reasons that a person may give, those that are rare last.
pub(super) const REASONS: [Reason; 5] =
    [Reason::NotAChild, Reason::Duplicate, Reason::NoSetting, Reason::Unsafe, Reason::Other];

fn reasons(chosen: &str) -> Vec<Choice<'static>> {
    let reasons = REASONS.into_iter().map(|reason| Choice {
        chosen: reason.as_str() == chosen,
        ..Choice::new(reason.as_str(), words::reason(reason))
    });
    [Choice::new("", "Somebody is to be told")].into_iter().chain(reasons).collect()
}

impl Parts<'_> {
    pub(super) fn decide<'b>(
        &'b self,
        offers: &[Offer],
        answers: &'b Answers<'b>,
        may_close: bool,
    ) -> Decide<'b> {
        let action = format!("/children/{}/decide", self.one.child.id);
        let has_candidates = !self.evidence.shown(self.staff.scope.sees_restricted()).is_empty();
        let hint = if has_candidates {
            "Tick none to tell those named with the child that you ticked. Tick any to tell these instead."
        } else {
            "Tick every setting that the child belongs to. Each is told by itself."
        };
        let settings = (!answers.settings.is_empty()).then(|| {
            Options::any_of("setting", "Which settings are to be told?", &answers.settings)
                .hint(hint)
                .error(self.error("setting"))
        });
        let search_error = self.error("search");
        let search_error =
            search_error.or_else(|| settings.is_none().then(|| self.error("setting")).flatten());
        Decide {
            token: self.staff.form(&action),
            hidden: self.hidden(offers),
            search: TextInput::new("search", "Search the directory by name", InputKind::Text)
                .value(self.view.searched)
                .hint("Three letters or more, such as part of a school’s name. Teams, authorities and forces are there too.")
                .error(search_error),
            besides: settings.is_some().then(|| {
                Options::any_of("besides", "And who else?", &answers.besides).hint(
                    "Such as the health visitors of a child under five, the authority of a boarder’s home, or the force \
                     where the home or the setting lies. You are asked about each who can’t be found. Untick to tell only \
                     what you ticked yourself.",
                )
            }),
            settings,
            reason: may_close.then(|| Select {
                id: "reason",
                label: "Or is nobody to be told?",
                choices: &answers.reasons,
                hint: Some("Then say why. The child is closed."),
                error: self.error("reason"),
            }),
            why: TextArea {
                id: "why",
                label: "How do you know?",
                rows: 3,
                value: self.view.why,
                hint: Some(
                    "Such as whom you telephoned. It is kept with the decision, sealed. Needed where telling would be \
                     dangerous, and for any other reason.",
                ),
                error: self.error("why"),
            },
            action,
        }
    }

    pub(super) fn hand_over<'b>(&'b self, offers: &[Offer], answers: &'b Answers<'b>) -> HandOver<'b> {
        let action = format!("/children/{}/hand-over", self.one.child.id);
        HandOver {
            token: self.staff.form(&action),
            hidden: self.hidden(offers),
            receiver: Select {
                id: "to",
                label: "Which force or authority has accepted the child?",
                choices: &answers.receivers,
                hint: Some(
                    "The desk of a force in this list can then open the child, and nothing else of yours.",
                ),
                error: self.error("to"),
            },
            accepted_by: TextArea {
                id: "accepted",
                label: "Who has accepted the child, and when?",
                rows: 3,
                value: self.view.accepted,
                hint: Some("The person or team you spoke to."),
                error: self.error("accepted"),
            },
            action,
        }
    }

    /// What the person is shown, so that nobody decides on something else than what is there by then.
    fn hidden(&self, offers: &[Offer]) -> Vec<Hidden<'static>> {
        let version = self.case.versions.last().map_or(0, |version| version.number);
        let resolution = self.one.decisions.last().map(|decided| decided.id.to_string()).unwrap_or_default();
        let fixed = [Hidden::new("version", version.to_string()), Hidden::new("resolution", resolution)];
        let offered = offers.iter().map(|offer| Hidden::new("offered", offer.id.clone()));
        let kept = self.view.found.iter().map(|id| Hidden::new("kept", id.to_string()));
        let shown = self.evidence.shown(self.staff.scope.sees_restricted());
        let seen = shown.iter().map(|one| Hidden::new(SEEN, format!("{} {}", one.entry, one.load)));
        fixed.into_iter().chain(offered).chain(kept).chain(seen).collect()
    }
}
