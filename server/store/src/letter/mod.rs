//! Letters to send. A row says what kind of letter goes where and about what; the
//! letter itself is made when it is sent, so no text and no token lies here.

mod claim;
mod outcome;

use std::time::Duration;

use domain::values::timestamp::Timestamp;
use uuid::Uuid;

pub use self::{
    claim::{Claimed, ClaimedLink, ClaimedMember, ClaimedNotice, LONGEST_PAUSE, claim},
    outcome::{Backlog, backlog, delivery, give_back, give_up, mark_failed, mark_sent},
};
use super::{Result, Tx, on};

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
