//! Postcards made in the browser: chosen, made by a job, handed out once, and received; or
//! withdrawn. The credentials lie sealed in the job's chunks until then.

use std::{sync::Arc, time::Duration as Span};

use domain::{office::role::Role, values::timestamp::Timestamp};
use store::{
    Db, Tx,
    audit::{Entry, Event},
    job, people,
    person::{self, Place},
    postcard_run::{self, Choice, NewRun, Run},
    staff, staff_change,
};
use tokio::sync::{Notify, watch};
use uuid::Uuid;

use super::{
    By, Credentials, Issuing, Kind, PostcardError, Terms,
    choice::{self, ChoiceError, Wish},
    eligible_at,
    run_error::{MOST_SHEETS, RunError},
    sealed::{self, NewWork, Work},
};
use crate::{
    base::{clock::Clock, hash::Hasher, periodic::run_every, secrets::Secrets},
    office::access::{Acting, DeskOrImporter, Importer, StaffVisit},
};

/// A run that nobody has come for within this time is withdrawn.
const WAITS: Span = Span::from_secs(72 * 3600);

/// How often it is looked for a run that another server has asked for, or has left.
const LOOK: Span = Span::from_secs(2);

/// How often it is looked for those.
const OFTEN: Span = Span::from_secs(600);

/// Of one that was withdrawn the first page tells for so long after it was asked for.
pub const TOLD: Span = Span::from_secs(14 * 24 * 3600);

/// How a run is handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For the print shop.
    Csv,
    /// For the office's own printer.
    Sheet,
}

impl Format {
    /// The format of a form's word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Csv, Self::Sheet]
            .into_iter()
            .find(|format| format.as_str() == word)
    }

    /// The word in the database, and in the form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Sheet => "sheet",
        }
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// A second person has to confirm it.
    Waiting,
    /// It is being made.
    Running,
    /// It can be taken, once.
    Made,
    /// It was taken; whether it arrived is to be said.
    HandedOut,
    /// It arrived.
    Received,
    /// It is void.
    Withdrawn,
}

impl State {
    /// How far this one is.
    pub fn of(run: &Run) -> Self {
        match run {
            _ if run.withdrawn().is_some() => Self::Withdrawn,
            _ if run.received().is_some() => Self::Received,
            _ if run.handed_out().is_some() => Self::HandedOut,
            _ if run.made_at().is_some() => Self::Made,
            _ if run.begun_at().is_some() => Self::Running,
            _ => Self::Waiting,
        }
    }
}

/// Makes runs, hands them out, and withdraws them.
#[derive(Clone)]
pub struct PostcardService {
    /// The database.
    pub db: Db,
    /// The threads that hash, the members' own.
    pub hasher: Hasher,
    /// The server's key, under which chunks are sealed.
    pub secrets: Arc<Secrets>,
    /// Who may register, and for how long a postcard is good.
    pub terms: Terms,
    /// Whether a second person confirms a run of more than one.
    pub four_eyes: bool,
    /// Wakes whoever makes them.
    pub wake: Arc<Notify>,
}

impl PostcardService {
    /// For whom it is, and how many people that are.
    ///
    /// # Errors
    /// Nobody, and whatever the database answers.
    pub async fn count(
        &self,
        importer: &Acting<Importer>,
        wish: &Wish,
    ) -> Result<(Choice, i64), RunError> {
        let read = choice::read(&self.db, self.terms, wish, importer.now).await?;
        let (choice, people) = read.map_err(RunError::Choice)?;
        self.refuse_own(importer, &choice).await?;
        Ok((choice, people))
    }

