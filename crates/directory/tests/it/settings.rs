use encompass_directory::Error;
use encompass_directory::report::Reason;
use encompass_directory::setting::{Kind, Setting, Status, early_years, gias, link, reduced};
use encompass_directory::text::Limits;
use jiff::civil::date;

use crate::{cursor, findings, gather, limits, row_under};

const GIAS: &str = include_str!("../data/gias-header.csv");
const OFSTED: &str = include_str!("../data/early-years-header.csv");

const SCHOOL: &[(&str, &str)] = &[
    ("URN", "900001"),
    ("LA (code)", "901"),
    ("LA (name)", "Anyshire"),
    ("EstablishmentNumber", "23"),
    ("EstablishmentName", "St Mildred's, Larkfield"),
    ("TypeOfEstablishment (code)", "1"),
    ("EstablishmentStatus (code)", "3"),
    ("OpenDate", "01-09-1999"),
    ("CloseDate", "31-08-2030"),
    ("PhaseOfEducation (code)", "2"),
    ("StatutoryLowAge", "3"),
    ("StatutoryHighAge", "11"),
    ("Boarders (name)", "No boarders"),
    ("NurseryProvision (name)", "Has Nursery Classes"),
    ("UKPRN", "10099901"),
    ("Town", "Larkfield"),
    ("Postcode", "zz14ab"),
    ("TelephoneNum", "1632960001"),
    ("SchoolWebsite", "www.st-mildreds.example"),
    ("HeadFirstName", "Peregrine"),
    ("HeadLastName", "Hollingbourne"),
];

fn with<'a>(changes: &[(&'a str, &'a str)]) -> String {
    let mut fields: Vec<_> = changes.to_vec();
    fields.extend_from_slice(SCHOOL);
    row_under(GIAS, &fields)
}

fn schools(rows: &[String]) -> (Vec<Setting>, Vec<String>) {
    let file = format!("{GIAS}{}", rows.concat());
    let reader = gias::read(cursor(file), &limits()).expect("the header is whole");
    let (rows, report) = gather(reader).expect("the file is whole");
    (rows.into_iter().map(|row| row.value).collect(), findings(&report))
}

#[test]
fn a_school_is_read_whole_with_the_zeros_that_a_spreadsheet_took() {
    let (settings, problems) = schools(&[with(&[])]);
    assert_eq!(problems, Vec::<String>::new());
    let [school] = settings.as_slice() else { panic!("one school") };
    let also: Vec<&str> = school.also.iter().map(|identifier| identifier.value.as_str()).collect();
    assert_eq!(also, ["9010023", "10099901"]);
    assert_eq!(school.display_name(), "St Mildred's, Larkfield");
    assert_eq!((school.kind, school.status), (Kind::School, Status::Closing));
    assert!(school.status.is_open() && school.follows_authority_calendar);
    assert_eq!((school.opened, school.closed), (Some(date(1999, 9, 1)), Some(date(2030, 8, 31))));
    assert_eq!(school.establishment_number.as_deref(), Some("0023"));
    assert_eq!((school.age_low, school.age_high), (Some(3), Some(11)));
    assert_eq!((school.nursery, school.boarders), (Some(true), Some(false)));
    assert_eq!(school.postcode.as_deref(), Some("ZZ1 4AB"));
    assert_eq!(school.telephone.as_deref(), Some("01632960001"));
}

#[test]
fn the_head_teachers_name_is_not_read() {
    let (settings, _) = schools(&[with(&[])]);
    let everything = format!("{settings:?}");
    assert!(!everything.contains("Peregrine") && !everything.contains("Hollingbourne"));
}

#[test]
fn a_bad_school_is_set_aside_and_a_bad_field_left_out() {
    let rows = [
        with(&[("URN", "12")]),
        with(&[("URN", "900002"), ("EstablishmentName", "")]),
        with(&[("URN", "900003"), ("EstablishmentStatus (code)", "9")]),
        with(&[("URN", "900004"), ("TypeOfEstablishment (code)", "29")]),
        with(&[("URN", "900005"), ("Postcode", "2036"), ("OpenDate", "soon")]),
        with(&[("URN", "900006"), ("TypeOfEstablishment (code)", "99")]),
        with(&[("URN", "900006")]),
        with(&[("URN", "900007"), ("EstablishmentName", "bad\u{0}name")]),
        "900008,901\n".to_owned(),
    ];
    let (settings, problems) = schools(&rows);
    assert_eq!(settings.len(), 2);
    let expected = [
        "2 URN not_an_identifier",
        "3 EstablishmentName missing",
        "4 EstablishmentStatus (code) unknown_value",
        "5 TypeOfEstablishment (code) out_of_scope",
        "6 OpenDate not_a_date",
        "6 Postcode not_a_postcode",
        "7 TypeOfEstablishment (code) unknown_value",
        "8  repeated",
        "9 EstablishmentName control_character",
        "10  column_count",
    ];
    assert_eq!(problems, expected);
}

