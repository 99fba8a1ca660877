//! The present password, asked for once more before a change.

use super::SignInPassword;

/// Why it is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurrentPasswordError {
    /// Nothing typed.
    Empty,
    /// Not the member's; or it came during a pause, which nobody is told.
    Wrong,
}

/// Reads what was typed.
///
/// # Errors
/// Nothing typed, or more than any password has.
pub fn parse(typed: &str) -> Result<SignInPassword, CurrentPasswordError> {
    if typed.is_empty() {
        return Err(CurrentPasswordError::Empty);
    }
    SignInPassword::parse(typed).map_err(|_| CurrentPasswordError::Wrong)
}
