//! What somebody of the office signs in with.

use std::fmt;

/// A login: 3 to 64 letters, digits, `.`, `_`, `-`, `@`; compared in small letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffLogin(String);

/// It is no login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaffLoginError;

impl StaffLogin {
    /// As it was typed when it was made.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// By which it is found.
    pub fn key(&self) -> String {
        Self::key_of(&self.0)
    }

    /// By which whatever was typed at the sign-in is looked for.
    pub fn key_of(typed: &str) -> String {
        typed.trim().to_ascii_lowercase()
    }

    /// One that is stored.
    pub fn stored(text: String) -> Self {
        Self(text)
    }
}

impl std::str::FromStr for StaffLogin {
    type Err = StaffLoginError;

    fn from_str(typed: &str) -> Result<Self, StaffLoginError> {
        let typed = typed.trim();
        let fits = |c: char| c.is_ascii_alphanumeric() || "._-@".contains(c);
        match (3..=64).contains(&typed.len()) && typed.chars().all(fits) {
            true => Ok(Self(typed.to_owned())),
            false => Err(StaffLoginError),
        }
    }
}

impl fmt::Display for StaffLoginError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ログインIDは、半角の英字・数字と . _ - @ の3～64文字です")
    }
}

impl std::error::Error for StaffLoginError {}
