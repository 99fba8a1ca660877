//! Compares the whole audit with its seals, a page of both at a time.

use std::{cmp::Ordering, collections::VecDeque, fmt, path::Path};

use app::timestamp::Timestamp;

use super::{MOST, SealError, add, begin, end, error::grouped, note::Note};
use crate::{
    secrets::Secrets,
    store::{
        self, Db,
        audit_seal::{self, Seal, StoredEntry},
    },
};

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
                    Ordering::Less => SealError::EntryMissing(seal),
                    Ordering::Equal => SealError::Changed(seal),
                    Ordering::Greater => SealError::EntryAdded(seal),
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
