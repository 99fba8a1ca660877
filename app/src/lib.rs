//! What the browser and the server share, and every page a member sees.
//!
//! The browser's build (`hydrate`, wasm32) holds `rules`, `forms`, `text` and
//! the one `island`; everything else is the server's side of the pages. No
//! database, no hash and no mail is known here: the pages ask through `ports`.

pub mod forms;
pub mod island;
pub mod rules;
pub mod text;

#[cfg(feature = "ssr")]
pub mod api;
#[cfg(feature = "ssr")]
pub mod app;
#[cfg(feature = "ssr")]
pub mod chart;
#[cfg(feature = "ssr")]
pub mod checkup;
#[cfg(feature = "ssr")]
pub mod components;
#[cfg(feature = "ssr")]
pub mod device;
#[cfg(feature = "ssr")]
pub mod era;
#[cfg(feature = "ssr")]
pub mod expense;
#[cfg(feature = "ssr")]
pub mod month;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod ports;
#[cfg(feature = "ssr")]
pub mod reference;
#[cfg(feature = "ssr")]
pub mod sex;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod society;
#[cfg(feature = "ssr")]
pub mod tax;
#[cfg(feature = "ssr")]
pub mod timestamp;
#[cfg(feature = "ssr")]
pub mod visit;
#[cfg(feature = "ssr")]
pub mod wanted;

/// Called by the loader before it wakes the islands.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
