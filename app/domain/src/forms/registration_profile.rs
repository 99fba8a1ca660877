//! 利用者情報入力: what a member chooses when registering.

use serde::{Deserialize, Serialize};

use super::address::remark_on_email;
use super::{Errors, Field, Form, Note, fields};
use crate::rules::password::{self, EXAMPLE_OF_THE_MANUAL};
use crate::rules::{EmailAddress, LoginId, Nickname, Password, ProvisionalPassword};
use crate::text;

/// What is typed to become a member.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RegistrationProfileForm {
    /// 新ログインID
    pub login_id: String,
    /// 新パスワード
    pub password: String,
    /// 新パスワード(確認)
    pub password_confirmation: String,
    /// メールアドレス
    pub email: String,
    /// ニックネーム
    pub nickname: String,
}

/// Everything that makes a person a member.
#[derive(Debug)]
pub struct NewMember {
    /// ログインID
    pub login_id: LoginId,
    /// パスワード
    pub password: Password,
    /// メールアドレス
    pub email: EmailAddress,
    /// ニックネーム
    pub nickname: Nickname,
}

impl Form for RegistrationProfileForm {
    const NAME: &'static str = "registration_profile";
    type Checked = NewMember;

    fields! {
        LoginId => login_id "新ログインID",
        Password => password "新パスワード",
        PasswordConfirmation => password_confirmation "新パスワード(確認)",
        Email => email "メールアドレス",
        Nickname => nickname "ニックネーム"
    }

    fn check(&self) -> Result<NewMember, Errors> {
        let mut errors = Errors::default();
        let login_id = errors.read(self, Field::LoginId, LoginId::parse);
        let password = errors.read(self, Field::Password, |typed| {
            Password::parse(typed, &self.login_id)
        });
        let confirmed = errors.read(self, Field::PasswordConfirmation, |again| {
            password::confirm(&self.password, again)
        });
        let email = errors.read(self, Field::Email, EmailAddress::parse);
        let nickname = errors.read(self, Field::Nickname, Nickname::parse);
        match (login_id, password, confirmed, email, nickname) {
            (Some(login_id), Some(password), Some(()), Some(email), Some(nickname)) => {
                Ok(NewMember {
                    login_id,
                    password,
                    email,
                    nickname,
                })
            }
            _ => Err(errors),
        }
    }

    fn remark(&self, field: Field) -> Option<Note> {
        match field {
            Field::Password => Some(remark_on_password(&self.password)),
            Field::Email => remark_on_email(&self.email),
            _ => None,
        }
    }
}

/// A word on a new password that can be used, on every form that takes one.
pub(super) fn remark_on_password(typed: &str) -> Note {
    if typed == EXAMPLE_OF_THE_MANUAL {
        Note::hint(text::PASSWORD_EXAMPLE)
    } else if ProvisionalPassword::parse(typed).is_ok() {
        // Whether it is that one is for the server to find out.
        Note::hint(text::MAYBE_PROVISIONAL)
    } else {
        Note::good(text::PASSWORD_GOOD)
    }
}
