use domain::rules::{EmailAddress, mail_domain::likely_slip};

use crate::{answer, assert_answers};

const INVISIBLE: &str = "見えない文字があります。取り除いてください。";

const AT_SIGN: &str = "「@」を1つ入れてください。例：taro@example.jp";
const DOMAIN: &str = "「@」の後ろをご確認ください。例：docomo.ne.jp";
const TOO_LONG: &str = "メールアドレスが長すぎます。ご確認ください。";
const FULL_WIDTH: &str = "全角文字が入っています。半角で入力してください。";

#[test]
fn addresses_that_members_have() {
    for address in [
        "taro@example.jp",
        "a..b@docomo.ne.jp",
        "a.@ezweb.ne.jp",
        ".a@docomo.ne.jp",
        "...@docomo.ne.jp",
        "taro+kenpo@gmail.com",
        "taro_yamada-1@softbank.ne.jp",
        "o'neill@example.com",
        "!#$%&'*+-/=?^_`{|}~@example.jp",
        "taro@mail.example.co.jp",
        "taro@xn--wgv71a119e.jp",
        "taro@3com.com",
        "TARO@EXAMPLE.JP",
    ] {
        assert_eq!(answer(EmailAddress::parse(address)), "", "{address}");
    }
}

#[test]
fn one_at_sign_and_a_domain() {
    assert_answers(
        &[
            ("", "メールアドレスを入力してください。"),
            ("taro", AT_SIGN),
            ("@", AT_SIGN),
            ("@example.jp", AT_SIGN),
            ("taro@@example.jp", AT_SIGN),
            ("taro@example@example.jp", AT_SIGN),
            ("taro@", DOMAIN),
            ("taro@example", DOMAIN),
            ("taro@localhost", DOMAIN),
            ("taro@.jp", DOMAIN),
            ("taro@example.", DOMAIN),
            ("taro@example..jp", DOMAIN),
            ("taro@-example.jp", DOMAIN),
            ("taro@example-.jp", DOMAIN),
            ("taro@exa_mple.jp", DOMAIN),
            ("taro@192.0.2.1", DOMAIN),
        ],
        |typed| answer(EmailAddress::parse(typed)),
    );
}

#[test]
fn characters_that_no_address_has() {
    let unusable = |c: &str| format!("使えない文字「{c}」があります。取り除いてください。");
    assert_answers(
        &[
            ("ta ro@example.jp", &unusable("空白")),
            ("taro @example.jp", &unusable("空白")),
            (
                "taro@example.jp\r\nBcc: hanako@example.jp",
                &unusable("空白"),
            ),
            ("taro\0@example.jp", INVISIBLE),
            ("taro@example.jp\u{200B}", INVISIBLE),
            ("taro@example.jp,hanako@example.jp", &unusable(",")),
            ("taro;hanako@example.jp", &unusable(";")),
            ("<taro@example.jp>", &unusable("<")),
            ("taro@example.jp>", &unusable(">")),
            ("\"taro\"@example.jp", &unusable("\"")),
            ("taro(kenpo)@example.jp", &unusable("(")),
            ("taro@[192.0.2.1]", &unusable("[")),
            ("ta\\ro@example.jp", &unusable("\\")),
            ("mailto:taro@example.jp", &unusable(":")),
            ("太郎@example.jp", &unusable("太")),
            ("taro@例え.jp", &unusable("例")),
            ("taro@exämple.jp", &unusable("ä")),
            ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", FULL_WIDTH),
            ("taro＠example.jp", FULL_WIDTH),
            ("taro@example。jp", FULL_WIDTH),
        ],
        |typed| answer(EmailAddress::parse(typed)),
    );
}

#[test]
fn blanks_around_an_address_are_not_part_of_it() {
    for typed in [
        "taro@example.jp ",
        " taro@example.jp",
        "taro@example.jp\u{3000}",
        "\u{A0}taro@example.jp \u{3000}",
    ] {
        let address = EmailAddress::parse(typed).expect(typed);
        assert_eq!(address.as_str(), "taro@example.jp");
    }
    assert_answers(
        &[(" \u{3000}", "メールアドレスを入力してください。")],
        |typed| answer(EmailAddress::parse(typed)),
    );
}

