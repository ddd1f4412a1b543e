//! Statements over many rows at once.
//!
//! Rows are cut into powers of four, so that a statement has few different texts and the prepared ones are used again.
//! Parameters stand in their order, so SQLite is given `?`: it looks a `$1` up by its name, in a list as long as the
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
        touched += bound(&sql, values).execute(&mut *conn).await?.rows_affected();
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
        found.extend(bound(&sql, values).fetch_all(&mut *conn).await?);
    }
    Ok(found)
}

/// Runs `head (v1, v2, …) tail`, for `… WHERE id IN`. Returns the rows found.
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
    for chunk in powers(values) {
        let mut sql = format!("{head} (");
        marks.push(&mut sql, 0, chunk.len());
        write!(sql, ") {tail}").expect("writing to a string can't fail");
        found.extend(bound(&sql, chunk).fetch_all(&mut *conn).await?);
    }
    Ok(found)
}

/// The text is put together from literals of this crate and placeholders only; data is always bound.
fn bound(sql: &str, values: Vec<Value>) -> sqlx::query::Query<'static, sqlx::Any, sqlx::any::AnyArguments> {
    let query = sqlx::query(AssertSqlSafe(sql.to_owned()));
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
    powers(rows).into_iter().map(|chunk| statement(marks, head, chunk, tail)).collect()
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

/// Cuts items into chunks whose lengths are powers of four, the largest first.
fn powers<T: Width>(mut items: Vec<T>) -> Vec<Vec<T>> {
    let mut chunks = Vec::new();
    while let Some(first) = items.first() {
        let most = (MOST_PARAMETERS / first.width().max(1)).min(MOST_ROWS).min(items.len());
        let length = 4_usize.pow(most.ilog(4));
        let rest = items.split_off(length);
        chunks.push(std::mem::replace(&mut items, rest));
    }
    chunks
}

/// How many parameters an item takes.
trait Width {
    fn width(&self) -> usize;
}
impl Width for Value {
    fn width(&self) -> usize {
        1
    }
}
impl Width for Vec<Value> {
    fn width(&self) -> usize {
        self.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_powers_of_four() {
        let lengths =
            |rows: usize| powers(vec![Value::from(1_i64); rows]).iter().map(Vec::len).collect::<Vec<_>>();
        assert_eq!(lengths(0), Vec::<usize>::new());
        assert_eq!(lengths(1), [1]);
        assert_eq!(lengths(7), [4, 1, 1, 1]);
        assert_eq!(lengths(150), [64, 64, 16, 4, 1, 1]);
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
