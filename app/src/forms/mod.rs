//! One file a form: raw fields → checked values, or a message beside each field.
//!
//! The same `check` runs in the browser on every keystroke and on the server
//! for every post; there is no other check of a form anywhere.

use std::borrow::Cow;

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
        }
    }

    /// Whether a page may never show again what was typed here.
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::PasswordConfirmation | Self::CurrentPassword)
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// How it is meant.
    pub tone: Tone,
    /// The sentence, from `text`.
    pub text: Cow<'static, str>,
    /// What 「半角に直す」 would put into the field, where that helps.
    pub half_width: Option<String>,
}

/// What is wrong with a form: at most one note a field, in the form's order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Errors(Vec<(Field, Note)>);

/// A form as it was typed.
pub trait Form: Default + Clone + Send + Sync + 'static {
    /// What stands in the form's `data-form`.
    const NAME: &'static str;
    /// Its fields, in the order of the page.
    const FIELDS: &'static [Field];
    /// What a good form becomes.
    type Checked;

    /// What was typed into a field; empty for one the form does not have.
    fn value(&self, field: Field) -> &str;
    /// The same, to fill.
    fn value_mut(&mut self, field: Field) -> &mut String;
    /// The checked values, or what is wrong.
    fn check(&self) -> Result<Self::Checked, Errors>;
    /// A hint or a word of praise for a field without an error.
    fn remark(&self, _field: Field) -> Option<Note> {
        None
    }
}
