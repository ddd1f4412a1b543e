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
    Ok(migrator(db.backend()).run(db.write()).await?)
}

fn migrator(backend: Backend) -> Migrator {
    let append_only = match backend {
        Backend::Sqlite => include_str!("../../migrations/0002_append_only.sqlite.sql"),
        Backend::Postgres => include_str!("../../migrations/0002_append_only.postgres.sql"),
    };
    Migrator::with_migrations(vec![
        migration(backend, 1, "schema", include_str!("../../migrations/0001_schema.sql")),
        migration(backend, 2, "append only", append_only),
        migration(backend, 3, "traceparent", include_str!("../../migrations/0003_traceparent.sql")),
        migration(backend, 4, "child grant", include_str!("../../migrations/0004_child_grant.sql")),
        migration(backend, 5, "setting detail", include_str!("../../migrations/0005_setting_detail.sql")),
        migration(backend, 6, "register leavers", include_str!("../../migrations/0006_register_leavers.sql")),
        migration(backend, 7, "identity", include_str!("../../migrations/0007_identity.sql")),
        migration(backend, 8, "match case", include_str!("../../migrations/0008_match_case.sql")),
        migration(backend, 9, "hold lead", include_str!("../../migrations/0009_hold_lead.sql")),
    ])
}

fn migration(backend: Backend, version: i64, description: &'static str, sql: &str) -> Migration {
    let bytes = match backend {
        Backend::Sqlite => " BLOB",
        Backend::Postgres => " BYTEA",
    };
    let sql = sqlx::AssertSqlSafe(sql.replace(" BYTES", bytes)).into_sql_str();
    Migration::new(version, Cow::Borrowed(description), MigrationType::Simple, sql, false)
}
