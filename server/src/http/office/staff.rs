//! O-8: 職員

use axum::{extract::Path, http::HeaderMap, response::Response};
use domain::office::role::{Role, Roles};
use office_pages::{
    pages::staff::{self as pages, ChangeLine, StaffPage},
    parts::Tried,
};
use store::{
    person::Key,
    staff_change::{self, Change, ChangeKind},
};
use uuid::Uuid;

use super::{
    answer::{Answer, OfficePath, Refused, Responder, Screen, note, see_other, with_cookies},
    form::Form,
    proof::prove,
};
use crate::office::{
    access::{Acting, Admin},
    staff::{Newcomer, StaffError, changes::Outcome},
};

const STAFF: Screen = Screen("職員", "O-8");

/// GET /office/staff
pub(super) async fn page(admin: Acting<Admin>, responder: Responder, headers: HeaderMap) -> Answer {
    let told = match responder.state().cookies.office_told(&headers).as_deref() {
        Some("done") => Some("変更しました。"),
        Some("waits") => Some("変更を受け付けました。ほかの管理者が確認すると有効になります。"),
        _ => None,
    };
    list(&admin, &responder, None, told).await
}

async fn list(
    admin: &Acting<Admin>,
    responder: &Responder,
    tried: Option<&Tried>,
    told: Option<&str>,
) -> Answer {
    let staff = &responder.state().office.staff;
    let everybody = staff.list().await?;
    let page = StaffPage {
        waiting: lines(
            staff_change::waiting(&responder.state().db).await?,
            admin.id(),
        ),
        own: admin.id(),
        four_eyes: staff.four_eyes,
        has_second_admin: admin.has_colleague(Role::Admin, &everybody),
        now: admin.now,
        everybody,
    };
    Ok(match tried {
        None => {
            responder
                .page(STAFF, || pages::page(None, told, &page))
                .await
        }
        Some(_) => {
            responder
                .again(STAFF, || pages::page(tried, None, &page))
                .await
        }
    })
}

/// What was done, in words.
pub(super) fn lines(changes: Vec<Change>, own: Uuid) -> Vec<ChangeLine> {
    let line = |change: Change| {
        let (_, name) = &change.staff;
        let what = match change.kind {
            ChangeKind::Add => format!("{name}さんを追加（{}）", change.roles.names()),
            ChangeKind::Roles => format!("{name}さんの役割を「{}」に変更", change.roles.names()),
            ChangeKind::Disable => format!("{name}さんの利用を停止"),
            ChangeKind::Enable => format!("{name}さんの利用を再開"),
            ChangeKind::Link => format!("{name}さんにパスワード設定のURLを発行"),
        };
        let proposer = change.by.as_ref().map(|(id, _)| *id);
        ChangeLine {
            id: change.id,
            what,
            by: change
                .by
                .map_or_else(|| "サーバーのコマンド".to_owned(), |(_, name)| name),
            at: change.at,
            may_confirm: proposer != Some(own) && change.staff.0 != own,
        }
    };
    changes.into_iter().map(line).collect()
}

fn roles_of(form: &Form) -> Roles {
    let ticked = |role: &Role| form.get(&format!("role_{}", role.as_str())) == "on";
    Role::ALL.into_iter().filter(ticked).collect()
}

