//! 利用停止: the present password, always.

use serde::{Deserialize, Serialize};

use super::{Errors, Field, Form, Note, fields, sign_in::remark_on_typed_password};
use crate::rules::{SignInPassword, current_password};

/// What is typed to end the use of the portal.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LeaveForm {
    /// 現在のパスワード
    pub current_password: String,
}

impl Form for LeaveForm {
    const NAME: &'static str = "leave";
    type Checked = SignInPassword;

    fields! { CurrentPassword => current_password }

    fn check(&self) -> Result<SignInPassword, Errors> {
        let mut errors = Errors::default();
        errors
            .read(self, Field::CurrentPassword, current_password::parse)
            .ok_or(errors)
    }

    fn remark(&self, field: Field) -> Option<Note> {
        match field {
            Field::CurrentPassword => remark_on_typed_password(&self.current_password),
            _ => None,
        }
    }
}
