//! One file a form: raw fields → checked values, or a message beside each field.
//!
//! The same `check` runs in the browser on every keystroke and on the server
//! for every post; there is no other check of a form anywhere.

mod address;
mod codes;
mod profile;
mod provisional;
mod registration_profile;
mod reissue;
mod sign_in;

use std::borrow::Cow;
use std::fmt;

use crate::rules::half_width;
use crate::text::Sentence;

pub use address::AddressForm;
pub use codes::{CodeForm, FirstCodeForm, SecondStepForm};
pub use profile::{NewProfile, PresentPasswordForm, ProfileForm};
pub use provisional::{ProvisionalCredentials, ProvisionalForm};
pub use registration_profile::{NewMember, RegistrationProfileForm};
pub use reissue::{NewCredentials, NewPasswordForm, ReissueCredentials, ReissueProvisionalForm};
pub use sign_in::{Credentials, SignInForm};

/// The fields of our forms. The names are the contract's: they stand in the
/// HTML (`name`, `id`), in the posts, and as `{name}-error` on the message line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// メールアドレス
    Email,
    /// ログインID
    LoginId,
    /// パスワード
    Password,
    /// パスワード(確認)
    PasswordConfirmation,
    /// ニックネーム
    Nickname,
    /// 現在のパスワード
    CurrentPassword,
    /// 確認コード, or a recovery code in its place
    Code,
    /// No field that anybody sees: that a new password was typed in a try that was
    /// refused. It is not sent back, and left blank it would be forgotten.
    PasswordWanted,
}

impl Field {
    /// The name in HTML and in posts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::LoginId => "login_id",
            Self::Password => "password",
            Self::PasswordConfirmation => "password_confirmation",
            Self::Nickname => "nickname",
            Self::CurrentPassword => "current_password",
            Self::Code => "code",
            Self::PasswordWanted => "password_wanted",
        }
    }

    /// Whether a page may never show again what was typed here.
    pub const fn is_secret(self) -> bool {
        matches!(
            self,
            Self::Password | Self::PasswordConfirmation | Self::CurrentPassword | Self::Code
        )
    }
}

/// How a message is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// The form cannot be sent like this.
    Error,
    /// Worth a second look; the form may be sent.
    Hint,
    /// As it should be.
    Good,
}

/// The message beside a field.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// How it is meant.
    pub tone: Tone,
    /// The sentence, from `text`.
    pub text: Cow<'static, str>,
    /// What 「半角に直す」 would put into the field, where that helps. It is what
    /// was typed: for a secret field it never leaves the browser.
    pub half_width: Option<String>,
}

impl Note {
    /// The form cannot be sent like this: a refusal that belongs to a field, or
    /// one that only the server can know.
    pub fn error(refusal: &impl Sentence) -> Self {
        Self {
            tone: Tone::Error,
            text: refusal.sentence(),
            half_width: None,
        }
    }

    /// Worth a second look.
    pub fn hint(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            tone: Tone::Hint,
            text: text.into(),
            half_width: None,
        }
    }

    /// As it should be.
    pub fn good(text: impl Into<Cow<'static, str>>) -> Self {
        Self {
            tone: Tone::Good,
            text: text.into(),
            half_width: None,
        }
    }

    /// The same with 「半角に直す」 beside it, if that helps with what was typed.
    #[must_use]
    pub fn offering_half_width(self, typed: &str) -> Self {
        Self {
            half_width: half_width::offer(typed),
            ..self
        }
    }
}

/// Without the offer: it may be a password.
impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Note")
            .field("tone", &self.tone)
            .field("text", &self.text)
            .finish_non_exhaustive()
    }
}

/// What is wrong with a form: at most one note a field, in the form's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(Field, Note)>);

impl Errors {
    /// One field's error that only the server could find, like
    /// `Errors::of(Field::LoginId, &LoginIdError::Taken)`.
    pub fn of(field: Field, refusal: &impl Sentence) -> Self {
        Self(vec![(field, Note::error(refusal))])
    }

    /// Adds a note, unless the field has one: the first is what the member reads.
    pub fn push(&mut self, field: Field, note: Note) {
        if self.get(field).is_none() {
            self.0.push((field, note));
        }
    }

    /// Reads one field of a form by its rule: its value, or `None` and a note.
    pub fn read<F: Form, T, R: Sentence>(
        &mut self,
        form: &F,
        field: Field,
        rule: impl FnOnce(&str) -> Result<T, R>,
    ) -> Option<T> {
        let typed = form.value(field);
        rule(typed)
            .map_err(|refusal| {
                let note = Note::error(&refusal);
                self.push(
                    field,
                    if refusal.is_full_width() {
                        note.offering_half_width(typed)
                    } else {
                        note
                    },
                );
            })
            .ok()
    }

