//! What the letters say, in the words of the printed manual where it has any.
//!
//! No letter holds more than its reader asked for: no name from the
//! roster, no health data, and no link but to the portal itself.

use domain::{
    ports::ReportedSignIn,
    rules::ProvisionalPassword,
    values::{device, society::Society, timestamp::Timestamp},
};
use store::{audit::Event, letter::LetterKind};

use super::layout::{Block, Letter};

/// What stands in a letter's subject and at its head.
pub const fn title(kind: LetterKind) -> &'static str {
    match kind {
        LetterKind::Registration => "利用登録手続きのご案内",
        LetterKind::AlreadyRegistered => "すでに登録されているメールアドレスです",
        LetterKind::Reissue => "パスワード再発行のご案内",
        LetterKind::NotFound => "登録が見つかりませんでした",
        LetterKind::Change => "登録内容の変更のお知らせ",
        LetterKind::AddressConfirmation => "メールアドレスの確認",
        LetterKind::Welcome => "ようこそ",
        LetterKind::NewDevice => "新しい端末からのログイン",
        LetterKind::Left => "利用停止のお知らせ",
        LetterKind::ByOffice => "事務局でのお手続きのお知らせ",
        LetterKind::Notice => "新しいお知らせがあります",
        LetterKind::RecoveryCodeUsed => "予備コードが使われました",
        LetterKind::NewPostcard => "新しいハガキの発行のお知らせ",
        // No letter, so no title.
        LetterKind::Withheld => "",
    }
}

/// The link in a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// To be opened.
    pub url: String,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// From then on it is refused.
    pub expires_at: Timestamp,
}

impl Link {
    fn blocks(&self) -> [Block; 2] {
        [
            Block::Link(self.url.clone()),
            // With the date: a letter is not always read on the day it is sent.
            Block::Lines(format!(
                "このURLは {} まで使えます。",
                self.expires_at.full()
            )),
        ]
    }

    /// 「※URLの有効期限は3時間です。…」
    fn validity(&self, afterwards: &str) -> String {
        let hours = self.hours();
        format!("URLの有効期限は{hours}時間です。有効期限を過ぎた場合は、{afterwards}")
    }

    fn hours(&self) -> i64 {
        (self.expires_at.0 - self.asked_at.0) / 3_600_000
    }
}

/// 利用登録手続きのご案内: the way into the registration.
pub fn registration(society: &Society, link: &Link) -> Letter {
    let mut blocks = vec![Block::Lines(format!(
        "利用登録手続きを依頼された方へお知らせしています。\n\
         お手元に、別途お送りしているハガキ「{}登録について」をご用意ください。\n\
         以下のURLにアクセスして、利用登録の手続きを行ってください。",
        society.portal_name
    ))];
    blocks.extend(link.blocks());
    blocks.push(Block::Notes(vec![
        link.validity("メールアドレスの登録からやり直してください。"),
        let_through(society),
        THROW_AWAY.to_owned(),
    ]));
    Letter::new(society, title(LetterKind::Registration), blocks)
}

/// すでに登録されているメールアドレスです: the page that was asked does not say so,
/// the mailbox's owner may know.
pub fn already_registered(society: &Society, sign_in: &str) -> Letter {
    let blocks = vec![
        Block::Lines(format!(
            "{}に、このメールアドレスを登録する依頼がありましたが、\n\
             すでに登録されています。",
            society.portal_name
        )),
        Block::Lines(format!(
            "ご本人の場合は、以下のログイン画面からログインしてください。\n\
             ログインIDやパスワードをお忘れの場合は、{FORGOTTEN}からお手続きください。"
        )),
        Block::Link(sign_in.to_owned()),
        Block::Lines(format!(
            "ご家族でメールアドレスを共有されている場合は、\n\
             別のメールアドレスでお手続きいただくか、\n\
             健康保険組合（TEL:{}）までお問い合わせください。",
            society.telephone
        )),
        Block::Notes(vec![
            "現在の登録内容は何も変わっていません。".to_owned(),
            THROW_AWAY.to_owned(),
        ]),
    ];
    Letter::new(society, title(LetterKind::AlreadyRegistered), blocks)
}

