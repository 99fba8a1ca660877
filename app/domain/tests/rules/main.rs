//! What members may type, and what they are told otherwise.

#![allow(
    clippy::expect_used,
    reason = "a story that cannot go on is a failed test"
)]

mod email;
mod forms;
mod insurer_number;
mod login_id;
mod nickname;
mod passkey_name;
mod password;
mod properties;
mod provisional;
mod sign_in;
mod text;

use domain::text::Sentence;

/// The sentence a member reads about this input, or `""` where it is taken.
fn answer<T, R: Sentence>(read: Result<T, R>) -> String {
    read.err()
        .map(|refusal| refusal.sentence().into_owned())
        .unwrap_or_default()
}

/// Compares a table of inputs and answers, and names every line that differs.
fn assert_answers(table: &[(&str, &str)], rule: impl Fn(&str) -> String) {
    let wrong: Vec<String> = table
        .iter()
        .filter(|(typed, expected)| rule(typed) != *expected)
        .map(|(typed, expected)| {
            format!(
                "{typed:?} is answered with 「{}」 instead of 「{expected}」",
                rule(typed)
            )
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
