//! パスキー: signing in with one, adding, naming and removing one. What a browser is to
//! have signed is no page, and comes from the http layer.

use domain::{
    forms::{Errors, Field, Form, PresentPasswordForm},
    ports::{NewPasskey, PasskeyChange, PasswordGiven, Ports},
    rules::{CurrentPasswordError, PasskeyName, PasskeyNameError},
    visit::{CookieChange, Visit, Visitor},
};
use leptos::prelude::*;
use uuid::Uuid;

use crate::api::{
    Outcome, answer, not_found, refused_on_its_page, see_other, see_return_to, sign_in_first,
    try_again,
};

/// パスキーでログインする
#[server(prefix = "", endpoint = "/login/passkey")]
pub async fn sign_in_with_passkey(
    #[server(default)] credential: String,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let signed_in = ports
            .sign_in
            .sign_in_with_passkey(
                &credential,
                visit.sign_in_challenge.as_ref(),
                (visit.device.as_ref(), visit.who.session()),
                &visit.origin,
                visit.now,
            )
            .await?;
        Ok(match signed_in {
            Ok(new) => see_return_to(visit.return_to.clone())
                .keep(CookieChange::Session(new.session.token, new.session.until))
                .keep(CookieChange::Device(new.device))
                .keep(CookieChange::NoChallenge),
            Err(refusal) => refused_on_its_page(&refusal),
        })
    })
    .await
}

/// パスキーを追加する
#[server(prefix = "", endpoint = "/profile/passkeys")]
pub async fn add_passkey(
    #[server(default)] name: String,
    #[server(default)] credential: String,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let name = match PasskeyName::parse(&name) {
            Ok(name) => Some(name),
            Err(PasskeyNameError::Empty) => None,
            Err(why) => return Ok(refused_on_its_page(&why)),
        };
        let new = NewPasskey {
            name: name.as_ref(),
            credential: &credential,
            challenge: visit.passkey_challenge.as_ref(),
        };
        let change = ports
            .passkeys
            .add(member, new, &visit.origin, visit.now)
            .await?;
        Ok(done(change, "/profile/passkeys?told=added").keep(CookieChange::NoChallenge))
    })
    .await
}

/// パスキーの名前を変える
#[server(prefix = "", endpoint = "/profile/passkeys/rename")]
pub async fn rename_passkey(
    #[server(default)] passkey: String,
    #[server(default)] name: String,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let Ok(row) = Uuid::parse_str(&passkey) else {
            return Ok(not_found());
        };
        let name = match PasskeyName::parse(&name) {
            Ok(name) => name,
            Err(why) => return Ok(refused_on_its_page(&why)),
        };
        let change = ports
            .passkeys
            .rename(member, row, &name, &visit.origin, visit.now)
            .await?;
        Ok(done(change, "/profile/passkeys?told=renamed"))
    })
    .await
}

/// パスキーを削除する
#[server(prefix = "", endpoint = "/profile/passkeys/remove")]
pub async fn remove_passkey(#[server(default)] passkey: String) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let Ok(row) = Uuid::parse_str(&passkey) else {
            return Ok(not_found());
        };
        let change = ports
            .passkeys
            .remove(member, row, &visit.origin, visit.now)
            .await?;
        Ok(done(change, "/profile/passkeys?told=removed"))
    })
    .await
}

/// 現在のパスワードを確認して、パスキーの画面へ
#[server(prefix = "", endpoint = "/profile/passkeys/password")]
pub async fn confirm_for_passkeys(
    #[server(flatten)] form: PresentPasswordForm,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let password = match form.check() {
            Ok(password) => password,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let given = ports
            .addresses
            .change_with(member, &password, None, &visit.origin, visit.now)
            .await?;
        Ok(match given {
            PasswordGiven::Right { session, .. } => see_other("/profile/passkeys")
                .keep(CookieChange::Session(session.token, session.until)),
            PasswordGiven::Wrong => try_again(
                &form,
                Errors::of(Field::CurrentPassword, &CurrentPasswordError::Wrong),
            ),
            PasswordGiven::Over => see_other("/login"),
        })
    })
    .await
}

fn done(change: PasskeyChange, told: &'static str) -> Outcome {
    match change {
        PasskeyChange::Done(None) => see_other(told),
        PasskeyChange::Done(Some(session)) => {
            see_other(told).keep(CookieChange::Session(session.token, session.until))
        }
        PasskeyChange::Refused(refusal) => refused_on_its_page(&refusal),
        PasskeyChange::NotTheirs => not_found(),
        PasskeyChange::Over => see_other("/login"),
    }
}
