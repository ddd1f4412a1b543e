mod joined;

use std::io::Cursor;

use encompass_core::id::EntryId;
use encompass_directory::register::mapping;
use encompass_store::directory::load::Outcome;
use encompass_store::register::{Candidate, Person};
use encompass_store::seal::Keys;
use encompass_store::{Actor, Scope};
use jiff::SignedDuration;
use jiff::civil::date;

use super::super::{Kind, import};
use super::*;

const HEADER: &str = "child_id,given_names,family_name,birth_date,postcode,setting_scheme,setting_identifier,\
                      enrolled_from,enrolled_to,enrolment,left,restricted,upn\n";
/// The schools with the columns that a school register can't do without.
const SCHOOLS: &str = "URN,LA (code),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (code),\
                       EstablishmentStatus (code),OpenDate,CloseDate,PhaseOfEducation (code),Postcode\n\
                       900001,919,2023,Larkfield Primary,01,1,01-09-1990,,2,ZZ1 1AA\n\
                       900002,919,7,Brindle Primary,01,1,01-09-1990,,2,ZZ1 1AB\n\
                       900003,919,4001,Anyshire High,01,1,01-09-1990,,4,ZZ1 1AC\n";
const CENSUS: &str = include_str!("../../../../../config/directory/mappings/school-census.csv");
const CENSUS_MAPPING: &str = include_str!("../../../../../config/directory/mappings/school-census.toml");
const TRANSFER: &str = include_str!("../../../../../config/directory/common-transfer-file.xml");

/// A day at noon; the first file is true on day 0, a Monday.
fn day(number: i64) -> Timestamp {
    "2026-03-02T12:00:00Z".parse::<Timestamp>().unwrap() + SignedDuration::from_hours(24 * number)
}

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display());
    let store = Store::open(&encompass_store::db::Options::at(url), Keys::new(&[7; 32])).await.unwrap();
    let options = Options::new("gias", day(0), Actor::Command("tester".into()));
    import(&store, Kind::Schools { links: None }, Cursor::new(SCHOOLS), &options, day(0)).await.unwrap();
    (folder, store)
}

/// Takes a file in on a day, with no brake on what it closes.
async fn take(store: &Store, number: i64, as_register: AsRegister, text: &str) -> anyhow::Result<Report> {
    let mut options = Options::new("county", day(number), Actor::Command("tester".into()));
    options.brake.allow_shrink = true;
    options.set_aside_share = 0.5;
    options.register = as_register;
    let terms = New {
        source: "county".into(),
        owner: "county".into(),
        forces: vec!["north".into()],
        max_age_days: 7,
    };
    let file = Cursor::new(text.as_bytes().to_vec());
    import(store, Kind::Register(terms), file, &options, day(number)).await
}

async fn full(store: &Store, number: i64, rows: &str) -> Report {
    take(store, number, AsRegister::default(), &format!("{HEADER}{rows}")).await.unwrap()
}

async fn changes(store: &Store, number: i64, rows: &str) -> Report {
    let as_register = AsRegister { is_changes: true, ..AsRegister::default() };
    take(store, number, as_register, &format!("{HEADER}{rows}")).await.unwrap()
}

/// A row of a child at a school, with what follows the school's number.
fn row(number: u8, urn: &str, rest: &str) -> String {
    format!("{number},Given{},Copplestone,2017-03-14,ZZ1 4AB,urn,{urn},{rest}\n", char::from(b'A' + number))
}

/// Who goes by a name: given or known-as, with the family name or a former one.
async fn named(store: &Store, given: &str, family: &str) -> Option<Candidate> {
    let scope = Scope::service("test");
    let register = store.registers_of(&scope, "north").await.unwrap().pop()?;
    let roll = store.roll(&scope, "north", register.id).await.unwrap();
    let all = roll.after(EntryId::new(uuid::Uuid::nil()), 100_000).await.unwrap();
    let is_named = |person: &Person| {
        let first = person.given.split(' ').next();
        (first == Some(given) || person.known_as.as_deref() == Some(given))
            && (person.family == family || person.former_family.iter().any(|former| former == family))
    };
    let wanted: Vec<_> = all
        .iter()
        .filter(|listed| is_named(&listed.person))
        .map(|listed| (register.load, listed.entry))
        .collect();
    store.entries(&scope, "north", &wanted).await.unwrap().pop()
}

