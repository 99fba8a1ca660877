//! O-7: 自分の設定

use axum::http::HeaderMap;
use office_pages::{
    pages::{profile as pages, second_step},
    parts::Tried,
};
use store::second_step::{Holder, codes, passkeys, recovery};

use super::{
    answer::{Answer, OfficePath, Refused, Responder, Screen, note, see_other, with_cookies},
    form::Form,
    proof::prove,
    sign_in_passkey::passkey_of,
};
use crate::office::access::{Acting, AnyRole};

const PROFILE: Screen = Screen("自分の設定", "O-7");

/// GET /office/profile
pub(super) async fn page(
    acting: Acting<AnyRole>,
    responder: Responder,
    headers: HeaderMap,
) -> Answer {
    let told = match responder.state().cookies.office_told(&headers).as_deref() {
        Some("changed") => Some("パスワードを変更しました。"),
        Some("passkey-added") => Some("パスキーを追加しました。"),
        Some("passkey-removed") => Some("パスキーを削除しました。"),
        _ => None,
    };
    shown(&acting, &responder, None, told).await
}

pub(super) async fn shown(
    acting: &Acting<AnyRole>,
    responder: &Responder,
    tried: Option<&Tried>,
    told: Option<&str>,
) -> Answer {
    let (db, holder) = (&responder.state().db, Holder::Staff(acting.id()));
    let (passkeys, script) = (
        passkeys::of(db, holder).await?,
        passkey_of(responder.state()),
    );
    let own = pages::Own {
        staff: &acting.session.staff,
        has_app: codes::on_since(db, holder).await?.is_some(),
        recovery_codes_left: recovery::count(db, holder).await?,
        passkeys: &passkeys,
        script: script.as_ref(),
        now: acting.now,
    };
    Ok(match tried {
        None => {
            responder
                .page(PROFILE, || pages::page(None, told, &own))
                .await
        }
        Some(_) => {
            responder
                .again(PROFILE, || pages::page(tried, None, &own))
                .await
        }
    })
}

/// POST /office/profile
pub(super) async fn change(acting: Acting<AnyRole>, responder: Responder, form: Form) -> Answer {
    let proven = match prove(&responder, acting, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let acting = &proven.acting;
    let staff = &responder.state().office.staff;
    let answer = match form.get("act") {
        "recovery" => match staff.new_recovery_codes(acting).await? {
            Some(codes) => {
                let screen = Screen("予備コード", "O-4");
                responder
                    .page(screen, || second_step::recovery(&codes))
                    .await
            }
            None => see_other(&OfficePath::second_step()),
        },
        "password" => match staff.choose_password(acting, form.get("password")).await {
            Ok(()) => {
                let told = responder.state().cookies.tell_office("changed");
                with_cookies(see_other(&OfficePath::profile()), told)
            }
            Err(error) => {
                let tried = note(error)?;
                shown(acting, &responder, Some(&tried), None).await?
            }
        },
        _ => return Err(Refused::NotFound),
    };
    Ok(proven.answer(answer))
}
