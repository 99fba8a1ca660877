//! O-30 to O-34: お知らせと健康情報.

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, Uri, header},
    response::Response,
};
use domain::{
    office::notice::{Kept, NoticeState},
    ports::{Article, Attachment, AttachmentLink, Notice},
};
use office_pages::{
    pages::notices::{
        self as pages, Conflict, InHand, Letters, Line, List, Shown, StepLine, ToPublish,
    },
    parts::Tried,
};
use store::{
    notice::{self as read, Kind},
    publishing::{self as kept, OfficeNotice, Reach, Shown as Which, Step, Taken, Written},
};
use time::Date;
use uuid::Uuid;

use super::{
    super::files::download,
    answer::{Answer, OfficePath, Refused, Responder, Screen, see_other, with_cookies},
    guard::{Form, prove},
    upload::{SentFile, Upload},
};
use crate::{
    base::{markdown, media_type::media_type},
    office::{
        access::{Acting, Publisher},
        notices::{
            attachment::{self as files, MOST_BYTES},
            form::{Notes, Typed, check},
            publishing::{FileChange, Outcome, Publishing, PublishingError, letters_due, state},
            rules::NoticeProblem,
        },
    },
};

const LIST: Screen = Screen("お知らせ・健康情報", "O-30");
const WRITE: Screen = Screen("お知らせを書く", "O-31");
const PREVIEW: Screen = Screen("プレビュー", "O-32");
const PUBLISH: Screen = Screen("公開の確認", "O-33");
const LETTERS: Screen = Screen("お知らせメールの送信", "O-34");

/// Lines on a page of the list.
const PAGE: i64 = 50;

/// A form with an attachment.
type NoticeForm = Upload<{ MOST_BYTES as usize }>;

/// The fields of a notice, with the names by which the office knows them.
const FIELDS: [(&str, &str); 11] = [
    ("kind", "種類"),
    ("title", "件名"),
    ("category", "分類"),
    ("important", "重要度"),
    ("audience", "対象"),
    ("opens_on", "公開日"),
    ("ends_on", "公開終了日"),
    ("slug", "アドレス名"),
    ("body", "本文"),
    ("letter", "メール"),
    ("attachment", "添付ファイル"),
];

const UNCONFIRMED: &str = "内容を確かめて、もう一度押してください。";
const NO_VERSION: &str =
    "画面の情報が足りません。お知らせの画面を開きなおしてから、もう一度保存してください。";

fn publishing(responder: &Responder) -> Publishing {
    let office = &responder.state().office;
    Publishing {
        db: office.db.clone(),
        four_eyes: office.staff.four_eyes,
    }
}

/// What the step before has come to.
fn told(responder: &Responder, headers: &HeaderMap) -> Option<&'static str> {
    match responder.state().cookies.office_told(headers).as_deref() {
        Some("kept") => Some("保存しました。"),
        Some("same") => Some("変更した項目はありません。"),
        Some("corrected") => Some("変更しました。会員の画面にも反映されています。"),
        Some("returned") => Some("下書きに戻しました。公開するには、もう一度手続きしてください。"),
        Some("asked") => Some("公開を依頼しました。ほかの広報の職員が確認すると公開されます。"),
        Some("published") => Some("公開しました。"),
        Some("scheduled") => Some("公開を予約しました。"),
        Some("withdrawn") => Some("取り下げました。"),
        Some("paused") => Some("送信を一時停止しました。"),
        Some("resumed") => Some("送信を再開しました。"),
        _ => None,
    }
}

fn lead(responder: &Responder, to: &OfficePath, word: &str) -> Response {
    with_cookies(see_other(to), responder.state().cookies.tell_office(word))
}

fn today(publisher: &Acting<Publisher>) -> Date {
    publisher.now.in_japan().date()
}

fn id_of(id: &str) -> Result<Uuid, Refused> {
    id.parse().map_err(|_| Refused::NotFound)
}

/// Nobody else could agree to letters, and somebody has to.
async fn lacks_another(
    publisher: &Acting<Publisher>,
    responder: &Responder,
) -> Result<bool, Refused> {
    let publishing = publishing(responder);
    Ok(publishing.four_eyes && !publishing.has_another(publisher).await?)
}

