//! Children from all the rows of a register, wherever they stand.

use encompass_directory::Error;
use encompass_directory::register::{self, Child, Shape};
use encompass_directory::report::Report;
use proptest::prelude::*;

use crate::{cursor, findings, limits};

const HEADER: &str = "child_id,given_names,family_name,birth_date,address,postcode,address_from,former_family_names,\
                      setting_scheme,setting_identifier,enrolled_from,enrolled_to,restricted,upn\n";

fn children(rows: &str) -> (Vec<Child>, Report, Vec<String>) {
    let file = format!("{HEADER}{rows}");
    let mut reader = register::children(cursor(file), &limits(), Shape::Ours).expect("a register");
    let children = reader.by_ref().collect::<Result<Vec<_>, _>>().expect("read to its end");
    let (report, set_aside) = reader.finish();
    (children, report, set_aside)
}

#[test]
fn rows_of_one_child_are_joined_wherever_they_stand() {
    let (children, report, set_aside) = children(
        "1,Araminta,Copplestone,2017-03-14,1 Made-up Lane,ZZ1 4AB,2024-01-01,Vale,urn,900001,2021-09-01,,,H801200001001\n\
         2,Leopold,Copplestone,2022-11-30,1 Made-up Lane,ZZ1 4AB,,,ofsted,EY900003,,,,\n\
         1,ARAMINTA,Copplestone,2017-03-14,9 Made-up Hill,ZZ2 4AB,2020-01-01,Underhay,urn,900002,2026-01-01,,yes,\n",
    );
    assert_eq!(children.iter().map(|child| child.number.as_str()).collect::<Vec<_>>(), ["2", "1"]);
    let child = &children[1];
    assert_eq!(child.enrolments.iter().map(|at| at.line).collect::<Vec<_>>(), [2, 4]);
    assert_eq!(child.former_family_names, ["Vale", "Underhay"]);
    assert_eq!(child.address.as_ref().unwrap().postcode.as_deref(), Some("ZZ1 4AB"), "moved in later");
    assert_eq!(child.previous[0].postcode.as_deref(), Some("ZZ2 4AB"));
    assert!(child.restricted && child.upn.is_some() && !child.is_doubtful);
    assert_eq!((report.accepted, set_aside.len()), (3, 0));
}

#[test]
fn rows_that_speak_of_two_people_under_one_number_are_all_set_aside() {
    let table = [
        ("2017-03-15,,,,,urn,900002,,,,", "birth date"),
        ("2017-03-14,,,,,urn,900002,,,,Z919900026002", "pupil number"),
    ];
    for (rest, what) in table {
        let (children, report, set_aside) = children(&format!(
            "1,Araminta,Copplestone,2017-03-14,,,,,urn,900001,,,,H801200001001\n1,Araminta,Copplestone,{rest}\n"
        ));
        assert!(children.is_empty(), "{what}");
        assert_eq!(findings(&report), ["2  conflicting", "3  conflicting"], "{what}");
        assert_eq!((report.accepted, set_aside.as_slice()), (0, ["1".to_owned()].as_slice()));
    }
    let (none, report, _) = children(
        "1,Araminta,Copplestone,2017-03-14,,,,,urn,900001,2021-09-01,,,\n\
         1,Araminta,Copplestone,2017-03-14,,,,,urn,900001,2021-09-01,2026-01-01,,\n",
    );
    assert_eq!((none.len(), findings(&report).len()), (0, 2), "one stay with two ends");
    let (twins, ..) = children(
        "1,Araminta,Copplestone,2017-03-14,,,,,urn,900001,,,,\n1,Cordelia,Copplestone,2017-03-14,,,,,urn,900001,,,,\n",
    );
    assert!(twins.is_empty(), "twins under one number");
}

#[test]
fn a_child_about_whom_a_row_was_set_aside_is_doubtful_also_when_that_row_comes_last() {
    let (children, report, set_aside) = children(
        "1,Araminta,Copplestone,2017-03-14,,,,,urn,900001,2021-09-01,,,\n\
         2,Leopold,Copplestone,2022-11-30,,,,,ofsted,EY900003,,,,\n\
         1,Araminta,Copplestone,2017-03-14,,,,,urn,900002,2026-02-30,,,\n",
    );
    assert_eq!(children.iter().map(|child| child.is_doubtful).collect::<Vec<_>>(), [true, false]);
    assert_eq!(
        (findings(&report), set_aside),
        (vec!["4 enrolled_from not_a_date".to_owned()], vec!["1".to_owned()])
    );
}

