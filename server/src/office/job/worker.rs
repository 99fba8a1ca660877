//! Works on what the office has a server do: takes up one job after the other, says how far
//! it is, and stops when it is somebody else's. Whatever becomes of the server in between, a
//! job goes on from its last state, or is as it was.

use std::{sync::Arc, time::Duration};

use domain::office::job::{JobKind, JobState};
use futures::future::BoxFuture;
use store::{
    Db, Tx,
    job::{self, Claim, Found, Job, JobProgress, Work},
};
use tokio::sync::{Notify, watch};

use super::{
    chunks::{ChunkError, ChunkFile, JobKey},
    shown::{Shown, counts},
};
use crate::{
    base::{clock::Clock, fault::InternalError, secrets::Secrets},
    office::list::{
        self, Answer, Answers, Bring, Came, Door, Kind, Plan, Source, Step, Until,
        by_kind::bring_in,
    },
};

/// How often to look without being woken: for what another server has received, and for what
/// one has left behind.
const ROUND: Duration = Duration::from_secs(5);

/// How often what is done is written, and looked whether it is wanted any more.
const BEAT: Duration = Duration::from_secs(1);

/// A lease is renewed after so many beats without anything new.
const RENEWED_AFTER: u32 = 15;

/// How often a server may end over the same step of a job, before that job is given up.
const TRIES: i64 = 3;

/// Works on files.
#[derive(Clone, Debug)]
pub struct FileWorker {
    /// Where they are.
    pub db: Db,
    /// What time it is.
    pub clock: Clock,
    /// The key of their keys.
    pub secrets: Arc<Secrets>,
    /// Told when there is something to do.
    pub wake: Arc<Notify>,
}

/// Why a job does not go on now.
enum Interrupted {
    /// It is not ours any more.
    NotOurs,
    /// Its bytes are gone.
    Lost,
    /// Something broke.
    Broke(InternalError),
}

impl<E: Into<InternalError>> From<E> for Interrupted {
    fn from(error: E) -> Self {
        Self::Broke(error.into())
    }
}