/// パスワード再発行のご案内: the way to a new password.
pub fn reissue(
    society: &Society,
    link: &Link,
    login_id: &str,
    password: &ProvisionalPassword,
) -> Letter {
    let mut blocks = vec![Block::Lines(
        "パスワード再発行手続きを依頼された方へ、パスワード再発行のご案内です。\n\
         以下のURLにアクセスして、仮パスワードでログインし、パスワード変更の手続きを行ってください。"
            .to_owned(),
    )];
    blocks.extend(link.blocks());
    blocks.extend([
        Block::Value {
            name: "ログインID",
            value: login_id.to_owned(),
        },
        Block::Value {
            name: "仮パスワード",
            value: password.printed(),
        },
        Block::Notes(vec![
            link.validity("もう一度パスワード再発行の画面からお手続きください。"),
            format!("仮パスワードの有効期限は発行から{}時間です。", link.hours()),
            "パスワードを変更されるまで、現在のパスワードはそのまま使えます。".to_owned(),
            THROW_AWAY.to_owned(),
        ]),
    ]);
    Letter::new(society, title(LetterKind::Reissue), blocks)
}

/// 登録が見つかりませんでした: the page that was asked does not say so, the mailbox's
/// owner may know.
pub fn not_found(society: &Society, reissue: &str) -> Letter {
    let blocks = vec![
        Block::Lines(format!(
            "{}のパスワード再発行の依頼がありましたが、\n\
             このアドレスの登録は見つかりませんでした。",
            society.portal_name
        )),
        Block::Lines(
            "ほかのメールアドレスで登録されている場合は、\n\
             以下の画面からそのアドレスでお手続きください。"
                .to_owned(),
        ),
        Block::Link(reissue.to_owned()),
        Block::Lines(format!(
            "登録したアドレスがわからない場合や、使えなくなった場合は、\n\
             健康保険組合（TEL:{}）までお問い合わせください。",
            society.telephone
        )),
        Block::Notes(vec![THROW_AWAY.to_owned()]),
    ];
    Letter::new(society, title(LetterKind::NotFound), blocks)
}

/// What was changed on an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// ログインID
    LoginId,
    /// パスワード
    Password,
    /// メールアドレス
    Address,
    /// 確認コード, from now on asked for
    CodesOn,
    /// 確認コード, not any more
    CodesOff,
    /// 予備コード, new ones in place of the earlier
    RecoveryCodes,
    /// 予備コード, none any more
    RecoveryCodesOff,
    /// パスキーの追加
    PasskeyAdded,
    /// パスキーの削除
    PasskeyRemoved,
}

impl Changed {
    const ALL: [Self; 9] = [
        Self::LoginId,
        Self::Password,
        Self::Address,
        Self::CodesOn,
        Self::CodesOff,
        Self::RecoveryCodes,
        Self::RecoveryCodesOff,
        Self::PasskeyAdded,
        Self::PasskeyRemoved,
    ];

    const fn as_str(self) -> &'static str {
        match self {
            Self::LoginId => "login_id",
            Self::Password => "password",
            Self::Address => "address",
            Self::PasskeyAdded => "passkey_added",
            Self::PasskeyRemoved => "passkey_removed",
            Self::CodesOn => "codes_on",
            Self::CodesOff => "codes_off",
            Self::RecoveryCodes => "recovery_codes",
            Self::RecoveryCodesOff => "recovery_codes_off",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::LoginId => "ログインID",
            Self::Password => "パスワード",
            Self::Address => "メールアドレス",
            Self::PasskeyAdded => "パスキーの追加",
            Self::PasskeyRemoved => "パスキーの削除",
            Self::CodesOn => "二段階認証（確認コード）の設定",
            Self::CodesOff => "二段階認証（確認コード）の解除",
            Self::RecoveryCodes => "予備コードの作り直し",
            Self::RecoveryCodesOff => "予備コードの取り消し",
        }
    }

    /// What the queue keeps of a change: the `about` of its letter.
    pub fn about(changes: &[Self]) -> String {
        changes
            .iter()
            .map(|change| change.as_str())
            .collect::<Vec<_>>()
            .join(",")
    }

    /// The other way round; words of a later version are passed over.
    pub(super) fn parse(about: &str) -> Vec<Self> {
        let named = |word: &str| Self::ALL.into_iter().find(|change| change.as_str() == word);
        about.split(',').filter_map(named).collect()
    }
}

