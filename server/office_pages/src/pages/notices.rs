//! O-30 to O-34: お知らせと健康情報を書き、公開する。

use app::components::notice_text::{ArticleText, NoticeText};
use domain::{
    office::notice::NoticeState,
    ports::{Article, Notice},
    values::{
        number::grouped,
        timestamp::{Timestamp, day_in_words},
    },
};
use leptos::prelude::*;
use time::Date;
use uuid::Uuid;

use crate::parts::{Input, TEXT, Tried, field, inside_textarea, status, summary};

/// A line of the list.
#[derive(Clone, Debug)]
pub struct Line {
    /// The row.
    pub id: Uuid,
    /// Where it stands.
    pub state: NoticeState,
    /// 種類
    pub kind: &'static str,
    /// 件名
    pub title: String,
    /// 分類
    pub category: String,
    /// 重要度
    pub important: bool,
    /// The first day on view, and the last.
    pub days: (Date, Option<Date>),
    /// How many letters were queued.
    pub letters: i64,
    /// Who changed it last, and when.
    pub changed: Option<(String, Timestamp)>,
}

/// The list.
#[derive(Clone, Debug)]
pub struct List {
    /// A page of it.
    pub lines: Vec<Line>,
    /// Those that are over, in place of the present ones.
    pub is_past: bool,
    /// From 1.
    pub page: i64,
    /// Whether there is another page.
    pub goes_on: bool,
    /// Nobody else could agree to letters, and somebody has to.
    pub lacks_another: bool,
}

fn days((first, last): (Date, Option<Date>)) -> String {
    let last = last.map(day_in_words).unwrap_or_default();
    format!("{}～{last}", day_in_words(first))
}

fn tag(state: NoticeState) -> AnyView {
    let class = match state {
        NoticeState::Waiting | NoticeState::Draft => "tag is-waiting",
        _ => "tag",
    };
    view! { <span class=class>{state.name()}</span> }.into_any()
}

/// Said before the work begins, not after it.
fn lacks_another(is_so: bool) -> Option<AnyView> {
    is_so.then(|| {
        view! {
            <p class="notice warn" role="note">
                "メールを送るお知らせの公開には、ほかの広報の職員の確認が必要です。いま、ほかに広報の役割の職員がいません。先に、管理の職員に依頼してください。"
            </p>
        }
        .into_any()
    })
}

/// お知らせの一覧
pub fn list(list: &List, told: Option<&str>) -> AnyView {
    let show = if list.is_past { "past" } else { "current" };
    let to = |page: i64| format!("/office/notices?show={show}&page={page}");
    let rows = list
        .lines
        .iter()
        .map(|line| {
            let changed = line.changed.clone();
            view! {
                <tr data-state=line.state.as_str()>
                    <td data-label="状態">{tag(line.state)}</td>
                    <th scope="row" data-label="件名">
                        <span>
                            {line.important.then(|| view! { <span class="tag is-waiting">"重要"</span> })}
                            <a href=format!("/office/notices/{}", line.id)>{line.title.clone()}</a>
                        </span>
                    </th>
                    <td data-label="種類・分類">{line.kind} " " {line.category.clone()}</td>
                    <td data-label="公開日～終了日">{days(line.days)}</td>
                    <td class="number" data-label="メール（通）">
                        {line.letters}
                    </td>
                    <td data-label="最後の変更">
                        {match changed {
                            Some((name, at)) => format!("{name} {}", at.full()),
                            None => "ファイルの取込".to_owned(),
                        }}
                    </td>
                </tr>
            }
        })
        .collect_view();
    let table = match (list.lines.is_empty(), list.is_past) {
        (true, false) => view! {
            <p>
                "公開中・予約・下書きのお知らせはありません。「お知らせを書く」から始めてください。"
            </p>
        }
        .into_any(),
        (true, true) => view! {
            <p>"終了または取り下げたお知らせはありません。"</p>
        }
        .into_any(),
        (false, _) => view! {
            <table class="office-table" aria-labelledby="notices">
                <thead>
                    <tr>
                        <th scope="col">"状態"</th>
                        <th scope="col">"件名"</th>
                        <th scope="col">"種類・分類"</th>
                        <th scope="col">"公開日～終了日"</th>
                        <th scope="col">"メール（通）"</th>
                        <th scope="col">"最後の変更"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        }
        .into_any(),
    };
    let newer =
        (list.page > 1).then(|| view! { <li><a href=to(list.page - 1)>"新しいもの"</a></li> });
    let older = list
        .goes_on
        .then(|| view! { <li><a href=to(list.page + 1)>"もっと前のもの"</a></li> });
    let is_more = newer.is_some() || older.is_some();
    let current = |is_so: bool| is_so.then_some("true");
    view! {
        <h1 id="notices">"お知らせ・健康情報"</h1>
        {told.map(status)}
        {lacks_another(list.lacks_another)}
        <p>
            <a class="button" href="/office/notices/new">
                "お知らせを書く"
            </a>
        </p>
        <ul class="inline-links">
            <li>
                <a href="/office/notices" aria-current=current(!list.is_past)>
                    "下書き・予約・公開中"
                </a>
            </li>
            <li>
                <a href="/office/notices?show=past" aria-current=current(list.is_past)>
                    "公開終了・取り下げ"
                </a>
            </li>
        </ul>
        {table}
        {is_more.then(|| view! { <ul class="inline-links">{newer} {older}</ul> })}
    }
    .into_any()
}

