//! How the rows of a file come into a staged table: on SQLite by statements of many rows, on
//! PostgreSQL by statements of arrays.

use std::borrow::Cow;

use sqlx::{AssertSqlSafe, Postgres, pool::PoolConnection};
use time::Date;
use uuid::Uuid;

use super::{
    Result,
    staging::{Connection, Staging},
};

/// Rows in one statement on SQLite: fewer cost a trip to the connection's thread each, more
/// are no quicker.
const ROWS_A_STATEMENT: usize = 32;

/// What stands in a cell of a staged row.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    Nothing,
    Number(i64),
    Text(Cow<'a, str>),
    Day(Date),
    Id(Uuid),
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(text.into())
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(text: &'a String) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Date> for Value<'_> {
    fn from(day: Date) -> Self {
        Self::Day(day)
    }
}

impl From<Uuid> for Value<'_> {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

impl<'a, T: Into<Self>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Nothing, Into::into)
    }
}

impl Staging {
    /// Adds rows to a table, each with a value for every one of `columns`.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub(super) async fn add<const N: usize>(
        &mut self,
        table: &str,
        columns: &str,
        rows: &[[Value<'_>; N]],
    ) -> Result<()> {
        match &mut self.0 {
            Connection::Sqlite(connection) => {
                for rows in rows.chunks(ROWS_A_STATEMENT) {
                    let sql = insert(table, columns, rows.len(), N);
                    // Made of constants and numbers alone.
                    let mut query = sqlx::query(AssertSqlSafe(sql));
                    for value in rows.iter().flatten() {
                        query = match value {
                            Value::Nothing => query.bind(None::<i64>),
                            Value::Number(number) => query.bind(number),
                            Value::Text(text) => query.bind(&**text),
                            Value::Day(day) => query.bind(day),
                            Value::Id(id) => query.bind(id),
                        };
                    }
                    query.execute(&mut **connection).await?;
                }
                Ok(())
            }
            Connection::Postgres(_) if rows.is_empty() => Ok(()),
            Connection::Postgres(connection) => unnest(connection, table, columns, rows).await,
        }
    }
}

/// Without numbers: SQLite would look for each parameter's name among all others.
fn insert(table: &str, columns: &str, rows: usize, values: usize) -> String {
    let row = format!("({})", vec!["?"; values].join(","));
    let rows = vec![row; rows].join(",");
    format!("insert into {table} ({columns}) values {rows}")
}

/// One statement with an array for every column. (COPY would be two trips, and what is sent
/// second waits for the first to be acknowledged: sqlx leaves Nagle's algorithm on.)
async fn unnest<const N: usize>(
    connection: &mut PoolConnection<Postgres>,
    table: &str,
    columns: &str,
    rows: &[[Value<'_>; N]],
) -> Result<()> {
    // A column without any value has no type, and needs no array.
    let filled: Vec<(usize, &Value<'_>)> = (0..N)
        .filter_map(|place| {
            let mut all = rows.iter().filter_map(|row| row.get(place));
            let first = all.find(|value| !matches!(value, Value::Nothing))?;
            Some((place, first))
        })
        .collect();
    // Made of constants and numbers alone.
    let sql = AssertSqlSafe(insert_of_arrays(table, columns, N, &filled));
    let mut query = sqlx::query(sql);
    for (place, first) in filled {
        let column = rows.iter().filter_map(|row| row.get(place));
        macro_rules! array {
            ($kind:ident, $value:ident => $as:expr) => {
                query.bind(
                    column
                        .map(|value| match value {
                            Value::$kind($value) => Some($as),
                            _ => None,
                        })
                        .collect::<Vec<_>>(),
                )
            };
        }
        query = match first {
            Value::Number(_) => array!(Number, number => *number),
            Value::Text(_) => array!(Text, text => &**text),
            Value::Day(_) => array!(Day, day => *day),
            Value::Id(_) => array!(Id, id => *id),
            Value::Nothing => query,
        };
    }
    query.execute(&mut **connection).await?;
    Ok(())
}

fn insert_of_arrays(
    table: &str,
    columns: &str,
    all: usize,
    filled: &[(usize, &Value<'_>)],
) -> String {
    let value = |place: usize| match filled.iter().any(|(at, _)| *at == place) {
        true => format!("c{place}"),
        false => "null".to_owned(),
    };
    let values: Vec<_> = (0..all).map(value).collect();
    let arrays: Vec<_> = (1..=filled.len()).map(|nth| format!("${nth}")).collect();
    let names: Vec<_> = filled
        .iter()
        .map(|(place, _)| format!("c{place}"))
        .collect();
    format!(
        "insert into {table} ({columns}) select {} from unnest({}) as u ({})",
        values.join(", "),
        arrays.join(", "),
        names.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_of_rows_has_a_place_for_every_value() {
        assert_eq!(
            insert("t", "a, b", 2, 2),
            "insert into t (a, b) values (?,?),(?,?)"
        );
    }

    #[test]
    fn a_column_without_a_value_has_no_array() {
        let (text, number) = (Value::from("a"), Value::from(1));
        assert_eq!(
            insert_of_arrays("t", "a, b, c", 3, &[(0, &text), (2, &number)]),
            "insert into t (a, b, c) select c0, null, c2 from unnest($1, $2) as u (c0, c2)"
        );
    }
}
