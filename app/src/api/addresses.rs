//! メールアドレスの確認.

use leptos::prelude::*;

use crate::{
    api::{answer, forbidden, see_other},
    pages::problem::{Begun, Refusal},
    ports::Ports,
    visit::Visit,
};

/// 追加したメールアドレスを、届いたメールから確認する
#[server(prefix = "", endpoint = "/profile/emails/confirm")]
pub async fn confirm_address() -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Some(token) = &visit.confirmation else {
            return Ok(forbidden(Refusal::Link(Begun::Profile)));
        };
        let confirmed = ports
            .addresses
            .confirm(token, &visit.asker, visit.now)
            .await?;
        Ok(if confirmed {
            see_other("/profile/emails/confirmed")
        } else {
            forbidden(Refusal::Link(Begun::Profile))
        })
    })
    .await
}
