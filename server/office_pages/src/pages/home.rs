//! O-1: ダッシュボード

use app::written::Written;
use domain::values::timestamp::Timestamp;
use leptos::prelude::*;

use super::{
    files::{FileLine, file_table},
    staff::{ChangeLine, change_list},
};

/// What the first page shows.
#[derive(Clone, Debug, Default)]
pub struct Home {
    /// What was done to the office's people since the last sign-in: for administrators.
    pub changes: Vec<ChangeLine>,
    /// What waits for a second administrator.
    pub waiting: Vec<ChangeLine>,
    /// Who came in by a code from the command line since then, and when.
    pub by_command_line: Vec<(String, Timestamp)>,
    /// Files that wait for somebody, for whoever handles such files.
    pub waiting_files: Vec<FileLine>,
    /// The last files of theirs.
    pub files: Vec<FileLine>,
    /// What was typed when the session was over: where it goes, and its fields.
    pub draft: Option<(String, Vec<(String, String)>)>,
}

/// The page; `figures` are the portal's numbers.
pub fn page(home: &Home, figures: AnyView) -> AnyView {
    view! {
        <h1>"ダッシュボード"</h1>
        {home.draft.as_ref().map(|(path, fields)| draft(path, fields))}
        {(!home.by_command_line.is_empty()).then(|| by_command_line(&home.by_command_line))}
        {(!home.waiting.is_empty())
            .then(|| {
                view! {
                    <section>
                        <h2>"確認を待っている変更"</h2>
                        {change_list(&home.waiting, true)}
                    </section>
                }
            })}
        {(!home.changes.is_empty())
            .then(|| {
                view! {
                    <section>
                        <h2>"前回のログインのあとの職員の変更"</h2>
                        {change_list(&home.changes, false)}
                    </section>
                }
            })}
        {(!home.waiting_files.is_empty())
            .then(|| {
                view! {
                    <section>
                        <h2>"確認を待っているファイル"</h2>
                        {file_table(&home.waiting_files, "確認を待っているファイル")}
                    </section>
                }
            })}
        {(!home.files.is_empty())
            .then(|| {
                view! {
                    <section>
                        <h2>"最近の取込"</h2>
                        {file_table(&home.files, "最近の取込")}
                    </section>
                }
            })}
        {figures}
    }
    .written()
}

fn by_command_line(who: &[(String, Timestamp)]) -> AnyView {
    let lines = who
        .iter()
        .map(|(name, at)| view! { <li>{name.clone()} "さん " {at.full()}</li> })
        .collect_view();
    view! {
        <section>
            <h2>"サーバーで発行したコードでのログイン"</h2>
            <ul>{lines}</ul>
        </section>
    }
    .written()
}

/// What could not be sent because the session was over.
fn draft(path: &str, fields: &[(String, String)]) -> AnyView {
    let shown = fields
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(_, value)| view! { <li>{value.clone()}</li> })
        .collect_view();
    let hidden = fields
        .iter()
        .map(
            |(name, value)| view! { <input type="hidden" name=name.clone() value=value.clone() /> },
        )
        .collect_view();
    view! {
        <section class="notice warn">
            <h2>"送信できなかった内容があります"</h2>
            <p>"前のログインが終了したため、次の内容はまだ送信されていません。"</p>
            <ul>{shown}</ul>
            <form method="post" action=path.to_owned()>
                {hidden} <button class="button">"この内容で送信する"</button>
            </form>
            <form method="post" action="/office/draft">
                <button class="link-button">"送信しないで消す"</button>
            </form>
        </section>
    }
    .written()
}
