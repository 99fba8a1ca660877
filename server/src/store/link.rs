//! Links in letters: known by the SHA-256 of their token, and by nothing else.

use app::{
    ports::{OpenLink, ReportedSignIn, WaitingAddress},
    rules::email::EmailAddress,
    timestamp::Timestamp,
    visit::Asker,
};
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// So many wrong tries end a link.
pub const TRIES: i64 = 10;

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// 新規利用登録
    Registration,
    /// パスワード再発行
    Reissue,
    /// Confirms an address that was added to an account.
    Email,
    /// Disowns a sign-in from a new device.
    Device,
}

impl Purpose {
    /// The name in the database and in the token's derivation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::Reissue => "reissue",
            Self::Email => "email",
            Self::Device => "device",
        }
    }
}

/// A link to be.
#[derive(Clone, Copy, Debug)]
pub struct NewLink<'a> {
    /// Its row.
    pub id: Uuid,
    /// What it is for.
    pub purpose: Purpose,
    /// SHA-256 of its token.
    pub token_hash: &'a [u8],
    /// Where it is sent.
    pub address: &'a EmailAddress,
    /// Whose account it opens, or whose address it confirms.
    pub member: Option<Uuid>,
    /// Which of the member's addresses it confirms.
    pub email: Option<Uuid>,
    /// Which session it ends.
    pub session: Option<Uuid>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// From then on it is refused.
    pub expires_at: Timestamp,
    /// Set for one that must never work: the row is only there to cost the same.
    pub ended_at: Option<Timestamp>,
}

/// Writes a link.
///
/// # Errors
/// Whatever the database answers.
pub async fn insert(tx: &mut Tx, link: &NewLink<'_>) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into link (id, purpose, token_hash, address, address_key, member_id, email_id,
                               session_id, asked_at, expires_at, ended_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        )
        .bind(link.id)
        .bind(link.purpose.as_str())
        .bind(link.token_hash)
        .bind(link.address.as_str())
        .bind(link.address.key())
        .bind(link.member)
        .bind(link.email)
        .bind(link.session)
        .bind(link.asked_at.0)
        .bind(link.expires_at.0)
        .bind(link.ended_at.map(|at| at.0))
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// The link of this purpose that an address was last asked to be sent, and when.
///
/// # Errors
/// Whatever the database answers.
pub async fn latest(
    tx: &mut Tx,
    purpose: Purpose,
    address_key: &str,
) -> Result<Option<(Uuid, Timestamp)>> {
    let found: Option<(Uuid, i64)> = on!(write tx, conn => {
        sqlx::query_as(
            "select id, asked_at from link where address_key = $1 and purpose = $2
             order by asked_at desc, id desc limit 1",
        )
        .bind(address_key)
        .bind(purpose.as_str())
        .fetch_optional(conn)
        .await?
    });
    Ok(found.map(|(link, asked_at)| (link, Timestamp(asked_at))))
}

/// How many links of this purpose an address was asked to be sent after `since`
/// (not at it: a letter of a minute ago leaves the last minute).
///
/// # Errors
/// Whatever the database answers.
pub async fn count_asked_since(
    tx: &mut Tx,
    purpose: Purpose,
    address_key: &str,
    since: Timestamp,
) -> Result<i64> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select count(*) from link where address_key = $1 and purpose = $2 and asked_at > $3",
        )
        .bind(address_key)
        .bind(purpose.as_str())
        .bind(since.0)
        .fetch_one(conn)
        .await
    })
}

/// How many different addresses other than this one a member has added after `since`
/// and not confirmed, whether they are still there or not: their links outlive them.
///
/// # Errors
/// Whatever the database answers.
pub async fn count_others_added(
    tx: &mut Tx,
    member: Uuid,
    address_key: &str,
    since: Timestamp,
) -> Result<i64> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select count(distinct address_key) from link
             where member_id = $1 and purpose = $2 and asked_at > $3 and address_key <> $4
               and not exists (select 1 from email e
                               where e.member_id = $1 and e.address_key = link.address_key
                                 and e.confirmed_at is not null)",
        )
        .bind(member)
        .bind(Purpose::Email.as_str())
        .bind(since.0)
        .bind(address_key)
        .fetch_one(conn)
        .await
    })
}

/// A link that works at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Open {
    /// Its row.
    pub id: Uuid,
    /// From then on it is refused, in Unix milliseconds.
    pub expires_at: i64,
}

impl From<Open> for OpenLink {
    fn from(open: Open) -> Self {
        Self {
            until: Timestamp(open.expires_at),
        }
    }
}

