//! The provisional login ID and password, as a postcard bears them.
//!
//! They are copied from paper, often on a phone: full-width characters, spaces,
//! hyphens and capitals are forgiven, and a character that none of them can
//! have is named at once.

use core::fmt;

use super::half_width::half_width_char;
use super::invisible::is_invisible;

/// Consonants, without vowels (no words), without l (looks like 1).
const ID_LETTERS: &[u8] = b"bcdfghjkmnpqrstvwxyz";
/// Without 0 and 1 (look like o and l).
const DIGITS: &[u8] = b"23456789";
/// Letters without i, l, o, and the digits: 31 characters.
const PASSWORD_CHARS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// Letters of an ID; the digits follow.
const ID_LETTER_COUNT: usize = 6;
/// The length of an ID: its digits are the 7th and the 8th character, where a
/// chosen login ID has none, so that no ID can be of both kinds.
pub const ID_CHARS: usize = ID_LETTER_COUNT + 2;
/// The length of a password without its hyphens: 31¹² are 59 bits.
pub const PASSWORD_CHAR_COUNT: usize = 12;
/// The password is printed in groups of this many characters.
const PRINTED_GROUP: usize = 4;

/// A provisional login ID (仮ログインID): six consonants and two digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvisionalId(String);

/// A provisional password (仮パスワード).
#[derive(Clone, PartialEq, Eq)]
pub struct ProvisionalPassword(String);

/// Why something cannot be a provisional login ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvisionalIdError {
    /// Nothing was typed.
    Empty,
    /// No provisional ID has this character, named as it was typed.
    Character(char),
    /// This many characters are not eight; what is forgiven is not counted.
    Length(usize),
    /// Its characters are letters and digits, in the wrong places.
    Order,
}

/// Why something cannot be a provisional password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProvisionalPasswordError {
    /// Nothing was typed.
    Empty,
    /// No provisional password has this character, named as it was typed.
    Character(char),
    /// This many characters are not twelve; what is forgiven is not counted.
    Length(usize),
}

impl ProvisionalId {
    /// Reads what was copied from the postcard.
    ///
    /// # Errors
    /// The first thing that is wrong with it, in the order of [`ProvisionalIdError`].
    pub fn parse(typed: &str) -> Result<Self, ProvisionalIdError> {
        let is_of_an_id = |b| ID_LETTERS.contains(&b) || DIGITS.contains(&b);
        let id = read(typed, is_of_an_id).map_err(ProvisionalIdError::Character)?;
        match id.len() {
            0 => Err(ProvisionalIdError::Empty),
            ID_CHARS if id.bytes().zip(id_places()).all(|(b, of)| of.contains(&b)) => Ok(Self(id)),
            ID_CHARS => Err(ProvisionalIdError::Order),
            other => Err(ProvisionalIdError::Length(other)),
        }
    }

    /// Makes a new one from random bytes; takes as many as it needs, since bytes
    /// that would favour some characters are thrown away.
    pub fn generate(mut random_byte: impl FnMut() -> u8) -> Self {
        Self(id_places().map(|of| pick(of, &mut random_byte)).collect())
    }

    /// The eight characters, as printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ProvisionalPassword {
    /// Reads what was copied from the postcard or the letter.
    ///
    /// # Errors
    /// The first thing that is wrong with it, in the order of [`ProvisionalPasswordError`].
    pub fn parse(typed: &str) -> Result<Self, ProvisionalPasswordError> {
        let is_of_a_password = |b| PASSWORD_CHARS.contains(&b);
        let password =
            read(typed, is_of_a_password).map_err(ProvisionalPasswordError::Character)?;
        match password.len() {
            0 => Err(ProvisionalPasswordError::Empty),
            PASSWORD_CHAR_COUNT => Ok(Self(password)),
            other => Err(ProvisionalPasswordError::Length(other)),
        }
    }

    /// Makes a new one from random bytes; takes as many as it needs, since bytes
    /// that would favour some characters are thrown away.
    pub fn generate(mut random_byte: impl FnMut() -> u8) -> Self {
        Self(
            (0..PASSWORD_CHAR_COUNT)
                .map(|_| pick(PASSWORD_CHARS, &mut random_byte))
                .collect(),
        )
    }

    /// The twelve characters: what is hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// As it stands on the postcard: `xxxx-xxxx-xxxx`.
    pub fn printed(&self) -> String {
        let mut printed = String::new();
        for (place, c) in self.0.chars().enumerate() {
            if place > 0 && place % PRINTED_GROUP == 0 {
                printed.push('-');
            }
            printed.push(c);
        }
        printed
    }
}

/// Says that there is one, never which.
impl fmt::Debug for ProvisionalPassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProvisionalPassword(…)")
    }
}

/// The characters that may stand at each place of an ID.
fn id_places() -> impl Iterator<Item = &'static [u8]> {
    (0..ID_CHARS).map(|place| {
        if place < ID_LETTER_COUNT {
            ID_LETTERS
        } else {
            DIGITS
        }
    })
}

/// The characters that count, half-width and lower-case; or the first one that
/// does not belong there.
fn read(typed: &str, belongs: impl Fn(u8) -> bool) -> Result<String, char> {
    let mut read = String::new();
    for c in typed.chars() {
        if is_forgiven(c) {
            continue;
        }
        match u8::try_from(half_width_char(c).to_ascii_lowercase()) {
            Ok(b) if belongs(b) => read.push(b.into()),
            _ => return Err(c),
        }
    }
    Ok(read)
}

/// Spaces, hyphens of all kinds, and what a paste brings along unseen.
fn is_forgiven(c: char) -> bool {
    c.is_whitespace()
        || is_invisible(c)
        || matches!(
            c,
            '-' | '\u{2010}'
                ..='\u{2015}'
                    | '\u{2043}'
                    | '\u{2212}'
                    | '\u{2500}'
                    | '\u{2501}'
                    | '\u{30FC}'
                    | '\u{FE58}'
                    | '\u{FE63}'
                    | '\u{FF0D}'
                    | '\u{FF70}'
        )
}

/// One of the characters, each as likely as the others: bytes of the last,
/// incomplete round through them are thrown away.
fn pick(from: &[u8], random_byte: &mut impl FnMut() -> u8) -> char {
    let complete_rounds = 256 - 256 % from.len();
    loop {
        let byte = usize::from(random_byte());
        if byte < complete_rounds {
            return char::from(from[byte % from.len()]);
        }
    }
}
