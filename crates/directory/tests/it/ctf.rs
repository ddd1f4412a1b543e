//! The Common Transfer File: the example, pupils that are set aside, and files made to harm.

use encompass_directory::Error;
use encompass_directory::register::{self, Child, Enrolment, Sex, Shape};
use encompass_directory::report::Report;
use encompass_directory::text::Limits;
use jiff::civil::date;
use proptest::prelude::*;

use crate::examples::example;
use crate::{cursor, findings, limits};

fn read(file: impl AsRef<[u8]>) -> Result<(Vec<Child>, Report, Vec<String>), Error> {
    read_within(file, &limits())
}

fn read_within(file: impl AsRef<[u8]>, limits: &Limits) -> Result<(Vec<Child>, Report, Vec<String>), Error> {
    let mut reader = register::children(cursor(file), limits, Shape::CommonTransfer)?;
    let children = reader.by_ref().collect::<Result<Vec<_>, _>>()?;
    let (report, set_aside) = reader.finish();
    Ok((children, report, set_aside))
}

/// A file of one school with these pupils.
fn file(pupils: &str) -> String {
    format!(
        "<CTfile><Header><SourceSchool><LEA>919</LEA><Estab>2023</Estab></SourceSchool></Header>\n\
         <CTFpupilData>{pupils}</CTFpupilData></CTfile>"
    )
}

/// A sound pupil with more elements.
fn pupil(upn: &str, more: &str) -> String {
    format!(
        "<Pupil><UPN>{upn}</UPN><Surname>Copplestone</Surname><Forename>Araminta</Forename>\
         <DOB>2017-03-14</DOB>{more}</Pupil>\n"
    )
}

const UPN: &str = "H801200001001";

#[test]
fn the_example_is_read_whole() {
    let (children, report, set_aside) = read(example("common-transfer-file.xml")).unwrap();
    assert_eq!((report.accepted, report.findings.len(), set_aside.len()), (2, 0, 0), "{:?}", report.findings);
    let first = &children[0];
    assert_eq!((first.number.as_str(), first.is_numbered), ("upn:H801200001001", true));
    assert_eq!((first.given_names.as_str(), first.family_name.as_str()), ("Araminta Rose", "Copplestone"));
    assert_eq!((first.known_as.as_deref(), first.sex), (Some("Minty"), Some(Sex::Female)));
    assert_eq!(
        (first.former_family_names.as_slice(), first.birth_date),
        (&["Underhay".into()][..], date(2017, 3, 14))
    );
    let address = first.address.as_ref().unwrap();
    assert_eq!(address.text.as_deref(), Some("1, Made-up Lane, Larkfield"));
    assert_eq!(address.postcode.as_deref(), Some("ZZ1 4AB"));
    let at: Vec<_> = first.enrolments.iter().map(|at| (at.setting.value.as_str(), at.from, at.to)).collect();
    let (infants, primary) = (date(2021, 9, 1), date(2024, 9, 3));
    assert_eq!(at, [("9192001", Some(infants), Some(date(2024, 7, 19))), ("9192023", Some(primary), None)]);
    assert_eq!(first.lines, [22], "where the pupil begins");
}

#[test]
fn a_pupil_without_history_is_at_the_school_that_sends_the_file_as_its_status_says() {
    let table = [
        ("C", Some((Enrolment::Main, false))),
        ("M", Some((Enrolment::Main, false))),
        ("S", Some((Enrolment::Subsidiary, false))),
        ("G", Some((Enrolment::Guest, false))),
        ("P", Some((Enrolment::Main, true))),
        ("", Some((Enrolment::Main, false))),
        ("Z", None),
    ];
    for (status, expected) in table {
        let text =
            file(&pupil(UPN, &format!("<BasicDetails><EnrolStatus>{status}</EnrolStatus></BasicDetails>")));
        let (children, report, set_aside) = read(text).unwrap();
        let at = children.first().map(|child| &child.enrolments[0]);
        assert_eq!(at.map(|at| (at.kind, at.left)), expected, "{status}");
        assert_eq!(at.map_or("9192023", |at| at.setting.value.as_str()), "9192023");
        assert_eq!(report.set_aside_total() as usize, set_aside.len(), "{status}: known whom it is about");
    }
}

#[test]
fn a_bad_element_is_left_out_or_sets_the_pupil_aside() {
    let school = |inner: &str| format!("<SchoolHistory><School>{inner}</School></SchoolHistory>");
    let table = [
        (pupil("A801200001001", ""), "2 UPN upn_check"),
        (pupil(UPN, "<Sex>Q</Sex>"), "2 Sex unknown_value"),
        (pupil(UPN, "<Address><PostCode>nowhere</PostCode></Address>"), "2 PostCode not_a_postcode"),
        (pupil(UPN, &school("<LEA>919</LEA><Estab>LLLL</Estab>")), "2 SchoolHistory not_an_identifier"),
        (pupil(UPN, "<DOB>2017-03-15</DOB>"), "2 DOB conflicting"),
        (pupil(UPN, "").replace("2017-03-14", "14 March"), "2 DOB not_a_date"),
        (pupil(UPN, "").replace("Araminta", " "), "2 Forename missing"),
        (pupil(UPN, "").replace("Surname", "Name"), "2 Surname missing"),
        (
            pupil(UPN, &school("<LEA>919</LEA><Estab>1</Estab><EntryDate>soon</EntryDate>")),
            "2 EntryDate not_a_date",
        ),
        (
            pupil(
                UPN,
                &school(
                    "<LEA>919</LEA><Estab>1</Estab><EntryDate>2020-01-01</EntryDate>\
                     <LeavingDate>2019-01-01</LeavingDate>",
                ),
            ),
            "2 LeavingDate date_order",
        ),
    ];
    for (text, expected) in table {
        let (_, report, _) = read(file(&text)).unwrap();
        assert_eq!(findings(&report), [expected]);
    }
    let (unnumbered, ..) = read(file(&pupil("A801200001001", ""))).unwrap();
    assert_eq!((unnumbered[0].is_numbered, unnumbered[0].upn.as_deref()), (false, None));
}

