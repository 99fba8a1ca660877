//! The files that were brought, and the form for the next one.

use app::written::Written;
use leptos::prelude::*;

use super::{FileLine, FilesPage, NewFile};
use crate::parts::{Tried, status, summary};

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
        .written(),
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
    .written()
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
    .written()
}

pub(super) fn another(needs: Option<bool>) -> Option<AnyView> {
    let sentence = match needs? {
        true => "取り込むには、同じ役割のほかの職員の承認が必要です。",
        false => {
            "取り込むには同じ役割のほかの職員の承認が必要ですが、ほかにその役割の職員がいません。先に管理の職員に依頼してください。"
        }
    };
    Some(view! { <p class="notice">{sentence}</p> }.written())
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
    .written()
}
