//! Who is signed in in the browser that a letter was opened in.

use domain::visit::{Visit, Visitor};
use leptos::prelude::*;

/// Says that going on ends somebody's session, where there is one.
#[component]
pub fn SignedInHere() -> impl IntoView {
    let Visitor::Member(member) = expect_context::<Visit>().who else {
        return None;
    };
    let words = format!(
        "この画面では、いま「{}」さんがログイン中です。ここでログインすると、「{}」さんはログアウトします。",
        member.nickname, member.nickname
    );
    Some(view! {
        <div class="notice">
            <p>{words}</p>
        </div>
    })
}
