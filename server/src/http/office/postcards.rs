//! O-40 to O-42: ハガキの発行. Chosen, asked about, made by a job, handed out once, received.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::{office::role::Role, values::timestamp::Timestamp};
use office_pages::{
    pages::{
        postcard_sheet::{Card, Portal},
        postcards::{
            self as pages, Asked, Counts, FourEyes, Now, Overview, RunLine, RunPage,
            employer_in_words,
        },
    },
    parts::Tried,
    render_sheet,
};
use store::{
    audit::Event,
    office_figure,
    person::{self, Key},
    postcard_run::{self, Choice, Run, Step},
    staff,
};
use time::{Date, macros::format_description};
use uuid::Uuid;

use super::{
    answer::{Answer, OfficePath, Refused, Responder, Screen, see_other, with_cookies},
    guard::{Form, prove},
};
use crate::{
    base::qr,
    http::pages::Complete,
    office::{
        access::{Acting, DeskOrImporter, Importer, StaffVisit},
        postcards::{
            Credentials,
            choice::Wish,
            csv_file,
            run::{Format, MOST_SHEETS, PostcardService, RunError, State},
            sealed,
        },
    },
};

const POSTCARDS: Screen = Screen("ハガキの発行", "O-40");
const ASK: Screen = Screen("発行の確認", "O-41");
const RUN: Screen = Screen("ハガキの発行", "O-42");

/// How often the page of a run that is being made asks anew, in seconds.
const AGAIN: u32 = 3;

fn told(responder: &Responder, headers: &HeaderMap) -> Option<&'static str> {
    match responder.state().cookies.office_told(headers).as_deref() {
        Some("confirmed") => Some("確認しました。作成を始めます。"),
        Some("received") => Some("受け取りを確認しました。発行データは削除しました。"),
        Some("withdrawn") => Some(
            "発行を取り消しました。未使用のハガキは無効になり、対象の方にはもう一度発行できます。",
        ),
        Some("handed out") => Some("発行データは、すでに渡しています。もう一度は渡せません。"),
        _ => None,
    }
}

fn lead(responder: &Responder, to: &OfficePath, word: &str) -> Response {
    with_cookies(see_other(to), responder.state().cookies.tell_office(word))
}

/// A sentence on the page, or the page for what broke.
fn sentence(error: RunError) -> Result<Tried, Refused> {
    match error {
        RunError::Internal(error) => Err(Refused::from(error)),
        RunError::Unknown => Err(Refused::NotFound),
        RunError::Choice(error) => Ok(Tried::note("choice", error.to_string())),
        error => Ok(Tried::note("", error.to_string())),
    }
}

fn service(responder: &Responder) -> &PostcardService {
    &responder.state().office.postcards
}

async fn four_eyes(responder: &Responder, visit: &StaffVisit) -> Result<FourEyes, Refused> {
    if !service(responder).four_eyes {
        return Ok(FourEyes::Off);
    }
    let everybody = staff::everybody(&responder.state().db).await?;
    Ok(match visit.has_colleague(Role::Importer, &everybody) {
        true => FourEyes::On,
        false => FourEyes::NobodyElse,
    })
}

/// GET /office/postcards
pub(super) async fn page(
    importer: Acting<Importer>,
    responder: Responder,
    headers: HeaderMap,
) -> Answer {
    list(&importer, &responder, None, told(&responder, &headers)).await
}

async fn list(
    importer: &Acting<Importer>,
    responder: &Responder,
    tried: Option<&Tried>,
    told: Option<&str>,
) -> Answer {
    let db = &responder.state().db;
    let overview = Overview {
        employers: person::employers(db).await?,
        waiting: match service(responder).waiting(importer).await {
            Ok(waiting) => waiting,
            Err(error) => return Err(Refused::from(into_internal(error)?)),
        },
        runs: postcard_run::last(db, importer.now)
            .await?
            .iter()
            .map(line)
            .collect(),
        by_employer: Vec::new(),
        counted_at: None,
        four_eyes: four_eyes(responder, importer).await?,
    };
    let overview = by_employer(overview, &office_figure::all(db).await?);
    let page = || pages::page(tried, told, &overview);
    Ok(match tried {
        None => responder.page(POSTCARDS, page).await,
        Some(_) => responder.again(POSTCARDS, page).await,
    })
}

/// Only what broke is left of an error that has no sentence of its own.
fn into_internal(error: RunError) -> Result<crate::base::fault::InternalError, Refused> {
    match error {
        RunError::Internal(error) => Ok(error),
        _ => Err(Refused::NotFound),
    }
}

