//! What can be said to a file: bring it in, and when; cancel it; withdraw what it has brought.

use app::written::Written;
use domain::{office::job::JobState, values::timestamp::Timestamp};
use leptos::prelude::*;

use super::{FilePage, brought::another};

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

pub(super) fn withdrawal(undoing: &Undoing, needs_another: Option<bool>, path: &str) -> AnyView {
    let inside = match undoing {
        Undoing::Withdrawn(at) => view! { <p>{at.full()} "に取り消しました。"</p> }.written(),
        Undoing::Not(why) => view! { <p>{why.clone()}</p> }.written(),
        Undoing::Possible {
            asked_by,
            is_own: true,
        } => {
            let asked = asked_by.as_ref().map(|(_, at)| at.full());
            view! {
                <p>{asked} "に取り消しを依頼しました。ほかの職員の承認を待っています。"</p>
            }
            .written()
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
                    <button class="button quiet">"取り消す"</button>
                </form>
            }
            .written()
        }
    };
    view! {
        <section>
            <h2>"取り消し"</h2>
            {inside}
        </section>
    }
    .written()
}

/// What can be said to a file that waits for somebody.
pub(super) fn decision(page: &FilePage, path: &str) -> Option<AnyView> {
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
            return Some(view! { <p class="notice">{sentence}</p> }.written());
        }
        _ => return None,
    };
    // Where another person is asked, that one says when.
    let asks_another = page.line.state == JobState::Previewed && page.needs_another.is_some();
    let starts = page.tonight && !asks_another;
    Some(
        view! {
            {(page.line.state == JobState::Previewed).then(|| another(page.needs_another))}
            <form method="post" action=format!("{path}/{to}")>
                <input type="hidden" name="plan" value=page.plan.clone() />
                <label class="tick">
                    <input type="checkbox" name="confirm" value="yes" />
                    <span>{sentence}</span>
                </label>
                {starts.then(when)}
                <button class="button">{button}</button>
            </form>
        }
        .written(),
    )
}

/// Asks whether a list of many lines is to wait for the night.
pub(super) fn when() -> AnyView {
    view! {
        <fieldset class="ticks">
            <legend>"いつ取り込みますか"</legend>
            <p>
                "行が多いため、取り込んでいる数十秒から数分のあいだ、加入者のログインや登録が待たされます。使う方の少ない夜中をおすすめします。"
            </p>
            <label class="tick">
                <input type="radio" name="when" value="tonight" checked />
                <span>"今夜2時に取り込む"</span>
            </label>
            <label class="tick">
                <input type="radio" name="when" value="now" />
                <span>"すぐに取り込む"</span>
            </label>
        </fieldset>
    }
    .written()
}

pub(super) fn cancel(path: &str) -> AnyView {
    view! {
        <details class="acts">
            <summary>"中止する"</summary>
            <form method="post" action=format!("{path}/cancel")>
                <label class="tick">
                    <input type="checkbox" name="confirm" value="yes" />
                    <span>"中止して、ファイルを消すことを確認しました（何も変更されません）"</span>
                </label>
                <button class="button small quiet">"中止する"</button>
            </form>
        </details>
    }
    .written()
}
