//! Migrations: compiled in, applied in order, each once.

use std::borrow::Cow;

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migration, MigrationType, Migrator};

use super::{Backend, Db};
use crate::Result;

/// Applies the migrations that are missing.
///
/// # Errors
/// When the database can't be reached, or was migrated by a newer version than this one.
pub async fn run(db: &Db) -> Result<()> {
    Ok(Migrator::with_migrations(migrations(db.backend())).run(db.write()).await?)
}

fn migrations(backend: Backend) -> Vec<Migration> {
    let append_only = match backend {
        Backend::Sqlite => include_str!("../../migrations/0002_append_only.sqlite.sql"),
        Backend::Postgres => include_str!("../../migrations/0002_append_only.postgres.sql"),
    };
    let inline = match backend {
        Backend::Sqlite => "",
        Backend::Postgres => include_str!("../../migrations/0012_inline.postgres.sql"),
    };
    let room = match backend {
        Backend::Sqlite => "",
        Backend::Postgres => include_str!("../../migrations/0016_room.postgres.sql"),
    };
    vec![
        migration(backend, 1, "schema", include_str!("../../migrations/0001_schema.sql")),
        migration(backend, 2, "append only", append_only),
        migration(backend, 3, "traceparent", include_str!("../../migrations/0003_traceparent.sql")),
        migration(backend, 4, "child grant", include_str!("../../migrations/0004_child_grant.sql")),
        migration(backend, 5, "setting detail", include_str!("../../migrations/0005_setting_detail.sql")),
        migration(backend, 6, "register leavers", include_str!("../../migrations/0006_register_leavers.sql")),
        migration(backend, 7, "identity", include_str!("../../migrations/0007_identity.sql")),
        migration(backend, 8, "match case", include_str!("../../migrations/0008_match_case.sql")),
        migration(backend, 9, "hold lead", include_str!("../../migrations/0009_hold_lead.sql")),
        migration(backend, 10, "outbox", include_str!("../../migrations/0010_outbox.sql")),
        migration(backend, 11, "indexes", include_str!("../../migrations/0011_indexes.sql")),
        migration(backend, 12, "inline", inline),
        migration(backend, 13, "load joined", include_str!("../../migrations/0013_load_joined.sql")),
        migration(backend, 14, "prior", include_str!("../../migrations/0014_prior.sql")),
        migration(backend, 15, "named last", include_str!("../../migrations/0015_named_last.sql")),
        migration(backend, 16, "room", room),
        migration(backend, 17, "reference hash", include_str!("../../migrations/0017_reference_hash.sql")),
        migration(
            backend,
            18,
            "restricted child",
            include_str!("../../migrations/0018_restricted_child.sql"),
        ),
        migration(backend, 19, "enrolment stay", include_str!("../../migrations/0019_enrolment_stay.sql")),
    ]
}

/// PostgreSQL has no tables that are kept by their key.
fn migration(backend: Backend, version: i64, description: &'static str, sql: &str) -> Migration {
    let sql = match backend {
        Backend::Sqlite => sql.replace(" BYTES", " BLOB"),
        Backend::Postgres => sql.replace(" BYTES", " BYTEA").replace(" WITHOUT ROWID", ""),
    };
    let sql = sqlx::AssertSqlSafe(sql).into_sql_str();
    Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql, false)
}

#[cfg(test)]
mod tests {
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

    /// A held child of the incident for each reason, and a second one whom somebody has in hand.
    async fn write_children(db: &Db) {
        write_incident(db).await;
        let mut conn = db.write().acquire().await.unwrap();
        let child = |id: u8, hold: &str| -> Vec<Value> {
            let row =
                [vec![vec![id; 16].into(), "north".into(), OLD.into(), vec![0_u8].into(), "held".into()]];
            let zeros: Vec<Value> = vec![0_i64.into(); 7];
            [row.concat(), vec![hold.into()], zeros].concat()
        };
        let head = "INSERT INTO child (id, force_id, incident_id, sealed_ref, state, hold, place, named_in, \
             wants_resolver, known_at, due_at, is_provisional, created_at)";
        let rows = vec![child(1, "restricted"), child(2, "connected_adult"), child(3, "connected_adult")];
        batch::insert(&mut conn, head, rows, "").await.unwrap();
        let resolution = |id: u8, reason: &str, at: i64| -> Vec<Value> {
            let who: Vec<Value> = vec![vec![id + 10; 16].into(), "north".into(), vec![id; 16].into()];
            let what: Vec<Value> = vec!["none".into(), reason.into(), at.into(), "service:resolver".into()];
            [who, what, vec![1_i64.into(), "r".into(), vec![0_u8].into()]].concat()
        };
        let head = "INSERT INTO resolution (id, force_id, child_id, kind, reason, decided_at, decided_by, \
             incident_version, rules_version, sealed_evidence)";
        let rows = vec![resolution(1, "restricted", 1), resolution(2, "connected_adult", 1)];
        batch::insert(&mut conn, head, rows, "").await.unwrap();
        let head = "INSERT INTO task (id, force_id, kind, subject, child_id, detail, due_at, state, opened_at, alerts)";
        let task = vec![vec![9; 16].into(), "north".into(), "hold".into(), "s".into(), vec![3_u8; 16].into()];
        let task =
            [task, vec!["".into(), 0_i64.into(), "claimed".into(), 0_i64.into(), 0_i64.into()]].concat();
        batch::insert(&mut conn, head, vec![task], "").await.unwrap();
    }

    #[tokio::test]
    async fn a_child_that_was_held_as_restricted_is_for_named_people_and_the_others_are_looked_at_again() {
        let folder = Folder::new().unwrap();
        for url in databases(&folder).await {
            let db = upgraded(&url, 18, write_children).await;
            let select = "SELECT is_restricted, wants_resolver FROM child ORDER BY id";
            let found = sqlx::query(select).fetch_all(db.read()).await.unwrap();
            let found: Vec<_> = found
                .iter()
                .map(|found| {
                    ["is_restricted", "wants_resolver"].map(|column| row::int(found, column).unwrap())
                })
                .collect();
            assert_eq!(found, [[1, 1], [0, 1], [0, 0]]);
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
}
