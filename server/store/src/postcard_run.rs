//! Runs of postcards that the office has made in the browser: what was chosen, and who has
//! asked for it, confirmed it, taken it, and received it; or that it was withdrawn.

use std::collections::HashSet;

use domain::values::timestamp::Timestamp;
use sqlx_macros::FromRow;
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// For whom postcards are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Everybody who may register and has neither an account nor an open postcard.
    Everybody,
    /// Those of them who are of one employer, by its code.
    Employer(String),
    /// One of them.
    Person(Uuid),
    /// One person, whatever they have: a new postcard ends it.
    Reissue(Uuid),
    /// Everybody for whom the office has asked for a new postcard.
    Waiting,
}

impl Choice {
    /// The word in the database, and in the form.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Everybody => "all",
            Self::Employer(_) => "employer",
            Self::Person(_) => "person",
            Self::Reissue(_) => "reissue",
            Self::Waiting => "waiting",
        }
    }

    fn employer(&self) -> &str {
        match self {
            Self::Employer(code) => code,
            _ => "",
        }
    }

    /// The person, where it is one.
    pub const fn person(&self) -> Option<Uuid> {
        match self {
            Self::Person(id) | Self::Reissue(id) => Some(*id),
            _ => None,
        }
    }

    /// Whether what people have ends with the new postcard.
    pub const fn replaces(&self) -> bool {
        matches!(self, Self::Reissue(_) | Self::Waiting)
    }
}

/// A run to be.
#[derive(Clone, Copy, Debug)]
pub struct NewRun<'a> {
    /// Its row.
    pub id: Uuid,
    /// For whom.
    pub choice: &'a Choice,
    /// How many people that are.
    pub people: i64,
    /// Who asks for it.
    pub asked_by: Uuid,
    /// When.
    pub asked_at: Timestamp,
}

