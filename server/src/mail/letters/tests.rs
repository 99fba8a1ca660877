#![allow(clippy::unwrap_used)]

use domain::{
    ports::ReportedSignIn, rules::ProvisionalPassword, values::timestamp::Timestamp,
    visit::RequestOrigin,
};

use super::{super::layout::Letter, *};

const PORTAL: &str = "https://portal.example.jp";
/// 2026-11-22 14:42 in Japan.
const ASKED: Timestamp = Timestamp(1_795_326_120_000);

fn link(path: &str) -> Link {
    Link {
        url: format!("{PORTAL}{path}?token=dG9rZW4"),
        asked_at: ASKED,
        expires_at: Timestamp(ASKED.0 + 3 * 3_600_000),
    }
}

fn provisional() -> ProvisionalPassword {
    ProvisionalPassword::parse("abcd-efgh-jk23").unwrap()
}

fn stranger() -> ReportedSignIn {
    ReportedSignIn {
        at: ASKED,
        from: RequestOrigin {
            network_address: "203.0.113.7".to_owned(),
            device: "<script>Windows NT 10.0 Chrome/131.0".to_owned(),
        },
    }
}

fn every_letter() -> [Letter; 11] {
    let society = &Society::default();
    let sign_in = format!("{PORTAL}/login");
    [
        registration(society, &link("/register/verify")),
        already_registered(society, &sign_in),
        reissue(
            society,
            &link("/reissue/verify"),
            "SKEhanako",
            &provisional(),
        ),
        not_found(society, &format!("{PORTAL}/reissue")),
        change(
            society,
            ASKED,
            &Changed::ALL,
            None,
            &format!("{PORTAL}/reissue"),
        ),
        address_confirmation(society, &link("/profile/emails/confirm")),
        welcome(society, "はなこ & <b>\"'", "SKEhanako", &sign_in),
        new_device(society, &link("/security/report"), &stranger()),
        left(society, ASKED, &format!("{PORTAL}/help")),
        by_office(society, ASKED, "disabled", &format!("{PORTAL}/help")).unwrap(),
        notice(
            society,
            "特定健診のご案内 & <b>",
            &format!("{PORTAL}/notices/0"),
            &format!("{PORTAL}/notices/unsubscribe?token=dG9rZW4"),
        ),
    ]
}

#[test]
fn the_way_into_the_registration_is_told_in_the_manual_s_words() {
    let letter = registration(&Society::default(), &link("/register/verify"));
    assert_eq!(
        letter.subject,
        "【AB健康マイポータル】利用登録手続きのご案内"
    );
    assert_eq!(
        letter.text,
        "■ 利用登録手続きのご案内 ■\n\
         \n\
         オートバックス健康保険組合です。\n\
         \n\
         利用登録手続きを依頼された方へお知らせしています。\n\
         お手元に、別途お送りしているハガキ「AB健康マイポータル登録について」をご用意ください。\n\
         以下のURLにアクセスして、利用登録の手続きを行ってください。\n\
         \n\
         https://portal.example.jp/register/verify?token=dG9rZW4\n\
         \n\
         このURLは 2026年11月22日 17:42 まで使えます。\n\
         \n\
         ※URLの有効期限は3時間です。有効期限を過ぎた場合は、メールアドレスの登録からやり直してください。\n\
         ※迷惑メール設定は autobacs-kenpo.jp を受信可能に設定してください。\n\
         ※本メールに覚えがない場合は、大変お手数ですが本メールを破棄してください。\n\
         \n\
         ※本メールには返信できませんのでご了承ください。\n\
         \n\
         オートバックス健康保険組合\n\
         TEL:03-6219-8877\n"
    );
}

#[test]
fn a_reissue_s_letter_has_id_and_password_each_alone_on_its_line() {
    let letter = reissue(
        &Society::default(),
        &link("/reissue/verify"),
        "SKEhanako",
        &provisional(),
    );
    assert_eq!(
        letter.text,
        "■ パスワード再発行のご案内 ■\n\
         \n\
         オートバックス健康保険組合です。\n\
         \n\
         パスワード再発行手続きを依頼された方へ、パスワード再発行のご案内です。\n\
         以下のURLにアクセスして、仮パスワードでログインし、パスワード変更の手続きを行ってください。\n\
         \n\
         https://portal.example.jp/reissue/verify?token=dG9rZW4\n\
         \n\
         このURLは 2026年11月22日 17:42 まで使えます。\n\
         \n\
         ログインID\n\
         SKEhanako\n\
         \n\
         仮パスワード\n\
         abcd-efgh-jk23\n\
         \n\
         ※URLの有効期限は3時間です。有効期限を過ぎた場合は、もう一度パスワード再発行の画面からお手続きください。\n\
         ※仮パスワードの有効期限は発行から3時間です。\n\
         ※パスワードを変更されるまで、現在のパスワードはそのまま使えます。\n\
         ※本メールに覚えがない場合は、大変お手数ですが本メールを破棄してください。\n\
         \n\
         ※本メールには返信できませんのでご了承ください。\n\
         \n\
         オートバックス健康保険組合\n\
         TEL:03-6219-8877\n"
    );
}

