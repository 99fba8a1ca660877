//! One field: label, hint, input, and the line for its message. The line is
//! always there, so that a message never moves the page.

use domain::{
    forms::{Field, Tone},
    rules::password::password_rules,
    text,
};
use leptos::{attr::custom::custom_attribute, prelude::*};

use crate::{api::Retry, components::form::Labels, written::Written};

/// What is typed into a field, and so which keyboard and which help a phone offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An ID that the member has chosen or chooses.
    LoginId,
    /// The same at the sign-in, where a browser offers passkeys beside it.
    LoginIdOrPasskey,
    /// Another ID than the one that stands beside it ([`OwnId`]).
    OtherLoginId,
    /// The postcard's ID.
    ProvisionalId,
    /// The postcard's password: shown as it is typed, since it is copied from paper.
    ProvisionalPassword,
    /// A new password.
    NewPassword,
    /// The member's own password.
    Password,
    /// An e-mail address.
    Email,
    /// ニックネーム
    Nickname,
    /// A code from an app, or one on paper.
    Code,
    /// A code from an app alone.
    AppCode,
}

impl Kind {
    fn is_hidden(self) -> bool {
        matches!(self, Self::NewPassword | Self::Password)
    }

    const fn autocomplete(self) -> &'static str {
        match self {
            Self::LoginId => "username",
            Self::LoginIdOrPasskey => "username webauthn",
            Self::OtherLoginId | Self::ProvisionalId | Self::ProvisionalPassword => "off",
            Self::NewPassword => "new-password",
            Self::Password => "current-password",
            Self::Email => "email",
            Self::Nickname => "nickname",
            Self::Code | Self::AppCode => "one-time-code",
        }
    }

    /// `email` also brings up the keyboard without full-width characters.
    const fn keyboard(self) -> &'static str {
        match self {
            Self::Nickname => "text",
            Self::AppCode => "numeric",
            _ => "email",
        }
    }
}

/// A field of a form.
#[component]
pub fn FormField(
    /// Which.
    field: Field,
    /// What is typed into it.
    kind: Kind,
    /// Its name, where it is not the form's own.
    #[prop(optional)]
    label: Option<&'static str>,
    /// The rule in a few words.
    #[prop(optional)]
    hint: Option<&'static str>,
    /// Whether it may be left blank.
    #[prop(optional)]
    optional: bool,
    /// Instead of 必須: what it is needed for, where it may be left blank otherwise.
    #[prop(optional)]
    needed: Option<&'static str>,
    /// What stands in it at first.
    #[prop(optional, into)]
    value: String,
) -> impl IntoView {
    let name = field.name();
    let label = label.unwrap_or_else(|| expect_context::<Labels>().of(field));
    let retry = use_context::<Retry>();
    // Of this field only if its form failed: a page may have several.
    let typed = retry.as_ref().and_then(|retry| retry.value(field));
    let value = typed.map_or(value, str::to_owned);
    let note = retry
        .as_ref()
        .and_then(|retry| retry.errors.get(field).cloned());
    let invalid = note.as_ref().is_some_and(|note| note.tone == Tone::Error);
    let described_by = match hint {
        Some(_) => format!("{name}-hint {name}-error"),
        None => format!("{name}-error"),
    };
    let plain_text = kind != Kind::Nickname;
    view! {
        <div class="field">
            // Not part of the field's name: `required` says it to a screen reader.
            <label for=name>{label}</label>
            {match (optional, needed) {
                (_, Some(what)) => view! { <span class="optional">{what}</span> }.written(),
                (true, None) => view! { <span class="optional">"任意"</span> }.written(),
                (false, None) => {
                    view! {
                        <span class="required" aria-hidden="true">
                            "必須"
                        </span>
                    }
                        .written()
                }
            }}
            {hint.map(|hint| view! { <p class="hint" id=format!("{name}-hint")>{hint}</p> })}
            <div class="control">
                <input
                    id=name
                    name=name
                    type=if kind.is_hidden() { "password" } else { "text" }
                    value=value
                    required=!optional && needed.is_none()
                    autocomplete=kind.autocomplete()
                    inputmode=kind.keyboard()
                    autocapitalize=plain_text.then_some("none")
                    spellcheck=plain_text.then_some("false")
                    aria-describedby=described_by
                    aria-invalid=invalid.then_some("true")
                    {..custom_attribute("autocorrect", plain_text.then_some("off"))}
                    {..custom_attribute(
                        "passwordrules",
                        (kind == Kind::NewPassword).then(password_rules),
                    )}
                />
                {kind
                    .is_hidden()
                    .then(|| {
                        view! {
                            // Works with the client only, which uncovers it.
                            <button
                                class="reveal"
                                type="button"
                                hidden
                                aria-controls=name
                            >
                                <span class="visually-hidden">{label} "を"</span>
                                {text::SHOW}
                            </button>
                        }
                    })}
            </div>
            <p class=("message", true) class:is-error=invalid id=format!("{name}-error")>
                {note.map(|note| note.text)}
            </p>
        </div>
    }
}

/// The member's ID in a form that asks for a password and not for it: to read, and for a
/// password manager, which keeps the password under it. It has no name and is not sent.
#[component]
pub fn OwnId(
    /// What it is called.
    label: &'static str,
    /// The ID.
    login_id: String,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for="own_id">{label}</label>
            <div class="control">
                <input
                    id="own_id"
                    type="text"
                    value=login_id
                    readonly
                    autocomplete="username"
                    autocapitalize="none"
                    spellcheck="false"
                />
            </div>
        </div>
    }
}

/// The manual's examples of a login ID, below its field.
#[component]
pub fn LoginIdExamples() -> impl IntoView {
    view! {
        <ul class="rules" aria-label="ログインIDの例">
            <li class="no">
                <b>"×"</b>
                <code>"SKE123456"</code>
                " (7・8桁目に数字使用不可)"
            </li>
            <li class="yes">
                <b>"○"</b>
                <code>"123456SKE"</code>
            </li>
        </ul>
    }
}
