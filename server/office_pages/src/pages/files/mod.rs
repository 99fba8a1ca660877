//! O-20 to O-23: 取込. A file is brought, checked, asked about, shown, and then brought in.

mod brought;
mod decision;
mod found;

pub use self::{
    brought::{file_table, list, new},
    decision::Undoing,
    found::{Ask, BadLine, ChangedValue, Found, RawLine, Table, values},
};

use app::written::Written;
use domain::{
    office::job::{JobKind, JobState},
    values::{number::grouped, timestamp::Timestamp},
};
use leptos::prelude::*;
use uuid::Uuid;

use self::{
    decision::{cancel, decision, withdrawal},
    found::found,
};
use crate::parts::{Tried, status, summary};

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
    /// Whether it may wait for the night.
    pub tonight: bool,
    /// Until when it waits for that.
    pub waits_until: Option<Timestamp>,
    /// What was found in it.
    pub found: Found,
    /// Marks the plan that is shown.
    pub plan: String,
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
    let state = match page.waits_until {
        Some(_) => "夜間の取込待ち",
        None => line.state.name(),
    };
    view! {
        {summary(tried)}
        {told.map(status)}
        <section data-state=line.state.as_str() data-percent=page.percent.to_string()>
            <h1>{line.kind.name()} "の取込：" {state}</h1>
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
    .written()
}

fn at_work(page: &FilePage, path: &str) -> Option<AnyView> {
    if let Some(at) = page.waits_until {
        let sentence = format!(
            "{}に取り込みます。それまでは何も変更せず、下の「中止する」でやめられます。",
            at.full()
        );
        return Some(view! { <p class="notice">{sentence}</p> }.written());
    }
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
        .written()
    })
}
