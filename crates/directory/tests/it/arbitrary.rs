use encompass_directory::calendar::bank_holiday::{self, ENGLAND_AND_WALES};
use encompass_directory::calendar::term::{read_icalendar, read_json};
use encompass_directory::register::{Children, Shape};
use encompass_directory::setting::{early_years, gias, link, reduced};
use encompass_directory::text::{Limits, Reader};
use encompass_directory::{contact, register, team};
use jiff::civil::date;
use proptest::prelude::*;

use crate::cursor;

const LIMITS: Limits = Limits { file_bytes_max: 1 << 16, row_bytes_max: 200 };

/// Runs a reader to its end and proves that its account adds up.
fn drain<R: std::io::Read, T>(reader: Result<Reader<R, T>, encompass_directory::Error>) {
    let Ok(mut reader) = reader else { return };
    let given = reader.by_ref().filter(Result::is_ok).count() as u64;
    let report = reader.into_report();
    assert_eq!(report.accepted, given);
    assert_eq!(report.read, report.accepted + report.set_aside_total());
}

fn drain_children<R: std::io::Read>(children: Result<Children<R>, encompass_directory::Error>) {
    let Ok(mut children) = children else { return };
    let given = children.by_ref().filter(Result::is_ok).count() as u64;
    let (report, _) = children.finish();
    assert!(given <= report.accepted);
    assert_eq!(report.read, report.accepted + report.set_aside_total());
}

fn read_as_everything(bytes: &[u8]) {
    let source = || cursor(bytes);
    drain(gias::read(source(), &LIMITS));
    drain(early_years::read(source(), &LIMITS));
    drain(reduced::read(source(), &LIMITS, date(2026, 9, 1)));
    drain(link::read(source(), &LIMITS));
    drain(contact::read(source(), &LIMITS));
    drain(team::read(source(), &LIMITS));
    drain(register::read(source(), &LIMITS));
    for shape in [Shape::Ours, Shape::CommonTransfer] {
        drain_children(register::children(source(), &LIMITS, shape));
    }
    let _ = bank_holiday::read(source(), &LIMITS, ENGLAND_AND_WALES);
    for dates in [read_icalendar(source(), &LIMITS, None), read_json(source(), &LIMITS)].into_iter().flatten()
    {
        assert!(dates.days.is_sorted_by(|a, b| a.date < b.date));
    }
}

/// Bytes that look enough like a file to get past its first line.
fn near_files() -> impl Strategy<Value = Vec<u8>> {
    let heads = prop::sample::select(vec![
        "child_id,given_names,family_name,birth_date,postcode,setting_scheme,setting_identifier,enrolled_from,\
         enrolled_to,restricted,upn,nhs_number\n",
        "setting_scheme,setting_identifier,name,role,channel,address,telephone,forces\n",
        "scheme,identifier,name,postcodes,telephone,email\n",
        "URN,LinkURN,LinkType,LinkEstablishedDate\n",
        "urn,name,town,postcode,open_date,close_date\n",
        "<CTfile><Header/><CTFpupilData><Pupil><UPN>H801200001001</UPN><Surname>A</Surname>",
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Holiday\n",
        "[{\"kind\":\"closed\",\"from\":\"",
        "",
    ]);
    let pieces = prop::sample::select(vec![
        ",",
        ";",
        "\"",
        "\n",
        "\r\n",
        " ",
        "urn",
        "900001",
        "2026-09-01",
        "01/09/2026",
        "yes",
        "email",
        "lead",
        "a@b.example",
        "https://a.b/",
        "ZZ1 4AB",
        "ZZ1",
        "H801200001001",
        "9434765919",
        "own",
        "é",
        "\u{0}",
        "€",
        "DTSTART:20260901",
        "DTEND:20270101",
        "DURATION:P9W",
        "END:VEVENT\n",
        "END:VCALENDAR\n",
        "BEGIN:VEVENT\n",
        "SUMMARY:Term day\n",
        "\"}]",
        "99999999",
        "-",
    ]);
    (heads, prop::collection::vec(pieces, 0..60))
        .prop_map(|(head, pieces)| (head.to_owned() + &pieces.concat()).into_bytes())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn files_that_are_nearly_right_never_panic_and_their_account_adds_up(bytes in near_files()) {
        read_as_everything(&bytes);
    }
}
