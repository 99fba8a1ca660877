//! What is done to an account at its owner's word.

use axum::{
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::looking::ReasonText;
use office_pages::parts::Tried;
use store::{look::Look, second_person::What};
use uuid::Uuid;

use super::{
    super::{
        answer::{Answer, OfficePath, Refused, Responder, see_other},
        form::Form,
        proof::prove,
    },
    UNCONFIRMED, lead, looker,
    person::{confirmed_in_words, show},
};
use crate::{
    account::by_office::{self, Acted},
    office::{
        access::{Acting, Desk, DeskOrImporter},
        people,
        postcards::run_error::RunError,
    },
};

/// What may be done to a person.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Addresses,
    Sessions,
    SecondStep,
    Returned,
    Disable,
    Enable,
    Data,
}

impl Act {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "addresses" => Self::Addresses,
            "sessions" => Self::Sessions,
            "second-step" => Self::SecondStep,
            "returned" => Self::Returned,
            "disable" => Self::Disable,
            "enable" => Self::Enable,
            "data" => Self::Data,
            _ => return None,
        })
    }

    /// Whether it needs a reason in words: its field is noted under the act's own name.
    const fn field(self) -> Option<&'static str> {
        match self {
            Self::Disable => Some("disable"),
            Self::Enable => Some("enable"),
            Self::Data => Some("data"),
            _ => None,
        }
    }

    /// Whether it cannot be taken back.
    const fn is_final(self) -> bool {
        matches!(
            self,
            Self::Disable | Self::SecondStep | Self::Returned | Self::Data
        )
    }
}

/// GET of an act's address: a form that failed was there.
pub(in crate::http::office) async fn back(
    _: Acting<Desk>,
    Path((id, _)): Path<(String, String)>,
) -> Answer {
    let id = id.parse().map_err(|_| Refused::NotFound)?;
    Ok(see_other(&OfficePath::person(id)))
}

/// POST /office/people/{id}/{act}
pub(in crate::http::office) async fn act(
    desk: Acting<Desk>,
    responder: Responder,
    Path((id, act)): Path<(String, String)>,
    form: Form,
) -> Answer {
    let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
    let act = Act::parse(&act).ok_or(Refused::NotFound)?;
    let Some(look) = open_look(&desk, &responder, id).await? else {
        return Ok(lead(&responder, &OfficePath::person(id), "look first"));
    };
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return show(&desk, &responder, id, Some(&tried), None).await;
    }
    let text = match act.field() {
        None => ReasonText::parse(""),
        Some(_) => ReasonText::required(form.get("reason_text")),
    };
    let text = match (text, act.field()) {
        (Ok(text), _) => text,
        (Err(error), field) => {
            let mut tried = Tried::note("", error.to_string());
            tried
                .notes
                .extend(field.map(|field| (field, error.to_string())));
            tried.notes.truncate(1);
            return show(&desk, &responder, id, Some(&tried), None).await;
        }
    };
    if !act.is_final() {
        return carry_out(&desk, &responder, (id, act), &look, &text, &form).await;
    }
    let proven = match prove(&responder, desk, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let answer = carry_out(&proven.acting, &responder, (id, act), &look, &text, &form).await?;
    Ok(proven.answer(answer))
}

/// The look whose caller is known.
async fn open_look(
    desk: &Acting<Desk>,
    responder: &Responder,
    id: Uuid,
) -> Result<Option<Look>, Refused> {
    let looker = looker(responder, desk, "").await?;
    let look = people::open_look(&responder.state().db, &looker, id).await?;
    Ok(look.filter(|look| confirmed_in_words(look).is_some()))
}

async fn carry_out(
    desk: &Acting<Desk>,
    responder: &Responder,
    (id, act): (Uuid, Act),
    look: &Look,
    text: &ReasonText,
    form: &Form,
) -> Answer {
    let office = &responder.state().office;
    let db = &responder.state().db;
    let looker = looker(responder, desk, &look.confirmed).await?;
    let clerk = looker.clerk();
    let asked = || lead(responder, &OfficePath::person(id), "asked");
    let acted = match act {
        Act::Sessions => by_office::end_sessions(db, clerk, id).await?,
        Act::Returned => by_office::postcard_came_back(db, clerk, id).await?,
        Act::Disable => by_office::disable(db, clerk, id, text).await?,
        Act::Enable => by_office::enable(db, clerk, id, text).await?,
        Act::Addresses => {
            let row = form.get("address").parse().map_err(|_| Refused::NotFound)?;
            by_office::send_confirmation(db, &office.secrets, clerk, id, row).await?
        }
        Act::SecondStep => {
            let needs_another = office.staff.four_eyes;
            if needs_another && !people::has_agreed(db, &looker, What::SecondStep, id, text).await?
            {
                return Ok(asked());
            }
            by_office::remove_second_step(db, clerk, id).await?
        }
        Act::Data => {
            if !people::has_agreed(db, &looker, What::Disclosure, id, text).await? {
                return Ok(asked());
            }
            let zip = by_office::disclose(db, &office.society, clerk, id, text).await?;
            office.wake_mail.notify_one();
            let headers = [
                (header::CONTENT_TYPE, "application/zip"),
                (
                    header::CONTENT_DISPOSITION,
                    "attachment; filename=\"disclosure.zip\"",
                ),
            ];
            return Ok((headers, zip).into_response());
        }
    };
    Ok(done(responder, id, acted))
}

fn done(responder: &Responder, id: Uuid, acted: Acted) -> Response {
    responder.state().office.wake_mail.notify_one();
    let word = match acted {
        Acted::Done => "acted",
        Acted::Already => "already",
        Acted::NoAccount => "nobody",
    };
    lead(responder, &OfficePath::person(id), word)
}

/// POST /office/people/{id}/postcard: for whoever answers the telephone, with a look that is
/// open, and for whoever makes the postcards.
pub(in crate::http::office) async fn new_postcard(
    acting: Acting<DeskOrImporter>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
    let desk = Acting::<Desk>::of((*acting).clone());
    let mut confirmed = String::new();
    if let Some(desk) = &desk {
        match open_look(desk, &responder, id).await? {
            Some(look) => confirmed = look.confirmed,
            None => return Ok(lead(&responder, &OfficePath::person(id), "look first")),
        }
    }
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return match &desk {
            Some(desk) => show(desk, &responder, id, Some(&tried), None).await,
            None => Err(Refused::NotUnderstood(StatusCode::UNPROCESSABLE_ENTITY)),
        };
    }
    let proven = match prove(&responder, acting, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let by = proven.acting.clerk(&confirmed);
    let db = &responder.state().db;
    if store::people::household(db, id).await?.is_none() {
        return Err(Refused::NotFound);
    }
    let acted = by_office::want_postcard(db, by, id).await?;
    if form.get("print") == "yes" {
        responder.state().office.wake_mail.notify_one();
        let postcards = &responder.state().office.postcards;
        let answer = match (postcards.ask_one(&proven.acting, id).await, &desk) {
            (Ok(run), _) => see_other(&OfficePath::postcard_run(run)),
            (Err(RunError::Choice(error)), Some(desk)) => {
                let tried = Tried::note("", error.to_string());
                show(desk, &responder, id, Some(&tried), None).await?
            }
            (Err(RunError::Internal(error)), _) => return Err(Refused::from(error)),
            (Err(_), _) => return Err(Refused::NotFound),
        };
        return Ok(proven.answer(answer));
    }
    let answer = match desk {
        Some(_) => done(&responder, id, acted),
        None => see_other(&OfficePath::home()),
    };
    Ok(proven.answer(answer))
}