/// GET /office/notices
pub(super) async fn page(
    publisher: Acting<Publisher>,
    responder: Responder,
    headers: HeaderMap,
    address: Uri,
) -> Answer {
    let query = Form::in_query(&address);
    let is_past = query.get("show") == "past";
    let page = query.get("page").parse().unwrap_or(1).clamp(1, 10_000);
    let which = if is_past { Which::Past } else { Which::Current };
    let (db, today) = (&responder.state().db, today(&publisher));
    let mut lines = kept::list(db, which, today, PAGE + 1, (page - 1) * PAGE).await?;
    let goes_on = lines.len() as i64 > PAGE;
    lines.truncate(PAGE as usize);
    let line = |line: kept::Line| Line {
        id: line.id,
        state: Kept::parse(&line.state).unwrap_or(Kept::Withdrawn).on(
            today,
            line.published_on,
            line.ends_on,
        ),
        kind: match line.kind == Kind::Article.as_str() {
            true => Kind::Article.name(),
            false => Kind::Notice.name(),
        },
        title: line.title,
        category: line.category,
        important: line.important,
        days: (line.published_on, line.ends_on),
        letters: line.letters,
        changed: line
            .changed_by
            .zip(line.changed_at.map(domain::values::timestamp::Timestamp)),
    };
    let list = List {
        lines: lines.into_iter().map(line).collect(),
        is_past,
        page,
        goes_on,
        lacks_another: lacks_another(&publisher, &responder).await?,
    };
    let told = told(&responder, &headers);
    Ok(responder.page(LIST, || pages::list(&list, told)).await)
}

/// What stands in the fields of a notice that is kept.
fn values(written: &Written) -> Vec<(&'static str, String)> {
    let on = |is_so: bool| if is_so { "on" } else { "" }.to_owned();
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    vec![
        ("kind", written.kind.as_str().to_owned()),
        ("title", written.title.clone()),
        ("category", written.category.clone()),
        ("important", on(written.important)),
        ("audience", written.audience.to_string()),
        ("opens_on", day(Some(written.opens_on))),
        ("ends_on", day(written.ends_on)),
        ("slug", written.slug.clone().unwrap_or_default()),
        ("body", written.body.clone()),
        ("letter", on(written.letter)),
    ]
}

fn filled(written: &Written) -> Tried {
    values(written)
        .iter()
        .fold(Tried::default(), |tried, (field, value)| {
            tried.keep(field, value)
        })
}

/// What was typed, with what is wrong with it.
fn typed(form: &Form, notes: Notes) -> Tried {
    let kept = FIELDS.iter().fold(Tried::default(), |tried, (field, _)| {
        tried.keep(field, form.get(field))
    });
    Tried { notes, ..kept }
}

fn read_form(form: &Form, today: Date) -> Result<Written, Notes> {
    let typed = Typed {
        kind: form.get("kind"),
        title: form.get("title"),
        category: form.get("category"),
        important: form.get("important"),
        audience: form.get("audience"),
        opens_on: form.get("opens_on"),
        ends_on: form.get("ends_on"),
        slug: form.get("slug"),
        body: form.get("body"),
        letter: form.get("letter"),
    };
    check(&typed, today)
}

/// The attachment that was sent, judged as a file's is.
fn judged(file: Option<SentFile>) -> Result<FileChange, Notes> {
    let Some(SentFile { name, content }) = file else {
        return Ok(FileChange::Keep);
    };
    match files::sent(&name, &content) {
        Ok(name) => Ok(FileChange::Set(name, content)),
        Err(problem) => {
            let sentence = format!("{}。", NoticeProblem::Attachment(problem));
            Err(vec![("attachment", sentence)])
        }
    }
}