/// Looks a link up and changes nothing: a mail scanner may do it ten times.
///
/// # Errors
/// Whatever the database answers.
pub async fn find_open(
    db: &Db,
    purpose: Purpose,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Open>> {
    on!(read db, pool => {
        sqlx::query_as(
            "select id, expires_at from link
             where token_hash = $1 and purpose = $2 and expires_at > $3 and ended_at is null
               and wrong_tries < $4",
        )
        .bind(token_hash)
        .bind(purpose.as_str())
        .bind(now.0)
        .bind(TRIES)
        .fetch_optional(pool)
        .await
    })
}

/// Counts a try with an open link before it is judged; `None` when the link is
/// not open (any more).
///
/// # Errors
/// Whatever the database answers.
pub async fn count_try(
    tx: &mut Tx,
    purpose: Purpose,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Open>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "update link set wrong_tries = wrong_tries + 1
             where token_hash = $1 and purpose = $2 and expires_at > $3 and ended_at is null
               and wrong_tries < $4
             returning id, expires_at",
        )
        .bind(token_hash)
        .bind(purpose.as_str())
        .bind(now.0)
        .bind(TRIES)
        .fetch_optional(conn)
        .await
    })
}

/// The right pair came: earlier tries are forgotten.
///
/// # Errors
/// Whatever the database answers.
pub async fn forgive(tx: &mut Tx, link: Uuid) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update link set wrong_tries = 0 where id = $1").bind(link).execute(conn).await?;
    });
    Ok(())
}

/// What a reissue's letter was made of.
#[derive(Clone, Debug, Default, sqlx::FromRow)]
pub struct Reissue {
    /// The link in it.
    pub id: Uuid,
    /// Where it was sent.
    pub address: String,
    /// Whose account it opens; `None` where the address was nobody's, is not that
    /// member's any more, or the account has been closed.
    pub member_id: Option<Uuid>,
    /// What the login ID in it is compared by; empty where there is none.
    pub login_id_key: String,
}

/// What the letter with this reissue's link was made of, whether it still works or
/// not.
///
/// # Errors
/// Whatever the database answers.
pub async fn reissue(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Reissue>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "select l.id, l.address, m.id as member_id, coalesce(m.login_id_key, '') as login_id_key
             from link l left join member m
                 on m.id = l.member_id and m.disabled_at is null and m.left_at is null
                 and exists (select 1 from email e
                             where e.member_id = m.id and e.address_key = l.address_key
                               and e.confirmed_at is not null)
             where l.token_hash = $1 and l.purpose = $2",
        )
        .bind(token_hash)
        .bind(Purpose::Reissue.as_str())
        .fetch_optional(conn)
        .await
    })
}

/// The same for the reissue's session.
///
/// # Errors
/// Whatever the database answers.
pub async fn reissue_of_session(db: &Db, session: Uuid) -> Result<Option<Reissue>> {
    on!(read db, pool => {
        sqlx::query_as(
            "select l.id, l.address, l.member_id, '' as login_id_key
             from session s join link l on l.id = s.link_id where s.id = $1",
        )
        .bind(session)
        .fetch_optional(pool)
        .await
    })
}

/// Ends every open link of a member: reissues, confirmations.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_all_of(tx: &mut Tx, member: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update link set ended_at = $2 where member_id = $1 and ended_at is null")
            .bind(member)
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// Ends every open reissue of a member.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_reissues_of(tx: &mut Tx, member: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_at = $2
             where member_id = $1 and purpose = $3 and ended_at is null",
        )
        .bind(member)
        .bind(now.0)
        .bind(Purpose::Reissue.as_str())
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends whatever was sent to an address for a member: it is theirs no longer.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_all_to(
    tx: &mut Tx,
    member: Uuid,
    address_key: &str,
    now: Timestamp,
) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_at = $3
             where member_id = $1 and address_key = $2 and ended_at is null",
        )
        .bind(member)
        .bind(address_key)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Ends the links that confirm a member's address, or all of them, and lets go of
/// it: the address can be removed, and its letters still count against the caps.
///
/// # Errors
/// Whatever the database answers.
pub async fn release(tx: &mut Tx, member: Uuid, email: Option<Uuid>, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_at = coalesce(ended_at, $3), email_id = null
             where member_id = $1 and email_id is not null and ($2 is null or email_id = $2)",
        )
        .bind(member)
        .bind(email)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Whose address a confirmation's link is for, whether it still works or not.
///
/// # Errors
/// Whatever the database answers.
pub async fn confirmation_of(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select member_id from link
             where token_hash = $1 and purpose = $2 and member_id is not null",
        )
        .bind(token_hash)
        .bind(Purpose::Email.as_str())
        .fetch_optional(conn)
        .await
    })
}

