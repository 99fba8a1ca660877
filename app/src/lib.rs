//! Every page a member sees, and the server functions that its forms post to.
//!
//! The browser's build (`hydrate`, wasm32) holds the one `island`; everything else is
//! the server's side of the pages (`ssr`). No database, no hash and no mail is known
//! here: the pages ask through `domain::ports`.

pub mod island;

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
mod respond;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod written;

/// Wakes the islands of the page.
#[cfg(feature = "hydrate")]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