fn step_lines(steps: &[Taken]) -> Vec<StepLine> {
    let columns = |taken: &Taken| {
        let named = FIELDS
            .iter()
            .filter(|(field, _)| taken.columns.iter().any(|column| column == field))
            .map(|(_, name)| *name);
        named.collect::<Vec<_>>().join("、")
    };
    let line = |taken: &Taken| StepLine {
        what: match taken.step {
            Step::Written => "作成".to_owned(),
            Step::Changed | Step::Attached => format!("変更（{}）", columns(taken)),
            Step::Asked => "公開の依頼".to_owned(),
            Step::Published => "公開の手続き".to_owned(),
            Step::Returned => "下書きに戻した".to_owned(),
            Step::Withdrawn => "取り下げ".to_owned(),
            Step::Paused => "メールの一時停止".to_owned(),
            Step::Resumed => "メールの再開".to_owned(),
        },
        by: taken
            .by
            .as_ref()
            .map(|(_, name)| name.clone())
            .unwrap_or_default(),
        at: taken.at,
    };
    steps.iter().map(line).collect()
}

/// The steps that are not taken by anybody: with its first day it is on view, and after
/// the last one it is not.
fn with_days(mut steps: Vec<StepLine>, notice: &OfficeNotice, today: Date) -> Vec<StepLine> {
    use domain::values::timestamp::Timestamp;
    if notice.kept != Kept::Published {
        return steps;
    }
    let opens_at = Timestamp::start_of(notice.written.opens_on);
    let published = steps.iter().rposition(|step| step.what == "公開の手続き");
    let was_ahead = published
        .and_then(|place| steps.get(place))
        .is_some_and(|step| step.at < opens_at);
    let mut by_itself = |what: &str, at: Timestamp| {
        let line = StepLine {
            what: what.to_owned(),
            by: "自動".to_owned(),
            at,
        };
        let place = steps.iter().position(|step| at < step.at);
        steps.insert(place.unwrap_or(steps.len()), line);
    };
    if was_ahead && notice.written.opens_on <= today {
        by_itself("公開の開始", opens_at);
    }
    if let Some(last) = notice.written.ends_on.filter(|last| *last < today)
        && let Some(next) = last.next_day()
    {
        by_itself("公開の終了", Timestamp::start_of(next));
    }
    steps
}

/// Everything that the page of a notice has beside its fields; a new one is nothing yet.
async fn in_hand(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    notice: Option<&OfficeNotice>,
) -> Result<InHand, Refused> {
    let db = &responder.state().db;
    let mut hand = InHand {
        id: None,
        number: String::new(),
        version: 0,
        state: NoticeState::Draft,
        employers: kept::employers(db).await?,
        reach: None,
        unknown_employers: Vec::new(),
        file: None,
        letter: false,
        letters: None,
        steps: Vec::new(),
        conflict: None,
        lacks_another: lacks_another(publisher, responder).await?,
    };
    let Some(notice) = notice else {
        return Ok(hand);
    };
    let today = today(publisher);
    hand.id = Some(notice.id);
    hand.number.clone_from(&notice.number);
    hand.version = notice.version;
    hand.state = state(notice, today);
    hand.file = notice.file.clone().map(|(_, name, bytes)| (name, bytes));
    hand.letter = notice.written.letter && (notice.letters > 0 || notice.told_at.is_none());
    hand.letters = (hand.letter && notice.kept == Kept::Published).then_some(notice.letters);
    hand.steps = with_days(
        step_lines(&kept::steps(db, notice.id).await?),
        notice,
        today,
    );
    counted(&mut hand, responder, &notice.written, today).await?;
    Ok(hand)
}

/// Whom it reaches at this moment.
async fn counted(
    hand: &mut InHand,
    responder: &Responder,
    written: &Written,
    today: Date,
) -> Result<(), Refused> {
    let db = &responder.state().db;
    let Reach { people, letters } = kept::reach(db, &written.audience, today).await?;
    hand.reach = Some((people, letters));
    hand.unknown_employers = kept::unknown_employers(db, &written.audience.employers).await?;
    Ok(())
}

async fn find(responder: &Responder, id: Uuid) -> Result<OfficeNotice, Refused> {
    let found = kept::find(&responder.state().db, id).await?;
    found.ok_or(Refused::NotFound)
}

