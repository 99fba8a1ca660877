//! O-20 to O-22: 取込. A file comes in piece by piece; what was found in it is shown, asked
//! about and decided on.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Path, Request},
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use domain::{
    looking::{Reason, ReasonText},
    office::{
        StaffMember,
        job::{JobKind, JobState},
    },
    values::{number::grouped, timestamp::Timestamp},
};
use futures::{Stream, StreamExt};
use office_pages::{
    pages::{
        files::{
            self as pages, Ask, BadLine, ChangedValue, FileLine, FilePage, FilesPage, Found,
            NewFile, Table, Undoing,
        },
        proof,
    },
    parts::Tried,
};
use store::{
    import_batch,
    job::{self, Job, JobAnswer},
    staff,
};
use uuid::Uuid;

use super::{
    super::form_body::{hear_out, is_form},
    answer::{Answer, OfficePath, Refused, Responder, Screen, see_other, with_cookies},
    guard::{Form, prove, without_role},
    sign_in::passkey_of,
};
use crate::{
    base::{
        fault::InternalError,
        spreadsheet::{SheetEncoding, escape_formula},
    },
    office::{
        access::{Acting, AnyFile},
        job::{
            FileActing,
            decisions::{self, Decided, Withdrawal},
            shown::Shown,
            upload::{MOST_BYTES, Upload},
            values::{self, MOST_LINES, RawLine},
        },
        list::{self, Plan, Question, Refusal, withdraw::can_be_withdrawn},
    },
};

const LIST: Screen = Screen("取込", "O-20");
const NEW: Screen = Screen("ファイルの取込", "O-21");
const FILE: Screen = Screen("ファイルの取込", "O-22");
const VALUES: Screen = Screen("値の表示", "O-23");
const PROOF: Screen = Screen("ご本人の確認", "O-6");

/// Files that the list shows.
const LISTED: i64 = 50;

/// Lines that are wrong, on the page; the sheet has the others.
const SHOWN: usize = 100;

/// What a form is besides its file.
const AROUND_BYTES: u64 = 64 * 1024;

/// How soon a page of a file that is worked on asks again.
const REFRESH_SECONDS: u32 = 2;

const UNCONFIRMED: &str = "確認のチェックを入れてから、もう一度押してください。";

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
    let role = handling.kind().role();
    Ok(Some(everybody.iter().any(|one| {
        one.id != handling.id()
            && one.roles.has(role)
            && one.disabled_at.is_none()
            && one.has_second_step
    })))
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

/// POST /office/files/new: who, what for, how fresh the proof is and whether there is a place
/// is judged from the head; then the file is encrypted as it comes.
pub(super) async fn receive(
    acting: Result<Acting<AnyFile>, Refused>,
    responder: Responder,
    request: Request,
) -> Answer {
    let acting = match acting {
        Err(Refused::SignInFirst { .. }) if !is_form(request.headers()) => {
            return Err(Refused::SignedOut);
        }
        acting => acting?,
    };
    if is_form(request.headers()) {
        return proof_first(acting, responder, request).await;
    }
    let word = Form::in_query(request.uri()).get("kind").to_owned();
    let chosen = match &*word {
        "" => None,
        word => Some(handling(&responder, &acting, file_kind(word)?).await?),
    };
    if !acting.is_proof_fresh() {
        return Err(Refused::ProofFirst);
    }
    let places = responder.state().office.upload_places.clone();
    let Ok(_place) = places.try_acquire_owned() else {
        return Err(Refused::Trouble(domain::ports::ServiceError::Busy));
    };
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length: Option<u64> = length
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse().ok());
    if length.is_some_and(|length| length > MOST_BYTES + AROUND_BYTES) {
        return unfit(&responder, &acting, chosen, Unfit::TooLarge).await;
    }
    let mut chosen = chosen;
    match take_in(&responder, &acting, &mut chosen, request).await {
        Ok(id) => {
            responder.state().office.wake_files.notify_one();
            Ok(see_other(&OfficePath::file(id)))
        }
        Err(Stopped::Unfit(why)) => unfit(&responder, &acting, chosen, why).await,
        Err(Stopped::Refused(refused)) => Err(refused),
    }
}

