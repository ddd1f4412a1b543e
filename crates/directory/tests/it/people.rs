use encompass_directory::contact::{self, Channel, Role};
use encompass_directory::setting::Kind;
use encompass_directory::value::Scheme;
use encompass_directory::{Error, register, team};
use jiff::civil::date;

use crate::{cursor, findings, gather, limits};

const CONTACTS: &str =
    "Setting scheme,Setting identifier,Name,Role,Channel,Address,Telephone,Eligible from,Forces\n";
const TEAMS: &str = "kind,scheme,identifier,name,postcodes,practices,telephone,email\n";
const REGISTER: &str = "child_id,given_names,family_name,birth_date,sex,postcode,setting_scheme,setting_identifier,\
                        enrolled_from,enrolled_to,enrolment,restricted,upn,nhs_number\n";

#[test]
fn contacts_are_set_aside_rather_than_guessed() {
    let file = CONTACTS.to_owned()
        + "urn,900001,Wilhelmina Quarrendon,LEAD,email,w.q@Larkfield.EXAMPLE,1632960001,2026-09-01,Wexcombe; north\n\
           urn,900001,,mailbox,email,W.Q@larkfield.example,,,wexcombe\n\
           urn,900001,,lead,email,x@larkfield.example,,,wexcombe\n\
           urn,900001,W Q,lead,fax,x@larkfield.example,,,wexcombe\n\
           urn,900001,W Q,lead,webhook,http://larkfield.example/,,,wexcombe\n\
           urn,900001,W Q,caretaker,email,x@larkfield.example,,,wexcombe\n\
           urn,900001,W Q,lead,email,x@larkfield.example,,after training,wexcombe\n\
           urn,900001,W Q,lead,email,x@larkfield.example,ask,,wexcombe\n\
           urn,900001,W Q,lead,email,y@larkfield.example,,,;\n\
           dfe,900001,W Q,lead,email,y@larkfield.example,,,wexcombe\n";
    let (rows, report) = gather(contact::read(cursor(file), &limits()).unwrap()).unwrap();
    assert_eq!(rows.len(), 2);
    let first = &rows[0].value;
    assert_eq!((first.setting.scheme, first.role), (Scheme::Urn, Role::Lead));
    assert_eq!(first.channel, Channel::Email("w.q@larkfield.example".to_owned()));
    assert_eq!(
        (first.eligible_from, first.forces.as_slice()),
        (Some(date(2026, 9, 1)), ["wexcombe".to_owned(), "north".to_owned()].as_slice())
    );
    let expected = [
        "3  repeated",
        "4 Name missing",
        "5 Channel unknown_value",
        "6 Address not_an_address",
        "7 Role unknown_value",
        "8 eligible_from not_a_date",
        "9 telephone not_a_telephone",
        "10 forces missing",
        "11 setting_scheme unknown_value",
    ];
    assert_eq!(
        findings(&report),
        expected.map(|line| line
            .replace("Name", "name")
            .replace("Channel", "channel")
            .replace("Address", "address")
            .replace("Role", "role"))
    );
}

#[test]
fn a_team_that_could_never_be_found_or_reached_is_set_aside() {
    let file = TEAMS.to_owned()
        + ",own,hv-1,North team,ZZ1; zz2 4,,01632960010,\n\
           health_visiting,own,hv-2,South team,,Y99901;y99902,,duty@hv.example\n\
           health_visiting,own,hv-3,East team,,,01632960010,\n\
           authority,authority,901,Officer,,,01632960010,\n\
           maternity,ods,R9X,Maternity,ZZ1,,,\n\
           health_visiting,own,hv-4,West team,ZZ1 4AB,,01632960010,\n\
           school,own,hv-5,School,ZZ1,,01632960010,\n";
    let (rows, report) = gather(team::read(cursor(file), &limits()).unwrap()).unwrap();
    let kinds: Vec<Kind> = rows.iter().map(|row| row.value.kind).collect();
    assert_eq!(kinds, [Kind::HealthVisiting, Kind::HealthVisiting, Kind::Authority]);
    assert_eq!((rows[0].value.areas.len(), rows[1].value.practices.len()), (2, 2));
    assert!(rows[0].value.areas[1].covers("ZZ2 4XY"));
    let expected =
        ["4 postcodes missing", "6 telephone missing", "7 postcodes not_a_postcode", "8 postcode missing"];
    assert_eq!(findings(&report), expected);
}

#[test]
fn what_children_attend_outside_england_and_wales_stands_among_the_teams_by_its_place() {
    let file = "kind,scheme,identifier,name,postcode,postcodes,telephone,email\n\
        school,own,s-1,Made-up Academy,eh12ab,,01632960010,\n\
        early_years,own,s-2,Made-up Nursery,BT9 5AA,,01632960010,\n\
        school,own,s-3,Made-up School,ZZ1 4AB,,01632960010,\n\
        school,own,s-4,Made-up School,EH1 2AB,EH1,01632960010,\n\
        college,own,s-5,Made-up College,Edinburgh,,01632960010,\n\
        tutor,own,s-6,Made-up Tutor,EH1 2AB,,01632960010,\n";
    let (rows, report) = gather(team::read(cursor(file), &limits()).unwrap()).unwrap();
    let taken: Vec<_> = rows.iter().map(|row| (row.value.kind, row.value.postcode.as_deref())).collect();
    assert_eq!(taken, [(Kind::School, Some("EH1 2AB")), (Kind::EarlyYears, Some("BT9 5AA"))]);
    let expected = [
        "4 postcode out_of_scope",
        "5 kind out_of_scope",
        "6 postcode not_a_postcode",
        "7 kind unknown_value",
    ];
    assert_eq!(findings(&report), expected);
}