/// GET /office/notices/new: an empty one, or one with the words of another.
pub(super) async fn blank(
    publisher: Acting<Publisher>,
    responder: Responder,
    address: Uri,
) -> Answer {
    let hand = in_hand(&publisher, &responder, None).await?;
    let from: Option<Uuid> = Form::in_query(&address).get("from").parse().ok();
    let tried = match from {
        None => Tried::default()
            .keep("kind", Kind::Notice.as_str())
            .keep("audience", "全員")
            .keep("opens_on", &today(&publisher).to_string()),
        Some(id) => {
            let mut written = find(&responder, id).await?.written;
            (written.slug, written.opens_on) = (None, today(&publisher));
            written.ends_on = written.ends_on.filter(|last| written.opens_on <= *last);
            filled(&written)
        }
    };
    Ok(responder
        .page(WRITE, || pages::edit(&tried, None, &hand))
        .await)
}

/// POST /office/notices/new: kept as a draft.
pub(super) async fn write(
    publisher: Acting<Publisher>,
    responder: Responder,
    Upload { form, file }: NoticeForm,
) -> Answer {
    let today = today(&publisher);
    if let Some(answer) = beside(&publisher, &responder, &form, None).await? {
        return Ok(answer);
    }
    let (written, file) = (read_form(&form, today), judged(file));
    let (written, file) = match (written, file) {
        (Ok(written), Ok(file)) => (written, file),
        (written, file) => {
            let mut notes = written.err().unwrap_or_default();
            notes.extend(file.err().unwrap_or_default());
            return again(&publisher, &responder, None, typed(&form, notes)).await;
        }
    };
    let id = match publishing(&responder)
        .write(&publisher, &written, &file)
        .await
    {
        Ok(id) => id,
        Err(error) => return wrong(&publisher, &responder, None, &form, error).await,
    };
    Ok(lead(&responder, &OfficePath::notice(id), "kept"))
}

/// The buttons of the form that keep nothing: counting, and going back to writing.
async fn beside(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    form: &Form,
    notice: Option<&OfficeNotice>,
) -> Result<Option<Response>, Refused> {
    let act = form.get("act");
    if act != "count" && act != "edit" {
        return Ok(None);
    }
    let mut hand = in_hand(publisher, responder, notice).await?;
    if let Ok(version) = form.get("version").parse() {
        // What was opened is what is written on.
        hand.version = version;
    }
    hand.reach = None;
    let notes = read_form(form, today(publisher)).map_or_else(|notes| notes, |_| Notes::new());
    // Of what is not finished only the audience is judged.
    let notes: Notes = notes
        .into_iter()
        .filter(|(field, _)| *field == "audience")
        .collect();
    let tried = typed(form, notes);
    if tried.notes.is_empty()
        && let Ok(audience) = domain::audience::Audience::parse(form.get("audience"))
    {
        let db = &responder.state().db;
        let Reach { people, letters } = kept::reach(db, &audience, today(publisher)).await?;
        hand.reach = Some((people, letters));
        hand.unknown_employers = kept::unknown_employers(db, &audience.employers).await?;
    }
    let page = || pages::edit(&tried, None, &hand);
    Ok(Some(match tried.notes.is_empty() {
        true => responder.page(WRITE, page).await,
        false => responder.again(WRITE, page).await,
    }))
}

/// The form once more, as it was typed.
async fn again(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    notice: Option<&OfficeNotice>,
    tried: Tried,
) -> Answer {
    let hand = in_hand(publisher, responder, notice).await?;
    Ok(responder
        .again(WRITE, || pages::edit(&tried, None, &hand))
        .await)
}