impl FileWorker {
    /// Works until `stop` holds `true`; what is at hand then goes on elsewhere, or later.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            if let Err(error) = job::expire(&self.db, self.clock.now()).await {
                let error = store::told(&error);
                tracing::warn!(error, "jobs that are over cannot be removed");
            }
            loop {
                match self.next(stop.clone()).await {
                    Ok(true) => {}
                    Ok(false) => break,
                    Err(error) => {
                        let error = store::told(&error);
                        tracing::warn!(error, "no job can be taken up");
                        break;
                    }
                }
            }
            tokio::select! {
                () = tokio::time::sleep(ROUND) => {}
                () = self.wake.notified() => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Takes up one job and works on it as far as it goes; `false` where there is none.
    ///
    /// # Errors
    /// Whatever the database answers when it is asked for one.
    pub async fn next(&self, mut stop: watch::Receiver<bool>) -> store::Result<bool> {
        if *stop.borrow() {
            return Ok(false);
        }
        let Some(job) = job::claim_next(&self.db, Work::Files, self.clock.now()).await? else {
            return Ok(false);
        };
        let claim = job.claim();
        let (told, heard) = watch::channel(None);
        let done = tokio::select! {
            done = self.step(&job, told) => Some(done),
            () = keep(&self.db, &self.clock, claim, heard) => Some(Err(Interrupted::NotOurs)),
            _ = stop.wait_for(|stop| *stop) => None,
        };
        let Some(done) = done else {
            job::let_go(&self.db, claim).await?;
            return Ok(false);
        };
        match done {
            Ok(()) | Err(Interrupted::NotOurs) => {}
            Err(Interrupted::Lost) => self.end(claim, JobState::Expired).await?,
            Err(Interrupted::Broke(error)) => {
                tracing::error!(%error, job = %job.id, "a job broke");
                if job.tries >= TRIES {
                    self.end(claim, JobState::Failed).await?;
                }
                // Otherwise its lease runs out, and it is tried once more.
            }
        }
        Ok(true)
    }

    async fn end(&self, claim: Claim, to: JobState) -> store::Result<()> {
        let mut tx = self.db.write().await?;
        if job::to_state(&mut tx, claim, to, self.clock.now()).await? {
            job::forget_bytes(&mut tx, claim.job).await?;
        }
        tx.commit().await
    }

    async fn step(&self, job: &Job, told: watch::Sender<Option<Step>>) -> Result<(), Interrupted> {
        if job.tries > TRIES {
            // It takes a server with it, each time.
            return Ok(self.end(job.claim(), JobState::Failed).await?);
        }
        match job.state {
            JobState::Received => {
                let mut tx = self.db.write().await?;
                let now = self.clock.now();
                if !job::to_state(&mut tx, job.claim(), JobState::Checking, now).await? {
                    return Err(Interrupted::NotOurs);
                }
                tx.commit().await?;
                self.check(job, &told).await
            }
            JobState::Checking => self.check(job, &told).await,
            JobState::Running => self.bring(job, &told).await,
            // Nobody takes those up.
            _ => Ok(()),
        }
    }

    /// Reads the file and says what it would change, or why it cannot.
    async fn check(
        &self,
        job: &Job,
        told: &watch::Sender<Option<Step>>,
    ) -> Result<(), Interrupted> {
        let key = JobKey::of(&self.secrets, job).ok_or(Interrupted::Lost)?;
        let came = self.came(job, Until::Preview, told).await?;
        let (state, shown, report, digest) = match came {
            Came::Refused(refusal) => {
                let report = format!("誤り {}件", refusal.count.max(1));
                (JobState::Refused, Shown::Refused(refusal), report, None)
            }
            Came::Asks(questions) => {
                let report = format!("質問 {}件", questions.count);
                (JobState::Questions, Shown::Asks(questions), report, None)
            }
            Came::Previewed(plan) => {
                let (report, digest) = (counts(&plan), plan.digest);
                (
                    JobState::Previewed,
                    Shown::Planned(plan),
                    report,
                    Some(digest),
                )
            }
            Came::Stopped => return Err(Interrupted::NotOurs),
            // Another list came in meanwhile: once more.
            Came::Done(_) | Came::Changed => {
                job::let_go(&self.db, job.claim()).await?;
                return Ok(());
            }
        };
        let sealed = shown.seal(&key)?;
        let found = Found {
            report: &report,
            sealed_preview: Some(&sealed),
            digest: digest.as_ref().map(<[u8; 32]>::as_slice),
        };
        let mut tx = self.db.write().await?;
        if !job::keep_found(&mut tx, job.claim(), found).await?
            || !job::to_state(&mut tx, job.claim(), state, self.clock.now()).await?
        {
            return Err(Interrupted::NotOurs);
        }
        Ok(tx.commit().await?)
    }

    /// Brings the file in, if it still changes what was shown; otherwise that is shown anew.
    async fn bring(
        &self,
        job: &Job,
        told: &watch::Sender<Option<Step>>,
    ) -> Result<(), Interrupted> {
        let seen = job
            .digest
            .as_deref()
            .and_then(|digest| digest.try_into().ok());
        let Some(seen) = seen else {
            return self.check(job, told).await;
        };
        match self
            .came(job, Until::Run { digest: Some(seen) }, told)
            .await?
        {
            Came::Done(_) => Ok(()),
            Came::Stopped => Err(Interrupted::NotOurs),
            _ => self.check(job, told).await,
        }
    }

    async fn came(
        &self,
        job: &Job,
        until: Until,
        told: &watch::Sender<Option<Step>>,
    ) -> Result<Came, Interrupted> {
        let Some(kind) = kind(job.kind) else {
            return Err(Interrupted::Lost);
        };
        let file = match ChunkFile::open(&self.db, &self.secrets, job).await {
            Ok(file) => file,
            Err(ChunkError::Missing) => return Err(Interrupted::Lost),
            Err(ChunkError::Database(error)) => return Err(error.into()),
        };
        let source = Source::of(&job.file_name, file.len(), file);
        let mut answers = Answers::default();
        for one in job::answers(&self.db, job.id).await? {
            if let Some(answer) = Answer::parse(&one.answer) {
                answers.add(one.line.cast_unsigned(), answer);
            }
        }
        let (runner, _) = job.run.unwrap_or((job.started_by, job.started_at));
        let actor = runner.to_string();
        let held = Held {
            claim: job.claim(),
            clock: &self.clock,
        };
        let bring = Bring {
            kind,
            door: Door::Office {
                actor: &actor,
                job: &held,
            },
            answers: &answers,
            until,
            now: self.clock.now(),
        };
        let tell = |step| {
            told.send_replace(Some(step));
        };
        Ok(bring_in(&self.db, source, bring, tell).await?)
    }
}

