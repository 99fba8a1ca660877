//! What can be wrong with the audit, in the operator's words.

use std::{fmt, io, path::PathBuf};

use store::audit_seal::Seal;

/// What is wrong with the audit, or kept us from telling.
#[derive(Debug)]
pub enum SealError {
    /// A seal's number is left out.
    SealMissing(i64),
    /// A seal was made under the key of another secret file.
    OtherKey(Seal),
    /// There are fewer entries than the seal covers.
    EntryMissing(Seal),
    /// There are more.
    EntryAdded(Seal),
    /// As many, but not the same; or the seal itself is not ours.
    Changed(Seal),
    /// The database does not have the seal of this number, which this server noted.
    CutOff(i64),
    /// The note of the newest seal cannot be read or written.
    Note(PathBuf, io::Error),
    /// Whatever the database answers.
    Database(store::Error),
}

impl fmt::Display for SealError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seal, what) = match self {
            Self::SealMissing(id) => return write!(f, "seal {} is missing", grouped(*id)),
            Self::CutOff(id) => {
                return write!(
                    f,
                    "seal {} was there and is gone: the audit was cut off, or restored from an \
                     earlier backup (then remove the file audit-seal from the data folder)",
                    grouped(*id)
                );
            }
            Self::Note(file, error) => return write!(f, "{}: {error}", file.display()),
            Self::Database(error) => return write!(f, "{error}"),
            Self::OtherKey(seal) => (seal, "was made with another secret file"),
            Self::EntryMissing(seal) => (seal, "an entry is missing"),
            Self::EntryAdded(seal) => (seal, "an entry was added"),
            Self::Changed(seal) => (seal, "an entry was changed, or the seal itself"),
        };
        write!(
            f,
            "seal {}, entries {} to {}: {what}",
            grouped(seal.id),
            grouped(seal.first_entry),
            grouped(seal.last_entry)
        )
    }
}

impl std::error::Error for SealError {}

impl From<store::Error> for SealError {
    fn from(error: store::Error) -> Self {
        Self::Database(error)
    }
}

/// `12,345`
pub(super) fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = String::from(if number < 0 { "-" } else { "" });
    for (place, digit) in digits.char_indices() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_grouped() {
        let seen = [0, 12, 123, 1_234, 123_456, 1_234_567, -1_234].map(grouped);
        let expected = ["0", "12", "123", "1,234", "123,456", "1,234,567", "-1,234"];
        assert_eq!(seen, expected);
    }
}
