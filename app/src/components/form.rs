//! A form as every page has it: a real one that posts to its own path, and
//! around it the island that checks while the member types.

use domain::{
    forms::{Field, Form},
    ports::Ports,
};
use leptos::{attr::custom::custom_attribute, prelude::*};

use crate::{
    api::Retry,
    island::InstantChecks,
    written::{Inside, Written},
};

/// How the fields of the form around are called.
#[derive(Clone, Copy)]
pub(super) struct Labels(fn(Field) -> &'static str);

impl Labels {
    pub(super) fn of(self, field: Field) -> &'static str {
        (self.0)(field)
    }
}

/// A form with instant checks. What was wrong with the last try stands at the top of the
/// page ([`Summary`]).
#[component]
pub fn CheckedForm<F: Form>(
    /// An empty form: says which one this is.
    form: F,
    /// The path that shows it and takes it.
    action: &'static str,
    /// The button.
    button: &'static str,
    children: Inside,
) -> impl IntoView {
    let _ = form;
    provide_context(Labels(F::label));
    let form = view! {
        <form method="post" action=action data-form=F::NAME novalidate>
            {children.written()} <button class="button wide" type="submit">
                {button}
            </button>
        </form>
    }
    .written();
    view! { <InstantChecks>{form}</InstantChecks> }
}

/// What was wrong, at the top of its page and with the focus, also without a script: the
/// sentence about the whole, and a list that leads to the fields.
#[component]
pub fn Summary(
    /// The try that failed.
    retry: Retry,
) -> impl IntoView {
    let lines = retry.errors.iter().map(|(field, note)| {
        view! {
            <li>
                <a href=format!("#{}", field.name())>
                    {format!("{}：{}", retry.label(field), note.text)}
                </a>
            </li>
        }
    });
    let lines = lines.collect::<Vec<_>>();
    let heading = retry
        .alert
        .clone()
        .unwrap_or_else(|| format!("ご確認ください（{}か所）", lines.len()));
    // Forms about addresses lead to that part of their page; of a page that has a target,
    // the browser focuses that and nothing else.
    let target = retry.is_about_an_address().then_some("emails");
    view! {
        <div
            class="summary"
            role="alert"
            tabindex="-1"
            {..custom_attribute("autofocus", "")}
            id=target
        >
            <p>{with_telephone(&heading)}</p>
            {(!lines.is_empty()).then(|| view! { <ul>{lines}</ul> })}
        </div>
    }
}

/// A sentence in which the society's telephone number can be touched.
fn with_telephone(sentence: &str) -> AnyView {
    let telephone = expect_context::<Ports>().society.telephone.clone();
    match sentence.split_once(&*telephone) {
        Some((before, after)) => view! {
            {before.to_owned()}
            <a class="inline" href=format!("tel:{telephone}")>
                {telephone.clone()}
            </a>
            {after.to_owned()}
        }
        .written(),
        None => sentence.to_owned().into_any(),
    }
}
