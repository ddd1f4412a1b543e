//! A database of an earlier version, after the migrations that it lacked.

use encompass_testkit::{Folder, or_left_out, postgres};

use super::*;
use crate::db::{Options, Value, batch, row};

/// The id of an incident, from before ids began with a time.
const OLD: [u8; 16] = [7; 16];

/// A database as it was before the migration `version`, and then as it is now with what `fill` wrote.
async fn upgraded(url: &str, version: i64, fill: impl AsyncFn(&Db)) -> Db {
    let db = Db::connect(&Options::at(url)).await.unwrap();
    let mut before = migrations(db.backend());
    before.retain(|migration| migration.version < version);
    Migrator::with_migrations(before).run(db.write()).await.unwrap();
    fill(&db).await;
    run(&db).await.unwrap();
    db
}

async fn write_events(db: &Db) {
    let rows = [
        ("north", 1_u8, 1_i64, 10_i64, Some(3_i64)),
        ("south", 2, 1, 11, Some(4)),
        ("north", 1, 2, 30, None),
        ("north", 3, 1, 20, None),
        ("north", 1, 3, 12, None),
    ];
    let row = |(force, subject, sequence, at, number): (&str, u8, i64, i64, Option<i64>)| {
        let body = format!("{subject}.{sequence}");
        let id = body.clone().into_bytes();
        let published: Value = number.into();
        let row: Vec<Value> = vec![id.into(), force.into(), [subject; 16].into(), sequence.into()];
        [row, vec![body.into(), at.into(), number.into(), published]].concat()
    };
    let head =
        "INSERT INTO outbox (id, force_id, subject_id, sequence, body, created_at, number, published_at)";
    let mut conn = db.write().acquire().await.unwrap();
    batch::insert(&mut conn, head, rows.map(row).into(), "").await.unwrap();
}

/// A new database of each kind that can be had.
async fn databases(folder: &Folder) -> Vec<String> {
    let mut urls = vec![format!("sqlite://{}?mode=rwc", folder.path().join("store.db").display())];
    if let Some(server) = or_left_out("PostgreSQL", postgres::shared().await) {
        urls.push(server.database().await.unwrap());
    }
    urls
}

#[tokio::test]
async fn an_outbox_of_before_keeps_its_numbers_and_gives_the_next_in_each_subjects_order() {
    let folder = Folder::new().unwrap();
    for url in databases(&folder).await {
        let db = upgraded(&url, 10, write_events).await;
        let read = async |select| sqlx::query(select).fetch_all(db.read()).await.unwrap();
        let events = read("SELECT force_id, number, body FROM outbox ORDER BY force_id, number").await;
        let events: Vec<_> = events
            .iter()
            .map(|found| (row::text(found, "body").unwrap(), row::int(found, "number").unwrap()))
            .collect();
        let expected = [("1.1", 3), ("1.2", 4), ("1.3", 5), ("3.1", 6), ("2.1", 4)];
        assert_eq!(events, expected.map(|(body, number)| (body.to_owned(), number)));
        let heads = read("SELECT written, published FROM outbox_head ORDER BY force_id").await;
        let heads: Vec<_> = heads
            .iter()
            .map(|found| ["written", "published"].map(|column| row::int(found, column).unwrap()))
            .collect();
        assert_eq!(heads, [[6, 3], [4, 4]]);
    }
}

async fn write_incident(db: &Db) {
    let zeros: Vec<Value> = vec![0_i64.into(); 10];
    let row = [vec![OLD.into(), "north".into(), "N/1/26".into(), "known_at".into()], zeros].concat();
    let head = "INSERT INTO incident (id, force_id, reference, known_by, latest_version, is_withdrawn, is_restricted, \
         is_exercise, is_history, children, known_at, received_at, event_sequence, named_last)";
    let mut conn = db.write().acquire().await.unwrap();
    batch::insert(&mut conn, head, vec![row], "").await.unwrap();
}

/// When news of an incident that comes at 0 is thirty days old, in microseconds.
const LONG_AGO: i64 = -30 * 24 * 3_600 * 1_000_000;

