//! What stands beside the fields while a form is filled in, and what comes of it.

use domain::{
    forms::{
        AddressForm, Errors, Field, Form, NewPasswordForm, PresentPasswordForm, ProfileForm,
        ProvisionalForm, RegistrationProfileForm, ReissueProvisionalForm, SignInForm, Tone, judge,
        note,
    },
    rules::LoginIdError,
};

/// Tone and sentence beside a field, as the browser asks for them.
fn beside(form: &str, typed: &[(Field, &str)], field: Field) -> Option<(Tone, String)> {
    let value = |asked: Field| {
        typed
            .iter()
            .find(|(its, _)| *its == asked)
            .map(|(_, value)| (*value).to_owned())
            .unwrap_or_default()
    };
    let notes = judge(form, &value);
    let (_, note) = notes
        .into_iter()
        .find(|(its, _)| *its == field)
        .expect("a field of the form");
    note.map(|note| (note.tone, note.text.into_owned()))
}

fn error(text: &str) -> Option<(Tone, String)> {
    Some((Tone::Error, text.to_owned()))
}

fn hint(text: &str) -> Option<(Tone, String)> {
    Some((Tone::Hint, text.to_owned()))
}

fn profile() -> RegistrationProfileForm {
    RegistrationProfileForm {
        login_id: "123456SKE".into(),
        password: "momiji77".into(),
        password_confirmation: "momiji77".into(),
        email: "a..b@Docomo.ne.jp".into(),
        nickname: " たろう ".into(),
    }
}

#[test]
fn a_good_profile_becomes_a_new_member() {
    let member = profile().check().expect("nothing is wrong");
    assert_eq!(member.login_id.as_str(), "123456SKE");
    assert_eq!(member.password.as_str(), "momiji77");
    assert_eq!(member.email.as_str(), "a..b@Docomo.ne.jp");
    assert_eq!(member.nickname.as_str(), "たろう");
}

#[test]
fn an_empty_profile_is_answered_field_by_field_in_the_order_of_the_page() {
    let errors = RegistrationProfileForm::default()
        .check()
        .expect_err("everything is missing");
    let answers: Vec<_> = errors
        .iter()
        .map(|(field, note)| (field.name(), &*note.text))
        .collect();
    assert_eq!(
        answers,
        [
            ("login_id", "ログインIDを入力してください。"),
            ("password", "パスワードを入力してください。"),
            (
                "password_confirmation",
                "確認のため、もう一度入力してください。"
            ),
            ("email", "メールアドレスを入力してください。"),
            ("nickname", "ニックネームを入力してください。"),
        ]
    );
}

#[test]
fn a_new_password_and_what_depends_on_it() {
    use Field::{LoginId, Password, PasswordConfirmation};
    let form = "registration_profile";
    assert_eq!(
        beside(form, &[(Password, "momiji77")], Password),
        Some((Tone::Good, "使用できるパスワードです".to_owned()))
    );
    assert_eq!(
        beside(form, &[(Password, "kenpo123")], Password),
        hint("手引きの例と同じパスワードは推測されやすいです。")
    );
    assert_eq!(
        beside(
            form,
            &[(LoginId, "Momijimomiji7"), (Password, "momijimomiji7")],
            Password
        ),
        error("ログインIDと同じパスワードは使えません。別のものにしてください。")
    );
    assert_eq!(
        beside(
            form,
            &[(Password, "momiji77"), (PasswordConfirmation, "momiji7")],
            PasswordConfirmation
        ),
        error("上のパスワードと違います。もう一度入力してください。")
    );
    assert_eq!(
        beside(
            form,
            &[(Password, "momiji77"), (PasswordConfirmation, "momiji77")],
            PasswordConfirmation
        ),
        None
    );
    // the same twice, even where the password itself is refused
    assert_eq!(
        beside(
            form,
            &[(Password, "MOMIJI"), (PasswordConfirmation, "MOMIJI")],
            PasswordConfirmation
        ),
        None
    );
}

