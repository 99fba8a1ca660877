//! Whose link a registration goes on with. It may have been passed on by somebody who
//! would like a stranger's postcard to open an account for their own mailbox.

use leptos::prelude::*;

/// 「このメールアドレスで登録します」, and the way to begin anew.
#[component]
pub fn WhoseLink(
    /// Where the link was sent.
    address: String,
) -> impl IntoView {
    view! {
        <p>
            "このメールアドレスで登録します：" <strong>{address}</strong>
            " 違うときは" <a href="/register">"最初から"</a>
        </p>
    }
}