/// Held children of the incident: why, and when they were due.
const HELD: [(u8, &str, i64); 7] = [
    (RESTRICTED, "restricted", 0),
    (HIDDEN, "connected_adult", 0),
    (CLAIMED, "connected_adult", 0),
    (STOPPED, "no_match", 0),
    (5, "restored", 0),
    (6, "not_here", 0),
    (7, "no_match", LONG_AGO),
];
const RESTRICTED: u8 = 1;
/// May be restricted behind what it is held for.
const HIDDEN: u8 = 2;
/// Somebody has it in hand.
const CLAIMED: u8 = 3;
/// A correction stopped its notification.
const STOPPED: u8 = 4;

async fn write_children(db: &Db) {
    write_incident(db).await;
    let child = |(id, hold, due_at): (u8, &str, i64)| -> Vec<Value> {
        let who: Vec<Value> = vec![vec![id; 16].into(), "north".into(), OLD.into(), vec![0_u8].into()];
        let zeros: Vec<Value> = vec![0_i64.into(); 6];
        [who, vec!["held".into(), hold.into(), due_at.into()], zeros].concat()
    };
    let head = "INSERT INTO child (id, force_id, incident_id, sealed_ref, state, hold, due_at, place, named_in, \
         wants_resolver, known_at, is_provisional, created_at)";
    let mut conn = db.write().acquire().await.unwrap();
    batch::insert(&mut conn, head, HELD.map(child).into(), "").await.unwrap();
    let resolution = |(id, hold, _): (u8, &str, i64)| -> Vec<Value> {
        let who: Vec<Value> = vec![vec![id + 10; 16].into(), "north".into(), vec![id; 16].into()];
        let what: Vec<Value> = vec!["none".into(), hold.into(), 1_i64.into(), "service:resolver".into()];
        [who, what, vec![1_i64.into(), "r".into(), vec![0_u8].into()]].concat()
    };
    let head = "INSERT INTO resolution (id, force_id, child_id, kind, reason, decided_at, decided_by, \
         incident_version, rules_version, sealed_evidence)";
    batch::insert(&mut conn, head, HELD.map(resolution).into(), "").await.unwrap();
    drop(conn);
    write_in_hand(db).await;
}

/// The claimed task about one of the children, and the closed notification of another.
async fn write_in_hand(db: &Db) {
    let mut conn = db.write().acquire().await.unwrap();
    let head =
        "INSERT INTO task (id, force_id, kind, subject, child_id, detail, due_at, state, opened_at, alerts)";
    let task = vec![vec![9; 16].into(), "north".into(), "hold".into(), "s".into(), vec![CLAIMED; 16].into()];
    let task = [task, vec!["".into(), 0_i64.into(), "claimed".into(), 0_i64.into(), 0_i64.into()]].concat();
    batch::insert(&mut conn, head, vec![task], "").await.unwrap();
    let setting = vec![vec![8; 16].into(), 0_i64.into()];
    batch::insert(&mut conn, "INSERT INTO setting (id, created_at)", vec![setting], "").await.unwrap();
    let head = "INSERT INTO notification (id, child_id, setting_id, resolution_id, incident_id, force_id, setting_kind, \
         legal_basis, state, ended, is_history, known_at, received_at, due_at, created_at)";
    let ids = [9, STOPPED, 8, STOPPED + 10].map(|id| Value::from(vec![id; 16]));
    let words = ["north", "school", "s49a", "closed", "corrected"].map(Value::from);
    let zeros: Vec<Value> = vec![0_i64.into(); 5];
    let notification = [ids.into(), vec![OLD.into()], words.into(), zeros].concat();
    batch::insert(&mut conn, head, vec![notification], "").await.unwrap();
}

#[tokio::test]
async fn only_who_waits_for_a_register_or_for_a_flag_is_looked_at_again_and_restricted_stays_so() {
    let folder = Folder::new().unwrap();
    for url in databases(&folder).await {
        let db = upgraded(&url, 18, write_children).await;
        let select = "SELECT id, is_restricted, wants_resolver FROM child ORDER BY id";
        let found = sqlx::query(select).fetch_all(db.read()).await.unwrap();
        let marked = |column| -> Vec<u8> {
            let marked = found.iter().filter(|found| row::flag(found, column).unwrap());
            marked.map(|found| row::bytes(found, "id").unwrap()[0]).collect()
        };
        assert_eq!(marked("is_restricted"), [RESTRICTED]);
        assert_eq!(marked("wants_resolver"), [RESTRICTED, HIDDEN]);
    }
}