/// Everybody of a given name.
async fn named_as(store: &Store, given: &str) -> Vec<Candidate> {
    let scope = Scope::service("test");
    let register = store.registers_of(&scope, "north").await.unwrap().remove(0);
    let roll = store.roll(&scope, "north", register.id).await.unwrap();
    let all = roll.after(EntryId::new(uuid::Uuid::nil()), 100_000).await.unwrap();
    let wanted: Vec<_> =
        all.iter().filter(|one| one.person.given == given).map(|one| (register.load, one.entry)).collect();
    store.entries(&scope, "north", &wanted).await.unwrap()
}

async fn child(store: &Store, number: u8) -> Option<Candidate> {
    named(store, &format!("Given{}", char::from(b'A' + number)), "Copplestone").await
}

fn problems(report: &FileReport) -> Vec<String> {
    let text = |finding: &encompass_directory::report::Finding| {
        format!("{} {}", finding.line, finding.problem.reason.as_str())
    };
    report.findings.iter().map(text).collect()
}

fn mapped() -> AsRegister {
    let layout = Layout::Mapped(Box::new(mapping(CENSUS_MAPPING).unwrap()));
    AsRegister { layout, ..AsRegister::default() }
}

#[tokio::test]
async fn a_mapped_extract_and_a_common_transfer_file_come_to_the_same_child() {
    let transfer = AsRegister { layout: Layout::CommonTransfer, ..AsRegister::default() };
    for (as_register, text) in [(mapped(), CENSUS), (transfer, TRANSFER)] {
        let (_folder, store) = store().await;
        let report = take(&store, 0, as_register, text).await.unwrap();
        assert!(matches!(report.outcome, Some(Outcome::Current(_))), "{:?}", report.file.findings);
        for (given, family) in [("Araminta", "Copplestone"), ("Minty", "Underhay")] {
            let found = named(&store, given, family).await.expect("found by every name");
            assert_eq!(found.person.upn.as_deref(), Some("H801200001001"));
            assert_eq!(found.person.postcode.as_deref(), Some("ZZ1 4AB"));
            let current: Vec<_> = found.enrolments.iter().filter(|e| e.ends_on.is_none()).collect();
            let school = store.setting(current[0].setting, day(0)).await.unwrap().unwrap();
            assert_eq!((current.len(), school.record.name.as_str()), (1, "Larkfield Primary"));
            assert!(!found.doubtful, "a former school that the directory does not know changes nothing");
        }
    }
}

#[tokio::test]
async fn changes_replace_those_whom_they_name_and_nobody_else() {
    let (_folder, store) = store().await;
    let all: String = (0..4).map(|n| row(n, "900001", "2021-09-01,,,,,")).collect();
    full(&store, 0, &all).await;
    let moved = row(1, "900001", "2021-09-01,,,yes,,") + &row(1, "900002", "2026-03-03,,,,,");
    let report = changes(&store, 1, &(moved + &row(2, "900001", "2021-09-01,,,yes,,"))).await;
    assert_eq!(problems(&report.file), Vec::<String>::new());
    let there = child(&store, 1).await.unwrap();
    let mut ends: Vec<_> = there.enrolments.iter().map(|enrolment| enrolment.ends_on).collect();
    ends.sort_unstable();
    assert_eq!((ends, there.left_on), (vec![None, Some(date(2026, 3, 2))], None), "moved");
    let left = child(&store, 2).await.unwrap();
    assert_eq!(
        (left.left_on, left.enrolments.len()),
        (Some(date(2026, 3, 2)), 1),
        "left, and stays findable"
    );
    for number in [0, 3] {
        let other = child(&store, number).await.unwrap();
        assert!(other.left_on.is_none() && !other.doubtful && other.load == left.load);
    }
}

