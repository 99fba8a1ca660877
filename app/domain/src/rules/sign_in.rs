//! What is typed at sign-in: not chosen here, only read.
//!
//! Whether it is anybody's is for the server to find out, and every wrong pair
//! gets the same answer. Refused here is only what cannot be anybody's.

use core::fmt;

use super::half_width::half_width_char;
use super::login_id::{self, LoginIdError};
use super::password::{self, PasswordError};
use super::provisional::ProvisionalPassword;

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
    /// Nothing typed, more than any password has (which is not to be hashed), or what no
    /// chosen password can be: something with a blank, and a provisional one as printed.
    /// That is seen without asking whose it is, and so counts as no try.
    pub fn parse(typed: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        if is_printed_provisional(typed) {
            return Err(PasswordError::Provisional);
        }
        if typed.chars().any(char::is_whitespace) {
            return Err(PasswordError::Blank);
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

/// Whether this is a provisional password with what is printed between its groups, and no
/// password of a member's.
fn is_printed_provisional(typed: &str) -> bool {
    ProvisionalPassword::parse(typed).is_ok()
        && typed
            .chars()
            .any(|c| !half_width_char(c).is_ascii_alphanumeric() && !c.is_whitespace())
}

/// Says that there is one, never which.
impl fmt::Debug for SignInPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInPassword(…)")
    }
}