#[test]
fn a_quotation_mark_that_makes_one_field_of_several_rows_refuses_the_file() {
    let row =
        |n: u8, address: &str| format!("{n},Araminta,Copplestone,2017-03-14,{address},,,,urn,900001,,,,\n");
    let sound: String = (4..7).map(|n| row(n, "1 Made-up Lane")).collect();
    let table = [
        ("never closed", row(1, "1 Made-up Lane") + &row(2, "\"141 Made-up Lane") + &sound, 3),
        (
            "not closed in the last field",
            sound.clone() + "7,Araminta,Copplestone,2017-03-14,,,,,urn,900001,,,,\"",
            5,
        ),
        ("closed where the next one opens", row(1, "\"1 Lane") + &row(2, "\"2 Lane, X\"") + &sound, 2),
        (
            "closed where another is left over",
            row(1, "\"1 Lane") + &row(2, "2 Lane") + &row(3, "3 Lane\"") + &sound,
            2,
        ),
        (
            "closed in another column",
            row(1, "\"1 Lane") + "2,Araminta\",Copplestone,2017-03-14,,,,,urn,900001,,,,\n",
            2,
        ),
        ("closed before a comma", row(1, "\"1 Lane") + &row(2, "\", Lane") + &sound, 2),
    ];
    for (what, rows, line) in table {
        let file = format!("{HEADER}{rows}");
        let refused = register::children(cursor(file), &limits(), Shape::Ours).err().expect(what);
        assert!(matches!(refused, Error::OpenQuote { line: at } if at == line), "{what}: {refused}");
    }
    let (children, ..) =
        children(&(row(1, "\"Flat 1,\n2 Made-up Lane,\nLarkfield\"") + &row(2, "Flat \"A\" 3") + &sound));
    assert_eq!(children.len(), 5, "an address over several lines, and marks within a field");
}

/// A file that says something else from the second reading on; each reading goes to its beginning twice.
struct Torn {
    readings: [std::io::Cursor<Vec<u8>>; 2],
    starts: usize,
}

impl Torn {
    fn now(&mut self) -> &mut std::io::Cursor<Vec<u8>> {
        &mut self.readings[usize::from(self.starts > 2)]
    }
}

impl std::io::Read for Torn {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        self.now().read(into)
    }
}

impl std::io::Seek for Torn {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.starts += 1;
        self.now().seek(to)
    }
}

#[test]
fn a_file_that_is_written_while_it_is_read_is_refused() {
    let row = |n: u8, urn: u32| format!("{n},Araminta,Copplestone,2017-03-14,,,,,urn,{urn},,,,\n");
    let whole = row(1, 900_001) + &row(1, 900_002) + &row(2, 900_001);
    let table = [
        ("cut off", row(1, 900_001)),
        ("one more", whole.clone() + &row(3, 900_001)),
        ("a row more of one child", whole.clone() + &row(1, 900_003)),
        ("another child's row", row(1, 900_001) + &row(4, 900_002) + &row(2, 900_001)),
    ];
    for (what, then) in table {
        let readings = [whole.clone(), then].map(|rows| cursor(format!("{HEADER}{rows}")));
        let torn = Torn { readings, starts: 0 };
        let mut reader = register::children(torn, &limits(), Shape::Ours).unwrap();
        let error = reader.by_ref().find_map(Result::err).expect(what);
        assert!(matches!(error, Error::Changed) && error.is_transient(), "{what}: {error}");
        assert!(reader.next().is_none(), "{what}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_accepted_row_is_an_enrolment_of_exactly_one_child(numbers in prop::collection::vec(0_u8..12, 0..60)) {
        let row = |(at, number): (usize, &u8)| {
            format!("{number},Given{number},Family,2017-03-14,,,,,urn,{},,,,\n", 900_000 + at)
        };
        let rows: String = numbers.iter().enumerate().map(row).collect();
        let (children, report, _) = children(&rows);
        let mut lines: Vec<u64> = children.iter().flat_map(|child| &child.enrolments).map(|at| at.line).collect();
        lines.sort_unstable();
        prop_assert_eq!(lines, (2..2 + numbers.len() as u64).collect::<Vec<_>>());
        let mut named: Vec<&str> = children.iter().map(|child| child.number.as_str()).collect();
        named.sort_unstable();
        named.dedup();
        prop_assert_eq!((named.len(), report.accepted), (children.len(), numbers.len() as u64));
    }
}