/// The list that a job brings.
fn kind(of: JobKind) -> Option<Kind> {
    match of {
        JobKind::Roster => Some(Kind::Roster),
        JobKind::Expenses => Some(Kind::Expenses),
        JobKind::Checkups => Some(Kind::Checkups),
        JobKind::Notices => Some(Kind::Notices),
        JobKind::Postcards => None,
    }
}

/// A job as whoever brings a list sees it.
struct Held<'a> {
    claim: Claim,
    clock: &'a Clock,
}

impl list::Job for Held<'_> {
    fn is_held<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, store::Result<bool>> {
        Box::pin(async move { job::held(tx, self.claim).await })
    }

    fn is_done<'a>(&'a self, tx: &'a mut Tx, plan: &'a Plan) -> BoxFuture<'a, store::Result<()>> {
        Box::pin(async move {
            let (claim, now) = (self.claim, self.clock.now());
            job::keep_report(tx, claim, &counts(plan)).await?;
            if let Some(batch) = plan.batch {
                job::keep_batch(tx, claim, batch).await?;
            }
            if !job::to_state(tx, claim, JobState::Done, now).await? {
                return Err(store::Error::RowNotFound);
            }
            job::forget_bytes(tx, claim.job).await
        })
    }
}

/// Keeps a job while somebody works on it, and writes how far it is; comes to an end when it
/// is not theirs any more. What would have to wait is left for the next beat: while the list
/// is written, its transaction holds the row, and nobody else gets it.
pub async fn keep(db: &Db, clock: &Clock, claim: Claim, mut heard: watch::Receiver<Option<Step>>) {
    let mut since = 0;
    loop {
        tokio::time::sleep(BEAT).await;
        since += 1;
        let step = match heard.has_changed() {
            Ok(true) => *heard.borrow_and_update(),
            _ => None,
        };
        let now = clock.now();
        let ours = match step {
            Some(step) => job::progress(db, claim, progress(step), now).await,
            None if since >= RENEWED_AFTER => job::renew(db, claim, now).await,
            None => job::is_ours(db, claim).await,
        };
        match ours {
            Ok(true) if step.is_some() || since >= RENEWED_AFTER => since = 0,
            Ok(false) => return,
            // Whoever works on it meets the same trouble, and says so.
            Ok(true) | Err(_) => {}
        }
    }
}

/// How far a step is, in hundredths of a whole file.
fn progress(step: Step) -> JobProgress<'static> {
    let (step, rows, done) = match step {
        Step::Read { progress, rows } => {
            let read = progress.done.saturating_mul(70) / progress.total.max(1);
            ("read", rows, read.min(70))
        }
        Step::Check => ("check", 0, 75),
        Step::Plan => ("plan", 0, 80),
        Step::Apply => ("apply", 0, 90),
    };
    JobProgress {
        step,
        rows,
        done,
        all: 100,
    }
}
