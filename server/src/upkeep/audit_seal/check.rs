//! Compares the whole audit with its seals, a page of both at a time.
//!
//! Seals of an earlier secret file cannot be compared any more. They are passed over
//! where a later entry, under a seal of the present file, says that the file was
//! replaced after them: that entry has a code over all that was there by then, so from
//! then on that part cannot be changed either.

use std::{cmp::Ordering, collections::VecDeque, fmt, path::Path};

use domain::values::{number::grouped, timestamp::Timestamp};
use store::{
    self, Db,
    audit::Event,
    audit_seal::{self, Seal, StoredEntry},
};

use super::{MOST, SealError, add, begin, end, note::Note};

use crate::base::{
    hex,
    secrets::{MacInput, Secrets},
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
    /// When the first of them happened.
    pub waiting_since: Option<Timestamp>,
    /// Seals of earlier secret files, which are taken as they are.
    pub earlier: i64,
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
        )?;
        match self.earlier {
            0 => Ok(()),
            n => write!(f, "; {} seals are of an earlier secret file", grouped(n)),
        }
    }
}

/// Reads the whole audit and compares it with its seals.
///
/// # Errors
/// The first place where the two don't agree.
pub async fn verify(db: &Db, secrets: &Secrets, note: &Path) -> Result<Sealed, SealError> {
    let read = read(db, secrets, note).await?;
    match read.unaccounted {
        Some(seal) => Err(SealError::OtherKey(seal)),
        None => Ok(read.found),
    }
}

/// What reading the whole audit comes to.
pub(super) struct Read {
    found: Sealed,
    /// The first seal of another secret file of which no later entry speaks.
    unaccounted: Option<Seal>,
    /// What an entry has to say to speak of it and of those that follow it.
    account: Option<String>,
}

impl Read {
    /// The detail of the entry by which the seals can go on after another secret
    /// file; `None` where nothing is in their way.
    pub(super) fn into_missing_account(self) -> Option<String> {
        self.unaccounted.and(self.account)
    }
}

pub(super) async fn read(db: &Db, secrets: &Secrets, note: &Path) -> Result<Read, SealError> {
    if let Some(noted) = Note::read(note)? {
        noted.is_in(db).await?;
    }
    let key_mark = secrets.audit_key_mark();
    let mut entries = Entries::of(db);
    let mut found = Sealed::default();
    let mut previous: Option<Seal> = None;
    let (mut unaccounted, mut account) = (None, None);
    let mut all = secrets.earlier_audit();
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
            let is_ours = seal.key_mark == key_mark;
            let mut parts = begin(secrets, previous.as_ref());
            let (mut here, mut speaks) = (0, false);
            while let Some(entry) = entries.next_up_to(seal.last_entry).await? {
                add(&mut parts, &entry);
                add(&mut all, &entry);
                here += 1;
                let begins = entry.event == Event::AuditChainBegun.as_str();
                speaks |= begins && account.as_ref() == Some(&entry.detail);
            }
            all.add(&seal.hash);
            match here.cmp(&seal.entries) {
                Ordering::Less => return Err(SealError::EntryMissing(seal)),
                Ordering::Equal => {}
                Ordering::Greater => return Err(SealError::EntryAdded(seal)),
            }
            if !is_ours {
                found.earlier += 1;
                account = Some(told(&seal, all.clone()));
                unaccounted = unaccounted.or_else(|| Some(seal.clone()));
            } else if end(parts, &seal) != *seal.hash {
                return Err(SealError::Changed(seal));
            } else if speaks {
                unaccounted = None;
            }
            found.entries += here;
            found.last = Some(Timestamp(seal.sealed_at));
            previous = Some(seal);
        }
    }
    let sealed = previous.map_or(i64::MIN, |seal| seal.last_entry);
    found.to_come = audit_seal::count_after(db, sealed, i64::MAX).await?;
    let since = audit_seal::waiting_since(db, sealed).await?;
    found.waiting_since = since.map(Timestamp);
    Ok(Read {
        found,
        unaccounted,
        account,
    })
}

/// Speaks of a seal and of all that was there when it was made.
fn told(last: &Seal, all: MacInput) -> String {
    format!("after seal {}: {}", last.id, hex::encoded(&all.finish()))
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
