//! Two files in, one out, whatever form they have.

use encompass_matching::files::{Error, Report, run};
use encompass_matching::weigh::Parameters;

/// Incident, candidate, score.
type Row = (String, String, f64);

fn matched(register: &str, incidents: &str) -> Result<(Report, Vec<Row>), Error> {
    let mut out = Vec::new();
    let report = run(register.as_bytes(), incidents.as_bytes(), &mut out, Some(Parameters::default()))?;
    let mut reader = csv::Reader::from_reader(out.as_slice());
    assert_eq!(reader.headers().unwrap(), vec!["incident_id", "matched_register_id", "score"]);
    let rows = reader.records().map(|row| {
        let row = row.unwrap();
        (row[0].to_owned(), row[1].to_owned(), row[2].parse().unwrap())
    });
    Ok((report, rows.collect()))
}

#[test]
fn a_child_is_matched_in_any_century_and_country_and_with_columns_left_out() {
    for (what, register, incidents) in [
        (
            "all columns",
            "register_id,source,school_urn,upn,forename,middle_names,surname,preferred_forename,dob,sex,address_line1,town,postcode\n\
             r1,school,1,,Ada,Rose,Vale,,2016-02-03,F,12 Mill Lane,Ham,ZZ1 4AB\n\
             r2,school,1,,Leo,,Marchbanks,,2012-07-08,M,3 High Street,Ham,ZZ2 9QQ\n",
            "incident_id,event_id,incident_time,forename,surname,dob,age,sex,address_line1,town,postcode\n\
             i1,e1,2026-01-05 00:01,ada,vale,2016-02-03,,F,12 Mill Ln,Ham,zz14ab\n",
        ),
        (
            "only what is needed, in another order",
            "dob,surname,forename,register_id\n2016-02-03,Vale,Ada,r1\n2012-07-08,Marchbanks,Leo,r2\n",
            "surname,forename,dob,incident_id\nVale,Ada,2016-02-03,i1\n",
        ),
        (
            "grown-ups of another century, in another country",
            "register_id,forename,surname,dob,postcode\nr1,Ada,Lovelace,1815-12-10,1012 AB\nr2,Karl,Weiß,1801-01-01,10115\n",
            "incident_id,forename,surname,dob,postcode\ni1,Ada,Lovelace,1815-12-10,1012ab\n",
        ),
        (
            "a byte order mark, spaces and quotes",
            "\u{feff}register_id,forename,surname,dob\nr1,\" Ada \",Vale,2016-02-03\nr2,Leo,Marchbanks,\n",
            "incident_id , forename,surname,dob\ni1,Ada,Vale, 2016-02-03\n",
        ),
        (
            "a register without birth dates in it",
            "register_id,forename,surname,dob,address_line1,postcode\nr1,Ada,Vale,,12 Mill Lane,ZZ1 4AB\nr2,Leo,Marchbanks,,3 High Street,ZZ2 9QQ\n",
            "incident_id,forename,surname,dob,address_line1,postcode\ni1,Ada,Vale,,12 Mill Lane,ZZ1 4AB\n",
        ),
    ] {
        let (report, rows) = matched(register, incidents).unwrap();
        assert_eq!((report.children, report.incidents), (2, 1), "{what}");
        let best = rows.iter().max_by(|a, b| a.2.total_cmp(&b.2)).unwrap();
        assert_eq!((best.0.as_str(), best.1.as_str()), ("i1", "r1"), "{what}");
        assert!(rows.len() <= 5, "{what}");
    }
}

#[test]
fn a_missing_column_is_named() {
    let good = "register_id,forename,surname,dob\nr1,Ada,Vale,2016-02-03\n";
    let asked = "incident_id,forename,surname,dob\ni1,Ada,Vale,2016-02-03\n";
    for (register, incidents, expected) in [
        ("register_id,forename,surname\nr1,Ada,Vale\n", asked, "the file of the register has no column dob"),
        ("id,forename,surname,dob\n", asked, "the file of the register has no column register_id"),
        ("", asked, "the file of the register has no column register_id"),
        (good, "incident_id,forename,dob\ni1,Ada,2016\n", "the file of the incidents has no column surname"),
        ("register_id,forename,surname,dob\n", asked, "the register has no usable row"),
        (
            "register_id;forename;surname;dob\n",
            asked,
            "the file of the register is not divided by commas: save it as CSV with commas",
        ),
        (
            good,
            "incident_id\tforename\tsurname\tdob\n",
            "the file of the incidents is not divided by commas: save it as CSV with commas",
        ),
    ] {
        let error = matched(register, incidents).unwrap_err().to_string();
        assert_eq!(error, expected);
    }
}

