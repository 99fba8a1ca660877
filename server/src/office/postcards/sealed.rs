//! The work that makes a run: a job, in whose chunks the credentials lie sealed until they
//! are handed out.

use domain::{
    office::job::{JobKind, JobState},
    values::timestamp::Timestamp,
};
use store::{
    Db, Tx,
    job::{self, Claim, Job, JobProgress, NewJob},
};
use uuid::Uuid;

use super::{Credentials, PostcardError, run_error::RunError};
use crate::{
    base::secrets::Secrets,
    office::job::chunks::{ChunkError, JobKey, Place, read_chunk},
};

/// Work to be.
pub(super) struct NewWork {
    job: Uuid,
    wrapped_key: Vec<u8>,
}

impl NewWork {
    /// Draws its key.
    ///
    /// # Errors
    /// The machine gives no random numbers.
    pub(super) fn draw(secrets: &Secrets) -> Result<Self, getrandom::Error> {
        let job = Uuid::now_v7();
        let (_, wrapped_key) = JobKey::draw(secrets, job, JobKind::Postcards)?;
        Ok(Self { job, wrapped_key })
    }

    /// Writes it: from the commit on a server takes it up.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub(super) async fn insert(
        &self,
        tx: &mut Tx,
        staff: Uuid,
        now: Timestamp,
    ) -> store::Result<Uuid> {
        let new = NewJob {
            id: self.job,
            kind: JobKind::Postcards,
            file_name: "",
            choice: "",
            wrapped_key: &self.wrapped_key,
            started_by: staff,
        };
        job::create(tx, new, now).await?;
        // Nothing has to come in first.
        job::arrived(tx, self.job, (0, 0), &[], now).await?;
        Ok(self.job)
    }
}

/// Work at hand.
pub(super) struct Work {
    claim: Claim,
    key: JobKey,
    is_running: bool,
    next: u64,
}

impl Work {
    /// What was claimed; `None` where its key is gone.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub(super) async fn of(db: &Db, secrets: &Secrets, job: &Job) -> store::Result<Option<Self>> {
        let Some(key) = JobKey::of(secrets, job) else {
            return Ok(None);
        };
        Ok(Some(Self {
            claim: job.claim(),
            key,
            is_running: job.state == JobState::Running,
            next: job::chunks(db, job.id).await?,
        }))
    }

    /// The job.
    pub(super) const fn job(&self) -> Uuid {
        self.claim.job
    }

    /// Begins a transaction's writing: `false` where the work is somebody else's by now, or
    /// was stopped.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub(super) async fn hold(&mut self, tx: &mut Tx, now: Timestamp) -> store::Result<bool> {
        if !job::held(tx, self.claim).await? {
            return Ok(false);
        }
        if !self.is_running {
            job::to_state(tx, self.claim, JobState::Running, now).await?;
        }
        Ok(true)
    }

    /// Adds credentials, in the transaction of their postcards; [`Self::went_well`] after its
    /// commit.
    ///
    /// # Errors
    /// The machine's randomness, and whatever the database answers.
    pub(super) async fn append(&self, tx: &mut Tx, clear: &[u8]) -> Result<(), PostcardError> {
        self.write(tx, clear, false).await
    }

    /// The transaction with a chunk was committed.
    pub(super) const fn went_well(&mut self) {
        self.is_running = true;
        self.next += 1;
    }

    /// Closes the chunks with the last one, and the job.
    ///
    /// # Errors
    /// The machine's randomness, and whatever the database answers.
    pub(super) async fn finish(&self, tx: &mut Tx, now: Timestamp) -> Result<(), PostcardError> {
        self.write(tx, &[], true).await?;
        job::to_state(tx, self.claim, JobState::Done, now).await?;
        Ok(())
    }

    async fn write(&self, tx: &mut Tx, clear: &[u8], is_last: bool) -> Result<(), PostcardError> {
        let number = self.next;
        let place = Place::Chunk { number, is_last };
        let sealed = self.key.seal(place, clear);
        let sealed = sealed.map_err(|_| PostcardError::Random)?;
        job::append_chunk(tx, self.claim.job, number, &sealed).await?;
        Ok(())
    }

    /// Tells how far it is, and keeps it for another while.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub(super) async fn tell(
        &self,
        db: &Db,
        (done, all): (u64, u64),
        now: Timestamp,
    ) -> store::Result<()> {
        let progress = JobProgress {
            step: "making",
            rows: done,
            done,
            all,
        };
        // Whether it is still ours, the next batch asks.
        job::progress(db, self.claim, progress, now).await?;
        Ok(())
    }
}

/// Everything that was made; the last chunk has to be there.
///
/// # Errors
/// What is gone, or not whole; and whatever the database answers.
pub(super) async fn read(
    db: &Db,
    secrets: &Secrets,
    job: Uuid,
) -> Result<Vec<Credentials>, RunError> {
    let found = job::find(db, job).await?.ok_or(RunError::Gone)?;
    let key = JobKey::of(secrets, &found).ok_or(RunError::Gone)?;
    let chunks = job::chunks(db, job).await?;
    if chunks == 0 {
        return Err(RunError::Gone);
    }
    let mut all = Vec::new();
    for number in 0..chunks {
        match read_chunk(db, &key, number, chunks).await {
            Ok(clear) => all.extend(Credentials::read(&clear)?),
            Err(ChunkError::Missing) => return Err(RunError::Gone),
            Err(ChunkError::Database(error)) => return Err(error.into()),
        }
    }
    Ok(all)
}

/// Whether a server works on it, or will by itself.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_at_work(db: &Db, job: Option<Uuid>) -> store::Result<bool> {
    let Some(job) = job else {
        return Ok(false);
    };
    let found = job::find(db, job).await?;
    Ok(found.is_some_and(|job| job.state.is_at_work()))
}

/// Stops the work: whoever is at a batch is waited for, and writes no other one.
///
/// # Errors
/// Whatever the database answers.
pub(super) async fn stop(tx: &mut Tx, job: Uuid, now: Timestamp) -> store::Result<()> {
    job::cancel(tx, job, now).await?;
    Ok(())
}

/// Takes the credentials away.
///
/// # Errors
/// Whatever the database answers.
pub(super) async fn forget(tx: &mut Tx, job: Uuid) -> store::Result<()> {
    job::forget_bytes(tx, job).await
}
