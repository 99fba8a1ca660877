//! Postcards: provisional credentials, known by their ID, good for a time.

use app::timestamp::Timestamp;
use uuid::Uuid;

use super::{Db, Result, Tx, on, person::Membership};

/// A postcard, as its sign-in has to know it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Postcard {
    /// Its row.
    pub id: Uuid,
    /// Its password, as an argon2 string.
    pub password_hash: String,
    expires_at: i64,
    ended_at: Option<i64>,
    /// Whose it is.
    #[sqlx(flatten)]
    pub person: Membership,
}

impl Postcard {
    /// Neither used nor reissued nor out of date.
    pub fn is_good(&self, now: Timestamp) -> bool {
        self.ended_at.is_none() && now.0 < self.expires_at
    }
}

/// The postcard with this ID, good or not.
///
/// # Errors
/// Whatever the database answers.
pub async fn by_login_id(tx: &mut Tx, login_id: &str) -> Result<Option<Postcard>> {
    on!(write tx, conn => {
        sqlx::query_as(
            "select c.id, c.password_hash, c.expires_at, c.ended_at, p.id as person_id, p.relation,
                    p.born_on, p.qualified_on, p.disqualified_on
             from postcard c join person p on p.id = c.person_id
             where c.login_id = $1",
        )
        .bind(login_id)
        .fetch_optional(conn)
        .await
    })
}

/// The password hash of the postcard that a provisional session was opened with.
///
/// # Errors
/// Whatever the database answers.
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

/// Ends a postcard: it was used.
///
/// # Errors
/// Whatever the database answers.
pub async fn end(tx: &mut Tx, postcard: Uuid, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update postcard set ended_at = $2 where id = $1 and ended_at is null")
            .bind(postcard)
            .bind(now.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}
