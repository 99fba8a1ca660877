//! The office's people, their invitations, and what is done to them.

use std::time::Duration;

use domain::{
    office::{StaffMember, login::StaffLogin, role::Roles},
    values::timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Db, Result, Tx, on, second_step};

/// How long an invitation, or the link to a new password, works.
pub const LINK_LIFE: Duration = Duration::from_secs(24 * 3600);

/// How long a code from the command line works.
pub const CODE_LIFE: Duration = Duration::from_secs(5 * 60);

/// Somebody of the office, with the hash of the password.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who.
    pub staff: StaffMember,
    /// None before the invitation was followed.
    pub password_hash: Option<String>,
    /// Who they are on the roster.
    pub person: Option<Uuid>,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    login_id: String,
    name: String,
    roles: String,
    password_hash: Option<String>,
    person_id: Option<Uuid>,
    last_sign_in_at: Option<i64>,
    disabled_at: Option<i64>,
    has_second_step: bool,
}

impl From<Row> for Account {
    fn from(row: Row) -> Self {
        Self {
            staff: StaffMember {
                id: row.id,
                login_id: StaffLogin::stored(row.login_id),
                name: row.name,
                roles: Roles::parse(&row.roles),
                last_sign_in_at: row.last_sign_in_at.map(Timestamp),
                disabled_at: row.disabled_at.map(Timestamp),
                has_password: row.password_hash.is_some(),
                has_second_step: row.has_second_step,
            },
            password_hash: row.password_hash,
            person: row.person_id,
        }
    }
}

/// Every column of somebody, and whether there is a second step.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "select s.id, s.login_id, s.name, s.roles, s.password_hash, s.person_id,
                    s.last_sign_in_at, s.disabled_at, ",
            second_step::staff_has_one!(),
            " as has_second_step from staff_member s ",
            $rest
        )
    };
}

/// Holds the office's people for this change: others who change them wait.
///
/// # Errors
/// Whatever the database answers.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update staff_lock set id = id").execute(conn).await?;
    });
    Ok(())
}

/// Whether somebody has a second step: an app, or a passkey.
///
/// # Errors
/// Whatever the database answers.
pub async fn has_second_step(tx: &mut Tx, id: Uuid) -> Result<bool> {
    Ok(by_id(tx, id)
        .await?
        .is_some_and(|account| account.staff.has_second_step))
}

/// Somebody new.
#[derive(Clone, Copy, Debug)]
pub struct NewStaff<'a> {
    /// The row to be.
    pub id: Uuid,
    /// What they sign in with.
    pub login_id: &'a StaffLogin,
    /// Their name.
    pub name: &'a str,
    /// What they are there for.
    pub roles: Roles,
    /// None where an invitation follows.
    pub password_hash: Option<&'a str>,
    /// Who they are on the roster.
    pub person: Option<Uuid>,
}

/// Writes somebody new.
///
/// # Errors
/// A unique violation where somebody has that login; whatever the database answers.
pub async fn insert(tx: &mut Tx, new: NewStaff<'_>, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into staff_member (id, login_id, login_key, name, roles, password_hash,
                                       person_id, created_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(new.id)
        .bind(new.login_id.as_str())
        .bind(new.login_id.key())
        .bind(new.name)
        .bind(new.roles.words())
        .bind(new.password_hash)
        .bind(new.person)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    super::throttle::begin(tx, new.id).await
}