fn own_profile() -> ProfileForm {
    ProfileForm {
        login_id: "123456SKE".into(),
        nickname: " たろう ".into(),
        ..ProfileForm::default()
    }
}

#[test]
fn a_profile_whose_passwords_are_blank_keeps_the_old_one() {
    let kept = own_profile().check().expect("nothing is wrong");
    assert_eq!(kept.login_id.as_str(), "123456SKE");
    assert_eq!(kept.nickname.as_str(), "たろう");
    assert!(kept.password.is_none() && kept.current_password.is_none());
    // Nothing is praised, and nothing asked for, where nothing was typed.
    for field in [
        Field::Password,
        Field::PasswordConfirmation,
        Field::CurrentPassword,
    ] {
        assert_eq!(note(&own_profile(), field), None, "{field:?}");
    }
}

#[test]
fn a_new_password_that_is_still_wanted_is_asked_for() {
    let wanted = ProfileForm {
        password_wanted: "yes".into(),
        ..own_profile()
    };
    let errors = wanted.check().unwrap_err();
    assert_eq!(
        errors.get(Field::Password).map(|note| note.text.as_ref()),
        Some("もう一度入力してください。変えないときは、この画面を開き直してください。")
    );
    let typed = ProfileForm {
        password: "momiji77".into(),
        password_confirmation: "momiji77".into(),
        ..wanted
    };
    assert!(typed.check().is_ok());
}

#[test]
fn a_profile_with_a_new_password_is_checked_like_a_registration() {
    let typed = ProfileForm {
        password: "momiji77".into(),
        password_confirmation: "momiji77".into(),
        current_password: "natsu2026yama".into(),
        ..own_profile()
    };
    let new = typed.check().expect("nothing is wrong");
    let password = new.password.as_ref().map(|password| password.as_str());
    assert_eq!(password, Some("momiji77"));
    let current = new.current_password.map(|typed| typed.as_str().to_owned());
    assert_eq!(current.as_deref(), Some("natsu2026yama"));

    use Field::{CurrentPassword, LoginId, Password, PasswordConfirmation};
    let form = ProfileForm::NAME;
    for (typed, field, sentence) in [
        (
            vec![(PasswordConfirmation, "momiji77")],
            PasswordConfirmation,
            "上のパスワードと違います。もう一度入力してください。",
        ),
        (
            vec![(Password, "momiji77")],
            PasswordConfirmation,
            "確認のため、もう一度入力してください。",
        ),
        (
            vec![(LoginId, "1234Momiji"), (Password, "1234momiji")],
            Password,
            "ログインIDと同じパスワードは使えません。別のものにしてください。",
        ),
        (
            vec![(Password, "MOMIJI77")],
            Password,
            "大文字は使えません。小文字で入力してください。",
        ),
        (
            vec![(LoginId, "")],
            LoginId,
            "ログインIDを入力してください。",
        ),
    ] {
        assert_eq!(beside(form, &typed, field), error(sentence), "{typed:?}");
    }
    assert_eq!(
        beside(form, &[(Password, "kenpo123")], Password),
        hint("手引きの例と同じパスワードは推測されやすいです。")
    );
    assert_eq!(
        beside(form, &[(CurrentPassword, "Natsu2026")], CurrentPassword),
        hint("大文字が入っています。パスワードは小文字と数字だけです。")
    );
}

#[test]
fn the_present_password_is_asked_for_in_its_own_words() {
    let form = PresentPasswordForm::NAME;
    let field = Field::CurrentPassword;
    assert_eq!(
        beside(form, &[], field),
        error("現在のパスワードを入力してください。")
    );
    let long = "a1".repeat(65);
    assert_eq!(
        beside(form, &[(field, &long)], field),
        error(
            "現在のパスワードが違うか、いまは確認できません。続けて間違えると、しばらくお手続きできません。"
        )
    );
    assert_eq!(beside(form, &[(field, "natsu2026yama")], field), None);
}

