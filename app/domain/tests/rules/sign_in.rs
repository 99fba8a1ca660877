use domain::rules::{LoginId, SignInId, SignInPassword};

use crate::{answer, assert_answers};

const INVISIBLE: &str = "見えない文字があります。半角の英字と数字だけで入力してください。";

#[test]
fn however_it_is_typed_it_is_one_id() {
    let chosen = LoginId::parse("123456Ske").expect("an ID");
    for typed in [
        "123456Ske",
        "123456ske",
        "123456SKE",
        " 123456ske ",
        "１２３４５６ＳＫＥ",
        "\u{3000}123456ｓｋｅ",
    ] {
        let id = SignInId::parse(typed).expect(typed);
        assert_eq!(id.key(), chosen.key(), "{typed:?}");
    }
}

#[test]
fn an_id_that_is_nobodys() {
    let unusable = |c: &str| {
        format!("使えない文字「{c}」があります。半角の英字と数字だけで入力してください。")
    };
    assert_answers(
        &[
            ("", "ログインIDを入力してください。"),
            (" \u{3000}", "ログインIDを入力してください。"),
            ("hana ko", &unusable("空白")),
            ("hana\0ko", INVISIBLE),
            ("taro@example.jp", &unusable("@")),
            ("hana＿ko", &unusable("＿")),
            ("はなこ", &unusable("は")),
            (&"a".repeat(64), ""),
            (&"a".repeat(65), "64文字以内にしてください（今は65文字）。"),
            // a postcard's ID is answered by the server, like any other wrong one
            ("bcdfgh23", ""),
        ],
        |typed| answer(SignInId::parse(typed)),
    );
}

#[test]
fn the_password_is_taken_as_it_is() {
    for typed in [
        "kenpo123",
        " kenpo123 ",
        "ＫＥＮＰＯ",
        "x",
        "パスワード",
        "\u{202E}",
        &"字".repeat(128),
    ] {
        let password = SignInPassword::parse(typed).expect(typed);
        assert_eq!(password.as_str(), typed);
        assert_eq!(format!("{password:?}"), "SignInPassword(…)");
    }
    assert_answers(
        &[
            ("", "パスワードを入力してください。"),
            (&"k".repeat(129), "128文字以内にしてください。"),
        ],
        |typed| answer(SignInPassword::parse(typed)),
    );
}
