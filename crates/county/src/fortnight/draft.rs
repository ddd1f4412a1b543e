//! The data of an incident as police write it, before a case changes something about it.

use super::schedule::Moments;
use super::text::{About, text};
use crate::county::County;
use crate::people::{Adult, Child, Household, Standing};
use crate::places::{Address, FORCE};
use crate::random::Random;
use serde_json::{Value, json};

/// The data of a reported incident with these children of one household.
pub(super) fn incident(
    county: &County,
    random: &mut Random,
    reference: &str,
    moments: &Moments,
    children: &[&Child],
) -> Value {
    let household = county.household(children[0]);
    let people: Vec<Value> = children.iter().map(|it| child(random, household, it)).collect();
    json!({
        "force": FORCE,
        "reference": reference,
        "version": 1,
        "known_at": moments.known.to_string(),
        "happened": { "from": moments.happened.to_string(), "to": moments.known.to_string() },
        "recorded_at": moments.recorded.to_string(),
        "published_at": moments.published.to_string(),
        "kind": random.pick(&["Domestic abuse crime", "Domestic abuse incident", "Breach of order"]),
        "abuse": [random.pick(&["physical", "emotional", "controlling_or_coercive", "economic", "stalking"])],
        "risk_grade": random.pick(&["standard", "standard", "medium", "high", "not_assessed"]),
        "place": address(&household.home),
        "circumstances": text(random, About::Circumstances),
        "action_taken": text(random, About::Action),
        "safety_plan": { "in_place": true, "text": text(random, About::Safety) },
        "earlier_incidents": { "count": random.below(6) },
        "team": random.pick(&["Response A", "Response B", "Response C", "Domestic Abuse Investigation"]),
        "children_checked": if random.percent(85) { "all_named" } else { "may_be_more" },
        "adults": adults(household),
        "safety": { "may_speak_to_parents": random.percent(20), "handling": text(random, About::Safety) },
        "referrals": { "childrens_services": { "made": true, "reference": format!("CS{:06}", random.below(1_000_000)) } },
        "children": people,
    })
}

/// One child as the police know it: names, birth date and home, what it saw and said.
pub(super) fn child(random: &mut Random, household: &Household, child: &Child) -> Value {
    let spoken_to = random.percent(45);
    let mut made = json!({
        "child_ref": child_ref(child),
        "names": [{ "given": child.given, "family": child.family, "kind": "recorded" }],
        "birth_date": child.birth_date.to_string(),
        "sex": if child.female { "female" } else { "male" },
        "addresses": [address(&household.home)],
        "relationships": [{ "adult_ref": "adult-1", "kind": "mother" }, { "adult_ref": "adult-2", "kind": "father" }],
        "present": random.percent(80),
        "whereabouts": text(random, About::Whereabouts),
        "seen": random.percent(75),
        "spoken_to": spoken_to,
        "saw_or_heard": random.percent(60),
        "harmed": random.percent(8),
        "notes": text(random, About::Notes),
    });
    if spoken_to {
        made["spoken_to_by"] = json!("officer");
        made["spoken_to_alone"] = json!(random.percent(50));
        made["own_words"] = json!(text(random, About::OwnWords));
    } else if random.percent(30) {
        made["not_known"] = json!(["own_words"]);
    }
    made
}

/// The reference of a child within an incident, the same in every version.
pub(super) fn child_ref(child: &Child) -> String {
    format!("p-{}", child.index + 1)
}

/// An address of the contract.
pub(super) fn address(home: &Address) -> Value {
    json!({ "lines": [home.line, home.town], "postcode": home.postcode, "kind": "home" })
}

fn adults(household: &Household) -> Vec<Value> {
    let role = |place| if place == 0 { "victim" } else { "suspect" };
    household
        .adults
        .iter()
        .enumerate()
        .map(|(place, it)| adult(it, place, role(place), &household.home))
        .collect()
}

fn adult(adult: &Adult, place: usize, role: &str, home: &Address) -> Value {
    json!({
        "adult_ref": format!("adult-{}", place + 1),
        "role": role,
        "names": [{ "given": adult.given, "family": adult.family }],
        "birth_date": adult.birth_date.to_string(),
        "address": address(home),
    })
}

/// The setting as an officer writes it who was told its whole name.
pub(super) fn stated_setting(county: &County, setting: usize) -> String {
    let setting = &county.settings[setting];
    format!("{}, {}", setting.name, setting.address.town)
}

/// The same as an officer writes it who is in a hurry: without apostrophes and "School", with the usual short forms.
fn short_setting(county: &County, setting: usize) -> String {
    let setting = &county.settings[setting];
    let forms = [
        ("Church of England", "C of E"),
        ("Catholic", "RC"),
        ("Primary", "Prim"),
        ("Infant", "Inf"),
        ("Junior", "Jnr"),
        ("Academy", "Acad"),
        (" School", ""),
        ("'", ""),
        ("’", ""),
    ];
    forms.iter().fold(setting.name.clone(), |name, (long, short)| name.replace(long, short))
}

/// Whether the officer writes the whole name of the child's setting.
pub(super) fn is_whole_name(child: &Child) -> bool {
    !child.index.is_multiple_of(3)
}

/// The setting of a child in school, as the officer hears it at the door; `None` for others. One officer in three writes
/// a short form.
pub(super) fn true_setting(county: &County, child: &Child) -> Option<String> {
    let school = matches!(child.standing, Standing::Enrolled | Standing::Unlisted | Standing::NurseryClass);
    let written = if is_whole_name(child) { stated_setting } else { short_setting };
    child.attends.first().filter(|_| school).map(|&setting| written(county, setting))
}
