//! Letters that are due are taken to be sent, each with what it speaks of.

use std::{collections::HashMap, time::Duration};

use domain::{ports::ReportedSignIn, values::timestamp::Timestamp, visit::RequestOrigin};
use sqlx::AssertSqlSafe;
use time::Date;
use uuid::Uuid;

use crate::{Db, Result, on};

/// A letter that is ours to send until its lease ends, with what it speaks of.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The letter.
    pub id: Uuid,
    /// The name of its kind: a later version of the portal may have queued one
    /// that this version does not know.
    pub kind: String,
    /// Where it goes.
    pub address: String,
    /// See [`NewLetter::about`].
    pub about: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// How many times it was tried, this time included.
    pub attempts: i64,
    /// The link in it.
    pub link: Option<ClaimedLink>,
    /// The member it speaks of, unless they have left since.
    pub member: Option<ClaimedMember>,
    /// The notice it tells of, while the address still gets such letters and its
    /// owner has not left the society.
    pub notice: Option<ClaimedNotice>,
}

/// What a letter has to know of its link.
#[derive(Clone, Debug)]
pub struct ClaimedLink {
    /// The link.
    pub id: Uuid,
    /// What it opens.
    pub purpose: String,
    /// The address its token is made for.
    pub address: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// When it was used or made void.
    pub ended_at: Option<Timestamp>,
    /// The sign-in that it disowns.
    pub sign_in: Option<ReportedSignIn>,
}

/// What a letter has to know of its member.
#[derive(Clone, Debug)]
pub struct ClaimedMember {
    /// The login ID, as it was typed.
    pub login_id: String,
    /// What the member likes to be called.
    pub nickname: String,
}

/// What a letter has to know of its notice.
#[derive(Clone, Debug)]
pub struct ClaimedNotice {
    /// The notice.
    pub id: Uuid,
    /// 件名
    pub title: String,
    /// The last day on view.
    pub ends_on: Option<Date>,
    /// The row of the address.
    pub email: Uuid,
    /// The address, as that row has it.
    pub address: String,
}

#[derive(sqlx_macros::FromRow)]
struct Row {
    id: Uuid,
    kind: String,
    address: String,
    about: String,
    asked_at: i64,
    attempts: i64,
    link_id: Option<Uuid>,
    link_purpose: Option<String>,
    link_address: Option<String>,
    link_asked_at: Option<i64>,
    link_expires_at: Option<i64>,
    link_ended_at: Option<i64>,
    signed_in_at: Option<i64>,
    network_address: Option<String>,
    device: Option<String>,
    login_id: Option<String>,
    nickname: Option<String>,
    notice_id: Option<Uuid>,
    notice_title: Option<String>,
    notice_ends_on: Option<Date>,
    email_id: Option<Uuid>,
    email_address: Option<String>,
}

/// No letter waits longer from one try to the next.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// Takes the letters that have been due for longest, of the first rank first, `most` of
/// them, and hides them from everybody else for `lease`. A lease ends only where its
/// holder died; it has to be longer than any sending takes.
///
/// A clock that was ahead is not believed: a letter that is due later than any pause or
/// lease lasts is due now, and one that was asked for in the future was asked for now.
///
/// # Errors
/// Whatever the database answers.
pub async fn claim(db: &Db, now: Timestamp, lease: Duration, most: i64) -> Result<Vec<Claimed>> {
    const TAKE: &str = "update letter
         set attempts = attempts + 1, due_at = $2,
             asked_at = case when asked_at > $5 then $1 else asked_at end
         where id in (select id from letter
                      where (due_at <= $1 or due_at > $4)
                        and sent_at is null and given_up_at is null and paused_at is null
                      order by rank, due_at, id limit $3)
         returning rank, asked_at, id";
    // Two workers at once: the second takes the next letters instead of waiting.
    const TAKE_UNLOCKED: &str = "update letter
         set attempts = attempts + 1, due_at = $2,
             asked_at = case when asked_at > $5 then $1 else asked_at end
         where id in (select id from letter
                      where (due_at <= $1 or due_at > $4)
                        and sent_at is null and given_up_at is null and paused_at is null
                      order by rank, due_at, id limit $3 for update skip locked)
         returning rank, asked_at, id";
    let take = match db {
        Db::Sqlite(_) => TAKE,
        Db::Postgres(_) => TAKE_UNLOCKED,
    };
    let until = now.plus(lease);
    let mut tx = db.write().await?;
    let mut taken: Vec<(i64, i64, Uuid)> = on!(write &mut tx, conn => {
        sqlx::query_as(take).bind(now.0).bind(until.0).bind(most)
            .bind(now.latest_end(LONGEST_PAUSE.max(lease)).0)
            .bind(now.latest_end(Duration::ZERO).0)
            .fetch_all(conn).await?
    });
    tx.commit().await?;
    taken.sort_unstable();
    let taken: Vec<Uuid> = taken.into_iter().map(|(_, _, id)| id).collect();
    read(db, &taken, now).await
}

