//! 新規利用登録: from the address to the account.

use domain::{
    forms::{AddressForm, Errors, Field, Form, ProvisionalForm, RegistrationProfileForm},
    ports::{Completion, Entry, Ports},
    rules::PasswordError,
    text,
    visit::{CookieChange, Draft, Visit, Visitor},
};
use leptos::prelude::*;

use crate::api::{
    answer, forbidden,
    refusal::{Begun, Refusal},
    see_other, try_again,
};

/// メールアドレスを送信する
#[server(prefix = "", endpoint = "/register")]
pub async fn register(#[server(flatten)] form: AddressForm) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let address = match form.check() {
            Ok(address) => address,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let sent = ports
            .registration
            .ask(address, &visit.origin, visit.now)
            .await?;
        Ok(see_other("/register/sent").keep(CookieChange::Sent(sent)))
    })
    .await
}

/// ハガキの仮ログインIDと仮パスワードでログインする
#[server(prefix = "", endpoint = "/register/provisional")]
pub async fn enter_with_postcard(
    #[server(flatten)] form: ProvisionalForm,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let postcard = match form.check() {
            Ok(postcard) => postcard,
            // The same sentence as for a pair that was tried, and beside the
            // field what cannot stand on any postcard.
            Err(errors) => {
                let refused = text::postcard_refused(&ports.society.telephone);
                return Ok(try_again(&form, errors).alert(refused));
            }
        };
        let Some(token) = &visit.registration else {
            return Ok(forbidden(Refusal::Elsewhere(Begun::Registration)));
        };
        let entry = ports
            .registration
            .enter(
                token,
                postcard,
                visit.who.session(),
                &visit.origin,
                visit.now,
            )
            .await?;
        Ok(match entry {
            Entry::Welcome { session, until } => {
                see_other("/register/profile").keep(CookieChange::Session(session, until))
            }
            Entry::Refused => try_again(&form, Errors::default())
                .alert(text::postcard_refused(&ports.society.telephone)),
            Entry::PostcardWaits(until) => {
                try_again(&form, Errors::default()).alert(text::postcard_waits(&until.full()))
            }
            Entry::PostcardUsed => {
                try_again(&form, Errors::default()).alert(text::POSTCARD_USED.to_owned())
            }
            Entry::LinkOver => forbidden(Refusal::Link(Begun::Registration)),
        })
    })
    .await
}

/// 利用者情報を登録する
#[server(prefix = "", endpoint = "/register/profile")]
pub async fn complete_registration(
    #[server(flatten)] form: RegistrationProfileForm,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let provisional = match &visit.who {
            Visitor::Provisional(provisional) => provisional,
            // The same post again: a double click, or an answer that got lost.
            Visitor::Registered { .. } => return Ok(see_other("/register/done")),
            Visitor::PostcardUsed => return Ok(forbidden(Refusal::PostcardUsed)),
            _ => return Ok(interrupted(&form)),
        };
        let member = match form.check() {
            Ok(member) => member,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let completion = ports
            .registration
            .complete(provisional, member, &visit.origin, visit.now)
            .await?;
        Ok(match completion {
            Completion::Done => see_other("/register/done").keep(CookieChange::RegistrationDone),
            Completion::LoginIdRefused(why) => try_again(&form, Errors::of(Field::LoginId, &why)),
            Completion::SameAsProvisional => try_again(
                &form,
                Errors::of(Field::Password, &PasswordError::SameAsProvisional),
            ),
            Completion::PostcardUsed => forbidden(Refusal::PostcardUsed),
            Completion::AddressTaken => forbidden(Refusal::AddressTaken),
            Completion::Over => interrupted(&form),
        })
    })
    .await
}

/// The time ran out: what was typed is kept, but for the passwords.
fn interrupted(form: &RegistrationProfileForm) -> crate::api::Outcome {
    forbidden(Refusal::Over(Begun::Registration)).keep(CookieChange::Draft(Draft {
        login_id: form.value(Field::LoginId).to_owned(),
        nickname: form.value(Field::Nickname).to_owned(),
    }))
}
