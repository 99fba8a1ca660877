//! Work that is done in a transaction and then kept or undone: it costs the same, so that
//! nobody learns which it was from how long it took.

use super::{Result, Tx, on};

/// What is written from here on, until it is kept or undone.
#[must_use]
#[derive(Debug)]
pub struct Attempt(());

impl Attempt {
    /// Begins it.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn begin(tx: &mut Tx) -> Result<Self> {
        run(tx, "savepoint attempt").await?;
        Ok(Self(()))
    }

    /// It stands, if the transaction does.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn keep(self, tx: &mut Tx) -> Result<()> {
        run(tx, "release savepoint attempt").await
    }

    /// It never was.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn undo(self, tx: &mut Tx) -> Result<()> {
        run(tx, "rollback to savepoint attempt").await
    }
}

async fn run(tx: &mut Tx, sql: &'static str) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(sql).execute(conn).await?;
    });
    Ok(())
}