/// A proof that was asked for before the form of a file.
async fn proof_first(
    acting: Acting<AnyFile>,
    responder: Responder,
    request: Request<Body>,
) -> Answer {
    let form = Form::from_request(request, responder.state()).await?;
    let kind = file_kind(form.get("kind"))?;
    let proven = match prove(&responder, acting, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    Ok(proven.answer(see_other(&OfficePath::new_file(kind))))
}

/// Why a file was not taken: nothing of it is left.
enum Unfit {
    NoFile,
    Empty,
    TooLarge,
    OtherKind,
    Lost,
    Malformed,
}

impl Unfit {
    const fn sentence(&self) -> &'static str {
        match self {
            Self::NoFile => "ファイルを選んでください。",
            Self::Empty => "ファイルが空です（0バイト）。もとのファイルを確かめてください。",
            Self::TooLarge => {
                "ファイルが大きすぎます（100MBまで）。分けて送信するか、サーバーの portal コマンドで取り込んでください。"
            }
            Self::OtherKind => "ファイルの種類が、画面と合っていません。画面を開き直してください。",
            Self::Lost => {
                "ファイルの送信が途中で切れました。何も残っていません。もう一度送信してください。"
            }
            Self::Malformed => {
                "送られた内容を読み取れませんでした。何も残っていません。画面を開き直してください。"
            }
        }
    }
}

