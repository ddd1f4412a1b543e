//! Loads of settings and calendars.

use std::sync::atomic::{AtomicBool, Ordering};

use encompass_core::calendar::{DayKind, DayRow, Why};
use encompass_core::due::Rules;
use encompass_core::state::SettingKind;
use encompass_store::audit_log::{INSTALLATION, Verdict};
use encompass_store::directory::calendar::{File, Owner, merge};
use encompass_store::directory::load::{Brake, Kind, Outcome};
use encompass_store::directory::setting::{Record, Row, Serves, SettingLoad};
use encompass_store::directory::{Alias, AliasKind, Detail, Succession};
use encompass_store::{Error, Store};
use jiff::SignedDuration;
use jiff::civil::date;

use crate::made_up::{TODAY, load, load_linked, loaded_school, now, school, setting, start, urn};
use crate::on_both;

fn county(schools: usize, suffix: &str) -> Vec<Row> {
    (0..schools).map(|n| school(&format!("{}", 100_000 + n), &format!("School {n:03} {suffix}"))).collect()
}

#[tokio::test]
async fn a_load_says_what_it_added_changed_and_closed() {
    on_both(async |store: Store| {
        let Outcome::Current(first) = load(&store, county(40, "old")).await else { panic!("not current") };
        assert_eq!((first.rows, first.added, first.changed, first.closed), (40, 40, 0, 0));
        let mut rows = county(42, "old");
        rows[0].record.telephone = None;
        rows[1].record.is_open = false;
        rows.remove(2);
        let Outcome::Current(second) = load(&store, rows).await else { panic!("not current") };
        assert_eq!((second.rows, second.added, second.changed, second.closed), (41, 2, 2, 2));
        assert_eq!(second.open_before, 40);
        assert!(setting(&store, "100002").await.is_none(), "a missing setting is not read");
        assert!(!setting(&store, "100001").await.unwrap().record.is_open);
        assert_eq!(store.check_audit_chain(INSTALLATION).await.unwrap(), Verdict::Whole { rows: 2 });
    })
    .await;
}

#[tokio::test]
async fn a_load_that_closes_too_much_is_refused_and_nothing_of_it_is_left() {
    on_both(async |store: Store| {
        load(&store, county(40, "old")).await;
        let cut_off = county(37, "new");
        let Outcome::Shrinks(counts) = load(&store, cut_off.clone()).await else { panic!("not refused") };
        assert_eq!((counts.closed, counts.open_before), (3, 40));
        assert_eq!(setting(&store, "100039").await.unwrap().record.name, "School 039 old");
        let meant = Brake { allow_shrink: true, ..Brake::default() };
        assert!(matches!(load_linked(&store, "gias", cut_off, &[], meant).await, Outcome::Current(_)));
        assert!(setting(&store, "100039").await.is_none());
    })
    .await;
}

#[tokio::test]
async fn the_same_file_again_is_not_made_but_dates_the_current_one() {
    on_both(async |store: Store| {
        load(&store, county(5, "same")).await;
        let before = store.current_loads().await.unwrap();
        let later = now() + SignedDuration::from_hours(24);
        let mut rows = county(5, "same");
        rows.reverse();
        let again = start(Kind::Settings, "gias");
        let mut again = SettingLoad::begin(
            &store,
            encompass_store::directory::load::Start { as_of: later, ..again },
            &[],
            later,
        )
        .await
        .unwrap();
        again.add(rows, later).await.unwrap();
        assert!(matches!(again.finish(Brake::default(), 0, later).await.unwrap(), Outcome::Unchanged(_)));
        let after = store.current_loads().await.unwrap();
        assert_eq!((after[0].id, after[0].as_of), (before[0].id, later));
    })
    .await;
}

