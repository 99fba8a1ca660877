//! Provisional credentials. Of each person at most one is open: the database
//! itself sees to that (`postcard_open`).

use domain::{relation::Relation, values::timestamp::Timestamp};
use time::Date;
use uuid::Uuid;

use super::{
    Db, Result, Tx, on,
    person::{Eligible, Key, eligible},
};

/// A postcard to be.
#[derive(Clone, Debug)]
pub struct NewPostcard {
    /// Its identifier, under which wrong tries are counted too.
    pub id: Uuid,
    /// Whose it is.
    pub person_id: Uuid,
    /// The provisional login ID.
    pub login_id: String,
    /// The hash of the provisional password.
    pub password_hash: String,
    /// When it was issued.
    pub issued_at: Timestamp,
    /// From this instant on it is void.
    pub expires_at: Timestamp,
    /// The run that makes it; none at the command line.
    pub run: Option<Uuid>,
}

/// Adds a postcard and the row that counts wrong tries at it. `false`, and
/// nothing is added, if the login ID is taken or the person has an open one.
///
/// # Errors
/// Whatever the engine answers.
pub async fn insert(tx: &mut Tx, new: &NewPostcard) -> Result<bool> {
    on!(write tx, conn => {
        // One that has only expired still stands in the way of a new one.
        sqlx::query(
            "update postcard set ended_at = $2
             where person_id = $1 and ended_at is null and expires_at <= $2",
        )
        .bind(new.person_id)
        .bind(new.issued_at.0)
        .execute(&mut *conn)
        .await?;
        let added = sqlx::query(
            "insert into postcard (id, person_id, login_id, password_hash, issued_at, expires_at,
                                   run_id)
             values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        )
        .bind(new.id)
        .bind(new.person_id)
        .bind(&new.login_id)
        .bind(&new.password_hash)
        .bind(new.issued_at.0)
        .bind(new.expires_at.0)
        .bind(new.run)
        .execute(&mut *conn)
        .await?
        .rows_affected();
        if added == 0 {
            return Ok(false);
        }
        // Whoever waited for a new one has it.
        sqlx::query(
            "update person set postcard_wanted_at = null
             where id = $1 and postcard_wanted_at is not null",
        )
        .bind(new.person_id)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "insert into throttle (id, tries, pause_ms, paused_until) values ($1, 0, 0, 0)",
        )
        .bind(new.id)
        .execute(&mut *conn)
        .await?;
    });
    Ok(true)
}

/// Has a postcard wait: it is good only from that instant on.
///
/// # Errors
/// Whatever the engine answers.
pub async fn hold_back(tx: &mut Tx, postcard: Uuid, good_from: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update postcard set good_from = $2 where id = $1")
            .bind(postcard)
            .bind(good_from.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Ends every open postcard of a person, with the provisional sessions begun
/// with any of that person's postcards.
///
/// # Errors
/// Whatever the engine answers.
pub async fn end_all_of(tx: &mut Tx, person_id: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update session set ended_at = $2
             where kind = 'provisional' and ended_at is null
               and postcard_id in (select id from postcard where person_id = $1)",
        )
        .bind(person_id)
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
        sqlx::query(
            "update postcard set ended_at = $2 where person_id = $1 and ended_at is null",
        )
        .bind(person_id)
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
    });
    Ok(())
}

/// The office has asked for a new postcard: the person waits for it until one is issued.
/// `false` when they wait already.
///
/// # Errors
/// Whatever the engine answers.
pub async fn want_another(tx: &mut Tx, person_id: Uuid, now: Timestamp) -> Result<bool> {
    let wanted = on!(write tx, conn => {
        sqlx::query(
            "update person set postcard_wanted_at = $2
             where id = $1 and postcard_wanted_at is null",
        )
        .bind(person_id)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(wanted == 1)
}

/// 返送: the postcard that was sent last came back. Every open one is ended, and nothing is
/// printed for this address until the roster has another. `false` when it was noted already,
/// or no postcard was sent.
///
/// # Errors
/// Whatever the engine answers.
pub async fn came_back(tx: &mut Tx, person_id: Uuid, now: Timestamp) -> Result<bool> {
    let noted = on!(write tx, conn => {
        sqlx::query(
            "update postcard set returned_at = $2
             where returned_at is null and id = (
                 select id from postcard where person_id = $1
                 order by issued_at desc, id desc limit 1)",
        )
        .bind(person_id)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    if noted == 0 {
        return Ok(false);
    }
    end_all_of(tx, person_id, now).await?;
    on!(write tx, conn => {
        sqlx::query(
            "update person set address_unknown_since = coalesce(address_unknown_since, $2),
                               postcard_wanted_at = null
             where id = $1",
        )
        .bind(person_id)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(true)
}

/// Ends the open postcards of everybody whose 資格喪失日 is reached, with the
/// provisional sessions begun with them; answers how many.
///
/// # Errors
/// Whatever the engine answers.
pub async fn end_of_disqualified(tx: &mut Tx, today: Date, now: Timestamp) -> Result<u64> {
    on!(write tx, conn => {
        sqlx::query(
            "update session set ended_at = $2
             where kind = 'provisional' and ended_at is null and postcard_id in
                 (select c.id from postcard c join person p on p.id = c.person_id
                  where p.disqualified_on <= $1)",
        )
        .bind(today)
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
        let ended = sqlx::query(
            "update postcard set ended_at = $2
             where ended_at is null
               and person_id in (select id from person where disqualified_on <= $1)",
        )
        .bind(today)
        .bind(now.0)
        .execute(&mut *conn)
        .await?;
        Ok(ended.rows_affected())
    })
}

/// Whether a postcard, open or not, has this login ID.
///
/// # Errors
/// Whatever the engine answers.
pub async fn is_login_id_taken(db: &Db, login_id: &str) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar("select exists (select 1 from postcard where login_id = $1)")
            .bind(login_id)
            .fetch_one(pool)
            .await
    })
}

/// Whether somebody has an open postcard.
///
/// # Errors
/// Whatever the engine answers.
pub async fn has_open(db: &Db, person_id: Uuid, now: Timestamp) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select exists (select 1 from postcard
                            where person_id = $1 and ended_at is null and expires_at > $2)",
        )
        .bind(person_id)
        .bind(now.0)
        .fetch_one(pool)
        .await
    })
}

