//! The office's pages. They are rendered on the server only and have no script of their
//! own but that for passkeys: what they do, plain forms do. A crate of its own, so that
//! nothing of it can reach the members' bundle.
#![allow(
    missing_docs,
    reason = "the fields of the structs that #[component] makes"
)]

pub mod frame;
pub mod pages;
pub mod parts;

use leptos::prelude::*;

use crate::{
    frame::{Frame, document},
    pages::postcard_sheet::{Card, Portal},
};

/// The looks of the office beside the members'.
pub const STYLE: &str = include_str!("../style.css");

/// Leads to the same address once more.
pub fn once_more(address: &str) -> String {
    Owner::new().with(|| pages::problem::once_more(address).to_html())
}

/// The looks of the print sheet.
pub const POSTCARD_STYLE: &str = include_str!("../postcard.css");

/// Renders the print sheet of postcards, whole.
pub fn render_sheet(portal: &Portal<'_>, cards: &[Card<'_>]) -> String {
    Owner::new().with(|| pages::postcard_sheet::document(portal, cards).to_html())
}

/// Renders a page, whole.
pub fn render(frame: Frame, page: impl FnOnce() -> AnyView) -> String {
    Owner::new().with(|| {
        provide_context(frame);
        document(page()).to_html()
    })
}