/// One entry that has left a setting, on the day that the file says or on the day when the register no longer had it.
async fn write_enrolments(db: &Db) {
    let mut conn = db.write().acquire().await.unwrap();
    let head = "INSERT INTO load (id, kind, source, owner, state, started_at, as_of, loaded_by, report)";
    let words = ["register", "census", "county", "current"].map(Value::from);
    let load = [vec![OLD.into()], words.into(), vec![0_i64.into(), 0_i64.into(), "t".into(), "".into()]];
    batch::insert(&mut conn, head, vec![load.concat()], "").await.unwrap();
    let entry = |(id, left_on): (u8, Option<&str>)| -> Vec<Value> {
        let sealed = vec![vec![0_u8].into(), vec![0_u8].into(), left_on.map(str::to_owned).into()];
        [vec![OLD.into(), vec![id; 16].into(), 0_i64.into()], sealed].concat()
    };
    let head = "INSERT INTO register_entry (load_id, entry_id, restricted, row_hash, sealed_entry, left_on)";
    let entries = [(1, None), (2, None), (3, Some("2026-01-09"))];
    batch::insert(&mut conn, head, entries.map(entry).into(), "").await.unwrap();
    let enrolment = |(id, setting, ends_on): (u8, u8, Option<&str>)| -> Vec<Value> {
        let ids = vec![OLD.into(), vec![id; 16].into(), vec![setting; 16].into()];
        [ids, vec!["main".into(), ends_on.map(str::to_owned).into(), "afternoon".into()]].concat()
    };
    let head = "INSERT INTO enrolment (load_id, entry_id, setting_id, kind, ends_on, attendance)";
    let enrolments =
        [(1, 1, None), (2, 1, Some("2026-01-09")), (3, 1, Some("2025-12-19")), (3, 2, Some("2026-01-09"))];
    batch::insert(&mut conn, head, enrolments.map(enrolment).into(), "").await.unwrap();
}

#[tokio::test]
async fn an_enrolment_of_before_is_kept_and_its_end_is_stated_unless_the_register_lost_the_child_then() {
    let folder = Folder::new().unwrap();
    for url in databases(&folder).await {
        let db = upgraded(&url, 19, write_enrolments).await;
        let select = "SELECT * FROM enrolment WHERE load_id = $1 ORDER BY entry_id, setting_id";
        let found = sqlx::query(select).bind(OLD.to_vec()).fetch_all(db.read()).await.unwrap();
        let read = |found| {
            let text = |column| row::opt_text(found, column).unwrap();
            assert_eq!((row::int(found, "stay").unwrap(), text("kind").as_deref()), (0, Some("main")));
            assert_eq!(text("attendance").as_deref(), Some("afternoon"));
            (row::bytes(found, "entry_id").unwrap()[0], text("ends_on"), text("last_day").unwrap())
        };
        let found: Vec<_> = found.iter().map(read).collect();
        let expected = [
            (1, None, "stated"),
            (2, Some("2026-01-09"), "stated"),
            (3, Some("2025-12-19"), "stated"),
            (3, Some("2026-01-09"), "absence"),
        ];
        let expected = expected.map(|(id, on, how)| (id, on.map(str::to_owned), how.to_owned()));
        assert_eq!(found, expected);
    }
}

#[tokio::test]
async fn an_incident_of_before_is_found_by_what_was_its_id() {
    let folder = Folder::new().unwrap();
    for url in databases(&folder).await {
        let db = upgraded(&url, 17, write_incident).await;
        let select = "SELECT id FROM incident WHERE reference_hash = $1";
        let found = sqlx::query(select).bind(OLD.to_vec()).fetch_one(db.read()).await.unwrap();
        assert_eq!(row::bytes(&found, "id").unwrap(), OLD);
    }
}
