//! O-20 to O-23: 取込. A file comes in piece by piece; what was found in it is shown, asked
//! about and decided on.

mod decide;
mod problems;
mod receive;
mod words;

pub(super) use self::{
    decide::{answers, cancel, confirm, run, withdraw},
    problems::{problems, values},
    receive::receive,
};

use axum::{
    extract::Path,
    http::{HeaderMap, Uri, header},
    response::Response,
};
use domain::{
    office::{
        StaffMember,
        job::{JobKind, JobState},
    },
    values::timestamp::Timestamp,
};
use office_pages::{
    pages::{
        files::{self as pages, FileLine, FilePage, FilesPage, Found, NewFile, Undoing},
        proof,
    },
    parts::Tried,
};
use store::{
    import_batch,
    job::{self, Job},
    staff,
};
use uuid::Uuid;

use self::words::in_words;
use super::{
    answer::{Answer, OfficePath, Refused, Responder, Screen, see_other, with_cookies},
    form::Form,
    guard::without_role,
    sign_in_passkey::passkey_of,
};
use crate::{
    base::hex,
    office::{
        access::{Acting, AnyFile},
        job::{FileActing, night, shown::Shown},
        list::{self, withdraw::can_be_withdrawn},
    },
};

const LIST: Screen = Screen("取込", "O-20");
const NEW: Screen = Screen("ファイルの取込", "O-21");
const FILE: Screen = Screen("ファイルの取込", "O-22");
const PROOF: Screen = Screen("ご本人の確認", "O-6");

/// Files that the list shows.
const LISTED: i64 = 50;

/// How soon a page of a file that is worked on asks again.
const REFRESH_SECONDS: u32 = 2;

/// Whoever handles files of this kind.
async fn handling(
    responder: &Responder,
    acting: &Acting<AnyFile>,
    kind: JobKind,
) -> Result<FileActing, Refused> {
    match FileActing::of((**acting).clone(), kind) {
        Some(handling) => Ok(handling),
        None if kind == JobKind::Postcards => Err(Refused::NotFound),
        None => Err(without_role(responder.state(), acting, responder.path()).await?),
    }
}

/// A file of a kind that somebody handles, and they as its handler.
async fn found(
    responder: &Responder,
    acting: &Acting<AnyFile>,
    id: &str,
) -> Result<(FileActing, Job), Refused> {
    let id: Uuid = id.parse().map_err(|_| Refused::NotFound)?;
    let job = job::find(&responder.state().db, id).await?;
    // What is on its way in is nobody's yet.
    let job = job.filter(|job| job.chunks.is_some() && job.kind != JobKind::Postcards);
    let job = job.ok_or(Refused::NotFound)?;
    Ok((handling(responder, acting, job.kind).await?, job))
}

fn file_kind(word: &str) -> Result<JobKind, Refused> {
    let kind = JobKind::FILES
        .into_iter()
        .find(|kind| kind.as_str() == word);
    kind.ok_or(Refused::NotFound)
}

fn name_of(everybody: &[StaffMember], id: Uuid) -> String {
    let who = everybody.iter().find(|one| one.id == id);
    who.map(|one| one.name.clone()).unwrap_or_default()
}

fn line(job: &Job, everybody: &[StaffMember]) -> FileLine {
    FileLine {
        id: job.id,
        kind: job.kind,
        state: job.state,
        file_name: job.file_name.clone(),
        by: name_of(everybody, job.started_by),
        at: job.started_at,
        report: job.report.clone(),
    }
}

/// The last files of the kinds that somebody handles.
pub(super) async fn lines(
    responder: &Responder,
    visit: &crate::office::access::StaffVisit,
) -> Result<Vec<FileLine>, Refused> {
    let db = &responder.state().db;
    let roles = visit.session.staff.roles;
    let jobs = job::newest(db, LISTED).await?;
    let everybody = staff::everybody(db).await?;
    let own = jobs
        .iter()
        .filter(|job| job.kind != JobKind::Postcards && roles.has(job.kind.role()));
    Ok(own.map(|job| line(job, &everybody)).collect())
}

/// Whether somebody else could confirm what this one brings; nothing where nobody has to.
async fn another(responder: &Responder, handling: &FileActing) -> Result<Option<bool>, Refused> {
    if !responder.state().office.staff.four_eyes {
        return Ok(None);
    }
    let everybody = staff::everybody(&responder.state().db).await?;
    Ok(Some(
        handling.has_colleague(handling.kind().role(), &everybody),
    ))
}

/// GET /office/files
pub(super) async fn page(
    acting: Acting<AnyFile>,
    responder: Responder,
    headers: HeaderMap,
) -> Answer {
    let roles = acting.session.staff.roles;
    let page = FilesPage {
        kinds: JobKind::FILES
            .into_iter()
            .filter(|kind| roles.has(kind.role()))
            .collect(),
        files: lines(&responder, &acting).await?,
    };
    let told = told(&responder, &headers);
    Ok(responder.page(LIST, || pages::list(told, &page)).await)
}

/// GET /office/files/new: with a fresh proof, so that a file that comes is not refused.
pub(super) async fn new(acting: Acting<AnyFile>, responder: Responder, uri: Uri) -> Answer {
    let word = Form::in_query(&uri).get("kind").to_owned();
    if word.is_empty() {
        return Ok(see_other(&OfficePath::files()));
    }
    let kind = file_kind(&word)?;
    let handling = handling(&responder, &acting, kind).await?;
    if !acting.is_proof_fresh() {
        let waiting = [("kind".to_owned(), word)];
        let passkey = passkey_of(responder.state());
        let page = || proof::page(None, responder.path(), &waiting, passkey.as_ref());
        return Ok(responder.page(PROOF, page).await);
    }
    let new = new_file(&responder, &handling).await?;
    Ok(responder.page(NEW, || pages::new(None, &new)).await)
}