/// Says why something was not done, and keeps what was typed.
async fn wrong(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    notice: Option<&OfficeNotice>,
    form: &Form,
    error: PublishingError,
) -> Answer {
    let sentence = error.to_string();
    let field = match error {
        PublishingError::Internal(error) => return Err(Refused::from(error)),
        PublishingError::Unknown => return Err(Refused::NotFound),
        PublishingError::NotInAnyMore => return Err(Refused::SeeOther(OfficePath::login())),
        PublishingError::Stale(now, steps) => {
            let mut hand = in_hand(publisher, responder, Some(&now)).await?;
            let tried = match form.has("title") {
                true => typed(form, vec![("", sentence)]),
                false => Tried {
                    notes: vec![("", sentence)],
                    ..filled(&now.written)
                },
            };
            let differs = |(field, value): (&'static str, String)| {
                let was_typed = tried.value(field);
                let is_other = value.trim() != was_typed.trim().replace("\r\n", "\n");
                let (_, name) = FIELDS.iter().find(|(known, _)| *known == field)?;
                is_other.then_some((*name, value, was_typed))
            };
            hand.conflict = Some(Conflict {
                steps: step_lines(&steps),
                fields: values(&now.written)
                    .into_iter()
                    .filter_map(differs)
                    .collect(),
            });
            return Ok(responder
                .again(WRITE, || pages::edit(&tried, None, &hand))
                .await);
        }
        PublishingError::SlugTaken => "slug",
        PublishingError::Over => "ends_on",
        PublishingError::PutOff => "opens_on",
        _ => "",
    };
    let notes = vec![(field, sentence)];
    let tried = match (form.has("title"), notice) {
        (false, Some(notice)) => Tried {
            notes,
            ..filled(&notice.written)
        },
        _ => typed(form, notes),
    };
    again(publisher, responder, notice, tried).await
}

/// GET /office/notices/{id}
pub(super) async fn notice(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let hand = in_hand(&publisher, &responder, Some(&notice)).await?;
    let (tried, told) = (filled(&notice.written), told(&responder, &headers));
    Ok(responder
        .page(WRITE, || pages::edit(&tried, told, &hand))
        .await)
}

/// POST /office/notices/{id}: other words, another attachment, or both.
pub(super) async fn change(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    Upload { form, file }: NoticeForm,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    if let Some(answer) = beside(&publisher, &responder, &form, Some(&notice)).await? {
        return Ok(answer);
    }
    let has_words = form.has("title");
    let mut notes = Notes::new();
    let version: Option<i64> = form.get("version").parse().ok();
    if version.is_none() {
        notes.push(("", NO_VERSION.to_owned()));
    }
    let written = match has_words.then(|| read_form(&form, today(&publisher))) {
        None => None,
        Some(Ok(written)) => Some(written),
        Some(Err(wrong)) => {
            notes.extend(wrong);
            None
        }
    };
    let detaches = form.get("act") == "detach";
    let is_nothing = !has_words && !detaches && file.is_none();
    if is_nothing {
        notes.push(("attachment", "添付ファイルを選んでください。".to_owned()));
    }
    let file = match judged(file) {
        Ok(FileChange::Keep) if detaches => FileChange::Remove,
        Ok(file) => file,
        Err(wrong) => {
            notes.extend(wrong);
            FileChange::Keep
        }
    };
    let (Some(version), true) = (version, notes.is_empty()) else {
        let tried = match has_words {
            true => typed(&form, notes),
            false => Tried {
                notes,
                ..filled(&notice.written)
            },
        };
        return again(&publisher, &responder, Some(&notice), tried).await;
    };
    let publishing = publishing(&responder);
    let at = (notice.id, version);
    match publishing
        .change(&publisher, at, written.as_ref(), &file)
        .await
    {
        Ok(outcome) => {
            let word = match outcome {
                Outcome::Same => "same",
                Outcome::Returned => "returned",
                _ if notice.kept == Kept::Published => "corrected",
                _ => "kept",
            };
            Ok(lead(&responder, &OfficePath::notice(notice.id), word))
        }
        Err(error) => wrong(&publisher, &responder, Some(&notice), &form, error).await,
    }
}

/// As members see it.
fn shown(written: &Written, file: Option<(Uuid, String, i64)>, first: Date) -> Shown {
    let attachment = file.map(|(id, name, bytes)| AttachmentLink { id, name, bytes });
    let html = markdown::to_html(&written.body);
    match written.kind {
        Kind::Notice => Shown::Notice(Notice {
            title: written.title.clone(),
            category: written.category.clone(),
            important: written.important,
            published_on: first,
            ends_on: written.ends_on,
            html,
            attachment,
        }),
        Kind::Article => Shown::Article(Article {
            title: written.title.clone(),
            category: written.category.clone(),
            published_on: first,
            html,
            attachment,
        }),
    }
}

/// The first day on view, as it will be: what is not published yet begins today at the
/// earliest.
fn first_day(notice: &OfficeNotice, today: Date) -> Date {
    match notice.kept {
        Kept::Draft | Kept::Waiting => notice.written.opens_on.max(today),
        Kept::Published | Kept::Withdrawn => notice.written.opens_on,
    }
}

