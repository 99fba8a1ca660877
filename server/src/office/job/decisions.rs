//! What somebody of the office says to a file that has come in: answers, that it is to be
//! brought in, that another is to look first, or that it is not wanted any more.

use domain::{office::job::JobState, values::timestamp::Timestamp};
use store::{
    Db, Tx,
    audit::{Entry, Event},
    import_batch,
    job::{self, Job, JobAnswer},
    staff_change,
};
use uuid::Uuid;

use super::FileActing;
use crate::office::list::withdraw::{WithdrawError, can_be_withdrawn, withdraw_in};

/// What became of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decided {
    /// It is done, or a server does it.
    Done,
    /// Another person is asked.
    Waits,
    /// The job is not where that could be said.
    NotNow,
    /// Somebody else has to say it.
    Own,
    /// One of the two has made or changed the other's account within a week.
    TooClose,
}

/// A job of the kind that somebody handles, held until the transaction's end.
async fn held(tx: &mut Tx, acting: &FileActing, id: Uuid) -> store::Result<Option<Job>> {
    let job = job::find_held(tx, id).await?;
    Ok(job.filter(|job| job.kind == acting.kind()))
}

async fn note(tx: &mut Tx, acting: &FileActing, event: Event, id: Uuid) -> store::Result<()> {
    let detail = format!("{} {id}", acting.kind().as_str());
    let entry = Entry {
        detail: &detail,
        ..acting.entry(event)
    };
    entry.record(tx).await
}

/// Somebody wants what was previewed; with `four_eyes` another has to want it, too. `seen` is
/// the plan that was shown: another one is not what was meant. `not_before`: it is to wait so
/// long, if nobody else is asked.
///
/// # Errors
/// Whatever the database answers.
pub async fn run(
    db: &Db,
    acting: &FileActing,
    id: Uuid,
    seen: Option<&[u8]>,
    four_eyes: bool,
    not_before: Option<Timestamp>,
) -> store::Result<Decided> {
    let mut tx = db.write().await?;
    let Some(job) = held(&mut tx, acting, id).await? else {
        return Ok(Decided::NotNow);
    };
    if seen.is_some_and(|seen| job.digest.as_deref() != Some(seen)) {
        return Ok(Decided::NotNow);
    }
    let (state, decided) = match four_eyes {
        true => (JobState::Waiting, Decided::Waits),
        false => (JobState::Running, Decided::Done),
    };
    if job.state != JobState::Previewed
        || !job::to_state(&mut tx, job.claim(), state, acting.now).await?
    {
        return Ok(Decided::NotNow);
    }
    job::set_run_by(&mut tx, job.claim(), acting.id(), acting.now).await?;
    if !four_eyes {
        job::set_not_before(&mut tx, job.claim(), not_before).await?;
    }
    note(&mut tx, acting, Event::FileRun, id).await?;
    tx.commit().await?;
    Ok(decided)
}

/// Another person wants it, too; it waits until `not_before`.
///
/// # Errors
/// Whatever the database answers.
pub async fn confirm(
    db: &Db,
    acting: &FileActing,
    id: Uuid,
    not_before: Option<Timestamp>,
) -> store::Result<Decided> {
    let mut tx = db.write().await?;
    let Some(job) = held(&mut tx, acting, id).await? else {
        return Ok(Decided::NotNow);
    };
    if job.state != JobState::Waiting {
        return Ok(Decided::NotNow);
    }
    let others = [Some(job.started_by), job.run.map(|(who, _)| who)];
    for other in others.into_iter().flatten() {
        if let Some(why) = may_not_confirm(&mut tx, acting, other).await? {
            return Ok(why);
        }
    }
    if !job::to_state(&mut tx, job.claim(), JobState::Running, acting.now).await? {
        return Ok(Decided::NotNow);
    }
    job::set_confirmed_by(&mut tx, job.claim(), acting.id(), acting.now).await?;
    job::set_not_before(&mut tx, job.claim(), not_before).await?;
    note(&mut tx, acting, Event::FileConfirmed, id).await?;
    tx.commit().await?;
    Ok(Decided::Done)
}

