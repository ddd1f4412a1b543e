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
    let mut connection = db.write().acquire().await?;
    if db.backend() == Backend::Postgres {
        // A migration may go over a whole table; nothing else may have this connection afterwards.
        connection.close_on_drop();
        sqlx::query("SET statement_timeout = 0").execute(&mut *connection).await?;
    }
    Ok(Migrator::with_migrations(migrations(db.backend())).run(&mut *connection).await?)
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
        migration(backend, 20, "seen again", include_str!("../../migrations/0020_seen_again.sql")),
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
mod tests;
