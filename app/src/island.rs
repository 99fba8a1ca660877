//! The one island: instant checks on any form.
//!
//! It wraps a form that the server has rendered and adds nothing to it but
//! behaviour: while the member types, and on leaving a field, it runs the
//! form's own `check` and writes the message beside the field; on submit what
//! fails stays. Without it every form works all the same.

use leptos::prelude::*;

/// Checks the form inside while it is being filled in.
#[island]
pub fn InstantChecks(children: Children) -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::start();
    view! { <div>{children()}</div> }
}

#[cfg(feature = "hydrate")]
mod browser;
