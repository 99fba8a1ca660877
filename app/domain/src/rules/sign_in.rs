//! What is typed at sign-in: not chosen here, only read.
//!
//! Whether it is anybody's is for the server to find out, and every wrong pair
//! gets the same answer. Refused here is only what cannot be anybody's.

use core::fmt;

use super::half_width::half_width_char;
use super::login_id::{self, LoginIdError};
use super::password::{self, PasswordError};

/// A login ID as typed at sign-in, reduced to its key: case, full-width
/// characters and spaces around it make no other ID of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInId(String);

/// A password as typed at sign-in, exactly.
pub struct SignInPassword(String);

impl SignInId {
    /// Reads what was typed. Digits as the 7th and 8th character are not
    /// refused: who tries a postcard's ID here is told so by the server's one
    /// sentence.
    ///
    /// # Errors
    /// Nothing typed, a character that no ID has, more than 64 characters.
    pub fn parse(typed: &str) -> Result<Self, LoginIdError> {
        let typed = typed.trim();
        if typed.is_empty() {
            return Err(LoginIdError::Empty);
        }
        let mut key = String::new();
        for c in typed.chars() {
            let half = half_width_char(c);
            if !half.is_ascii_alphanumeric() {
                return Err(LoginIdError::Character(c));
            }
            key.push(half.to_ascii_lowercase());
        }
        if key.len() > login_id::MAX_CHARS {
            return Err(LoginIdError::TooLong(key.len()));
        }
        Ok(Self(key))
    }

    /// What a member is found by: the same as [`super::LoginId::key`].
    pub fn key(&self) -> &str {
        &self.0
    }
}

impl SignInPassword {
    /// Reads what was typed.
    ///
    /// # Errors
    /// Nothing typed, or more than any password has (which is not to be hashed).
    pub fn parse(typed: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        if typed.chars().count() > password::MAX_CHARS {
            return Err(PasswordError::TooLong);
        }
        Ok(Self(typed.to_owned()))
    }

    /// The password itself: for hashing, and for nothing else.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Says that there is one, never which.
impl fmt::Debug for SignInPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInPassword(…)")
    }
}