/// What ends the reading of a file.
enum Stopped {
    Unfit(Unfit),
    Refused(Refused),
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<InternalError> for Stopped {
    fn from(error: InternalError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<multer::Error> for Stopped {
    fn from(error: multer::Error) -> Self {
        let multer::Error::StreamReadFailed(error) = error else {
            return Self::Unfit(match error {
                multer::Error::IncompleteFieldData { .. } | multer::Error::IncompleteStream => {
                    Unfit::Lost
                }
                _ => Unfit::Malformed,
            });
        };
        let kind = error.downcast_ref().map(std::io::Error::kind);
        Self::Unfit(match kind {
            Some(std::io::ErrorKind::FileTooLarge) => Unfit::TooLarge,
            _ => Unfit::Lost,
        })
    }
}

async fn unfit(
    responder: &Responder,
    acting: &Acting<AnyFile>,
    chosen: Option<FileActing>,
    why: Unfit,
) -> Answer {
    let status = match why {
        Unfit::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let chosen = match chosen {
        Some(chosen) => chosen,
        // No kind was said at all: any of theirs stands for the form.
        None => {
            let mut kinds = JobKind::FILES.into_iter();
            let own = kinds.find_map(|kind| FileActing::of((**acting).clone(), kind));
            own.ok_or(Refused::NotFound)?
        }
    };
    let new = new_file(responder, &chosen).await?;
    let tried = Tried::note("file", why.sentence());
    let page = || pages::new(Some(&tried), &new);
    Ok(responder.with_status(status, NEW, page).await)
}

/// The pieces of a body, and no more of them than a file has. How long one may be waited for
/// is said of the route.
fn pieces(body: Body) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let most = MOST_BYTES + AROUND_BYTES;
    let mut read = 0;
    body.into_data_stream().map(move |piece| {
        let piece = piece.map_err(std::io::Error::other)?;
        read += piece.len() as u64;
        match read > most {
            true => Err(std::io::ErrorKind::FileTooLarge.into()),
            false => Ok(piece),
        }
    })
}

/// Reads the form, and encrypts its file as it comes.
async fn take_in(
    responder: &Responder,
    acting: &Acting<AnyFile>,
    chosen: &mut Option<FileActing>,
    request: Request,
) -> Result<Uuid, Stopped> {
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let boundary = kind
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| multer::parse_boundary(kind).ok());
    let Some(boundary) = boundary else {
        hear_out(body).await;
        return Err(Stopped::Unfit(Unfit::Malformed));
    };
    let mut fields = multer::Multipart::new(pieces(body), boundary);
    let mut upload = None;
    while let Some(mut field) = fields.next_field().await? {
        match field.name() {
            Some("kind") => {
                let mut word = Vec::new();
                while let Some(piece) = field.chunk().await? {
                    word.extend(piece.iter().take(100));
                    word.truncate(100);
                }
                let word = String::from_utf8_lossy(&word);
                match chosen {
                    Some(chosen) if chosen.kind().as_str() == word => {}
                    Some(_) => return Err(Stopped::Unfit(Unfit::OtherKind)),
                    None => *chosen = Some(handling(responder, acting, file_kind(&word)?).await?),
                }
            }
            Some("file") if upload.is_none() => {
                let Some(handling) = chosen else {
                    return Err(Stopped::Unfit(Unfit::OtherKind));
                };
                let state = responder.state();
                let name = field.file_name().unwrap_or_default().to_owned();
                let mut coming =
                    Upload::begin(&state.db, &state.office.secrets, handling, &name).await?;
                while let Some(piece) = field.chunk().await? {
                    if coming.bytes() + piece.len() as u64 > MOST_BYTES {
                        return Err(Stopped::Unfit(Unfit::TooLarge));
                    }
                    coming.take(&piece).await?;
                }
                upload = Some((coming, name.is_empty()));
            }
            _ => {}
        }
    }
    let (Some((upload, is_nameless)), Some(handling)) = (upload, chosen) else {
        return Err(Stopped::Unfit(Unfit::NoFile));
    };
    match (upload.bytes(), is_nameless) {
        // Browsers send this of a form whose file was not chosen.
        (0, true) => Err(Stopped::Unfit(Unfit::NoFile)),
        (0, false) => Err(Stopped::Unfit(Unfit::Empty)),
        _ => Ok(upload.end(handling).await?),
    }
}

/// What the step before has come to.
fn told(responder: &Responder, headers: &HeaderMap) -> Option<&'static str> {
    match responder.state().cookies.office_told(headers).as_deref() {
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
    let hex = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
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
        sha256: hex(job.sha256.as_deref().unwrap_or_default()),
        run_by: by(job.run),
        confirmed_by: by(job.confirmed),
        needs_another: another(responder, handling).await?,
        may_confirm: job.started_by != handling.id()
            && job.run.is_none_or(|(who, _)| who != handling.id()),
        withdrawal: withdrawal(responder, handling, job, &everybody).await?,
        found: shown.map_or(Found::Nothing, in_words),
        plan: hex(job.digest.as_deref().unwrap_or_default()),
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
    if job.state.is_at_work() && tried.is_none() {
        let again = format!("{REFRESH_SECONDS};url=/office/files/{}?refresh=1", job.id);
        if let Ok(again) = again.parse() {
            response.headers_mut().insert(header::REFRESH, again);
        }
    }
    Ok(response)
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

fn in_words(shown: Shown) -> Found {
    match shown {
        Shown::Refused(refusal) => Found::Refused {
            count: refusal.count,
            lines: refusal.lines.iter().take(SHOWN).map(bad_line).collect(),
            sentence: refusal.sentence,
        },
        Shown::Asks(questions) => Found::Asks {
            count: questions.count,
            questions: questions.first.iter().map(ask).collect(),
        },
        Shown::Planned(plan) => planned(*plan),
    }
}

fn bad_line(told: &list::plan::Told) -> BadLine {
    BadLine {
        line: told.line,
        key: told.key.clone().unwrap_or_default(),
        column: told.column.clone().unwrap_or_default(),
        value: told.value.clone().unwrap_or_default(),
        what: told.what.clone(),
    }
}

fn ask(question: &Question) -> Ask {
    let sentence = match question {
        Question::Moved {
            line,
            from_key,
            from_name,
            to_key,
            to_name,
            is_same_name,
        } => {
            let alike = match is_same_name {
                true => "氏名・生年月日・性別が同じです",
                false => "生年月日・性別が同じで、氏名の書き方か氏だけがちがいます",
            };
            format!(
                "{line}行目: 登録済みの{from_key}（{from_name}）と、ファイルの{to_key}（{to_name}）は、{alike}。同じ人ですか。"
            )
        }
        Question::Unclear { line } => format!(
            "{line}行目: 氏名・生年月日・性別が同じ人が2人以上いて、だれのことか決められません。新しい加入者としますか。"
        ),
        Question::OtherEmployers { codes } => format!(
            "このファイルの事業所（{}）は、登録済みの名簿に1つもありません。この健保組合のファイルですか。",
            codes.join("、")
        ),
        Question::Repeated { line, key, month } => format!(
            "{line}行目: {key}の{}年{}月に、同じ医療機関・区分の明細がもう登録されています。追加の明細ですか、訂正ですか。",
            month / 100,
            month % 100
        ),
        Question::SeveralHolders { line } => format!(
            "{line}行目: この記号・番号・枝番は、そのとき複数の人のものでした。今の持ち主のことですか。"
        ),
    };
    let words = |answer: &list::Answer| match answer {
        list::Answer::Same => (
            "same",
            "同じ人（登録・医療費・健診結果を新しい番号に引き継ぐ）",
        ),
        list::Answer::New => ("new", "別の人（新しい加入者とする）"),
        list::Answer::Add => ("add", "追加の明細"),
        list::Answer::Correct => ("correct", "訂正（登録済みの明細を置きかえる）"),
        list::Answer::Yes => ("yes", "はい"),
    };
    Ask {
        line: question.line(),
        sentence,
        answers: question.answers().iter().map(words).collect(),
    }
}

fn planned(plan: Plan) -> Found {
    let mut tables = Vec::new();
    if !plan.employers.is_empty() {
        let rows = plan.employers.iter().map(|one| {
            let counts = [one.lines, one.added, one.changed, one.left];
            let mut row = vec![one.code.clone(), one.name.clone()];
            row.extend(counts.map(grouped));
            row
        });
        tables.push(Table {
            title: "事業所ごとの人数",
            heads: [
                "事業所コード",
                "事業所名",
                "ファイルの行",
                "追加",
                "変更",
                "資格喪失",
            ]
            .map(str::to_owned)
            .to_vec(),
            words: 2,
            rows: rows.collect(),
        });
    }
    if !plan.months.is_empty() {
        let mut heads: Vec<String> = ["月", "ファイルの行", "追加", "変更", "取消"]
            .map(str::to_owned)
            .to_vec();
        let yen = plan.months.first().map(|one| &*one.yen).unwrap_or_default();
        heads.extend(yen.iter().map(|(column, _)| format!("{column}（円）")));
        let rows = plan.months.iter().map(|one| {
            let counts = [one.lines, one.added, one.changed, one.withdrawn];
            let mut row = vec![format!("{}年{}月", one.month / 100, one.month % 100)];
            row.extend(counts.map(grouped));
            row.extend(one.yen.iter().map(|(_, yen)| grouped(*yen)));
            row
        });
        tables.push(Table {
            title: "月ごとの件数と合計",
            rows: rows.collect(),
            words: 1,
            heads,
        });
    }
    Found::Plan {
        rows: plan.rows,
        counts: plan.counts,
        changes: plan
            .changes
            .into_iter()
            .map(|one| ChangedValue {
                line: one
                    .line
                    .map(|line| format!("{line}行目"))
                    .unwrap_or_default(),
                whose: one.whose,
                column: one.column,
                old: one.old.unwrap_or_default(),
                new: one.new.unwrap_or_default(),
            })
            .collect(),
        all_changes: plan.all_changes,
        tables,
    }
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

/// GET /office/files/{job}/problems.csv: every line that is wrong. It is noted.
pub(super) async fn problems(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let (handling, job) = found(&responder, &acting, &id).await?;
    let state = responder.state();
    let Some(Shown::Refused(refusal)) = Shown::of(&state.office.secrets, &job) else {
        return Err(Refused::NotFound);
    };
    let sheet = sheet(&refusal, job.kind.is_health()).map_err(InternalError::from)?;
    decisions::note_problems_taken(&state.db, &handling, job.id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"problems.csv\"",
        ),
    ];
    Ok((headers, SheetEncoding::Utf8.encode(&sheet)).into_response())
}

/// A line each; of what is about health without what stands there.
fn sheet(refusal: &Refusal, is_health: bool) -> Result<String, csv::Error> {
    let mut sheet = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let cells = |one: [&str; 5]| -> Vec<String> {
        let kept = one
            .into_iter()
            .enumerate()
            .filter(|(at, _)| !is_health || *at != 3);
        kept.map(|(_, cell)| escape_formula(cell).into_owned())
            .collect()
    };
    sheet.write_record(cells([
        "行",
        "記号-番号-枝番など",
        "列",
        "値",
        "直すところ",
    ]))?;
    for told in &refusal.lines {
        let line = bad_line(told);
        let number = line.line.to_string();
        sheet.write_record(cells([
            &number,
            &line.key,
            &line.column,
            &line.value,
            &line.what,
        ]))?;
    }
    let bytes = sheet.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// POST /office/files/{job}/answers
pub(super) async fn answers(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (handling, job) = found(&responder, &acting, &id).await?;
    let state = responder.state();
    let Some(Shown::Asks(questions)) = Shown::of(&state.office.secrets, &job) else {
        return Ok(lead(&responder, job.id, "file moved"));
    };
    let mut tried = Tried::default();
    let (mut answers, mut missing) = (Vec::new(), 0_u64);
    for question in &questions.first {
        let field = format!("answer_{}", question.line());
        let answer = list::Answer::parse(form.get(&field));
        match answer.filter(|answer| question.answers().contains(answer)) {
            Some(answer) => {
                tried = tried.keep(&field, answer.as_str());
                answers.push(JobAnswer {
                    line: question.line().cast_signed(),
                    question: "answer".to_owned(),
                    answer: answer.as_str().to_owned(),
                });
            }
            None => missing += 1,
        }
    }
    if missing > 0 {
        let sentence = format!("回答のない質問が{missing}件あります。すべてに回答してください。");
        tried.notes.push(("", sentence));
        return show(&responder, &handling, &job, Some(&tried), None).await;
    }
    let decided = decisions::answer(&state.db, &handling, job.id, &answers).await?;
    Ok(decided_on(&responder, job.id, decided, "file answered"))
}

fn decided_on(responder: &Responder, id: Uuid, decided: Decided, done: &str) -> Response {
    responder.state().office.wake_files.notify_one();
    let word = match decided {
        Decided::Done => done,
        Decided::Waits => "file waits",
        Decided::NotNow | Decided::Own | Decided::TooClose => "file moved",
    };
    lead(responder, id, word)
}

/// What a form of one button says.
enum Act {
    Withdraw,
    Run,
    Confirm,
}

/// POST /office/files/{job}/run
pub(super) async fn run(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    decide(acting, responder, &id, &form, Act::Run).await
}

/// POST /office/files/{job}/confirm: another person wants it, too.
pub(super) async fn confirm(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    decide(acting, responder, &id, &form, Act::Confirm).await
}

/// POST /office/files/{job}/withdraw: what it has brought goes again; with `four_eyes` when a
/// second person has said so, too.
pub(super) async fn withdraw(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    decide(acting, responder, &id, &form, Act::Withdraw).await
}

async fn decide(
    acting: Acting<AnyFile>,
    responder: Responder,
    id: &str,
    form: &Form,
    act: Act,
) -> Answer {
    let (handling, job) = found(&responder, &acting, id).await?;
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return show(&responder, &handling, &job, Some(&tried), None).await;
    }
    let proven = match prove(&responder, acting, form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let state = responder.state();
    let db = &state.db;
    let decided = match act {
        Act::Run => {
            let shown = form.get("plan");
            let seen = (!shown.is_empty()).then(|| from_hex(shown));
            let four_eyes = state.office.staff.four_eyes;
            decisions::run(db, &handling, job.id, seen.as_deref(), four_eyes).await?
        }
        Act::Confirm => decisions::confirm(db, &handling, job.id).await?,
        Act::Withdraw => {
            let four_eyes = state.office.staff.four_eyes;
            match decisions::withdraw(db, &handling, job.id, four_eyes).await? {
                Withdrawal::Decided(decided) => decided,
                Withdrawal::Refused(why) => {
                    let tried = Tried::note("", why.to_string());
                    let page = show(&responder, &handling, &job, Some(&tried), None).await?;
                    return Ok(proven.answer(page));
                }
            }
        }
    };
    let sentence = match decided {
        Decided::Own => match act {
            Act::Withdraw => {
                "ご自分で依頼した取り消しは承認できません。ほかの職員に依頼してください。"
            }
            Act::Run | Act::Confirm => {
                "ご自分で取り込んだファイルは承認できません。ほかの職員に依頼してください。"
            }
        },
        Decided::TooClose => {
            "この7日のあいだに、お互いの職員の登録を変更しています。ほかの職員に依頼してください。"
        }
        decided => {
            let done = match act {
                Act::Run | Act::Confirm => "file runs",
                Act::Withdraw => "file withdrawn",
            };
            let answer = decided_on(&responder, job.id, decided, done);
            return Ok(proven.answer(answer));
        }
    };
    let tried = Tried::note("", sentence);
    let answer = show(&responder, &handling, &job, Some(&tried), None).await?;
    Ok(proven.answer(answer))
}

/// Bytes of their hexadecimal digits; those of something else fit nothing.
fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().map(|digit| digit.to_digit(16)).collect();
    let pairs = digits.chunks(2).map(|pair| match pair {
        [Some(high), Some(low)] => u8::try_from(high * 16 + low).unwrap_or_default(),
        _ => 0,
    });
    pairs.collect()
}

/// POST /office/files/{job}/values: what stands in the first lines that are wrong, of a file
/// about health, for a reason.
pub(super) async fn values(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (handling, job) = found(&responder, &acting, &id).await?;
    let state = responder.state();
    let secrets = &state.office.secrets;
    let Some(Shown::Refused(refusal)) = Shown::of(secrets, &job) else {
        return Ok(lead(&responder, job.id, "file moved"));
    };
    if !job.kind.is_health() {
        return Err(Refused::NotFound);
    }
    let mut tried = Tried::default().keep("reason", form.get("reason"));
    let reason = Reason::parse(form.get("reason")).filter(|one| *one != Reason::Inquiry);
    if reason.is_none() {
        let sentence = "理由を選んでください。".to_owned();
        tried.notes.push(("reason", sentence));
    }
    let text = ReasonText::parse(form.get("reason_text"));
    if let Err(error) = &text {
        tried.notes.push(("reason_text", error.to_string()));
    }
    let (Some(reason), Ok(text)) = (reason, text) else {
        return show(&responder, &handling, &job, Some(&tried), None).await;
    };
    let mut wanted: Vec<u64> = refusal.lines.iter().map(|told| told.line).collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.truncate(MOST_LINES);
    let lines = values::values(
        &state.db,
        secrets,
        &handling,
        &job,
        &wanted,
        (reason, &text),
    );
    let lines: Vec<_> = lines.await?.into_iter().map(raw_line).collect();
    Ok(responder
        .page(VALUES, || pages::values(job.id, &lines))
        .await)
}

fn raw_line(line: RawLine) -> pages::RawLine {
    pages::RawLine {
        line: line.line,
        cells: line.cells,
    }
}

/// POST /office/files/{job}/cancel
pub(super) async fn cancel(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (handling, job) = found(&responder, &acting, &id).await?;
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return show(&responder, &handling, &job, Some(&tried), None).await;
    }
    let decided = decisions::cancel(&responder.state().db, &handling, job.id).await?;
    Ok(decided_on(&responder, job.id, decided, "file cancelled"))
}