#[tokio::test]
async fn a_bad_row_never_leaves_a_child_to_be_decided_by_what_was_known_before() {
    let good = row(0, "900001", "2021-09-01,,,,,") + &row(1, "900001", "2021-09-01,,,,,");
    let table = [
        ("a date", row(1, "900002", "2026-02-30,,,,,"), "2 not_a_date"),
        (
            "a birth date to come",
            row(1, "900002", "2026-03-03,,,,,").replace("2017-03-14", "2027-03-14"),
            "2 not_a_childs_age",
        ),
        (
            "a birth date of a grown-up",
            row(1, "900002", "2026-03-03,,,,,").replace("2017-03-14", "1987-03-14"),
            "2 not_a_childs_age",
        ),
        ("a setting", row(1, "999999", "2026-03-03,,,,,"), "2 unknown_setting"),
        (
            "two main registrations",
            row(1, "900001", "2021-09-01,,main,,,") + &row(1, "900002", "2026-03-03,,main,,,"),
            "2 doubly_registered",
        ),
        (
            "two people",
            row(1, "900001", "2021-09-01,,,,,")
                + &row(1, "900002", "2026-03-03,,,,,").replace("2017", "2016"),
            "2 conflicting",
        ),
    ];
    let others: String = (3..9).map(|n| row(n, "900001", "2021-09-01,,,,,")).collect();
    for (what, bad, expected) in table {
        for is_full in [false, true] {
            let (_folder, store) = store().await;
            full(&store, 0, &good).await;
            let report = if is_full {
                full(&store, 1, &format!("{bad}{others}")).await
            } else {
                changes(&store, 1, &bad).await
            };
            assert_eq!(problems(&report.file)[0], expected, "{what}, full {is_full}");
            let child = child(&store, 1).await.expect("stays findable");
            assert!(child.doubtful && child.is_stale(day(1)), "{what}, full {is_full}");
            assert_eq!(child.enrolments.len(), 1, "{what}: what was known before");
        }
    }
}

#[tokio::test]
async fn a_child_with_one_sound_row_and_one_bad_is_taken_in_and_decides_nothing() {
    let (_folder, store) = store().await;
    let rows = row(0, "900001", "2021-09-01,,,,,") + &row(0, "999999", "2026-01-01,,subsidiary,,,");
    let report = full(&store, 0, &rows).await;
    assert_eq!(problems(&report.file), ["3 unknown_setting"]);
    assert!(child(&store, 0).await.unwrap().doubtful);
    let was_there = row(0, "900001", "2021-09-01,,,,,") + &row(0, "999999", "2020-01-01,2021-07-20,,,,");
    full(&store, 1, &was_there).await;
    assert!(!child(&store, 0).await.unwrap().doubtful, "a setting that is behind the child");
}

#[tokio::test]
async fn a_child_doubly_registered_from_the_first_is_not_taken_in() {
    let (_folder, store) = store().await;
    let rows = row(0, "900001", "2021-09-01,,,,,")
        + &row(1, "900001", "2021-09-01,,,,,")
        + &row(1, "900002", "2026-01-05,,,,,")
        + &row(2, "900001", "2021-09-01,,main,,,")
        + &row(2, "900002", "2026-01-05,,subsidiary,,,");
    let report = full(&store, 0, &rows).await;
    assert_eq!(problems(&report.file), ["3 doubly_registered", "4 doubly_registered"]);
    assert!(child(&store, 1).await.is_none());
    assert_eq!(child(&store, 2).await.unwrap().enrolments.len(), 2);
}

#[tokio::test]
async fn leavers_stay_findable_for_the_stated_time_and_long_gone_rows_are_passed_over() {
    let (_folder, store) = store().await;
    let rows = row(0, "900001", "2021-09-01,,,,,") + &row(1, "900001", "2021-09-01,,,,,");
    let gone = row(2, "900001", "2010-09-01,2016-07-20,,,,");
    let report = full(&store, 0, &(rows + &gone)).await;
    assert_eq!((problems(&report.file), report.file.has_faults()), (vec!["4 long_gone".to_owned()], false));
    assert!(child(&store, 2).await.is_none());
    let stays = row(0, "900001", "2021-09-01,,,,,");
    full(&store, 1, &stays).await;
    let left = child(&store, 1).await.unwrap();
    assert_eq!((left.left_on, left.enrolments[0].ends_on), (Some(date(2026, 3, 2)), Some(date(2026, 3, 2))));
    full(&store, i64::from(KEEP_LEAVERS_DAYS), &stays).await;
    assert!(child(&store, 1).await.is_some(), "the last day");
    full(&store, i64::from(KEEP_LEAVERS_DAYS) + 1, &stays).await;
    assert!(child(&store, 1).await.is_none());
}

