//! `portal purge`: removes what is not kept any longer, and says what it was.
//!
//! The roster stays: it is the society's own register, and comes and goes by its
//! import. So does the history, which nobody may shorten.

use std::{fmt, time::Instant};

use domain::{
    membership::{disqualified_by, kept_since},
    values::{month::Month, society::Society, timestamp::Timestamp},
};
use store::{
    Db, Result, Tx,
    audit::Event,
    purge::{self, Found, Over},
    session,
};
use uuid::Uuid;

use crate::{account::closing, base::periodic::give_way};

/// People in one piece of the work, and accounts: a fraction of a second each.
const PEOPLE: i64 = 100;
const ACCOUNTS: i64 = 20;

/// What was removed, or would have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Nothing was.
    pub dry_run: bool,
    /// The first month that is kept.
    pub kept_since: Month,
    /// For how many months after 資格喪失 anything is kept.
    pub months_after_leaving: u16,
    /// What was over.
    pub found: Found,
    /// Accounts of those whose months are over.
    pub accounts: usize,
    /// Whether the database's journal is empty; otherwise what was removed still stands
    /// in it.
    pub journal_is_empty: bool,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}より前の医療費: {}件",
            self.kept_since.label(),
            self.found.old_expenses
        )?;
        writeln!(f, "資格喪失から{}か月を過ぎた方", self.months_after_leaving)?;
        writeln!(f, "  医療費: {}件", self.found.expenses)?;
        writeln!(f, "  健診結果: {}件", self.found.checkups)?;
        writeln!(f, "  お知らせの既読の記録: {}件", self.found.read_marks)?;
        writeln!(f, "  医療費の表示の設定: {}件", self.found.decisions)?;
        writeln!(
            f,
            "  ポータルの利用登録（メールアドレス、ログインID、パスワード）: {}人",
            self.accounts
        )?;
        f.write_str(match (self.dry_run, self.journal_is_empty) {
            (true, _) => "確認のみです。何も削除していません。",
            (false, true) => "削除しました。",
            (false, false) => {
                "削除しました。ただし、データベースが使用中のため、削除した内容がまだ \
                 portal.db-wal に残っています。少し待ってから、もう一度実行してください。"
            }
        })
    }
}

/// Removes it piece by piece, so that nobody waits long for the writer; what was removed
/// before a failure stays so, and the next run goes on. `decoy` is a hash that
/// no password fits.
///
/// # Errors
/// Whatever the database answers.
pub async fn purge(
    db: &Db,
    society: &Society,
    decoy: &str,
    now: Timestamp,
    dry_run: bool,
) -> Result<Report> {
    let today = now.in_japan().date();
    let over = Over {
        kept_since: kept_since(today),
        disqualified_by: disqualified_by(today, society.months_after_leaving),
    };
    let mut report = Report {
        dry_run,
        kept_since: over.kept_since,
        months_after_leaving: society.months_after_leaving,
        found: purge::count(db, over).await?,
        accounts: purge::count_open_accounts(db, over).await?,
        journal_is_empty: true,
    };
    if dry_run {
        return Ok(report);
    }
    if report.found.rows() > 0 || report.accounts > 0 {
        // Noted before the first piece is gone, whatever then comes in between.
        note(db, &report, now).await?;
        // Accounts first: who holds a row of `member` changes what belongs to it.
        report.accounts = close_accounts(db, over, decoy, now).await?;
        report.found = remove(db, over).await?;
    }
    report.journal_is_empty = db.empty_journal().await?;
    Ok(report)
}

async fn note(db: &Db, report: &Report, now: Timestamp) -> Result<()> {
    let Found {
        old_expenses,
        expenses,
        checkups,
        read_marks,
        decisions,
    } = report.found;
    let detail = format!(
        "expenses before {}: {old_expenses}, of people who left: {expenses}, their checkups: \
         {checkups}, notices they have read: {read_marks}, their decisions: {decisions}, \
         accounts: {}",
        report.kept_since, report.accounts
    );
    let mut tx = db.write().await?;
    Event::Purged
        .at_the_command_line(&detail, now)
        .record(&mut tx)
        .await?;
    tx.commit().await
}

/// Everything that a person has here is removed at this place.
async fn remove(db: &Db, over: Over) -> Result<Found> {
    let mut removed = Found::default();
    let mut after = Uuid::nil();
    while let Some(people) = purge::people_after(db, after, PEOPLE).await? {
        let begun = Instant::now();
        let mut tx = db.write().await?;
        tx.erase_what_is_removed().await?;
        removed = removed.and(purge::remove(&mut tx, over, people).await?);
        tx.commit().await?;
        after = people.last;
        give_way(begun.elapsed()).await;
    }
    Ok(removed)
}

async fn close_accounts(db: &Db, over: Over, decoy: &str, now: Timestamp) -> Result<usize> {
    let mut closed = 0;
    loop {
        let begun = Instant::now();
        let mut tx = db.write().await?;
        tx.erase_what_is_removed().await?;
        let accounts = purge::open_accounts(&mut tx, over, ACCOUNTS).await?;
        for &account in &accounts {
            close(&mut tx, account, decoy, now).await?;
        }
        tx.commit().await?;
        closed += accounts.len();
        if accounts.is_empty() {
            return Ok(closed);
        }
        give_way(begun.elapsed()).await;
    }
}

/// Closes an account as 利用停止 does, but nobody is written to: the page has said
/// for months until when it can be used.
async fn close(tx: &mut Tx, account: Uuid, decoy: &str, now: Timestamp) -> Result<()> {
    closing::close(tx, account, decoy, now).await?;
    session::end_all_but(tx, account, 0, now).await?;
    Event::Purged
        .at_the_command_line("account closed", now)
        .of_member(account)
        .record(tx)
        .await
}
