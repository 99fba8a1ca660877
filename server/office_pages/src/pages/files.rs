//! O-20 to O-23: 取込. A file is brought, checked, asked about, shown, and then brought in.

use domain::{
    looking::Reason,
    office::job::{JobKind, JobState},
    values::{number::grouped, timestamp::Timestamp},
};
use leptos::prelude::*;
use uuid::Uuid;

use crate::parts::{Input, TEXT, Tried, field, status, summary};

/// A file that was brought.
#[derive(Clone, Debug)]
pub struct FileLine {
    /// The job.
    pub id: Uuid,
    /// What it is.
    pub kind: JobKind,
    /// How far it has come.
    pub state: JobState,
    /// Its name.
    pub file_name: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// What has come of it.
    pub report: String,
}

/// The list of them.
#[derive(Clone, Debug)]
pub struct FilesPage {
    /// What may be brought.
    pub kinds: Vec<JobKind>,
    /// The newest first.
    pub files: Vec<FileLine>,
}

/// The form for a file.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// What it is.
    pub kind: JobKind,
    /// Its columns, in their order.
    pub columns: Vec<&'static str>,
    /// Whether another person has to confirm it, and whether there is one.
    pub needs_another: Option<bool>,
}

/// One file.
#[derive(Clone, Debug)]
pub struct FilePage {
    /// What the list shows of it.
    pub line: FileLine,
    /// How far the step at hand is, from 0 to 100.
    pub percent: u64,
    /// Rows read so far.
    pub rows: u64,
    /// What is being done.
    pub step: &'static str,
    /// In bytes.
    pub bytes: u64,
    /// SHA-256, in hexadecimal.
    pub sha256: String,
    /// Who wants it brought in.
    pub run_by: Option<(String, Timestamp)>,
    /// Who has confirmed that.
    pub confirmed_by: Option<(String, Timestamp)>,
    /// Whether another person has to confirm it, and whether there is one.
    pub needs_another: Option<bool>,
    /// Whether whoever looks may confirm it.
    pub may_confirm: bool,
    /// Whether what it has brought in can go again; nothing before it is in.
    pub withdrawal: Option<Undoing>,
    /// What was found in it.
    pub found: Found,
    /// Marks the plan that is shown.
    pub plan: String,
}

/// Whether what a file has brought in can go again.
#[derive(Clone, Debug)]
pub enum Undoing {
    /// It can.
    Possible {
        /// Who has asked for it, where two have to want it.
        asked_by: Option<(String, Timestamp)>,
        /// Whether that is whoever looks.
        is_own: bool,
    },
    /// It has gone.
    Withdrawn(Timestamp),
    /// It cannot, and why.
    Not(String),
}

/// What was found in a file.
#[derive(Clone, Debug)]
pub enum Found {
    /// Nothing is known, or it is known no more.
    Nothing,
    /// It cannot come in.
    Refused {
        /// Why.
        sentence: String,
        /// The first lines that are wrong.
        lines: Vec<BadLine>,
        /// How many there are.
        count: u64,
    },
    /// Something has to be answered first.
    Asks {
        /// The first questions.
        questions: Vec<Ask>,
        /// How many there are.
        count: u64,
    },
    /// It would change this.
    Plan {
        /// Good rows.
        rows: u64,
        /// How many are added, changed, …
        counts: Vec<(String, i64)>,
        /// The first values that change.
        changes: Vec<ChangedValue>,
        /// How many there are.
        all_changes: u64,
        /// Other tables: by employer, by month.
        tables: Vec<Table>,
    },
}

/// A line that is wrong.
#[derive(Clone, Debug)]
pub struct BadLine {
    /// Its number.
    pub line: u64,
    /// About whom or what.
    pub key: String,
    /// The column.
    pub column: String,
    /// What stands there; nothing of what is about health.
    pub value: String,
    /// What is wrong.
    pub what: String,
}