#[tokio::test]
async fn restrictions_are_kept_with_their_reason_and_changes_need_a_number() {
    let (_folder, store) = store().await;
    let map = "[columns]\ngiven_names = \"Given\"\nfamily_name = \"Family\"\nbirth_date = \"Born\"\n\
               setting_identifier = \"URN\"\nrestriction = \"Flag\"\nupn = \"UPN\"\n\
               [constants]\nsetting_scheme = \"urn\"\n";
    let layout = Layout::Mapped(Box::new(mapping(map).unwrap()));
    let file = "Given,Family,Born,URN,Flag,UPN\n\
                Araminta,Copplestone,2017-03-14,900001,nhs_sensitive,\n\
                Leopold,Copplestone,2017-03-14,900001,,H801200001001\n";
    take(&store, 0, AsRegister { layout: layout.clone(), ..AsRegister::default() }, file).await.unwrap();
    let found = named(&store, "Araminta", "Copplestone").await.unwrap();
    assert!(found.restricted);
    assert_eq!(found.person.details.restriction.as_deref(), Some("nhs_sensitive"));
    let as_register = AsRegister { layout, is_changes: true, ..AsRegister::default() };
    let report = take(&store, 1, as_register, file).await.unwrap();
    let set_aside: Vec<_> = report.file.findings.iter().map(|finding| finding.problem.column).collect();
    assert_eq!((problems(&report.file), set_aside), (vec!["2 missing".to_owned()], vec!["child_id"]));
}

#[tokio::test]
async fn a_common_transfer_file_lifts_no_restriction_and_says_whose_it_keeps() {
    let (_folder, store) = store().await;
    let transfer = AsRegister { layout: Layout::CommonTransfer, ..AsRegister::default() };
    let nobody = take(&store, 0, transfer.clone(), TRANSFER).await.unwrap();
    assert_eq!(nobody.file.restricted_before, 0);
    let before = problems(&nobody.file);
    let restricting = |word: &str| {
        let row = "upn:H801200001001,Araminta Rose,Copplestone,2017-03-14,ZZ1 4AB,urn,900001,2024-09-03,,,,";
        format!("{HEADER}{row}{word},H801200001001\n")
    };
    let changes = AsRegister { is_changes: true, ..AsRegister::default() };
    take(&store, 1, changes.clone(), &restricting("yes")).await.unwrap();
    let report = take(&store, 2, transfer.clone(), TRANSFER).await.unwrap();
    assert!(named(&store, "Minty", "Underhay").await.unwrap().restricted);
    let listed = problems(&report.file);
    assert_eq!(report.file.restricted_before, 1);
    assert!(
        listed.contains(&"22 restricted_before".to_owned()) && listed.len() == before.len() + 1,
        "{listed:?}"
    );
    assert_eq!(report.file.has_faults(), nobody.file.has_faults(), "no fault of the file");
    let lifted = take(&store, 3, changes.clone(), &restricting("no")).await.unwrap();
    assert_eq!(
        (lifted.file.restriction_lifted, problems(&lifted.file)),
        (1, vec!["2 restriction_lifted".to_owned()])
    );
    take(&store, 4, transfer, TRANSFER).await.unwrap();
    assert!(!named(&store, "Minty", "Underhay").await.unwrap().restricted, "lifted by a file that says so");
    let again = take(&store, 5, changes, &restricting("no")).await.unwrap();
    assert_eq!(again.file.restriction_lifted, 0, "told once");
}

#[tokio::test]
async fn a_file_whose_mapping_alone_speaks_of_restriction_lifts_none() {
    let (_folder, store) = store().await;
    let map = |restricted: &str, constant: &str| {
        let map = format!(
            "[columns]\nchild_id = \"Number\"\ngiven_names = \"Given\"\nfamily_name = \"Family\"\n\
             birth_date = \"Born\"\nsetting_identifier = \"URN\"\n{restricted}\
             [constants]\nsetting_scheme = \"urn\"\n{constant}"
        );
        let layout = Layout::Mapped(Box::new(mapping(&map).unwrap()));
        AsRegister { layout, ..AsRegister::default() }
    };
    let silent = map("", "restricted = \"no\"\n");
    let speaking = map("restricted = \"Protected\"\n", "");
    let file = |word: &str| {
        format!("Number,Given,Family,Born,URN,Protected\n7,Araminta,Copplestone,2017-03-14,900001,{word}\n")
    };
    let is_restricted = async || named(&store, "Araminta", "Copplestone").await.unwrap().restricted;
    take(&store, 0, speaking.clone(), &file("yes")).await.unwrap();
    let kept = take(&store, 1, silent.clone(), &file("")).await.unwrap();
    assert_eq!((kept.file.restricted_before, kept.file.restriction_lifted), (1, 0));
    assert!(is_restricted().await);
    let lifted = take(&store, 2, speaking, &file("")).await.unwrap();
    assert_eq!((lifted.file.restricted_before, lifted.file.restriction_lifted), (0, 1));
    assert_eq!(problems(&lifted.file), ["2 restriction_lifted"]);
    assert!(!is_restricted().await && !lifted.file.has_faults());
}

