//! The server functions: check the form, ask a port, say where to go next.
//!
//! A function never answers by its return value: what leptos would make of a
//! bare `Ok` or `Err` is a redirect to whatever Referer says. It leaves an
//! `Outcome` in the slot that the http layer shares with it, and that layer
//! alone makes the answer.
#![allow(
    missing_docs,
    reason = "the fields of the structs that #[server] makes"
)]

pub mod addresses;
pub mod codes;
pub mod expenses;
pub mod my_data;
mod outcome;
pub mod passkeys;
pub mod profile;
pub mod refusal;
pub mod register;
pub mod reissue;
pub mod security;
pub mod sign_in;

use leptos::prelude::*;

use domain::{
    ports::{Answer, Ports},
    visit::Visit,
};
pub use outcome::{
    Next, Outcome, Retry, Slot, forbidden, not_found, not_possible, refused_on_its_page, see_other,
    see_return_to, sign_in_first, try_again,
};

/// Runs a server function's story and leaves its outcome.
async fn answer<F>(story: impl FnOnce(Ports, Visit) -> F) -> Result<(), ServerFnError>
where
    F: Future<Output = Answer<Outcome>>,
{
    let slot = expect_context::<Slot>();
    let outcome = story(expect_context(), expect_context())
        .await
        .unwrap_or_else(|trouble| Outcome {
            next: Next::ServiceError(trouble),
            keep: Vec::new(),
        });
    slot.put(outcome);
    Ok(())
}
