//! What can go wrong in the store, told apart by what the caller must do.

/// Result of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the store. None of them carries a bound value, so none can carry personal data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database can't be reached, is shutting down, is busy or asks to try again. Transient: wait and repeat.
    #[error("the store can't be reached or asks to try again ({0})")]
    Unavailable(&'static str),
    /// The database refuses a value for its content, such as U+0000 in PostgreSQL. Poison: set the record aside.
    #[error("the store refuses the content of a record")]
    Content,
    /// A uniqueness or reference rule was broken.
    #[error("a rule of the store was broken (SQLSTATE or code {0})")]
    Constraint(String),
    /// The store was sealed with another installation key.
    #[error(
        "this store was sealed with another installation key; give the key file that belongs to it (store.key_file)"
    )]
    WrongKey,
    /// The key file can't be read or is not a key.
    #[error("the installation key can't be used: {0}")]
    KeyFile(String),
    /// An envelope can't be opened: it is damaged, or its key was erased.
    #[error("a sealed value can't be opened: it is damaged or its key was erased")]
    Sealed,
    /// A stored value is not what the schema promises.
    #[error("stored value of column {0} is not what it must be")]
    Corrupt(String),
    /// The work was claimed anew since: the result belongs to an older claim.
    #[error("the claim was lost")]
    ClaimLost,
    /// The row is not there, or not in the caller's scope.
    #[error("not found in this scope")]
    NotFound,
    /// Somebody else changed it first.
    #[error("changed by somebody else since it was shown")]
    Changed,
    /// The options of the store make no sense.
    #[error("the store's configuration: {0}")]
    Options(String),
    /// A fault of ours in SQL or migration.
    #[error("a fault in the store's SQL (code {0})")]
    Fault(String),
}

impl Error {
    /// Whether the same call may succeed later without a change.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// Whether the record itself is what the store refuses.
    pub const fn is_poison(&self) -> bool {
        matches!(self, Self::Content)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Database(error) => from_code(error.code().as_deref().unwrap_or("")),
            sqlx::Error::ColumnNotFound(column) => Self::Corrupt(column),
            sqlx::Error::ColumnDecode { index, .. } => Self::Corrupt(index),
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::Io(_) => Self::Unavailable("input or output failed"),
            sqlx::Error::Tls(_) => Self::Unavailable("TLS failed"),
            sqlx::Error::PoolTimedOut => Self::Unavailable("no connection became free in time"),
            sqlx::Error::PoolClosed => Self::Unavailable("the store is closing"),
            sqlx::Error::WorkerCrashed => Self::Unavailable("a connection's worker ended"),
            sqlx::Error::Protocol(_) => Self::Unavailable("the connection was cut off"),
            sqlx::Error::BeginFailed => Self::Unavailable("no transaction could begin"),
            sqlx::Error::Configuration(_) => Self::Options("the URL or its options can't be used".into()),
            other => Self::Fault(fault_name(&other)),
        }
    }
}

/// Sorts an SQLSTATE (PostgreSQL, five characters, Appendix A of its manual) or an SQLite result code.
fn from_code(code: &str) -> Error {
    if code.len() == 5 && code != "SQLITE" {
        return match &code[..2] {
            "08" | "53" | "57" | "58" => Error::Unavailable("the server is away or out of room"),
            "40" | "55" => Error::Unavailable("the server asks to try again"),
            "22" => Error::Content,
            "23" => Error::Constraint(code.to_owned()),
            _ => Error::Fault(code.to_owned()),
        };
    }
    match code.parse::<u32>().map(|extended| extended & 0xff) {
        Ok(5 | 6) => Error::Unavailable("the database is busy"),
        Ok(10 | 13 | 14 | 15) => Error::Unavailable("the disk is away or full"),
        Ok(18) => Error::Content,
        Ok(19) => Error::Constraint(code.to_owned()),
        _ => Error::Fault(code.to_owned()),
    }
}

/// The kind of a fault without its text, which may quote a value.
fn fault_name(error: &sqlx::Error) -> String {
    let text = format!("{error:?}");
    text.chars().take_while(|c| c.is_ascii_alphanumeric()).collect()
}

impl From<sqlx::migrate::MigrateError> for Error {
    fn from(error: sqlx::migrate::MigrateError) -> Self {
        match error {
            sqlx::migrate::MigrateError::Execute(error)
            | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => error.into(),
            other => Self::Fault(format!("migration: {other}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_into_what_the_caller_must_do() {
        for transient in
            ["08006", "57P01", "57P03", "53300", "40001", "40P01", "55P03", "5", "517", "6", "13"]
        {
            assert!(from_code(transient).is_transient(), "{transient}");
        }
        for poison in ["22021", "22P05", "18"] {
            assert!(from_code(poison).is_poison(), "{poison}");
        }
        for fault in ["42P01", "42601", "1", "23505", "2067"] {
            assert!(!from_code(fault).is_transient() && !from_code(fault).is_poison(), "{fault}");
        }
    }
}
