//! What each case changes about an incident, and what then must become of its children.

use super::case::{Case, Fate, Must};
use super::draft::{self, is_whole_name, stated_setting, true_setting};
use super::text::{About, text};
use crate::county::County;
use crate::history::DECIDED_ON;
use crate::names;
use crate::people::{Child, Standing, source_of};
use crate::random::Random;
use crate::setting::{Kind, Role};
use jiff::ToSpan as _;
use serde_json::{Value, json};

/// An incident being written: its data, its children in the data's order, and what must become of them.
pub(super) struct Draft<'a> {
    pub(super) county: &'a County,
    pub(super) random: Random,
    pub(super) children: Vec<&'a Child>,
    pub(super) data: Value,
    pub(super) fates: Vec<Fate>,
}

impl Draft<'_> {
    /// Makes the incident one of the case. The first child is the one that the case is about.
    pub(super) fn make(&mut self, case: Case) {
        match case {
            Case::OfficerAgrees => self.all_stated(),
            Case::OfficerDisagrees => self.disagree(),
            Case::Misspelt => self.misspell(),
            Case::Namesake => self.without_address(),
            Case::OfficerOnly => self.stated(),
            Case::Unborn => self.unborn(),
            Case::OverEighteen => self.over_eighteen(),
            Case::AgeOnly => self.age_only(),
            Case::Restricted => self.safety("restricted", json!(true)),
            Case::ProtectedAddress => self.safety("protected_address", json!(true)),
            Case::ConnectedAdult => self.connected(),
            Case::ContactInvolved => self.contact_involved(),
            Case::NotToBeNotified => self.not_to_be_notified(),
            Case::NothingToLookUp => self.nothing_to_look_up(),
            Case::NoChildren => self.no_children(),
            Case::MarkedFields => self.marked_fields(),
            Case::MarkedGuard => self.safety("restricted", json!("perhaps")),
            Case::Exercise => self.never_sent("exercise"),
            Case::History => self.history(),
            Case::LacksReference => self.lacks("reference"),
            Case::WrongForce => self.wrong_force(),
            Case::Withdrawn | Case::WithdrawnFirst => self.all(Must::Withdrawn),
            Case::CorrectedDrops => self.last_dropped(),
            // These are made by the child that was chosen, or by what follows the report.
            Case::RegisterExact
            | Case::Twin
            | Case::NurseryClass
            | Case::EarlyYears
            | Case::PreSchool
            | Case::TwoSettings
            | Case::EndedEnrolment
            | Case::Moved
            | Case::RestrictedEntry
            | Case::StaleRegister
            | Case::NoSetting
            | Case::HomeEducated
            | Case::MissingEducation
            | Case::OverBorder
            | Case::RegisterUndated
            | Case::Corrected
            | Case::Repeated
            | Case::VersionConflict
            | Case::Unreadable
            | Case::TallyRight
            | Case::TallyWrong => {}
        }
    }

    fn child(&mut self, place: usize) -> &mut Value {
        &mut self.data["children"][place]
    }

    fn all(&mut self, must: Must) {
        self.fates.iter_mut().for_each(|fate| fate.must = must);
    }

    fn all_stated(&mut self) {
        for place in 0..self.children.len() {
            let child = self.children[place];
            if let Some(setting) = true_setting(self.county, child) {
                self.child(place)["setting"] = json!(setting);
                if child.is_plain() && is_whole_name(child) {
                    self.fates[place].must = Must::Itself;
                }
            }
        }
    }

    fn stated(&mut self) {
        let setting = true_setting(self.county, self.children[0]);
        self.child(0)["setting"] = json!(setting);
    }

    fn disagree(&mut self) {
        let right = self.children[0].attends[0];
        let schools: Vec<usize> = self
            .county
            .settings
            .iter()
            .filter(|it| it.kind == Kind::Primary && it.index != right && it.authority < 2)
            .map(|it| it.index)
            .collect();
        let other = self.random.pick(&schools);
        let stated = stated_setting(self.county, other);
        self.child(0)["setting"] = json!(stated);
        self.fates[0].must = Must::Person;
    }

    fn misspell(&mut self) {
        let part = self.random.pick(&["given", "family"]);
        let child = self.children[0];
        let name = if part == "given" { &child.given } else { &child.family };
        let misspelt = names::misspelt(&mut self.random, name);
        self.child(0)["names"][0][part] = json!(misspelt);
        self.fates[0].must = self.by_score();
    }

    /// Only a brother or sister who is named with the home can tell the child from the other of the name.
    fn without_address(&mut self) {
        remove(self.child(0), "addresses");
        self.fates[0].must = if self.children.len() > 1 { self.by_score() } else { Must::Person };
    }

    /// What must become of the first child where no exact agreement is left: a score may carry it on a register whose
    /// decided cases have earned that, and a person decides on any other.
    fn by_score(&self) -> Must {
        let is_earned = is_decided_on(self.county, self.children[0]);
        if is_earned { Must::Either } else { Must::Person }
    }

    fn unborn(&mut self) {
        let county = self.county;
        let due = county.on.saturating_add(self.random.between(60, 190).days());
        self.data["adults"][0]["pregnant"] = json!(true);
        self.data["adults"][0]["due_date"] = json!(due.to_string());
        self.data["children"] = json!([{
            "child_ref": "unborn-1",
            "due_date": due.to_string(),
            "relationships": [{ "adult_ref": "adult-1", "kind": "mother" }],
        }]);
        let authority = county.household(self.children[0]).authority;
        let team = |kind| county.team(kind, authority);
        let right: Vec<usize> = team(Kind::Maternity).into_iter().chain(team(Kind::HealthVisiting)).collect();
        self.fates = vec![Fate {
            child_ref: "unborn-1".to_owned(),
            child: None,
            must: Must::Itself,
            listed: Vec::new(),
            right,
        }];
    }

    /// A grown-up son or daughter stands among the children, in front of one who is a child.
    fn over_eighteen(&mut self) {
        let born = self.county.on.saturating_sub(self.random.between(18 * 366 + 20, 24 * 365).days());
        let household = self.county.household(self.children[0]);
        let grown = Child { birth_date: born, ..self.children[0].clone() };
        let mut value = draft::child(&mut self.random, household, &grown);
        value["child_ref"] = json!("grown-1");
        value["names"][0]["given"] = json!(household.adults[0].given);
        let people = self.data["children"].as_array_mut().expect("drafts have a list of children");
        people.insert(0, value);
        let fate = Fate {
            child_ref: "grown-1".to_owned(),
            child: None,
            must: Must::NotAChild,
            listed: Vec::new(),
            right: Vec::new(),
        };
        self.fates.insert(0, fate);
    }

    fn age_only(&mut self) {
        let age = self.children[0].age_on(self.county.on);
        remove(self.child(0), "birth_date");
        self.child(0)["age"] = json!(age);
        self.fates[0].must = self.by_score();
    }

    fn safety(&mut self, field: &str, value: Value) {
        self.data["safety"][field] = value;
        self.all(Must::Person);
    }

    fn connected(&mut self) {
        let setting = stated_setting(self.county, self.children[0].attends[0]);
        let work = self.random.pick(&["works in the kitchen at", "is a governor of", "volunteers at"]);
        self.data["adults"][1]["connected_setting"] = json!(format!("{work} {setting}"));
        self.all(Must::Person);
    }

    /// The suspect bears the name of the setting's lead. Brothers and sisters at other settings are found as usual.
    fn contact_involved(&mut self) {
        let setting = self.children[0].attends[0];
        let lead = self.county.contacts_of(setting).find(|contact| contact.role == Role::Lead);
        if let Some((given, family)) = lead.and_then(|lead| lead.name.split_once(' ')) {
            self.data["adults"][1]["names"] = json!([{ "given": given, "family": family }]);
        }
        for fate in self.fates.iter_mut().filter(|fate| fate.listed.contains(&setting)) {
            fate.must = Must::Person;
        }
    }

    fn not_to_be_notified(&mut self) {
        let reason = text(&mut self.random, About::Safety);
        let approver = names::staff(&mut self.random);
        self.child(0)["not_to_be_notified"] = json!({ "reason": "unsafe", "approver": format!("Detective Inspector {approver}"), "text": reason });
        self.fates[0].must = Must::Person;
    }

    fn nothing_to_look_up(&mut self) {
        let child = self.child(0);
        for field in ["names", "birth_date", "addresses"] {
            remove(child, field);
        }
        self.fates[0].must = Must::Person;
    }

    fn no_children(&mut self) {
        remove(&mut self.data, "children");
        self.data["children_checked"] = json!("none");
        self.fates.clear();
    }

    fn marked_fields(&mut self) {
        let zoneless = self.data["known_at"].as_str().unwrap_or_default().trim_end_matches('Z').to_owned();
        let wrong: [(&str, Value); 5] = [
            ("risk_grade", json!(3)),
            ("known_at", json!(zoneless)),
            ("abuse", json!(["physical", "shouting"])),
            ("team", json!({ "name": "Response A" })),
            ("earlier_incidents", json!("some")),
        ];
        let first = self.random.below(wrong.len());
        for (field, value) in wrong.into_iter().cycle().skip(first).take(2) {
            self.data[field] = value;
        }
        self.child(0)["sex"] = json!("F?");
    }

    fn never_sent(&mut self, field: &str) {
        self.data[field] = json!(true);
        self.all(Must::NeverSent);
    }

    fn history(&mut self) {
        let earlier = self.county.on.saturating_sub(self.random.between(60, 700).days());
        let at = super::schedule::london_midnight(earlier).to_string();
        self.data["known_at"] = json!(at);
        self.data["recorded_at"] = json!(at);
        self.data["happened"] = json!({ "from": at });
        self.never_sent("history");
    }

    fn lacks(&mut self, field: &str) {
        remove(&mut self.data, field);
        self.fates.clear();
    }

    fn wrong_force(&mut self) {
        self.data["force"] = json!(crate::places::NEIGHBOUR);
        self.fates.clear();
    }

    fn last_dropped(&mut self) {
        if let Some(fate) = self.fates.last_mut() {
            fate.must = Must::Dropped;
        }
    }
}

