//! プロフィール設定: what a member changes of their own, and the present password
//! alone, where something else waits for it.

use serde::{Deserialize, Serialize};

use super::registration_profile::remark_on_password;
use super::sign_in::remark_on_present_password;
use super::{Errors, Field, Form, Note, fields};
use crate::rules::password::{self, Password};
use crate::rules::{LoginId, Nickname, PasswordError, SignInPassword, current_password};

/// What is typed into プロフィール設定.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    /// ログインID
    pub login_id: String,
    /// ニックネーム
    pub nickname: String,
    /// 新しいパスワード; blank keeps the old one
    pub password: String,
    /// 新しいパスワード(確認)
    pub password_confirmation: String,
    /// 現在のパスワード; whether it is due is for the server to say
    pub current_password: String,
    /// Not blank: a new password was typed in a try that was refused, and is still wanted
    pub password_wanted: String,
}

/// What a member wants to be known by from now on.
#[derive(Debug)]
pub struct NewProfile {
    /// ログインID
    pub login_id: LoginId,
    /// ニックネーム
    pub nickname: Nickname,
    /// 新しいパスワード
    pub password: Option<Password>,
    /// 現在のパスワード
    pub current_password: Option<SignInPassword>,
}

impl Form for ProfileForm {
    const NAME: &'static str = "profile";
    type Checked = NewProfile;

    fields! {
        LoginId => login_id "ログインID",
        Nickname => nickname "ニックネーム",
        Password => password "新しいパスワード",
        PasswordConfirmation => password_confirmation "新しいパスワード(確認)",
        CurrentPassword => current_password "現在のパスワード",
        PasswordWanted => password_wanted ""
    }

    fn check(&self) -> Result<NewProfile, Errors> {
        let mut errors = Errors::default();
        let login_id = errors.read(self, Field::LoginId, LoginId::parse);
        let nickname = errors.read(self, Field::Nickname, Nickname::parse);
        let password = match self.password.as_str() {
            "" if !self.password_wanted.is_empty() => {
                errors.push(Field::Password, Note::error(&PasswordError::Again));
                None
            }
            "" => Some(None),
            _ => errors
                .read(self, Field::Password, |typed| {
                    Password::parse(typed, &self.login_id)
                })
                .map(Some),
        };
        let confirmed = match (self.password.as_str(), self.password_confirmation.as_str()) {
            ("", "") => Some(()),
            _ => errors.read(self, Field::PasswordConfirmation, |again| {
                password::confirm(&self.password, again)
            }),
        };
        let current_password = match self.current_password.as_str() {
            "" => Some(None),
            _ => errors
                .read(self, Field::CurrentPassword, current_password::parse)
                .map(Some),
        };
        match (login_id, nickname, password, confirmed, current_password) {
            (Some(login_id), Some(nickname), Some(password), Some(()), Some(current_password)) => {
                Ok(NewProfile {
                    login_id,
                    nickname,
                    password,
                    current_password,
                })
            }
            _ => Err(errors),
        }
    }

    fn remark(&self, field: Field) -> Option<Note> {
        match field {
            Field::Password if !self.password.is_empty() => {
                Some(remark_on_password(&self.password))
            }
            Field::CurrentPassword => remark_on_present_password(&self.current_password),
            _ => None,
        }
    }
}

/// The present password, before a change that is asked for without a form of its
/// own.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct PresentPasswordForm {
    /// 現在のパスワード
    pub current_password: String,
}

impl Form for PresentPasswordForm {
    const NAME: &'static str = "present_password";
    type Checked = SignInPassword;

    fields! { CurrentPassword => current_password "現在のパスワード" }

    fn check(&self) -> Result<SignInPassword, Errors> {
        let mut errors = Errors::default();
        errors
            .read(self, Field::CurrentPassword, current_password::parse)
            .ok_or(errors)
    }

    fn remark(&self, field: Field) -> Option<Note> {
        match field {
            Field::CurrentPassword => remark_on_present_password(&self.current_password),
            _ => None,
        }
    }
}
