//! Sentences that no input alone can bring about, and the numbers in the others.

use domain::{
    rules::{
        CurrentPasswordError, EmailError, LoginIdError, NicknameError, PasswordError,
        ProvisionalIdError, ProvisionalPasswordError, email, login_id, nickname, password,
        provisional,
    },
    text::{self, Sentence},
};

#[test]
fn what_only_the_server_can_find() {
    for (sentence, expected) in [
        (
            LoginIdError::Taken.sentence(),
            "このログインIDは使われています。別のIDを入力してください。",
        ),
        (
            PasswordError::SameAsProvisional.sentence(),
            "仮パスワードと同じものは使えません。別のものにしてください。",
        ),
        (
            CurrentPasswordError::Wrong.sentence(),
            "現在のパスワードが違うか、いまは確認できません。続けて間違えると、しばらくお手続きできません。",
        ),
        (
            EmailError::Yours.sentence(),
            "このアドレスはすでに登録されています。",
        ),
        (
            EmailError::ThreeAlready.sentence(),
            "登録は3つまでです。追加する前に1つ削除してください。",
        ),
        (
            EmailError::LastOne.sentence(),
            "最後のアドレスは削除できません。先に別のアドレスを登録してください。",
        ),
    ] {
        assert_eq!(sentence, expected);
    }
}

#[test]
fn refused_steps() {
    assert_eq!(
        text::postcard_refused("03-6219-8877"),
        "ログインできませんでした。入力内容とハガキの有効期限をご確認ください。使用済みのハガキ、再発行される前のハガキは使えません。ご不明な場合は03-6219-8877へ。"
    );
    assert_eq!(
        text::SIGN_IN_REFUSED,
        "ログインIDまたはパスワードが違うか、現在ログインできません。仮パスワードはメールのURLからお使いください。続けて間違えると、しばらくログインできません。"
    );
    assert_eq!(
        text::LINK_REFUSED,
        "このURLは使えません。期限（3時間）が切れたか、すでに使われています。もう一度お手続きください。"
    );
    assert_eq!(
        text::LINK_TAKEN_BACK,
        "このURLは、その後のお手続き（パスワードの変更、アドレスの削除など）のため使えなくなりました。必要なときは、もう一度お手続きください。"
    );
    assert_eq!(
        text::REPORT_TAKEN_BACK,
        "このURLは、その後のお手続き（利用停止、ハガキでの登録など）のため使えなくなりました。お心当たりがないときは、すぐに健康保険組合へお知らせください。"
    );
    assert_eq!(
        text::REPORT_REFUSED,
        "このURLは使えません。期限（12時間）が切れたか、すでに使われています。ご心配な場合は、パスワードを再発行してください。"
    );
    assert_eq!(
        text::SESSION_OVER,
        "時間が過ぎたため中断しました。お手数ですが、下のボタンからもう一度お手続きください。"
    );
}

#[test]
fn the_numbers_in_the_sentences_are_the_rules() {
    for (sentence, limit) in [
        (LoginIdError::TooLong(99).sentence(), login_id::MAX_CHARS),
        (PasswordError::TooShort(1).sentence(), password::MIN_CHARS),
        (PasswordError::TooLong.sentence(), password::MAX_CHARS),
        (NicknameError::TooLong(99).sentence(), nickname::MAX_CHARS),
        (
            ProvisionalIdError::Length(99).sentence(),
            provisional::ID_CHARS,
        ),
        (
            ProvisionalPasswordError::Length(99).sentence(),
            provisional::PASSWORD_CHAR_COUNT,
        ),
    ] {
        assert!(sentence.contains(&format!("{limit}文字")), "{sentence}");
    }
    let three = EmailError::ThreeAlready.sentence();
    assert!(three.contains(&format!("{}つまで", email::MOST)), "{three}");
}
