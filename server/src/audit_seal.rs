//! Seals what was noted in the audit, and finds where it was tampered with.
//!
//! A chain made entry by entry inside the requests would make all of them wait for
//! each other. So entries are chained in batches, beside the requests and within a
//! minute: each seal's hash covers the seal before it and every entry since. It is
//! made with the server's key: whoever can write the database, but has not the
//! secret file, can forge none.
//!
//! The end of a chain can be cut off without a trace in the chain itself. The server
//! therefore notes the newest seal it has seen in a file of its own; a database
//! that no longer has that seal was cut, or restored from an earlier backup.

use std::{
    collections::VecDeque,
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use app::timestamp::Timestamp;
use tokio::sync::watch;

use crate::{
    chores::every,
    clock::Clock,
    secrets::{Parts, Secrets},
    store::{
        self, Db,
        audit_seal::{self, Seal, StoredEntry},
    },
};

/// How often entries are sealed.
const ROUND: Duration = Duration::from_secs(60);
/// Entries under one seal, at most; also how many are held in memory at a time.
const MOST: i64 = 1000;

/// Where a server notes the newest seal it has seen.
pub fn note_file(data_dir: &Path) -> PathBuf {
    data_dir.join("audit-seal")
}

/// Makes the seals.
#[derive(Clone, Debug)]
pub struct Sealer {
    /// Where the audit is.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// The key.
    pub secrets: Arc<Secrets>,
    /// Where the newest seal is noted.
    pub note: PathBuf,
}

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
    Database(sqlx::Error),
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

impl From<sqlx::Error> for SealError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl Sealer {
    /// Seals every minute until `stop` holds `true`.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        every(ROUND, stop, || self.round()).await;
    }

    /// Seals what there is, and logs why it could not.
    pub async fn round(&self) {
        if let Err(error) = self.seal().await {
            tracing::error!(%error, "the audit cannot be sealed");
        }
    }

    /// Seals every entry to which none can be added any more, and says how many
    /// seals that took.
    ///
    /// # Errors
    /// The chain has lost its end; whatever database and file system answer.
    pub async fn seal(&self) -> Result<usize, SealError> {
        let noted = self.note()?;
        let mut newest = audit_seal::newest(&self.db).await?;
        if let Some(noted) = &noted {
            noted.is_in(&self.db).await?;
        }
        let mut made = 0;
        let sealed = newest.as_ref().map_or(i64::MIN, |seal| seal.last_entry);
        if let Some(settled) = audit_seal::settled(&self.db, sealed).await? {
            while let Some(seal) = self.next(newest.as_ref(), settled).await? {
                let mut tx = self.db.write().await?;
                // Of two servers one gets the number; the other goes on from there.
                let ours = audit_seal::add(&mut tx, &seal).await?;
                tx.commit().await?;
                made += usize::from(ours);
                newest = match ours {
                    true => Some(seal),
                    false => audit_seal::newest(&self.db).await?,
                };
            }
        }
        let newest = newest.as_ref().map(Note::of);
        match newest {
            Some(newest) if noted.as_ref() != Some(&newest) => self.take_down(&newest)?,
            _ => {}
        }
        Ok(made)
    }

    /// The seal to come after `newest`; `None` when everything up to entry
    /// `settled` is sealed.
    async fn next(&self, newest: Option<&Seal>, settled: i64) -> store::Result<Option<Seal>> {
        let sealed = newest.map_or(i64::MIN, |seal| seal.last_entry);
        let entries = audit_seal::entries(&self.db, sealed, settled, MOST).await?;
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
            return Ok(None);
        };
        let mut parts = begin(&self.secrets, newest);
        for entry in &entries {
            add(&mut parts, entry);
        }
        let mut seal = Seal {
            id: newest.map_or(0, |seal| seal.id) + 1,
            first_entry: first.id,
            last_entry: last.id,
            entries: entries.len() as i64,
            sealed_at: self.clock.now().0,
            key_mark: self.secrets.audit_key_mark().into(),
            hash: Vec::new(),
        };
        seal.hash = end(parts, &seal).into();
        Ok(Some(seal))
    }

    fn note(&self) -> Result<Option<Note>, SealError> {
        Note::read(&self.note)
    }

    fn take_down(&self, newest: &Note) -> Result<(), SealError> {
        newest
            .write(&self.note)
            .map_err(|error| SealError::Note(self.note.clone(), error))
    }
}

/// What a good audit looks like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Entries under seals.
    pub entries: i64,
    /// Seals.
    pub seals: i64,
    /// When the last was made.
    pub last: Option<Timestamp>,
    /// Entries that are still to be sealed.
    pub to_come: i64,
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(last) = self.last else {
            return write!(f, "{} entries not sealed yet", grouped(self.to_come));
        };
        let last = last.in_japan();
        write!(
            f,
            "{} entries in {} seals, the last of {} {:02}:{:02}; {} not sealed yet",
            grouped(self.entries),
            grouped(self.seals),
            last.date(),
            last.hour(),
            last.minute(),
            grouped(self.to_come)
        )
    }
}

