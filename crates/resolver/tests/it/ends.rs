//! When a child's time at a setting is over, by a register's word or by inference, and whether it is of an age for it.

use encompass_core::state::{Hold, SettingKind};
use encompass_resolver::register_keys;
use encompass_store::directory::load::{Brake, Kind};
use encompass_store::directory::setting::SettingLoad;
use encompass_store::incident::VersionKind;
use encompass_store::register::RegisterLoad;
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use crate::routes::{MISSING, fate, team, with_teams};
use crate::world::{ADA, ELM, NOW, OAK, Pupil, World, at, incident, on_sqlite, somebody, start};

/// A school for ages 4 to 11.
const PRIMARY: &str = "300001";
/// A school for ages 11 to 18.
const SECONDARY: &str = "300002";
const SUMMER: &str = "2026-08-04T03:00:00Z";
const TERM: &str = "2026-03-10T03:00:00Z";

const BEN: Pupil = Pupil { given: "Barnaby", family: "Thistlewood", born: date(2018, 2, 2), ..ADA };

async fn world() -> World {
    let world = on_sqlite().await;
    with_teams(&world).await;
    let mut rows = vec![team(PRIMARY, SettingKind::School, &[]), team(SECONDARY, SettingKind::School, &[])];
    for (row, (name, ages)) in
        rows.iter_mut().zip([("Mill Lane Primary School", (4, 11)), ("Thornbury Academy", (11, 18))])
    {
        (row.record.low_age, row.record.high_age) = (Some(ages.0), Some(ages.1));
        row.record.name = name.into();
        row.record.name_key = encompass_resolver::setting_name_key(name);
        row.record.authority = Some("919".into());
    }
    let mut load =
        SettingLoad::begin(&world.store, start(Kind::Settings, "more"), &[], at(NOW)).await.unwrap();
    load.add(rows, at(NOW)).await.unwrap();
    load.finish(Brake::default(), 0, at(NOW)).await.unwrap();
    world
}

/// What becomes of Ada, born then, in an incident of that time, when the officer says where she is.
async fn decided(world: &World, when: &str, officer: &str, born: Date) -> Result<Vec<&'static str>, Hold> {
    world.clock.step(at(when));
    let mut data: Value = incident();
    data["known_at"] = json!(when);
    data["children"][0]["birth_date"] = json!(born.to_string());
    if !officer.is_empty() {
        data["children"][0]["setting"] = json!(officer);
    }
    world.accept(1, VersionKind::Reported, &data).await;
    world.resolve().await;
    let mut told: Vec<&str> = fate(world).await?.into_iter().map(|(number, _)| number).collect();
    for number in [ELM, PRIMARY, SECONDARY] {
        told.extend(world.notification("c1", number).await.map(|_| number));
    }
    Ok(told)
}

/// Loads two whole files, one a day after the other, where leavers are kept.
async fn nightly(world: &World, day: &str, files: [&[Pupil]; 2]) {
    world.register("county", NOW, files[0]).await;
    let as_of = at(day);
    let load = RegisterLoad::begin(&world.store, "county", true, as_of, somebody(), as_of).await.unwrap();
    let mut load = load.keep_leavers(180);
    let mut entries = Vec::new();
    for pupil in files[1] {
        let number = files[0].iter().position(|one| one.given == pupil.given).unwrap();
        entries.push(world.entry(number, pupil).await);
    }
    assert!(entries.iter().all(|entry| entry.keys == register_keys(&entry.person)));
    load.add(entries).await.unwrap();
    load.finish(Brake { allow_shrink: true, ..Brake::default() }, 0, as_of).await.unwrap();
}

#[tokio::test]
async fn a_child_whom_a_whole_file_leaves_out_in_august_is_held_also_when_the_officer_names_the_school() {
    for officer in ["", "Elm Road Primary School"] {
        let world = world().await;
        let ada = Pupil { schools: &[ELM], ..ADA };
        nightly(&world, "2026-08-03T00:00:00Z", [&[ada, BEN], &[BEN]]).await;
        assert_eq!(decided(&world, SUMMER, officer, ADA.born).await, Err(Hold::EnrolmentEnded), "{officer}");
    }
}

#[tokio::test]
async fn a_stated_end_goes_by_the_table_unless_the_officer_names_the_school_that_was_left() {
    let left = Pupil { schools: &[ELM], until: Some(date(2026, 7, 22)), ..ADA };
    for (officer, expected) in [
        ("", Ok(vec![MISSING])),
        ("Elm Road Primary School", Err(Hold::EnrolmentEnded)),
        ("Oak Lane Primary School", Err(Hold::EnrolmentEnded)),
    ] {
        let world = world().await;
        world.register("county", "2026-08-03T00:00:00Z", std::slice::from_ref(&left)).await;
        assert_eq!(decided(&world, SUMMER, officer, ADA.born).await, expected, "{officer}");
    }
}

#[tokio::test]
async fn a_child_that_is_too_old_or_too_young_for_the_setting_is_held() {
    let at_primary = |born: Date| Pupil { born, schools: &[PRIMARY], ..ADA };
    for (name, pupil, when, expected) in [
        ("eight years old", at_primary(ADA.born), TERM, Ok(vec![PRIMARY])),
        ("twelve years old", at_primary(date(2014, 1, 9)), TERM, Err(Hold::ImplausibleAge)),
        ("ten in August", at_primary(date(2016, 1, 9)), SUMMER, Ok(vec![PRIMARY])),
        (
            "eleven in August, with no end stated",
            at_primary(date(2015, 1, 9)),
            SUMMER,
            Err(Hold::EnrolmentEnded),
        ),
        ("eleven in term", at_primary(date(2015, 1, 9)), TERM, Ok(vec![PRIMARY])),
        (
            "eleven in August, and on the next school's roll",
            Pupil { schools: &[PRIMARY, SECONDARY], from: None, ..at_primary(date(2015, 1, 9)) },
            SUMMER,
            Ok(vec![SECONDARY]),
        ),
        (
            "eight years old at a secondary school",
            Pupil { schools: &[SECONDARY], ..ADA },
            TERM,
            Err(Hold::ImplausibleAge),
        ),
        (
            "twelve at a school whose ages are not known",
            Pupil { born: date(2014, 1, 9), ..ADA },
            TERM,
            Ok(vec![OAK]),
        ),
    ] {
        let world = world().await;
        world.register("county", when, std::slice::from_ref(&pupil)).await;
        assert_eq!(decided(&world, when, "", pupil.born).await, expected, "{name}");
    }
}