#[test]
fn an_address_with_a_likely_slip_may_be_sent() {
    for form in ["address", "registration_profile"] {
        assert_eq!(
            beside(form, &[(Field::Email, "taro@docomo.ne.jo")], Field::Email),
            hint("もしかして「@docomo.ne.jp」ですか？")
        );
    }
    let form = AddressForm {
        email: "taro@docomo.ne.jo".into(),
    };
    assert_eq!(
        form.check().expect("only a hint").as_str(),
        "taro@docomo.ne.jo"
    );
}

#[test]
fn a_refused_address_is_not_asked_about_a_slip_too() {
    assert_eq!(
        beside(
            "address",
            &[(Field::Email, "ta ro@gmail.con")],
            Field::Email
        ),
        error("使えない文字「空白」があります。取り除いてください。")
    );
}

#[test]
fn full_width_input_comes_with_a_way_out() {
    let offers = |typed: RegistrationProfileForm| {
        typed.check().err().map(|errors| {
            errors
                .iter()
                .map(|(field, note)| (field.name(), note.half_width.clone()))
                .collect::<Vec<_>>()
        })
    };
    let typed = RegistrationProfileForm {
        login_id: "１２３４５６ＳＫＥ".into(),
        password: "ｍｏｍｉｊｉ７７".into(),
        email: "ｔａｒｏ＠ｅｘａｍｐｌｅ。ｊｐ".into(),
        ..profile()
    };
    assert_eq!(
        offers(typed),
        Some(vec![
            ("login_id", Some("123456SKE".to_owned())),
            ("password", Some("momiji77".to_owned())),
            ("password_confirmation", None),
            ("email", Some("taro@example.jp".to_owned())),
        ])
    );
    // where it would not help, it is not offered
    let typed = RegistrationProfileForm {
        login_id: "サッカーＡ".into(),
        ..profile()
    };
    assert_eq!(offers(typed), Some(vec![("login_id", None)]));
    // and a nickname may be full-width
    assert_eq!(
        offers(RegistrationProfileForm {
            nickname: "ＴＡＲＯ".into(),
            ..profile()
        }),
        None
    );
}

#[test]
fn the_postcards_pair_is_read_from_whatever_was_copied() {
    let form = ProvisionalForm {
        login_id: "ＢＣＤＦＧＨ ２３".into(),
        password: "abcd efgh ー 2345".into(),
    };
    let credentials = form.check().expect("a pair");
    assert_eq!(credentials.login_id.as_str(), "bcdfgh23");
    assert_eq!(credentials.password.printed(), "abcd-efgh-2345");
    assert_eq!(
        beside(
            "provisional",
            &[(Field::Password, "abcd-0")],
            Field::Password
        ),
        error("「0」は使われていない文字です。似た文字でないかお確かめください。")
    );
}

#[test]
fn a_password_that_cannot_be_right_is_hinted_at_sign_in_but_may_be_tried() {
    let beside_password = |typed| {
        beside(
            "sign_in",
            &[(Field::LoginId, "hanako"), (Field::Password, typed)],
            Field::Password,
        )
    };
    assert_eq!(
        beside_password("Kenpo123"),
        hint("大文字が入っています。パスワードは小文字と数字だけです。")
    );
    assert_eq!(
        beside_password("ｋenpo123"),
        hint("全角文字が入っています。半角で入力してください。")
    );
    assert_eq!(beside_password("kenpo123"), None);

    let form = SignInForm {
        login_id: " ＨＡＮＡＫＯ".into(),
        password: "Ｋenpo123".into(),
    };
    let half_width = note(&form, Field::Password).and_then(|note| note.half_width);
    assert_eq!(half_width.as_deref(), Some("Kenpo123"));
    let credentials = form.check().expect("a pair that may be tried");
    assert_eq!(credentials.login_id.key(), "hanako");
    assert_eq!(credentials.password.as_str(), "Ｋenpo123");
}

