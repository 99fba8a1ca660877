//! O-6: ご本人の確認. For what cannot be taken back, the second step is asked for again.

use axum::{http::HeaderValue, response::Response};
use domain::text::Sentence;
use office_pages::{pages::proof, parts::Tried};

use super::{
    answer::{Refused, Responder, Screen, with_cookies},
    form::Form,
    sign_in_passkey::passkey_of,
};
use crate::office::access::{Acting, Needs};

/// A proof that is at most ten minutes old, and the cookies that a new one brings.
pub(super) struct Proven<N> {
    /// Who, with it.
    pub(super) acting: Acting<N>,
    cookies: Vec<HeaderValue>,
}

impl<N> Proven<N> {
    /// The answer, with the cookies of the proof.
    pub(super) fn answer(self, response: Response) -> Response {
        with_cookies(response, self.cookies)
    }
}

/// Asks for a passkey, or password and code, again, where they were shown more than ten
/// minutes ago; what was typed waits on the page that asks. `Err` is that page.
pub(super) async fn prove<N: Needs>(
    responder: &Responder,
    acting: Acting<N>,
    form: &Form,
) -> Result<Result<Proven<N>, Response>, Refused> {
    if acting.is_proof_fresh() {
        let cookies = Vec::new();
        return Ok(Ok(Proven { acting, cookies }));
    }
    let screen = Screen("ご本人の確認", "O-6");
    let (password, code) = (form.get("proof_password"), form.get("proof_code"));
    let signed = form.get("proof_credential");
    let (waiting, passkey) = (form.waiting(), passkey_of(responder.state()));
    let ask = async |tried: Option<Tried>| {
        let page = || proof::page(tried.as_ref(), responder.path(), &waiting, passkey.as_ref());
        responder.again(screen, page).await
    };
    if password.is_empty() && code.is_empty() && signed.is_empty() {
        return Ok(Err(ask(None).await));
    }
    let (sign_in, visit) = (&responder.state().office.sign_in, responder.visit());
    let proven = if signed.is_empty() {
        let proven = sign_in
            .prove(&acting, password, code, &visit.device)
            .await?;
        proven.ok_or_else(|| Tried::note("proof_password", "パスワードか確認コードが違います。"))
    } else {
        let presented = (signed, visit.challenge.as_ref());
        let proven = sign_in.prove_by_passkey(&acting, presented).await?;
        proven.map_err(|refusal| Tried::note("", refusal.sentence()))
    };
    match proven {
        Ok(begun) => Ok(Ok(Proven {
            cookies: responder
                .state()
                .cookies
                .keep_office_session(&begun, acting.now),
            acting,
        })),
        Err(tried) => Ok(Err(ask(Some(tried)).await)),
    }
}
