//! The letter about what the office has done to an account.

use domain::values::{society::Society, timestamp::Timestamp};
use store::{audit::Event, letter::LetterKind};

use super::{
    super::layout::{Block, Letter},
    title,
};

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
