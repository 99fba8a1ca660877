//! 利用状況とセキュリティ: ending sessions, and the use of the portal.

use domain::{
    forms::{Errors, Field, Form, PresentPasswordForm},
    ports::{Closed, Disowning, Ending, Ports},
    rules::CurrentPasswordError,
    visit::{CookieChange, Visit, Visitor},
};
use leptos::prelude::*;

use crate::api::{
    answer, forbidden, not_found,
    refusal::{Begun, Refusal},
    see_other, sign_in_first, try_again,
};

/// ログインを終了する
#[server(prefix = "", endpoint = "/security/end")]
pub async fn end_session(#[server(default)] session: String) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        // What is no identifier is nobody's.
        let session = uuid::Uuid::parse_str(&session).unwrap_or_default();
        let ending = ports
            .security
            .end_session(member, session, &visit.origin, visit.now)
            .await?;
        Ok(match ending {
            Ending::Done => see_other("/security"),
            Ending::NotTheirs => not_found(),
            Ending::Over => see_other("/login"),
        })
    })
    .await
}

/// ほかの端末のログインをすべて終了する
#[server(prefix = "", endpoint = "/security/end-others")]
pub async fn end_other_sessions() -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let ended = ports
            .security
            .end_others(member, &visit.origin, visit.now)
            .await?;
        Ok(see_other(if ended { "/security" } else { "/login" }))
    })
    .await
}

/// お心当たりのないログインを終了し、パスワード再発行のメールを送る
#[server(prefix = "", endpoint = "/security/report")]
pub async fn disown_sign_in() -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Some(token) = &visit.report else {
            return Ok(forbidden(Refusal::Elsewhere(Begun::Report)));
        };
        let disowning = ports
            .security
            .disown(token, &visit.origin, visit.now)
            .await?;
        Ok(match disowning {
            Disowning::Done(sent) => see_other("/reissue/sent").keep(CookieChange::Sent(sent)),
            Disowning::Already => see_other("/reissue/sent"),
            Disowning::Over => {
                let over = Refusal::Link(Begun::Report);
                forbidden(Refusal::of_link(&ports, Some(token), Begun::Report, over).await?)
            }
        })
    })
    .await
}

/// ポータルの利用をやめる
#[server(prefix = "", endpoint = "/security/leave/confirm")]
pub async fn leave_the_portal(
    #[server(flatten)] form: PresentPasswordForm,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let current = match form.check() {
            Ok(current) => current,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let leave = ports
            .closing
            .leave(member, current, &visit.origin, visit.now)
            .await?;
        let wrong = Errors::of(Field::CurrentPassword, &CurrentPasswordError::Wrong);
        Ok(match leave {
            Closed::Done => see_other("/security/left").keep(CookieChange::Left),
            Closed::WrongPassword => try_again(&form, wrong),
            Closed::Over => see_other("/login"),
        })
    })
    .await
}
