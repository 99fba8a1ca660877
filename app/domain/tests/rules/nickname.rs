use domain::rules::{Nickname, nickname::honorific};

use crate::{answer, assert_answers};

const EMPTY: &str = "ニックネームを入力してください。";
const INVISIBLE: &str = "表示できない文字が入っています。入力し直してください。";

#[test]
fn up_to_20_characters_that_can_be_seen() {
    assert_answers(
        &[
            ("たろう", ""),
            ("T", ""),
            ("山田 太郎", ""),
            ("葛\u{E0100}飾", ""),
            ("ﾀﾛｳ", ""),
            ("🙂❤\u{FE0F}", ""),
            // A family, a profession, a flag: several pictures joined into one.
            ("👨\u{200D}👩\u{200D}👧", ""),
            ("👩🏽\u{200D}🚀", ""),
            ("❤\u{FE0F}\u{200D}🔥", ""),
            ("🏃\u{200D}♀\u{FE0F}", ""),
            ("花\u{200D}子", INVISIBLE),
            ("🙂\u{200D}", INVISIBLE),
            ("\u{200D}🙂", INVISIBLE),
            ("</script>", ""),
            ("=1+1", ""),
            ("𠮷野家の𠮷野さんのお隣の𠮷野さんの子供𠮷", ""),
            ("あいうえおかきくけこさしすせそたちつてと", ""),
            (
                "あいうえおかきくけこさしすせそたちつてとな",
                "20文字以内にしてください（今は21文字）。",
            ),
            (
                &"長".repeat(10_000),
                "20文字以内にしてください（今は10000文字）。",
            ),
            ("", EMPTY),
            (" ", EMPTY),
            ("\u{3000}\u{3000}", EMPTY),
        ],
        |typed| answer(Nickname::parse(typed)),
    );
}

#[test]
fn a_name_that_is_called_already_is_called_once() {
    for (name, called) in [
        ("うめ", "うめさん"),
        ("うめさん", "うめさん"),
        ("太郎くん", "太郎くん"),
        ("はなちゃん", "はなちゃん"),
        ("山田様", "山田様"),
        ("鈴木先生", "鈴木先生"),
        ("さん", "さんさん"),
        ("君", "君さん"),
        ("Taro", "Taroさん"),
    ] {
        assert_eq!([name, honorific(name)].concat(), called);
    }
}

#[test]
fn characters_that_nobody_can_see() {
    for c in [
        '\0',
        '\u{1}',
        '\u{1B}',
        '\u{7F}',
        '\u{85}',
        '\n',
        '\r',
        '\t',
        '\u{AD}',
        '\u{61C}',
        '\u{200B}',
        '\u{200D}',
        '\u{200E}',
        '\u{200F}',
        '\u{2028}',
        '\u{202A}',
        '\u{202E}',
        '\u{2060}',
        '\u{2066}',
        '\u{2069}',
        '\u{3164}',
        '\u{FEFF}',
        '\u{FFFD}',
        '\u{E0041}',
    ] {
        let typed = format!("た{c}ろう");
        assert_eq!(answer(Nickname::parse(&typed)), INVISIBLE, "{c:?}");
    }
}

#[test]
fn the_spaces_around_it_are_not_part_of_it() {
    let nickname = Nickname::parse("\u{3000}山田 太郎 ").expect("a nickname");
    assert_eq!(nickname.as_str(), "山田 太郎");
    assert_eq!(
        answer(Nickname::parse(&format!("{} ", "あ".repeat(20)))),
        ""
    );
}