/// These letters in this order, each with what it speaks of as it stands now.
async fn read(db: &Db, letters: &[Uuid], now: Timestamp) -> Result<Vec<Claimed>> {
    if letters.is_empty() {
        return Ok(Vec::new());
    }
    let select = format!(
        "select letter.id, letter.kind, letter.address, letter.about, letter.asked_at,
                letter.attempts, link.id as link_id, link.purpose as link_purpose,
                link.address as link_address, link.asked_at as link_asked_at,
                link.expires_at as link_expires_at, link.ended_at as link_ended_at,
                session.started_at as signed_in_at, session.network_address, session.device,
                member.login_id, member.nickname, notice.id as notice_id,
                notice.title as notice_title, notice.ends_on as notice_ends_on,
                email.id as email_id, email.address as email_address
         from letter
         left join link on link.id = letter.link_id
         left join session on session.id = link.session_id
         left join member on member.id = letter.member_id and member.left_at is null
         left join email on email.member_id = member.id and email.notices
           and email.address_key = letter.address_key
         left join person on person.id = member.person_id
         left join notice on notice.id = letter.notice_id and email.id is not null
           and notice.state = 'published'
           and (person.disqualified_on is null or person.disqualified_on > $1)
         where letter.id in ({})",
        parameters(2, letters.len())
    );
    let rows: Vec<Row> = on!(read db, conn => {
        let mut query = sqlx::query_as(AssertSqlSafe(select)).bind(now.in_japan().date());
        for letter in letters {
            query = query.bind(letter);
        }
        query.fetch_all(conn).await?
    });
    let mut found: HashMap<Uuid, Row> = rows.into_iter().map(|row| (row.id, row)).collect();
    let in_order = letters.iter().filter_map(|letter| found.remove(letter));
    Ok(in_order.map(Claimed::from).collect())
}

/// The names of so many parameters of a statement, from the `first` on.
pub(super) fn parameters(first: usize, many: usize) -> String {
    let names: Vec<String> = (first..first + many).map(|n| format!("${n}")).collect();
    names.join(", ")
}

impl From<Row> for Claimed {
    fn from(row: Row) -> Self {
        let sign_in = match (row.signed_in_at, row.network_address, row.device) {
            (Some(at), Some(network_address), Some(device)) => Some(ReportedSignIn {
                at: Timestamp(at),
                from: RequestOrigin {
                    network_address,
                    device,
                },
            }),
            _ => None,
        };
        let link = match (
            row.link_id,
            row.link_purpose,
            row.link_address,
            row.link_asked_at,
            row.link_expires_at,
        ) {
            (Some(id), Some(purpose), Some(address), Some(asked_at), Some(expires_at)) => {
                Some(ClaimedLink {
                    id,
                    purpose,
                    address,
                    asked_at: Timestamp(asked_at),
                    expires_at: Timestamp(expires_at),
                    ended_at: row.link_ended_at.map(Timestamp),
                    sign_in,
                })
            }
            _ => None,
        };
        let member = match (row.login_id, row.nickname) {
            (Some(login_id), Some(nickname)) => Some(ClaimedMember { login_id, nickname }),
            _ => None,
        };
        let email = row.email_id.zip(row.email_address);
        let notice = match (row.notice_id, row.notice_title, email) {
            (Some(id), Some(title), Some((email, address))) => Some(ClaimedNotice {
                id,
                title,
                ends_on: row.notice_ends_on,
                email,
                address,
            }),
            _ => None,
        };
        Self {
            id: row.id,
            kind: row.kind,
            address: row.address,
            about: row.about,
            asked_at: Timestamp(row.asked_at),
            attempts: row.attempts,
            link,
            member,
            notice,
        }
    }
}