/// GET …/preview: of what is kept.
pub(super) async fn preview(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let first = first_day(&notice, today(&publisher));
    let shown = shown(&notice.written, notice.file, first);
    let path = OfficePath::notice(notice.id);
    Ok(responder
        .page(PREVIEW, || pages::preview(shown, path.as_str(), &[]))
        .await)
}

/// POST …/preview: of what was typed and is not kept yet. Nothing is lost on the way.
pub(super) async fn preview_typed(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let notice = match id.as_str() {
        "new" => None,
        id => Some(find(&responder, id_of(id)?).await?),
    };
    let written = match read_form(&form, today(&publisher)) {
        Ok(written) => written,
        Err(notes) => {
            let tried = typed(&form, notes);
            return again(&publisher, &responder, notice.as_ref(), tried).await;
        }
    };
    let path = match &notice {
        Some(notice) => OfficePath::notice(notice.id).as_str().to_owned(),
        None => "/office/notices/new".to_owned(),
    };
    let fields: Vec<(String, String)> = FIELDS
        .iter()
        .map(|(field, _)| *field)
        .chain(["version"])
        .filter(|field| form.has(field))
        .map(|field| (field.to_owned(), form.get(field).to_owned()))
        .collect();
    let file = notice.and_then(|notice| notice.file);
    let shown = shown(&written, file, written.opens_on);
    Ok(responder
        .page(PREVIEW, || pages::preview(shown, &path, &fields))
        .await)
}

/// GET …/publish: asks for the second time.
pub(super) async fn before(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    if !state(&notice, today(&publisher)).is_unpublished() {
        return Ok(see_other(&OfficePath::notice(notice.id)));
    }
    ask(&publisher, &responder, &notice, None).await
}

async fn ask(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    notice: &OfficeNotice,
    tried: Option<&Tried>,
) -> Answer {
    let (hand, today) = (
        in_hand(publisher, responder, Some(notice)).await?,
        today(publisher),
    );
    let first = first_day(notice, today);
    let letter = notice.written.letter;
    let watched = publishing(responder).four_eyes && letter;
    let waits = hand.state == NoticeState::Waiting;
    let asked_by = match waits && watched {
        false => None,
        true => {
            let steps = kept::steps(&responder.state().db, notice.id).await?;
            let asked = steps.into_iter().rev().find(|one| one.step == Step::Asked);
            asked.and_then(|one| one.by).map(|(_, name)| name)
        }
    };
    let to = ToPublish {
        title: notice.written.title.clone(),
        audience: notice.written.audience.to_string(),
        days: (first, notice.written.ends_on),
        at_once: first <= today,
        letter,
        needs_another: watched && !waits,
        asked_by,
    };
    let page = || pages::publish(tried, &hand, &to);
    Ok(match tried {
        None => responder.page(PUBLISH, page).await,
        Some(_) => responder.again(PUBLISH, page).await,
    })
}

/// A version that was sent along; none is as good as the present one.
fn version_of(form: &Form) -> Result<Option<i64>, Notes> {
    match form.get("version") {
        "" => Ok(None),
        version => match version.parse() {
            Ok(version) => Ok(Some(version)),
            Err(_) => Err(vec![("", NO_VERSION.to_owned())]),
        },
    }
}

/// POST …/publish
pub(super) async fn publish(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return ask(&publisher, &responder, &notice, Some(&tried)).await;
    }
    let version = match version_of(&form) {
        Ok(version) => version,
        Err(notes) => {
            let tried = Tried {
                notes,
                ..Tried::default()
            };
            return ask(&publisher, &responder, &notice, Some(&tried)).await;
        }
    };
    let proven = match prove(&responder, publisher, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let publisher = &proven.acting;
    let result = publishing(&responder)
        .publish(publisher, notice.id, version)
        .await;
    let answer = match result {
        Ok(outcome) => {
            let word = match outcome {
                Outcome::Asked => "asked",
                Outcome::Published(NoticeState::Scheduled) => "scheduled",
                _ => "published",
            };
            lead(&responder, &OfficePath::notice(notice.id), word)
        }
        Err(error @ (PublishingError::Own | PublishingError::TooClose | PublishingError::Over)) => {
            let tried = Tried::note("", error.to_string());
            ask(publisher, &responder, &notice, Some(&tried)).await?
        }
        Err(error) => wrong(publisher, &responder, Some(&notice), &form, error).await?,
    };
    Ok(proven.answer(answer))
}

