//! The login ID a member chooses.

use super::{blanks::trimmed, half_width::has_full_width};

/// The longest login ID, in characters.
pub const MAX_CHARS: usize = 64;

/// A login ID: half-width letters and digits, 1 to 64, no digit as the 7th or
/// the 8th character (`SKE123456` ✗, `123456SKE` ✓).
///
/// Shown as typed; unique and found by its `key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginId(String);

/// Why something cannot be a login ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginIdError {
    /// Nothing was typed.
    Empty,
    /// There are full-width characters.
    FullWidth,
    /// Neither a letter nor a digit: this is the first such character.
    Character(char),
    /// This many characters are more than 64.
    TooLong(usize),
    /// The 7th or the 8th character is a digit, or both are.
    DigitAtSevenOrEight(Digits),
    /// Another member has it; only the server knows.
    Taken,
    /// Too many were asked for today; only the server counts.
    TooManyToday,
}

/// The digits found where letters have to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digits {
    /// This one as the 7th character.
    Seventh(char),
    /// This one as the 8th character.
    Eighth(char),
    /// These as the 7th and the 8th character.
    Both(char, char),
}

impl LoginId {
    /// Reads what was typed; blanks around it are not part of it.
    ///
    /// # Errors
    /// The first thing that is wrong with it, in the order of [`LoginIdError`].
    pub fn parse(typed: &str) -> Result<Self, LoginIdError> {
        let typed = trimmed(typed);
        if typed.is_empty() {
            return Err(LoginIdError::Empty);
        }
        if has_full_width(typed) {
            return Err(LoginIdError::FullWidth);
        }
        if let Some(c) = typed.chars().find(|c| !c.is_ascii_alphanumeric()) {
            return Err(LoginIdError::Character(c));
        }
        if typed.len() > MAX_CHARS {
            return Err(LoginIdError::TooLong(typed.len()));
        }
        match digits_at_seven_or_eight(typed) {
            Some(digits) => Err(LoginIdError::DigitAtSevenOrEight(digits)),
            None => Ok(Self(typed.to_owned())),
        }
    }

    /// As the member typed it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What it is stored and found by: two IDs with one key are one ID.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }
}

/// A shorter ID is judged on the characters it has.
fn digits_at_seven_or_eight(typed: &str) -> Option<Digits> {
    let digit_at = |index| typed.chars().nth(index).filter(char::is_ascii_digit);
    match (digit_at(6), digit_at(7)) {
        (Some(seventh), Some(eighth)) => Some(Digits::Both(seventh, eighth)),
        (Some(seventh), None) => Some(Digits::Seventh(seventh)),
        (None, Some(eighth)) => Some(Digits::Eighth(eighth)),
        (None, None) => None,
    }
}