async fn new_file(responder: &Responder, handling: &FileActing) -> Result<NewFile, Refused> {
    let kind = handling.kind();
    let list = list::Kind::parse(kind.as_str());
    Ok(NewFile {
        kind,
        columns: list.map_or_else(Vec::new, |list| list.list().columns.to_vec()),
        needs_another: another(responder, handling).await?,
    })
}

/// What the step before has come to.
fn told(responder: &Responder, headers: &HeaderMap) -> Option<&'static str> {
    match responder.state().cookies.office_told(headers).as_deref() {
        Some("file tonight") => Some("今夜2時に取り込みます。それまでは中止できます。"),
        Some("file runs") => Some("取込を始めました。"),
        Some("file waits") => Some("ほかの職員に承認を依頼しました。"),
        Some("file withdrawn") => {
            Some("取り消しました。この取込で変わった明細を、元に戻しました。")
        }
        Some("file cancelled") => Some("中止しました。何も変更していません。"),
        Some("file answered") => Some("回答しました。もう一度確認しています。"),
        Some("file moved") => {
            Some("状態が変わっていたため、何もしていません。今の内容を確かめてください。")
        }
        _ => None,
    }
}

/// Leads on to a file's page, with a word for it.
fn lead(responder: &Responder, id: Uuid, word: &str) -> Response {
    with_cookies(
        see_other(&OfficePath::file(id)),
        responder.state().cookies.tell_office(word),
    )
}

/// GET /office/files/{job}
pub(super) async fn file(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let (handling, job) = found(&responder, &acting, &id).await?;
    let told = told(&responder, &headers);
    show(&responder, &handling, &job, None, told).await
}

async fn show(
    responder: &Responder,
    handling: &FileActing,
    job: &Job,
    tried: Option<&Tried>,
    told: Option<&str>,
) -> Answer {
    let db = &responder.state().db;
    let everybody = staff::everybody(db).await?;
    let shown = Shown::of(&responder.state().office.secrets, job);
    let by = |who: Option<(Uuid, Timestamp)>| who.map(|(id, at)| (name_of(&everybody, id), at));
    let page = FilePage {
        line: line(job, &everybody),
        percent: match job.state {
            JobState::Questions | JobState::Previewed | JobState::Waiting | JobState::Refused => {
                100
            }
            _ => job.percent(),
        },
        rows: job.rows,
        step: match &*job.step {
            "read" => "ファイルを読んでいます。",
            "check" => "登録済みの内容と比べています。",
            "plan" => "変わるところを数えています。",
            "apply" => "書き込んでいます。",
            _ => "順番を待っています。",
        },
        bytes: job.bytes,
        sha256: hex::encoded(job.sha256.as_deref().unwrap_or_default()),
        run_by: by(job.run),
        confirmed_by: by(job.confirmed),
        needs_another: another(responder, handling).await?,
        may_confirm: job.started_by != handling.id()
            && job.run.is_none_or(|(who, _)| who != handling.id()),
        withdrawal: withdrawal(responder, handling, job, &everybody).await?,
        tonight: matches!(job.state, JobState::Previewed | JobState::Waiting)
            && night_of(responder, job, handling.now).is_some(),
        waits_until: job.waits_until(handling.now),
        found: shown.map_or(Found::Nothing, in_words),
        plan: hex::encoded(job.digest.as_deref().unwrap_or_default()),
    };
    let mut response = match tried {
        None => {
            responder
                .page(FILE, || pages::file(None, told, &page))
                .await
        }
        Some(_) => {
            responder
                .again(FILE, || pages::file(tried, told, &page))
                .await
        }
    };
    let is_at_work = job.state.is_at_work() && page.waits_until.is_none();
    if is_at_work && tried.is_none() {
        let again = format!("{REFRESH_SECONDS};url=/office/files/{}?refresh=1", job.id);
        if let Ok(again) = again.parse() {
            response.headers_mut().insert(header::REFRESH, again);
        }
    }
    Ok(response)
}

/// The night for which a file may wait that was previewed.
fn night_of(responder: &Responder, job: &Job, now: Timestamp) -> Option<Timestamp> {
    let state = responder.state();
    let Some(Shown::Planned(plan)) = Shown::of(&state.office.secrets, job) else {
        return None;
    };
    let has_many = plan.rows >= state.office.night_from_lines;
    has_many
        .then(|| night::offered(&state.db, job, now))
        .flatten()
}

/// Whether what a file has brought in can go again.
async fn withdrawal(
    responder: &Responder,
    handling: &FileActing,
    job: &Job,
    everybody: &[StaffMember],
) -> Result<Option<Undoing>, Refused> {
    let Some(batch) = job.batch else {
        return Ok(None);
    };
    let Some(batch) = import_batch::find(&responder.state().db, batch).await? else {
        return Ok(None);
    };
    Ok(Some(
        match (batch.withdrawn_at, can_be_withdrawn(&batch, handling.now)) {
            (Some(at), _) => Undoing::Withdrawn(Timestamp(at)),
            (None, Err(why)) => Undoing::Not(why.to_string()),
            (None, Ok(_)) => Undoing::Possible {
                asked_by: job
                    .withdrawal
                    .map(|(who, at)| (name_of(everybody, who), at)),
                is_own: job.withdrawal.is_some_and(|(who, _)| who == handling.id()),
            },
        },
    ))
}

/// GET of an act's address: a form that failed was there.
pub(super) async fn back(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let (_, job) = found(&responder, &acting, &id).await?;
    Ok(see_other(&OfficePath::file(job.id)))
}
