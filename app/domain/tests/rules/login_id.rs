use domain::rules::LoginId;

use crate::{answer, assert_answers};

const INVISIBLE: &str = "見えない文字があります。半角の英字と数字だけで入力してください。";

const FULL_WIDTH: &str = "全角文字が入っています。半角で入力してください。";

#[test]
fn the_manuals_examples_and_their_neighbours() {
    assert_answers(
        &[
            (
                "SKE123456",
                "7・8桁目は数字にできません（今は「45」）。英字にしてください。",
            ),
            ("123456SKE", ""),
            ("123456S", ""),
            ("123456SK", ""),
            (
                "1234567",
                "7桁目は数字にできません（今は「7」）。英字にしてください。",
            ),
            (
                "1234567a",
                "7桁目は数字にできません（今は「7」）。英字にしてください。",
            ),
            (
                "123456a8",
                "8桁目は数字にできません（今は「8」）。英字にしてください。",
            ),
            (
                "123456a89",
                "8桁目は数字にできません（今は「8」）。英字にしてください。",
            ),
            ("123456ab90", ""),
            ("a", ""),
            ("1", ""),
            ("123456", ""),
            ("Hanako", ""),
        ],
        |typed| answer(LoginId::parse(typed)),
    );
}

#[test]
fn blanks_around_an_id_are_not_part_of_it() {
    for typed in ["hanako ", " hanako", "hanako\u{3000}"] {
        assert_eq!(LoginId::parse(typed).expect(typed).as_str(), "hanako");
    }
    assert_answers(
        &[
            (" 123456KE", ""),
            (
                "SKE1234 ",
                "7桁目は数字にできません（今は「4」）。英字にしてください。",
            ),
        ],
        |typed| answer(LoginId::parse(typed)),
    );
}

#[test]
fn nothing_but_half_width_letters_and_digits() {
    let unusable = |c: &str| {
        format!("使えない文字「{c}」があります。半角の英字と数字だけで入力してください。")
    };
    assert_answers(
        &[
            ("", "ログインIDを入力してください。"),
            ("ＳＫＥ", FULL_WIDTH),
            ("hanakoＳ", FULL_WIDTH),
            ("hana\u{3000}ko", FULL_WIDTH),
            ("hanako-ｙ", FULL_WIDTH),
            ("サッカー", FULL_WIDTH),
            ("はなこ", &unusable("は")),
            ("hana_ko", &unusable("_")),
            ("hana-ko", &unusable("-")),
            ("hana ko", &unusable("空白")),
            ("hana\u{A0}ko", &unusable("空白")),
            (" \u{3000}", "ログインIDを入力してください。"),
            ("hana\tko", &unusable("空白")),
            ("hana\0ko", INVISIBLE),
            ("hana\u{202E}ko", INVISIBLE),
            ("hana\u{200B}ko", INVISIBLE),
            ("ﾊﾅｺ", &unusable("ﾊ")),
            ("é", &unusable("é")),
            ("🙂", &unusable("🙂")),
            ("' or 1=1 --", &unusable("'")),
            ("</script>", &unusable("<")),
            ("٣", &unusable("٣")),
        ],
        |typed| answer(LoginId::parse(typed)),
    );
}

#[test]
fn up_to_64_characters() {
    let id = |length| "a".repeat(length);
    assert_answers(
        &[
            (&id(64), ""),
            (&id(65), "64文字以内にしてください（今は65文字）。"),
            (&id(10_000), "64文字以内にしてください（今は10000文字）。"),
            // what stands at 7 and 8 is said once the length is right
            (&"1".repeat(65), "64文字以内にしてください（今は65文字）。"),
        ],
        |typed| answer(LoginId::parse(typed)),
    );
}

#[test]
fn it_is_shown_as_typed_and_found_without_regard_to_case() {
    let [typed, shouted] = ["Hanako", "HANAKO"].map(|typed| LoginId::parse(typed).expect("an ID"));
    assert_eq!(typed.as_str(), "Hanako");
    assert_eq!(typed.key(), "hanako");
    assert_eq!(typed.key(), shouted.key());
}
