//! What is asked for besides a password, or in its place. Members and the office's people
//! have the same, in the same tables.

pub mod codes;
pub mod passkeys;
pub mod recovery;

use domain::{ports::SecondSteps, values::timestamp::Timestamp};
use uuid::Uuid;

use super::{Db, Result, Tx};

/// Before anything was added.
const ALWAYS: Timestamp = Timestamp(i64::MIN);

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

/// Whether somebody of the office, `s`, has a second step.
macro_rules! staff_has_one {
    () => {
        "(exists (select 1 from one_time_code c where c.holder_kind = 'staff'
                  and c.holder_id = s.id)
          or exists (select 1 from passkey k where k.holder_kind = 'staff'
                     and k.holder_id = s.id))"
    };
}
pub(crate) use staff_has_one;

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

/// What somebody has, as pages list it.
///
/// # Errors
/// Whatever the database answers.
pub async fn of(db: &Db, holder: Holder) -> Result<SecondSteps> {
    Ok(SecondSteps {
        codes_since: codes::on_since(db, holder).await?,
        passkeys: passkeys::of(db, holder).await?,
    })
}

/// Whether somebody has any.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_any(tx: &mut Tx, holder: Holder) -> Result<bool> {
    Ok(codes::sealed_secret(tx, holder).await?.is_some() || passkeys::count(tx, holder).await? > 0)
}

/// Takes away the app for one-time codes and its recovery codes, and says whether there was
/// one.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_codes(tx: &mut Tx, holder: Holder) -> Result<bool> {
    let was_on = codes::remove_since(tx, holder, ALWAYS).await?;
    recovery::remove_since(tx, holder, ALWAYS).await?;
    Ok(was_on)
}

/// Takes away every second step of somebody.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove_all(tx: &mut Tx, holder: Holder) -> Result<Removed> {
    remove_since(tx, holder, ALWAYS).await
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
