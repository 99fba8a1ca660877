//! 医療費通知: a dependent's decision.

use leptos::prelude::*;

use crate::{
    api::{answer, forbidden, see_other},
    pages::problem::Refusal,
    ports::{Decision, Ports},
    visit::{Visit, Visitor},
};

/// 被保険者への表示を決める
#[server(prefix = "", endpoint = "/expenses/sharing")]
pub async fn decide_sharing(share: String) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(see_other("/login"));
        };
        let shares = match &*share {
            "yes" => true,
            "no" => false,
            _ => return Ok(forbidden(Refusal::NotForYou)),
        };
        let decision = ports
            .expenses
            .share(member, shares, &visit.asker, visit.now)
            .await?;
        Ok(match decision {
            Decision::Done => see_other("/expenses"),
            Decision::NotTheirs => forbidden(Refusal::NotForYou),
            Decision::Over => see_other("/login"),
        })
    })
    .await
}
