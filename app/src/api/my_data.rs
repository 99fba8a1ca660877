//! わたしのデータ: the present password, where it is due. The file itself is no page,
//! and comes from the http layer.

use domain::{
    forms::{Errors, Field, Form, PresentPasswordForm},
    ports::{PasswordGiven, Ports},
    rules::CurrentPasswordError,
    visit::{Keep, Visit, Visitor},
};
use leptos::prelude::*;

use crate::api::{answer, see_other, sign_in_first, try_again};

/// 現在のパスワードを確認して、ダウンロードの画面へ
#[server(prefix = "", endpoint = "/my-data")]
pub async fn confirm_for_my_data(
    #[server(flatten)] form: PresentPasswordForm,
) -> Result<(), ServerFnError> {
    answer(async move |ports: Ports, visit: Visit| {
        let Visitor::Member(member) = &visit.who else {
            return Ok(sign_in_first(&visit.who));
        };
        let password = match form.check() {
            Ok(password) => password,
            Err(errors) => return Ok(try_again(&form, errors)),
        };
        let given = ports
            .addresses
            .change_with(member, &password, None, &visit.asker, visit.now)
            .await?;
        Ok(match given {
            PasswordGiven::Right { session, .. } => {
                see_other("/my-data").keep(Keep::Session(session.token, session.until))
            }
            PasswordGiven::Wrong => try_again(
                &form,
                Errors::of(Field::CurrentPassword, &CurrentPasswordError::Wrong),
            ),
            PasswordGiven::Over => see_other("/login"),
        })
    })
    .await
}
