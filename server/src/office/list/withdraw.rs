//! An import is withdrawn whole: its lines go, those that it replaced come back, and what
//! follows from them is worked out anew, in one transaction.

use std::fmt;

use domain::values::timestamp::Timestamp;
use store::{
    Db, Tx,
    audit::{Entry, Event},
    expense_look, expense_month,
    import_batch::{self, Batch, KEPT, PutBack},
};

use super::kind::Kind;
use crate::office::{expenses::arrival::complete_months, file::problem::shown};

/// Why an import cannot be withdrawn. Nothing was changed.
#[derive(Debug)]
pub enum WithdrawError {
    /// There is none of this number.
    Unknown,
    /// It was already.
    Already,
    /// A later one has touched what it brought.
    Touched(i64),
    /// What it replaced is not kept any longer.
    TooOld,
    /// Of a roster: accounts, claims and numbers hang on it.
    Roster,
    /// Of notices: they may have been read, and their letters sent.
    Notices,
    /// The database refused.
    Store(store::Error),
}

impl fmt::Display for WithdrawError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("その番号の取り込みはありません。"),
            Self::Already => f.write_str("この取り込みは、取り消し済みです。"),
            Self::Touched(by) => write!(
                f,
                "この取り込みの明細は、あとの取り込み（番号{by}）で変わったため、取り消せません。\
                 正しい内容のファイルを取り込んで訂正してください。"
            ),
            Self::TooOld => write!(
                f,
                "{}日を過ぎた取り込みは取り消せません。正しい内容のファイルを取り込んで訂正してください。",
                KEPT.as_secs() / (24 * 3600)
            ),
            Self::Roster => f.write_str(
                "名簿の取り込みは取り消せません。1つ前の名簿をもう一度取り込むと、そこに書かれた方の記載は\
                 元に戻ります。この取り込みで加わった方は、資格喪失日を書いて取り込んでください。",
            ),
            Self::Notices => f.write_str(
                "お知らせの取り込みは取り消せません（メールが送られているかもしれません）。\
                 お知らせの画面で、1件ずつ公開を終えるか、訂正してください。",
            ),
            Self::Store(error) => write!(f, "データベースの誤りです: {}", store::told(error)),
        }
    }
}

impl std::error::Error for WithdrawError {}

impl From<store::Error> for WithdrawError {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// What became of an import that was withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The import, as it was before.
    pub batch: Batch,
    /// How many lines went and came back.
    pub lines: PutBack,
}

impl fmt::Display for Withdrawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PutBack { removed, restored } = self.lines;
        write!(
            f,
            "取り込み{}{}を取り消しました。削除 {removed}件、元に戻したもの {restored}件",
            self.batch.id,
            shown(&self.batch.file_name)
        )
    }
}

/// Whether an import can be withdrawn, as a page says it beforehand.
///
/// # Errors
/// Why not.
pub fn can_be_withdrawn(batch: &Batch, now: Timestamp) -> Result<Kind, WithdrawError> {
    if batch.withdrawn_at.is_some() {
        return Err(WithdrawError::Already);
    }
    match Kind::parse(&batch.kind) {
        None => Err(WithdrawError::Unknown),
        Some(Kind::Roster) => Err(WithdrawError::Roster),
        Some(Kind::Notices) => Err(WithdrawError::Notices),
        Some(kind) => match batch.touched_by {
            Some(by) => Err(WithdrawError::Touched(by)),
            None if Timestamp(batch.at) < now.minus(KEPT) => Err(WithdrawError::TooOld),
            None => Ok(kind),
        },
    }
}

/// So many imports are listed.
const LISTED: i64 = 50;

/// The newest imports, a line each.
///
/// # Errors
/// Whatever the database answers.
pub async fn listed(db: &Db) -> store::Result<String> {
    let all = import_batch::newest(db, LISTED).await?;
    if all.is_empty() {
        return Ok("取り込んだファイルはまだありません。".to_owned());
    }
    let line = |one: &Batch| {
        let at = Timestamp(one.at).in_japan();
        let name = Kind::parse(&one.kind).map_or("", |kind| kind.list().name);
        let ended = match (one.withdrawn_at, one.touched_by) {
            (Some(_), _) => "、取り消し済み".to_owned(),
            (None, Some(by)) => format!("、あとの取り込み（番号{by}）で変更あり"),
            (None, None) => String::new(),
        };
        format!(
            "{} {} {:02}:{:02} {name} {} 追加 {}件、変更 {}件、取り消し・資格喪失 {}件{ended}",
            one.id,
            at.date(),
            at.hour(),
            at.minute(),
            shown(&one.file_name),
            one.added,
            one.changed,
            one.taken_out
        )
    };
    Ok(all.iter().map(line).collect::<Vec<_>>().join("\n"))
}

/// Withdraws an import; `actor` is a staff row's id, or empty at the command line.
///
/// # Errors
/// Why not; then nothing was changed.
pub async fn withdraw(
    db: &Db,
    id: i64,
    actor: &str,
    now: Timestamp,
) -> Result<Withdrawn, WithdrawError> {
    let mut tx = db.write().await?;
    let withdrawn = withdraw_in(&mut tx, id, actor, now).await?;
    tx.commit().await?;
    Ok(withdrawn)
}

/// The same in a transaction that does more.
///
/// # Errors
/// Why not; then the transaction is to be given up.
pub async fn withdraw_in(
    tx: &mut Tx,
    id: i64,
    actor: &str,
    now: Timestamp,
) -> Result<Withdrawn, WithdrawError> {
    let batch = import_batch::held(tx, id).await?;
    let batch = batch.ok_or(WithdrawError::Unknown)?;
    let lines = match can_be_withdrawn(&batch, now)? {
        Kind::Expenses => {
            expense_look::correct(tx, id, now).await?;
            let (lines, claims) = import_batch::put_back_claims(tx, id).await?;
            expense_month::mark(tx, &complete_months(&claims)).await?;
            lines
        }
        Kind::Checkups => import_batch::put_back_checkups(tx, id).await?,
        Kind::Roster => return Err(WithdrawError::Roster),
        Kind::Notices => return Err(WithdrawError::Notices),
    };
    import_batch::withdrawn(tx, id, actor, now).await?;
    let detail = format!(
        "import {id}, {}, removed {}, restored {}",
        batch.kind, lines.removed, lines.restored
    );
    Entry {
        actor,
        ..Event::ImportWithdrawn.at_the_command_line(&detail, now)
    }
    .record(tx)
    .await?;
    Ok(Withdrawn { batch, lines })
}