/// GET …/withdraw: where the form is.
pub(super) async fn back(_: Acting<Publisher>, Path(id): Path<String>) -> Answer {
    Ok(see_other(&OfficePath::notice(id_of(&id)?)))
}

/// POST …/withdraw: at once, so nothing is asked for that takes time.
pub(super) async fn withdraw(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let version = match version_of(&form) {
        Ok(version) if form.is_confirmed() => version,
        judged => {
            let notes = judged.err();
            let tried = Tried {
                notes: notes.unwrap_or_else(|| vec![("", UNCONFIRMED.to_owned())]),
                ..filled(&notice.written)
            };
            return again(&publisher, &responder, Some(&notice), tried).await;
        }
    };
    let result = publishing(&responder)
        .withdraw(&publisher, notice.id, version)
        .await;
    match result {
        Ok(outcome) => {
            let word = match outcome {
                Outcome::Withdrawn => "withdrawn",
                _ => "returned",
            };
            Ok(lead(&responder, &OfficePath::notice(notice.id), word))
        }
        Err(error) => wrong(&publisher, &responder, Some(&notice), &form, error).await,
    }
}

/// For so many seconds the letters' page stands still.
const REFRESH: &str = "10; url=?refresh=1";

/// GET …/letters
pub(super) async fn letters(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let told = told(&responder, &headers);
    progress(&publisher, &responder, &notice, None, told).await
}

async fn progress(
    publisher: &Acting<Publisher>,
    responder: &Responder,
    notice: &OfficeNotice,
    tried: Option<&Tried>,
    told: Option<&str>,
) -> Answer {
    let hand = in_hand(publisher, responder, Some(notice)).await?;
    let counted = kept::progress(&responder.state().db, notice.id).await?;
    let letters = Letters {
        all: notice.letters,
        sent: counted.sent,
        given_up: counted.given_up,
        waiting: counted.waiting,
        paused: counted.paused,
        due: notice.told_at.is_none().then(|| letters_due(notice)),
    };
    let title = &notice.written.title;
    let page = || pages::letters(tried, told, &hand, title, &letters);
    if tried.is_some() {
        return Ok(responder.again(LETTERS, page).await);
    }
    let mut response = responder.page(LETTERS, page).await;
    if letters.waiting > 0 {
        let refresh = HeaderValue::from_static(REFRESH);
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    Ok(response)
}

/// POST …/letters: held back, or gone on with.
pub(super) async fn hold_letters(
    publisher: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let paused = match form.get("act") {
        "pause" => true,
        "resume" => false,
        _ => {
            let tried = Tried::note("", UNCONFIRMED);
            return progress(&publisher, &responder, &notice, Some(&tried), None).await;
        }
    };
    let result = publishing(&responder)
        .letters(&publisher, notice.id, paused)
        .await;
    match result {
        Ok(_) => {
            responder.state().office.wake_mail.notify_one();
            let word = if paused { "paused" } else { "resumed" };
            let to = OfficePath::notice_letters(notice.id);
            Ok(lead(&responder, &to, word))
        }
        Err(error @ PublishingError::NotPublished) => {
            let tried = Tried::note("", error.to_string());
            progress(&publisher, &responder, &notice, Some(&tried), None).await
        }
        Err(error) => wrong(&publisher, &responder, Some(&notice), &form, error).await,
    }
}

/// GET …/attachment: what members will get.
pub(super) async fn attachment(
    _: Acting<Publisher>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let notice = find(&responder, id_of(&id)?).await?;
    let (file, name, _) = notice.file.ok_or(Refused::NotFound)?;
    let content = read::content(&responder.state().db, file).await?;
    Ok(download(Attachment {
        media_type: media_type(&name).unwrap_or("application/octet-stream"),
        name,
        content: content.ok_or(Refused::NotFound)?,
    }))
}
