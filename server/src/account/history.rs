//! 利用状況: what happened to an account, in its member's words.

use std::borrow::Cow;

use domain::{
    looking::Reason, ports::HistoryEntry, values::timestamp::Timestamp, visit::RequestOrigin,
};
use store::{audit::Event, history::Row, letter::LetterKind};

use crate::mail::letters::title;

/// A line of the history in a member's words; `None` for what only a later version
/// of the portal knows.
pub fn history_entry(row: Row) -> Option<HistoryEntry> {
    let at = Timestamp(row.at);
    if row.is_letter {
        let title = title(LetterKind::parse(&row.name)?);
        return Some(HistoryEntry {
            at,
            is_of_a_day: false,
            what: format!("メール「{title}」をお送りしました（{}）", row.detail),
            from: None,
        });
    }
    let event = Event::parse(&row.name)?;
    let mut what = describe(event, &row.actor, &row.detail).into_owned();
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
    let came_in = row.actor.is_empty() && is_one_origin;
    let from = came_in.then_some(RequestOrigin {
        network_address: row.network_address,
        device: row.detail,
    });
    Some(HistoryEntry {
        at,
        // At which minute a clerk looked says who it was to whoever had called.
        is_of_a_day: event == Event::OfficeLooked,
        what,
        from,
    })
}

/// What a letter of that kind in the database is called.
pub fn letter_title(kind: &str) -> &'static str {
    LetterKind::parse(kind).map_or("", title)
}

/// What an event is called, for whoever reads the audit.
pub fn event_in_words<'a>(event: Event, actor: &'a str, detail: &'a str) -> Cow<'a, str> {
    describe(event, actor, detail)
}

