//! ログイン: login ID and password.

use serde::{Deserialize, Serialize};

use super::{Errors, Field, Form, Note, fields};
use crate::rules::{ProvisionalPassword, SignInId, SignInPassword, half_width::has_full_width};
use crate::text;

/// What is typed to sign in.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SignInForm {
    /// ログインID
    pub login_id: String,
    /// パスワード
    pub password: String,
}

/// A pair that may be somebody's.
#[derive(Debug)]
pub struct Credentials {
    /// ログインID
    pub login_id: SignInId,
    /// パスワード
    pub password: SignInPassword,
}

impl Form for SignInForm {
    const NAME: &'static str = "sign_in";
    type Checked = Credentials;

    fields! { LoginId => login_id "ログインID", Password => password "パスワード" }

    fn check(&self) -> Result<Credentials, Errors> {
        let mut errors = Errors::default();
        let login_id = errors.read(self, Field::LoginId, SignInId::parse);
        let password = errors.read(self, Field::Password, SignInPassword::parse);
        match (login_id, password) {
            (Some(login_id), Some(password)) => Ok(Credentials { login_id, password }),
            _ => Err(errors),
        }
    }

    fn remark(&self, field: Field) -> Option<Note> {
        match field {
            Field::Password => remark_on_present_password(&self.password),
            _ => None,
        }
    }
}

/// No password has capitals or full-width characters, and few have the form of a provisional
/// one; said before a try counts, on
/// every form that asks for the member's own.
pub(super) fn remark_on_present_password(typed: &str) -> Option<Note> {
    if has_full_width(typed) {
        Some(Note::hint(text::FULL_WIDTH).offering_half_width(typed))
    } else if typed.chars().any(|c| c.is_ascii_uppercase()) {
        Some(Note::hint(text::CAPITALS_AT_SIGN_IN))
    } else if ProvisionalPassword::parse(typed).is_ok() {
        Some(Note::hint(text::MAYBE_PROVISIONAL_AT_SIGN_IN))
    } else {
        None
    }
}
