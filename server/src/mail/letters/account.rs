//! Letters about what has happened to an account.

use domain::{
    ports::ReportedSignIn,
    values::{device, society::Society, timestamp::Timestamp},
};
use store::letter::LetterKind;

use super::{
    super::layout::{Block, Letter},
    links::Link,
    title,
};

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
    pub(super) const ALL: [Self; 9] = [
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
    pub(in crate::mail) fn parse(about: &str) -> Vec<Self> {
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
    pub(in crate::mail) fn parse(about: &str) -> Option<Self> {
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