#[test]
fn up_to_254_bytes() {
    let of_length =
        |length: usize| format!("{}@example.jp", "a".repeat(length - "@example.jp".len()));
    let of_label = |length: usize| format!("taro@{}.jp", "a".repeat(length));
    assert_answers(
        &[
            (&of_length(254), ""),
            (&of_length(255), TOO_LONG),
            (&of_length(10_000), TOO_LONG),
            (&"a".repeat(255), TOO_LONG),
            (&of_label(63), ""),
            (&of_label(64), DOMAIN),
        ],
        |typed| answer(EmailAddress::parse(typed)),
    );
}

#[test]
fn compared_without_regard_to_case() {
    let key = |typed| EmailAddress::parse(typed).expect("an address").key();
    assert_eq!(key("Taro@Example.JP"), "taro@example.jp");
    assert_eq!(key("taro@EXAMPLE.jp"), key("taro@example.jp"));
    let typed = EmailAddress::parse("Taro@Example.JP").expect("an address");
    assert_eq!(
        typed.as_str(),
        "Taro@Example.JP",
        "letters go where the member said"
    );
}

#[test]
fn a_slip_in_a_well_known_domain_is_asked_about() {
    for (typed, meant) in [
        ("taro@gmail.con", "taro@gmail.com"),
        ("taro@gmail.co", "taro@gmail.com"),
        ("taro@gmail.co.jp", "taro@gmail.com"),
        ("taro@gmail.jp", "taro@gmail.com"),
        ("taro@gmial.com", "taro@gmail.com"),
        ("taro@gmai.com", "taro@gmail.com"),
        ("taro@gmaill.com", "taro@gmail.com"),
        ("taro@gamil.com", "taro@gmail.com"),
        ("Taro@GMAIL.CON", "Taro@gmail.com"),
        ("taro@docomo.ne.jo", "taro@docomo.ne.jp"),
        ("taro@docomo.co.jp", "taro@docomo.ne.jp"),
        ("taro@docomo.ne", "taro@docomo.ne.jp"),
        ("taro@docmo.ne.jp", "taro@docomo.ne.jp"),
        ("taro@dokomo.ne.jp", "taro@docomo.ne.jp"),
        ("taro@ezweb.ne.jo", "taro@ezweb.ne.jp"),
        ("taro@ezwed.ne.jp", "taro@ezweb.ne.jp"),
        ("taro@yahoo.co.jo", "taro@yahoo.co.jp"),
        ("taro@yaho.co.jp", "taro@yahoo.co.jp"),
        ("taro@yahooo.co.jp", "taro@yahoo.co.jp"),
        ("taro@iclould.com", "taro@icloud.com"),
        ("taro@icloud.co.jp", "taro@icloud.com"),
        ("taro@iclud.com", "taro@icloud.com"),
        ("taro@au.con", "taro@au.com"),
        ("taro@softbank.ne.jo", "taro@softbank.ne.jp"),
        ("taro@sofbank.ne.jp", "taro@softbank.ne.jp"),
        ("taro@isoftbank.jp", "taro@i.softbank.jp"),
        ("taro@hotmail.con", "taro@hotmail.com"),
        ("taro@outlook.jo", "taro@outlook.jp"),
    ] {
        assert_eq!(likely_slip(typed).as_deref(), Some(meant), "{typed}");
    }
}

#[test]
fn nobody_is_asked_about_an_address_that_may_well_be_right() {
    for typed in [
        "taro@gmail.com",
        "taro@docomo.ne.jp",
        "taro@Docomo.NE.JP",
        "taro@au.com",
        "taro@ezweb.ne.jp",
        "taro@ymail.com",
        "taro@email.com",
        "taro@mail.com",
        "taro@me.com",
        "taro@yahoo.com",
        "taro@yahoo.ne.jp",
        "taro@outlook.com",
        "taro@hotmail.co.jp",
        "taro@odn.ne.jp",
        "taro@ocn.ne.jp",
        "taro@example.jp",
        "taro@aa.com",
        "@gmail.con",
        "gmail.con",
        "",
        "@",
    ] {
        assert_eq!(likely_slip(typed), None, "{typed}");
    }
}
