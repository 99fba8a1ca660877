//! O-4: a first second step is set up.

use axum::http::HeaderMap;
use domain::{ports::CodesState, text::Sentence};
use office_pages::{pages::second_step, parts::Tried};
use store::second_step::Holder;

use super::{
    answer::{Answer, OfficePath, Responder, Screen, see_other, with_cookies},
    form::Form,
    passkeys,
    proof::prove,
    sign_in::begun,
    sign_in_passkey::passkey_of,
};
use crate::{
    office::{
        access::{Acting, AnyRole},
        staff::sign_in::Enrolled,
    },
    second_step::codes,
};

const ENROL: Screen = Screen("二段階認証の設定", "O-4");

/// GET /office/second-step
pub(super) async fn enrolment(responder: Responder) -> Answer {
    enrolment_page(&responder, None).await
}

async fn enrolment_page(responder: &Responder, tried: Option<Tried>) -> Answer {
    let staff = begun(responder)?;
    let office = &responder.state().office;
    let names = (
        &*office.society.portal_name,
        staff.session.staff.login_id.as_str(),
    );
    let issuer = format!("{} 事務局", names.0);
    let holder = Holder::Staff(staff.id());
    let seed = staff.enrolment_seed();
    let place = (&office.db, &*office.secrets);
    let has_one = staff.session.staff.has_second_step;
    // A passkey alone is a second step, too; an app can be added to it by whoever is in.
    let passkey = passkey_of(responder.state()).filter(|_| !has_one);
    match codes::state(place, holder, &seed, (&issuer, names.1)).await? {
        CodesState::On { .. } if staff.is_in() => Ok(see_other(&OfficePath::profile())),
        CodesState::On { .. } => Ok(see_other(&OfficePath::code())),
        CodesState::Off(_) if has_one && !staff.is_in() => Ok(see_other(&OfficePath::code())),
        CodesState::Off(app) => match tried {
            None => Ok(responder
                .page(ENROL, || second_step::enrol(None, &app, passkey.as_ref()))
                .await),
            Some(tried) => Ok(responder
                .again(ENROL, || {
                    second_step::enrol(Some(&tried), &app, passkey.as_ref())
                })
                .await),
        },
    }
}

/// POST /office/second-step
pub(super) async fn enrol(responder: Responder, headers: HeaderMap, form: Form) -> Answer {
    let staff = begun(&responder)?;
    if !form.get("credential").is_empty() {
        return match passkeys::enrol(staff, &responder, &headers, &form).await? {
            Ok(done) => Ok(done),
            Err(refusal) => {
                let tried = Tried::note("", refusal.sentence());
                enrolment_page(&responder, Some(tried)).await
            }
        };
    }
    // Beside a passkey, an app is added as whatever cannot be taken back.
    let proven = match Acting::<AnyRole>::of(staff.clone()) {
        Some(acting) if acting.session.staff.has_second_step => {
            match prove(&responder, acting, &form).await? {
                Ok(proven) => Some(proven),
                Err(asked) => return Ok(asked),
            }
        }
        _ => None,
    };
    let device = &responder.visit().device;
    let sign_in = &responder.state().office.sign_in;
    match sign_in.enrol(staff, form.get("code"), device).await? {
        Enrolled::In(begun, recovery) => {
            let cookies = responder
                .state()
                .cookies
                .keep_office_session(&begun, staff.now);
            let known = responder.state().cookies.keep_office_device(device);
            let page = responder
                .page(Screen("予備コード", "O-4"), || {
                    second_step::recovery(&recovery)
                })
                .await;
            Ok(with_cookies(with_cookies(page, cookies), known))
        }
        Enrolled::Wrong => {
            let sentence = "確認コードが違います。アプリに今表示されている6桁の数字を入力してください。端末の時計が合っているかも確認してください。";
            let page = enrolment_page(&responder, Some(Tried::note("code", sentence))).await?;
            Ok(match proven {
                Some(proven) => proven.answer(page),
                None => page,
            })
        }
        Enrolled::Over => Ok(see_other(&OfficePath::login())),
    }
}
