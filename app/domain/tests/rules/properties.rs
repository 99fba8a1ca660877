//! What holds for any input, however strange.

use domain::{
    forms::{
        AddressForm, Form, NewPasswordForm, PresentPasswordForm, ProfileForm, ProvisionalForm,
        RegistrationProfileForm, ReissueProvisionalForm, SignInForm, Tone, judge, note,
    },
    rules::{
        EmailAddress, LoginId, Nickname, Password, ProvisionalId, ProvisionalPassword, SignInId,
        half_width, mail_domain,
    },
};
use proptest::prelude::*;

const FORMS: [&str; 8] = [
    AddressForm::NAME,
    ProvisionalForm::NAME,
    RegistrationProfileForm::NAME,
    SignInForm::NAME,
    ReissueProvisionalForm::NAME,
    NewPasswordForm::NAME,
    ProfileForm::NAME,
    PresentPasswordForm::NAME,
];

/// Anything at all: control characters, emoji, every script.
fn anything() -> impl Strategy<Value = String> {
    prop_oneof![
        proptest::collection::vec(any::<char>(), 0..40)
            .prop_map(|chars| chars.into_iter().collect()),
        "[a-zA-Z0-9@. \\-ａ-ｚ０-９＠ー\u{3000}\u{200B}\0-\u{20}]{0,24}",
    ]
}

/// Login IDs that can be chosen.
fn login_id() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9]{1,6}|[a-zA-Z0-9]{6}[a-zA-Z]{1,2}|[a-zA-Z0-9]{6}[a-zA-Z]{2}[a-zA-Z0-9]{0,56}"
}

/// Passwords that can be chosen; too long to be common or a short login ID.
fn password() -> impl Strategy<Value = String> {
    "[0-9]{1,9}[a-z0-9]{60,100}[a-z]{1,9}"
}

/// Addresses of every form that there is.
fn email() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~\\-]{1,30}@([a-zA-Z0-9]([a-zA-Z0-9\\-]{0,10}[a-zA-Z0-9])?\\.){1,3}[a-zA-Z]{2,8}"
}

/// Nicknames in every script.
fn nickname() -> impl Strategy<Value = String> {
    proptest::collection::vec(any::<char>(), 1..20)
        .prop_map(String::from_iter)
        .prop_filter("a nickname", |typed| Nickname::parse(typed).is_ok())
}