/// Reads the whole audit and compares it with its seals.
///
/// # Errors
/// The first place where the two don't agree.
pub async fn verify(db: &Db, secrets: &Secrets, note: &Path) -> Result<Sealed, SealError> {
    if let Some(noted) = Note::read(note)? {
        noted.is_in(db).await?;
    }
    let key_mark = secrets.audit_key_mark();
    let mut entries = Entries::of(db);
    let mut found = Sealed::default();
    let mut previous: Option<Seal> = None;
    loop {
        let page = audit_seal::after(db, found.seals, MOST).await?;
        if page.is_empty() {
            break;
        }
        for seal in page {
            found.seals += 1;
            if seal.id != found.seals {
                return Err(SealError::SealMissing(found.seals));
            }
            if seal.key_mark != key_mark {
                return Err(SealError::OtherKey(seal));
            }
            let mut parts = begin(secrets, previous.as_ref());
            let mut here = 0;
            while let Some(entry) = entries.next_up_to(seal.last_entry).await? {
                add(&mut parts, &entry);
                here += 1;
            }
            if end(parts, &seal) != *seal.hash {
                return Err(match here.cmp(&seal.entries) {
                    std::cmp::Ordering::Less => SealError::EntryMissing(seal),
                    std::cmp::Ordering::Equal => SealError::Changed(seal),
                    std::cmp::Ordering::Greater => SealError::EntryAdded(seal),
                });
            }
            found.entries += here;
            found.last = Some(Timestamp(seal.sealed_at));
            previous = Some(seal);
        }
    }
    let sealed = previous.map_or(i64::MIN, |seal| seal.last_entry);
    found.to_come = audit_seal::count_after(db, sealed).await?;
    Ok(found)
}

/// The audit in order, a page at a time.
struct Entries<'a> {
    db: &'a Db,
    page: VecDeque<StoredEntry>,
    read_up_to: i64,
}

impl<'a> Entries<'a> {
    fn of(db: &'a Db) -> Self {
        Self {
            db,
            page: VecDeque::new(),
            read_up_to: i64::MIN,
        }
    }

    async fn next_up_to(&mut self, last: i64) -> store::Result<Option<StoredEntry>> {
        if self.page.is_empty() && self.read_up_to < last {
            let page = audit_seal::entries(self.db, self.read_up_to, i64::MAX, MOST).await?;
            self.read_up_to = page.last().map_or(last, |entry| entry.id);
            self.page = page.into();
        }
        Ok(self.page.pop_front_if(|entry| entry.id <= last))
    }
}

fn begin(secrets: &Secrets, previous: Option<&Seal>) -> Parts {
    let mut parts = secrets.audit_seal();
    parts.add(previous.map_or(&[], |seal| &seal.hash));
    parts
}

/// Every entry is as many parts, so nothing of one can pass for something of the next.
fn add(parts: &mut Parts, entry: &StoredEntry) {
    parts.add(&entry.id.to_be_bytes());
    parts.add(&entry.at.to_be_bytes());
    parts.add(entry.event.as_bytes());
    for id in [entry.person_id, entry.member_id] {
        parts.add(id.as_ref().map_or(&[], |id| id.as_bytes()));
    }
    for text in [&entry.network_address, &entry.detail, &entry.actor] {
        parts.add(text.as_bytes());
    }
}

fn end(mut parts: Parts, seal: &Seal) -> [u8; 32] {
    for number in [
        seal.id,
        seal.first_entry,
        seal.last_entry,
        seal.entries,
        seal.sealed_at,
    ] {
        parts.add(&number.to_be_bytes());
    }
    parts.finish()
}

/// A seal as the server's own file names it: number and hash on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Note {
    seal: i64,
    hash: String,
}

impl Note {
    fn of(seal: &Seal) -> Self {
        let hash = seal.hash.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            seal: seal.id,
            hash,
        }
    }

    fn read(file: &Path) -> Result<Option<Self>, SealError> {
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
    fn write(&self, file: &Path) -> io::Result<()> {
        let draft = file.with_extension("new");
        fs::write(&draft, format!("{} {}\n", self.seal, self.hash))?;
        fs::rename(draft, file)
    }

    async fn is_in(&self, db: &Db) -> Result<(), SealError> {
        let seal = audit_seal::find(db, self.seal).await?;
        match seal.map(|seal| Self::of(&seal)) {
            Some(there) if there == *self => Ok(()),
            _ => Err(SealError::CutOff(self.seal)),
        }
    }
}

/// `12,345`
fn grouped(number: i64) -> String {
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