/// Which address was added or removed: the `about` of its letter says it behind the words
/// of [`Changed`], and no address has a comma.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangedAddress {
    /// This one.
    Added(String),
    /// This one.
    Removed(String),
}

impl ChangedAddress {
    const ADDED: &str = "added:";
    const REMOVED: &str = "removed:";

    /// What the queue keeps of it.
    pub fn about(&self) -> String {
        let (word, address) = match self {
            Self::Added(address) => (Self::ADDED, address),
            Self::Removed(address) => (Self::REMOVED, address),
        };
        [&Changed::about(&[Changed::Address]), ",", word, address].concat()
    }

    /// The other way round; `None` for a change of something else.
    pub(super) fn parse(about: &str) -> Option<Self> {
        about.split(',').find_map(|part| {
            let added = part.strip_prefix(Self::ADDED);
            let removed = part.strip_prefix(Self::REMOVED);
            added
                .map(|address| Self::Added(address.to_owned()))
                .or(removed.map(|address| Self::Removed(address.to_owned())))
        })
    }
}

/// 登録内容の変更のお知らせ: so that a change by somebody else does not go unseen.
pub fn change(
    society: &Society,
    at: Timestamp,
    changes: &[Changed],
    address: Option<ChangedAddress>,
    reissue: &str,
) -> Letter {
    let names: Vec<_> = changes.iter().map(|change| change.name()).collect();
    let mut blocks = vec![
        Block::Lines(format!(
            "{}の登録内容が変更されました。",
            society.portal_name
        )),
        Block::Value {
            name: "変更日時",
            value: at.full(),
        },
        Block::Value {
            name: "変更内容",
            value: names.join("、"),
        },
    ];
    blocks.extend(address.map(|address| match address {
        ChangedAddress::Added(value) => Block::Value {
            name: "追加したメールアドレス（確認待ち）",
            value,
        },
        ChangedAddress::Removed(value) => Block::Value {
            name: "削除したメールアドレス",
            value,
        },
    }));
    blocks.extend([
        Block::Lines(format!(
            "ご自身で変更された場合は、お手続きは不要です。\n\
             お心当たりがない場合は、ただちに以下の画面からパスワードを再発行し、\n\
             健康保険組合（TEL:{}）までご連絡ください。",
            society.telephone
        )),
        Block::Link(reissue.to_owned()),
    ]);
    Letter::new(society, title(LetterKind::Change), blocks)
}

/// 予備コードが使われました: so that a sign-in with a stolen one does not go unseen, and
/// nobody is left without.
pub fn recovery_code_used(society: &Society, at: Timestamp, left: &str, reissue: &str) -> Letter {
    let blocks = vec![
        Block::Lines(format!(
            "{}に、予備コードを使ったログインがありました。\n\
             使った予備コードは、もう使えません。",
            society.portal_name
        )),
        Block::Value {
            name: "ログイン日時",
            value: at.full(),
        },
        Block::Value {
            name: "残りの予備コード",
            value: format!("{left}個"),
        },
        Block::Lines(
            "残りが少なくなったら、ログインして「プロフィール設定」の「二段階認証」から、\n\
             新しい予備コードを作ってください。"
                .to_owned(),
        ),
        Block::Lines(format!(
            "お心当たりがない場合は、ただちに以下の画面からパスワードを再発行し、\n\
             健康保険組合（TEL:{}）までご連絡ください。",
            society.telephone
        )),
        Block::Link(reissue.to_owned()),
    ];
    Letter::new(society, title(LetterKind::RecoveryCodeUsed), blocks)
}

/// 新しいハガキの発行: with it the account opens anew and without its second step, so that
/// nobody does this unseen. `good_from` is when the postcard begins to be good.
pub fn new_postcard(society: &Society, at: Timestamp, good_from: Timestamp) -> Letter {
    let blocks = vec![
        Block::Lines(format!(
            "{}の、新しい利用登録のハガキを発行しました。\n\
             このハガキで利用登録をやり直すと、設定されている二段階認証やパスキーは解除されます。",
            society.portal_name
        )),
        Block::Value {
            name: "発行日時",
            value: at.full(),
        },
        Block::Value {
            name: "ハガキが使えるようになる日時",
            value: good_from.full(),
        },
        Block::Lines(format!(
            "健康保険組合にハガキを依頼された場合は、お手続きは不要です。ハガキをお待ちください。\n\
             お心当たりがない場合は、ハガキが使えるようになる前に、\n\
             健康保険組合（TEL:{}）までご連絡ください。",
            society.telephone
        )),
    ];
    Letter::new(society, title(LetterKind::NewPostcard), blocks)
}

