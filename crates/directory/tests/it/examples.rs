use std::fs;
use std::path::Path;

use encompass_directory::calendar::term::{Listing, read_icalendar, read_json};
use encompass_directory::report::{Reason, Report};
use encompass_directory::text::Format;
use encompass_directory::{contact, register, team};

use crate::{cursor, gather, limits};

pub fn example(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/directory").join(name))
        .expect("the example is there")
}

fn whole(report: &Report, rows: u64) {
    assert_eq!((report.accepted, report.set_aside_total()), (rows, 0), "{:?}", report.findings);
    assert!(report.left_out.is_empty(), "{:?}", report.findings);
}

#[test]
fn the_examples_are_accepted_without_a_finding() {
    whole(&gather(contact::read(cursor(example("contacts.csv")), &limits()).unwrap()).unwrap().1, 6);
    whole(&gather(team::read(cursor(example("teams.csv")), &limits()).unwrap()).unwrap().1, 8);
    whole(&gather(register::read(cursor(example("register.csv")), &limits()).unwrap()).unwrap().1, 4);
    let json = read_json(cursor(example("term-dates.json")), &limits()).unwrap();
    whole(&json.report, 5);
    let calendar = read_icalendar(cursor(example("term-dates.ics")), &limits(), None).unwrap();
    whole(&calendar.report, 2);
    assert_eq!((calendar.taken_as, calendar.days.len()), (Listing::Closures, 6));
}

#[test]
fn the_page_for_who_loads_registers_names_every_problem_that_one_can_have() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/registers.md");
    let page = fs::read_to_string(page).expect("the page is there");
    let problems = [
        Reason::Missing,
        Reason::ColumnCount,
        Reason::ControlCharacter,
        Reason::NotADate,
        Reason::DateOrder,
        Reason::NotAnIdentifier,
        Reason::NotAPostcode,
        Reason::UnknownValue,
        Reason::UpnCheck,
        Reason::NhsCheck,
        Reason::Repeated,
        Reason::UnknownSetting,
        Reason::Conflicting,
        Reason::DoublyRegistered,
        Reason::LongGone,
    ];
    for problem in problems {
        assert!(page.contains(&format!("`{}`", problem.as_str())), "{problem:?}");
    }
}

#[test]
fn the_documentation_and_the_examples_name_every_column() {
    let readme = String::from_utf8(example("README.md")).unwrap();
    let table: [(&Format, &str); 3] = [
        (&contact::FORMAT, "contacts.csv"),
        (&team::FORMAT, "teams.csv"),
        (&register::FORMAT, "register.csv"),
    ];
    for (format, file) in table {
        let header = String::from_utf8(example(file)).unwrap().lines().next().unwrap().to_owned();
        let names: Vec<&str> = format.columns.iter().map(|column| column.name).collect();
        assert_eq!(header.split(',').collect::<Vec<_>>(), names, "{file}");
        for name in names {
            assert!(readme.contains(&format!("`{name}`")), "{name} of {file}");
        }
    }
}
