//! 利用状況とセキュリティ: what a member sees of the use of the account, and can end
//! of it.

use std::{borrow::Cow, sync::Arc};

use async_trait::async_trait;
use domain::{
    ports::{
        Answer, Disowning, Ending, History, HistoryEntry, OpenSession, ReportedSignIn, Security,
    },
    rules::EmailAddress,
    values::timestamp::Timestamp,
    visit::{Asker, LinkToken, Member},
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    fault::Fault,
    mail::letters::title,
    reissue::ReissueLetter,
    secrets::{Secrets, token_hash},
    store::{
        Db,
        audit::Event,
        device,
        history::{self, Row},
        letter::LetterKind,
        link, member, session,
    },
};

/// Lines of the history on one page.
const PAGE: u32 = 50;

/// The use cases of the security page.
#[derive(Clone)]
pub struct SecurityDesk {
    /// The database.
    pub db: Db,
    /// The server's key.
    pub secrets: Arc<Secrets>,
    /// Wakes the postman.
    pub post: Arc<Notify>,
}

#[async_trait]
impl Security for SecurityDesk {
    async fn sessions(&self, member: &Member, now: Timestamp) -> Answer<Vec<OpenSession>> {
        session::open_of(&self.db, member.id, now)
            .await
            .map_err(|error| Fault::from(error).report())
    }

    async fn history(&self, member: &Member, page: u32) -> Answer<History> {
        let skip = i64::from(page.saturating_sub(1)) * i64::from(PAGE);
        let rows = history::folded(&self.db, member.id, skip, i64::from(PAGE))
            .await
            .map_err(|error| Fault::from(error).report())?;
        let total = rows.first().map_or(0, |row| row.total);
        Ok(History {
            entries: rows.into_iter().filter_map(told).collect(),
            total,
            goes_on: skip + i64::from(PAGE) < total,
        })
    }

    async fn end_session(
        &self,
        member: &Member,
        session: Uuid,
        asker: &Asker,
        now: Timestamp,
    ) -> Answer<Ending> {
        self.end_one(member, session, asker, now)
            .await
            .map_err(Fault::report)
    }

    async fn end_others(&self, member: &Member, asker: &Asker, now: Timestamp) -> Answer<bool> {
        self.end_all_others(member, asker, now)
            .await
            .map_err(Fault::report)
    }

    async fn reported(&self, token: &LinkToken, now: Timestamp) -> Answer<Option<ReportedSignIn>> {
        link::device::reported_sign_in(&self.db, &token_hash(&token.0), now)
            .await
            .map_err(|error| Fault::from(error).report())
    }

    async fn disown(&self, token: &LinkToken, asker: &Asker, now: Timestamp) -> Answer<Disowning> {
        self.disown_sign_in(token, asker, now)
            .await
            .map_err(Fault::report)
    }
}

