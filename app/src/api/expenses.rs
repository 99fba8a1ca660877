//! 医療費通知: a dependent's decision.

use domain::{
    ports::{Decision, Ports},
    visit::{Visit, Visitor},
};
use leptos::prelude::*;

use crate::api::{answer, forbidden, refusal::Refusal, see_other, sign_in_first};

/// 被保険者への表示を決める
#[server(prefix = "", endpoint = "/expenses/sharing")]
pub async fn decide_sharing(#[server(default)] share: String) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
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
            // To where the decision stands.
            Decision::Done => see_other("/expenses#sharing"),
            Decision::NotTheirs => forbidden(Refusal::NotForYou),
            Decision::Over => see_other("/login"),
        })
    })
    .await
}
