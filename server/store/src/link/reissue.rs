//! What a reissue's letter was made of.

use uuid::Uuid;

use super::Purpose;
use crate::{Db, Result, Tx, on};

/// What a reissue's letter was made of.
#[derive(Clone, Debug, Default, sqlx_macros::FromRow)]
pub struct Reissue {
    /// The link in it.
    pub id: Uuid,
    /// Where it was sent.
    pub address: String,
    /// Whose account it opens; `None` where the address was nobody's, is not that
    /// member's any more (unless it disowned a sign-in with it), or the account has been closed.
    pub member_id: Option<Uuid>,
    /// What the login ID in it is compared by; empty where there is none.
    pub login_id_key: String,
    /// When the sign-in began that was disowned before it, in Unix milliseconds.
    pub disowned_since: Option<i64>,
}

/// What the letter with this reissue's link was made of, whether it still works or
/// not.
///
/// # Errors
/// Whatever the database answers.
pub async fn of_letter(tx: &mut Tx, token_hash: &[u8]) -> Result<Option<Reissue>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "select l.id, l.address, m.id as member_id, coalesce(m.login_id_key, '') as login_id_key,
                    s.started_at as disowned_since
             from link l
             left join session s on s.id = l.session_id
             left join member m
                 on m.id = l.member_id and m.disabled_at is null and m.left_at is null
                 and (l.session_id is not null
                      or exists (select 1 from email e
                                 where e.member_id = m.id and e.address_key = l.address_key
                                   and e.confirmed_at is not null))
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
pub async fn of_session(db: &Db, session: Uuid) -> Result<Option<Reissue>> {
    on!(read db, pool => {
        sqlx::query_as(
            "select l.id, l.address, l.member_id, '' as login_id_key,
                    disowned.started_at as disowned_since
             from session s
             join link l on l.id = s.link_id
             left join session disowned on disowned.id = l.session_id
             where s.id = $1",
        )
        .bind(session)
        .fetch_optional(pool)
        .await
    })
}
