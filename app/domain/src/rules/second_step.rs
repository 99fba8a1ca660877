//! 確認コード and 予備コード, as they are typed.

use super::half_width::half_width_char;

/// Digits of a one-time code.
const DIGITS: usize = 6;
/// Characters of a recovery code.
const CHARS: usize = 16;
/// They are printed in groups of so many.
const GROUP: usize = 4;
/// Without I, L, O and U: what looks like a digit is read as that digit.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// 予備コード: 80 bits, in 16 letters and digits.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// As many random bytes make one.
    pub const BYTES: usize = 10;

    /// The code of these random bytes.
    pub fn from_chance(bytes: [u8; Self::BYTES]) -> Self {
        let mut all = [0; 16];
        all[16 - Self::BYTES..].copy_from_slice(&bytes);
        let bits = u128::from_be_bytes(all);
        let letter = |place| char::from(LETTERS[(bits >> (5 * place) & 31) as usize]);
        Self((0..CHARS).rev().map(letter).collect())
    }

    /// What is hashed.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// In groups of four, for paper.
    pub fn printed(&self) -> String {
        let mut printed = String::new();
        for (place, c) in self.0.chars().enumerate() {
            if place > 0 && place % GROUP == 0 {
                printed.push('-');
            }
            printed.push(c);
        }
        printed
    }
}

/// Says that there is one, never which.
impl core::fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

/// What was typed where a code is asked for.
#[derive(Clone, PartialEq, Eq)]
pub enum SecondStepCode {
    /// Six digits from an app.
    OneTime(String),
    /// One of the ten on paper.
    Recovery(RecoveryCode),
}

impl core::fmt::Debug for SecondStepCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("SecondStepCode(…)")
    }
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeError {
    /// Nothing was typed.
    Empty,
    /// It is of neither form.
    Form,
    /// It is not right, or was used, or counts for nothing during a pause; only the server
    /// knows.
    Wrong,
    /// The same where the app is set up.
    WrongFirst,
    /// A recovery code, where the app's own is asked for.
    NotOfTheApp,
}

impl SecondStepCode {
    /// Reads what was typed: full-width characters, blanks, hyphens and small letters make
    /// no other code of it, nor does an O for a zero.
    ///
    /// # Errors
    /// Nothing typed, or what no code can be.
    pub fn parse(typed: &str) -> Result<Self, CodeError> {
        let mut read = String::new();
        for c in typed.chars() {
            match half_width_char(c).to_ascii_uppercase() {
                c if c.is_whitespace() => {}
                '-' | '\u{2010}'..='\u{2015}' | '\u{FF70}' => {}
                'O' => read.push('0'),
                'I' | 'L' => read.push('1'),
                c if LETTERS.contains(&u8::try_from(c).unwrap_or_default()) => read.push(c),
                _ => return Err(CodeError::Form),
            }
        }
        match read.len() {
            0 => Err(CodeError::Empty),
            DIGITS if read.bytes().all(|b| b.is_ascii_digit()) => Ok(Self::OneTime(read)),
            CHARS => Ok(Self::Recovery(RecoveryCode(read))),
            _ => Err(CodeError::Form),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        for typed in [
            "012345",
            "012 345",
            " ０１２ー３４５\u{3000}",
            "O12-345",
            "0i2345",
        ] {
            let code = SecondStepCode::parse(typed).unwrap();
            assert_eq!(
                code,
                SecondStepCode::OneTime("012345".to_owned()),
                "{typed}"
            );
        }
        let code = RecoveryCode::from_chance([0xFF, 0, 1, 2, 3, 4, 5, 6, 7, 0x88]);
        let printed = code.printed();
        assert_eq!(printed.len(), 19);
        for typed in [
            printed.clone(),
            printed.to_lowercase(),
            printed.replace('-', "　"),
            printed.replace('0', "o"),
        ] {
            let read = SecondStepCode::parse(&typed).unwrap();
            assert_eq!(read, SecondStepCode::Recovery(code.clone()), "{typed}");
        }
    }

    #[test]
    fn what_no_code_can_be_is_no_try() {
        assert_eq!(SecondStepCode::parse(" - "), Err(CodeError::Empty));
        for typed in [
            "12345",
            "1234567",
            "12345A",
            "あ12345",
            "12345678901234567",
            "U123456789012345",
            "1234\u{0}56",
        ] {
            assert_eq!(
                SecondStepCode::parse(typed),
                Err(CodeError::Form),
                "{typed}"
            );
        }
        let all: Vec<_> = (0..=255)
            .map(|n| RecoveryCode::from_chance([n; 10]).0)
            .collect();
        assert!(all.iter().all(|code| code.len() == 16));
        assert_eq!(all[0], "0000000000000000");
        assert_eq!(all[255], "ZZZZZZZZZZZZZZZZ");
    }
}
