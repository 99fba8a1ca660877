//! What the office's forms are made of. A note stands beside its field and in the summary.

use app::written::Written;
use domain::text;
use leptos::prelude::*;

/// What was typed in a try that failed, and what is wrong with it.
#[derive(Clone, Debug, Default)]
pub struct Tried {
    /// What was typed, by the field's name; no password and no code.
    pub typed: Vec<(String, String)>,
    /// What is wrong, by the field's name; empty for the whole form.
    pub notes: Vec<(&'static str, String)>,
}

impl Tried {
    /// One sentence about one field.
    pub fn note(field: &'static str, sentence: impl Into<String>) -> Self {
        Self {
            typed: Vec::new(),
            notes: vec![(field, sentence.into())],
        }
    }

    /// Keeps what was typed into a field.
    #[must_use]
    pub fn keep(mut self, field: &str, typed: &str) -> Self {
        self.typed.push((field.to_owned(), typed.to_owned()));
        self
    }

    /// What was typed into a field.
    pub fn value(&self, field: &str) -> String {
        let typed = self.typed.iter().find(|(name, _)| name == field);
        typed.map(|(_, typed)| typed.clone()).unwrap_or_default()
    }

    /// What is wrong with a field.
    pub fn wrong(&self, field: &str) -> Option<String> {
        let note = self.notes.iter().find(|(name, _)| *name == field);
        note.map(|(_, sentence)| sentence.clone())
    }
}

/// How a field is filled in.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input {
    /// `text`, `password`, `search`.
    pub kind: &'static str,
    /// For password managers.
    pub autocomplete: &'static str,
    /// Which keyboard a phone shows.
    pub inputmode: &'static str,
    /// Beside the label.
    pub hint: &'static str,
    /// The longest text, in characters; 0 for any.
    pub longest: usize,
}

/// Plain text.
pub const TEXT: Input = Input {
    kind: "text",
    autocomplete: "off",
    inputmode: "text",
    hint: "",
    longest: 0,
};

/// A field with its label and its note.
pub fn field(tried: &Tried, name: &'static str, label: &'static str, input: Input) -> AnyView {
    let wrong = tried.wrong(name);
    let note_id = format!("{name}-error");
    let hint_id = format!("{name}-hint");
    let described = match input.hint {
        "" => note_id.clone(),
        _ => format!("{hint_id} {note_id}"),
    };
    // Neither a password nor a code is sent back.
    let value = match input.kind {
        "password" => String::new(),
        _ => tried.value(name),
    };
    view! {
        <div class="field">
            <label for=name>{label}</label>
            {(!input.hint.is_empty()).then(|| view! { <p class="hint" id=hint_id>{input.hint}</p> })}
            <div class="control">
                <input
                    id=name
                    name=name
                    type=input.kind
                    value=value
                    autocomplete=input.autocomplete
                    inputmode=input.inputmode
                    autocapitalize="none"
                    spellcheck="false"
                    maxlength=(input.longest > 0).then(|| input.longest.to_string())
                    aria-describedby=described
                    aria-invalid=wrong.is_some().then_some("true")
                />
            </div>
            <p class="error" id=note_id>
                {wrong}
            </p>
        </div>
    }
    .written()
}

/// A text within a `textarea`, of which leptos writes the inside as it is. A line break at
/// its beginning is the element's own.
pub fn inside_textarea(text: &str) -> String {
    format!("\n{}", text.replace('&', "&amp;").replace('<', "&lt;"))
}

/// What failed, on top of the page, focused without a script.
pub fn summary(tried: Option<&Tried>) -> AnyView {
    let Some(tried) = tried.filter(|tried| !tried.notes.is_empty()) else {
        return ().into_any();
    };
    let lines = tried
        .notes
        .iter()
        .map(|(field, sentence)| match *field {
            "" => view! { <li>{sentence.clone()}</li> }.written(),
            field => view! {
                <li>
                    <a href=format!("#{field}")>{sentence.clone()}</a>
                </li>
            }
            .written(),
        })
        .collect_view();
    view! {
        <div class="summary" role="alert" tabindex="-1" autofocus>
            <h2>"入力内容をご確認ください"</h2>
            <ul>{lines}</ul>
        </div>
    }
    .written()
}

/// What has come of the step before.
pub fn status(sentence: &str) -> AnyView {
    view! {
        <p class="notice" role="status">
            {sentence.to_owned()}
        </p>
    }
    .written()
}

/// What a form has a passkey do, and with what.
#[derive(Clone, Debug)]
pub struct PasskeyScript {
    /// The script that works it, the members' own.
    pub address: String,
}

/// What a form has a passkey do.
#[derive(Clone, Copy, Debug)]
pub struct PasskeyAct {
    /// The browser's method, of `navigator.credentials`.
    pub method: &'static str,
    /// Where what it has to sign is asked for.
    pub options: &'static str,
    /// The field that its answer is sent in.
    pub field: &'static str,
    /// The button.
    pub button: &'static str,
}

/// A form that has a passkey sign, sent to `path`: hidden until the script has found that
/// the browser can.
pub fn passkey_form(
    script: &PasskeyScript,
    act: PasskeyAct,
    path: &str,
    inside: AnyView,
) -> AnyView {
    view! {
        <form
            method="post"
            action=path.to_owned()
            class="passkey"
            data-passkey=act.method
            data-options=act.options
            data-cancelled=text::PASSKEY_CANCELLED
            data-known=text::PASSKEY_KNOWN
            data-failed=text::PASSKEY_FAILED
        >
            {inside}
            <input type="hidden" name=act.field data-signed />
            <button class="button wide quiet" type="submit">
                {act.button}
            </button>
            <p class="message is-error" role="status"></p>
        </form>
        <script type="module" src=script.address.clone()></script>
    }
    .written()
}

/// A passkey as a whole sign-in.
pub fn passkey_login(script: &PasskeyScript) -> AnyView {
    const PATH: &str = "/office/login/passkey";
    let act = PasskeyAct {
        method: "get",
        options: PATH,
        field: "credential",
        button: "パスキーでログイン",
    };
    passkey_form(script, act, PATH, ().into_any())
}

/// The name of a new passkey.
pub fn passkey_name() -> AnyView {
    let input = Input {
        hint: "端末が分かる名前。例：窓口のパソコン",
        longest: 30,
        ..TEXT
    };
    field(&Tried::default(), "name", "パスキーの名前", input)
}
