//! Letters to send. A row says what kind of letter goes where and about what; the
//! letter itself is made when it is sent, so no text and no token lies here.

use std::{collections::HashMap, time::Duration};

use domain::{
    ports::{Delivery, ReportedSignIn},
    values::timestamp::Timestamp,
    visit::RequestOrigin,
};
use sqlx::AssertSqlSafe;
use time::Date;
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// The letters there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LetterKind {
    /// 利用登録手続きのご案内
    Registration,
    /// すでに登録されているメールアドレスです
    AlreadyRegistered,
    /// パスワード再発行のご案内
    Reissue,
    /// 登録が見つかりませんでした
    NotFound,
    /// 登録内容の変更のお知らせ
    Change,
    /// メールアドレスの確認
    AddressConfirmation,
    /// ようこそ
    Welcome,
    /// 新しい端末からのログイン
    NewDevice,
    /// 利用停止のお知らせ
    Left,
    /// 事務局でのお手続きのお知らせ: `about` is the name of the event.
    ByOffice,
    /// 新しいお知らせがあります
    Notice,
    /// 予備コードが使われました
    RecoveryCodeUsed,
    /// 新しいハガキの発行
    NewPostcard,
    /// None: the mailbox's owner was told within the hour. It waits in the queue
    /// and is ticked off like a letter, so that whoever asked sees no difference.
    Withheld,
}

impl LetterKind {
    const ALL: [Self; 14] = [
        Self::Registration,
        Self::AlreadyRegistered,
        Self::Reissue,
        Self::NotFound,
        Self::Change,
        Self::AddressConfirmation,
        Self::Welcome,
        Self::NewDevice,
        Self::Left,
        Self::ByOffice,
        Self::Notice,
        Self::RecoveryCodeUsed,
        Self::NewPostcard,
        Self::Withheld,
    ];

    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "registration",
            Self::AlreadyRegistered => "already_registered",
            Self::Reissue => "reissue",
            Self::NotFound => "not_found",
            Self::Change => "change",
            Self::AddressConfirmation => "address_confirmation",
            Self::Welcome => "welcome",
            Self::NewDevice => "new_device",
            Self::Left => "left",
            Self::ByOffice => "by_office",
            Self::Notice => "notice",
            Self::RecoveryCodeUsed => "recovery_code_used",
            Self::NewPostcard => "new_postcard",
            Self::Withheld => "withheld",
        }
    }

    /// Who is served first. A member waits for what a member has caused; what anybody
    /// can cause who types an address comes after it, whatever is known of the address,
    /// or the time at which it leaves would tell; and last what nobody waits for.
    const fn rank(self) -> i64 {
        match self {
            Self::Change
            | Self::AddressConfirmation
            | Self::Welcome
            | Self::NewDevice
            | Self::RecoveryCodeUsed
            | Self::NewPostcard
            | Self::Left
            | Self::ByOffice => 0,
            Self::Registration
            | Self::AlreadyRegistered
            | Self::Reissue
            | Self::NotFound
            | Self::Withheld => 1,
            Self::Notice => 2,
        }
    }

    /// The kind of that name in the database.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// A letter to be sent.
#[derive(Clone, Copy, Debug)]
pub struct NewLetter<'a> {
    /// What it says.
    pub kind: LetterKind,
    /// Where it goes, as it was typed.
    pub address: &'a str,
    /// What that address is counted by.
    pub address_key: &'a str,
    /// The link in it, if any: once that is over, so is the letter.
    pub link: Option<Uuid>,
    /// The member it speaks of, if any.
    pub member: Option<Uuid>,
    /// What it has to say that no row holds any more; otherwise empty.
    pub about: &'a str,
    /// When it was asked for; it is due at once.
    pub asked_at: Timestamp,
}

/// Queues a letter together with the change it tells of, and says how to ask for
/// its [`delivery`].
///
/// # Errors
/// Whatever the database answers.
pub async fn queue(tx: &mut Tx, letter: NewLetter<'_>) -> Result<Uuid> {
    let id = Uuid::now_v7();
    queue_as(tx, id, letter).await?;
    Ok(id)
}

/// The same under an identifier that is known already.
///
/// # Errors
/// Whatever the database answers.
pub async fn queue_as(tx: &mut Tx, id: Uuid, letter: NewLetter<'_>) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into letter
                 (id, kind, address, address_key, link_id, member_id, about, asked_at, due_at,
                  rank)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)",
        )
        .bind(id)
        .bind(letter.kind.as_str())
        .bind(letter.address)
        .bind(letter.address_key)
        .bind(letter.link)
        .bind(letter.member)
        .bind(letter.about)
        .bind(letter.asked_at.0)
        .bind(letter.kind.rank())
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// Queues the same letter for every confirmed address of a member.
///
/// # Errors
/// Whatever the database answers.
pub async fn notify_all(
    tx: &mut Tx,
    member: Uuid,
    kind: LetterKind,
    about: &str,
    now: Timestamp,
) -> Result<()> {
    for (address, address_key) in super::email::confirmed(tx, member).await? {
        queue(
            tx,
            NewLetter {
                kind,
                address: &address,
                address_key: &address_key,
                link: None,
                member: Some(member),
                about,
                asked_at: now,
            },
        )
        .await?;
    }
    Ok(())
}

