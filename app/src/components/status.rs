//! What the step before has come to.

use leptos::prelude::*;

/// What the step before has come to, where the eye and a screen reader find it.
#[component]
pub fn Status(
    /// In words.
    sentence: &'static str,
) -> impl IntoView {
    view! {
        <div class="notice" role="status">
            <p>
                <strong>{sentence}</strong>
            </p>
        </div>
    }
}