fn by_employer(mut overview: Overview, figures: &[office_figure::Figure]) -> Overview {
    let mut rows: Vec<(&str, Counts)> = Vec::new();
    for figure in figures {
        let Some(column) = figure.name.strip_prefix("employer_postcards_") else {
            continue;
        };
        overview.counted_at = Some(Timestamp(figure.counted_at));
        let at = rows.iter().position(|(code, _)| *code == figure.part);
        let at = at.unwrap_or_else(|| {
            rows.push((&figure.part, Counts::default()));
            rows.len() - 1
        });
        let Some((_, counts)) = rows.get_mut(at) else {
            continue;
        };
        match column {
            "out" => counts.open = figure.value,
            "used" => counts.used = figure.value,
            "expired" => counts.expired = figure.value,
            _ => counts.returned = figure.value,
        }
    }
    rows.sort_by_key(|(code, _)| *code);
    overview.by_employer = rows
        .into_iter()
        .map(|(code, counts)| {
            let name = overview.employers.iter().find(|(known, _)| known == code);
            let name = name.map_or("", |(_, name)| name);
            (employer_in_words(code, name), counts)
        })
        .collect();
    overview
}

fn counts(run: &Run) -> Counts {
    Counts {
        issued: run.issued,
        open: run.open,
        used: run.used,
        expired: run.expired,
        returned: run.returned,
    }
}

fn line(run: &Run) -> RunLine {
    RunLine {
        id: run.id,
        whom: whom(run),
        state: state_in_words(State::of(run)),
        asked: run.asked(),
        counts: counts(run),
    }
}

fn whom(run: &Run) -> String {
    match run.choice() {
        Some(Choice::Employer(code)) => employer_in_words(&code, &run.employer_name),
        Some(Choice::Person(_)) => format!("1人（{}）", run.person_key),
        Some(Choice::Reissue(_)) => format!("再発行（{}）", run.person_key),
        Some(Choice::Waiting) => "窓口が依頼した方".to_owned(),
        Some(Choice::Everybody) | None => "対象の全員".to_owned(),
    }
}

const fn state_in_words(state: State) -> &'static str {
    match state {
        State::Waiting => "ほかの職員の確認待ち",
        State::Running => "作成中",
        State::Made => "受け取り待ち",
        State::HandedOut => "受け取りの確認待ち",
        State::Received => "受け取り済み",
        State::Withdrawn => "取り消し",
    }
}

/// The state in the words of the jobs.
const fn state_of_the_job(state: State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Running => "running",
        State::Made | State::HandedOut | State::Received => "done",
        State::Withdrawn => "cancelled",
    }
}

/// What was typed.
fn wish(form: &Form) -> Result<Wish, Tried> {
    let key = || {
        form.get("person").parse::<Key>().map_err(|_| {
            let sentence = "記号-番号-枝番の形で入力してください（例：1001-12-00）";
            Tried::note("person", sentence)
        })
    };
    Ok(match form.get("choice") {
        "all" => Wish::Everybody,
        "employer" => Wish::Employer(form.get("employer").to_owned()),
        "person" => Wish::Person(key()?),
        "reissue" => Wish::Reissue(key()?),
        "waiting" => Wish::Waiting,
        _ => return Err(Tried::note("choice", "だれに発行するかを選んでください。")),
    })
}

/// The fields of the form, as they were typed.
fn typed(form: &Form) -> Vec<(&'static str, String)> {
    ["choice", "employer", "person"]
        .map(|field| (field, form.get(field).chars().take(200).collect()))
        .to_vec()
}

