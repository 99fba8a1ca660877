//! What has happened to an account, and the letters that were sent about it, as
//! one list.

use std::time::Duration;

use domain::values::timestamp::Timestamp;
use sqlx_macros::FromRow;
use uuid::Uuid;

use super::{Db, Result, audit::counted, on};

/// One line of it, as the tables have it.
#[derive(Clone, Debug, FromRow)]
pub struct Row {
    /// When, in Unix milliseconds; of several together, the last.
    pub at: i64,
    /// Of several together, the first.
    pub first_at: i64,
    /// How many it stands for.
    pub times: i64,
    /// From how many network addresses they came.
    pub origins: i64,
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

/// All lines about a member ($1).
///
/// Where somebody of the office looked at this person, the line has the role and the
/// reason: an inquiry (調査) from the instant `$then` on only, so that it warns nobody.
///
/// Where the insured looked at this person's expenses, the line says so and no more:
/// from where is theirs.
///
/// An address that waits to be confirmed is left out. Its letter may have told
/// another member that the address is theirs already, and whoever typed it must not
/// see here which of the two it was.
///
/// Of each source no more than `$most` are read, the newest, each by its index: however
/// much there is, a page costs the same.
macro_rules! lines {
    ($most:literal, $then:literal) => {
        concat!(
            "select at, at as first_at, cast(1 as bigint) as times, id as place, false as is_folded,
                    false as is_letter, event as name, network_address, detail, actor
             from (select * from audit where member_id = $1 and event not in ", counted!(), "
                   order by id desc limit ", $most, ") as own
             union all
             select at, at, 1, id, false, false, event, '', '', 'insured'
             from (select * from audit
                   where person_id = (select person_id from member where id = $1)
                     and event = 'expenses_seen' and member_id <> $1
                   order by id desc limit ", $most, ") as seen
             union all
             select at, at, 1, id, false, false, event, '', detail, 'office'
             from (select * from audit
                   where person_id = (select person_id from member where id = $1)
                     and event = 'office_looked'
                     and (detail not like '% inquiry' or at <= ", $then, ")
                   order by id desc limit ", $most, ") as looked
             union all
             select last_at, first_at, times, 0, true, false, event, network, detail, ''
             from (select * from refused_try where member_id = $1
                   order by hour desc limit ", $most, ") as refused
             union all
             select sent_at, sent_at, 1, 0, false, true, kind, '', address, ''
             from (select * from letter
                   where member_id = $1 and sent_at is not null and kind <> 'withheld'
                   order by sent_at desc limit ", $most, ") as sent
             where kind <> 'address_confirmation' or exists (
                   select 1 from link l join email e on e.id = l.email_id
                   where l.id = sent.link_id and e.confirmed_at is not null)"
        )
    };
}

/// The order of the history: the newest first.
macro_rules! newest_first {
    () => {
        "order by at desc, place desc, detail, name"
    };
}

/// For so long an inquiry does not stand in the history.
const INQUIRY: Duration = Duration::from_secs(90 * 24 * 3600);

/// A member's history, line by line: the `most` newest ones.
///
/// # Errors
/// Whatever the database answers.
pub async fn of(db: &Db, member: Uuid, most: i64, now: Timestamp) -> Result<Vec<Row>> {
    on!(read db, pool => {
        sqlx::query_as(concat!(
            "select at, first_at, times, cast(1 as bigint) as origins,
                    is_letter, name, network_address, detail, actor, count(*) over () as total
             from (", lines!("$2", "$3"), ") as history ", newest_first!(), " limit $2"
        ))
        .bind(member)
        .bind(most)
        .bind(now.minus(INQUIRY).0)
        .fetch_all(pool)
        .await
    })
}

/// The page's lines: of the member ($1), so many ($2), after the first few ($3); inquiries
/// of before then ($4).
pub const FOLDED: &str = concat!(
    "select max(at) as at, min(first_at) as first_at, cast(sum(times) as bigint) as times,
            count(distinct network_address) as origins, is_letter, name,
            max(network_address) as network_address,
            case when min(detail) = max(detail) then max(detail) else '' end as detail,
            max(actor) as actor, count(*) over () as total
     from (select history.*,
                  sum(case when is_folded then 0 else 1 end)
                      over (",
    newest_first!(),
    " rows unbounded preceding) as place_of_others
           from (",
    lines!("2000", "$4"),
    ") as history) as counted
     group by place_of_others, is_letter, name
     order by max(at) desc, max(place) desc, max(detail), name limit $2 offset $3"
);

/// The same as the page shows it: `most` lines after the first `skip`.
///
/// What a stranger can cause without getting in is folded: between two other lines
/// each such event is one line, however often it happened. So a flood of wrong
/// passwords hides nothing else.
///
/// # Errors
/// Whatever the database answers.
pub async fn folded(
    db: &Db,
    member: Uuid,
    (skip, most): (i64, i64),
    now: Timestamp,
) -> Result<Vec<Row>> {
    on!(read db, pool => {
        sqlx::query_as(FOLDED)
        .bind(member)
        .bind(most)
        .bind(skip)
        .bind(now.minus(INQUIRY).0)
        .fetch_all(pool)
        .await
    })
}
