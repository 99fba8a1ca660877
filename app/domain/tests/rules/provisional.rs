use domain::rules::{LoginId, ProvisionalId, ProvisionalPassword};

use crate::{answer, assert_answers};

fn never_printed(c: &str) -> String {
    format!("「{c}」は使われていない文字です。似た文字でないかお確かめください。")
}

#[test]
fn an_id_copied_from_a_postcard_in_any_way() {
    for typed in [
        "bcdfgh23",
        "BCDFGH23",
        "ｂｃｄｆｇｈ２３",
        "ＢＣＤＦＧＨ２３",
        " bcdfgh23 ",
        "bcd fgh 23",
        "bcd\u{3000}fgh23",
        "bcdfgh-23",
        "bcdfghー23",
        "bcdfgh−23",
        "bcdfgh‐23",
        "bcdfgh—23",
        "bcdfgh－23",
        "bcdfghｰ23",
        "bcdfgh23\u{200B}",
        "bcdfgh23\t",
    ] {
        let id = ProvisionalId::parse(typed).map(|id| id.as_str().to_owned());
        assert_eq!(id.as_deref(), Ok("bcdfgh23"), "{typed:?}");
    }
}

#[test]
fn an_id_that_no_postcard_bears() {
    let length =
        |n: usize| format!("仮ログインIDは8文字です（今は{n}文字）。もう一度お確かめください。");
    let order = "仮ログインIDは英字6文字と数字2文字の順です。もう一度お確かめください。";
    assert_answers(
        &[
            ("", "ログインIDを入力してください。"),
            (" - ", "ログインIDを入力してください。"),
            ("bcdfgh2", &length(7)),
            ("bcdfgh234", &length(9)),
            ("b", &length(1)),
            (&"b".repeat(10_000), &length(10_000)),
            ("23bcdfgh", order),
            ("bcdfghjk", order),
            ("bcdfg2h3", order),
            ("bcdfgh20", &never_printed("0")),
            ("bcdfgh21", &never_printed("1")),
            ("bcdfgO", &never_printed("O")),
            ("l", &never_printed("l")),
            ("I", &never_printed("I")),
            ("ｌ", &never_printed("ｌ")),
            ("a", &never_printed("a")),
            ("ぼ", &never_printed("ぼ")),
            ("bcdfgh_23", &never_printed("_")),
            ("🙂", &never_printed("🙂")),
            // U+212A, the sign of the kelvin, whose lower case is a k
            ("\u{212A}", &never_printed("\u{212A}")),
        ],
        |typed| answer(ProvisionalId::parse(typed)),
    );
}

#[test]
fn a_password_copied_from_a_postcard_in_any_way() {
    for typed in [
        "abcd-efgh-2345",
        "abcdefgh2345",
        "ABCD EFGH 2345",
        "ａｂｃｄ－ｅｆｇｈ－２３４５",
        "ａｂｃｄーｅｆｇｈー２３４５",
    ] {
        let password = ProvisionalPassword::parse(typed).expect(typed);
        assert_eq!(password.as_str(), "abcdefgh2345", "{typed:?}");
        assert_eq!(password.printed(), "abcd-efgh-2345", "{typed:?}");
    }
}

#[test]
fn a_password_that_no_postcard_bears() {
    let length =
        |n: usize| format!("「-」を除いて12文字です（今は{n}文字）。もう一度お確かめください。");
    assert_answers(
        &[
            ("", "仮パスワードを入力してください。"),
            ("abcd-efgh-234", &length(11)),
            ("abcd-efgh-23456", &length(13)),
            ("abcd-efgh-2340", &never_printed("0")),
            ("1", &never_printed("1")),
            ("l", &never_printed("l")),
            ("I", &never_printed("I")),
            ("O", &never_printed("O")),
            ("abcd.efgh", &never_printed(".")),
        ],
        |typed| answer(ProvisionalPassword::parse(typed)),
    );
}

#[test]
fn the_password_never_shows_in_a_log() {
    let password = ProvisionalPassword::parse("abcd-efgh-2345").expect("a password");
    assert_eq!(format!("{password:?}"), "ProvisionalPassword(…)");
}

#[test]
fn every_character_is_as_likely_as_the_others() {
    // each byte once: 8 of 256 are thrown away, so that 31 characters come 8 times each
    let mut bytes = (0..=255u8).cycle();
    let mut seen = std::collections::BTreeMap::new();
    for _ in 0..(8 * 31) {
        let password = ProvisionalPassword::generate(|| bytes.next().unwrap_or_default());
        for c in password.as_str().chars() {
            *seen.entry(c).or_insert(0) += 1;
        }
    }
    assert_eq!(seen.len(), 31, "{seen:?}");
    assert!(seen.values().all(|&times| times == 8 * 12), "{seen:?}");
}

#[test]
fn what_is_generated_is_read_back_and_is_no_chosen_id() {
    let mut byte = 0u8;
    for _ in 0..10_000 {
        let mut next = || {
            byte = byte.wrapping_mul(5).wrapping_add(113);
            byte
        };
        let id = ProvisionalId::generate(&mut next);
        assert_eq!(ProvisionalId::parse(id.as_str()), Ok(id.clone()));
        assert!(
            LoginId::parse(id.as_str()).is_err(),
            "{} could be chosen by a member",
            id.as_str()
        );
        let password = ProvisionalPassword::generate(&mut next);
        let read = ProvisionalPassword::parse(&password.printed());
        assert_eq!(read.expect("a password").as_str(), password.as_str());
    }
}