#[test]
fn line_numbers_hold_with_windows_line_ends_blank_lines_and_breaks_in_fields() {
    let split = with(&[("URN", "900002")]).replace("St Mildred's, Larkfield", "St Mildred's\nof Larkfield");
    let padding = ",".repeat(138) + "\n";
    let rows = [with(&[]), "\n".to_owned(), padding, split, with(&[("URN", "x")])].concat();
    let crlf = format!("{GIAS}{rows}").replace("\r\n", "\n").replace('\n', "\r\n");
    let (rows, report) = gather(gias::read(cursor(crlf), &limits()).unwrap()).unwrap();
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 5]);
    assert_eq!(rows[1].value.name.as_deref(), Some("St Mildred's of Larkfield"));
    assert_eq!(findings(&report), ["7 URN not_an_identifier"]);
    assert_eq!(report.read, 3);

    let unterminated = format!("{}\r\r{}", GIAS.trim_end(), with(&[("URN", "x")]).trim_end());
    let (_, report) = gather(gias::read(cursor(unterminated), &limits()).unwrap()).unwrap();
    assert_eq!(findings(&report), ["3 URN not_an_identifier"]);
}

#[test]
fn windows_1252_and_utf_8_give_the_same_school() {
    let utf8 = format!("{GIAS}{}", with(&[("EstablishmentName", "Ecole Frédéric’s")]));
    let mut cp1252 = Vec::new();
    for c in utf8.chars() {
        cp1252.push(match c {
            'é' => 0xE9,
            '’' => 0x92,
            c => u8::try_from(c).unwrap(),
        });
    }
    let read = |bytes: &[u8]| gather(gias::read(cursor(bytes), &limits()).unwrap()).unwrap();
    let (from_utf8, from_cp1252) = (read(utf8.as_bytes()), read(&cp1252));
    assert_eq!(from_utf8.0, from_cp1252.0);
    assert_eq!((from_utf8.1.encoding, from_cp1252.1.encoding), ("UTF-8", "windows-1252"));
}

#[test]
fn a_file_without_required_columns_or_with_a_huge_row_is_refused() {
    let missing = GIAS.replace("\"Postcode\"", "\"Post\"").replace("\"URN\"", "\"Nr\"");
    let error = gias::read(cursor(missing), &limits()).err().expect("refused");
    let text = error.to_string();
    assert!(matches!(error, Error::MissingColumns { .. }) && !error.is_transient());
    assert!(text.contains("missing \"URN\", \"Postcode\"") && text.contains("EstablishmentName"), "{text}");

    let open_quote = format!("{GIAS}{}\"900002,{}", with(&[]), "x".repeat(60_000));
    let small = Limits { row_bytes_max: 10_000, ..limits() };
    let mut reader = gias::read(cursor(open_quote), &small).unwrap();
    assert!(reader.next().unwrap().is_ok());
    assert!(matches!(reader.next(), Some(Err(Error::RowTooLong { .. }))));
    assert!(reader.next().is_none());
}

const PROVIDER: &[(&str, &str)] = &[
    ("Provider URN", "EY900003"),
    ("Registration date", "04/01/2019"),
    ("Provider type", "Childcare on non-domestic premises"),
    ("Provider status", "Active"),
    ("Registered_Person_Name", "Peregrine Hollingbourne"),
    ("Provider name", "Little Acorns"),
    ("Provider town", "Larkfield"),
    ("Postcode", "ZZ1 4AB"),
    ("Telephone Number", "01632 960 003"),
    ("Local authority", "Anyshire"),
];