/// A question.
#[derive(Clone, Debug)]
pub struct Ask {
    /// The line by which it is answered.
    pub line: u64,
    /// The question.
    pub sentence: String,
    /// The answers: the field's value, and in words.
    pub answers: Vec<(&'static str, &'static str)>,
}

/// A line of a file about health, as it stands there.
#[derive(Clone, Debug)]
pub struct RawLine {
    /// Its number.
    pub line: u64,
    /// Each column's name and what stands there; nothing of the own household.
    pub cells: Vec<(&'static str, String)>,
}

/// A value that changes.
#[derive(Clone, Debug)]
pub struct ChangedValue {
    /// The line, if it is one of the file.
    pub line: String,
    /// About whom or what.
    pub whose: String,
    /// The column.
    pub column: String,
    /// What is on file.
    pub old: String,
    /// What is in the file.
    pub new: String,
}

/// A table of counts.
#[derive(Clone, Debug)]
pub struct Table {
    /// What it tells.
    pub title: &'static str,
    /// The columns.
    pub heads: Vec<String>,
    /// How many of them, from the first, are words; the others are numbers.
    pub words: usize,
    /// The rows.
    pub rows: Vec<Vec<String>>,
}

/// 取込: what may be brought, and what was.
pub fn list(told: Option<&str>, page: &FilesPage) -> AnyView {
    let new = page
        .kinds
        .iter()
        .map(|kind| {
            view! {
                <li>
                    <a class="button small" href=format!("/office/files/new?kind={}", kind.as_str())>
                        {kind.name()} "を取り込む"
                    </a>
                </li>
            }
        })
        .collect_view();
    let files = match page.files.is_empty() {
        true => view! {
            <p>"まだ取り込んだファイルはありません。上のボタンから、はじめのファイルを選んでください。"</p>
        }
        .into_any(),
        false => file_table(&page.files, "最近の取込"),
    };
    view! {
        {told.map(status)}
        <h1>"取込"</h1>
        <ul class="changes">{new}</ul>
        <section>
            <h2>"最近の取込"</h2>
            {files}
        </section>
    }
    .into_any()
}

/// The files as a table, each with its state; `label` tells it from others of the page.
pub fn file_table(files: &[FileLine], label: &'static str) -> AnyView {
    let lines = files
        .iter()
        .map(|file| {
            view! {
                <tr>
                    <th scope="row" data-label="ファイル">
                        <a href=format!("/office/files/{}", file.id)>
                            {file.kind.name()} " " {file.file_name.clone()}
                        </a>
                    </th>
                    <td data-label="状態">{file.state.name()}</td>
                    <td data-label="内容">{file.report.clone()}</td>
                    <td data-label="担当">{file.by.clone()}</td>
                    <td data-label="日時">{file.at.full()}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=label>
            <table class="office-table">
                <thead>
                    <tr>
                        <th scope="col">"ファイル"</th>
                        <th scope="col">"状態"</th>
                        <th scope="col">"内容"</th>
                        <th scope="col">"担当"</th>
                        <th scope="col">"日時"</th>
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn another(needs: Option<bool>) -> Option<AnyView> {
    let sentence = match needs? {
        true => "取り込むには、同じ役割のほかの職員の承認が必要です。",
        false => {
            "取り込むには同じ役割のほかの職員の承認が必要ですが、ほかにその役割の職員がいません。先に管理の職員に依頼してください。"
        }
    };
    Some(view! { <p class="notice">{sentence}</p> }.into_any())
}

/// The form for a file.
pub fn new(tried: Option<&Tried>, page: &NewFile) -> AnyView {
    let wrong = tried.and_then(|tried| tried.wrong("file"));
    let action = format!("/office/files/new?kind={}", page.kind.as_str());
    view! {
        <div class="sheet">
            {summary(tried)} <h1>{page.kind.name()} "を取り込む"</h1> {another(page.needs_another)}
            <form method="post" action=action enctype="multipart/form-data" novalidate>
                <input type="hidden" name="kind" value=page.kind.as_str() />
                <div class="field">
                    <label for="file">"ファイル"</label>
                    <p class="hint" id="file-hint">
                        "CSV（UTF-8またはShift_JIS）かExcelブック（.xlsx）、100MBまで"
                    </p>
                    <div class="control">
                        <input
                            id="file"
                            name="file"
                            type="file"
                            accept=".csv,.txt,.xlsx,text/csv"
                            aria-describedby="file-hint file-error"
                            aria-invalid=wrong.is_some().then_some("true")
                        />
                    </div>
                    <p class="error" id="file-error">
                        {wrong}
                    </p>
                </div>
                <button class="button wide">"送信して下見する"</button>
            </form>
            <p>"送信しただけでは、何も変わりません。内容を下見してから取り込みます。"</p>
            <details>
                <summary>"見出し（列の名前）"</summary>
                <p>{page.columns.join("、")}</p>
            </details>
            <p>
                <a href="/office/files">"取込の一覧へ"</a>
            </p>
        </div>
    }
    .into_any()
}

/// One file: how far it is, what was found, and what can be said to it.
pub fn file(tried: Option<&Tried>, told: Option<&str>, page: &FilePage) -> AnyView {
    let line = &page.line;
    let path = format!("/office/files/{}", line.id);
    let by = |who: &Option<(String, Timestamp)>| {
        who.as_ref()
            .map(|(name, at)| format!("{name} {}", at.full()))
    };
    let mut facts = vec![
        ("ファイル", line.file_name.clone()),
        (
            "大きさ",
            format!("{} バイト", grouped(page.bytes.cast_signed())),
        ),
        ("受付", format!("{} {}", line.by, line.at.full())),
    ];
    facts.extend(by(&page.run_by).map(|who| ("取込の依頼", who)));
    facts.extend(by(&page.confirmed_by).map(|who| ("承認", who)));
    if !line.report.is_empty() {
        facts.push(("内容", line.report.clone()));
    }
    facts.push(("SHA-256", page.sha256.clone()));
    let facts = facts
        .into_iter()
        .map(|(name, value)| view! { <dt>{name}</dt> <dd>{value}</dd> })
        .collect_view();
    view! {
        {summary(tried)}
        {told.map(status)}
        <section data-state=line.state.as_str() data-percent=page.percent.to_string()>
            <h1>{line.kind.name()} "の取込：" {line.state.name()}</h1>
            {at_work(page, &path)}
            {(!line.state.is_at_work()).then(|| found(page, tried, &path))}
            {decision(page, &path)}
            {line.state.is_open().then(|| cancel(&path))}
            {page.withdrawal.as_ref().map(|one| withdrawal(one, page.needs_another, &path))}
            <dl class="facts">{facts}</dl>
            <p>
                <a href="/office/files">"取込の一覧へ"</a>
            </p>
        </section>
    }
    .into_any()
}

fn withdrawal(undoing: &Undoing, needs_another: Option<bool>, path: &str) -> AnyView {
    let inside = match undoing {
        Undoing::Withdrawn(at) => view! { <p>{at.full()} "に取り消しました。"</p> }.into_any(),
        Undoing::Not(why) => view! { <p>{why.clone()}</p> }.into_any(),
        Undoing::Possible {
            asked_by,
            is_own: true,
        } => {
            let asked = asked_by.as_ref().map(|(_, at)| at.full());
            view! {
                <p>{asked} "に取り消しを依頼しました。ほかの職員の承認を待っています。"</p>
            }
            .into_any()
        }
        Undoing::Possible { asked_by, .. } => {
            let alone = (needs_another == Some(false)).then_some(
                "取り消しには2人の承認が必要ですが、この役割の職員がほかにいません。管理の職員に依頼してください。",
            );
            let asked = asked_by.as_ref().map(|(name, at)| {
                format!(
                    "{name}が{}に取り消しを依頼しました。承認すると、すぐに取り消します。",
                    at.full()
                )
            });
            view! {
                <p>
                    "この取込で加わった明細を削除し、置きかえられた明細を元に戻します。加入者の画面もすぐに変わります。"
                </p>
                {asked.map(|sentence| view! { <p>{sentence}</p> })}
                {alone.map(|sentence| view! { <p class="hint">{sentence}</p> })}
                <form method="post" action=format!("{path}/withdraw")>
                    <label class="tick">
                        <input type="checkbox" name="confirm" value="yes" />
                        <span>"この取込を取り消す"</span>
                    </label>
                    <button class="button secondary">"取り消す"</button>
                </form>
            }
            .into_any()
        }
    };
    view! {
        <section>
            <h2>"取り消し"</h2>
            {inside}
        </section>
    }
    .into_any()
}

fn at_work(page: &FilePage, path: &str) -> Option<AnyView> {
    page.line.state.is_at_work().then(|| {
        let percent = page.percent;
        view! {
            <p role="status">
                {page.step} " " {percent} "%" {(page.rows > 0)
                    .then(|| format!("（{}行）", grouped(page.rows.cast_signed())))}
            </p>
            <progress max="100" value=percent.to_string() aria-label="進みぐあい"></progress>
            <p>
                "この画面は自動で更新されます。閉じても処理は続きます。"
                <a href=path.to_owned()>"更新する"</a>
            </p>
        }
        .into_any()
    })
}

fn found(page: &FilePage, tried: Option<&Tried>, path: &str) -> AnyView {
    match &page.found {
        Found::Nothing => match page.line.state {
            JobState::Done => view! { <p>"取り込みました。"</p> }.into_any(),
            JobState::Cancelled => {
                view! { <p>"中止しました。何も変更していません。"</p> }.into_any()
            }
            JobState::Failed => view! {
                <p>
                    "サーバーの不具合で処理できませんでした。何も変更していません。もう一度ファイルを送信してください。"
                </p>
            }
            .into_any(),
            _ => view! {
                <p>
                    "ファイルは24時間で消えます。何も変更していません。もう一度ファイルを送信してください。"
                </p>
            }
            .into_any(),
        },
        Found::Refused {
            sentence,
            lines,
            count,
        } => refused(page, tried, sentence, lines, *count, path),
        Found::Asks { questions, count } => asks(questions, *count, tried, path),
        Found::Plan {
            rows,
            counts,
            changes,
            all_changes,
            tables,
        } => plan(*rows, counts, changes, *all_changes, tables),
    }
}

fn refused(
    page: &FilePage,
    tried: Option<&Tried>,
    sentence: &str,
    lines: &[BadLine],
    count: u64,
    path: &str,
) -> AnyView {
    let is_health = page.line.kind.is_health();
    let mut heads = vec!["行", "記号-番号-枝番など", "列"];
    if !is_health {
        heads.push("値");
    }
    heads.push("直すところ");
    let rows = lines.iter().map(|one| {
        let mut row = vec![
            format!("{}行目", one.line),
            one.key.clone(),
            one.column.clone(),
        ];
        if !is_health {
            row.push(one.value.clone());
        }
        row.push(one.what.clone());
        row
    });
    let rows: Vec<_> = rows.collect();
    let shown = Table {
        title: "直すところ",
        heads: heads.into_iter().map(str::to_owned).collect(),
        words: usize::MAX,
        rows,
    };
    view! {
        <p class="notice warn">
            "このファイルは取り込めません。何も変更していません。" {sentence.to_owned()}
        </p>
        {(count > 0)
            .then(|| {
                view! {
                    <p>
                        "誤りは" {grouped(count.cast_signed())} "件あります。"
                        <a href=format!("{path}/problems.csv")>"一覧をCSVでダウンロードする"</a>
                    </p>
                    {table(&shown)}
                }
            })}
        <p>
            <a class="button small" href=format!("/office/files/new?kind={}", page.line.kind.as_str())>
                "直したファイルを送信する"
            </a>
        </p>
        {(is_health && count > 0).then(|| values_form(tried, path))}
    }
    .into_any()
}

/// Asks why, before a value of anybody's health is shown.
fn values_form(tried: Option<&Tried>, path: &str) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let wrong = shown.wrong("reason");
    let chosen = shown.value("reason");
    let choices = Reason::ALL
        .into_iter()
        .filter(|one| *one != Reason::Inquiry)
        .map(|one| {
            view! {
                <label class="tick">
                    <input
                        type="radio"
                        name="reason"
                        value=one.as_str()
                        checked=chosen == one.as_str()
                    />
                    <span>{one.in_words()}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <details class="acts" open=tried.is_some()>
            <summary>"値を表示"</summary>
            <form method="post" action=format!("{path}/values") novalidate>
                <p>
                    "誤りのある行のはじめの20行を、ファイルにあるとおりに表示します。見た日、役割、理由は、それぞれのご本人の記録に載ります。"
                </p>
                <fieldset class="ticks" id="reason" tabindex="-1" aria-describedby="reason-error">
                    <legend>"理由"</legend>
                    {choices}
                </fieldset>
                <p class="error" id="reason-error">
                    {wrong}
                </p>
                {field(
                    &shown,
                    "reason_text",
                    "補足（なくてもかまいません）",
                    Input {
                        hint: "200文字まで。健康や家族のことは書かないでください。",
                        ..TEXT
                    },
                )} <button class="button small">"値を表示"</button>
            </form>
        </details>
    }
    .into_any()
}

/// What stands in some lines of a file about health.
pub fn values(file: Uuid, lines: &[RawLine]) -> AnyView {
    let shown = lines
        .iter()
        .map(|one| {
            let cells = one
                .cells
                .iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(column, value)| view! { <dt>{*column}</dt> <dd>{value.clone()}</dd> })
                .collect_view();
            let hidden = one
                .cells
                .is_empty()
                .then_some("この行は表示できません（ご自分の世帯です）。");
            view! {
                <section>
                    <h2>{one.line} "行目"</h2>
                    <dl class="facts">{cells}</dl>
                    {hidden.map(|sentence| view! { <p>{sentence}</p> })}
                </section>
            }
        })
        .collect_view();
    view! {
        <h1>"値の表示"</h1>
        {shown}
        <p>
            <a href=format!("/office/files/{file}")>"取込の画面へ"</a>
        </p>
    }
    .into_any()
}

fn asks(questions: &[Ask], count: u64, tried: Option<&Tried>, path: &str) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let asked = questions
        .iter()
        .map(|ask| {
            let name = format!("answer_{}", ask.line);
            let chosen = shown.value(&name);
            let answers = ask
                .answers
                .iter()
                .map(|(value, words)| {
                    view! {
                        <label class="tick">
                            <input
                                type="radio"
                                name=name.clone()
                                value=*value
                                checked=chosen == *value
                            />
                            <span>{*words}</span>
                        </label>
                    }
                })
                .collect_view();
            view! {
                <fieldset class="ticks" id=name.clone()>
                    <legend>{ask.sentence.clone()}</legend>
                    {answers}
                </fieldset>
            }
        })
        .collect_view();
    let shown_of = (count > questions.len() as u64).then(|| {
        format!(
            "{}件のうち、はじめの{}件です。回答のあとに、続きをたずねます。",
            grouped(count.cast_signed()),
            questions.len()
        )
    });
    view! {
        <form method="post" action=format!("{path}/answers")>
            <h2>"取り込む前の質問"</h2>
            {shown_of.map(|sentence| view! { <p>{sentence}</p> })}
            {asked}
            <button class="button">"回答してもう一度確認する"</button>
        </form>
    }
    .into_any()
}

fn plan(
    rows: u64,
    counts: &[(String, i64)],
    changes: &[ChangedValue],
    all_changes: u64,
    tables: &[Table],
) -> AnyView {
    let counts = counts
        .iter()
        .map(|(what, count)| view! { <dt>{what.clone()}</dt> <dd>{grouped(*count)} "件"</dd> })
        .collect_view();
    let first = Table {
        title: "変わるところ",
        heads: ["行", "記号-番号-枝番など", "列", "登録済み", "ファイル"]
            .map(str::to_owned)
            .to_vec(),
        words: usize::MAX,
        rows: changes
            .iter()
            .map(|one| {
                vec![
                    one.line.clone(),
                    one.whose.clone(),
                    one.column.clone(),
                    one.old.clone(),
                    one.new.clone(),
                ]
            })
            .collect(),
    };
    let rest = all_changes.saturating_sub(changes.len() as u64);
    view! {
        <h2>"下見"</h2>
        <p>{grouped(rows.cast_signed())} "行を読みました。まだ何も変更していません。"</p>
        <dl class="facts">{counts}</dl>
        {tables
            .iter()
            .map(|one| view! { <h3>{one.title}</h3> {table(one)} })
            .collect_view()}
        {(!changes.is_empty())
            .then(|| {
                view! {
                    <h3>"変わるところ"</h3>
                    {table(&first)}
                    {(rest > 0)
                        .then(|| {
                            view! { <p>"ほか" {grouped(rest.cast_signed())} "か所"</p> }
                        })}
                }
            })}
    }
    .into_any()
}

fn table(table: &Table) -> AnyView {
    let is_number = |at: usize| at >= table.words;
    let heads = table
        .heads
        .iter()
        .enumerate()
        .map(|(at, head)| {
            view! {
                <th scope="col" class=is_number(at).then_some("number")>
                    {head.clone()}
                </th>
            }
        })
        .collect_view();
    let rows = table
        .rows
        .iter()
        .map(|row| {
            let cells = row
                .iter()
                .zip(&table.heads)
                .enumerate()
                .map(|(at, (cell, head))| {
                    view! {
                        <td class=is_number(at).then_some("number") data-label=head.clone()>
                            {cell.clone()}
                        </td>
                    }
                })
                .collect_view();
            view! { <tr>{cells}</tr> }
        })
        .collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=table.title>
            <table class="office-table">
                <thead>
                    <tr>{heads}</tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// What can be said to a file that waits for somebody.
fn decision(page: &FilePage, path: &str) -> Option<AnyView> {
    let (to, button, sentence) = match page.line.state {
        JobState::Previewed if page.needs_another.is_some() => (
            "run",
            "承認を依頼する",
            "下見の内容で取り込むことを確認しました",
        ),
        JobState::Previewed => ("run", "取り込む", "下見の内容で取り込むことを確認しました"),
        JobState::Waiting if page.may_confirm => {
            ("confirm", "承認して取り込む", "下見の内容を確認しました")
        }
        JobState::Waiting => {
            let sentence = "ほかの職員の承認を待っています。";
            return Some(view! { <p class="notice">{sentence}</p> }.into_any());
        }
        _ => return None,
    };
    Some(
        view! {
            {(page.line.state == JobState::Previewed).then(|| another(page.needs_another))}
            <form method="post" action=format!("{path}/{to}")>
                <input type="hidden" name="plan" value=page.plan.clone() />
                <label class="tick">
                    <input type="checkbox" name="confirm" value="yes" />
                    <span>{sentence}</span>
                </label>
                <button class="button">{button}</button>
            </form>
        }
        .into_any(),
    )
}

fn cancel(path: &str) -> AnyView {
    view! {
        <details class="acts">
            <summary>"中止する"</summary>
            <form method="post" action=format!("{path}/cancel")>
                <label class="tick">
                    <input type="checkbox" name="confirm" value="yes" />
                    <span>"中止して、ファイルを消すことを確認しました（何も変更されません）"</span>
                </label>
                <button class="button small secondary">"中止する"</button>
            </form>
        </details>
    }
    .into_any()
}