/// What must become of a child whom police describe exactly, with the postcode, and whom nothing else speaks against.
pub(super) fn plain_fate(county: &County, child: &Child) -> Fate {
    let must = match child.standing {
        _ if !child.dated => Must::Person,
        Standing::Enrolled if child.twin || child.namesake => Must::Either,
        // Where nobody has decided cases before, the postcode alone is not enough, unless a force has decided that it is.
        Standing::Enrolled | Standing::Moved if !is_decided_on(county, child) => Must::Either,
        Standing::Enrolled | Standing::Moved => Must::Itself,
        Standing::NurseryClass | Standing::EarlyYears | Standing::TwoSettings => Must::Either,
        // On no school's roll, but on a health-visiting team's list: the team may be told without a person.
        Standing::Unlisted if !child.listed.is_empty() => Must::Either,
        Standing::AtHome | Standing::HomeEducated | Standing::MissingEducation => Must::Either,
        Standing::Ended
        | Standing::RestrictedEntry
        | Standing::Stale
        | Standing::Unlisted
        | Standing::OverBorder => Must::Person,
    };
    Fate {
        child_ref: draft::child_ref(child),
        child: Some(child.index),
        must,
        listed: child.listed.clone(),
        right: county.right_settings(child),
    }
}

/// Whether every register that has the child is one whose cases were decided before.
fn is_decided_on(county: &County, child: &Child) -> bool {
    child.listed.iter().all(|setting| DECIDED_ON.contains(&source_of(&county.settings[*setting])))
}

fn remove(value: &mut Value, field: &str) {
    if let Some(object) = value.as_object_mut() {
        object.shift_remove(field);
    }
}
