use domain::rules::{
    Password,
    password::{confirm, password_rules},
};

use crate::{answer, assert_answers};

const COMMON: &str = "よく使われていて推測されやすいパスワードです。別のものにしてください。";
const CAPITALS: &str = "大文字は使えません。小文字で入力してください。";
const OTHER: &str = "記号や空白は使えません。半角英小文字と数字だけで入力してください。";
const FULL_WIDTH: &str = "全角文字が入っています。半角で入力してください。";

#[test]
fn lower_case_letters_and_digits_both_present() {
    assert_answers(
        &[
            ("kenpo123", ""),
            ("kenpo1234", ""),
            ("1kenpooo", ""),
            ("KENPO123", CAPITALS),
            ("Kenpo123", CAPITALS),
            ("K", CAPITALS),
            ("kenpokenpo", "半角数字も入れてください。"),
            ("12345678", "半角英小文字も入れてください。"),
            ("", "パスワードを入力してください。"),
            ("kenpo 123", OTHER),
            ("kenpo-123", OTHER),
            ("kenpo123\0", OTHER),
            ("けんぽ123", OTHER),
            ("kenpo123🙂", OTHER),
            ("kénpo1234", OTHER),
            ("ｋｅｎｐｏ１２３", FULL_WIDTH),
            ("ＫＥＮＰＯ", FULL_WIDTH),
            ("kenpo123\u{3000}", FULL_WIDTH),
        ],
        |typed| answer(Password::parse(typed, "hanako")),
    );
}

#[test]
fn between_8_and_128_characters() {
    let of_length = |length: usize| format!("7{}", "z".repeat(length - 1));
    assert_answers(
        &[
            ("k", "8文字以上にしてください（あと7文字）。"),
            ("kenpo12", "8文字以上にしてください（あと1文字）。"),
            ("1234567", "8文字以上にしてください（あと1文字）。"),
            (&of_length(8), ""),
            (&of_length(128), ""),
            (&of_length(129), "128文字以内にしてください。"),
            (&of_length(10_000), "128文字以内にしてください。"),
        ],
        |typed| answer(Password::parse(typed, "hanako")),
    );
}

#[test]
fn the_commonest_are_refused() {
    assert_answers(
        &[
            ("password1", COMMON),
            ("abcd1234", COMMON),
            ("1q2w3e4r", COMMON),
            ("sakura123", COMMON),
            ("password1x", ""),
        ],
        |typed| answer(Password::parse(typed, "hanako")),
    );
}

#[test]
fn every_line_of_the_list_of_common_ones_would_fit_the_rule_otherwise() {
    let list = include_str!("../../src/rules/common_passwords.txt");
    for common in list.lines() {
        assert_eq!(
            answer(Password::parse(common, "hanako")),
            COMMON,
            "{common}"
        );
    }
    assert!(list.lines().is_sorted_by(|a, b| a < b), "sorted, each once");
    assert!((300..1000).contains(&list.lines().count()), "a few hundred");
}

#[test]
fn it_is_not_the_login_id() {
    let same = "ログインIDと同じパスワードは使えません。別のものにしてください。";
    let beside =
        |login_id: &'static str| move |typed: &str| answer(Password::parse(typed, login_id));
    assert_answers(
        &[("hanako7hanako", same), ("hanako7hanaka", "")],
        beside("hanako7hanako"),
    );
    assert_answers(&[("hanako7hanako", same)], beside("Hanako7Hanako"));
    // beside an ID that is itself still wrong
    assert_answers(&[("hanako77", same)], beside("hanako77"));
}

#[test]
fn typed_a_second_time() {
    let beside = |password: &'static str| move |again: &str| answer(confirm(password, again));
    let empty = "確認のため、もう一度入力してください。";
    let different = "上のパスワードと違います。もう一度入力してください。";
    assert_answers(
        &[
            ("", empty),
            ("kenpo12", different),
            ("Kenpo123", different),
            ("kenpo123", ""),
        ],
        beside("kenpo123"),
    );
    assert_answers(&[("", empty), ("k", different)], beside(""));
}

#[test]
fn it_never_shows_in_a_log() {
    let password = Password::parse("kenpo123", "hanako").expect("a password");
    assert_eq!(format!("{password:?}"), "Password(…)");
}

#[test]
fn a_phones_generator_is_told_the_rule() {
    assert_eq!(
        password_rules(),
        "minlength: 8; maxlength: 128; required: lower; required: digit; allowed: lower, digit;"
    );
}
