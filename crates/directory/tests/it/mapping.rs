//! Somebody else's CSV as a register, by a mapping: the examples of `config/directory/mappings`, and what is refused.

use encompass_directory::register::{self, Child, Enrolment, Restriction, Shape};
use encompass_directory::report::Report;
use encompass_directory::value::Scheme;
use encompass_directory::{Error, mapping::Mapping};
use jiff::civil::date;

use crate::examples::example;
use crate::{cursor, findings, limits};

const EXAMPLES: [(&str, u64); 5] = [
    ("school-census", 4),
    ("early-years", 3),
    ("health-visiting", 3),
    ("home-education", 2),
    ("missing-education", 2),
];

fn mapping(text: &str) -> Mapping {
    register::mapping(text).expect("a sound mapping")
}

fn shipped(name: &str) -> Mapping {
    mapping(std::str::from_utf8(&example(&format!("mappings/{name}.toml"))).expect("text"))
}

fn read_example(name: &str) -> (Vec<Child>, Report) {
    let file = example(&format!("mappings/{name}.csv"));
    take(&shipped(name), file).expect("the example is read")
}

fn read(map: &str, file: &str) -> Result<(Vec<Child>, Report), Error> {
    take(&mapping(map), file)
}

fn take(mapping: &Mapping, file: impl AsRef<[u8]>) -> Result<(Vec<Child>, Report), Error> {
    let mut reader = register::children(cursor(file), &limits(), Shape::Mapped(mapping))?;
    let children = reader.by_ref().collect::<Result<Vec<_>, _>>()?;
    Ok((children, reader.finish().0))
}

/// A mapping of four columns, with more lines behind.
fn small(more: &str) -> String {
    "[columns]\ngiven_names = \"First\"\nfamily_name = \"Last\"\nbirth_date = \"Born\"\n\
     setting_identifier = \"School\"\n"
        .to_owned()
        + more
}

const AT: &str = "[constants]\nsetting_scheme = \"urn\"\nrestricted = \"no\"\n";

#[test]
fn the_examples_are_accepted_without_a_finding() {
    for (name, rows) in EXAMPLES {
        let (_, report) = read_example(name);
        assert_eq!((report.accepted, report.set_aside_total()), (rows, 0), "{name} {:?}", report.findings);
        assert!(report.left_out.is_empty(), "{name} {:?}", report.findings);
    }
}

#[test]
fn a_census_extract_joins_names_addresses_and_school_numbers() {
    let (children, report) = read_example("school-census");
    let first = &children[0];
    assert_eq!((first.given_names.as_str(), first.known_as.as_deref()), ("Araminta Rose", Some("Minty")));
    let address = first.address.as_ref().and_then(|here| here.text.as_deref());
    assert_eq!(address, Some("1 Made-up Lane, Larkfield"));
    let at = &first.enrolments[0];
    assert_eq!((at.setting.scheme, at.setting.value.as_str()), (Scheme::Establishment, "9192023"));
    assert_eq!((first.birth_date, at.from), (date(2017, 3, 14), Some(date(2021, 9, 1))));
    assert_eq!(at.attendance.unwrap().to_string(), "full_time");
    let two: Vec<_> = children[1].enrolments.iter().map(|at| (at.setting.value.as_str(), at.kind)).collect();
    let zeros = "zeros that a spreadsheet took";
    assert_eq!(two, [("9192023", Enrolment::Main), ("9190007", Enrolment::Subsidiary)], "{zeros}");
    assert_eq!((report.header_line, children[2].enrolments[0].to), (2, Some(date(2026, 7, 21))));
}

#[test]
fn a_caseload_without_numbers_of_its_own_goes_by_the_nhs_number() {
    let (children, _) = read_example("health-visiting");
    let (first, at) = (&children[0], &children[0].enrolments[0]);
    assert_eq!((first.number.as_str(), first.is_numbered), ("nhs:9990000018", true));
    assert_eq!((at.setting.value.as_str(), at.kind), ("hv-north", Enrolment::Caseload));
    let previous = &first.previous[0];
    assert_eq!((previous.postcode.as_deref(), previous.to), (Some("ZZ2 4AB"), Some(date(2024, 4, 30))));
    let restricted: Vec<_> = children.iter().map(|child| (child.restricted, child.restriction)).collect();
    assert_eq!(restricted, [(false, None), (true, Some(Restriction::NhsSensitive)), (false, None)]);
}

#[test]
fn lists_of_an_authority_name_the_authority_and_who_left() {
    let (home, _) = read_example("home-education");
    assert_eq!(home.iter().map(|child| child.enrolments[0].left).collect::<Vec<_>>(), [false, true]);
    let setting = &home[0].enrolments[0].setting;
    assert_eq!((setting.scheme, setting.value.as_str()), (Scheme::Authority, "901"));
    assert_eq!(home[0].former_family_names, ["Marchbank", "Vale"]);
    let (missing, _) = read_example("missing-education");
    assert!(missing.iter().all(|child| child.enrolments[0].kind == Enrolment::MissingEducation));
    assert!(!missing[0].restricted && missing[1].restricted);
}