/// POST /office/staff: somebody new, or a decision on what waits.
pub(super) async fn add_or_decide(
    admin: Acting<Admin>,
    responder: Responder,
    form: Form,
) -> Answer {
    let proven = match prove(&responder, admin, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let admin = &proven.acting;
    let staff = &responder.state().office.staff;
    let (result, name) = if form.get("change").is_empty() {
        let new = match newcomer(&form) {
            Ok(new) => new,
            Err(tried) => return list(admin, &responder, Some(&tried), None).await,
        };
        (staff.propose_newcomer(admin, &new).await, new.name)
    } else {
        let change = form.get("change").parse().map_err(|_| Refused::NotFound)?;
        let confirmed = form.get("decision") == "confirm";
        let decided = staff.decide(admin, change, confirmed).await;
        (decided, String::new())
    };
    let answer = answered(admin, &responder, &form, result, &name).await?;
    Ok(proven.answer(answer))
}

fn newcomer(form: &Form) -> Result<Newcomer, Tried> {
    let login = form.get("login_id");
    let name = form.get("name");
    let person = form.get("person").trim();
    let roles = roles_of(form);
    let mut tried = kept(form);
    let login_id = login.parse();
    if let Err(error) = &login_id {
        tried.notes.push(("login_id", format!("{error}")));
    }
    let key = match person {
        "" => None,
        text => match text.parse::<Key>() {
            Ok(key) => Some(key),
            Err(_) => {
                let sentence = "記号-番号-枝番の形で入力してください（例：1001-12-00）";
                tried.notes.push(("person", sentence.to_owned()));
                None
            }
        },
    };
    if roles.is_empty() {
        tried.notes.push(("roles", StaffError::NoRole.to_string()));
    }
    match login_id {
        Ok(login_id) if tried.notes.is_empty() => Ok(Newcomer {
            login_id,
            name: name.to_owned(),
            roles,
            person: key,
        }),
        _ => Err(tried),
    }
}

/// What was typed for somebody new.
fn kept(form: &Form) -> Tried {
    let mut tried = Tried::default();
    for field in ["name", "login_id", "person"] {
        tried = tried.keep(field, form.get(field));
    }
    for role in Role::ALL {
        let field = format!("role_{}", role.as_str());
        tried = tried.keep(&field, form.get(&field));
    }
    tried
}

/// POST /office/staff/{id}/roles
pub(super) async fn roles(
    admin: Acting<Admin>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    change(admin, responder, &id, form, ChangeKind::Roles).await
}

/// POST /office/staff/{id}/disable
pub(super) async fn disable(
    admin: Acting<Admin>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    change(admin, responder, &id, form, ChangeKind::Disable).await
}

/// POST /office/staff/{id}/enable
pub(super) async fn enable(
    admin: Acting<Admin>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    change(admin, responder, &id, form, ChangeKind::Enable).await
}

/// POST /office/staff/{id}/link
pub(super) async fn link(
    admin: Acting<Admin>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    change(admin, responder, &id, form, ChangeKind::Link).await
}

async fn change(
    admin: Acting<Admin>,
    responder: Responder,
    id: &str,
    form: Form,
    kind: ChangeKind,
) -> Answer {
    let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
    if kind != ChangeKind::Roles && !form.is_confirmed() {
        let sentence = "確認の欄にチェックを入れてから、もう一度押してください。";
        let tried = Tried::note("", sentence);
        return list(&admin, &responder, Some(&tried), None).await;
    }
    let proven = match prove(&responder, admin, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let admin = &proven.acting;
    let staff = &responder.state().office.staff;
    let name = staff.list().await?.into_iter().find(|staff| staff.id == id);
    let name = name.map(|staff| staff.name).unwrap_or_default();
    let result = staff.propose(admin, id, kind, roles_of(&form)).await;
    let answer = answered(admin, &responder, &form, result, &name).await?;
    Ok(proven.answer(answer))
}

async fn answered(
    admin: &Acting<Admin>,
    responder: &Responder,
    form: &Form,
    result: Result<Outcome, StaffError>,
    name: &str,
) -> Result<Response, Refused> {
    let cookies = &responder.state().cookies;
    let back =
        |word: &str| with_cookies(see_other(&OfficePath::staff()), cookies.tell_office(word));
    match result {
        Ok(Outcome::Done) => Ok(back("done")),
        Ok(Outcome::Waits) => Ok(back("waits")),
        Ok(Outcome::Link(token)) => {
            let url = &responder.state().office.public_url;
            let address = format!("{url}/office/invite?token={token}");
            Ok(responder.page(STAFF, || pages::link(name, &address)).await)
        }
        Err(StaffError::Unknown) => Err(Refused::NotFound),
        Err(StaffError::NotInAnyMore) => Err(Refused::SeeOther(OfficePath::login())),
        Err(error) => {
            let wrong = note(error)?;
            let tried = Tried {
                notes: wrong.notes,
                ..kept(form)
            };
            list(admin, responder, Some(&tried), None).await
        }
    }
}
