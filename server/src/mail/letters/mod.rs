//! What the letters say, in the words of the printed manual where it has any.
//!
//! No letter holds more than its reader asked for: no name from the
//! roster, no health data, and no link but to the portal itself.

mod account;
mod by_office;
mod links;
mod notice;
#[cfg(test)]
mod tests;

use domain::values::society::Society;
use store::letter::LetterKind;

pub use self::{
    account::{
        Changed, ChangedAddress, change, left, new_device, new_postcard, recovery_code_used,
        welcome,
    },
    by_office::by_office,
    links::{Link, address_confirmation, already_registered, not_found, registration, reissue},
    notice::notice,
};

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

const THROW_AWAY: &str = "本メールに覚えがない場合は、大変お手数ですが本メールを破棄してください。";

fn let_through(society: &Society) -> String {
    format!(
        "迷惑メール設定は {} を受信可能に設定してください。",
        society.mail_domain
    )
}
