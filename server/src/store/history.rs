//! What has happened to an account, and the letters that were sent about it, as
//! one list.

use sqlx::FromRow;
use uuid::Uuid;

use super::{Db, Result, on};

/// One line of it, as the tables have it.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    /// When, in Unix milliseconds.
    pub at: i64,
    /// Whether it is a letter; otherwise it is an entry of the audit.
    pub is_letter: bool,
    /// The name of the event or of the letter's kind.
    pub name: String,
    /// From where an event came.
    pub network_address: String,
    /// An event's detail, or where a letter went.
    pub detail: String,
    /// Who did it.
    pub actor: String,
    /// How many lines there are in all.
    pub total: i64,
}

/// A member's history, the newest first: `most` lines after the first `skip`.
///
/// Where the insured looked at this person's expenses, the line says so and no more:
/// from where is theirs.
///
/// An address that waits to be confirmed is left out. Its letter may have told
/// another member that the address is theirs already, and whoever typed it must not
/// see here which of the two it was.
///
/// # Errors
/// Whatever the database answers.
pub async fn of(db: &Db, member: Uuid, skip: i64, most: i64) -> Result<Vec<Row>> {
    on!(read db, pool => {
        sqlx::query_as(
            "select at, is_letter, name, network_address, detail, actor,
                    count(*) over () as total
             from (select at, id as place, false as is_letter, event as name, network_address,
                          detail, actor
                   from audit where member_id = $1
                   union all
                   select at, id, false, event, '', '', 'insured'
                   from audit
                   where event = 'expenses_seen' and member_id <> $1
                     and person_id = (select person_id from member where id = $1)
                   union all
                   select sent_at, cast(0 as bigint), true, kind, '', address, ''
                   from letter
                   where member_id = $1 and sent_at is not null and kind <> 'withheld'
                     and (kind <> 'address_confirmation' or exists (
                         select 1 from link l join email e on e.id = l.email_id
                         where l.id = letter.link_id and e.confirmed_at is not null))
                  ) as history
             order by at desc, place desc, detail, name limit $2 offset $3",
        )
        .bind(member)
        .bind(most)
        .bind(skip)
        .fetch_all(pool)
        .await
    })
}