/// メールアドレスの確認: an added address counts once this link was followed.
pub fn address_confirmation(society: &Society, link: &Link) -> Letter {
    let mut blocks = vec![Block::Lines(format!(
        "{}に、このメールアドレスを登録する依頼がありました。\n\
         以下のURLにアクセスして、メールアドレスの確認を行ってください。",
        society.portal_name
    ))];
    blocks.extend(link.blocks());
    blocks.push(Block::Notes(vec![
        link.validity("ログインして、「プロフィール設定」から確認メールをもう一度お送りください。"),
        "確認が済むまで、このメールアドレスは登録されません。".to_owned(),
        let_through(society),
        THROW_AWAY.to_owned(),
    ]));
    Letter::new(society, title(LetterKind::AddressConfirmation), blocks)
}

/// ようこそ: the registration is complete.
pub fn welcome(society: &Society, nickname: &str, login_id: &str, sign_in: &str) -> Letter {
    let blocks = vec![
        Block::Lines(format!(
            "{nickname} 様\n\
             {}の利用登録が完了しました。\n\
             以下のログイン画面から、登録されたログインIDとパスワードでログインしてください。",
            society.portal_name
        )),
        Block::Link(sign_in.to_owned()),
        Block::Value {
            name: "ログインID",
            value: login_id.to_owned(),
        },
        Block::Notes(vec![
            "パスワードはこのメールには記載していません。".to_owned(),
            format!(
                "本メールに覚えがない場合は、健康保険組合（TEL:{}）までご連絡ください。",
                society.telephone
            ),
        ]),
    ];
    Letter::new(society, title(LetterKind::Welcome), blocks)
}

/// 新しい端末からのログイン: so that a sign-in by somebody else does not go unseen.
pub fn new_device(society: &Society, link: &Link, sign_in: &ReportedSignIn) -> Letter {
    let mut blocks = vec![
        Block::Lines(format!(
            "これまで使われたことのない端末から、{}へのログインがありました。",
            society.portal_name
        )),
        Block::Value {
            name: "ログイン日時",
            value: sign_in.at.full(),
        },
        Block::Value {
            name: "端末",
            value: device::in_words(&sign_in.from.device),
        },
        Block::Value {
            name: "接続元の番号（IPアドレス）",
            value: sign_in.from.network_address.clone(),
        },
        Block::Lines(
            "ご自身でログインされた場合は、お手続きは不要です。\n\
             お心当たりがない場合は、以下のURLを開き、画面のボタンを押してください。\n\
             そのログインを終了し、パスワード再発行のメールをお送りします。"
                .to_owned(),
        ),
    ];
    blocks.extend(link.blocks());
    blocks.push(Block::Notes(vec![format!(
        "URLを使えない場合は、健康保険組合（TEL:{}）までご連絡ください。",
        society.telephone
    )]));
    Letter::new(society, title(LetterKind::NewDevice), blocks)
}

/// 利用停止のお知らせ: so that nobody is made to leave unseen, and everybody knows the
/// way back.
pub fn left(society: &Society, at: Timestamp, help: &str) -> Letter {
    let blocks = vec![
        Block::Lines(format!(
            "{}のご利用を停止しました。\n\
             ログインIDとパスワードは使えなくなり、メールアドレスの登録もなくなりました。",
            society.portal_name
        )),
        Block::Value {
            name: "停止日時",
            value: at.full(),
        },
        Block::Lines(format!(
            "もう一度利用される場合は、健康保険組合（TEL:{}）までお電話ください。\n\
             新しいハガキをお送りします。これまでの内容は引き継がれます。",
            society.telephone
        )),
        Block::Link(help.to_owned()),
        Block::Notes(vec![format!(
            "ご自身で停止されていない場合は、ただちに健康保険組合（TEL:{}）までご連絡ください。",
            society.telephone
        )]),
    ];
    Letter::new(society, title(LetterKind::Left), blocks)
}

