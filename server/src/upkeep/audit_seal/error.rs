//! What can be wrong with the audit, in the operator's words.

use std::{fmt, io, path::PathBuf};

use domain::values::number::grouped;
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
            Self::Database(error) => return f.write_str(&store::told(error)),
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
