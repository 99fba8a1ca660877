//! The name by which the portal greets a member.

use super::invisible::has_invisible;

/// The longest nickname, in characters.
pub const MAX_CHARS: usize = 20;

/// A nickname: 1 to 20 characters that can be seen. Spaces around it are not
/// part of it.
///
/// Characters are Unicode scalar values: tables that tell graphemes apart would
/// cost the browser more bytes than all rules together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nickname(String);

/// Why something cannot be a nickname.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NicknameError {
    /// Nothing was typed, or spaces only.
    Empty,
    /// This many characters are more than 20.
    TooLong(usize),
    /// There are control, bidi-control or zero-width characters.
    Invisible,
}

impl Nickname {
    /// Reads what was typed.
    ///
    /// # Errors
    /// The first thing that is wrong with it, in the order of [`NicknameError`].
    pub fn parse(typed: &str) -> Result<Self, NicknameError> {
        let name = typed.trim();
        if name.is_empty() {
            return Err(NicknameError::Empty);
        }
        let chars = name.chars().count();
        if chars > MAX_CHARS {
            return Err(NicknameError::TooLong(chars));
        }
        if has_invisible(name) {
            return Err(NicknameError::Invisible);
        }
        Ok(Self(name.to_owned()))
    }

    /// The nickname, without the spaces around it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What stands behind a name that is called: さん, unless it ends in such a word itself.
pub fn honorific(name: &str) -> &'static str {
    const CALLED: [&str; 12] = [
        "さん",
        "さま",
        "ちゃん",
        "くん",
        "たん",
        "サン",
        "ちゃま",
        "様",
        "君",
        "氏",
        "殿",
        "先生",
    ];
    let is_called = CALLED
        .iter()
        .any(|word| name.len() > word.len() && name.ends_with(word));
    if is_called { "" } else { "さん" }
}
