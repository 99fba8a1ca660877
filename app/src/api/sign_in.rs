//! ログイン and ログアウト.

use domain::{
    forms::{CodeForm, Errors, Field, Form, SignInForm},
    ports::{Ports, SecondStep, SignInAnswer, SignedIn},
    rules::CodeError,
    text,
    visit::{CookieChange, Told, Visit, Visitor},
};
use leptos::prelude::*;

use crate::api::{
    Outcome, answer, forbidden, refusal::Refusal, see_other, see_return_to, try_again,
};

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
            SignInAnswer::In(new) => welcome(&visit, new),
            SignInAnswer::CodeDue(due) => see_other("/login/code").keep(CookieChange::CodeDue(due)),
            SignInAnswer::Refused => {
                try_again(&form, Errors::default()).alert(text::SIGN_IN_REFUSED.to_owned())
            }
        })
    })
    .await
}

/// 確認コードか予備コードで、ログインを終える
#[server(prefix = "", endpoint = "/login/code")]
pub async fn give_code(#[server(flatten)] form: CodeForm) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let over = || {
            see_other("/login")
                .keep(CookieChange::NoCodeDue)
                .keep(CookieChange::Told(Told::CodeOver))
        };
        let Some(due) = &visit.code_due else {
            return Ok(over());
        };
        let code = match form.check() {
            Ok(code) => code,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let given = ports
            .sign_in
            .second_step(
                due,
                code,
                visit.device.as_ref(),
                visit.who.session(),
                &visit.origin,
                visit.now,
            )
            .await?;
        Ok(match given {
            SecondStep::In(new) => welcome(&visit, new).keep(CookieChange::NoCodeDue),
            SecondStep::Refused => try_again(&form, Errors::of(Field::Code, &CodeError::Wrong)),
            SecondStep::Over => over(),
        })
    })
    .await
}

/// On to what was wanted, signed in and known.
fn welcome(visit: &Visit, new: SignedIn) -> Outcome {
    see_return_to(visit.return_to.clone())
        .keep(CookieChange::Session(new.session.token, new.session.until))
        .keep(CookieChange::Device(new.device))
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