    /// How many people wait for a new postcard that the office has asked for.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn waiting(&self, importer: &Acting<Importer>) -> Result<i64, RunError> {
        let who = eligible_at(importer.now, self.terms);
        Ok(person::count_wanting_another(&self.db, who).await?)
    }

    /// Whether a second person has to confirm a run for so many people.
    pub const fn needs_another(&self, people: i64) -> bool {
        self.four_eyes && people > 1
    }

    /// Asks for a run. It begins at once, unless a second person has to confirm it.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn ask(
        &self,
        importer: &Acting<Importer>,
        choice: &Choice,
        people: i64,
    ) -> Result<Uuid, RunError> {
        self.begin(importer, choice, people).await
    }

    /// A new postcard for one person, in place of what they have.
    ///
    /// # Errors
    /// Somebody to whom none can be given, and whatever the database answers.
    pub async fn ask_one(
        &self,
        acting: &Acting<DeskOrImporter>,
        person: Uuid,
    ) -> Result<Uuid, RunError> {
        let choice = Choice::Reissue(person);
        let read = choice::one(&self.db, self.terms, choice, person, acting.now).await?;
        let (choice, people) = read.map_err(RunError::Choice)?;
        self.refuse_own(acting, &choice).await?;
        self.begin(acting, &choice, people).await
    }

    async fn begin(
        &self,
        visit: &StaffVisit,
        choice: &Choice,
        people: i64,
    ) -> Result<Uuid, RunError> {
        let new = NewRun {
            id: Uuid::now_v7(),
            choice,
            people,
            asked_by: visit.id(),
            asked_at: visit.now,
        };
        let job = NewWork::draw(&self.secrets)?;
        let waits = self.needs_another(people);
        let mut tx = self.db.write().await?;
        postcard_run::insert(&mut tx, new).await?;
        let words = if waits { "proposed" } else { "" };
        let detail = about(new.id, choice, people, words);
        note(&mut tx, visit, Event::PostcardsAsked, &detail).await?;
        if !waits {
            let job = job.insert(&mut tx, visit.id(), visit.now).await?;
            postcard_run::begin(&mut tx, new.id, job, None, visit.now).await?;
        }
        tx.commit().await?;
        self.wake.notify_one();
        Ok(new.id)
    }

    /// A single postcard of somebody of the clerk's own household is another's to make.
    async fn refuse_own(&self, visit: &StaffVisit, choice: &Choice) -> Result<(), RunError> {
        let own = staff::person_of(&self.db, visit.id()).await?;
        let (Some(own), Some(person)) = (own, choice.person()) else {
            return Ok(());
        };
        let own = people::household(&self.db, own).await?;
        match own == people::household(&self.db, person).await? {
            true => Err(RunError::Choice(ChoiceError::Own)),
            false => Ok(()),
        }
    }

    /// A run, for whoever may open it: those who make postcards all of them, and a clerk the
    /// single one that they have asked for.
    ///
    /// # Errors
    /// Whatever the database answers.
    pub async fn find(&self, acting: &Acting<DeskOrImporter>, run: Uuid) -> Result<Run, RunError> {
        let found = postcard_run::find(&self.db, run, acting.now).await?;
        let run = found.ok_or(RunError::Unknown)?;
        let is_own_single = run.asked_by == acting.id()
            && run.choice().is_some_and(|choice| choice.person().is_some());
        match acting.session.staff.roles.has(Role::Importer) || is_own_single {
            true => Ok(run),
            false => Err(RunError::Unknown),
        }
    }

    /// A second person confirms a run that waits.
    ///
    /// # Errors
    /// One's own, one that was decided, and whoever is too close to who asked for it.
    pub async fn confirm(&self, importer: &Acting<Importer>, run: &Run) -> Result<(), RunError> {
        if run.asked_by == importer.id() {
            return Err(RunError::Own);
        }
        let choice = run.choice().ok_or(RunError::Unknown)?;
        let (own, now) = (importer.id(), importer.now);
        let job = NewWork::draw(&self.secrets)?;
        let mut tx = self.db.write().await?;
        if staff_change::are_too_close(&mut tx, own, run.asked_by, now).await? {
            return Err(RunError::TooClose);
        }
        let job = job.insert(&mut tx, run.asked_by, now).await?;
        if !postcard_run::begin(&mut tx, run.id, job, Some(own), now).await? {
            return Err(RunError::Over);
        }
        let detail = about(run.id, &choice, run.people, "");
        note(&mut tx, importer, Event::PostcardsConfirmed, &detail).await?;
        tx.commit().await?;
        self.wake.notify_one();
        Ok(())
    }

    /// Hands the credentials out, once, sorted by employer: those whose postcards are still
    /// open. It counts before the first byte is sent.
    ///
    /// # Errors
    /// A run that is not made, or was handed out; more than a sheet is for; and whatever the
    /// database answers.
    pub async fn hand_out(
        &self,
        acting: &Acting<DeskOrImporter>,
        run: &Run,
        format: Format,
    ) -> Result<Vec<Credentials>, RunError> {
        if State::of(run) != State::Made {
            return Err(RunError::Over);
        }
        let (choice, job) = run.choice().zip(run.job_id).ok_or(RunError::Unknown)?;
        let mut all = sealed::read(&self.db, &self.secrets, job).await?;
        let open = postcard_run::open_ids(&self.db, run.id).await?;
        all.retain(|one| open.contains(one.login_id()));
        if format == Format::Sheet && all.len() > MOST_SHEETS {
            return Err(RunError::TooManySheets(all.len()));
        }
        all.sort_by(|one, other| one.place().cmp(&other.place()));
        let (own, now) = (acting.id(), acting.now);
        let mut tx = self.db.write().await?;
        if !postcard_run::hand_out(&mut tx, run.id, own, format.as_str(), now).await? {
            return Err(RunError::Over);
        }
        let count = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let detail = about(run.id, &choice, count, format.as_str());
        note(&mut tx, acting, Event::PostcardsHandedOut, &detail).await?;
        tx.commit().await?;
        Ok(all)
    }

    /// What was handed out is there: nothing of it is kept any longer.
    ///
    /// # Errors
    /// A run that was not handed out, or is over; and whatever the database answers.
    pub async fn receive(
        &self,
        acting: &Acting<DeskOrImporter>,
        run: &Run,
    ) -> Result<(), RunError> {
        let (choice, job) = run.choice().zip(run.job_id).ok_or(RunError::Unknown)?;
        let mut tx = self.db.write().await?;
        if !postcard_run::receive(&mut tx, run.id, acting.id(), acting.now).await? {
            return Err(RunError::Over);
        }
        sealed::forget(&mut tx, job).await?;
        let detail = about(run.id, &choice, run.issued, "");
        note(&mut tx, acting, Event::PostcardsReceived, &detail).await?;
        Ok(tx.commit().await?)
    }

    /// Withdraws a run that nobody has received, however far it is.
    ///
    /// # Errors
    /// A run that is over, and whatever the database answers.
    pub async fn withdraw(
        &self,
        acting: &Acting<DeskOrImporter>,
        run: &Run,
    ) -> Result<(), RunError> {
        let mut tx = self.db.write().await?;
        let ended = end(&mut tx, run, Some(acting.id()), acting.now).await?;
        let detail = about_ended(run, ended);
        note(&mut tx, acting, Event::PostcardsWithdrawn, &detail).await?;
        Ok(tx.commit().await?)
    }

    /// Withdraws what nobody has come for.
    ///
    /// # Errors
    /// Whatever the database answers; what was withdrawn until then stays so.
    pub async fn withdraw_overdue(&self, now: Timestamp) -> Result<(), RunError> {
        for id in postcard_run::overdue(&self.db, now.minus(WAITS)).await? {
            let Some(run) = postcard_run::find(&self.db, id, now).await? else {
                continue;
            };
            let mut tx = self.db.write().await?;
            match end(&mut tx, &run, None, now).await {
                // Somebody has come for it at this moment, or another server was quicker.
                Err(RunError::Over) => continue,
                Err(error) => return Err(error),
                Ok(ended) => {
                    let detail = about_ended(&run, ended);
                    let entry = Event::PostcardsWithdrawn.at_the_command_line(&detail, now);
                    entry.record(&mut tx).await?;
                    tx.commit().await?;
                }
            }
        }
        Ok(())
    }

    /// Withdraws every ten minutes what nobody has come for, until `stop` holds `true`.
    pub async fn run_overdue(self, clock: Clock, stop: watch::Receiver<bool>) {
        run_every(OFTEN, stop, || async {
            if let Err(error) = self.withdraw_overdue(clock.now()).await {
                tracing::error!(%error, "postcards that nobody has come for were not withdrawn");
            }
        })
        .await;
    }

    /// Makes what was asked for, one run after another, until `stop` holds `true`.
    pub async fn run_worker(self, clock: Clock, stop: watch::Receiver<bool>) {
        let mut stopped = stop.clone();
        while !*stop.borrow() {
            match self.make_next(&clock).await {
                Ok(true) => continue,
                Ok(false) => {}
                // Its lease runs out, and it is taken up anew.
                Err(error) => tracing::error!(%error, "postcards were not made"),
            }
            tokio::select! {
                () = self.wake.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = stopped.wait_for(|stop| *stop) => return,
            }
        }
    }

    /// Makes the run that has waited for longest; `false` where none waits.
    ///
    /// # Errors
    /// Whatever the hash threads, the system's randomness or the database answer; what was
    /// made until then stays, and the next one goes on.
    pub async fn make_next(&self, clock: &Clock) -> Result<bool, PostcardError> {
        let claimed = job::claim_next(&self.db, job::Work::Postcards, clock.now()).await?;
        let Some(claimed) = claimed else {
            return Ok(false);
        };
        match Work::of(&self.db, &self.secrets, &claimed).await? {
            Some(work) => self.make(work, clock).await?,
            None => tracing::error!(job = %claimed.id, "the key of a run of postcards is gone"),
        }
        Ok(true)
    }

    /// Makes a run, from where it stands. Each batch's rows and its chunk are one transaction,
    /// in which the work is still this one's; so it can be stopped anywhere, and two servers
    /// make nothing twice.
    ///
    /// # Errors
    /// Whatever the hash threads, the system's randomness or the database answer.
    async fn make(&self, mut work: Work, clock: &Clock) -> Result<(), PostcardError> {
        let now = clock.now();
        let Some(run) = postcard_run::of_job(&self.db, work.job(), now).await? else {
            return Ok(());
        };
        let (Some(choice), Some(begun_at)) = (run.choice(), run.begun_at()) else {
            return Ok(());
        };
        let actor = run.asked_by.to_string();
        let by = By::Run(run.id, &actor);
        // As of the moment at which it began: all of a run are good for the same days.
        let issuing = Issuing::new(&self.db, &self.hasher, self.terms, begun_at, by);
        let kind = choice::kind(&choice);
        let mut after = Place::default();
        let all = run.people.unsigned_abs();
        let mut made = run.issued.unsigned_abs();
        loop {
            let people =
                choice::next(&self.db, self.terms, (run.id, &choice), &after, begun_at).await?;
            let place = match people.last() {
                // From the start once more: whoever was missed has to be drawn again.
                None if after != Place::default() => {
                    after = Place::default();
                    continue;
                }
                None => break,
                Some(person) => person.place(),
            };
            let drawn = issuing.draw_all(&people).await?;
            let mut tx = self.db.write().await?;
            if !work.hold(&mut tx, now).await? {
                return Ok(());
            }
            let inserted = issuing.insert_all(&mut tx, &people, &drawn, kind).await?;
            if kind == Kind::Again && inserted.contains(&false) {
                // Dropped uncommitted: what these people have stays good.
                continue;
            }
            let kept = drawn.iter().zip(&inserted).filter(|(_, is_new)| **is_new);
            let bytes = Credentials::to_bytes(kept.map(|((credentials, _), _)| credentials))?;
            if inserted.contains(&true) {
                // Sealed in here, since only now is it known whose rows there are.
                work.append(&mut tx, &bytes).await?;
                tx.commit().await?;
                work.went_well();
            }
            made += inserted.iter().filter(|is_new| **is_new).count() as u64;
            work.tell(&self.db, (made, all), clock.now()).await?;
            after = place;
        }
        let now = clock.now();
        let mut tx = self.db.write().await?;
        if !work.hold(&mut tx, now).await? {
            return Ok(());
        }
        work.finish(&mut tx, now).await?;
        postcard_run::finish(&mut tx, run.id, now).await?;
        let detail = about(run.id, &choice, run.people, "");
        let entry = Entry {
            actor: &actor,
            ..Event::PostcardsMade.at_the_command_line(&detail, now)
        };
        entry.record(&mut tx).await?;
        Ok(tx.commit().await?)
    }
}

/// Stops the work, ends the postcards, and forgets the credentials.
async fn end(tx: &mut Tx, run: &Run, by: Option<Uuid>, now: Timestamp) -> Result<u64, RunError> {
    // First of all: whoever is at a batch is waited for, and writes no other one.
    if let Some(job) = run.job_id {
        sealed::stop(tx, job, now).await?;
    }
    let ended = postcard_run::withdraw(tx, run.id, by, now).await?;
    let ended = ended.ok_or(RunError::Over)?;
    if let Some(job) = run.job_id {
        sealed::forget(tx, job).await?;
    }
    Ok(ended)
}

/// The audit's words about a run.
fn about(run: Uuid, choice: &Choice, count: i64, how: &str) -> String {
    let words = format!("{run} {} {count} {how}", choice.as_str());
    words.trim_end().to_owned()
}

fn about_ended(run: &Run, ended: u64) -> String {
    format!("{} {ended}", run.id)
}

async fn note(tx: &mut Tx, visit: &StaffVisit, event: Event, detail: &str) -> store::Result<()> {
    let entry = Entry {
        detail,
        ..visit.entry(event)
    };
    entry.record(tx).await
}
