use crate::{DEMO, ON, small};
use encompass_county::{Case, Must, Standing, fortnight};
use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

/// How many incidents of each case the demonstration has. A change of these numbers is a change of the demonstration.
const COUNTS: &str = "\
RegisterExact 254
OfficerAgrees 109
OfficerDisagrees 12
Misspelt 19
Twin 7
Namesake 3
NurseryClass 16
EarlyYears 25
PreSchool 16
TwoSettings 5
EndedEnrolment 9
Moved 7
RestrictedEntry 5
StaleRegister 7
OfficerOnly 11
NoSetting 7
HomeEducated 7
MissingEducation 5
OverBorder 3
RegisterUndated 3
Unborn 7
OverEighteen 6
AgeOnly 5
Restricted 3
ProtectedAddress 6
ConnectedAdult 5
ContactInvolved 2
NotToBeNotified 2
NothingToLookUp 3
NoChildren 9
MarkedFields 12
MarkedGuard 2
Corrected 16
CorrectedDrops 3
Withdrawn 6
WithdrawnFirst 3
Repeated 12
VersionConflict 2
Unreadable 1
WrongForce 1
LacksReference 1
Exercise 1
History 6
TallyRight 13
TallyWrong 1
";

#[test]
fn the_fortnight_has_its_stated_number_of_each_case() {
    let (_, fortnight) = &*DEMO;
    let mut text = String::new();
    for (case, count) in fortnight.counts() {
        writeln!(text, "{case:?} {count}").unwrap();
    }
    assert_eq!(text, COUNTS);
    assert_eq!(fortnight.incidents.len(), 644);
}

#[test]
fn incidents_have_about_one_child_and_eight_tenths() {
    let (_, fortnight) = &*DEMO;
    let with: Vec<usize> =
        fortnight.incidents.iter().map(|it| it.children.len()).filter(|it| *it > 0).collect();
    let mean = with.iter().sum::<usize>() as f64 / with.len() as f64;
    assert!((1.6..2.0).contains(&mean), "{mean}");
}

#[test]
fn messages_come_in_order_and_follow_their_case() {
    let (_, fortnight) = &*DEMO;
    assert!(fortnight.published.is_sorted_by_key(|message| message.at));
    let mut of_incident: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for message in fortnight.published.iter().filter(|message| !message.reference.is_empty()) {
        let kind = message.event().and_then(|event| event["type"].as_str()).unwrap_or("bytes");
        let short = kind.trim_start_matches("encompass.incident.").trim_end_matches(".v1");
        of_incident.entry(&message.reference).or_default().push(short);
    }
    for incident in &fortnight.incidents {
        let expected: &[&str] = match incident.case {
            Case::Corrected | Case::CorrectedDrops => &["reported", "corrected"],
            Case::Withdrawn => &["reported", "withdrawn"],
            Case::WithdrawnFirst => &["withdrawn", "reported"],
            Case::Repeated | Case::VersionConflict => &["reported", "reported"],
            Case::Unreadable => &["bytes"],
            _ => &["reported"],
        };
        assert_eq!(of_incident[incident.reference.as_str()], expected, "{:?}", incident.case);
    }
}

#[test]
fn only_a_child_with_one_plain_entry_is_to_be_found_without_a_person() {
    let (county, fortnight) = &*DEMO;
    for fate in fortnight.incidents.iter().flat_map(|incident| &incident.children) {
        if fate.must == Must::Itself {
            let Some(child) = fate.child.map(|child| &county.children[child]) else {
                assert_eq!(fate.right.len(), 2, "an unborn child: midwives and health visitors");
                continue;
            };
            assert!(child.dated && !child.twin && !child.namesake);
            assert_eq!(fate.listed.len(), 1);
            assert!(matches!(child.standing, Standing::Enrolled | Standing::Moved));
            assert_eq!(fate.right.contains(&fate.listed[0]), child.standing == Standing::Enrolled);
            let besides = usize::from(child.age_on(county.on) < 5) + usize::from(county.is_boarder(child));
            assert_eq!(fate.right.len(), 1 + besides);
        }
    }
}

#[test]
fn every_child_of_an_incident_has_one_fate() {
    let (_, fortnight) = &*DEMO;
    let fates = fortnight.fates();
    assert_eq!(fates.len(), fortnight.incidents.iter().map(|it| it.children.len()).sum::<usize>());
    for message in &fortnight.published {
        let refused = matches!(message.case, Case::WrongForce | Case::LacksReference);
        let Some(event) = message.event().filter(|_| !refused) else { continue };
        for child in event["data"]["children"].as_array().into_iter().flatten() {
            let child_ref = child["child_ref"].as_str().unwrap();
            assert!(fates.contains_key(&(message.reference.as_str(), child_ref)), "{:?}", message.case);
        }
    }
}

#[test]
fn families_are_not_struck_twice_while_there_are_others() {
    let (_, fortnight) = &*DEMO;
    let children = fortnight.incidents.iter().flat_map(|it| &it.children).filter_map(|fate| fate.child);
    let mut seen = HashSet::new();
    let again = children.filter(|child| !seen.insert(*child)).count();
    assert!(again < 60, "{again}");
}

#[test]
fn a_small_county_still_has_its_fortnight() {
    let county = small(5);
    let fortnight = fortnight(&county, ON, 5);
    assert_eq!(fortnight.incidents.len(), 644);
    assert!(fortnight.counts().len() > 30, "{}", fortnight.counts().len());
}