#[tokio::test]
async fn an_interrupted_load_leaves_nothing_readable_and_is_cut_off_by_the_next() {
    on_both(async |store: Store| {
        let mut lost = SettingLoad::begin(&store, start(Kind::Settings, "gias"), &[], now()).await.unwrap();
        lost.add(county(10, "lost"), now()).await.unwrap();
        assert!(setting(&store, "100003").await.is_none());
        assert!(store.search_settings("school", 100).await.unwrap().is_empty());
        load(&store, county(3, "kept")).await;
        assert_eq!(store.search_settings("school", 100).await.unwrap().len(), 3);
        assert!(matches!(lost.add(county(1, "late"), now()).await, Err(Error::ClaimLost)));
        assert!(matches!(lost.finish(Brake::default(), 0, now()).await, Err(Error::ClaimLost)));
        assert_eq!(store.search_settings("school", 100).await.unwrap().len(), 3);
    })
    .await;
}

#[tokio::test]
async fn a_reader_sees_one_version_or_the_other_and_never_a_mixture() {
    on_both(async |store: Store| {
        load(&store, county(60, "v0")).await;
        let done = AtomicBool::new(false);
        let reader = async {
            let mut versions = Vec::new();
            while !done.load(Ordering::SeqCst) {
                let seen = store.search_settings("school", 100).await.unwrap();
                assert_eq!(seen.len(), 60);
                assert!(seen.iter().all(|setting| setting.load == seen[0].load), "a mixture of versions");
                let name = &seen[0].record.name;
                assert!(seen.iter().all(|setting| setting.record.name.ends_with(&name[name.len() - 2..])));
                versions.push(seen[0].load);
            }
            versions.dedup();
            versions
        };
        let writer = async {
            for version in 1..=4 {
                load(&store, county(60, &format!("v{version}"))).await;
                tokio::task::yield_now().await;
            }
            done.store(true, Ordering::SeqCst);
        };
        let (versions, ()) = tokio::join!(reader, writer);
        assert!(versions.is_sorted() && !versions.is_empty(), "versions only go forward");
        assert_eq!(setting(&store, "100000").await.unwrap().record.name, "School 000 v4");
    })
    .await;
}

#[tokio::test]
async fn a_converted_school_keeps_its_setting_under_its_new_number() {
    on_both(async |store: Store| {
        let before = loaded_school(&store, "100001").await;
        let mut old = school("100001", "Made-up Primary");
        (old.record.is_open, old.record.closed_on) = (false, Some(date(2026, 2, 28)));
        let mut new = school("149001", "Made-up Academy");
        (new.record.follows_authority, new.opened_on) = (false, Some(date(2026, 3, 1)));
        let links = [Succession { old: urn("100001"), new: urn("149001") }];
        for rows in [vec![new.clone(), old.clone()], vec![old, new]] {
            let outcome = load_linked(&store, "gias", rows, &links, Brake::default()).await;
            assert!(!matches!(outcome, Outcome::Shrinks(_)), "{outcome:?}");
            for number in ["100001", "149001"] {
                let after = setting(&store, number).await.unwrap();
                assert_eq!(
                    (after.id, after.record.name.as_str()),
                    (before.id, "Made-up Academy"),
                    "{number}"
                );
            }
        }
        let numbers = store.identifiers_of(before.id).await.unwrap();
        let old = (urn("100001"), None, Some(date(2026, 2, 28)));
        assert_eq!(numbers, [old, (urn("149001"), Some(date(2026, 3, 1)), None)]);
    })
    .await;
}

#[tokio::test]
async fn a_link_that_comes_late_moves_the_number_while_nobody_points_to_the_new_setting() {
    on_both(async |store: Store| {
        let before = loaded_school(&store, "100001").await;
        let rows = || {
            let mut old = school("100001", "Made-up Primary");
            old.record.is_open = false;
            vec![old, school("149001", "Made-up Academy")]
        };
        load_linked(&store, "gias", rows(), &[], Brake { allow_shrink: true, ..Brake::default() }).await;
        assert_ne!(setting(&store, "149001").await.unwrap().id, before.id, "no link yet");
        let links = [Succession { old: urn("100001"), new: urn("149001") }];
        load_linked(&store, "gias", rows(), &links, Brake { allow_shrink: true, ..Brake::default() }).await;
        assert_eq!(setting(&store, "149001").await.unwrap().id, before.id);
    })
    .await;
}

