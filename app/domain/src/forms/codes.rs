//! 二段階認証: a code at sign-in, and what turns codes on and off.
//!
//! The browser does not judge these while they are typed: a code is right or wrong, which
//! only the server knows.

use serde::{Deserialize, Serialize};

use super::{Errors, Field, Form, fields};
use crate::rules::{CodeError, SecondStepCode, SignInPassword, current_password};

/// What is typed at /login/code.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CodeForm {
    /// 確認コード or 予備コード
    pub code: String,
}

impl Form for CodeForm {
    const NAME: &'static str = "code";
    type Checked = SecondStepCode;

    fields! { Code => code "確認コードまたは予備コード" }

    fn check(&self) -> Result<SecondStepCode, Errors> {
        let mut errors = Errors::default();
        errors
            .read(self, Field::Code, SecondStepCode::parse)
            .ok_or(errors)
    }
}

/// What turns codes on.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct FirstCodeForm {
    /// 確認コード
    pub code: String,
    /// 現在のパスワード; whether it is due is for the server to say
    pub current_password: String,
}

impl Form for FirstCodeForm {
    const NAME: &'static str = "first_code";
    type Checked = (String, Option<SignInPassword>);

    fields! {
        Code => code "確認コード（6けたの数字）",
        CurrentPassword => current_password "現在のパスワード"
    }

    fn check(&self) -> Result<Self::Checked, Errors> {
        let mut errors = Errors::default();
        let code = errors.read(self, Field::Code, |typed| {
            match SecondStepCode::parse(typed)? {
                SecondStepCode::OneTime(code) => Ok(code),
                SecondStepCode::Recovery(_) => Err(CodeError::NotOfTheApp),
            }
        });
        let password = present_password(self, &mut errors);
        match (code, password) {
            (Some(code), Some(password)) => Ok((code, password)),
            _ => Err(errors),
        }
    }
}

/// What turns codes off, or makes new recovery codes: the present password, where it is due.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SecondStepForm {
    /// 現在のパスワード
    pub current_password: String,
}

impl Form for SecondStepForm {
    const NAME: &'static str = "second_step";
    type Checked = Option<SignInPassword>;

    fields! { CurrentPassword => current_password "現在のパスワード" }

    fn check(&self) -> Result<Self::Checked, Errors> {
        let mut errors = Errors::default();
        present_password(self, &mut errors).ok_or(errors)
    }
}

fn present_password<F: Form>(form: &F, errors: &mut Errors) -> Option<Option<SignInPassword>> {
    match form.value(Field::CurrentPassword) {
        "" => Some(None),
        _ => errors
            .read(form, Field::CurrentPassword, current_password::parse)
            .map(Some),
    }
}