/// Writes a run that waits.
///
/// # Errors
/// Whatever the database answers.
pub async fn insert(tx: &mut Tx, new: NewRun<'_>) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into postcard_run (id, choice, employer_code, person_id, people, asked_by,
                                       asked_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(new.id)
        .bind(new.choice.as_str())
        .bind(new.choice.employer())
        .bind(new.choice.person())
        .bind(new.people)
        .bind(new.asked_by)
        .bind(new.asked_at.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Has a run begin that waits, once, with the work that makes it: `by` is the second person,
/// where one was needed.
///
/// # Errors
/// Whatever the database answers.
pub async fn begin(
    tx: &mut Tx,
    run: Uuid,
    job: Uuid,
    by: Option<Uuid>,
    now: Timestamp,
) -> Result<bool> {
    let begun = on!(write tx, conn => {
        sqlx::query(
            "update postcard_run set begun_at = $4, decided_by = $3, job_id = $2
             where id = $1 and begun_at is null and withdrawn_at is null",
        )
        .bind(run)
        .bind(job)
        .bind(by)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(begun == 1)
}

/// The last postcard is made.
///
/// # Errors
/// Whatever the database answers.
pub async fn finish(tx: &mut Tx, run: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update postcard_run
             set made_at = $2, made = (select count(*) from postcard where run_id = $1)
             where id = $1 and made_at is null",
        )
        .bind(run)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Hands a finished run out, once: of many at the same moment one gets the row.
///
/// # Errors
/// Whatever the database answers.
pub async fn hand_out(
    tx: &mut Tx,
    run: Uuid,
    by: Uuid,
    format: &str,
    now: Timestamp,
) -> Result<bool> {
    let handed_out = on!(write tx, conn => {
        sqlx::query(
            "update postcard_run set handed_out_at = $4, handed_out_by = $2, handed_out_as = $3
             where id = $1 and made_at is not null and handed_out_at is null
               and withdrawn_at is null",
        )
        .bind(run)
        .bind(by)
        .bind(format)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(handed_out == 1)
}

/// What was handed out is there.
///
/// # Errors
/// Whatever the database answers.
pub async fn receive(tx: &mut Tx, run: Uuid, by: Uuid, now: Timestamp) -> Result<bool> {
    let received = on!(write tx, conn => {
        sqlx::query(
            "update postcard_run set received_at = $3, received_by = $2
             where id = $1 and handed_out_at is not null and received_at is null
               and withdrawn_at is null",
        )
        .bind(run)
        .bind(by)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(received == 1)
}

/// Withdraws a run that nobody has received: its unused postcards are ended, with the
/// provisional sessions begun with them, and where they stood for others, their people wait
/// for a new one again. How many postcards that were; `None` where there was nothing to
/// withdraw. Where nobody withdraws it (`by`), it is for want of somebody who takes it, and
/// one that was handed out stays. Whoever makes the run has to be stopped first.
///
/// # Errors
/// Whatever the database answers.
pub async fn withdraw(
    tx: &mut Tx,
    run: Uuid,
    by: Option<Uuid>,
    now: Timestamp,
) -> Result<Option<u64>> {
    on!(write tx, conn => {
        let withdrawn = sqlx::query(
            "update postcard_run
             set withdrawn_at = $3, withdrawn_by = $2,
                 made = (select count(*) from postcard where run_id = $1)
             where id = $1 and received_at is null and withdrawn_at is null
               and ($2 is not null or handed_out_at is null)",
        )
        .bind(run)
        .bind(by)
        .bind(now.0)
        .execute(&mut *conn)
        .await?
        .rows_affected();
        if withdrawn == 0 {
            return Ok(None);
        }
        sqlx::query(
            "update session set ended_at = $2
             where kind = 'provisional' and ended_at is null
               and postcard_id in (select id from postcard where run_id = $1)",
        )
        .bind(run)
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "update person set postcard_wanted_at = $2
             where postcard_wanted_at is null
               and id in (select c.person_id from postcard c join postcard_run r on r.id = c.run_id
                          where r.id = $1 and r.choice in ('reissue', 'waiting')
                            and c.ended_at is null)",
        )
        .bind(run)
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
        let ended = sqlx::query(
            "update postcard set ended_at = $2 where run_id = $1 and ended_at is null",
        )
        .bind(run)
        .bind(now.0)
        .execute(&mut *conn)
        .await?
        .rows_affected();
        Ok(Some(ended))
    })
}

/// Runs that began before an instant, or were made before it, and that nobody has come for.
///
/// # Errors
/// Whatever the database answers.
pub async fn overdue(db: &Db, before: Timestamp) -> Result<Vec<Uuid>> {
    on!(read db, conn => {
        sqlx::query_scalar(
            "select id from postcard_run
             where received_at is null and withdrawn_at is null and handed_out_at is null
               and coalesce(made_at, begun_at, asked_at) <= $1
             order by asked_at",
        )
        .bind(before.0)
        .fetch_all(conn)
        .await
    })
}

/// Whether a run has made somebody's postcard.
///
/// # Errors
/// Whatever the database answers.
pub async fn has_made(db: &Db, run: Uuid, person: Uuid) -> Result<bool> {
    on!(read db, conn => {
        sqlx::query_scalar(
            "select exists (select 1 from postcard where person_id = $2 and run_id = $1)",
        )
        .bind(run)
        .bind(person)
        .fetch_one(conn)
        .await
    })
}

/// The login IDs of a run's postcards that are not ended: who has left since, or has another
/// one, is not among them.
///
/// # Errors
/// Whatever the database answers.
pub async fn open_ids(db: &Db, run: Uuid) -> Result<HashSet<String>> {
    let ids: Vec<String> = on!(read db, conn => {
        sqlx::query_scalar("select login_id from postcard where run_id = $1 and ended_at is null")
            .bind(run)
            .fetch_all(conn)
            .await?
    });
    Ok(ids.into_iter().collect())
}

/// Who did a step of a run, and when.
pub type Step = (String, Timestamp);

/// A run, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Run {
    /// Its row.
    pub id: Uuid,
    choice: String,
    employer_code: String,
    person_id: Option<Uuid>,
    /// The employer's name, where one was chosen.
    pub employer_name: String,
    /// The person's key today, where one was chosen.
    pub person_key: String,
    /// How many people were chosen.
    pub people: i64,
    /// Who asked for it.
    pub asked_by: Uuid,
    asked_name: String,
    asked_at: i64,
    decided_name: Option<String>,
    begun_at: Option<i64>,
    /// The work that makes it.
    pub job_id: Option<Uuid>,
    made_at: Option<i64>,
    handed_out_name: Option<String>,
    handed_out_at: Option<i64>,
    /// `csv` or `sheet`.
    pub handed_out_as: String,
    received_name: Option<String>,
    received_at: Option<i64>,
    withdrawn_name: Option<String>,
    withdrawn_at: Option<i64>,
    /// How many postcards were made.
    pub issued: i64,
    /// Of these can be used.
    pub open: i64,
    /// Were used.
    pub used: i64,
    /// Were used by nobody until their last day.
    pub expired: i64,
    /// Came back.
    pub returned: i64,
}

impl Run {
    /// For whom it is; `None` where a later version has written it.
    pub fn choice(&self) -> Option<Choice> {
        Some(match (&*self.choice, self.person_id) {
            ("all", _) => Choice::Everybody,
            ("employer", _) => Choice::Employer(self.employer_code.clone()),
            ("person", Some(id)) => Choice::Person(id),
            ("reissue", Some(id)) => Choice::Reissue(id),
            ("waiting", _) => Choice::Waiting,
            _ => return None,
        })
    }

    /// Who asked for it.
    pub fn asked(&self) -> Step {
        (self.asked_name.clone(), Timestamp(self.asked_at))
    }

    /// Who else confirmed it.
    pub fn decided(&self) -> Option<&str> {
        self.decided_name.as_deref()
    }

    /// When it began.
    pub fn begun_at(&self) -> Option<Timestamp> {
        self.begun_at.map(Timestamp)
    }

    /// When the last postcard was made.
    pub fn made_at(&self) -> Option<Timestamp> {
        self.made_at.map(Timestamp)
    }

    /// Who took it.
    pub fn handed_out(&self) -> Option<Step> {
        step(self.handed_out_name.as_ref(), self.handed_out_at)
    }

    /// Who said that it is there.
    pub fn received(&self) -> Option<Step> {
        step(self.received_name.as_ref(), self.received_at)
    }

    /// Who withdrew it; an empty name where nobody had come for it.
    pub fn withdrawn(&self) -> Option<Step> {
        step(self.withdrawn_name.as_ref(), self.withdrawn_at)
    }
}

fn step(name: Option<&String>, at: Option<i64>) -> Option<Step> {
    at.map(|at| (name.cloned().unwrap_or_default(), Timestamp(at)))
}

/// $1 is this instant; `$which` chooses runs, and `$counted` those whose postcards are counted.
macro_rules! runs {
    ($counted:literal, $which:literal) => {
        concat!(
            "select r.id, r.choice, r.employer_code, r.person_id, r.people, r.asked_by,
                    coalesce((select max(e.employer_name) from person e
                              where r.choice = 'employer' and e.employer_code = r.employer_code),
                             '') as employer_name,
                    coalesce(p.symbol || '-' || p.number || '-' || p.branch, '') as person_key,
                    a.name as asked_name, r.asked_at, d.name as decided_name, r.begun_at, r.job_id,
                    r.made_at, h.name as handed_out_name, r.handed_out_at, r.handed_out_as,
                    v.name as received_name, r.received_at, w.name as withdrawn_name,
                    r.withdrawn_at,
                    coalesce(c.issued, 0) as issued, coalesce(c.open, 0) as open,
                    coalesce(c.used, 0) as used, coalesce(c.expired, 0) as expired,
                    coalesce(c.returned, 0) as returned
             from postcard_run r
             join staff_member a on a.id = r.asked_by
             left join person p on p.id = r.person_id
             left join staff_member d on d.id = r.decided_by
             left join staff_member h on h.id = r.handed_out_by
             left join staff_member v on v.id = r.received_by
             left join staff_member w on w.id = r.withdrawn_by
             left join (
                 select run_id, count(*) as issued,
                        sum(case when ended_at is null and expires_at > $1 then 1 else 0 end)
                            as open,
                        sum(case when used_at is not null then 1 else 0 end) as used,
                        sum(case when used_at is null and returned_at is null
                                      and expires_at <= $1
                                      and (ended_at is null or ended_at >= expires_at)
                                 then 1 else 0 end) as expired,
                        sum(case when returned_at is not null then 1 else 0 end) as returned
                 from postcard where ",
            $counted,
            " group by run_id) c on c.run_id = r.id ",
            $which
        )
    };
}

/// A run.
///
/// # Errors
/// Whatever the database answers.
pub async fn find(db: &Db, run: Uuid, now: Timestamp) -> Result<Option<Run>> {
    on!(read db, conn => {
        sqlx::query_as(runs!("run_id = $2", "where r.id = $2"))
            .bind(now.0)
            .bind(run)
            .fetch_optional(conn)
            .await
    })
}

/// The last fifty, the newest first.
///
/// # Errors
/// Whatever the database answers.
pub async fn last(db: &Db, now: Timestamp) -> Result<Vec<Run>> {
    on!(read db, conn => {
        sqlx::query_as(runs!(
            "run_id in (select id from postcard_run order by asked_at desc, id desc limit 50)",
            "order by r.asked_at desc, r.id desc limit 50"
        ))
        .bind(now.0)
        .fetch_all(conn)
        .await
    })
}

/// The run of a piece of work: its row, and when it began.
///
/// # Errors
/// Whatever the database answers.
pub async fn of_job(db: &Db, job: Uuid, now: Timestamp) -> Result<Option<Run>> {
    on!(read db, conn => {
        sqlx::query_as(runs!(
            "run_id in (select id from postcard_run where job_id = $2)",
            "where r.job_id = $2"
        ))
        .bind(now.0)
        .bind(job)
        .fetch_optional(conn)
        .await
    })
}

/// How many runs wait for somebody, at this moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromRow)]
pub struct Waiting {
    /// For a second person.
    pub to_confirm: i64,
    /// For whoever takes what was made.
    pub to_hand_out: i64,
    /// For the word that it is there.
    pub to_receive: i64,
    /// Of those asked for since an instant: were withdrawn with what was made.
    pub withdrawn: i64,
}

/// What waits, and what was withdrawn of the runs asked for since an instant.
///
/// # Errors
/// Whatever the database answers.
pub async fn waiting(db: &Db, since: Timestamp) -> Result<Waiting> {
    on!(read db, conn => {
        sqlx::query_as(
            "select
               (select count(*) from postcard_run where received_at is null
                  and withdrawn_at is null and begun_at is null) as to_confirm,
               (select count(*) from postcard_run where received_at is null
                  and withdrawn_at is null and made > 0 and handed_out_at is null)
                  as to_hand_out,
               (select count(*) from postcard_run where received_at is null
                  and withdrawn_at is null and handed_out_at is not null) as to_receive,
               (select count(*) from postcard_run where asked_at > $1 and withdrawn_at is not null
                  and made > 0) as withdrawn",
        )
        .bind(since.0)
        .fetch_one(conn)
        .await
    })
}
