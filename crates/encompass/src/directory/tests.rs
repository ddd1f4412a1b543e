use std::io::Cursor;

use encompass_core::due::Rules;
use encompass_store::db::Options as StoreOptions;
use encompass_store::seal::Keys;
use encompass_store::{Actor, Scope};
use jiff::civil::date;

use super::*;

const TEAMS: &str = include_str!("../../../../config/directory/teams.csv");
const CONTACTS: &str = include_str!("../../../../config/directory/contacts.csv");
const REGISTER: &str = include_str!("../../../../config/directory/register.csv");
const TERMS: &str = include_str!("../../../../config/directory/term-dates.ics");
const REDUCED: &str = "urn,name,town,postcode,open_date,close_date\n";

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

async fn store() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display());
    let store = Store::open(&StoreOptions::at(url), Keys::new(&[7; 32])).await.unwrap();
    (folder, store)
}

async fn take_in(store: &Store, kind: Kind, text: &str) -> anyhow::Result<Report> {
    let options =
        Options { set_aside_share: 0.5, ..Options::new("county", now(), Actor::Command("tester".into())) };
    import(store, kind, Cursor::new(text.as_bytes().to_vec()), &options, now()).await
}

fn terms() -> New {
    New { source: "county".into(), owner: "county".into(), forces: vec!["north".into()], max_age_days: 7 }
}

/// A reduced register with every school that an example names.
fn schools(examples: &[&str]) -> String {
    let fields = examples.iter().flat_map(|text| text.split([',', '\n']));
    let mut urns: Vec<&str> =
        fields.filter(|field| field.len() == 6 && field.bytes().all(|byte| byte.is_ascii_digit())).collect();
    urns.sort_unstable();
    urns.dedup();
    let rows = urns.iter().map(|urn| format!("{urn},School {urn},Town,ZZ1 1AA,1990-09-01,\n"));
    REDUCED.to_owned() + &rows.collect::<String>()
}

#[tokio::test]
async fn the_examples_are_taken_in_and_a_child_is_found_with_its_setting_and_contact() {
    let (_folder, store) = store().await;
    take_in(&store, Kind::ReducedSchools, &schools(&[CONTACTS, REGISTER])).await.unwrap();
    let teams = take_in(&store, Kind::Teams { forces: vec!["north".into()] }, TEAMS).await.unwrap();
    assert!(matches!(teams.outcome, Some(Outcome::Current(_))));
    assert!(!teams.contacts.unwrap().added.is_empty());
    let wanted = [encompass_store::directory::Identifier::new("own", "scot-1")];
    let outside = store.settings_by_identifier(&wanted, now()).await.unwrap().remove(0).unwrap();
    assert_eq!(outside.record.kind, encompass_core::state::SettingKind::School);
    assert_eq!((outside.record.postcode.as_deref(), &outside.record.authority), (Some("EH1 2AB"), &None));
    let contacts = take_in(&store, Kind::Contacts, CONTACTS).await.unwrap();
    assert!(!contacts.contacts.unwrap().added.is_empty());
    let register = take_in(&store, Kind::Register(terms()), REGISTER).await.unwrap();
    assert!(matches!(register.outcome, Some(Outcome::Current(_))));
    let row = encompass_directory::register::read(Cursor::new(REGISTER.as_bytes()), &Limits::default())
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .value;
    let scope = Scope::service("test");
    let register = store.registers_of(&scope, "north").await.unwrap().remove(0);
    let entry = encompass_store::register::entry_id(store.identity(), "county", &row.child);
    let found = store.entries(&scope, "north", &[(register.load, entry)]).await.unwrap();
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].person.child, row.child);
    let setting = store.setting(found[0].enrolments[0].setting, now()).await.unwrap();
    assert!(setting.is_some_and(|setting| setting.record.is_open));
}

#[tokio::test]
async fn a_row_of_an_unknown_setting_is_set_aside_and_too_many_refuse_the_file() {
    let (_folder, store) = store().await;
    let refused = take_in(&store, Kind::Register(terms()), REGISTER).await.unwrap_err();
    let refused = refused.downcast::<encompass_directory::Error>().unwrap();
    assert!(matches!(refused, encompass_directory::Error::TooManySetAside { .. }));
    assert!(store.registers_of(&Scope::service("test"), "north").await.unwrap().is_empty());
}

#[tokio::test]
async fn term_dates_of_an_authority_reach_the_calendar_of_a_school_that_follows_it() {
    let (_folder, store) = store().await;
    let urn = Identifier::new("urn", "100001");
    take_in(&store, Kind::ReducedSchools, &(REDUCED.to_owned() + "100001,One,Town,,1990-09-01,\n"))
        .await
        .unwrap();
    let of = CalendarOf::Setting(urn.clone());
    let report = take_in(&store, Kind::TermDates { of, listing: None }, TERMS).await.unwrap();
    let Some(Outcome::Current(counts)) = report.outcome else { panic!("not current") };
    assert!(counts.added > 0);
    let unknown = CalendarOf::Setting(Identifier::new("urn", "999999"));
    assert!(take_in(&store, Kind::TermDates { of: unknown, listing: None }, TERMS).await.is_err());
    let holidays = r#"{"england-and-wales":{"events":[{"title":"Made-up","date":"2026-03-04"}]}}"#;
    take_in(&store, Kind::BankHolidays, holidays).await.unwrap();
    let setting = store.settings_by_identifier(&[urn], now()).await.unwrap()[0].clone().unwrap();
    let calendar = store.calendar_of(setting.id, &Rules::default(), now()).await.unwrap();
    assert!(!calendar.verdict(date(2026, 3, 4)).open);
}
