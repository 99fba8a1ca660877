use domain::rules::{LoginId, SignInId, SignInPassword, current_password};

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

#[test]
fn what_no_password_can_be_is_told_and_counts_as_no_try() {
    let blank = "空白が入っています。パスワードに空白はありません。取り除いてください。";
    let printed = "ハガキやメールの仮パスワードは、ここでは使えません。届いたメールのURLを開いて入力してください。";
    assert_answers(
        &[
            ("kenpo123 ", blank),
            (" kenpo123", blank),
            ("kenpo\u{3000}123", blank),
            ("kenpo123\n", blank),
            // Twelve characters of their alphabet, but nothing that is printed between them.
            ("abcd2345efgh ", blank),
            ("abcd2345efgh", ""),
            ("abcd-2345-efgh", printed),
            ("ABCD-2345-EFGH ", printed),
            ("ａｂｃｄー２３４５ーｅｆｇｈ", printed),
            ("abcd 2345-efgh", printed),
            ("abcd-2345-efg", ""),
        ],
        |typed| answer(SignInPassword::parse(typed)),
    );
    assert_answers(
        &[("kenpo123 ", blank), ("abcd-2345-efgh", printed)],
        |typed| answer(current_password::parse(typed)),
    );
}

#[test]
fn a_password_that_may_be_a_provisional_one_is_a_question_and_no_praise() {
    use domain::forms::{Field, Form, NewPasswordForm, SignInForm};
    let typed = SignInForm {
        password: "abcd2345efgh".into(),
        ..SignInForm::default()
    };
    let remark = typed.remark(Field::Password).expect("a question");
    assert!(remark.text.contains("仮パスワードではありませんか"));
    let typed = NewPasswordForm {
        password: "abcd2345efgh".into(),
        ..NewPasswordForm::default()
    };
    let remark = typed.remark(Field::Password).expect("a hint");
    assert!(
        remark
            .text
            .starts_with("仮パスワードと同じものは使えません。")
    );
}
