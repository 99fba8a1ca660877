//! The letter about a new notice.

use domain::values::society::Society;
use store::letter::LetterKind;

use super::{
    super::layout::{Block, Letter},
    title,
};

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
