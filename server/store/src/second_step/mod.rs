//! What is asked for besides a password, or in its place. Members and the office's people
//! have the same, in the same tables.

pub mod codes;
pub mod passkeys;
pub mod recovery;

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

use super::{Result, Tx};

/// Whose a second step is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A member's.
    Member(Uuid),
    /// Of somebody in the office.
    Staff(Uuid),
}

impl Holder {
    /// The kind's name in the database.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Staff(_) => "staff",
        }
    }

    /// The row of whoever it is.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Member(id) | Self::Staff(id) => id,
        }
    }

    /// What an encrypted value is bound to, so that it opens in nobody else's row.
    pub fn mark(self) -> String {
        format!("{} {}", self.kind(), self.id())
    }
}

/// What was taken away.
#[must_use]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// The app for one-time codes, with its recovery codes.
    pub codes: bool,
    /// Recovery codes alone, which were newer than the app.
    pub recovery_codes: bool,
    /// So many passkeys.
    pub passkeys: u64,
}

impl Removed {
    /// Whether anything was.
    pub const fn is_any(self) -> bool {
        self.codes || self.recovery_codes || self.passkeys > 0
    }
}

/// Takes away every second step of somebody.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_all(tx: &mut Tx, holder: Holder) -> Result<Removed> {
    remove_since(tx, holder, Timestamp(i64::MIN)).await
}

/// Takes away those that were added at an instant or later: whoever had the password then
/// may have added them.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_since(tx: &mut Tx, holder: Holder, first: Timestamp) -> Result<Removed> {
    let codes = codes::remove_since(tx, holder, first).await?;
    let recovery_codes = recovery::remove_since(tx, holder, first).await?;
    let passkeys = passkeys::remove_since(tx, holder, first).await?;
    Ok(Removed {
        codes,
        recovery_codes: recovery_codes && !codes,
        passkeys,
    })
}