#[test]
fn a_row_without_a_name_of_its_own_is_set_aside_and_a_field_that_cannot_be_read_left_out() {
    let register = "register_id,forename,surname,dob\n\
                    r1,Ada,Vale,2016-02-03\n,Leo,Vale,2018-09-12\nr3,Ivy,Vale,02/31/2016\nr4,Short\n";
    let incidents = "incident_id,forename,surname,dob,age\n\
                     i1,Ada,Vale,2016-02-03,\n,Ada,Vale,2016,\ni3,Ada,Vale,yesterday,\ni4,Ada,Vale,,about 7\n";
    let (report, rows) = matched(register, incidents).unwrap();
    let told = |rows: &[encompass_matching::files::BadRow]| {
        rows.iter().map(|row| (row.line, row.column)).collect::<Vec<_>>()
    };
    assert_eq!(told(&report.register_faults.set_aside), [(3, "register_id")]);
    assert_eq!(told(&report.register_faults.left_out), [(4, "dob"), (5, "")]);
    assert_eq!(told(&report.incident_faults.set_aside), [(3, "incident_id")]);
    assert_eq!(told(&report.incident_faults.left_out), [(4, "dob"), (5, "age")]);
    assert_eq!((report.children, report.incidents), (3, 3));
    for incident in ["i1", "i3", "i4"] {
        assert!(rows.iter().any(|row| (row.0.as_str(), row.1.as_str()) == (incident, "r1")), "{incident}");
    }
    let written = serde_json::to_string(&report).unwrap();
    assert!(!written.contains("yesterday") && !written.contains("02/31/2016"));
}

#[test]
fn rows_that_repeat_or_lack_a_field_are_told_of_and_answered() {
    let row = |number: usize| format!("r{number},Ada,Vale,2016-02-03\n");
    let many: String = (0..1_000).map(row).collect();
    let register = format!("register_id,forename,surname,dob\n{many}r7,Ada,Vale,2016-02-03\n");
    let incidents = "incident_id,forename,surname,dob,age,incident_time\n\
                     i1,Miss Ada,Vale,2016-02-03,,\ni1,Ada,Vale,03/02/2016,,\ni2,Ada,Vale\ni3,Ada,Vale,,9,early\n\
                     i4,Ada,Vale,,9,05/01/2026 00:10\n";
    let (report, rows) = matched(&register, incidents).unwrap();
    assert_eq!((report.children, report.repeated_register_rows), (1_000, 1));
    let told: Vec<_> = report.incident_faults.left_out.iter().map(|row| (row.line, row.column)).collect();
    assert_eq!(told, [(3, "incident_id"), (4, ""), (5, "incident_time")]);
    for incident in ["i1", "i2", "i3", "i4"] {
        assert!(rows.iter().any(|row| row.0 == incident), "{incident}: one of a crowd is better than nobody");
    }
}

#[test]
fn children_of_one_event_are_answered_together_wherever_they_stand() {
    let register = "register_id,forename,surname,dob,address_line1,postcode\n\
                    r1,Ada,Vale,2016-02-03,12 Mill Lane,ZZ1 4AB\nr2,Leo,Vale,2018-09-12,12 Mill Lane,ZZ1 4AB\n";
    let incidents = "incident_id,event_id,forename,surname,dob\n\
                     i1,e,Ada,Vale,2016-02-03\ni2,,Nobody,Else,2001\ni3,e,Addie,Vale,2016-02-03\n";
    let (report, rows) = matched(register, incidents).unwrap();
    assert_eq!((report.events, report.incidents), (2, 3));
    let sure = rows.iter().filter(|(_, id, score)| id == "r1" && *score > 3.0).count();
    assert!(sure <= 1, "one child is not two");
}

#[test]
fn the_parameters_that_ship_can_be_read_and_written() {
    let shipped = Parameters::default();
    let written = serde_json::to_string(&shipped).unwrap();
    assert_eq!(serde_json::from_str::<Parameters>(&written).unwrap(), shipped);
    assert!(shipped.source.children > 0, "they say what they came from");
    for broken in [
        "{}",
        &written.replacen("\"full\",0.", "\"full\",7.", 1),
        &written.replacen("\"full\"", "\"none\"", 1),
    ] {
        assert!(serde_json::from_str::<Parameters>(broken).is_err());
    }
}