#[tokio::test]
async fn a_refused_file_changes_nothing_and_still_gives_its_account() {
    let (_folder, store) = store().await;
    let sound = row(0, "900001", "2021-09-01,,,,,");
    let before = full(&store, 0, &sound).await;
    assert!(matches!(before.outcome, Some(Outcome::Current(_))));
    let bad: String = (1..4).map(|n| row(n, "999999", ",,,,,")).collect();
    let refused = take(&store, 1, AsRegister::default(), &format!("{HEADER}{sound}{bad}")).await.unwrap_err();
    let account = &refused.downcast_ref::<Refused>().expect("the account").report;
    assert_eq!(account.set_aside_total(), 3);
    assert!(refused.downcast_ref::<encompass_directory::Error>().is_some(), "{refused:#}");
    assert!(format!("{refused:#}").contains("nothing has changed"));
    assert_eq!(child(&store, 0).await.unwrap().as_of, day(0));
    let nothing = AsRegister { is_changes: true, ..AsRegister::default() };
    let unread = format!("{HEADER},Araminta,Copplestone,2017-03-14,,urn,900001,,,,,,\n");
    assert!(take(&store, 1, nothing, &unread).await.is_err(), "changes that say nothing of anybody");
}

#[tokio::test]
async fn a_row_that_does_not_say_whom_it_is_about_refuses_changes_and_an_open_mark_every_file() {
    let (_folder, store) = store().await;
    let all: String = (0..6).map(|n| row(n, "900001", "2021-09-01,,,,,")).collect();
    full(&store, 0, &all).await;
    let moved: String = (1..6).map(|n| row(n, "900002", "2026-03-03,,,,,")).collect();
    let wide = row(0, "900002", "2026-03-03,,,,,,surplus") + &moved;
    let open = row(0, "900002", "\"2026-03-03,,,,,") + &moved;
    for (what, rows, is_changes) in
        [("a wide row", &wide, true), ("an open mark", &open, true), ("an open mark", &open, false)]
    {
        let as_register = AsRegister { is_changes, ..AsRegister::default() };
        let refused = take(&store, 1, as_register, &format!("{HEADER}{rows}")).await;
        assert!(refused.is_err(), "{what}, changes {is_changes}");
        for number in 0..6 {
            let child = child(&store, number).await.expect("stays");
            assert!(child.left_on.is_none() && child.as_of == day(0), "{what}: nobody is closed or made new");
        }
    }
}

#[tokio::test]
async fn one_child_under_two_numbers_is_reported_and_decides_nothing_until_it_is_under_one() {
    let (_folder, store) = store().await;
    let named = |number: u8, given: &str, urn: &str, to: &str, upn: &str| {
        format!("{number},{given},Copplestone,2017-03-14,ZZ1 4AB,urn,{urn},2021-09-01,{to},,,,{upn}\n")
    };
    let (one, two) = ("H801200001001", "X801200001002");
    for (what, first, second, expected) in [
        (
            "one pupil number",
            named(1, "Ada", "900001", "", one),
            named(2, "Ida", "900002", "", one),
            "shared_number",
        ),
        ("one name", named(1, "Ada", "900001", "", ""), named(2, "Ada", "900002", "", ""), "shared_name"),
        (
            "one name and one number",
            named(1, "Ada", "900001", "", one),
            named(2, "Ada", "900002", "", ""),
            "shared_name",
        ),
        ("two numbers", named(1, "Ada", "900001", "", one), named(2, "Ada", "900002", "", two), ""),
        ("at one school", named(1, "Ada", "900001", "", ""), named(2, "Ada", "900001", "", ""), ""),
        ("moved", named(1, "Ada", "900001", "2026-01-30", ""), named(2, "Ada", "900002", "", ""), ""),
    ] {
        let report = full(&store, 0, &(first + &second)).await;
        let expected: Vec<String> = match expected {
            "" => Vec::new(),
            reason => vec![format!("2 {reason}"), format!("3 {reason}")],
        };
        assert_eq!((problems(&report.file), report.file.accepted), (expected.clone(), 2), "{what}");
        assert_eq!(report.file.has_faults(), !expected.is_empty(), "{what}");
        let ada = named_as(&store, "Ada").await;
        assert!(ada.iter().all(|one| one.doubtful != expected.is_empty()) && !ada.is_empty(), "{what}");
    }
}

