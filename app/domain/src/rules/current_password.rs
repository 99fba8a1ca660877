//! The present password, given once more before a change. Like at sign-in it is
//! only read: whether it is the member's is for the server to find out.

use super::password::PasswordError;
use super::sign_in::SignInPassword;

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurrentPasswordError {
    /// Nothing was typed.
    Empty,
    /// No password can be like this.
    Typed(PasswordError),
    /// It is not the member's. That of more characters than any password has is
    /// seen at once; otherwise only the server knows.
    Wrong,
}

/// Reads what was typed.
///
/// # Errors
/// Nothing typed, or what no password can be.
pub fn parse(typed: &str) -> Result<SignInPassword, CurrentPasswordError> {
    if typed.is_empty() {
        return Err(CurrentPasswordError::Empty);
    }
    SignInPassword::parse(typed).map_err(|refusal| match refusal {
        PasswordError::Blank | PasswordError::Provisional => CurrentPasswordError::Typed(refusal),
        _ => CurrentPasswordError::Wrong,
    })
}
