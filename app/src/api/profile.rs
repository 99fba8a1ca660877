//! プロフィール設定, and the present password where a change waits for it.

use domain::{
    forms::{Errors, Field, Form, Note, PresentPasswordForm, ProfileForm},
    ports::{PasswordGiven, Ports, ProfileChange},
    rules::{CurrentPasswordError, PasswordError},
    text::{self, Sentence},
    visit::{CookieChange, Told, Visit, Visitor},
};
use leptos::prelude::*;

use crate::api::{Outcome, addresses, answer, see_other, sign_in_first, try_again};

/// 登録内容を変更する
#[server(prefix = "", endpoint = "/profile")]
pub async fn change_profile(#[server(flatten)] form: ProfileForm) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let new = match form.check() {
            Ok(new) => new,
            Err(errors) => return Ok(once_more(&form, errors)),
        };
        let change = ports
            .profile
            .change(member, new, &visit.origin, visit.now)
            .await?;
        Ok(match change {
            ProfileChange::Done(session, changed) => {
                let told = CookieChange::Told(Told::Changed(changed));
                let done = see_other("/profile?told=changed").keep(told);
                match session {
                    Some(new) => done.keep(CookieChange::Session(new.token, new.until)),
                    None => done,
                }
            }
            ProfileChange::PasswordDue => {
                let due = CurrentPasswordError::Empty;
                refused(&form, Field::CurrentPassword, &due).alert(text::PASSWORD_DUE.to_owned())
            }
            ProfileChange::PasswordWrong => {
                refused(&form, Field::CurrentPassword, &CurrentPasswordError::Wrong)
            }
            ProfileChange::LoginIdRefused(why) => refused(&form, Field::LoginId, &why),
            ProfileChange::SameAsPassword => {
                refused(&form, Field::LoginId, &PasswordError::SameAsLoginId)
            }
            ProfileChange::Over => see_other("/login"),
        })
    })
    .await
}

/// 現在のパスワードを確認してから、待っている変更を行う
#[server(prefix = "", endpoint = "/profile/confirm-password")]
pub async fn confirm_password(
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
        let asked = visit.asked.as_ref();
        let given = ports
            .addresses
            .change_with(member, &password, asked, &visit.origin, visit.now)
            .await?;
        Ok(match given {
            PasswordGiven::Right { session, change } => {
                let next = match (asked, change) {
                    (Some(asked), Some(change)) => addresses::done(asked, change),
                    _ => see_other("/profile"),
                };
                next.keep(CookieChange::Session(session.token, session.until))
                    .keep(CookieChange::NoPendingChange)
            }
            PasswordGiven::Wrong => try_again(
                &form,
                Errors::of(Field::CurrentPassword, &CurrentPasswordError::Wrong),
            ),
            PasswordGiven::Over => see_other("/login"),
        })
    })
    .await
}

fn refused(form: &ProfileForm, field: Field, refusal: &impl Sentence) -> Outcome {
    once_more(form, Errors::of(field, refusal))
}

/// The new password is never sent back. A blank one would keep the old one, so
/// whoever chose one is told, and it is asked for until it comes.
fn once_more(form: &ProfileForm, mut errors: Errors) -> Outcome {
    if form.password.is_empty() {
        return try_again(form, errors);
    }
    errors.push(Field::Password, Note::error(&PasswordError::Again));
    let wanted = ProfileForm {
        password_wanted: "yes".to_owned(),
        ..form.clone()
    };
    try_again(&wanted, errors).alert(text::PASSWORD_AGAIN.to_owned())
}