#[tokio::test]
async fn a_whole_file_with_no_rows_is_refused_and_one_of_changes_says_that_there_are_none() {
    let (_folder, store) = store().await;
    full(&store, 0, &row(0, "900001", "2021-09-01,,,,,")).await;
    let refused = take(&store, 1, AsRegister::default(), HEADER).await.unwrap_err();
    assert!(format!("{refused:#}").contains("a header and no rows"), "{refused:#}");
    assert!(matches!(changes(&store, 1, "").await.outcome, Some(Outcome::Unchanged(_))));
}

#[tokio::test]
async fn a_register_that_decides_nothing_from_the_start_says_so() {
    let (_folder, store) = store().await;
    let text = format!("{HEADER}{}", row(0, "900001", "2021-09-01,,,,,"));
    for (max_age_days, days_old, expected) in [(7, 0, 0), (7, 6, 0), (7, 7, 1), (0, 0, 1)] {
        let options = Options::new("county", day(0), Actor::Command("tester".into()));
        let source = format!("{max_age_days}.{days_old}");
        let terms = New { source, owner: "county".into(), forces: vec!["north".into()], max_age_days };
        let file = Cursor::new(text.clone().into_bytes());
        let report = import(&store, Kind::Register(terms), file, &options, day(days_old)).await.unwrap();
        let told = report.terms.iter().filter(|line| line.starts_with("Nothing is decided by it"));
        assert_eq!(told.count(), expected, "{max_age_days} days, {days_old} old");
    }
}

#[tokio::test]
async fn terms_change_with_the_version_that_is_taken_in_and_not_with_one_that_is_refused() {
    let (_folder, store) = store().await;
    let sound = format!("{HEADER}{}", row(0, "900001", "2021-09-01,,,,,"));
    let bad = format!("{HEADER}{}", row(0, "999999", "2021-09-01,,,,,"));
    let seen = async |force: &str| store.registers_of(&Scope::service("test"), force).await.unwrap().len();
    let mut options = Options::new("county", day(0), Actor::Command("tester".into()));
    options.register.allow_fewer_forces = true;
    let load = async |owner: &str, force: &str, text: &str| {
        let (owner, forces) = (owner.to_owned(), vec![force.to_owned()]);
        let terms = New { source: "county".into(), owner, forces, max_age_days: 7 };
        import(&store, Kind::Register(terms), Cursor::new(text.as_bytes().to_vec()), &options, day(0)).await
    };
    load("county", "north", &sound).await.unwrap();
    assert!(load("county", "south", &bad).await.is_err());
    assert_eq!((seen("north").await, seen("south").await), (1, 0), "a refused file");
    assert!(load("somebody else", "south", &sound).await.is_err());
    assert_eq!((seen("north").await, seen("south").await), (1, 0), "another owner's");
    load("county", "south", &sound).await.unwrap();
    assert_eq!((seen("north").await, seen("south").await), (0, 1), "the same file on other terms");
}

#[tokio::test]
async fn a_register_of_many_batches_is_taken_in_with_rows_of_a_child_far_apart() {
    let (_folder, store) = store().await;
    let at = |n: usize, urn: &str, how: &str| {
        format!("{n},Given{n},Copplestone,2017-03-14,,urn,{urn},2021-09-01,,{how},,,\n")
    };
    let first: String = (0..1_500).map(|n| at(n, "900001", "main")).collect();
    let second: String = (0..1_500).step_by(7).map(|n| at(n, "900002", "subsidiary")).collect();
    let report = full(&store, 0, &(first + &second)).await;
    let Some(Outcome::Current(counts)) = report.outcome else { panic!("not current") };
    assert_eq!((counts.rows, report.file.accepted), (1_500, 1_715));
    assert_eq!(named(&store, "Given1477", "Copplestone").await.unwrap().enrolments.len(), 2);
    assert_eq!(named(&store, "Given1478", "Copplestone").await.unwrap().enrolments.len(), 1);
}