/// What became of the wish to withdraw what a file has brought.
#[derive(Debug)]
pub enum Withdrawal {
    /// It is withdrawn, or somebody else is asked, or has to be.
    Decided(Decided),
    /// It cannot be.
    Refused(WithdrawError),
}

/// Somebody wants withdrawn what a file has brought; with `four_eyes` two have to want it.
///
/// # Errors
/// Whatever the database answers.
pub async fn withdraw(
    db: &Db,
    acting: &FileActing,
    id: Uuid,
    four_eyes: bool,
) -> store::Result<Withdrawal> {
    let mut tx = db.write().await?;
    let job = held(&mut tx, acting, id).await?;
    let Some((job, batch)) = job.and_then(|job| job.batch.map(|batch| (job, batch))) else {
        return Ok(Withdrawal::Decided(Decided::NotNow));
    };
    match job.withdrawal {
        _ if !four_eyes => {}
        None => {
            // What could not be withdrawn is not asked for.
            let found = import_batch::find_in(&mut tx, batch).await?;
            let found = found.ok_or(WithdrawError::Unknown);
            if let Err(why) = found.and_then(|one| can_be_withdrawn(&one, acting.now)) {
                return Ok(Withdrawal::Refused(why));
            }
            job::ask_withdrawal(&mut tx, id, acting.id(), acting.now).await?;
            note(&mut tx, acting, Event::WithdrawalAsked, id).await?;
            tx.commit().await?;
            return Ok(Withdrawal::Decided(Decided::Waits));
        }
        Some((by, _)) => {
            if let Some(why) = may_not_confirm(&mut tx, acting, by).await? {
                return Ok(Withdrawal::Decided(why));
            }
        }
    }
    match withdraw_in(&mut tx, batch, acting.actor(), acting.now).await {
        Ok(_) => {}
        Err(WithdrawError::Store(error)) => return Err(error),
        Err(why) => return Ok(Withdrawal::Refused(why)),
    }
    tx.commit().await?;
    Ok(Withdrawal::Decided(Decided::Done))
}

/// Why somebody does not confirm what another wants.
async fn may_not_confirm(
    tx: &mut Tx,
    acting: &FileActing,
    other: Uuid,
) -> store::Result<Option<Decided>> {
    if other == acting.id() {
        return Ok(Some(Decided::Own));
    }
    let are_close = staff_change::are_too_close(tx, acting.id(), other, acting.now).await?;
    Ok(are_close.then_some(Decided::TooClose))
}

/// Somebody wants it no more: whoever works on it stops, and nothing is left of the file.
///
/// # Errors
/// Whatever the database answers.
pub async fn cancel(db: &Db, acting: &FileActing, id: Uuid) -> store::Result<Decided> {
    let mut tx = db.write().await?;
    if held(&mut tx, acting, id).await?.is_none() || !job::cancel(&mut tx, id, acting.now).await? {
        return Ok(Decided::NotNow);
    }
    note(&mut tx, acting, Event::FileCancelled, id).await?;
    tx.commit().await?;
    Ok(Decided::Done)
}

/// Somebody answers what the file asks: it is checked once more.
///
/// # Errors
/// Whatever the database answers.
pub async fn answer(
    db: &Db,
    acting: &FileActing,
    id: Uuid,
    answers: &[JobAnswer],
) -> store::Result<Decided> {
    let mut tx = db.write().await?;
    let Some(job) = held(&mut tx, acting, id).await? else {
        return Ok(Decided::NotNow);
    };
    if job.state != JobState::Questions {
        return Ok(Decided::NotNow);
    }
    job::answer(&mut tx, id, answers).await?;
    if !job::to_state(&mut tx, job.claim(), JobState::Checking, acting.now).await? {
        return Ok(Decided::NotNow);
    }
    note(&mut tx, acting, Event::FileAnswered, id).await?;
    tx.commit().await?;
    Ok(Decided::Done)
}

/// Notes that what is wrong with a file was taken as a sheet.
///
/// # Errors
/// Whatever the database answers.
pub async fn note_problems_taken(db: &Db, acting: &FileActing, id: Uuid) -> store::Result<()> {
    let mut tx = db.write().await?;
    note(&mut tx, acting, Event::ProblemsTaken, id).await?;
    tx.commit().await
}
