//! A form as every page has it: a real one that posts to its own path, and
//! around it the island that checks while the member types.

use domain::forms::Form;
use leptos::prelude::*;

use crate::{api::Retry, island::InstantChecks};

/// A form with instant checks, and above it what was wrong with the last try.
#[component]
pub fn CheckedForm<F: Form>(
    /// An empty form: says which one this is.
    form: F,
    /// The path that shows it and takes it.
    action: &'static str,
    /// The button.
    button: &'static str,
    children: Children,
) -> impl IntoView {
    let _ = form;
    view! {
        {use_context::<Retry>()
            .filter(Retry::is_of::<F>)
            .map(|retry| view! { <Summary retry /> })}
        <InstantChecks>
            <form method="post" action=action data-form=F::NAME novalidate>
                {children()} <button class="button wide" type="submit">
                    {button}
                </button>
            </form>
        </InstantChecks>
    }
}

/// Why a button's wish was not done, on a page with buttons outside of its forms.
#[component]
pub fn NotPossible() -> impl IntoView {
    use_context::<Retry>()
        .filter(Retry::is_of_a_button)
        .map(|retry| view! { <Summary retry /> })
}

/// What was wrong: the sentence about the whole, or a list that leads to the fields.
#[component]
fn Summary(retry: Retry) -> impl IntoView {
    let fields = retry.errors.iter().map(|(field, note)| {
        view! {
            <li>
                <a href=format!("#{}", field.name())>{note.text.clone()}</a>
            </li>
        }
    });
    let list = fields.collect::<Vec<_>>();
    let heading = retry
        .alert
        .clone()
        .unwrap_or_else(|| format!("ご確認ください（{}か所）", list.len()));
    view! {
        <div class="summary" role="alert" tabindex="-1">
            <p>{heading}</p>
            {(!list.is_empty()).then(|| view! { <ul>{list}</ul> })}
        </div>
    }
}
