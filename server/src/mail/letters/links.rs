//! Letters that somebody has asked for: with a link, or with the reason why there is none.

use domain::{
    rules::ProvisionalPassword,
    values::{society::Society, timestamp::Timestamp},
};
use store::letter::LetterKind;

use super::{
    super::layout::{Block, Letter},
    THROW_AWAY, let_through, title,
};

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
    pub(super) fn blocks(&self) -> [Block; 2] {
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

const FORGOTTEN: &str = "「パスワードを忘れた方はこちら」";