#[tokio::test]
async fn two_schools_that_become_one_make_a_new_setting() {
    on_both(async |store: Store| {
        load(&store, vec![school("1000010", "North"), school("1000020", "South")]).await;
        let links = [("1000010", "1490010"), ("1000020", "1490010")]
            .map(|(old, new)| Succession { old: urn(old), new: urn(new) });
        let rows = vec![school("1000010", "North"), school("1000020", "South"), school("1490010", "Both")];
        load_linked(&store, "gias", rows, &links, Brake::default()).await;
        let ids = ["1000010", "1000020", "1490010"];
        let mut found = Vec::new();
        for number in ids {
            found.push(setting(&store, number).await.unwrap().id);
        }
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), 3);
    })
    .await;
}

#[tokio::test]
async fn settings_are_found_by_name_and_area_in_the_order_of_their_names() {
    on_both(async |store: Store| {
        let mut closed = school("100009", "Oak School closed");
        closed.record.is_open = false;
        let rows = vec![school("100003", "Oak School"), school("100001", "Elm 100% School"), closed];
        load(&store, rows).await;
        let mut team = school("100005", "Made-up Team");
        team.record.kind = SettingKind::HealthVisiting;
        team.record.serves = vec![Serves::Outward("ZZ2".into()), Serves::Sector("ZZ1 4".into())];
        load_linked(&store, "health_visiting", vec![team], &[], Brake::default()).await;
        let names = async |text: &str| -> Vec<String> {
            let found = store.search_settings(text, 10).await.unwrap();
            found.into_iter().map(|setting| setting.record.name).collect()
        };
        assert_eq!(names("school").await, ["Elm 100% School", "Oak School"]);
        assert_eq!(names("0% s").await, ["Elm 100% School"]);
        assert_eq!(names("o_k").await, Vec::<String>::new());
        assert_eq!(store.settings_by_name_key("oak school closed").await.unwrap().len(), 1);
        for (postcode, teams) in [("ZZ1 4AB", 1), ("ZZ1 5AB", 0), ("ZZ2 1AA", 1)] {
            let found = store.teams_serving(SettingKind::HealthVisiting, postcode).await.unwrap();
            assert_eq!(found.len(), teams, "{postcode}");
        }
    })
    .await;
}

#[tokio::test]
async fn another_process_sees_a_new_version_within_a_second_of_the_machines_clock() {
    let here = crate::on_sqlite().await;
    let there = Store::open(&here.options, crate::keys()).await.unwrap();
    load(&here.store, vec![school("100001", "Old name")]).await;
    let id = setting(&here.store, "100001").await.unwrap().id;
    let name = async |millis: i64| {
        let machine = now() + SignedDuration::from_millis(millis);
        there.setting(id, machine).await.unwrap().unwrap().record.name.clone()
    };
    assert_eq!(name(0).await, "Old name");
    load(&here.store, vec![school("100001", "New name")]).await;
    assert_eq!(name(999).await, "Old name");
    assert_eq!(name(1000).await, "New name");
    assert_eq!(setting(&here.store, "100001").await.unwrap().record.name, "New name");
}