#[test]
fn a_register_keeps_the_child_when_a_number_is_wrong_and_not_when_a_day_or_flag_is() {
    let at = "urn,900001";
    let file = REGISTER.to_owned()
        + &format!(
            "1,Araminta,Copplestone,14/03/2017,F,zz14ab,{at},2021-09-01,,,no,H801200001001,943 476 5919\n"
        )
        + &format!("2,Leopold,Copplestone,14/03/2018,,,{at},,,,,A801200001001,9434765918\n")
        + &format!("3,Zuleika,Marchbanks,,F,,{at},,,,,,\n")
        + &format!("4,Zuleika,Marchbanks,14/03/2018,F,,{at},2021-09-01,2020-09-01,,,,\n")
        + &format!("5,Zuleika,Marchbanks,14/03/2018,F,,{at},,,,perhaps,,\n")
        + &format!("6,Zuleika,Marchbanks,14/03/2018,Q,nowhere,{at},,,HOME_EDUCATED,y,,\n")
        + &format!(
            "1,Araminta,Copplestone,14-03-2017,,ZZ1 4AB,{at},2021-09-01,,,no,H801200001001,9434765919\n"
        )
        + "1,Araminta,Copplestone,14/03/2017,F,ZZ1 4AB,urn,900002,2021-09-01,,subsidiary,no,,\n";
    let (rows, report) = gather(register::read(cursor(file), &limits()).unwrap()).unwrap();
    let entries: Vec<_> = rows.iter().map(|row| &row.value).collect();
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 7, 9]);
    assert_eq!(entries[0].upn.as_deref(), Some("H801200001001"));
    assert_eq!(entries[0].nhs_number.as_deref(), Some("9434765919"));
    assert_eq!((entries[1].upn.as_deref(), entries[1].nhs_number.as_deref()), (None, None));
    assert_eq!((entries[2].enrolment, entries[2].restricted), (register::Enrolment::HomeEducated, true));
    let expected = [
        "3 upn upn_check",
        "3 nhs_number nhs_check",
        "4 birth_date missing",
        "5 enrolled_to date_order",
        "6 restricted unknown_value",
        "7 sex unknown_value",
        "7 postcode not_a_postcode",
        "8  repeated",
    ];
    assert_eq!(findings(&report), expected);
}

#[test]
fn nothing_of_a_person_shows_in_debug_output_reports_or_errors() {
    let secrets = ["Quillfeather", "quillfeather", "2017", "Made-up Lane", "01632", "9434765919", "ZZ1 4AB"];
    let entry = "77,Quillfeather,Quillfeather,2017-03-14,F,ZZ1 4AB,urn,900001,2021-09-01,,,no,,9434765919\n";
    let bad = "77,Quillfeather,Quillfeather,2017-03-14,F,ZZ1 4AB,urn,Quillfeather,,,,no,,9434765919\n";
    let (rows, report) =
        gather(register::read(cursor(format!("{REGISTER}{entry}{bad}")), &limits()).unwrap()).unwrap();
    let contact = "urn,900001,Quillfeather,lead,email,quillfeather@x.example,01632960001,,wexcombe\n";
    let (contacts, _) =
        gather(contact::read(cursor(format!("{CONTACTS}{contact}")), &limits()).unwrap()).unwrap();
    let team = ",own,hv,Quillfeather team,ZZ9,,01632960001,quillfeather@x.example\n";
    let (teams, _) = gather(team::read(cursor(format!("{TEAMS}{team}")), &limits()).unwrap()).unwrap();
    assert_eq!((rows.len(), contacts.len(), teams.len(), report.set_aside_total()), (1, 1, 1, 1));
    let headless = register::read(cursor(entry), &limits()).err().expect("refused");
    assert!(matches!(headless, Error::MissingColumns { .. }));
    let mut written = Vec::new();
    report.write_csv(&mut written).unwrap();
    let shown = [
        format!("{rows:?} {contacts:?} {teams:?} {report:?} {headless:?} {headless}"),
        String::from_utf8(written).unwrap(),
    ]
    .concat();
    for secret in secrets {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[test]
fn a_file_divided_by_semicolons_or_tabs_is_refused_with_what_to_do() {
    for (mark, words) in [(";", "semicolons"), ("\t", "tabs")] {
        let divided = |header: &str| header.replace(',', mark) + "x\n";
        let quoted = |header: &str| {
            let cells = header.trim_end().split(',').map(|cell| format!("\"{cell}\""));
            cells.collect::<Vec<_>>().join(mark) + "\n"
        };
        for write in [&divided as &dyn Fn(&str) -> String, &quoted] {
            for error in [
                contact::read(cursor(write(CONTACTS)), &limits()).err(),
                team::read(cursor(write(TEAMS)), &limits()).err(),
                register::read(cursor(write(REGISTER)), &limits()).err(),
            ] {
                let error = error.expect("refused");
                assert!(matches!(error, Error::Divided { mark, .. } if mark == words), "{error}");
                let text = error.to_string();
                assert!(
                    text.contains(&format!("divided by {words}")) && text.contains("Save it again as CSV"),
                    "{text}"
                );
            }
        }
    }
}
