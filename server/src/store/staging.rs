//! Where the rows of a file wait until its last line is found good: a temporary
//! table of one connection, which locks nothing that others use.

use sqlx::{Database, Postgres, Sqlite, Transaction, pool::PoolConnection};

use super::{Db, Result, Tx};

/// A connection with a temporary table, which goes with it.
pub(super) struct Staging(pub(super) Connection);

pub(super) enum Connection {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
}

/// Runs one body on whichever connection there is.
macro_rules! on_staged {
    ($staging:expr, $conn:ident => $body:expr) => {
        match &mut ($staging).0 {
            $crate::store::staging::Connection::Sqlite(connection) => {
                let $conn = &mut **connection;
                $body
            }
            $crate::store::staging::Connection::Postgres(connection) => {
                let $conn = &mut **connection;
                $body
            }
        }
    };
}
pub(super) use on_staged;

impl Staging {
    /// Rows in one statement. Measured on SQLite: one row costs twice the time, a
    /// hundred three times, since finding the names of so many parameters takes
    /// their square.
    pub(super) const ROWS_A_STATEMENT: usize = 8;

    /// Makes the temporary table by this statement.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub(super) async fn begin(db: &Db, create: &'static str) -> Result<Self> {
        let mut staging = Self(match db {
            Db::Sqlite(pool) => Connection::Sqlite(closing(pool.acquire().await?)),
            Db::Postgres(pool) => Connection::Postgres(closing(pool.acquire().await?)),
        });
        on_staged!(&mut staging, conn => {
            sqlx::query(create).execute(conn).await?;
        });
        Ok(staging)
    }

    /// Begins the change, on the connection that holds the rows.
    ///
    /// # Errors
    /// Whatever the engine answers.
    pub(super) async fn into_tx(self) -> Result<Tx> {
        Ok(match self.0 {
            Connection::Sqlite(connection) => {
                let begin = sqlx::SqlSafeStr::into_sql_str("BEGIN IMMEDIATE");
                Tx::Sqlite(Transaction::begin(connection, Some(begin)).await?)
            }
            Connection::Postgres(connection) => {
                Tx::Postgres(Transaction::begin(connection, None).await?)
            }
        })
    }
}

fn closing<DB: Database>(mut connection: PoolConnection<DB>) -> PoolConnection<DB> {
    connection.close_on_drop();
    connection
}

/// `($1,$2),($3,$4)`: so many rows of so many values.
pub(super) fn placeholders(rows: usize, values: usize) -> String {
    let mut sql = String::new();
    for row in 0..rows {
        sql.push_str(if row == 0 { "(" } else { ",(" });
        for value in 1..=values {
            let comma = if value == 1 { "" } else { "," };
            sql.push_str(&format!("{comma}${}", row * values + value));
        }
        sql.push(')');
    }
    sql
}
