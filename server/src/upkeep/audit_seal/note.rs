//! The server's own note of the newest seal: a file in its data folder.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use store::{
    Db,
    audit_seal::{self, Seal},
};
use uuid::Uuid;

use super::SealError;
use crate::base::hex;

/// Where a server notes the newest seal it has seen.
pub fn note_file(data_dir: &Path) -> PathBuf {
    data_dir.join("audit-seal")
}

/// A seal as the server's own file names it: number and hash on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    seal: i64,
    hash: String,
}

impl Note {
    pub(super) fn of(seal: &Seal) -> Self {
        Self {
            seal: seal.id,
            hash: hex::encoded(&seal.hash),
        }
    }

    pub(super) fn read(file: &Path) -> Result<Option<Self>, SealError> {
        let unreadable = |error| SealError::Note(file.to_owned(), error);
        let text = match fs::read_to_string(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(unreadable)?,
        };
        let note = text.trim_end().split_once(' ').and_then(|(seal, hash)| {
            Some(Self {
                seal: seal.parse().ok()?,
                hash: hash.to_owned(),
            })
        });
        note.map(Some)
            .ok_or_else(|| unreadable(io::Error::other("is not a number and a hash")))
    }

    /// Whole or not at all: a note cut short would look like tampering.
    pub(super) fn write(&self, file: &Path) -> io::Result<()> {
        let draft = file.with_extension(format!("new-{}", Uuid::new_v4().simple()));
        let mut written = fs::File::create_new(&draft)?;
        written.write_all(format!("{} {}\n", self.seal, self.hash).as_bytes())?;
        written.sync_all()?;
        fs::rename(draft, file)
    }

    pub(super) async fn is_in(&self, db: &Db) -> Result<(), SealError> {
        let seal = audit_seal::find(db, self.seal).await?;
        match seal.map(|seal| Self::of(&seal)) {
            Some(there) if there == *self => Ok(()),
            _ => Err(SealError::CutOff(self.seal)),
        }
    }
}
