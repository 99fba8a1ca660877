//! The number of an insurer (保険者番号), with its check digit.

use core::fmt;

/// A society's 保険者番号: eight digits, the last of which checks the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsurerNumber(String);

/// Why something cannot be an insurer's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InsurerNumberError {
    /// It is not made of eight half-width digits.
    NotEightDigits,
    /// The last digit is not the one that the others ask for: this one is.
    CheckDigit(u8),
}

impl InsurerNumber {
    /// Reads a setting or a file's column.
    ///
    /// # Errors
    /// Not eight digits, or a check digit that does not fit.
    pub fn parse(typed: &str) -> Result<Self, InsurerNumberError> {
        if !typed.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InsurerNumberError::NotEightDigits);
        }
        let [number @ .., last] = typed.as_bytes() else {
            return Err(InsurerNumberError::NotEightDigits);
        };
        if number.len() != 7 {
            return Err(InsurerNumberError::NotEightDigits);
        }
        let expected = check_digit(number);
        if last - b'0' == expected {
            Ok(Self(typed.to_owned()))
        } else {
            Err(InsurerNumberError::CheckDigit(expected))
        }
    }

    /// The eight digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Weights 2, 1, 2, 1 … from the right, the digits of the products added up,
/// and what is missing to the next ten (昭和51年8月7日 保発第45号).
fn check_digit(number: &[u8]) -> u8 {
    let sum: u8 = number
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let product = (digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            product / 10 + product % 10
        })
        .sum();
    (10 - sum % 10) % 10
}

/// For the one who writes the settings.
impl fmt::Display for InsurerNumberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotEightDigits => {
                f.write_str("an insurer number (保険者番号) has eight half-width digits")
            }
            Self::CheckDigit(expected) => {
                write!(
                    f,
                    "the last digit of this insurer number (保険者番号) would have to be {expected}"
                )
            }
        }
    }
}

impl core::error::Error for InsurerNumberError {}