#[test]
fn a_mapping_that_is_not_sound_is_refused_with_what_to_do() {
    let table = [
        ("columns = 3", "can't be read"),
        ("[columns]\nupn = \"a\"\nupn = \"b\"\n", "duplicate key"),
        ("[column]\nupn = \"a\"\n", "unknown field"),
        ("[columns]\nupn = { column = \"a\" }\n", "a column's name, a list of names"),
        (&small(&format!("surname = \"Last\"\n{AT}")), "does not have; its fields are child_id, given_names"),
        (
            &small(&format!("{AT}birth_date = \"2017-01-01\"\n")),
            "gives birth_date both a column and a constant",
        ),
        (&small(""), "says nothing of setting_scheme"),
        (&small("[constants]\nsetting_scheme = \"urn\"\n"), "does not say which children"),
        (&small("[constants]\nsetting_scheme = \"urn\"\nrestricted = \"\"\n"), "write restricted = \"no\""),
        (
            "[constants]\nsetting_scheme = \"urn\"\n",
            "given_names, family_name, birth_date, setting_identifier",
        ),
        (
            &small("[constants]\nsetting_scheme = \"dfe\"\n"),
            "\"dfe\" is no value of this field (unknown_value)",
        ),
        (&small(&format!("sex = \"Sex\"\n{AT}[values.sex]\n1 = \"boy\"\n")), "\"boy\" is no value"),
        (&small(&format!("{AT}[values.sex]\n1 = \"m\"\n")), "needs the same name under [columns]"),
        (
            &small(&format!("sex = \"S\"\n{AT}[values.sex]\nm = \"m\"\nM = \"m\"\n")),
            "twice, in capitals and not",
        ),
        (&small(&format!("sex = []\n{AT}")), "name the file's column"),
        (&(String::from("dates = \"%d/%m/%y\"\n") + &small(AT)), "all four digits of the year"),
        (&(String::from("dates = \"dd/mm/yyyy\"\n") + &small(AT)), "all four digits of the year"),
        (&(String::from("header_within = 0\n") + &small(AT)), "a number of lines"),
    ];
    for (text, expected) in table {
        let error = register::mapping(text).err().unwrap_or_else(|| panic!("taken: {text}"));
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.is_transient());
    }
}

#[test]
fn a_column_that_is_not_there_refuses_the_file_and_an_unknown_one_does_not() {
    let map = small(AT);
    let refused =
        read(&map, "First,Surname,Born,School\nAraminta,Copplestone,2017-03-14,900001\n").unwrap_err();
    let said = refused.to_string();
    assert!(said.contains("does not have: \"Last\"") && said.contains("Surname"), "{said}");
    assert!(said.contains("Correct the mapping"), "{said}");
    let file = "FIRST,last,Shoe size,Born,School,\nAraminta,Copplestone,13,2017-03-14,900001,\n";
    let (rows, report) = read(&map, file).unwrap();
    assert_eq!((rows.len(), report.set_aside_total()), (1, 0));
    let twice = read(&map, "First,Last,last,Born,School\n").unwrap_err();
    assert!(matches!(twice, Error::DuplicateColumn { .. }), "{twice}");
}

#[test]
fn a_file_without_its_header_never_shows_a_record() {
    let refused = read(&small(AT), "Araminta,Copplestone,2017-03-14,900001\n").unwrap_err().to_string();
    for secret in ["Araminta", "Copplestone", "2017"] {
        assert!(!refused.contains(secret), "{refused}");
    }
}

#[test]
fn a_report_speaks_of_the_files_own_columns() {
    let map = String::from("dates = \"%d.%m.%Y\"\n")
        + &small(&format!("sex = \"Gender\"\nupn = \"Pupil number\"\n{AT}[values.sex]\n1 = \"f\"\n"));
    let file = "First,Last,Born,School,Gender,Pupil number\n\
                Araminta,Copplestone,14.03.2017,900001,2,A801200001001\n\
                Leopold,Copplestone,14/03/2017,900001,1,\n";
    let (rows, report) = read(&map, file).unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(findings(&report), ["2 upn upn_check", "2 sex unknown_value", "3 birth_date not_a_date"]);
    let mut written = Vec::new();
    report.write_csv(&mut written).unwrap();
    let expected = "line,column,problem,consequence\n\
                    2,Pupil number,upn_check,left_out\n2,Gender,unknown_value,left_out\n3,Born,not_a_date,set_aside\n";
    assert_eq!(String::from_utf8(written).unwrap(), expected);
}

#[test]
fn an_unknown_word_for_a_restriction_restricts() {
    let map = small(&format!("restriction = \"Flag\"\n{AT}[values.restriction]\nS = \"nhs_sensitive\"\n"));
    let file = "First,Last,Born,School,Flag\nAraminta,Copplestone,2017-03-14,900001,T\n";
    let (rows, report) = read(&map, file).unwrap();
    assert_eq!((rows[0].restricted, rows[0].restriction), (true, None));
    assert_eq!(findings(&report), ["2 restriction unknown_value"]);
}
