//! 二段階認証: turning codes on and off, and new recovery codes.

use domain::{
    forms::{Errors, Field, FirstCodeForm, Form, SecondStepForm},
    ports::{CodesChange, Ports},
    rules::{CodeError, CurrentPasswordError},
    text,
    visit::{CookieChange, Member, Visit, Visitor},
};
use leptos::prelude::*;

use crate::api::{Outcome, answer, see_other, sign_in_first, try_again};

/// 確認コードを使い始める
#[server(prefix = "", endpoint = "/profile/codes")]
pub async fn turn_codes_on(#[server(flatten)] form: FirstCodeForm) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let (code, password) = match form.check() {
            Ok(checked) => checked,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let change = ports
            .codes
            .turn_on(member, &code, password, &visit.origin, visit.now)
            .await?;
        Ok(done(&form, change, member, "/profile/codes/new"))
    })
    .await
}

/// 確認コードをやめる
#[server(prefix = "", endpoint = "/profile/codes/off")]
pub async fn turn_codes_off(#[server(flatten)] form: SecondStepForm) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let password = match form.check() {
            Ok(password) => password,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let change = ports
            .codes
            .turn_off(member, password, &visit.origin, visit.now)
            .await?;
        Ok(done(&form, change, member, "/profile/codes?told=off"))
    })
    .await
}

/// 予備コードを作り直す
#[server(prefix = "", endpoint = "/profile/codes/recovery")]
pub async fn make_recovery_codes(
    #[server(flatten)] form: SecondStepForm,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let password = match form.check() {
            Ok(password) => password,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let change = ports
            .codes
            .new_recovery_codes(member, password, &visit.origin, visit.now)
            .await?;
        Ok(done(&form, change, member, "/profile/codes/new"))
    })
    .await
}

fn done<F: Form>(form: &F, change: CodesChange, member: &Member, next: &'static str) -> Outcome {
    let wrong = |why| try_again(form, Errors::of(Field::CurrentPassword, &why));
    match change {
        CodesChange::Done(new, codes) => {
            let next = see_other(next).keep(CookieChange::Session(new.token, new.until));
            if codes.is_empty() {
                next
            } else {
                next.keep(CookieChange::RecoveryCodes(codes, member.session))
            }
        }
        CodesChange::CodeWrong => try_again(form, Errors::of(Field::Code, &CodeError::WrongFirst)),
        CodesChange::PasswordDue => {
            wrong(CurrentPasswordError::Empty).alert(text::PASSWORD_DUE.to_owned())
        }
        CodesChange::PasswordWrong => wrong(CurrentPasswordError::Wrong),
        CodesChange::Already => see_other("/profile/codes"),
        CodesChange::Over => see_other("/login"),
    }
}
