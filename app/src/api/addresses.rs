//! メールアドレス: adding, confirming, removing, and which one gets notices.

use domain::{
    forms::{AddressForm, Errors, Field, Form},
    ports::{AddressChange, Answer, Ports},
    rules::EmailError,
    visit::{CookieChange, Member, PendingAddressChange, Visit, Visitor},
};
use leptos::prelude::*;
use uuid::Uuid;

use crate::api::{
    Outcome, answer, forbidden, not_found, not_possible,
    refusal::{Begun, Refusal},
    see_other, sign_in_first, try_again,
};

/// What stands for 「お知らせメールを受け取らない」 in place of an address.
pub const NO_NOTICES: &str = "none";

/// メールアドレスを追加する
#[server(prefix = "", endpoint = "/profile/emails/add")]
pub async fn add_address(#[server(flatten)] form: AddressForm) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let address = match form.check() {
            Ok(address) => address,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let refused = |refusal| try_again(&form, Errors::of(Field::Email, &refusal));
        change(
            &ports,
            &visit,
            member,
            PendingAddressChange::Add(address),
            refused,
        )
        .await
    })
    .await
}

/// 確認メールをもう一度送る
#[server(prefix = "", endpoint = "/profile/emails/again")]
pub async fn confirmation_again(#[server(default)] address: String) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let Ok(row) = Uuid::parse_str(&address) else {
            return Ok(not_found());
        };
        let refused = |refusal| not_possible(&refusal);
        change(
            &ports,
            &visit,
            member,
            PendingAddressChange::Again(row),
            refused,
        )
        .await
    })
    .await
}

/// メールアドレスを削除する
#[server(prefix = "", endpoint = "/profile/emails/remove")]
pub async fn remove_address(#[server(default)] address: String) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let Ok(row) = Uuid::parse_str(&address) else {
            return Ok(not_found());
        };
        let refused = |refusal| not_possible(&refusal);
        change(
            &ports,
            &visit,
            member,
            PendingAddressChange::Remove(row),
            refused,
        )
        .await
    })
    .await
}

/// お知らせの宛先を選ぶ
#[server(prefix = "", endpoint = "/profile/emails/notices")]
pub async fn choose_for_notices(#[server(default)] address: String) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let row = match (address.as_str(), Uuid::parse_str(&address)) {
            (NO_NOTICES, _) => None,
            (_, Ok(row)) => Some(row),
            _ => return Ok(not_found()),
        };
        let chosen = ports
            .addresses
            .choose_for_notices(member, row, &visit.origin, visit.now)
            .await?;
        Ok(match chosen {
            AddressChange::NotTheirs => not_found(),
            AddressChange::Over => see_other("/login"),
            AddressChange::Done => see_other("/profile?told=notices"),
            _ => see_other("/profile"),
        })
    })
    .await
}

/// 追加したメールアドレスを、届いたメールから確認する
#[server(prefix = "", endpoint = "/profile/emails/confirm")]
pub async fn confirm_address() -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Some(token) = &visit.confirmation else {
            return Ok(forbidden(Refusal::Elsewhere(Begun::Profile)));
        };
        let confirmed = ports
            .addresses
            .confirm(token, &visit.origin, visit.now)
            .await?;
        Ok(if confirmed {
            see_other("/profile/emails/confirmed")
        } else {
            let over = Refusal::Link(Begun::Profile);
            forbidden(Refusal::of_link(&ports, Some(token), Begun::Profile, over).await?)
        })
    })
    .await
}

/// Does it at once, or has the present password asked for first.
async fn change(
    ports: &Ports,
    visit: &Visit,
    member: &Member,
    asked: PendingAddressChange,
    refused: impl FnOnce(EmailError) -> Outcome,
) -> Answer<Outcome> {
    let change = ports
        .addresses
        .change(member, &asked, &visit.origin, visit.now)
        .await?;
    Ok(match change {
        AddressChange::Refused(refusal) => refused(refusal),
        AddressChange::PasswordDue => see_other("/profile/confirm-password")
            .keep(CookieChange::PendingAddressChange(asked, member.session)),
        change => done(&asked, change),
    })
}

/// Back to プロフィール設定, where it is told what has become of it.
pub(super) fn done(asked: &PendingAddressChange, change: AddressChange) -> Outcome {
    match (change, asked) {
        (AddressChange::NotTheirs, _) => not_found(),
        (AddressChange::Over, _) => see_other("/login"),
        (AddressChange::Sent { earlier: true }, _) => see_other("/profile?told=earlier"),
        (AddressChange::Sent { .. }, PendingAddressChange::Add(_)) => {
            see_other("/profile?told=added")
        }
        (AddressChange::Sent { .. }, _) => see_other("/profile?told=again"),
        (AddressChange::Done, _) => see_other("/profile?told=removed"),
        // Another window was quicker.
        (AddressChange::Refused(_) | AddressChange::PasswordDue, _) => {
            see_other("/profile?told=refused")
        }
        (AddressChange::Gone, _) => see_other("/profile"),
    }
}
