//! What was found in a file: what is wrong, what is asked, what would change.

use app::written::Written;
use domain::{looking::Reason, office::job::JobState, values::number::grouped};
use leptos::prelude::*;
use uuid::Uuid;

use super::{super::reason_fields::reason_fields, FilePage};
use crate::parts::Tried;

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

pub(super) fn found(page: &FilePage, tried: Option<&Tried>, path: &str) -> AnyView {
    match &page.found {
        Found::Nothing => match page.line.state {
            JobState::Done => view! { <p>"取り込みました。"</p> }.written(),
            JobState::Cancelled => {
                view! { <p>"中止しました。何も変更していません。"</p> }.written()
            }
            JobState::Failed => view! {
                <p>
                    "サーバーの不具合で処理できませんでした。何も変更していません。もう一度ファイルを送信してください。"
                </p>
            }
            .written(),
            _ => view! {
                <p>
                    "ファイルは24時間で消えます。何も変更していません。もう一度ファイルを送信してください。"
                </p>
            }
            .written(),
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
    .written()
}

/// Asks why, before a value of anybody's health is shown.
fn values_form(tried: Option<&Tried>, path: &str) -> AnyView {
    let choices = Reason::ALL
        .into_iter()
        .filter(|one| *one != Reason::Inquiry);
    let fields = reason_fields(
        &tried.cloned().unwrap_or_default(),
        choices.map(|one| (one, None)),
    );
    view! {
        <details class="acts" open=tried.is_some()>
            <summary>"値を表示"</summary>
            <form method="post" action=format!("{path}/values") novalidate>
                <p>
                    "誤りのある行のはじめの20行を、ファイルにあるとおりに表示します。見た日、役割、理由は、それぞれのご本人の記録に載ります。"
                </p>
                {fields} <button class="button small">"値を表示"</button>
            </form>
        </details>
    }
    .written()
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
    .written()
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
    .written()
}

pub(super) fn plan(
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
    .written()
}

pub(super) fn table(table: &Table) -> AnyView {
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
    .written()
}
