//! パスワード再発行: the sign-in with what the letter bears, and the new password.

use serde::{Deserialize, Serialize};

use super::registration_profile::remark_on_password;
use super::{Errors, Field, Form, fields};
use crate::rules::password::{self, Password};
use crate::rules::{LoginId, ProvisionalPassword, SignInId};

/// What is copied from the letter.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReissueProvisionalForm {
    /// ログインID
    pub login_id: String,
    /// 仮パスワード
    pub password: String,
}

/// A pair that may have been sent.
#[derive(Clone, Debug)]
pub struct ReissueCredentials {
    /// ログインID
    pub login_id: SignInId,
    /// 仮パスワード
    pub password: ProvisionalPassword,
}

impl Form for ReissueProvisionalForm {
    const NAME: &'static str = "reissue_provisional";
    type Checked = ReissueCredentials;

    fields! { LoginId => login_id "ログインID", Password => password "仮パスワード" }

    fn check(&self) -> Result<ReissueCredentials, Errors> {
        let mut errors = Errors::default();
        let login_id = errors.read(self, Field::LoginId, SignInId::parse);
        let password = errors.read(self, Field::Password, ProvisionalPassword::parse);
        match (login_id, password) {
            (Some(login_id), Some(password)) => Ok(ReissueCredentials { login_id, password }),
            _ => Err(errors),
        }
    }
}

/// What is typed to have a new password.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct NewPasswordForm {
    /// 新しいパスワード
    pub password: String,
    /// パスワード確認
    pub password_confirmation: String,
    /// 新しいログインID; blank keeps the old one
    pub login_id: String,
}

/// A new password, and a new ID where one is wanted.
#[derive(Debug)]
pub struct NewCredentials {
    /// 新しいパスワード
    pub password: Password,
    /// 新しいログインID
    pub login_id: Option<LoginId>,
}

impl Form for NewPasswordForm {
    const NAME: &'static str = "new_password";
    type Checked = NewCredentials;

    fields! {
        Password => password "新しいパスワード",
        PasswordConfirmation => password_confirmation "パスワード確認",
        LoginId => login_id "新しいログインID"
    }

    fn check(&self) -> Result<NewCredentials, Errors> {
        let mut errors = Errors::default();
        let password = errors.read(self, Field::Password, |typed| {
            Password::parse(typed, &self.login_id)
        });
        let confirmed = errors.read(self, Field::PasswordConfirmation, |again| {
            password::confirm(&self.password, again)
        });
        let login_id = match self.login_id.as_str() {
            "" => Some(None),
            _ => errors.read(self, Field::LoginId, LoginId::parse).map(Some),
        };
        match (password, confirmed, login_id) {
            (Some(password), Some(()), Some(login_id)) => Ok(NewCredentials { password, login_id }),
            _ => Err(errors),
        }
    }

    fn remark(&self, field: Field) -> Option<super::Note> {
        match field {
            Field::Password => Some(remark_on_password(&self.password)),
            _ => None,
        }
    }
}
