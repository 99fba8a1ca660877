//! An address alone: where a letter is to go, or one more of the member's own.

use serde::{Deserialize, Serialize};

use super::{Errors, Field, Form, Note, fields};
use crate::rules::{EmailAddress, mail_domain};
use crate::text;

/// What is typed to have a letter sent.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressForm {
    /// メールアドレス
    pub email: String,
}

impl Form for AddressForm {
    const NAME: &'static str = "address";
    type Checked = EmailAddress;

    fields! { Email => email "メールアドレス" }

    fn check(&self) -> Result<EmailAddress, Errors> {
        let mut errors = Errors::default();
        errors
            .read(self, Field::Email, EmailAddress::parse)
            .ok_or(errors)
    }

    fn remark(&self, field: Field) -> Option<Note> {
        match field {
            Field::Email => remark_on_email(&self.email),
            _ => None,
        }
    }
}

/// The question about a likely slip, on every form that takes an address.
pub(super) fn remark_on_email(typed: &str) -> Option<Note> {
    mail_domain::likely_slip(typed).map(|meant| Note::hint(text::likely_slip(&meant)))
}