#[tokio::test]
async fn a_settings_calendar_is_made_of_bank_holidays_its_authority_and_its_own_days() {
    on_both(async |store: Store| {
        let mut academy = school("100002", "Academy");
        academy.record.follows_authority = false;
        load(&store, vec![school("100001", "Community"), academy]).await;
        let [community, academy] =
            [setting(&store, "100001").await.unwrap(), setting(&store, "100002").await.unwrap()];
        let days = [
            (Owner::BankHolidays, date(2026, 5, 4), DayKind::Closed),
            (Owner::Authority("919".into()), date(2026, 3, 9), DayKind::Closed),
            (Owner::Setting(community.id), date(2026, 3, 10), DayKind::Inset),
        ];
        for (owner, date, kind) in days {
            let file = File { owner, days: vec![DayRow { date, kind }], window: (TODAY, date) };
            merge(&store, file, start(Kind::Calendar, ""), TODAY, now()).await.unwrap();
        }
        let table = [
            (community.id, date(2026, 5, 4), Why::BankHoliday),
            (community.id, date(2026, 3, 9), Why::AuthorityHoliday),
            (academy.id, date(2026, 3, 9), Why::NothingSaid),
            (community.id, date(2026, 3, 10), Why::OwnInset),
            (academy.id, date(2026, 5, 4), Why::BankHoliday),
        ];
        for (id, day, why) in table {
            let calendar = store.calendar_of(id, &Rules::default(), now()).await.unwrap();
            assert_eq!(calendar.verdict(day).why, why, "{day}");
        }
        let calendar = store.calendar_of(community.id, &Rules::default(), now()).await.unwrap();
        assert_eq!(calendar.opening_at(TODAY), crate::at("2026-03-02T08:30:00Z"));
    })
    .await;
}

#[tokio::test]
async fn a_new_file_of_bank_holidays_is_merged_and_never_overwrites() {
    on_both(async |store: Store| {
        let file = |days: &[jiff::civil::Date]| File {
            owner: Owner::BankHolidays,
            days: days.iter().map(|date| DayRow { date: *date, kind: DayKind::Closed }).collect(),
            window: (days[0], days[days.len() - 1]),
        };
        let (past, taken_back, ahead) = (date(2024, 12, 25), date(2026, 5, 4), date(2027, 1, 1));
        merge(&store, file(&[past, taken_back]), start(Kind::BankHolidays, ""), TODAY, now()).await.unwrap();
        merge(&store, file(&[date(2025, 12, 25), ahead]), start(Kind::BankHolidays, ""), TODAY, now())
            .await
            .unwrap();
        let days = store.bank_holidays(now()).await.unwrap();
        assert!(days.contains(past) && days.contains(ahead) && !days.contains(taken_back));
    })
    .await;
}

#[tokio::test]
async fn what_officers_know_a_setting_by_is_read_with_it_and_goes_with_its_version() {
    on_both(async |store: Store| {
        let detail = |street: &str| Detail {
            street: Some(street.into()),
            locality: None,
            point: Some((500_000, 200_000)),
            also: vec![Alias { kind: AliasKind::Former, name: "Quayside Primary School".into() }],
        };
        let team = Row {
            record: Record { kind: SettingKind::Authority, ..school("9", "Team").record },
            ..school("9", "Team")
        };
        let closed = Row {
            record: Record { is_open: false, ..school("3", "Closed").record },
            ..school("3", "Closed")
        };
        let mut last = "";
        for street in ["Quay Street", "Quay Street", "Wharf Road"] {
            let start = start(Kind::Settings, "gias");
            let mut load = SettingLoad::begin(&store, start, &[], now()).await.unwrap();
            let first = (school("1", "Bridge Academy"), detail(street));
            load.add_described(vec![first, (team.clone(), Detail::default())], now()).await.unwrap();
            load.add(vec![school("2", "Oak Lane"), closed.clone()], now()).await.unwrap();
            let before = store.loads_of_settings().await.unwrap();
            load.finish(Brake::default(), 0, now()).await.unwrap();
            let is_same = before == store.loads_of_settings().await.unwrap();
            assert_eq!(is_same, std::mem::replace(&mut last, street) == street, "{street}");
            let mut read = store.attended_settings().await.unwrap();
            read.sort_by(|a, b| a.0.record.name.cmp(&b.0.record.name));
            let read: Vec<_> =
                read.into_iter().map(|(setting, detail)| (setting.record.name, detail)).collect();
            let expected =
                [("Bridge Academy".into(), detail(street)), ("Oak Lane".into(), Detail::default())];
            assert_eq!(read, expected, "neither teams nor what is closed");
        }
    })
    .await;
}