/// Whether a confirmation's link has done its work.
///
/// # Errors
/// Whatever the database answers.
pub async fn has_confirmed(tx: &mut Tx, token_hash: &[u8]) -> Result<bool> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select exists (select 1 from link l join email e on e.id = l.email_id
                            where l.token_hash = $1 and l.purpose = $2 and l.ended_at is not null
                              and e.confirmed_at is not null)",
        )
        .bind(token_hash)
        .bind(Purpose::Email.as_str())
        .fetch_one(conn)
        .await
    })
}

/// Ends every open registration link of an address: its registration is complete.
///
/// # Errors
/// Whatever the database answers.
pub async fn end_registrations(tx: &mut Tx, address_key: &str, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "update link set ended_at = $2
             where address_key = $1 and purpose = 'registration' and ended_at is null",
        )
        .bind(address_key)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// What a confirmation's link would confirm, while it works.
///
/// # Errors
/// Whatever the database answers.
pub async fn waiting_address(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<WaitingAddress>> {
    let found: Option<(String, String)> = on!(read db, pool => {
        sqlx::query_as(
            "select l.address, m.nickname from link l join member m on m.id = l.member_id
             where l.token_hash = $1 and l.purpose = $2 and l.expires_at > $3
               and l.ended_at is null and m.disabled_at is null and m.left_at is null",
        )
        .bind(token_hash)
        .bind(Purpose::Email.as_str())
        .bind(now.0)
        .fetch_optional(pool)
        .await?
    });
    Ok(found.map(|(address, nickname)| WaitingAddress { address, nickname }))
}

/// What a confirmation's link was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Confirmation {
    /// Whose address.
    pub member_id: Uuid,
    /// Which.
    pub email_id: Uuid,
}

/// Ends a confirmation's link because it is used, and with it the others that were
/// sent for the same address; `None` when it is over. The account is held already.
///
/// # Errors
/// Whatever the database answers.
pub async fn use_confirmation(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Confirmation>> {
    let used: Option<Confirmation> = on!(write tx, conn => {
        sqlx::query_as(
            "update link set ended_at = $3
             where token_hash = $1 and purpose = $2 and expires_at > $3 and ended_at is null
             returning member_id, email_id",
        )
        .bind(token_hash)
        .bind(Purpose::Email.as_str())
        .bind(now.0)
        .fetch_optional(conn)
        .await?
    });
    if let Some(used) = &used {
        on!(write tx, conn => {
            sqlx::query("update link set ended_at = $2 where email_id = $1 and ended_at is null")
                .bind(used.email_id)
                .bind(now.0)
                .execute(conn)
                .await?;
        });
    }
    Ok(used)
}

/// The sign-in that a new device's letter told of, while its link works.
///
/// # Errors
/// Whatever the database answers.
pub async fn reported_sign_in(
    db: &Db,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<ReportedSignIn>> {
    let row: Option<(i64, String, String)> = on!(read db, pool => {
        sqlx::query_as(
            "select s.started_at, s.network_address, s.device
             from link l join session s on s.id = l.session_id
             where l.token_hash = $1 and l.purpose = $2 and l.expires_at > $3
               and l.ended_at is null",
        )
        .bind(token_hash)
        .bind(Purpose::Device.as_str())
        .bind(now.0)
        .fetch_optional(pool)
        .await?
    });
    Ok(row.map(|(at, network_address, device)| ReportedSignIn {
        at: Timestamp(at),
        from: Asker {
            network_address,
            device,
        },
    }))
}

/// What a new device's link was for.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Disowned {
    /// Whose account.
    pub member_id: Uuid,
    /// Which session; the device has the same identifier.
    pub session_id: Uuid,
    /// Where the letter was sent.
    pub address: String,
}

/// Ends a new device's link because it is used; `None` when it is over. The
/// account is held already, by [`super::member::hold_by_link`].
///
/// # Errors
/// Whatever the database answers.
pub async fn use_device(
    tx: &mut Tx,
    token_hash: &[u8],
    now: Timestamp,
) -> Result<Option<Disowned>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "update link set ended_at = $3
             where token_hash = $1 and purpose = $2 and expires_at > $3 and ended_at is null
             returning member_id, session_id, address",
        )
        .bind(token_hash)
        .bind(Purpose::Device.as_str())
        .bind(now.0)
        .fetch_optional(conn)
        .await
    })
}

/// Whether a new device's link has done its work.
///
/// # Errors
/// Whatever the database answers.
pub async fn has_disowned(db: &Db, token_hash: &[u8]) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select exists (select 1 from link
                            where token_hash = $1 and purpose = $2 and ended_at is not null)",
        )
        .bind(token_hash)
        .bind(Purpose::Device.as_str())
        .fetch_one(pool)
        .await
    })
}
