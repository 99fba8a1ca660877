//! The password a member chooses.

use core::fmt;

use super::{blanks::trimmed, half_width::has_full_width};

/// The shortest password, in characters.
pub const MIN_CHARS: usize = 8;
/// The longest password, in characters.
pub const MAX_CHARS: usize = 128;
/// The example in the members' manual: allowed, as the manual says, and worth a hint.
pub const EXAMPLE_OF_THE_MANUAL: &str = "kenpo123";

/// The commonest passwords that fit the rule, one a line, sorted.
const COMMON: &str = include_str!("common_passwords.txt");

/// A password: half-width lower-case letters and digits, both present, 8 to 128
/// characters, none of the commonest and not the login ID.
pub struct Password(String);

/// Why something cannot be a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordError {
    /// Nothing was typed.
    Empty,
    /// There are full-width characters.
    FullWidth,
    /// There are capital letters.
    Capitals,
    /// There is something else than letters and digits.
    Other,
    /// This many characters are missing to 8.
    TooShort(usize),
    /// More than 128 characters.
    TooLong,
    /// Digits only.
    NoLetter,
    /// Letters only.
    NoDigit,
    /// At sign-in: there is a blank, which no password can have.
    Blank,
    /// At sign-in: the provisional password of a postcard or a letter, as it is printed.
    Provisional,
    /// It was typed in a try that was refused, and has to be typed once more.
    Again,
    /// One of the commonest.
    Common,
    /// The login ID once more, in whatever case.
    SameAsLoginId,
    /// The provisional password once more; only the server knows.
    SameAsProvisional,
}

/// What is wrong with the password typed a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConfirmationError {
    /// Nothing was typed.
    Empty,
    /// It is not the password above.
    Different,
}

impl Password {
    /// Reads what was typed, beside the login ID that was typed with it (which
    /// may itself still be wrong).
    ///
    /// # Errors
    /// The first thing that is wrong with it, in the order of [`PasswordError`].
    pub fn parse(typed: &str, login_id: &str) -> Result<Self, PasswordError> {
        if typed.is_empty() {
            return Err(PasswordError::Empty);
        }
        if has_full_width(typed) {
            return Err(PasswordError::FullWidth);
        }
        if typed.chars().any(|c| c.is_ascii_uppercase()) {
            return Err(PasswordError::Capitals);
        }
        if typed.chars().any(|c| !c.is_ascii_alphanumeric()) {
            return Err(PasswordError::Other);
        }
        if typed.len() < MIN_CHARS {
            return Err(PasswordError::TooShort(MIN_CHARS - typed.len()));
        }
        if typed.len() > MAX_CHARS {
            return Err(PasswordError::TooLong);
        }
        if !typed.chars().any(|c| c.is_ascii_lowercase()) {
            return Err(PasswordError::NoLetter);
        }
        if !typed.chars().any(|c| c.is_ascii_digit()) {
            return Err(PasswordError::NoDigit);
        }
        if COMMON.lines().any(|common| common == typed) {
            return Err(PasswordError::Common);
        }
        if typed.eq_ignore_ascii_case(trimmed(login_id)) {
            return Err(PasswordError::SameAsLoginId);
        }
        Ok(Self(typed.to_owned()))
    }

    /// The password itself: for hashing, and for nothing else.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Says that there is one, never which.
impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Whether the password typed a second time is the one above.
///
/// # Errors
/// Nothing typed, or something else.
pub fn confirm(password: &str, again: &str) -> Result<(), ConfirmationError> {
    if again.is_empty() {
        Err(ConfirmationError::Empty)
    } else if again != password {
        Err(ConfirmationError::Different)
    } else {
        Ok(())
    }
}

/// The rule for a phone's password generator: the value of the attribute
/// `passwordrules`.
pub fn password_rules() -> String {
    let (min, max) = (MIN_CHARS.to_string(), MAX_CHARS.to_string());
    [
        "minlength: ",
        &min,
        "; maxlength: ",
        &max,
        "; required: lower; required: digit; allowed: lower, digit;",
    ]
    .concat()
}
