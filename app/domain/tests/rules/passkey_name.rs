use domain::rules::PasskeyName;

use crate::{answer, assert_answers};

const INVISIBLE: &str = "パスキーの名前に、表示できない文字が入っています。入力し直してください。";

#[test]
fn up_to_30_characters_that_can_be_seen() {
    assert_answers(
        &[
            ("自分のスマートフォン", ""),
            ("iPhone 17", ""),
            (" 会社のパソコン ", ""),
            ("📱", ""),
            ("<b>", ""),
            ("", "パスキーの名前を入力してください。"),
            (" \u{3000}", "パスキーの名前を入力してください。"),
            (&"長".repeat(30), ""),
            (
                &"長".repeat(31),
                "パスキーの名前は30文字以内にしてください（今は31文字）。",
            ),
            ("電\u{200B}話", INVISIBLE),
            ("電話\u{202E}", INVISIBLE),
            ("電\n話", INVISIBLE),
        ],
        |typed| answer(PasskeyName::parse(typed)),
    );
}