#[test]
fn texts_are_read_through_entities_sections_comments_prefixes_and_encodings() {
    let text = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><c:CTfile xmlns:c=\"x\"><c:Header><c:SourceSchool>\
                <c:LEA>919</c:LEA><c:Estab>2023</c:Estab></c:SourceSchool></c:Header><c:CTFpupilData><c:Pupil>\
                <c:Surname>O&apos;Made<!-- no -->-up</c:Surname><c:Forename><![CDATA[Zo\u{eb}]]> &#x41;nn</c:Forename>\
                <c:DOB>2017-03-14</c:DOB><c:Sex/></c:Pupil></c:CTFpupilData></c:CTfile>";
    let latin: Vec<u8> = text.chars().map(|character| u8::try_from(u32::from(character)).unwrap()).collect();
    let (children, report, _) = read(latin).unwrap();
    assert_eq!(
        (children[0].family_name.as_str(), children[0].given_names.as_str()),
        ("O'Made-up", "Zo\u{eb} Ann")
    );
    assert_eq!(report.encoding, "windows-1252");
}

#[test]
fn two_pupils_under_one_number_who_differ_are_both_set_aside() {
    let twins = pupil(UPN, "") + &pupil(UPN, "").replace("Araminta", "Cordelia");
    let (children, report, set_aside) = read(file(&twins)).unwrap();
    assert!(children.is_empty());
    assert_eq!((findings(&report).len(), set_aside.len(), report.accepted), (2, 1, 0));
    let (same, report, _) = read(file(&pupil(UPN, "").repeat(2))).unwrap();
    assert_eq!((same.len(), same[0].enrolments.len(), report.accepted), (1, 1, 2));
}

#[test]
fn files_that_are_not_whole_or_made_to_harm_are_refused() {
    let bomb =
        "<!DOCTYPE CTfile [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><CTfile>&b;</CTfile>";
    let outside = "<!DOCTYPE CTfile SYSTEM \"file:///etc/hostname\"><CTfile/>";
    let deep = format!("<CTfile>{}", "<a>".repeat(100_000));
    let long_text = file(&pupil(UPN, &format!("<Sex>{}</Sex>", "F".repeat(200_000))));
    let long_tag = file(&format!("<Pupil {}=\"\"/>", "a".repeat(200_000)));
    let pieces = file(&pupil(UPN, &format!("<Sex>{}</Sex>", "&amp;".repeat(200_000))));
    let many = file(&pupil(UPN, &format!("<SchoolHistory>{}</SchoolHistory>", "<School/>".repeat(500))));
    let whole = file(&pupil(UPN, ""));
    let table: [(&str, &str); 14] = [
        (bomb, "declares a document type"),
        (outside, "declares a document type"),
        (&deep, "too deep"),
        (&long_text, "too long"),
        (&long_tag, "too long"),
        (&pieces, "too long"),
        (&many, "too many schools"),
        (&whole[..whole.len() - "</CTfile>".len()], "cut off"),
        (&whole[..whole.len() - 20], "not XML"),
        ("<CTfile><Header></CTfile>", "tags do not match"),
        ("<CTfile>&secret;</CTfile>", "an entity that XML does not define"),
        ("<ATfile><Header/></ATfile>", "outermost element is not CTfile"),
        ("<CTfile><Header/></CTfile>", "no CTFpupilData"),
        ("child_id,given_names\n1,Araminta\n", "no CTFpupilData"),
    ];
    for (text, expected) in table {
        let error = read(text).expect_err(expected);
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!error.is_transient() && !error.to_string().contains("Araminta"), "{error}");
    }
    assert!(matches!(read(""), Err(Error::Empty)));
    let small = Limits { file_bytes_max: 100, ..Limits::default() };
    assert!(matches!(read_within(&whole, &small), Err(Error::TooLarge { .. })));
}

#[test]
fn a_refusal_names_the_line_and_never_what_stands_there() {
    let text = format!(
        "{}\n\n<Pupil><Surname>Quillfeather</Forename>",
        file("").replace("</CTFpupilData></CTfile>", "")
    );
    let error = read(text).expect_err("refused").to_string();
    assert!(error.contains("(line 4)") && !error.contains("Quillfeather"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn files_that_are_nearly_right_never_panic_and_their_account_adds_up(pieces in prop::collection::vec(
        prop::sample::select(vec![
            "<Pupil>", "</Pupil>", "<UPN>H801200001001</UPN>", "<Surname>", "</Surname>", "A", "<Forename>B</Forename>",
            "<DOB>2017-03-14</DOB>", "<SchoolHistory>", "</SchoolHistory>", "<School>", "</School>", "<LEA>919</LEA>",
            "<Estab>1</Estab>", "<EntryDate>2020-01-01</EntryDate>", "<Address>", "</Address>", "&amp;", "&#0;", "&x;",
            "<![CDATA[", "]]>", "<!--", "-->", "<", ">", "\n", "\u{0}", "é", "<Sex/>", "</CTFpupilData>", "</CTfile>",
        ]), 0..40),
    ) {
        let text = file("").replace("</CTFpupilData></CTfile>", "") + &pieces.concat();
        if let Ok((children, report, _)) = read(text) {
            prop_assert_eq!(report.read, report.accepted + report.set_aside_total());
            prop_assert!(children.len() as u64 <= report.accepted);
        }
    }
}
