//! A notice in hand: what its pages show beside its fields.

use app::written::Written;
use domain::{
    office::notice::NoticeState,
    values::{number::grouped, timestamp::Timestamp},
};
use leptos::prelude::*;
use uuid::Uuid;

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
    pub(super) fn path(&self) -> String {
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

pub(super) fn reach(hand: &InHand) -> AnyView {
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
    .written()
}

pub(super) fn steps(steps: &[StepLine]) -> AnyView {
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
    .written()
}

pub(super) fn conflict(conflict: &Conflict) -> AnyView {
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
    .written()
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