/// Who has a postcard, and with which password.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct Holder {
    /// Today's key of the person.
    #[sqlx(flatten)]
    pub key: Key,
    /// The hash of the provisional password.
    pub password_hash: String,
}

/// Whose the open postcard with this login ID is.
///
/// # Errors
/// Whatever the engine answers.
pub async fn holder(db: &Db, login_id: &str, now: Timestamp) -> Result<Option<Holder>> {
    on!(read db, pool => {
        sqlx::query_as(
            "select p.symbol, p.number, p.branch, c.password_hash
             from postcard c join person p on p.id = c.person_id
             where c.login_id = $1 and c.ended_at is null and c.expires_at > $2",
        )
        .bind(login_id)
        .bind(now.0)
        .fetch_optional(pool)
        .await
    })
}

/// A postcard, as its sign-in has to know it.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct Postcard {
    /// Its row.
    pub id: Uuid,
    /// Whose it is.
    pub person_id: Uuid,
    /// Its password, as an argon2 string.
    pub password_hash: String,
    good_from: i64,
    expires_at: i64,
    ended_at: Option<i64>,
    used_at: Option<i64>,
    is_eligible: bool,
}

impl Postcard {
    /// Somebody has registered with it.
    pub fn is_used(&self) -> bool {
        self.used_at.is_some()
    }

    /// Neither used nor reissued nor out of date, and of somebody who may register; nor
    /// one that has to wait.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.would_be_good(now) && self.good_from <= now.0
    }

    /// When it begins to be good, where that is still to come.
    pub fn waits_until(&self, now: Timestamp) -> Option<Timestamp> {
        (self.would_be_good(now) && now.0 < self.good_from).then_some(Timestamp(self.good_from))
    }

    fn would_be_good(&self, now: Timestamp) -> bool {
        self.is_eligible && self.ended_at.is_none() && now.0 < self.expires_at
    }
}

/// The postcard with this ID, good or not.
///
/// # Errors
/// Whatever the engine answers.
pub async fn by_login_id(tx: &mut Tx, who: Eligible, login_id: &str) -> Result<Option<Postcard>> {
    on!(write tx, conn => {
        sqlx::query_as(eligible!(
            "select c.id, c.person_id, c.password_hash, c.good_from, c.expires_at, c.ended_at, c.used_at,
                    exists (select 1 from person p where p.id = c.person_id and",
            "and not exists (select 1 from member m
                             where m.person_id = p.id and m.disabled_at is not null)) as is_eligible
             from postcard c where c.login_id = $4"
        ))
        .bind(who.today)
        .bind(Relation::INSURED)
        .bind(who.born_by)
        .bind(login_id)
        .fetch_optional(conn)
        .await
    })
}

/// The password hash of the postcard that a provisional session was opened with.
///
/// # Errors
/// Whatever the engine answers.
pub async fn hash_of_session(db: &Db, session: Uuid) -> Result<Option<String>> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select c.password_hash from postcard c join session s on s.postcard_id = c.id
             where s.id = $1",
        )
        .bind(session)
        .fetch_optional(pool)
        .await
    })
}

/// Uses a postcard up. `false` when it is no longer good at this moment: used,
/// reissued, out of date, or of somebody who may not register any more. The
/// update decides: of many at once, one gets the row.
///
/// # Errors
/// Whatever the engine answers.
pub async fn use_up(tx: &mut Tx, who: Eligible, postcard: Uuid, now: Timestamp) -> Result<bool> {
    let used = on!(write tx, conn => {
        sqlx::query(eligible!(
            "update postcard set ended_at = $5, used_at = $5
             where id = $4 and ended_at is null and expires_at > $5 and good_from <= $5
               and person_id in (select p.id from person p where",
            "and not exists (select 1 from member m
                             where m.person_id = p.id and m.disabled_at is not null))"
        ))
        .bind(who.today)
        .bind(Relation::INSURED)
        .bind(who.born_by)
        .bind(postcard)
        .bind(now.0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(used == 1)
}

/// Whether somebody has registered with a postcard.
///
/// # Errors
/// Whatever the engine answers.
pub async fn is_used(tx: &mut Tx, postcard: Uuid) -> Result<bool> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select exists (select 1 from postcard where id = $1 and used_at is not null)",
        )
        .bind(postcard)
        .fetch_one(conn)
        .await
    })
}
