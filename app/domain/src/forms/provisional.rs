//! 新規利用登録: the sign-in with what the postcard bears.

use serde::{Deserialize, Serialize};

use super::{Errors, Field, Form, fields};
use crate::rules::{ProvisionalId, ProvisionalPassword};

/// What is copied from the postcard.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProvisionalForm {
    /// 仮ログインID
    pub login_id: String,
    /// 仮パスワード
    pub password: String,
}

/// A postcard's pair, as it may have been printed.
#[derive(Clone, Debug)]
pub struct ProvisionalCredentials {
    /// 仮ログインID
    pub login_id: ProvisionalId,
    /// 仮パスワード
    pub password: ProvisionalPassword,
}

impl Form for ProvisionalForm {
    const NAME: &'static str = "provisional";
    type Checked = ProvisionalCredentials;

    fields! { LoginId => login_id "ログインID", Password => password "仮パスワード" }

    fn check(&self) -> Result<ProvisionalCredentials, Errors> {
        let mut errors = Errors::default();
        let login_id = errors.read(self, Field::LoginId, ProvisionalId::parse);
        let password = errors.read(self, Field::Password, ProvisionalPassword::parse);
        match (login_id, password) {
            (Some(login_id), Some(password)) => Ok(ProvisionalCredentials { login_id, password }),
            _ => Err(errors),
        }
    }
}