/// What the office did, in the words of its letter; `None` for what is told otherwise.
const fn done_by_office(event: Event) -> Option<&'static str> {
    Some(match event {
        Event::Disabled => {
            "ポータルのご利用を停止しました。\n\
             ログイン中の端末はすべて終了し、ログインできなくなりました。"
        }
        Event::Enabled => {
            "ポータルのご利用を再開しました。\n\
             これまでのログインIDとパスワードでログインできます。"
        }
        Event::OfficeEndedSessions => "ログイン中の端末をすべて終了しました。",
        Event::OfficeSentConfirmation => {
            "確認が済んでいないメールアドレスに、確認のメールをもう一度お送りしました。"
        }
        Event::OfficeRemovedSecondStep => {
            "パスキーと確認コードを解除しました。\n\
             パスワードだけでログインできます。"
        }
        Event::PostcardWanted => {
            "新しいハガキの発行を受け付けました。\n\
             新しいハガキが発行されると、前のハガキは使えなくなります。"
        }
        Event::PostcardReturned => {
            "お送りしたハガキが、宛先不明で戻ってきました。\n\
             そのハガキは使えなくしました。ご住所を健康保険組合にご確認ください。"
        }
        Event::DataDisclosed => "開示のご請求により、保存している内容をファイルにまとめました。",
        _ => return None,
    })
}

/// 事務局でのお手続きのお知らせ: so that nothing is done in a member's name that the member
/// does not hear of. `about` is the name of the event.
pub fn by_office(society: &Society, at: Timestamp, about: &str, help: &str) -> Option<Letter> {
    let done = done_by_office(Event::parse(about)?)?;
    let blocks = vec![
        Block::Lines(format!("健康保険組合で、次のお手続きをしました。\n{done}")),
        Block::Value {
            name: "手続きの日時",
            value: at.full(),
        },
        Block::Lines(format!(
            "お心当たりがない場合は、ただちに健康保険組合（TEL:{}）までご連絡ください。",
            society.telephone
        )),
        Block::Link(help.to_owned()),
    ];
    Some(Letter::new(society, title(LetterKind::ByOffice), blocks))
}

/// 新しいお知らせがあります: of what it says nothing but the title, since a letter can be
/// read on its way and on a locked screen.
/// `unsubscribe` is where the reader says that no more of them are wanted.
pub fn notice(society: &Society, notice: &str, address: &str, unsubscribe: &str) -> Letter {
    let blocks = vec![
        Block::Lines(format!(
            "{}に、新しいお知らせがあります。\n\
             以下のURLからログインして、内容をご確認ください。",
            society.portal_name
        )),
        Block::Value {
            name: "件名",
            value: notice.to_owned(),
        },
        Block::Link(address.to_owned()),
        Block::Notes(vec![
            "このお知らせメールが不要な方は、以下のURLから配信を停止できます（ログインは不要です）。\
             「プロフィール設定」の「お知らせの宛先」でも変更できます。"
                .to_owned(),
        ]),
        Block::Link(unsubscribe.to_owned()),
    ];
    Letter {
        unsubscribe: Some(unsubscribe.to_owned()),
        ..Letter::new(society, title(LetterKind::Notice), blocks)
    }
}

const THROW_AWAY: &str = "本メールに覚えがない場合は、大変お手数ですが本メールを破棄してください。";

const FORGOTTEN: &str = "「パスワードを忘れた方はこちら」";