/// Who has this login.
///
/// # Errors
/// Whatever the database answers.
pub async fn by_login(tx: &mut Tx, key: &str) -> Result<Option<Account>> {
    let row: Option<Row> = on!(write tx, conn => {
        sqlx::query_as(select!("where s.login_key = $1"))
            .bind(key)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(Account::from))
}

/// Who has this row.
///
/// # Errors
/// Whatever the database answers.
pub async fn by_id(tx: &mut Tx, id: Uuid) -> Result<Option<Account>> {
    let row: Option<Row> = on!(write tx, conn => {
        sqlx::query_as(select!("where s.id = $1")).bind(id).fetch_optional(conn).await?
    });
    Ok(row.map(Account::from))
}

/// Who somebody of the office is on the roster, where that is known.
///
/// # Errors
/// Whatever the database answers.
pub async fn person_of(db: &Db, id: Uuid) -> Result<Option<Uuid>> {
    let person: Option<Option<Uuid>> = on!(read db, conn => {
        sqlx::query_scalar("select person_id from staff_member where id = $1")
            .bind(id)
            .fetch_optional(conn)
            .await?
    });
    Ok(person.flatten())
}

/// Everybody of the office, by login.
///
/// # Errors
/// Whatever the database answers.
pub async fn everybody(db: &Db) -> Result<Vec<StaffMember>> {
    let rows: Vec<Row> = on!(read db, conn => {
        sqlx::query_as(select!("order by s.login_key")).fetch_all(conn).await?
    });
    Ok(rows
        .into_iter()
        .map(|row| Account::from(row).staff)
        .collect())
}

/// Everybody of the office, within a change.
///
/// # Errors
/// Whatever the database answers.
pub async fn all(tx: &mut Tx) -> Result<Vec<StaffMember>> {
    let rows: Vec<Row> = on!(write tx, conn => {
        sqlx::query_as(select!("order by s.login_key")).fetch_all(conn).await?
    });
    Ok(rows
        .into_iter()
        .map(|row| Account::from(row).staff)
        .collect())
}

/// Gives somebody other roles.
///
/// # Errors
/// Whatever the database answers.
pub async fn set_roles(tx: &mut Tx, id: Uuid, roles: Roles) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update staff_member set roles = $2 where id = $1")
            .bind(id)
            .bind(roles.words())
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Keeps somebody out from this instant, or lets them in again.
///
/// # Errors
/// Whatever the database answers.
pub async fn set_disabled(tx: &mut Tx, id: Uuid, since: Option<Timestamp>) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update staff_member set disabled_at = $2 where id = $1")
            .bind(id)
            .bind(since.map(|at| at.0))
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Another password, or none until a link is followed.
///
/// # Errors
/// Whatever the database answers.
pub async fn set_password(tx: &mut Tx, id: Uuid, hash: Option<&str>) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update staff_member set password_hash = $2 where id = $1")
            .bind(id)
            .bind(hash)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Notes that somebody came in.
///
/// # Errors
/// Whatever the database answers.
pub async fn signed_in(tx: &mut Tx, id: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update staff_member set last_sign_in_at = $2 where id = $1")
            .bind(id)
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Writes a link to a new password, and ends those before it.
///
/// # Errors
/// Whatever the database answers.
pub async fn insert_link(tx: &mut Tx, staff: Uuid, hash: &[u8], now: Timestamp) -> Result<()> {
    end_links(tx, staff, now).await?;
    on!(write tx, conn => {
        sqlx::query(
            "insert into staff_link (id, staff_id, token_hash, made_at, expires_at)
             values ($1, $2, $3, $4, $5)",
        )
        .bind(Uuid::now_v7())
        .bind(staff)
        .bind(hash)
        .bind(now.0)
        .bind(now.plus(LINK_LIFE).0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends every link of somebody.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_links(tx: &mut Tx, staff: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update staff_link set ended_at = $2 where staff_id = $1 and ended_at is null")
            .bind(staff)
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Whose a link is that works at this moment.
///
/// # Errors
/// Whatever the database answers.
pub async fn of_link(db: &Db, hash: &[u8], now: Timestamp) -> Result<Option<StaffMember>> {
    let row: Option<Row> = on!(read db, conn => {
        sqlx::query_as(select!(
            "join staff_link l on l.staff_id = s.id
             where l.token_hash = $1 and l.ended_at is null and l.expires_at > $2
               and l.expires_at <= $3 and s.disabled_at is null"
        ))
        .bind(hash)
        .bind(now.0)
        .bind(now.latest_end(LINK_LIFE).0)
        .fetch_optional(conn)
        .await?
    });
    Ok(row.map(|row| Account::from(row).staff))
}

/// Uses a link, once: whose it was.
///
/// # Errors
/// Whatever the database answers.
pub async fn use_link(tx: &mut Tx, hash: &[u8], now: Timestamp) -> Result<Option<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "update staff_link set ended_at = $2
             where token_hash = $1 and ended_at is null and expires_at > $2 and expires_at <= $3
             returning staff_id",
        )
        .bind(hash)
        .bind(now.0)
        .bind(now.latest_end(LINK_LIFE).0)
        .fetch_optional(conn)
        .await
    })
}

/// Keeps a code from the command line; an earlier one is good no more.
///
/// # Errors
/// Whatever the database answers.
pub async fn set_code(tx: &mut Tx, staff: Uuid, hash: &[u8], now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into staff_code (staff_id, code_hash, expires_at) values ($1, $2, $3)
             on conflict (staff_id) do update
             set code_hash = excluded.code_hash, expires_at = excluded.expires_at",
        )
        .bind(staff)
        .bind(hash)
        .bind(now.plus(CODE_LIFE).0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Takes such a code, once: whether it was this one, in time.
///
/// # Errors
/// Whatever the database answers.
pub async fn take_code(tx: &mut Tx, staff: Uuid, hash: &[u8], now: Timestamp) -> Result<bool> {
    let taken = on!(write tx, conn => {
        sqlx::query(
            "delete from staff_code
             where staff_id = $1 and code_hash = $2 and expires_at > $3 and expires_at <= $4",
        )
        .bind(staff)
        .bind(hash)
        .bind(now.0)
        .bind(now.latest_end(CODE_LIFE).0)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(taken == 1)
}

/// Notes that somebody came in from a browser, which is known from then on.
///
/// # Errors
/// Whatever the database answers.
pub async fn note_device(tx: &mut Tx, staff: Uuid, hash: &[u8], now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into staff_device (id, staff_id, token_hash, last_seen_at)
             values ($1, $2, $3, $4)
             on conflict (staff_id, token_hash) do update set last_seen_at = excluded.last_seen_at",
        )
        .bind(Uuid::now_v7())
        .bind(staff)
        .bind(hash)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// The browser by which somebody is known.
///
/// # Errors
/// Whatever the database answers.
pub async fn known_device(
    tx: &mut Tx,
    staff: Uuid,
    hash: &[u8],
    now: Timestamp,
) -> Result<Option<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select id from staff_device
             where staff_id = $1 and token_hash = $2 and last_seen_at > $3",
        )
        .bind(staff)
        .bind(hash)
        .bind(now.minus(super::device::REMEMBERED).0)
        .fetch_optional(conn)
        .await
    })
}

/// Forgets every browser that somebody is known by.
///
/// # Errors
/// Whatever the database answers.
pub async fn forget_devices(tx: &mut Tx, staff: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("delete from staff_device where staff_id = $1").bind(staff).execute(conn).await?;
    });
    Ok(())
}
