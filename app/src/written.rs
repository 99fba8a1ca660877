//! How a view becomes part of a page: written out at once.
//!
//! Leptos keeps a view as one nested type, so that a browser can build and update it and a
//! stream can wait within it, and whoever erases that type has all of this compiled for
//! every element. Our pages are written once, on the server, when everything that they
//! show is known: of an erased view only its HTML is kept. Without that, `app` took three
//! times as long to build, and each page had more to do.

use std::pin::Pin;

use leptos::{children::ToChildren, prelude::*, tachys::html::InertElement};

/// A view as its HTML.
pub trait Written {
    /// Writes the view, and forgets what it was made of. Nothing in it may still have to
    /// wait, as a page of [`when_known`] does: of that nothing would be written.
    fn written(self) -> AnyView;
}

impl<V: RenderHtml> Written for V {
    fn written(self) -> AnyView {
        InertElement::new(self.to_html()).into_any()
    }
}

/// What stands between a component's tags: the type of its prop `children`.
pub struct Inside(Box<dyn FnOnce() -> AnyView>);

impl Inside {
    /// Writes it.
    pub fn written(self) -> AnyView {
        self.0()
    }
}

impl<F, V> ToChildren<F> for Inside
where
    F: FnOnce() -> V + 'static,
    V: RenderHtml,
{
    fn to_children(inside: F) -> Self {
        Self(Box::new(move || inside().written()))
    }
}

/// The page of an answer that has to be waited for.
pub fn when_known(page: impl Future<Output = AnyView> + Send + 'static) -> AnyView {
    let page: Pin<Box<dyn Future<Output = AnyView> + Send>> = Box::pin(page);
    Suspend::new(page).into_any()
}