fn let_through(society: &Society) -> String {
    format!(
        "迷惑メール設定は {} を受信可能に設定してください。",
        society.mail_domain
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use domain::visit::RequestOrigin;

    use super::*;

    const PORTAL: &str = "https://portal.example.jp";
    /// 2026-11-22 14:42 in Japan.
    const ASKED: Timestamp = Timestamp(1_795_326_120_000);

    fn link(path: &str) -> Link {
        Link {
            url: format!("{PORTAL}{path}?token=dG9rZW4"),
            asked_at: ASKED,
            expires_at: Timestamp(ASKED.0 + 3 * 3_600_000),
        }
    }

    fn provisional() -> ProvisionalPassword {
        ProvisionalPassword::parse("abcd-efgh-jk23").unwrap()
    }

    fn stranger() -> ReportedSignIn {
        ReportedSignIn {
            at: ASKED,
            from: RequestOrigin {
                network_address: "203.0.113.7".to_owned(),
                device: "<script>Windows NT 10.0 Chrome/131.0".to_owned(),
            },
        }
    }

    fn every_letter() -> [Letter; 11] {
        let society = &Society::default();
        let sign_in = format!("{PORTAL}/login");
        [
            registration(society, &link("/register/verify")),
            already_registered(society, &sign_in),
            reissue(
                society,
                &link("/reissue/verify"),
                "SKEhanako",
                &provisional(),
            ),
            not_found(society, &format!("{PORTAL}/reissue")),
            change(
                society,
                ASKED,
                &Changed::ALL,
                None,
                &format!("{PORTAL}/reissue"),
            ),
            address_confirmation(society, &link("/profile/emails/confirm")),
            welcome(society, "はなこ & <b>\"'", "SKEhanako", &sign_in),
            new_device(society, &link("/security/report"), &stranger()),
            left(society, ASKED, &format!("{PORTAL}/help")),
            by_office(society, ASKED, "disabled", &format!("{PORTAL}/help")).unwrap(),
            notice(
                society,
                "特定健診のご案内 & <b>",
                &format!("{PORTAL}/notices/0"),
                &format!("{PORTAL}/notices/unsubscribe?token=dG9rZW4"),
            ),
        ]
    }

    #[test]
    fn the_way_into_the_registration_is_told_in_the_manual_s_words() {
        let letter = registration(&Society::default(), &link("/register/verify"));
        assert_eq!(
            letter.subject,
            "【AB健康マイポータル】利用登録手続きのご案内"
        );
        assert_eq!(
            letter.text,
            "■ 利用登録手続きのご案内 ■\n\
             \n\
             オートバックス健康保険組合です。\n\
             \n\
             利用登録手続きを依頼された方へお知らせしています。\n\
             お手元に、別途お送りしているハガキ「AB健康マイポータル登録について」をご用意ください。\n\
             以下のURLにアクセスして、利用登録の手続きを行ってください。\n\
             \n\
             https://portal.example.jp/register/verify?token=dG9rZW4\n\
             \n\
             このURLは 2026年11月22日 17:42 まで使えます。\n\
             \n\
             ※URLの有効期限は3時間です。有効期限を過ぎた場合は、メールアドレスの登録からやり直してください。\n\
             ※迷惑メール設定は autobacs-kenpo.jp を受信可能に設定してください。\n\
             ※本メールに覚えがない場合は、大変お手数ですが本メールを破棄してください。\n\
             \n\
             ※本メールには返信できませんのでご了承ください。\n\
             \n\
             オートバックス健康保険組合\n\
             TEL:03-6219-8877\n"
        );
    }

    #[test]
    fn a_reissue_s_letter_has_id_and_password_each_alone_on_its_line() {
        let letter = reissue(
            &Society::default(),
            &link("/reissue/verify"),
            "SKEhanako",
            &provisional(),
        );
        assert_eq!(
            letter.text,
            "■ パスワード再発行のご案内 ■\n\
             \n\
             オートバックス健康保険組合です。\n\
             \n\
             パスワード再発行手続きを依頼された方へ、パスワード再発行のご案内です。\n\
             以下のURLにアクセスして、仮パスワードでログインし、パスワード変更の手続きを行ってください。\n\
             \n\
             https://portal.example.jp/reissue/verify?token=dG9rZW4\n\
             \n\
             このURLは 2026年11月22日 17:42 まで使えます。\n\
             \n\
             ログインID\n\
             SKEhanako\n\
             \n\
             仮パスワード\n\
             abcd-efgh-jk23\n\
             \n\
             ※URLの有効期限は3時間です。有効期限を過ぎた場合は、もう一度パスワード再発行の画面からお手続きください。\n\
             ※仮パスワードの有効期限は発行から3時間です。\n\
             ※パスワードを変更されるまで、現在のパスワードはそのまま使えます。\n\
             ※本メールに覚えがない場合は、大変お手数ですが本メールを破棄してください。\n\
             \n\
             ※本メールには返信できませんのでご了承ください。\n\
             \n\
             オートバックス健康保険組合\n\
             TEL:03-6219-8877\n"
        );
    }

    #[test]
    fn no_letter_leads_anywhere_but_to_the_portal_or_fetches_anything() {
        for letter in every_letter() {
            for body in [&letter.text, &letter.html] {
                let links = body.match_indices("://").count();
                assert_eq!(
                    links,
                    body.matches(PORTAL).count(),
                    "a foreign link in {body}"
                );
                assert!(links > 0, "no way to the portal in {body}");
            }
            let hrefs = letter.html.matches("href=").count();
            assert_eq!(
                hrefs,
                letter.html.matches(&format!("href=\"{PORTAL}/")).count()
            );
            for fetching in [
                "src=", "<img", "<link", "<script", "<style", "url(", "style=",
            ] {
                assert!(
                    !letter.html.contains(fetching),
                    "{fetching} in {}",
                    letter.html
                );
            }
        }
    }

    #[test]
    fn both_forms_of_a_letter_say_the_same() {
        for letter in every_letter() {
            let body = letter
                .html
                .split_once("<body>")
                .map_or("", |(_, body)| body);
            let mut words = String::new();
            for piece in body.split('<') {
                words += piece.split_once('>').map_or(piece, |(_, text)| text);
            }
            let words = words
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&quot;", "\"")
                .replace("&#39;", "'")
                .replace("&amp;", "&");
            let lines = |text: &str| -> Vec<String> {
                text.lines()
                    .filter(|line| !line.is_empty())
                    .map(str::to_owned)
                    .collect()
            };
            assert_eq!(lines(&words), lines(&letter.text));
        }
    }

    #[test]
    fn every_letter_says_who_writes_and_that_nobody_reads_answers() {
        for letter in every_letter() {
            assert!(
                letter.subject.starts_with("【AB健康マイポータル】"),
                "{}",
                letter.subject
            );
            for part in [
                "オートバックス健康保険組合です。",
                "本メールには返信できません",
                "TEL:03-6219-8877",
            ] {
                assert!(
                    letter.text.contains(part),
                    "{part} is missing in {}",
                    letter.text
                );
            }
        }
    }

    #[test]
    fn a_nickname_is_text_in_the_html_too() {
        let letter = welcome(
            &Society::default(),
            "</p><script>alert(1)</script>",
            "id",
            PORTAL,
        );
        assert!(!letter.html.contains("<script"), "{}", letter.html);
        assert!(letter.text.contains("</p><script>alert(1)</script> 様"));
    }

    #[test]
    fn a_sign_in_from_a_new_device_is_told_with_its_time_its_device_and_a_way_to_disown_it() {
        let link = Link {
            expires_at: Timestamp(ASKED.0 + 12 * 3_600_000),
            ..link("/security/report")
        };
        let letter = new_device(&Society::default(), &link, &stranger());
        for part in [
            "ログイン日時\n2026年11月22日 14:42\n",
            "端末\nWindowsのChrome\n",
            "203.0.113.7",
            "https://portal.example.jp/security/report?token=dG9rZW4\n",
            "このURLは 2026年11月23日 2:42 まで使えます。",
        ] {
            assert!(
                letter.text.contains(part),
                "{part} is missing in {}",
                letter.text
            );
        }
    }

    #[test]
    fn a_change_is_told_with_its_time_and_what_it_was() {
        let about = Changed::about(&[Changed::LoginId, Changed::Password]);
        let changes = Changed::parse(&about);
        let letter = change(&Society::default(), ASKED, &changes, None, PORTAL);
        assert!(
            letter.text.contains("変更日時\n2026年11月22日 14:42\n"),
            "{}",
            letter.text
        );
        assert!(
            letter.text.contains("変更内容\nログインID、パスワード\n"),
            "{}",
            letter.text
        );
        let removed = ChangedAddress::Removed("taro@example.jp".to_owned());
        let about = removed.about();
        let letter = change(
            &Society::default(),
            ASKED,
            &Changed::parse(&about),
            ChangedAddress::parse(&about),
            PORTAL,
        );
        assert!(
            letter
                .text
                .contains("変更内容\nメールアドレス\n\n削除したメールアドレス\ntaro@example.jp\n"),
            "{}",
            letter.text
        );
        for change in Changed::ALL {
            assert_eq!(Changed::parse(&Changed::about(&[change])), [change]);
        }
    }
}