/// A step as it is told: what, by whom, when; and of a change, of what.
#[derive(Clone, Debug)]
pub struct StepLine {
    /// What.
    pub what: String,
    /// By whom; empty: by itself, on its day.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

/// What somebody else has changed since the notice was opened.
#[derive(Clone, Debug)]
pub struct Conflict {
    /// Who, what and when.
    pub steps: Vec<StepLine>,
    /// By field: its name, what is kept now, and what was typed.
    pub fields: Vec<(&'static str, String, String)>,
}

/// A notice in hand.
#[derive(Clone, Debug)]
pub struct InHand {
    /// The row; a new one has none.
    pub id: Option<Uuid>,
    /// 管理番号
    pub number: String,
    /// The version that was opened.
    pub version: i64,
    /// Where it stands.
    pub state: NoticeState,
    /// 事業所コード and names, to choose from.
    pub employers: Vec<(String, String)>,
    /// Whom it reaches, and how many of them by a letter.
    pub reach: Option<(i64, i64)>,
    /// 事業所コード that nobody has.
    pub unknown_employers: Vec<String>,
    /// Its attachment: name and bytes.
    pub file: Option<(String, i64)>,
    /// Whether it is a notice of which a letter was decided on.
    pub letter: bool,
    /// How many letters were queued; `None` before.
    pub letters: Option<i64>,
    /// What was done to it.
    pub steps: Vec<StepLine>,
    /// What somebody else has changed meanwhile.
    pub conflict: Option<Conflict>,
    /// Nobody else could agree to letters, and somebody has to.
    pub lacks_another: bool,
}

impl InHand {
    fn path(&self) -> String {
        match self.id {
            Some(id) => format!("/office/notices/{id}"),
            None => "/office/notices/new".to_owned(),
        }
    }
}

/// 「対象 3,412人、うちメール 2,950人」
fn reach_in_words((people, letters): (i64, i64)) -> String {
    format!(
        "対象 {}人、うちメール {}人",
        grouped(people),
        grouped(letters)
    )
}

fn reach(hand: &InHand) -> AnyView {
    let unknown = (!hand.unknown_employers.is_empty()).then(|| {
        let codes = hand.unknown_employers.join("、");
        view! {
            <p class="notice warn">
                "事業所コード「" {codes} "」の方は、名簿にいません。"
            </p>
        }
    });
    view! {
        <p role="status" id="reach">
            {hand.reach.map(reach_in_words)}
        </p>
        {unknown}
    }
    .into_any()
}

fn steps(steps: &[StepLine]) -> AnyView {
    let lines = steps
        .iter()
        .map(|step| {
            view! {
                <tr>
                    <td data-label="日時">{step.at.full()}</td>
                    <td data-label="内容">{step.what.clone()}</td>
                    <td data-label="職員">{step.by.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="office-table" aria-labelledby="steps">
            <thead>
                <tr>
                    <th scope="col">"日時"</th>
                    <th scope="col">"内容"</th>
                    <th scope="col">"職員"</th>
                </tr>
            </thead>
            <tbody>{lines}</tbody>
        </table>
    }
    .into_any()
}

fn conflict(conflict: &Conflict) -> AnyView {
    let rows = conflict
        .fields
        .iter()
        .map(|(name, now, typed)| {
            view! {
                <tr>
                    <th scope="row" data-label="項目">
                        {*name}
                    </th>
                    <td data-label="いまの内容">
                        <span class="as-typed">{now.clone()}</span>
                    </td>
                    <td data-label="入力した内容">
                        <span class="as-typed">{typed.clone()}</span>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section id="conflict">
            <h2 id="steps-since">"変更された内容"</h2>
            {steps(&conflict.steps)}
            <table class="office-table" aria-labelledby="steps-since">
                <thead>
                    <tr>
                        <th scope="col">"項目"</th>
                        <th scope="col">"いまの内容"</th>
                        <th scope="col">"入力した内容"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
    .into_any()
}

/// The form, and below it what can be done.
pub fn edit(tried: &Tried, told: Option<&str>, hand: &InHand) -> AnyView {
    let path = hand.path();
    let heading = match hand.id {
        Some(_) => tried.value("title"),
        None => "お知らせを書く".to_owned(),
    };
    let is_unpublished = hand.state.is_unpublished();
    let form = match hand.state {
        NoticeState::Withdrawn => ().into_any(),
        _ => fields(tried, hand, &path),
    };
    let beside = hand.id.map(|id| {
        view! {
            {(hand.state != NoticeState::Withdrawn).then(|| attachment(tried, hand, &path))}
            <section>
                <h2>"公開"</h2>
                {publishing(hand, &path, is_unpublished)}
            </section>
            <section>
                <h2 id="steps">"これまでの手続き"</h2>
                {if hand.steps.is_empty() {
                    view! { <p>"ファイルの取込で登録されました。"</p> }.into_any()
                } else {
                    steps(&hand.steps)
                }}
            </section>
            <ul class="inline-links">
                <li>
                    <a href=format!("/office/notices/new?from={id}")>"この内容で新しく書く"</a>
                </li>
                <li>
                    <a href="/office/notices">"一覧へ"</a>
                </li>
            </ul>
        }
    });
    view! {
        <div data-state=hand.state.as_str() data-version=hand.version.to_string()>
            {summary(Some(tried))} {told.map(status)} <h1>{heading}</h1>
            {hand
                .id
                .map(|_| {
                    view! {
                        <p>
                            {tag(hand.state)} " 管理番号 " {hand.number.clone()}
                        </p>
                    }
                })} {lacks_another(hand.lacks_another)}
            {hand.conflict.as_ref().map(conflict)} {form} {beside}
        </div>
    }
    .into_any()
}

fn fields(tried: &Tried, hand: &InHand, path: &str) -> AnyView {
    let kind = tried.value("kind");
    let option = |value: &'static str, name: &'static str| {
        view! {
            <option value=value selected=kind == value>
                {name}
            </option>
        }
    };
    let employers = hand
        .employers
        .iter()
        .map(|(code, name)| {
            view! { <option value=format!("事業所:{code}")>{name.clone()}</option> }
        })
        .collect_view();
    let body_wrong = tried.wrong("body");
    let letter = match (hand.state.is_unpublished(), hand.letter) {
        (true, _) => tick(
            tried,
            "letter",
            "メールでも知らせる",
            "お知らせの宛先を登録している対象の方に、公開日の9時以降に件名だけを送ります。健康情報は送りません。",
        ),
        (false, true) => view! { <p>"メールでお知らせするものです。変更しても、メールをもう一度送ることはありません。"</p> }
            .into_any(),
        (false, false) => view! { <p>"メールでお知らせしないものです。"</p> }.into_any(),
    };
    view! {
        <form method="post" action=path.to_owned() novalidate class="writing">
            <input type="hidden" name="version" value=hand.version.to_string() />
            <div class="field">
                <label for="kind">"種類"</label>
                <select id="kind" name="kind" aria-describedby="kind-error">
                    {option("notice", "健保からのお知らせ")}
                    {option("article", "各種健康情報")}
                </select>
                <p class="error" id="kind-error">
                    {tried.wrong("kind")}
                </p>
            </div>
            {field(
                tried,
                "title",
                "件名",
                Input {
                    hint: "60文字まで。メールにも載ります。",
                    longest: 60,
                    ..TEXT
                },
            )}
            {field(
                tried,
                "category",
                "分類",
                Input {
                    hint: "20文字まで。例：健診、補助、届出",
                    longest: 20,
                    ..TEXT
                },
            )} {tick(tried, "important", "重要なお知らせにする", "一覧の上に「重要」と表示します。")}
            {audience(tried, hand)} <datalist id="employers">
                <option value="全員"></option>
                <option value="被保険者"></option>
                <option value="被扶養者"></option>
                {employers}
            </datalist>
            <div class="side-by-side">
                {field(
                    tried,
                    "opens_on",
                    "公開日",
                    Input {
                        kind: "date",
                        hint: "空欄は今日。この日の0時から表示します。",
                        ..TEXT
                    },
                )}
                {field(
                    tried,
                    "ends_on",
                    "公開終了日",
                    Input {
                        kind: "date",
                        hint: "空欄は期限なし。この日まで表示します。",
                        ..TEXT
                    },
                )}
            </div>
            {field(
                tried,
                "slug",
                "アドレス名（健康情報だけ）",
                Input {
                    hint: "半角の英小文字・数字・ハイフン。例：blood-pressure",
                    longest: 60,
                    ..TEXT
                },
            )} <div class="field">
                <label for="body">"本文"</label>
                <p class="hint" id="body-hint">
                    "15,000文字まで。「# 」で見出し、「- 」で箇条書き、**太字**、[名前](https://…)でリンクになります。"
                </p>
                <textarea
                    id="body"
                    name="body"
                    rows="16"
                    aria-describedby="body-hint body-error"
                    aria-invalid=body_wrong.is_some().then_some("true")
                >
                    {inside_textarea(&tried.value("body"))}
                </textarea>
                <p class="error" id="body-error">
                    {body_wrong}
                </p>
            </div>
            {letter} <div class="actions">
                <button class="button">
                    {if hand.state.is_unpublished() { "下書きを保存する" } else { "変更を保存する" }}
                </button>
                <button class="button secondary" formaction=format!("{path}/preview")>
                    "プレビュー"
                </button>
            </div>
        </form>
    }
    .into_any()
}

fn audience(tried: &Tried, hand: &InHand) -> AnyView {
    let wrong = tried.wrong("audience");
    view! {
        <div class="field">
            <label for="audience">"対象"</label>
            <p class="hint" id="audience-hint">
                "全員、被保険者、被扶養者、性別:女、事業所:0001/0002、年齢:40-74。空白で区切ると、すべてに当てはまる方になります。"
            </p>
            <div class="control">
                <input
                    id="audience"
                    name="audience"
                    type="text"
                    list="employers"
                    value=tried.value("audience")
                    autocomplete="off"
                    maxlength="200"
                    aria-describedby="audience-hint audience-error reach"
                    aria-invalid=wrong.is_some().then_some("true")
                />
            </div>
            <p class="error" id="audience-error">
                {wrong}
            </p>
            {reach(hand)}
            <button class="button small secondary" name="act" value="count">
                "人数を数える"
            </button>
        </div>
    }
    .into_any()
}

fn tick(tried: &Tried, name: &'static str, label: &'static str, about: &'static str) -> AnyView {
    let wrong = tried.wrong(name);
    let note_id = format!("{name}-error");
    view! {
        <div class="field">
            <label class="tick" for=name>
                <input
                    id=name
                    type="checkbox"
                    name=name
                    value="on"
                    checked=tried.value(name) == "on"
                    aria-describedby=note_id.clone()
                />
                <span>{label} <small>{about}</small></span>
            </label>
            <p class="error" id=note_id>
                {wrong}
            </p>
        </div>
    }
    .into_any()
}

fn attachment(tried: &Tried, hand: &InHand, path: &str) -> AnyView {
    let wrong = tried.wrong("attachment");
    let version = hand.version.to_string();
    let present = match &hand.file {
        None => view! { <p>"添付ファイルはありません。"</p> }.into_any(),
        Some((name, bytes)) => {
            let size = format!("（{}KB）", grouped((bytes + 999) / 1000));
            view! {
                <p>
                    <a href=format!("{path}/attachment") download="">
                        {name.clone()}
                    </a>
                    {size}
                </p>
                <form method="post" action=path.to_owned()>
                    <input type="hidden" name="version" value=version.clone() />
                    <button class="button small secondary" name="act" value="detach">
                        "添付を外す"
                    </button>
                </form>
            }
            .into_any()
        }
    };
    view! {
        <section>
            <h2>"添付ファイル"</h2>
            <p class="hint">
                "本文などの変更は、先に保存してください。"
            </p>
            {present}
            <form method="post" action=path.to_owned() enctype="multipart/form-data">
                <input type="hidden" name="version" value=version />
                <div class="field">
                    <label for="attachment">"添付するファイル"</label>
                    <p class="hint" id="attachment-hint">
                        "pdf、png、jpg、xlsx、docx。10MBまで。1つだけ添付できます。"
                    </p>
                    <input
                        id="attachment"
                        name="attachment"
                        type="file"
                        accept=".pdf,.png,.jpg,.jpeg,.xlsx,.docx"
                        aria-describedby="attachment-hint attachment-error"
                    />
                    <p class="error" id="attachment-error">
                        {wrong}
                    </p>
                </div>
                <button class="button small">"添付する"</button>
            </form>
        </section>
    }
    .into_any()
}

fn publishing(hand: &InHand, path: &str, is_unpublished: bool) -> AnyView {
    let go_on = is_unpublished.then(|| {
        view! {
            <p>
                <a class="button" href=format!("{path}/publish")>
                    {if hand.state == NoticeState::Waiting { "公開の確認へ" } else { "公開へ進む" }}
                </a>
            </p>
        }
    });
    let letters = hand.letters.map(|letters| {
        view! {
            <p>
                "メール " {grouped(letters)} "通 "
                <a href=format!("{path}/letters")>"送信の状況"</a>
            </p>
        }
    });
    let (act, about) = match hand.state {
        NoticeState::Draft => (
            "下書きを取り下げる",
            "この下書きを「取り下げ」に移します。会員には表示されていません。",
        ),
        NoticeState::Waiting => (
            "依頼を取り消す",
            "公開の依頼を取り消して、下書きに戻します。",
        ),
        NoticeState::Scheduled => (
            "予約を取り消す",
            "公開の予約を取り消して、下書きに戻します。",
        ),
        NoticeState::OnView | NoticeState::Over => (
            "取り下げる",
            "すぐに表示をやめます。まだ送っていないメールも送りません。元に戻すことはできません。",
        ),
        NoticeState::Withdrawn => {
            return view! {
                <p>"取り下げました。会員には表示されません。"</p>
                {letters}
            }
            .into_any();
        }
    };
    view! {
        {go_on}
        {letters}
        // Asked before it is done.
        <details class="acts">
            <summary>{act}</summary>
            <form method="post" action=format!("{path}/withdraw")>
                <p>{about}</p>
                <input type="hidden" name="version" value=hand.version.to_string() />
                <input type="hidden" name="confirm" value="yes" />
                <button class="button small secondary">{act}</button>
            </form>
        </details>
    }
    .into_any()
}

/// What a preview shows.
#[derive(Clone, Debug)]
pub enum Shown {
    /// お知らせ
    Notice(Notice),
    /// 健康情報
    Article(Article),
}

/// The members' page, in the office's frame. `fields` is what was typed and not kept yet,
/// which goes on from here; nothing where the preview is of what is kept.
pub fn preview(shown: Shown, path: &str, fields: &[(String, String)]) -> AnyView {
    let hidden = fields
        .iter()
        .map(|(name, value)| {
            view! { <input type="hidden" name=name.clone() value=value.clone() /> }
        })
        .collect_view();
    let on = match fields.is_empty() {
        true => view! {
            <p>
                <a href=path.to_owned()>"書く画面へ戻る"</a>
            </p>
        }
        .into_any(),
        false => view! {
            <form method="post" action=path.to_owned() class="actions">
                {hidden}
                <button class="button">"この内容で保存する"</button>
                <button class="button secondary" name="act" value="edit">
                    "書く画面へ戻る"
                </button>
            </form>
        }
        .into_any(),
    };
    view! {
        <p class="notice" role="note">
            "プレビューです。下の枠の中が、会員に表示される内容です。"
        </p>
        {on}
        <div class="preview">
            {match shown {
                Shown::Notice(notice) => view! { <NoticeText notice /> }.into_any(),
                Shown::Article(article) => view! { <ArticleText article /> }.into_any(),
            }}
        </div>
    }
    .into_any()
}

/// What is about to be published.
#[derive(Clone, Debug)]
pub struct ToPublish {
    /// 件名
    pub title: String,
    /// 対象, as it was written.
    pub audience: String,
    /// The first day on view as it will be, and the last.
    pub days: (Date, Option<Date>),
    /// Whether it is on view at once.
    pub at_once: bool,
    /// Whether letters go out.
    pub letter: bool,
    /// Who has asked for it, where this one is to agree.
    pub asked_by: Option<String>,
    /// Whether a second person has to agree after this one.
    pub needs_another: bool,
}

/// Asks for the second time.
pub fn publish(tried: Option<&Tried>, hand: &InHand, to: &ToPublish) -> AnyView {
    let path = hand.path();
    let when = match to.at_once {
        true => "すぐに公開します".to_owned(),
        false => format!("{}の0時から公開します（予約）", day_in_words(to.days.0)),
    };
    let letters = match (to.letter, hand.reach) {
        (false, _) => "送りません".to_owned(),
        (true, reach) => format!(
            "{}人に、公開日の9時以降に1通ずつ送ります（21時から9時までは送りません）",
            grouped(reach.map_or(0, |(_, letters)| letters))
        ),
    };
    let button = match (&to.asked_by, to.needs_another, to.at_once) {
        (Some(_), ..) => "確認して公開する",
        (None, true, _) => "公開を依頼する",
        (None, false, true) => "公開する",
        (None, false, false) => "公開を予約する",
    };
    view! {
        <div class="sheet" data-state=hand.state.as_str()>
            {summary(tried)} <h1>"公開の確認"</h1> {lacks_another(hand.lacks_another)}
            {to
                .asked_by
                .clone()
                .map(|name| view! { <p>{name} "さんが公開を依頼しました。内容を確かめてください。"</p> })}
            {to
                .needs_another
                .then(|| {
                    view! {
                        <p>
                            "メールを送るお知らせは、ほかの広報の職員が確認してから公開されます。"
                        </p>
                    }
                })} <dl class="facts">
                <dt>"件名"</dt>
                <dd>{to.title.clone()}</dd>
                <dt>"公開"</dt>
                <dd>{when}</dd>
                <dt>"公開日～終了日"</dt>
                <dd>{days(to.days)}</dd>
                <dt>"対象"</dt>
                <dd>{to.audience.clone()} {reach(hand)}</dd>
                <dt>"メール"</dt>
                <dd>{letters}</dd>
                <dt>"添付ファイル"</dt>
                <dd>{hand.file.clone().map_or("なし".to_owned(), |(name, _)| name)}</dd>
            </dl> <form method="post" action=format!("{path}/publish")>
                <input type="hidden" name="version" value=hand.version.to_string() />
                <input type="hidden" name="confirm" value="yes" />
                <button class="button wide">{button}</button>
            </form> <ul class="inline-links">
                <li>
                    <a href=format!("{path}/preview")>"プレビュー"</a>
                </li>
                <li>
                    <a href=path.clone()>"書く画面へ戻る"</a>
                </li>
            </ul>
        </div>
    }
    .into_any()
}

/// How far the letters are.
#[derive(Clone, Copy, Debug)]
pub struct Letters {
    /// All that were queued.
    pub all: i64,
    /// Handed over to the mail server.
    pub sent: i64,
    /// Given up.
    pub given_up: i64,
    /// On their way.
    pub waiting: i64,
    /// Held back.
    pub paused: i64,
    /// When they are queued; `None` afterwards.
    pub due: Option<Timestamp>,
}

/// The letters' page: it refreshes itself while some are on their way.
pub fn letters(
    tried: Option<&Tried>,
    told: Option<&str>,
    hand: &InHand,
    title: &str,
    letters: &Letters,
) -> AnyView {
    let path = hand.path();
    let done = (letters.all - letters.waiting - letters.paused).max(0);
    let percent = match letters.all {
        0 => 0,
        all => done * 100 / all,
    };
    let act = |act: &'static str, label: &'static str| {
        view! {
            <form method="post" action=format!("{path}/letters")>
                <button class="button" name="act" value=act>
                    {label}
                </button>
            </form>
        }
    };
    let state = match (letters.due, hand.letter) {
        (Some(at), true) => view! {
            <p role="status">"まだ送っていません。" {at.full()} " 以降に送り始めます。"</p>
        }
        .into_any(),
        (_, false) => view! { <p role="status">"メールでお知らせしないものです。"</p> }.into_any(),
        (None, true) => view! {
            <p role="status">
                {percent} "%（" {grouped(letters.all)} "通のうち " {grouped(done)} "通）"
            </p>
            <progress max="100" value=percent.to_string()>
                {percent}
                "%"
            </progress>
            <dl class="facts">
                <dt>"送りました"</dt>
                <dd>{grouped(letters.sent)} "通"</dd>
                <dt>"待っています"</dt>
                <dd>{grouped(letters.waiting)} "通"</dd>
                <dt>"停止中"</dt>
                <dd>{grouped(letters.paused)} "通"</dd>
                <dt>"送れませんでした"</dt>
                <dd>{grouped(letters.given_up)} "通"</dd>
            </dl>
            {(letters.waiting > 0).then(|| act("pause", "送信を一時停止する"))}
            {(letters.paused > 0).then(|| act("resume", "送信を再開する"))}
        }
        .into_any(),
    };
    view! {
        <div class="sheet" data-state=hand.state.as_str() data-percent=percent.to_string()>
            {summary(tried)} {told.map(status)} <h1>"お知らせメールの送信"</h1>
            <p>{title.to_owned()}</p> {state} <p>
                <a href=path.clone()>"お知らせの画面へ戻る"</a>
            </p>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_it_reaches_is_told_in_groups_of_three() {
        assert_eq!(
            reach_in_words((3412, 2950)),
            "対象 3,412人、うちメール 2,950人"
        );
    }
}