impl SecurityDesk {
    async fn end_one(
        &self,
        member: &Member,
        session: Uuid,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Ending, Fault> {
        let mut tx = self.db.write().await?;
        if !member::hold(&mut tx, member.id, member.session).await? {
            return Ok(Ending::Over);
        }
        let (event, ending) = if session::is_theirs(&mut tx, session, member.id).await? {
            session::end(&mut tx, session, now).await?;
            (Event::SessionEnded, Ending::Done)
        } else {
            (Event::NotTheirs, Ending::NotTheirs)
        };
        event
            .by(asker, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(ending)
    }

    async fn end_all_others(
        &self,
        member: &Member,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<bool, Fault> {
        let mut tx = self.db.write().await?;
        if !member::hold(&mut tx, member.id, member.session).await? {
            return Ok(false);
        }
        session::end_others(&mut tx, member.id, member.session, now).await?;
        Event::OthersEnded
            .by(asker, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(true)
    }

    async fn disown_sign_in(
        &self,
        token: &LinkToken,
        asker: &Asker,
        now: Timestamp,
    ) -> Result<Disowning, Fault> {
        let hash = token_hash(&token.0);
        let mut tx = self.db.write().await?;
        member::hold_by_link(&mut tx, &hash).await?;
        let Some(disowned) = link::device::use_up(&mut tx, &hash, now).await? else {
            drop(tx);
            return Ok(if link::device::is_used(&self.db, &hash).await? {
                Disowning::Already
            } else {
                Disowning::Over
            });
        };
        let address = EmailAddress::parse(&disowned.address)
            .map_err(|_| Fault::Other("a link has an address that is none".to_owned()))?;
        session::end_since(&mut tx, disowned.member_id, disowned.session_id, now).await?;
        device::forget(&mut tx, disowned.session_id).await?;
        Event::SignInDisowned
            .by(asker, now)
            .of_member(disowned.member_id)
            .record(&mut tx)
            .await?;
        // Only here is it known where the letter goes. The link that offered it is
        // good once, so no cap is needed: a stranger may have used it up.
        let sent = ReissueLetter::to(&self.secrets, address)
            .ask(&mut tx, false, asker, now)
            .await?;
        tx.commit().await?;
        self.post.notify_one();
        Ok(Disowning::Done(sent))
    }
}

/// A line of the history in a member's words; `None` for what only a later version
/// of the portal knows.
pub fn told(row: Row) -> Option<HistoryEntry> {
    let at = Timestamp(row.at);
    if row.is_letter {
        let title = title(LetterKind::parse(&row.name)?);
        return Some(HistoryEntry {
            at,
            what: format!("メール「{title}」をお送りしました（{}）", row.detail),
            from: None,
        });
    }
    let event = Event::parse(&row.name)?;
    let mut what = in_words(event, &row.actor, &row.detail).into_owned();
    if row.times > 1 {
        let first = Timestamp(row.first_at).full();
        what += &format!("（{}回。最初は{first}、最後は{}", row.times, at.full());
        if row.origins > 1 {
            what += &format!("。接続元は{}か所", row.origins);
        }
        what.push('）');
    }
    // What was done at the command line has no network address, and where the
    // office sits is not the member's affair.
    let is_one_origin = row.origins == 1 && !row.network_address.is_empty();
    let came_in = event != Event::OfficeLooked && is_one_origin;
    let from = came_in.then_some(Asker {
        network_address: row.network_address,
        device: row.detail,
    });
    Some(HistoryEntry { at, what, from })
}

fn in_words(event: Event, actor: &str, detail: &str) -> Cow<'static, str> {
    match event {
        Event::LetterAsked => "利用登録のメールが依頼されました",
        Event::PostcardAccepted => "ハガキの仮ログインIDでログインしました",
        Event::PostcardRefused => "ハガキの仮ログインIDでのログインに失敗しました",
        Event::PostcardIssued => "利用登録のハガキを発行しました",
        Event::PostcardReissued => "新しいハガキを発行しました",
        Event::Registered => "利用登録が完了しました",
        Event::Reopened => "新しいハガキで、もう一度利用登録しました",
        Event::ReissueAsked => "パスワード再発行のメールが依頼されました",
        Event::ReissueAccepted => "再発行の仮パスワードでログインしました",
        Event::ReissueRefused => "再発行の仮パスワードでのログインに失敗しました",
        Event::Reissued => "再発行の手続きでパスワードを変更しました",
        Event::AddressConfirmed => "メールアドレスを登録しました",
        Event::LoginIdChanged => "ログインIDを変更しました",
        Event::PasswordChanged => "パスワードを変更しました",
        Event::NicknameChanged => "ニックネームを変更しました",
        Event::AddressAdded => "メールアドレスを追加しました（確認待ち）",
        Event::ConfirmationAsked => "メールアドレスの確認メールをもう一度送りました",
        Event::AddressRemoved => "メールアドレスを削除しました",
        Event::NoticesChanged => "お知らせの宛先を変更しました",
        Event::SignedIn => "ログインしました",
        Event::SignInFailed => "ログインに失敗しました",
        Event::PasswordRefused => "現在のパスワードの入力が違っていました",
        Event::SignedOut => "ログアウトしました",
        Event::SessionEnded => "ログイン中の端末を1つ終了しました",
        Event::OthersEnded => "ほかの端末のログインをすべて終了しました",
        Event::SignInDisowned => "メールのURLから、お心当たりのないログインを終了しました",
        Event::NotTheirs => "ご本人のものではない内容への操作をお断りしました",
        Event::Left => "ポータルの利用をやめました",
        Event::OfficeLooked => {
            return format!("健康保険組合の職員（{actor}）が閲覧しました。理由：{detail}").into();
        }
        Event::DataTaken => "ご自分のデータをダウンロードしました",
        Event::KeyChanged => "保険証の記号・番号・枝番が変わりました",
        Event::RosterImported => "加入者の名簿を更新しました",
        Event::ExpensesImported => "医療費を取り込みました",
        Event::ExpensesSeen if actor.is_empty() => "ご家族の医療費通知を見ました",
        Event::ExpensesSeen => "被保険者が、あなたの医療費通知を見ました",
        Event::SharingAllowed => "医療費を被保険者に表示する設定にしました",
        Event::SharingEnded => "医療費を被保険者に表示しない設定にしました",
        Event::Purged => "保存期間を過ぎたため、利用登録を終了しました",
        Event::AuditChainBegun => "記録の改ざんを防ぐ仕組みを新しくしました",
        Event::NoticesImported => "お知らせと健康情報を更新しました",
        Event::CheckupsImported => "健診結果を更新しました",
    }
    .into()
}
