//! ログイン and ログアウト.

use domain::{
    forms::{Errors, Form, SignInForm},
    ports::Ports,
    text,
    visit::{CookieChange, Told, Visit, Visitor},
};
use leptos::prelude::*;

use crate::api::{answer, forbidden, refusal::Refusal, see_other, see_return_to, try_again};

/// ログインする
#[server(prefix = "", endpoint = "/login")]
pub async fn sign_in(#[server(flatten)] form: SignInForm) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let credentials = match form.check() {
            Ok(credentials) => credentials,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let signed_in = ports
            .sign_in
            .sign_in(
                credentials,
                visit.device.as_ref(),
                visit.who.session(),
                &visit.origin,
                visit.now,
            )
            .await?;
        Ok(match signed_in {
            Some(new) => see_return_to(visit.return_to.clone())
                .keep(CookieChange::Session(new.session.token, new.session.until))
                .keep(CookieChange::Device(new.device)),
            None => try_again(&form, Errors::default()).alert(text::SIGN_IN_REFUSED.to_owned()),
        })
    })
    .await
}

/// ログアウトする
#[server(prefix = "", endpoint = "/logout")]
pub async fn sign_out() -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| match &visit.who {
        Visitor::Member(member) => {
            ports
                .sign_in
                .sign_out(member, &visit.origin, visit.now)
                .await?;
            Ok(see_other("/login")
                .keep(CookieChange::NoSession)
                .keep(CookieChange::Told(Told::SignedOut)))
        }
        Visitor::Provisional(_) | Visitor::Reissuing(_) => Ok(forbidden(Refusal::NotForYou)),
        Visitor::Nobody
        | Visitor::Registered { .. }
        | Visitor::PostcardUsed
        | Visitor::Reissued => Ok(see_other("/login")),
    })
    .await
}
