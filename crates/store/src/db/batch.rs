//! Statements over many rows at once.
//!
//! Rows are cut into chunks of few lengths, so that a statement has few different texts and the prepared ones are used
//! again. Parameters stand in their order, so SQLite is given `?`: it looks a `$1` up by its name, in a list as long as the
//! statement has parameters, each time it is bound.

use std::fmt::Write;

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, AssertSqlSafe, Database as _};

use super::Value;
use crate::Result;

/// SQLite takes 32,766 parameters in a statement, PostgreSQL 65,535.
const MOST_PARAMETERS: usize = 16_384;
/// Beyond this many rows a longer statement gains little, and each connection keeps the prepared ones in memory.
const MOST_ROWS: usize = 64;

/// Runs `head VALUES (…), (…) tail` for all `rows`; each has `width` values. Says how many rows were touched.
///
/// # Errors
/// As the database says; rows of earlier chunks stay in the caller's transaction.
pub async fn insert(
    conn: &mut AnyConnection,
    head: &'static str,
    rows: Vec<Vec<Value>>,
    tail: &'static str,
) -> Result<u64> {
    let mut touched = 0;
    for (sql, values) in statements(Marks::of(conn), &format!("{head} VALUES "), rows, tail) {
        touched += bound(sql, values).execute(&mut *conn).await?.rows_affected();
    }
    Ok(touched)
}

/// Runs `WITH v (columns) AS (VALUES …) tail` for all `rows`: an `UPDATE … FROM v`, or a `SELECT … JOIN v`.
/// Returns the rows that it gives back.
///
/// # Errors
/// As the database says.
pub async fn with(
    conn: &mut AnyConnection,
    columns: &'static str,
    rows: Vec<Vec<Value>>,
    tail: &'static str,
) -> Result<Vec<AnyRow>> {
    let mut found = Vec::new();
    let head = format!("WITH v ({columns}) AS (VALUES ");
    for (sql, values) in statements(Marks::of(conn), &head, rows, &format!(") {tail}")) {
        found.extend(bound(sql, values).fetch_all(&mut *conn).await?);
    }
    Ok(found)
}

/// Runs `head (v1, v2, …) tail`, for `… WHERE id IN`. Returns the rows found. A value may be asked for twice.
///
/// # Errors
/// As the database says.
pub async fn within(
    conn: &mut AnyConnection,
    head: &'static str,
    values: Vec<Value>,
    tail: &'static str,
) -> Result<Vec<AnyRow>> {
    let mut found = Vec::new();
    let marks = Marks::of(conn);
    for chunk in padded(values) {
        let mut sql = format!("{head} (");
        marks.push(&mut sql, 0, chunk.len());
        write!(sql, ") {tail}").expect("writing to a string can't fail");
        found.extend(bound(sql, chunk).fetch_all(&mut *conn).await?);
    }
    Ok(found)
}

/// The text is put together from literals of this crate and placeholders only; data is always bound.
fn bound(sql: String, values: Vec<Value>) -> sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments> {
    let query = sqlx::query(AssertSqlSafe(sql));
    values.into_iter().fold(query, |query, value| value.bind(query))
}

/// How a database's parameters are written.
#[derive(Clone, Copy)]
enum Marks {
    Numbered,
    InOrder,
}

impl Marks {
    fn of(conn: &AnyConnection) -> Self {
        if conn.backend_name() == sqlx::Sqlite::NAME { Self::InOrder } else { Self::Numbered }
    }

    /// Lengths of chunks are powers of this: PostgreSQL answers each statement over a connection, so there are more
    /// lengths for it and fewer statements; SQLite is beside us, and sqlx keeps a hundred prepared statements of it.
    const fn base(self) -> usize {
        match self {
            Self::Numbered => 2,
            Self::InOrder => 4,
        }
    }

    fn push(self, sql: &mut String, after: usize, count: usize) {
        for number in after + 1..=after + count {
            if number > after + 1 {
                sql.push_str(", ");
            }
            match self {
                Self::Numbered => write!(sql, "${number}").expect("writing to a string can't fail"),
                Self::InOrder => sql.push('?'),
            }
        }
    }
}

fn statements(marks: Marks, head: &str, rows: Vec<Vec<Value>>, tail: &str) -> Vec<(String, Vec<Value>)> {
    powers(rows, marks.base()).into_iter().map(|chunk| statement(marks, head, chunk, tail)).collect()
}

fn statement(marks: Marks, head: &str, rows: Vec<Vec<Value>>, tail: &str) -> (String, Vec<Value>) {
    let width = rows[0].len();
    let mut sql = String::with_capacity(head.len() + rows.len() * width * 6 + tail.len());
    sql.push_str(head);
    for row in 0..rows.len() {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        marks.push(&mut sql, row * width, width);
        sql.push(')');
    }
    write!(sql, " {tail}").expect("writing to a string can't fail");
    (sql, rows.into_iter().flatten().collect())
}

/// Cuts rows of equal width into chunks whose lengths are powers of `base`, the largest first.
fn powers(mut rows: Vec<Vec<Value>>, base: usize) -> Vec<Vec<Vec<Value>>> {
    let mut chunks = Vec::new();
    while let Some(first) = rows.first() {
        let most = (MOST_PARAMETERS / first.len().max(1)).min(MOST_ROWS).min(rows.len());
        let rest = rows.split_off(base.pow(most.ilog(base)));
        chunks.push(std::mem::replace(&mut rows, rest));
    }
    chunks
}

/// Cuts values into chunks whose lengths are powers of four; the last is filled up by repeating its last value.
fn padded(mut values: Vec<Value>) -> Vec<Vec<Value>> {
    let mut chunks = Vec::new();
    while let Some(last) = values.last().cloned() {
        if values.len() <= MOST_ROWS {
            let length = (0..).map(|power| 4_usize.pow(power)).find(|length| *length >= values.len());
            values.resize(length.expect("powers rise without end"), last);
            chunks.push(values);
            break;
        }
        let rest = values.split_off(MOST_ROWS);
        chunks.push(std::mem::replace(&mut values, rest));
    }
    chunks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_have_few_lengths() {
        let rows = |rows: usize, base| {
            let chunks = powers(vec![vec![Value::from(1_i64)]; rows], base);
            chunks.iter().map(Vec::len).collect::<Vec<_>>()
        };
        assert_eq!(rows(0, 4), Vec::<usize>::new());
        assert_eq!(rows(7, 4), [4, 1, 1, 1]);
        assert_eq!(rows(7, 2), [4, 2, 1]);
        assert_eq!(rows(150, 4), [64, 64, 16, 4, 1, 1]);
        let values =
            |values: usize| padded(vec![Value::from(1_i64); values]).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(values(0), Vec::<usize>::new());
        assert_eq!(values(1), [1]);
        assert_eq!(values(17), [64]);
        assert_eq!(values(150), [64, 64, 64]);
    }

    #[test]
    fn a_statement_has_a_placeholder_for_each_value() {
        let written = |marks| {
            let rows = vec![vec![Value::from(1_i64), Value::from("a")]; 2];
            let (sql, values) =
                statement(marks, "INSERT INTO t (a, b) VALUES ", rows, "ON CONFLICT DO NOTHING");
            assert_eq!(values.len(), 4);
            sql
        };
        let sql =
            |first, second| format!("INSERT INTO t (a, b) VALUES {first}, {second} ON CONFLICT DO NOTHING");
        assert_eq!(written(Marks::Numbered), sql("($1, $2)", "($3, $4)"));
        assert_eq!(written(Marks::InOrder), sql("(?, ?)", "(?, ?)"));
    }
}
