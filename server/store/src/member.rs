//! Members: the accounts themselves. Their addresses are in `email`.

use domain::{
    forms::NewMember,
    rules::{EmailAddress, LoginId, Nickname},
    values::timestamp::Timestamp,
};
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// What sign-in needs to know of a member.
#[derive(Clone, Debug, sqlx_macros::FromRow)]
pub struct SignInRow {
    /// The account.
    pub id: Uuid,
    /// Its password, as an argon2 string.
    pub password_hash: String,
    /// Which of the account's passwords that is.
    pub password_version: i64,
    /// When the office closed it.
    pub disabled_at: Option<i64>,
    /// The last sign-in.
    pub last_sign_in_at: Option<i64>,
}

/// The account with this login ID, whatever its case.
///
/// # Errors
/// Whatever the database answers.
pub async fn by_login_id(tx: &mut Tx, key: &str) -> Result<Option<SignInRow>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "select id, password_hash, password_version, disabled_at, last_sign_in_at from member
             where login_id_key = $1",
        )
        .bind(key)
        .fetch_optional(conn)
        .await
    })
}

/// The account of that row, as sign-in needs it.
///
/// # Errors
/// Whatever the database answers.
pub async fn by_id(tx: &mut Tx, member: Uuid) -> Result<Option<SignInRow>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "select id, password_hash, password_version, disabled_at, last_sign_in_at from member
             where id = $1",
        )
        .bind(member)
        .fetch_optional(conn)
        .await
    })
}

/// The hash of a member's password.
///
/// # Errors
/// Whatever the database answers.
pub async fn password_hash(tx: &mut Tx, member: Uuid) -> Result<String> {
    on!(write tx, conn => {
        sqlx::query_scalar("select password_hash from member where id = $1")
            .bind(member)
            .fetch_one(conn)
            .await
    })
}

/// Notes a sign-in, and the hash with today's cost where the stored one is older.
/// `false` when the account is not what it was when `judged` was read: closed, or
/// with another password since.
///
/// # Errors
/// Whatever the database answers.
pub async fn signed_in(
    tx: &mut Tx,
    judged: &SignInRow,
    rehashed: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let noted = on!(write tx, conn => {
        sqlx::query(
            "update member set last_sign_in_at = $2, password_hash = coalesce($3, password_hash)
             where id = $1 and password_version = $4 and disabled_at is null",
        )
        .bind(judged.id)
        .bind(now.0)
        .bind(rehashed)
        .bind(judged.password_version)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(noted == 1)
}

/// Notes a sign-in by something else than the password, and answers the one before it.
/// The account is held.
///
/// # Errors
/// Whatever the database answers.
pub async fn note_sign_in(tx: &mut Tx, member: Uuid, now: Timestamp) -> Result<Option<Timestamp>> {
    let previous: Option<i64> = on!(write tx, conn => {
        let previous = sqlx::query_scalar("select last_sign_in_at from member where id = $1")
            .bind(member)
            .fetch_one(&mut *conn)
            .await?;
        sqlx::query("update member set last_sign_in_at = $2 where id = $1")
            .bind(member)
            .bind(now.0)
            .execute(&mut *conn)
            .await?;
        previous
    });
    Ok(previous.map(Timestamp))
}

/// Keeps the hash with today's cost where the stored one is older, and says whether the
/// account is what it was when `judged` was read: open, and with the same password.
///
/// # Errors
/// Whatever the database answers.
pub async fn keep_hash(tx: &mut Tx, judged: &SignInRow, rehashed: Option<&str>) -> Result<bool> {
    let kept = on!(write tx, conn => {
        sqlx::query(
            "update member set password_hash = coalesce($2, password_hash)
             where id = $1 and password_version = $3 and disabled_at is null",
        )
        .bind(judged.id)
        .bind(rehashed)
        .bind(judged.password_version)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(kept == 1)
}

/// Holds an account until the change is over, so that changes of it come one
/// after the other. `false` when it was closed, or the member has left.
///
/// # Errors
/// Whatever the database answers.
pub async fn lock(tx: &mut Tx, member: Uuid) -> Result<bool> {
    let held = on!(write tx, conn => {
        sqlx::query(
            "update member set nickname = nickname
             where id = $1 and disabled_at is null and left_at is null",
        )
        .bind(member)
        .execute(conn)
        .await?
        .rows_affected()
    });
    Ok(held == 1)
}

/// Holds the account that a letter's link speaks of, for a change that needs no
/// session. A link that nobody was sent holds nothing.
///
/// # Errors
/// Whatever the database answers.
pub async fn lock_by_link(tx: &mut Tx, token_hash: &[u8]) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update member set nickname = nickname
             where id = (select member_id from link where token_hash = $1)",
        )
        .bind(token_hash)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Closes an account because the member leaves. The login ID is free for somebody
/// else; what takes its place nobody can type, since no ID has a hyphen. `decoy` is
/// a hash that no password fits.
///
/// # Errors
/// Whatever the database answers.
pub async fn close(tx: &mut Tx, member: Uuid, decoy: &str, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update member set login_id = $2, login_id_key = $2, nickname = '', password_hash = $3,
                               password_version = password_version + 1,
                               left_at = $4
             where id = $1",
        )
        .bind(member)
        .bind(member.to_string())
        .bind(decoy)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// A person's account, as the office has to know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx_macros::FromRow)]
pub struct Account {
    /// The account.
    pub id: Uuid,
    /// When the office closed it.
    pub disabled_at: Option<i64>,
    /// When its member left.
    pub left_at: Option<i64>,
}

/// The account of a person, open or not.
///
/// # Errors
/// Whatever the database answers.
pub async fn of_person(tx: &mut Tx, person: Uuid) -> Result<Option<Account>> {
    on!(write tx, conn => {
        sqlx::query_as("select id, disabled_at, left_at from member where person_id = $1")
            .bind(person)
            .fetch_optional(conn)
            .await
    })
}

/// Nobody is let in from now on. `false` when it was so already. Who holds this row changes
/// what belongs to it.
///
/// # Errors
/// Whatever the database answers.
pub async fn disable(tx: &mut Tx, member: Uuid, now: Timestamp) -> Result<bool> {
    let disabled = on!(write tx, conn => {
        sqlx::query("update member set disabled_at = $2 where id = $1 and disabled_at is null")
            .bind(member)
            .bind(now.0)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(disabled == 1)
}

/// The member is let in again. `false` when it was so already.
///
/// # Errors
/// Whatever the database answers.
pub async fn enable(tx: &mut Tx, member: Uuid) -> Result<bool> {
    let enabled = on!(write tx, conn => {
        sqlx::query("update member set disabled_at = null where id = $1 and disabled_at is not null")
            .bind(member)
            .execute(conn)
            .await?
            .rows_affected()
    });
    Ok(enabled == 1)
}

/// Whether a member has left.
///
/// # Errors
/// Whatever the database answers.
pub async fn is_closed(db: &Db, member: Uuid) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select exists (select 1 from member where id = $1 and left_at is not null)",
        )
        .bind(member)
        .fetch_one(pool)
        .await
    })
}

/// The same for a change that a session asks for; `false` also when that session
/// has ended since the request began.
///
/// Every change of an account begins with this (or with the reissue's own
/// session): the account first, then its sessions and links.
///
/// # Errors
/// Whatever the database answers.
pub async fn lock_with_session(tx: &mut Tx, member: Uuid, session: Uuid) -> Result<bool> {
    Ok(lock(tx, member).await? && super::session::is_open(tx, session).await?)
}

/// The account of whoever's postcard a provisional session was opened with, if there is
/// one.
///
/// # Errors
/// Whatever the database answers.
pub async fn of_session(tx: &mut Tx, session: Uuid) -> Result<Option<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select m.id from session s join postcard c on c.id = s.postcard_id
             join member m on m.person_id = c.person_id where s.id = $1",
        )
        .bind(session)
        .fetch_optional(conn)
        .await
    })
}

