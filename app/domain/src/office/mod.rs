//! The society's office: who works there, and what each of them is there for.

pub mod job;
pub mod login;
pub mod notice;
pub mod password;
pub mod role;

use uuid::Uuid;

use self::{login::StaffLogin, role::Roles};
use crate::values::timestamp::Timestamp;

/// Somebody of the office, as colleagues see them.
#[derive(Clone, Debug)]
pub struct StaffMember {
    /// The row.
    pub id: Uuid,
    /// What they sign in with.
    pub login_id: StaffLogin,
    /// Their name.
    pub name: String,
    /// What they are there for.
    pub roles: Roles,
    /// The sign-in before this one.
    pub last_sign_in_at: Option<Timestamp>,
    /// Since when they are kept out, if they are.
    pub disabled_at: Option<Timestamp>,
    /// Whether a password was chosen; until then the invitation waits.
    pub has_password: bool,
    /// Whether there is a second step.
    pub has_second_step: bool,
}

/// How far somebody has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The password was right; the second step is awaited, or has to be enrolled.
    Password,
    /// In.
    Full,
    /// In for an hour, by a code from the command line in place of the second step.
    CommandLine,
}

impl Stage {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Full => "full",
            Self::CommandLine => "command_line",
        }
    }

    /// The stage of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Password, Self::Full, Self::CommandLine]
            .into_iter()
            .find(|stage| stage.as_str() == word)
    }
}
