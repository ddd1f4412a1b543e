//! Where in an incident the answer to each field stands.

use std::ops::Deref;

use super::{Field, Value};
use crate::incident::{
    Address, Adult, BirthDate, Child, Incident, LookUp, Name, NameKind, Order, Relationship, Stated,
};

/// The child's name on record. An unborn child has none: then the pregnant adult is the subject and is named.
pub(super) fn child_name(incident: &Incident, child: &Child) -> Value {
    let LookUp::PregnantAdult { adult } = child.look_up else {
        return Value::of(&child.names, |names| Value::list(on_record(names).into_iter().collect()));
    };
    let mother = adult.and_then(|place| incident.adults().get(place)).and_then(name_of);
    mother.map_or(Value::NotRecorded, |mother| Value::Text(format!("Unborn child of {mother}")))
}

/// The answer to a field that stands with the child.
pub(super) fn of_child(field: Field, child: &Child) -> Option<Value> {
    Some(match field {
        Field::ChildBirthDate if child.is_unborn() => Value::of(&child.due_date, |due| Value::DueDate(*due)),
        Field::ChildBirthDate => Value::of(&child.birth_date, |BirthDate(born)| Value::Date(*born)),
        Field::Present => yes_no(&child.present),
        Field::Seen => yes_no(&child.seen),
        Field::SpokenTo => yes_no(&child.spoken_to),
        Field::SpokenToBy => Value::of(&child.spoken_to_by, |by| Value::Text(plain(by.word()))),
        Field::SpokenToAlone => yes_no(&child.spoken_to_alone),
        Field::SawOrHeard => yes_no(&child.saw_or_heard),
        Field::Harmed => yes_no(&child.harmed),
        Field::Injured => yes_no(&child.injured),
        Field::Whereabouts => text(&child.whereabouts),
        Field::OwnWords => text(&child.own_words),
        Field::Notes => text(&child.notes),
        Field::ChildAddress => {
            Value::of(&child.addresses, |all| Value::list(all.iter().map(address).collect()))
        }
        _ => return None,
    })
}

/// The answer to a field that stands with the incident.
pub(super) fn of_incident(field: Field, incident: &Incident, child: &Child) -> Option<Value> {
    Some(match field {
        Field::PoliceReference => Value::Text(incident.reference.to_string()),
        Field::HappenedAt => {
            within(&incident.happened, |happened| Value::of(&happened.from, |from| Value::Instant(*from)))
        }
        Field::Relationships => Value::of(&child.relationships, |_| Value::list(relations(incident, child))),
        Field::IncidentKind => text(&incident.kind),
        Field::Abuse => words(&incident.abuse, |form| form.word()),
        Field::RiskGrade => Value::of(&incident.risk_grade, |grade| Value::Text(plain(grade.word()))),
        Field::EarlierIncidents => within(&incident.earlier_incidents, |earlier| {
            Value::of(&earlier.count, |count| Value::Count(*count))
        }),
        Field::SafetyPlanInPlace => within(&incident.safety_plan, |plan| yes_no(&plan.in_place)),
        Field::SafetyPlan => within(&incident.safety_plan, |plan| text(&plan.text)),
        Field::ChildrensServices => within(&incident.referrals, |all| {
            within(&all.childrens_services, |referral| yes_no(&referral.made))
        }),
        Field::AdultNames => Value::list(incident.adults().iter().filter_map(name_of).collect()),
        Field::Place => Value::of(&incident.place, |place| Value::Text(address(place))),
        Field::Circumstances => text(&incident.circumstances),
        Field::ActionTaken => text(&incident.action_taken),
        _ => return of_safety(field, incident),
    })
}

fn of_safety(field: Field, incident: &Incident) -> Option<Value> {
    let safety = &incident.safety;
    Some(match field {
        Field::MaySpeakToParents => within(safety, |safety| yes_no(&safety.may_speak_to_parents)),
        Field::MayNotCollect => within(safety, |safety| text(&safety.may_not_collect)),
        Field::DoNotTell => within(safety, |safety| text(&safety.do_not_tell)),
        Field::SafeContact => within(safety, |safety| text(&safety.safe_contact)),
        Field::HandlingNote => within(safety, |safety| text(&safety.handling)),
        Field::Orders => within(safety, |safety| {
            let kinds = |order: &Order| order.kind.known().map(|kind| plain(kind.word()));
            Value::of(&safety.orders, |orders| Value::list(orders.iter().filter_map(kinds).collect()))
        }),
        _ => return None,
    })
}

fn within<T>(object: &Stated<T>, field: impl FnOnce(&T) -> Value) -> Value {
    Value::of(object, field)
}

fn yes_no(stated: &Stated<bool>) -> Value {
    Value::of(stated, |yes| Value::YesNo(*yes))
}

fn text<T: Deref<Target = str>>(stated: &Stated<T>) -> Value {
    Value::of(stated, |text| Value::Text(text.to_string()))
}

fn words<T>(stated: &Stated<Vec<T>>, word: impl Fn(&T) -> &'static str) -> Value {
    Value::of(stated, |all| Value::list(all.iter().map(|one| plain(word(one))).collect()))
}

/// A word of the contract as people write it.
fn plain(word: &str) -> String {
    word.replace('_', " ")
}

/// What each adult is to the child and which part the adult had, as in "mother (victim)".
fn relations(incident: &Incident, child: &Child) -> Vec<String> {
    let relation = |tie: &Relationship| {
        let kind = plain(tie.kind.known()?.word());
        let adult_ref = tie.adult_ref.known();
        let same = |adult: &&Adult| adult_ref.is_some() && adult.adult_ref.known() == adult_ref;
        let role = incident.adults().iter().find(same).and_then(|adult| adult.role.known());
        Some(role.map_or(kind.clone(), |role| format!("{kind} ({})", plain(role.word()))))
    };
    child.relationships.items().iter().filter_map(relation).collect()
}

fn name_of(adult: &Adult) -> Option<String> {
    on_record(adult.names.items())
}

/// The name on record, else the first that is given.
fn on_record(names: &[Name]) -> Option<String> {
    let recorded = |name: &&Name| matches!(name.kind, Stated::Absent | Stated::Known(NameKind::Recorded));
    let name = names.iter().find(recorded).or(names.first())?;
    if let Some(full) = name.full.known() {
        return Some(full.to_string());
    }
    let parts = [name.given.known(), name.family.known()];
    let parts: Vec<&str> = parts.into_iter().flatten().map(|part| &**part).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn address(address: &Address) -> String {
    let lines = address.lines.items().iter().map(|line| line.to_string());
    lines.chain(address.postcode.known().map(|postcode| postcode.to_string())).collect::<Vec<_>>().join(", ")
}
