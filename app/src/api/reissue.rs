//! パスワード再発行: from the address to a new password.

use domain::{
    forms::{AddressForm, Errors, Field, Form, NewPasswordForm, ReissueProvisionalForm},
    ports::{Answer, Entry, Ports, Renewal},
    rules::PasswordError,
    text,
    visit::{CookieChange, Visit, Visitor},
};
use leptos::prelude::*;

use crate::api::{
    Outcome, answer, forbidden,
    refusal::{Begun, Refusal},
    see_other, try_again,
};

/// メールアドレスを送信する
#[server(prefix = "", endpoint = "/reissue")]
pub async fn ask_for_reissue(#[server(flatten)] form: AddressForm) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let address = match form.check() {
            Ok(address) => address,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let sent = ports.reissue.ask(address, &visit.origin, visit.now).await?;
        Ok(see_other("/reissue/sent").keep(CookieChange::Sent(sent)))
    })
    .await
}

/// メールのログインIDと仮パスワードでログインする
#[server(prefix = "", endpoint = "/reissue/provisional")]
pub async fn enter_with_letter(
    #[server(flatten)] form: ReissueProvisionalForm,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let letter = match form.check() {
            Ok(letter) => letter,
            Err(errors) => {
                return Ok(try_again(&form, errors).alert(text::LETTER_REFUSED.to_owned()));
            }
        };
        let Some(token) = &visit.reissue else {
            return Ok(forbidden(Refusal::Elsewhere(Begun::Reissue)));
        };
        let entry = ports
            .reissue
            .enter(token, letter, visit.who.session(), &visit.origin, visit.now)
            .await?;
        Ok(match entry {
            Entry::Welcome { session, until } => {
                see_other("/reissue/password").keep(CookieChange::Session(session, until))
            }
            // A letter has no postcard.
            Entry::Refused | Entry::PostcardUsed | Entry::PostcardWaits(_) => {
                try_again(&form, Errors::default()).alert(text::LETTER_REFUSED.to_owned())
            }
            Entry::LinkOver => {
                let over = Refusal::Link(Begun::Reissue);
                forbidden(Refusal::of_link(&ports, Some(token), Begun::Reissue, over).await?)
            }
        })
    })
    .await
}

/// パスワードを変更する
#[server(prefix = "", endpoint = "/reissue/password")]
pub async fn change_password(
    #[server(flatten)] form: NewPasswordForm,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let reissuing = match &visit.who {
            Visitor::Reissuing(reissuing) => reissuing,
            // The same post again: a double click, or an answer that got lost.
            Visitor::Reissued => return Ok(see_other("/reissue/done")),
            _ => return interrupted(&ports, &visit).await,
        };
        let new = match form.check() {
            Ok(new) => new,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let renewal = ports
            .reissue
            .complete(reissuing, new, &visit.origin, visit.now)
            .await?;
        let wrong = |field, refusal| try_again(&form, Errors::of(field, &refusal));
        Ok(match renewal {
            Renewal::Done => see_other("/reissue/done").keep(CookieChange::ReissueDone),
            Renewal::LoginIdRefused(why) => try_again(&form, Errors::of(Field::LoginId, &why)),
            Renewal::SameAsProvisional => wrong(Field::Password, PasswordError::SameAsProvisional),
            Renewal::SameAsLoginId => wrong(Field::Password, PasswordError::SameAsLoginId),
            Renewal::Over => interrupted(&ports, &visit).await?,
        })
    })
    .await
}

/// The time ran out, or something later has taken the letter back.
async fn interrupted(ports: &Ports, visit: &Visit) -> Answer<Outcome> {
    let over = Refusal::Over(Begun::Reissue);
    let token = visit.reissue.as_ref();
    Ok(forbidden(
        Refusal::of_link(ports, token, Begun::Reissue, over).await?,
    ))
}