fn describe(event: Event, actor: &str, detail: &str) -> Cow<'static, str> {
    match event {
        Event::LetterAsked => "利用登録のメールが依頼されました",
        Event::PostcardAccepted => "ハガキの仮ログインIDでログインしました",
        Event::PostcardRefused => "ハガキの仮ログインIDでのログインに失敗しました",
        Event::PostcardIssued => "利用登録のハガキを発行しました",
        Event::PostcardReissued => "新しいハガキを発行しました",
        Event::PostcardsAsked => "ハガキの発行を受け付けました",
        Event::PostcardsConfirmed => "ハガキの発行を、ほかの職員が確認しました",
        Event::PostcardsMade => "ハガキの発行データを作成しました",
        Event::PostcardsHandedOut => "ハガキの発行データを渡しました",
        Event::PostcardsReceived => "ハガキの発行データの受け取りを確認しました",
        Event::PostcardsWithdrawn => "ハガキの発行を取り消しました",
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
        Event::Unsubscribed => "メールの「配信停止」から、お知らせメールを止めました",
        Event::SignedIn => "ログインしました",
        Event::SignedInWithPasskey => "パスキーでログインしました",
        Event::PasskeyAdded => "パスキーを追加しました",
        Event::PasskeyRenamed => "パスキーの名前を変更しました",
        Event::PasskeyRemoved => "パスキーを削除しました",
        Event::SignInFailed => "ログインに失敗しました",
        Event::PasswordRefused => "現在のパスワードの入力が違っていました",
        Event::SignedOut => "ログアウトしました",
        Event::SessionEnded => "ログイン中の端末を1つ終了しました",
        Event::OthersEnded => "ほかの端末のログインをすべて終了しました",
        Event::SignInDisowned => "メールのURLから、お心当たりのないログインを終了しました",
        Event::NotTheirs => "ご本人のものではない内容への操作をお断りしました",
        Event::Left => "ポータルの利用をやめました",
        Event::OfficeLooked => return looked(detail).into(),
        Event::DataTaken => "ご自分のデータをダウンロードしました",
        Event::KeyChanged => "保険証の記号・番号・枝番が変わりました",
        Event::RosterImported => "加入者の名簿を更新しました",
        Event::ExpensesImported => "医療費を取り込みました",
        Event::ExpensesSeen if actor.is_empty() => "ご家族の医療費通知を見ました",
        Event::ExpensesSeen => "被保険者が、あなたの医療費通知を見ました",
        Event::SharingAllowed => "医療費を被保険者に表示する設定にしました",
        Event::SharingEnded => "医療費を被保険者に表示しない設定にしました",
        Event::SharingLapsed => "世帯が変わったため、医療費の表示の設定は終わりました",
        Event::Purged => "保存期間を過ぎたため、利用登録を終了しました",
        Event::AuditChainBegun => "記録の改ざんを防ぐ仕組みを新しくしました",
        Event::NoticesImported => "お知らせと健康情報を更新しました",
        Event::NoticeWritten => "職員がお知らせを書きました",
        Event::NoticeAsked => "職員がお知らせの公開を依頼しました",
        Event::NoticePublished => "職員がお知らせを公開しました",
        Event::NoticeWithdrawn => "職員がお知らせを取り下げました",
        Event::NoticeLettersPaused => "職員がお知らせメールの送信を一時停止しました",
        Event::NoticeLettersResumed => "職員がお知らせメールの送信を再開しました",
        Event::ImportWithdrawn => "取り込みを取り消しました",
        Event::CodeAsked => "パスワードが入力され、確認コードの入力をお願いしました",
        Event::CodeRefused => "ログインの確認コードが違っていました",
        Event::CodesTurnedOn => "二段階認証（確認コード）を設定しました",
        Event::CodesTurnedOff => "二段階認証（確認コード）をやめました",
        Event::RecoveryCodesMade => "新しい予備コードを作りました",
        Event::RecoveryCodeUsed => "予備コードを使ってログインしました",
        Event::SecondStepsRemoved => "手続きに伴い、二段階認証を解除しました",
        Event::Restored => "記録を控えから復元しました",
        Event::CheckupsImported => "健診結果を更新しました",
        Event::Disabled => "健康保険組合が、ポータルの利用を停止しました",
        Event::Enabled => "健康保険組合が、ポータルの利用を再開しました",
        Event::OfficeEndedSessions => "健康保険組合が、ログイン中の端末をすべて終了しました",
        Event::OfficeSentConfirmation => {
            "健康保険組合が、メールアドレスの確認メールをもう一度送りました"
        }
        Event::OfficeRemovedSecondStep => "健康保険組合が、パスキーと確認コードを解除しました",
        Event::PostcardWanted => "健康保険組合が、新しいハガキの発行を受け付けました",
        Event::PostcardReturned => "お送りしたハガキが健康保険組合に戻ってきました",
        Event::DataDisclosed => {
            "開示のご請求により、健康保険組合が保存している内容をファイルにまとめました"
        }
        Event::OfficeSearched => "健康保険組合の職員が加入者を検索しました",
        Event::SecondPersonAsked => "健康保険組合の職員が、別の職員の確認を求めました",
        Event::SecondPersonAgreed => "健康保険組合の別の職員が確認しました",
        Event::ReasonRemoved => "健康保険組合の職員が、理由の記載を削除しました",
        Event::AuditExported => "健康保険組合の職員が、記録を書き出しました",
        Event::StaffSignedIn => "職員がログインしました",
        Event::StaffSignedInByCode => "職員がサーバーのコードでログインしました",
        Event::StaffSignedOut => "職員がログアウトしました",
        Event::StaffAdded => "職員を追加しました",
        Event::StaffRolesChanged => "職員の役割を変更しました",
        Event::StaffDisabled => "職員の利用を停止しました",
        Event::StaffEnabled => "職員の利用を再開しました",
        Event::StaffLinkMade => "職員のパスワード設定のURLを発行しました",
        Event::StaffPasswordChosen => "職員がパスワードを設定しました",
        Event::StaffSecondStep => "職員が二段階認証を設定しました",
        Event::StaffCodeMade => "職員のログイン用コードをサーバーで発行しました",
        Event::StaffRefused => "役割のない画面を開こうとしました",
        Event::FileReceived => "ファイルを受け取りました",
        Event::FileAnswered => "ファイルの質問に回答しました",
        Event::FileRun => "ファイルの取込を依頼しました",
        Event::WithdrawalAsked => "取り込んだファイルの取り消しを依頼しました",
        Event::FileConfirmed => "ファイルの取込を承認しました",
        Event::FileCancelled => "ファイルの取込を中止しました",
        Event::ProblemsTaken => "ファイルの誤りの一覧をダウンロードしました",
    }
    .into()
}

/// 職員による閲覧: the role and the reason, and never who. `detail` is both words.
fn looked(detail: &str) -> String {
    let (role, reason) = detail.split_once(' ').unwrap_or_default();
    let role = match role {
        "Desk" => "（窓口）",
        "HealthImporter" => "（医療・健診取込）",
        _ => "",
    };
    let reason = Reason::parse(reason).map_or("業務上の確認", Reason::in_words);
    format!("健康保険組合の職員{role}が、登録内容を見ました（職員による閲覧）。理由：{reason}")
}
