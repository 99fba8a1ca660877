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

mod check;
mod error;
mod note;

use std::{path::PathBuf, sync::Arc, time::Duration};

use store::{
    self, Db,
    audit::Event,
    audit_seal::{self, Seal, StoredEntry},
};
use tokio::sync::watch;

pub use self::{
    check::{Sealed, verify},
    error::SealError,
    note::note_file,
};

use self::note::Note;
use crate::base::{
    clock::Clock,
    periodic::run_every,
    secrets::{MacInput, Secrets},
};

/// How often entries are sealed.
const ROUND: Duration = Duration::from_secs(60);
/// Entries under one seal, at most; also how many are held in memory at a time.
const MOST: i64 = 1000;

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

impl Sealer {
    /// Seals every minute until `stop` holds `true`.
    pub async fn run(&self, stop: watch::Receiver<bool>) {
        run_every(ROUND, stop, || self.seal_pending()).await;
    }

    /// Seals what there is, and logs why it could not.
    pub async fn seal_pending(&self) {
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

    /// Goes on after the secret file was replaced: notes that it was, with a code over
    /// everything that was there by then, and seals that. `false` where no seal of
    /// another file is in the way.
    ///
    /// # Errors
    /// The audit does not agree with its seals; whatever database and file system answer.
    pub async fn restart_chain(&self) -> Result<bool, SealError> {
        let read = check::read(&self.db, &self.secrets, &self.note).await?;
        let Some(account) = read.into_missing_account() else {
            return Ok(false);
        };
        let mut tx = self.db.write().await?;
        Event::AuditChainBegun
            .at_the_command_line(&account, self.clock.now())
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        self.seal().await?;
        Ok(true)
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

fn begin(secrets: &Secrets, previous: Option<&Seal>) -> MacInput {
    let mut parts = secrets.audit_seal();
    parts.add(previous.map_or(&[], |seal| &seal.hash));
    parts
}

/// Every entry is as many parts, so nothing of one can pass for something of the next.
fn add(parts: &mut MacInput, entry: &StoredEntry) {
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

fn end(mut parts: MacInput, seal: &Seal) -> [u8; 32] {
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