    /// What is wrong with a field.
    pub fn get(&self, field: Field) -> Option<&Note> {
        self.iter()
            .find_map(|(its, note)| (its == field).then_some(note))
    }

    /// All of it, in the order of the form.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Note)> {
        self.0.iter().map(|(field, note)| (*field, note))
    }

    /// Whether nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A form as it was typed.
pub trait Form: Default + Clone + Send + Sync + 'static {
    /// What stands in the form's `data-form`.
    const NAME: &'static str;
    /// Its fields, in the order of the page.
    const FIELDS: &'static [Field];
    /// What a good form becomes.
    type Checked;

    /// What a field is called on the form's page, in the manual's words.
    fn label(field: Field) -> &'static str;
    /// What was typed into a field; empty for one the form does not have.
    fn value(&self, field: Field) -> &str;
    /// The same, to fill; only for its own fields.
    fn value_mut(&mut self, field: Field) -> &mut String;
    /// The checked values, or what is wrong.
    fn check(&self) -> Result<Self::Checked, Errors>;
    /// A hint or a word of praise for a field without an error.
    fn remark(&self, _field: Field) -> Option<Note> {
        None
    }
}

/// The note beside one field: its error, or else a remark.
pub fn note<F: Form>(form: &F, field: Field) -> Option<Note> {
    let error = form
        .check()
        .err()
        .and_then(|errors| errors.get(field).cloned());
    error.or_else(|| form.remark(field))
}

/// The notes beside all fields of the form of that name, in its order, with
/// `read` giving what stands in a field now. A name that no form has: no notes.
///
/// This is what the browser asks after every keystroke.
pub fn judge(form_name: &str, read: &dyn Fn(Field) -> String) -> Vec<(Field, Option<Note>)> {
    match form_name {
        AddressForm::NAME => notes::<AddressForm>(read),
        ProvisionalForm::NAME => notes::<ProvisionalForm>(read),
        RegistrationProfileForm::NAME => notes::<RegistrationProfileForm>(read),
        SignInForm::NAME => notes::<SignInForm>(read),
        ReissueProvisionalForm::NAME => notes::<ReissueProvisionalForm>(read),
        NewPasswordForm::NAME => notes::<NewPasswordForm>(read),
        ProfileForm::NAME => notes::<ProfileForm>(read),
        PresentPasswordForm::NAME => notes::<PresentPasswordForm>(read),
        _ => Vec::new(),
    }
}

fn notes<F: Form>(read: &dyn Fn(Field) -> String) -> Vec<(Field, Option<Note>)> {
    let mut form = F::default();
    for &field in F::FIELDS {
        *form.value_mut(field) = read(field);
    }
    let errors = form.check().err().unwrap_or_default();
    let note = |field| errors.get(field).cloned().or_else(|| form.remark(field));
    F::FIELDS
        .iter()
        .map(|&field| (field, note(field)))
        .collect()
}

/// What was typed may be a secret: nothing of it is ever printed.
macro_rules! debug_hides_what_was_typed {
    ($($form:ident),*) => {
        $(impl fmt::Debug for $form {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($form))
            }
        })*
    };
}
debug_hides_what_was_typed!(
    AddressForm,
    CodeForm,
    FirstCodeForm,
    SecondStepForm,
    ProvisionalForm,
    RegistrationProfileForm,
    SignInForm,
    ReissueProvisionalForm,
    NewPasswordForm,
    ProfileForm,
    PresentPasswordForm
);

/// The fields of a form, in the order of the page: where each is kept, and its label.
macro_rules! fields {
    ($first:ident => $first_kept:ident $first_label:literal $(, $field:ident => $kept:ident $label:literal)*) => {
        const FIELDS: &'static [Field] = &[Field::$first $(, Field::$field)*];

        fn label(field: Field) -> &'static str {
            match field {
                $(Field::$field => $label,)*
                _ => $first_label,
            }
        }

        fn value(&self, field: Field) -> &str {
            match field {
                Field::$first => &self.$first_kept,
                $(Field::$field => &self.$kept,)*
                _ => "",
            }
        }

        fn value_mut(&mut self, field: Field) -> &mut String {
            match field {
                $(Field::$field => &mut self.$kept,)*
                _ => &mut self.$first_kept,
            }
        }
    };
}
use fields;