#[test]
fn a_new_login_id_is_judged_only_where_one_is_wanted() {
    let form = |login_id: &str| NewPasswordForm {
        password: "momiji77".into(),
        password_confirmation: "momiji77".into(),
        login_id: login_id.into(),
    };
    let kept = form("").check().expect("nothing is wrong");
    assert_eq!(kept.login_id, None);
    assert_eq!(kept.password.as_str(), "momiji77");
    let new = form("123456SKE").check().expect("nothing is wrong");
    assert_eq!(
        new.login_id.as_ref().map(|id| id.as_str()),
        Some("123456SKE")
    );
    let beside = |login_id: &str, field| {
        let errors = form(login_id).check().expect_err(login_id);
        errors.get(field).map(|note| note.text.to_string())
    };
    assert_eq!(
        beside("SKE123456", Field::LoginId).as_deref(),
        Some("7・8桁目は数字にできません（今は「45」）。英字にしてください。")
    );
    assert_eq!(
        beside("MOMIJI77", Field::Password).as_deref(),
        Some("ログインIDと同じパスワードは使えません。別のものにしてください。")
    );
}

#[test]
fn a_letter_s_pair_may_be_copied_with_capitals_spaces_and_full_width() {
    let form = ReissueProvisionalForm {
        login_id: " １２３４５６ｔａｒｏ".into(),
        password: "ＡＢＣＤ　efgh-jk23".into(),
    };
    let pair = form.check().expect("nothing is wrong");
    assert_eq!(pair.login_id.key(), "123456taro");
    assert_eq!(pair.password.as_str(), "abcdefghjk23");
}

#[test]
fn what_only_the_server_knows_is_said_beside_the_field_too() {
    let errors = Errors::of(Field::LoginId, &LoginIdError::Taken);
    assert!(!errors.is_empty());
    let note = errors.get(Field::LoginId).expect("a note");
    assert_eq!(note.tone, Tone::Error);
    assert_eq!(
        note.text,
        "このログインIDは使われています。別のIDを入力してください。"
    );
    assert_eq!(errors.get(Field::Password), None);
}

#[test]
fn a_missing_field_is_an_empty_one() {
    let form: RegistrationProfileForm =
        serde_urlencoded::from_str("login_id=hanako").expect("a form");
    assert_eq!(form.value(Field::LoginId), "hanako");
    assert_eq!(form.value(Field::Nickname), "");
    let errors = form.check().expect_err("four fields are missing");
    assert_eq!(errors.iter().count(), 4);
}

#[test]
fn no_form_of_that_name_no_notes() {
    assert_eq!(judge("reissue?", &|_| "x".to_owned()), []);
}

#[test]
fn a_secret_never_shows_in_a_log() {
    let form = RegistrationProfileForm {
        password: "ｍｏｍｉｊｉ７７".into(),
        ..profile()
    };
    let own = ProfileForm {
        password: "momiji77".into(),
        password_confirmation: "momiji77".into(),
        current_password: "momiji76".into(),
        ..own_profile()
    };
    let present = PresentPasswordForm {
        current_password: "momiji77".into(),
    };
    let logged = format!("{:?} {:?}", form.check(), profile().check())
        + &format!(
            "{own:?} {:?} {present:?} {:?}",
            own.check(),
            present.check()
        );
    assert!(!logged.contains("momiji"), "{logged}");
}

#[test]
fn every_field_of_a_form_can_be_filled_and_read() {
    fn fill<F: Form>() {
        let mut form = F::default();
        for &field in F::FIELDS {
            *form.value_mut(field) = field.name().to_owned();
        }
        for &field in F::FIELDS {
            assert_eq!(form.value(field), field.name(), "in {}", F::NAME);
        }
        let foreign = [Field::CurrentPassword, Field::Email];
        for field in foreign
            .into_iter()
            .filter(|field| !F::FIELDS.contains(field))
        {
            assert_eq!(form.value(field), "", "{} has no such field", F::NAME);
        }
    }
    fill::<AddressForm>();
    fill::<ProvisionalForm>();
    fill::<RegistrationProfileForm>();
    fill::<SignInForm>();
    fill::<ReissueProvisionalForm>();
    fill::<NewPasswordForm>();
    fill::<ProfileForm>();
    fill::<PresentPasswordForm>();
}
