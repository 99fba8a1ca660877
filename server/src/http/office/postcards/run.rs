//! O-42: one run, and what is decided about it.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};
use domain::office::role::Role;
use office_pages::{
    pages::postcards::{self as pages, Now, RunPage},
    parts::Tried,
};
use store::{
    audit::{Entry, Event},
    postcard_run::{Run, Step},
};
use uuid::Uuid;

use super::{
    super::{
        answer::{Answer, OfficePath, Refused, Responder},
        form::Form,
        proof::prove,
    },
    RUN, counts, lead, sentence, service, state_in_words, told, whom,
};
use crate::office::{
    access::{Acting, DeskOrImporter, Importer},
    postcards::{
        run::{Format, State},
        run_error::{MOST_SHEETS, RunError},
        sealed,
    },
};

/// How often the page of a run that is being made asks anew, in seconds.
const AGAIN: u32 = 3;

/// The state in the words of the jobs.
const fn state_of_the_job(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Running => "running",
        State::Made | State::HandedOut | State::Received => "done",
        State::Withdrawn => "cancelled",
    }
}

/// A run that whoever asks may open; what is not theirs is refused and noted.
pub(super) async fn found(
    acting: &Acting<DeskOrImporter>,
    responder: &Responder,
    id: &str,
) -> Result<Run, Refused> {
    let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
    match service(responder).find(acting, id).await {
        Ok(run) => Ok(run),
        Err(RunError::Internal(error)) => Err(Refused::from(error)),
        Err(_) if Acting::<Importer>::of((**acting).clone()).is_some() => Err(Refused::NotFound),
        Err(_) => {
            let entry = Entry {
                detail: responder.path(),
                ..acting.entry(Event::StaffRefused)
            };
            let mut tx = responder.state().db.write().await?;
            entry.record(&mut tx).await?;
            tx.commit().await?;
            Err(Refused::Forbidden)
        }
    }
}

/// GET /office/postcards/{run}
pub(in crate::http::office) async fn run(
    acting: Acting<DeskOrImporter>,
    responder: Responder,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let run = found(&acting, &responder, &id).await?;
    show(&acting, &responder, &run, None, told(&responder, &headers)).await
}

pub(super) async fn show(
    acting: &Acting<DeskOrImporter>,
    responder: &Responder,
    run: &Run,
    tried: Option<&Tried>,
    told: Option<&str>,
) -> Answer {
    let state = State::of(run);
    let is_importer = acting.session.staff.roles.has(Role::Importer);
    let now = match state {
        State::Waiting if run.asked_by != acting.id() && is_importer => Now::Confirm,
        State::Waiting => Now::Wait,
        State::Running => match sealed::is_at_work(&responder.state().db, run.job_id).await? {
            true => Now::Running((run.issued * 100 / run.people.max(1)).min(99)),
            false => Now::Stopped,
        },
        State::Made if run.issued == 0 => Now::Empty,
        State::Made => Now::Take,
        State::HandedOut => Now::Answer,
        State::Received | State::Withdrawn => Now::Nothing,
    };
    let page = RunPage {
        id: run.id,
        whom: whom(run),
        state: match now {
            Now::Stopped => "failed",
            _ => state_of_the_job(state),
        },
        state_in_words: match now {
            Now::Stopped => "停止",
            _ => state_in_words(state),
        },
        steps: steps(run),
        people: run.people,
        counts: counts(run),
        now,
        most_sheets: MOST_SHEETS,
        back: match (is_importer, run.choice().and_then(|choice| choice.person())) {
            (false, Some(person)) => (
                OfficePath::person(person).as_str().to_owned(),
                "加入者の画面へ",
            ),
            _ => (OfficePath::postcards().as_str().to_owned(), "発行の一覧へ"),
        },
    };
    let body = || pages::run(tried, told, &page);
    let mut response = match tried {
        None => responder.page(RUN, body).await,
        Some(_) => responder.again(RUN, body).await,
    };
    if matches!(now, Now::Running(_)) && tried.is_none() {
        // It is no activity: nobody stays signed in by it.
        let path = OfficePath::postcard_run(run.id);
        let again = format!("{AGAIN}; url={}?refresh=1", path.as_str());
        if let Ok(again) = HeaderValue::from_str(&again) {
            response.headers_mut().insert(header::REFRESH, again);
        }
    }
    Ok(response)
}

/// What was done, by whom, and when.
fn steps(run: &Run) -> Vec<(&'static str, String)> {
    let words = |(name, at): Step| match &*name {
        "" => at.full(),
        name => format!("{name}　{}", at.full()),
    };
    let mut steps = vec![("依頼", words(run.asked()))];
    if let (Some(name), Some(at)) = (run.decided(), run.begun_at()) {
        steps.push(("確認", words((name.to_owned(), at))));
    }
    steps.extend(run.made_at().map(|at| ("作成", at.full())));
    steps.extend(run.handed_out().map(|step| {
        let name = match Format::parse(&run.handed_out_as) {
            Some(Format::Sheet) => "印刷シートの受け渡し",
            _ => "CSVの受け渡し",
        };
        (name, words(step))
    }));
    steps.extend(run.received().map(|step| ("受け取り", words(step))));
    steps.extend(run.withdrawn().map(|step| match &*step.0 {
        "" => (
            "取り消し",
            format!(
                "72時間のあいだにだれも受け取らなかったため　{}",
                step.1.full()
            ),
        ),
        _ => ("取り消し", words(step)),
    }));
    steps
}

const UNCONFIRMED: &str = "確認の欄にチェックを入れてから、もう一度押してください。";

/// POST /office/postcards/{run}: another person's word, or whether it was received.
pub(in crate::http::office) async fn decide(
    acting: Acting<DeskOrImporter>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let run = found(&acting, &responder, &id).await?;
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return show(&acting, &responder, &run, Some(&tried), None).await;
    }
    let proven = match prove(&responder, acting, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let acting = &proven.acting;
    let service = service(&responder);
    let (done, word) = match (form.get("decision"), form.get("answer")) {
        ("confirm", _) => {
            let Some(importer) = Acting::<Importer>::of((**acting).clone()) else {
                return Err(Refused::Forbidden);
            };
            let confirmed = service.confirm(&importer, &run).await;
            (confirmed, "confirmed")
        }
        ("refuse", _) | (_, "not_received") => (service.withdraw(acting, &run).await, "withdrawn"),
        (_, "received") => (service.receive(acting, &run).await, "received"),
        _ => return Err(Refused::NotUnderstood(StatusCode::UNPROCESSABLE_ENTITY)),
    };
    let answer = match done {
        Ok(()) => lead(&responder, &OfficePath::postcard_run(run.id), word),
        Err(error) => {
            let tried = sentence(error)?;
            show(acting, &responder, &run, Some(&tried), None).await?
        }
    };
    Ok(proven.answer(answer))
}