#[test]
fn no_letter_leads_anywhere_but_to_the_portal_or_fetches_anything() {
    for letter in every_letter() {
        for body in [&letter.text, &letter.html] {
            let links = body.match_indices("://").count();
            assert_eq!(
                links,
                body.matches(PORTAL).count(),
                "a foreign link in {body}"
            );
            assert!(links > 0, "no way to the portal in {body}");
        }
        let hrefs = letter.html.matches("href=").count();
        assert_eq!(
            hrefs,
            letter.html.matches(&format!("href=\"{PORTAL}/")).count()
        );
        for fetching in [
            "src=", "<img", "<link", "<script", "<style", "url(", "style=",
        ] {
            assert!(
                !letter.html.contains(fetching),
                "{fetching} in {}",
                letter.html
            );
        }
    }
}

#[test]
fn both_forms_of_a_letter_say_the_same() {
    for letter in every_letter() {
        let body = letter
            .html
            .split_once("<body>")
            .map_or("", |(_, body)| body);
        let mut words = String::new();
        for piece in body.split('<') {
            words += piece.split_once('>').map_or(piece, |(_, text)| text);
        }
        let words = words
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&quot;", "\"")
            .replace("&#39;", "'")
            .replace("&amp;", "&");
        let lines = |text: &str| -> Vec<String> {
            text.lines()
                .filter(|line| !line.is_empty())
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(lines(&words), lines(&letter.text));
    }
}

#[test]
fn every_letter_says_who_writes_and_that_nobody_reads_answers() {
    for letter in every_letter() {
        assert!(
            letter.subject.starts_with("【AB健康マイポータル】"),
            "{}",
            letter.subject
        );
        for part in [
            "オートバックス健康保険組合です。",
            "本メールには返信できません",
            "TEL:03-6219-8877",
        ] {
            assert!(
                letter.text.contains(part),
                "{part} is missing in {}",
                letter.text
            );
        }
    }
}

#[test]
fn a_nickname_is_text_in_the_html_too() {
    let letter = welcome(
        &Society::default(),
        "</p><script>alert(1)</script>",
        "id",
        PORTAL,
    );
    assert!(!letter.html.contains("<script"), "{}", letter.html);
    assert!(letter.text.contains("</p><script>alert(1)</script> 様"));
}

#[test]
fn a_sign_in_from_a_new_device_is_told_with_its_time_its_device_and_a_way_to_disown_it() {
    let link = Link {
        expires_at: Timestamp(ASKED.0 + 12 * 3_600_000),
        ..link("/security/report")
    };
    let letter = new_device(&Society::default(), &link, &stranger());
    for part in [
        "ログイン日時\n2026年11月22日 14:42\n",
        "端末\nWindowsのChrome\n",
        "203.0.113.7",
        "https://portal.example.jp/security/report?token=dG9rZW4\n",
        "このURLは 2026年11月23日 2:42 まで使えます。",
    ] {
        assert!(
            letter.text.contains(part),
            "{part} is missing in {}",
            letter.text
        );
    }
}

#[test]
fn a_change_is_told_with_its_time_and_what_it_was() {
    let about = Changed::about(&[Changed::LoginId, Changed::Password]);
    let changes = Changed::parse(&about);
    let letter = change(&Society::default(), ASKED, &changes, None, PORTAL);
    assert!(
        letter.text.contains("変更日時\n2026年11月22日 14:42\n"),
        "{}",
        letter.text
    );
    assert!(
        letter.text.contains("変更内容\nログインID、パスワード\n"),
        "{}",
        letter.text
    );
    let removed = ChangedAddress::Removed("taro@example.jp".to_owned());
    let about = removed.about();
    let letter = change(
        &Society::default(),
        ASKED,
        &Changed::parse(&about),
        ChangedAddress::parse(&about),
        PORTAL,
    );
    assert!(
        letter
            .text
            .contains("変更内容\nメールアドレス\n\n削除したメールアドレス\ntaro@example.jp\n"),
        "{}",
        letter.text
    );
    for change in Changed::ALL {
        assert_eq!(Changed::parse(&Changed::about(&[change])), [change]);
    }
}