/// POST /office/postcards: how many people that are; and with `confirm`, the run.
pub(super) async fn ask(importer: Acting<Importer>, responder: Responder, form: Form) -> Answer {
    let kept = |wrong: Tried| Tried {
        typed: typed(&form)
            .into_iter()
            .map(|(field, typed)| (field.to_owned(), typed))
            .collect(),
        ..wrong
    };
    let wish = match wish(&form) {
        Ok(wish) => wish,
        Err(wrong) => return list(&importer, &responder, Some(&kept(wrong)), None).await,
    };
    let (choice, people) = match service(&responder).count(&importer, &wish).await {
        Ok(counted) => counted,
        Err(error) => {
            let wrong = kept(sentence(error)?);
            return list(&importer, &responder, Some(&wrong), None).await;
        }
    };
    let said = form.get("people");
    let has_changed = !said.is_empty() && said != people.to_string();
    if !form.is_confirmed() || has_changed {
        let asked = Asked {
            whom: whom_of(&responder, &choice, form.get("person")).await?,
            people,
            replaces: choice.replaces(),
            four_eyes: four_eyes(&responder, &importer).await?,
            fields: typed(&form),
            has_changed,
        };
        return Ok(responder.page(ASK, || pages::ask(&asked)).await);
    }
    let proven = match prove(&responder, importer, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let run = service(&responder)
        .ask(&proven.acting, &choice, people)
        .await;
    let run = run.map_err(|error| match error {
        RunError::Internal(error) => Refused::from(error),
        _ => Refused::NotFound,
    })?;
    Ok(proven.answer(see_other(&OfficePath::postcard_run(run))))
}

async fn whom_of(responder: &Responder, choice: &Choice, key: &str) -> Result<String, Refused> {
    Ok(match choice {
        Choice::Everybody => "対象の全員".to_owned(),
        Choice::Employer(code) => {
            let all = person::employers(&responder.state().db).await?;
            let name = all.into_iter().find(|(known, _)| known == code);
            employer_in_words(code, &name.map(|(_, name)| name).unwrap_or_default())
        }
        Choice::Person(_) => format!("1人（{}）", key.trim()),
        Choice::Reissue(_) => format!("再発行（{}）", key.trim()),
        Choice::Waiting => "窓口が依頼した方".to_owned(),
    })
}

/// A run that whoever asks may open; what is not theirs is refused and noted.
async fn found(
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
            let entry = store::audit::Entry {
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
pub(super) async fn run(
    acting: Acting<DeskOrImporter>,
    responder: Responder,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let run = found(&acting, &responder, &id).await?;
    show(&acting, &responder, &run, None, told(&responder, &headers)).await
}

async fn show(
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
pub(super) async fn decide(
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

/// GET of the download's address hands out nothing.
pub(super) async fn no_download(
    acting: Acting<DeskOrImporter>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let run = found(&acting, &responder, &id).await?;
    Ok(see_other(&OfficePath::postcard_run(run.id)))
}

/// POST /office/postcards/{run}/download: once.
pub(super) async fn download(
    acting: Acting<DeskOrImporter>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let run = found(&acting, &responder, &id).await?;
    let Some(format) = Format::parse(form.get("format")) else {
        let tried = Tried::note("", "CSVか印刷シートかを選んでください。");
        return show(&acting, &responder, &run, Some(&tried), None).await;
    };
    let proven = match prove(&responder, acting, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let path = OfficePath::postcard_run(run.id);
    let answer = match service(&responder)
        .hand_out(&proven.acting, &run, format)
        .await
    {
        Ok(all) => match format {
            Format::Csv => file(&all)?,
            Format::Sheet => sheet(&responder, &path, &all)?,
        },
        Err(RunError::Over) => lead(&responder, &path, "handed out"),
        Err(error) => {
            let tried = sentence(error)?;
            show(&proven.acting, &responder, &run, Some(&tried), None).await?
        }
    };
    Ok(proven.answer(answer))
}

fn file(all: &[Credentials]) -> Answer {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"postcards.csv\"",
        ),
    ];
    let file = csv_file(all).map_err(crate::base::fault::InternalError::from)?;
    Ok((headers, file).into_response())
}

fn sheet(responder: &Responder, back: &OfficePath, all: &[Credentials]) -> Answer {
    let office = &responder.state().office;
    let url = format!("{}/", office.public_url.trim_end_matches('/'));
    let qr = qr::draw(&url)?;
    let last_days: Vec<String> = all.iter().map(|one| in_words(one.good_until())).collect();
    let cards: Vec<Card<'_>> = all
        .iter()
        .zip(&last_days)
        .map(|(one, good_until)| Card {
            name: one.name(),
            postal_code: one.postal_code(),
            address: one.address(),
            login_id: one.login_id(),
            password: one.password(),
            good_until,
        })
        .collect();
    let portal = Portal {
        society: &office.society,
        url: &url,
        qr: &qr,
        back: back.as_str(),
    };
    let mut response = Html(render_sheet(&portal, &cards)).into_response();
    response.extensions_mut().insert(Complete);
    Ok(response)
}

/// `2027-11-22` as 「2027年11月22日まで」.
fn in_words(day: &str) -> String {
    match Date::parse(day, format_description!("[year]-[month]-[day]")) {
        Ok(day) => format!("{}まで", domain::values::timestamp::day_in_words(day)),
        Err(_) => day.to_owned(),
    }
}