fn provider<'a>(changes: &[(&'a str, &'a str)]) -> String {
    let mut fields: Vec<_> = changes.to_vec();
    fields.extend_from_slice(PROVIDER);
    row_under(OFSTED, &fields)
}

#[test]
fn the_early_years_register_is_read_with_and_without_text_above_its_header() {
    let rows = provider(&[]) + &provider(&[("Provider URN", "EY9")]);
    let above = "\"Childcare providers, made up\",,,\nSee the notes, please\n";
    for (text, header_line) in [("", 1), (above, 3)] {
        let file = format!("{text}{OFSTED}{rows}");
        let (rows, report) = gather(early_years::read(cursor(file), &limits()).unwrap()).unwrap();
        assert_eq!((rows.len(), report.header_line), (2, header_line));
        assert_eq!(rows[0].value.display_name(), "Little Acorns");
        assert_eq!(rows[0].value.opened, Some(date(2019, 1, 4)));
        assert!(!format!("{rows:?}").contains("Hollingbourne"));
    }
}

#[test]
fn people_who_work_at_home_are_not_named_and_nannies_are_out_of_scope() {
    let named = ("Provider name", "Peregrine Hollingbourne");
    let file = [
        OFSTED.to_owned(),
        provider(&[("Provider type", "Childminder"), named, ("Postcode", "REDACTED")]),
        provider(&[("Provider URN", "EY2"), ("Provider type", "Childcare on domestic premises"), named]),
        provider(&[("Provider URN", "EY3"), ("Provider type", "Home childcarer"), named]),
        provider(&[("Provider URN", "EY4"), ("Provider name", "REDACTED"), ("Telephone Number", "REDACTED")]),
        provider(&[("Provider URN", "EY5"), ("Provider status", "Resigned")]),
    ];
    let (rows, report) = gather(early_years::read(cursor(file.concat()), &limits()).unwrap()).unwrap();
    let settings: Vec<_> = rows.iter().map(|row| &row.value).collect();
    assert!(!format!("{settings:?}").contains("Hollingbourne"));
    assert_eq!(settings[0].display_name(), "Childminder EY900003");
    assert_eq!((settings[0].kind, settings[0].postcode.as_deref()), (Kind::Childminder, None));
    assert_eq!((settings[1].kind, settings[1].name.as_deref()), (Kind::EarlyYears, None));
    assert_eq!((settings[2].name.as_deref(), settings[2].telephone.as_deref()), (None, None));
    assert_eq!(settings[3].status, Status::Closed);
    assert_eq!(report.set_aside.get(&Reason::OutOfScope), Some(&1));
    assert!(report.left_out.is_empty(), "what the register withholds is no fault");
}

#[test]
fn the_reduced_register_knows_open_from_closed_by_the_day() {
    let file = "urn,name,town,postcode,lead_school,open_date,close_date\n\
                900001,A,Larkfield,ZZ1 4AB,false,,\n\
                900002,B,Larkfield,,false,,31-08-2020\n\
                900003,C,Larkfield,,true,01-09-1999,31-08-2030\n\
                900004,D,Larkfield,,true,01-09-2030,\n\
                900005,E,Larkfield,,true,,someday\n";
    let (rows, report) = gather(reduced::read(cursor(file), &limits(), date(2026, 9, 1)).unwrap()).unwrap();
    let statuses: Vec<Status> = rows.iter().map(|row| row.value.status).collect();
    assert_eq!(statuses, [Status::Open, Status::Closed, Status::Closing, Status::Proposed]);
    assert_eq!(findings(&report), ["6 close_date not_a_date"]);
}

#[test]
fn links_tell_whole_successions_from_parts() {
    let file = "\"URN\",\"LinkURN\",\"LinkName\",\"LinkType\",\"LinkEstablishedDate\"\r\n\
                900001,900002,X,Successor,01-09-2020\r\n900001,900003,X,Successor - merged,\r\n\
                900002,900001,X,Predecessor,\r\n900003,900004,X,Result of Amalgamation,\r\n";
    let (rows, _) = gather(link::read(cursor(file), &limits()).unwrap()).unwrap();
    let relations: Vec<_> = rows.iter().map(|row| row.value.relation).collect();
    let expected = [
        link::Relation::Successor,
        link::Relation::PartSuccessor,
        link::Relation::Predecessor,
        link::Relation::Other,
    ];
    assert_eq!(relations, expected);
}
