//! What somebody calls a passkey: by it a lost device is found in the list.

use super::invisible::has_invisible;

/// The longest name, in characters.
pub const MAX_CHARS: usize = 30;

/// A passkey's name: 1 to 30 characters that can be seen. Spaces around it are not part
/// of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasskeyName(String);

/// Why something cannot be a passkey's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasskeyNameError {
    /// Nothing was typed, or spaces only.
    Empty,
    /// This many characters are more than 30.
    TooLong(usize),
    /// There are control, bidi-control or zero-width characters.
    Invisible,
}

impl PasskeyName {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong with it, in the order of [`PasskeyNameError`].
    pub fn parse(typed: &str) -> Result<Self, PasskeyNameError> {
        let name = typed.trim();
        if name.is_empty() {
            return Err(PasskeyNameError::Empty);
        }
        let chars = name.chars().count();
        if chars > MAX_CHARS {
            return Err(PasskeyNameError::TooLong(chars));
        }
        if has_invisible(name) {
            return Err(PasskeyNameError::Invisible);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name, without the spaces around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