/// Makes parallel requests for one address wait for each other until the change
/// is over.
///
/// # Errors
/// Whatever the database answers.
pub async fn lock_address(tx: &mut Tx, address_key: &str, now: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query(
            "insert into asked_address (address_key, asked_at) values ($1, $2)
             on conflict (address_key) do update set asked_at = excluded.asked_at",
        )
        .bind(address_key)
        .bind(now.0)
        .execute(conn)
        .await?;
    });
    Ok(())
}

/// How many letters of this kind an address was asked to be sent within `span` before
/// now (a letter of an hour ago has left the last hour).
///
/// # Errors
/// Whatever the database answers.
pub async fn count_asked_within(
    tx: &mut Tx,
    address_key: &str,
    kind: LetterKind,
    span: Duration,
    now: Timestamp,
) -> Result<i64> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select count(*) from letter
             where address_key = $1 and kind = $2 and asked_at > $3 and asked_at <= $4",
        )
        .bind(address_key)
        .bind(kind.as_str())
        .bind(now.minus(span).0)
        .bind(now.latest_end(Duration::ZERO).0)
        .fetch_one(conn)
        .await
    })
}

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
fn parameters(first: usize, many: usize) -> String {
    let names: Vec<String> = (first..first + many).map(|n| format!("${n}")).collect();
    names.join(", ")
}

/// A letter was claimed and not tried: it is due again, and the try was none.
///
/// # Errors
/// Whatever the database answers.
pub async fn give_back(tx: &mut Tx, letter: Uuid, due: Timestamp) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update letter set due_at = $2, attempts = attempts - 1 where id = $1")
            .bind(letter)
            .bind(due.0)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// What an operator has to know of the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Letters that are due, or were and are tried again.
    pub waiting: i64,
    /// When the oldest of them was asked for.
    pub oldest: Option<Timestamp>,
    /// Letters given up since a day ago.
    pub given_up: i64,
}

/// The queue at this moment.
///
/// # Errors
/// Whatever the database answers.
pub async fn backlog(db: &Db, now: Timestamp) -> Result<Backlog> {
    const DAY: Duration = Duration::from_secs(24 * 3600);
    let (waiting, oldest): (i64, Option<i64>) = on!(read db, conn => {
        sqlx::query_as(
            "select count(*), min(asked_at) from letter
             where sent_at is null and given_up_at is null and paused_at is null
               and (due_at <= $1 or due_at > $2 or attempts > 0)",
        )
        .bind(now.0)
        .bind(now.latest_end(LONGEST_PAUSE).0)
        .fetch_one(conn)
        .await?
    });
    let given_up = on!(read db, conn => {
        sqlx::query_scalar("select count(*) from letter where given_up_at > $1")
            .bind(now.minus(DAY).0)
            .fetch_one(conn)
            .await?
    });
    Ok(Backlog {
        waiting,
        oldest: oldest.map(Timestamp),
        given_up,
    })
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

/// These letters are with the mail server since `at`.
///
/// # Errors
/// Whatever the database answers.
pub async fn mark_sent(tx: &mut Tx, letters: &[Uuid], at: Timestamp) -> Result<()> {
    if letters.is_empty() {
        return Ok(());
    }
    let update = format!(
        "update letter set sent_at = $1, trouble = '' where id in ({})",
        parameters(2, letters.len())
    );
    on!(write tx, conn => {
        let mut query = sqlx::query(AssertSqlSafe(update)).bind(at.0);
        for letter in letters {
            query = query.bind(letter);
        }
        query.execute(conn).await?;
    });
    Ok(())
}

/// The letter could not be sent because of `trouble`, and is tried again at `due`.
///
/// # Errors
/// Whatever the database answers.
pub async fn mark_failed(tx: &mut Tx, letter: Uuid, due: Timestamp, trouble: &str) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update letter set due_at = $2, trouble = $3 where id = $1")
            .bind(letter)
            .bind(due.0)
            .bind(trouble)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// The letter will not be sent any more, because of `trouble`.
///
/// # Errors
/// Whatever the database answers.
pub async fn give_up(tx: &mut Tx, letter: Uuid, at: Timestamp, trouble: &str) -> Result<()> {
    on!(write tx, conn => {
        sqlx::query("update letter set given_up_at = $2, trouble = $3 where id = $1")
            .bind(letter)
            .bind(at.0)
            .bind(trouble)
            .execute(conn)
            .await?;
    });
    Ok(())
}

/// How far the letter has come; `None` when there is none of that id.
///
/// # Errors
/// Whatever the database answers.
pub async fn delivery(db: &Db, letter: Uuid) -> Result<Option<Delivery>> {
    let row: Option<(Option<i64>, Option<i64>)> = on!(read db, conn => {
        sqlx::query_as("select sent_at, given_up_at from letter where id = $1")
            .bind(letter)
            .fetch_optional(conn)
            .await?
    });
    Ok(row.map(|row| match row {
        (Some(at), _) => Delivery::HandedOver(Timestamp(at)),
        (None, Some(_)) => Delivery::GivenUp,
        (None, None) => Delivery::Waiting,
    }))
}