/// Whether somebody else has this login ID.
///
/// # Errors
/// Whatever the database answers.
pub async fn login_id_taken(
    tx: &mut Tx,
    login_id: &LoginId,
    but_for: Option<Uuid>,
) -> Result<bool> {
    let holder: Option<Uuid> = on!(write tx, conn => {
        sqlx::query_scalar("select id from member where login_id_key = $1")
            .bind(login_id.key())
            .fetch_optional(conn)
            .await?
    });
    Ok(holder.is_some() && holder != but_for)
}

/// Opens an account for a person.
///
/// # Errors
/// Whatever the database answers; a unique violation when the ID was taken at
/// the same moment.
pub async fn open(
    tx: &mut Tx,
    member: Uuid,
    person: Uuid,
    new: &NewMember,
    password_hash: &str,
    now: Timestamp,
) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into member (id, person_id, login_id, login_id_key, nickname, password_hash,
                                 registered_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(member)
        .bind(person)
        .bind(new.login_id.as_str())
        .bind(new.login_id.key())
        .bind(new.nickname.as_str())
        .bind(password_hash)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Opens an account anew for somebody who has a new postcard: new ID, password
/// and nickname; everything else stays.
///
/// # Errors
/// As for [`open`].
pub async fn reopen(tx: &mut Tx, member: Uuid, new: &NewMember, password_hash: &str) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update member set login_id = $2, login_id_key = $3, nickname = $4, password_hash = $5,
                               password_version = password_version + 1,
                               left_at = null
             where id = $1",
        )
        .bind(member)
        .bind(new.login_id.as_str())
        .bind(new.login_id.key())
        .bind(new.nickname.as_str())
        .bind(password_hash)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// A new password, a new login ID, or both.
///
/// # Errors
/// Whatever the database answers; a unique violation when the ID was taken at the
/// same moment.
pub async fn set_credentials(
    tx: &mut Tx,
    member: Uuid,
    login_id: Option<&LoginId>,
    password_hash: Option<&str>,
) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update member set login_id = coalesce($2, login_id),
                               login_id_key = coalesce($3, login_id_key),
                               password_hash = coalesce($4, password_hash),
                               password_version = password_version + $5
             where id = $1",
        )
        .bind(member)
        .bind(login_id.map(LoginId::as_str))
        .bind(login_id.map(LoginId::key))
        .bind(password_hash)
        .bind(i64::from(password_hash.is_some()))
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// What the portal calls the member from now on.
///
/// # Errors
/// Whatever the database answers.
pub async fn set_nickname(tx: &mut Tx, member: Uuid, nickname: &Nickname) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update member set nickname = $2 where id = $1")
            .bind(member)
            .bind(nickname.as_str())
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// The account that an address opens: a confirmed one, of somebody who is let in.
///
/// # Errors
/// Whatever the database answers.
pub async fn by_address(tx: &mut Tx, address: &EmailAddress) -> Result<Option<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            // One row in any case: an answer without any is the quicker one.
            "select (select m.id from email e join member m on m.id = e.member_id
                     where e.address_key = $1 and e.confirmed_at is not null
                       and m.disabled_at is null
                     limit 1)",
        )
        .bind(address.key())
        .fetch_one(conn)
        .await
    })
}
