//! The form that has a passkey sign, and the script that works it. Without the script, or
//! in a browser that has no passkeys, nothing of it is there.

use domain::{ports::Ports, text};
use leptos::prelude::*;

use crate::written::Inside;

/// What a passkey is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// A sign-in.
    ToSignIn,
    /// To be a new one.
    ToBeAdded,
}

impl Asked {
    /// The method of the browser's `navigator.credentials`.
    const fn method(self) -> &'static str {
        match self {
            Self::ToSignIn => "get",
            Self::ToBeAdded => "create",
        }
    }

    const fn action(self) -> &'static str {
        match self {
            Self::ToSignIn => "/login/passkey",
            Self::ToBeAdded => "/profile/passkeys",
        }
    }

    const fn options(self) -> &'static str {
        match self {
            Self::ToSignIn => "/login/passkey",
            Self::ToBeAdded => "/profile/passkeys/options",
        }
    }
}

/// The form, hidden until the script has found that the browser can.
#[component]
pub fn PasskeyForm(
    /// What for.
    asked: Asked,
    /// The button's classes.
    button_class: &'static str,
    /// The button.
    button: &'static str,
    children: Inside,
) -> impl IntoView {
    let script = expect_context::<Ports>().assets.passkeys.clone();
    view! {
        <form
            method="post"
            action=asked.action()
            class="passkey"
            data-passkey=asked.method()
            data-options=asked.options()
            data-cancelled=text::PASSKEY_CANCELLED
            data-known=text::PASSKEY_KNOWN
            data-failed=text::PASSKEY_FAILED
        >
            {children.written()}
            <input type="hidden" name="credential" data-signed />
            <button class=button_class type="submit">
                {button}
            </button>
            // Read out by the loader, as every message is.
            <p class="message is-error"></p>
        </form>
        <script type="module" src=script></script>
    }
}
