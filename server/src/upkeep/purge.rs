//! `portal purge`: removes what is not kept any longer, and says what it was.
//!
//! The roster stays: it is the society's own register, and comes and goes by its
//! import. So does the history, which nobody may shorten.

use std::fmt;

use domain::{
    membership::{disqualified_by, kept_since},
    values::{month::Month, society::Society, timestamp::Timestamp},
};
use store::{
    Db, Result, Tx,
    audit::Event,
    purge::{
        checkups_of_leavers, decisions_of_leavers, expenses_before, expenses_of_leavers,
        open_accounts_of_leavers, read_marks_of_leavers,
    },
    session,
};

use crate::account::closing;

/// What was removed, or would have been.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Nothing was.
    pub dry_run: bool,
    /// The first month that is kept.
    pub kept_since: Month,
    /// Expenses of earlier months.
    pub old_expenses: u64,
    /// For how many months after 資格喪失 anything is kept.
    pub months_after_leaving: u16,
    /// Expenses of those whose months are over.
    pub leavers_expenses: u64,
    /// Checkups of those whose months are over.
    pub leavers_checkups: u64,
    /// Which notices they have read.
    pub leavers_read_marks: u64,
    /// What they have decided about the insured's looking at their expenses.
    pub leavers_decisions: u64,
    /// Accounts of those whose months are over.
    pub accounts: usize,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{}より前の医療費: {}件",
            self.kept_since.label(),
            self.old_expenses
        )?;
        writeln!(f, "資格喪失から{}か月を過ぎた方", self.months_after_leaving)?;
        writeln!(f, "  医療費: {}件", self.leavers_expenses)?;
        writeln!(f, "  健診結果: {}件", self.leavers_checkups)?;
        writeln!(f, "  お知らせの既読の記録: {}件", self.leavers_read_marks)?;
        writeln!(f, "  医療費の表示の設定: {}件", self.leavers_decisions)?;
        writeln!(
            f,
            "  ポータルの利用登録（メールアドレス、ログインID、パスワード）: {}人",
            self.accounts
        )?;
        f.write_str(if self.dry_run {
            "確認のみです。何も削除していません。"
        } else {
            "削除しました。"
        })
    }
}

/// Removes it, all in one transaction. `decoy` is a hash that no password fits.
///
/// # Errors
/// Whatever the database answers; then nothing was removed.
pub async fn purge(
    db: &Db,
    society: &Society,
    decoy: &str,
    now: Timestamp,
    dry_run: bool,
) -> Result<Report> {
    let today = now.in_japan().date();
    let over = disqualified_by(today, society.months_after_leaving);
    let mut tx = db.write().await?;
    tx.erase_what_is_removed().await?;
    // Accounts first: who holds a row of `member` changes what belongs to it.
    let accounts = open_accounts_of_leavers(&mut tx, over).await?;
    for &account in &accounts {
        close(&mut tx, account, decoy, now).await?;
    }
    // Everything that a person has here is removed at this place.
    let leavers_expenses = expenses_of_leavers(&mut tx, over).await?;
    let leavers_checkups = checkups_of_leavers(&mut tx, over).await?;
    let leavers_read_marks = read_marks_of_leavers(&mut tx, over).await?;
    let leavers_decisions = decisions_of_leavers(&mut tx, over).await?;
    let kept_since = kept_since(today);
    let old_expenses = expenses_before(&mut tx, kept_since).await?;
    let report = Report {
        dry_run,
        kept_since,
        old_expenses,
        months_after_leaving: society.months_after_leaving,
        leavers_expenses,
        leavers_checkups,
        leavers_read_marks,
        leavers_decisions,
        accounts: accounts.len(),
    };
    let of_leavers = leavers_expenses + leavers_checkups + leavers_read_marks + leavers_decisions;
    if old_expenses + of_leavers > 0 || !accounts.is_empty() {
        let detail = format!(
            "expenses before {kept_since}: {old_expenses}, of people who left: \
             {leavers_expenses}, their checkups: {leavers_checkups}, notices they have read: \
             {leavers_read_marks}, their decisions: {leavers_decisions}, accounts: {}",
            accounts.len()
        );
        Event::Purged
            .at_the_command_line(&detail, now)
            .record(&mut tx)
            .await?;
    }
    if !dry_run {
        tx.commit().await?;
        db.empty_journal().await?;
    }
    Ok(report)
}

/// Closes an account as 利用停止 does, but nobody is written to: the page has said
/// for months until when it can be used.
async fn close(tx: &mut Tx, account: uuid::Uuid, decoy: &str, now: Timestamp) -> Result<()> {
    closing::close(tx, account, decoy, now).await?;
    session::end_all_but(tx, account, 0, now).await?;
    Event::Purged
        .at_the_command_line("account closed", now)
        .of_member(account)
        .record(tx)
        .await
}