proptest! {
    #[test]
    fn every_input_gets_a_verdict(values in proptest::collection::vec(anything(), 8)) {
        for form in FORMS {
            let notes = judge(form, &|field| values[field as usize].clone());
            prop_assert!(!notes.is_empty());
            for (_, note) in notes {
                prop_assert!(note.is_none_or(|note| !note.text.is_empty()));
            }
        }
    }

    #[test]
    fn browser_and_server_agree(values in proptest::collection::vec(anything(), 8)) {
        let mut form = RegistrationProfileForm::default();
        for &field in RegistrationProfileForm::FIELDS {
            *form.value_mut(field) = values[field as usize].clone();
        }
        let notes = judge(RegistrationProfileForm::NAME, &|field| values[field as usize].clone());
        let has_error = notes.iter().any(|(_, note)| note.as_ref().is_some_and(|note| note.tone == Tone::Error));
        prop_assert_eq!(form.check().is_err(), has_error);
        for (field, judged) in notes {
            prop_assert_eq!(note(&form, field), judged);
        }
    }

    #[test]
    fn browser_and_server_agree_on_the_profile(values in proptest::collection::vec(anything(), 8)) {
        let mut form = ProfileForm::default();
        for &field in ProfileForm::FIELDS {
            *form.value_mut(field) = values[field as usize].clone();
        }
        let notes = judge(ProfileForm::NAME, &|field| values[field as usize].clone());
        let has_error = notes.iter().any(|(_, note)| note.as_ref().is_some_and(|note| note.tone == Tone::Error));
        prop_assert_eq!(form.check().is_err(), has_error);
        // A password is new only where it was typed twice.
        if let Ok(new) = form.check() {
            prop_assert_eq!(new.password.is_none(), form.password.is_empty());
            prop_assert_eq!(&form.password, &form.password_confirmation);
        }
    }

    #[test]
    fn what_is_accepted_survives_the_post(
        login_id in login_id(),
        password in password(),
        email in email(),
        nickname in nickname(),
    ) {
        let form = RegistrationProfileForm {
            login_id, password_confirmation: password.clone(), password, email, nickname,
        };
        let chosen = form.check().expect("nothing is wrong");
        let body = serde_urlencoded::to_string(&form).expect("a body");
        let posted: RegistrationProfileForm = serde_urlencoded::from_str(&body).expect("the form again");
        let read = posted.check().expect("accepted before");
        prop_assert_eq!(&read.login_id, &chosen.login_id);
        prop_assert_eq!(read.password.as_str(), chosen.password.as_str());
        prop_assert_eq!(&read.email, &chosen.email);
        prop_assert_eq!(&read.nickname, &chosen.nickname);
        // and what is stored is accepted as it stands
        prop_assert_eq!(LoginId::parse(chosen.login_id.as_str()), Ok(chosen.login_id));
        prop_assert_eq!(EmailAddress::parse(&chosen.email.key()).map(|email| email.key()), Ok(chosen.email.key()));
        prop_assert_eq!(Nickname::parse(chosen.nickname.as_str()), Ok(chosen.nickname));
    }

    #[test]
    fn a_chosen_id_is_found_however_it_is_typed(id in login_id()) {
        let chosen = LoginId::parse(&id).expect("an ID");
        let full_width: String = id.chars().filter_map(|c| char::from_u32(c as u32 + 0xFEE0)).collect();
        for typed in [id.to_ascii_uppercase(), format!(" {id}\u{3000}"), full_width] {
            let read = SignInId::parse(&typed).map(|id| id.key().to_owned());
            prop_assert_eq!(read, Ok(chosen.key()));
        }
    }

    #[test]
    fn no_id_is_both_chosen_and_on_a_postcard(
        typed in prop_oneof![anything(), login_id(), "[b-dB-D2-9]{8}", "[b-d]{6}[2-9]{2}", "[ -b-d]{5,7}[2-9\\- ]{2,4}"],
    ) {
        prop_assert!(LoginId::parse(&typed).is_err() || ProvisionalId::parse(&typed).is_err(), "{:?}", typed);
    }

    #[test]
    fn a_generated_id_can_never_be_chosen(bytes in proptest::collection::vec(any::<u8>(), 64)) {
        // the counter behind the bytes ends even a run of ones that are thrown away
        let mut bytes = bytes.into_iter().chain((0..=255).cycle());
        let id = ProvisionalId::generate(|| bytes.next().unwrap_or_default());
        prop_assert!(LoginId::parse(id.as_str()).is_err());
        prop_assert!(LoginId::parse(&id.as_str().to_uppercase()).is_err());
        prop_assert_eq!(ProvisionalId::parse(id.as_str()), Ok(id));
        let password = ProvisionalPassword::generate(|| bytes.next().unwrap_or_default());
        prop_assert_eq!(ProvisionalPassword::parse(&password.printed()), Ok(password));
    }

    #[test]
    fn an_accepted_password_is_what_the_manual_asks_for(
        typed in prop_oneof![anything(), password(), "[a-z0-9]{7,9}", "[a-z0-9]{127,130}", "[a-zA-Z0-9]{6,10}", "[ａ-ｚ0-9]{8,12}"],
    ) {
        let fits = (8..=128).contains(&typed.chars().count())
            && typed.chars().all(|c| matches!(c, 'a'..='z' | '0'..='9'))
            && typed.chars().any(|c| c.is_ascii_lowercase())
            && typed.chars().any(|c| c.is_ascii_digit());
        let is_common = include_str!("../../src/rules/common_passwords.txt").lines().any(|common| common == typed);
        prop_assert_eq!(Password::parse(&typed, "").is_ok(), fits && !is_common);
    }

    #[test]
    fn half_width_is_half_width_once_and_for_all(typed in anything()) {
        if let Some(offered) = half_width::offer(&typed) {
            prop_assert!(!half_width::has_full_width(&offered));
            prop_assert_eq!(half_width::offer(&offered), None);
        }
    }

    #[test]
    fn the_address_that_was_probably_meant_is_one(
        local in "[a-z.]{1,10}",
        domain in "(gmail|docomo|ezweb|icloud|yahoo|softbank|au)[a-z]?\\.(com|co|con|ne|jp)(\\.j[op]?)?",
    ) {
        let typed = format!("{local}@{domain}");
        if let Some(meant) = mail_domain::likely_slip(&typed) {
            prop_assert!(EmailAddress::parse(&meant).is_ok(), "{} for {}", meant, typed);
            prop_assert_eq!(mail_domain::likely_slip(&meant), None, "{} for {}", meant, typed);
            prop_assert_ne!(meant, typed);
        }
    }
}
