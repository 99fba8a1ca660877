//! O-40 to O-42: ハガキの発行. For whom, how many people that are, and what became of it.

mod ask;
mod overview;
mod run;

use app::written::Written;
use leptos::prelude::*;

pub use self::{
    ask::{Asked, ask},
    overview::{Overview, RunLine, employer_in_words, page},
    run::{Now, RunPage, run},
};

/// How many postcards there are, of a run or an employer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// Were made; 0 where nobody counts that.
    pub issued: i64,
    /// Can be used.
    pub open: i64,
    /// Were used.
    pub used: i64,
    /// Were used by nobody until their last day.
    pub expired: i64,
    /// Came back.
    pub returned: i64,
}

/// The columns of counts, and what each is called.
fn counted(counts: Counts) -> [(&'static str, i64); 4] {
    [
        ("有効（未使用）", counts.open),
        ("使用済み", counts.used),
        ("期限切れ", counts.expired),
        ("返送", counts.returned),
    ]
}

/// Whether another clerk has to confirm a run of several postcards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FourEyes {
    /// No.
    Off,
    /// Yes, and there is one.
    On,
    /// Yes, and there is none.
    NobodyElse,
}

fn four_eyes(four_eyes: FourEyes) -> AnyView {
    let sentence = match four_eyes {
        FourEyes::Off => return ().into_any(),
        FourEyes::On => "2枚以上の発行は、ほかの取込の職員が確認すると始まります。",
        FourEyes::NobodyElse => {
            "2枚以上の発行にはほかの取込の職員の確認が必要ですが、ほかにいません。管理の職員に登録を依頼するか、サーバーの portal postcards issue で発行してください。"
        }
    };
    view! { <p class="notice">{sentence}</p> }.written()
}

fn numbers(counts: Counts) -> AnyView {
    counted(counts)
        .into_iter()
        .map(|(name, count)| {
            view! {
                <td class="number" data-label=name>
                    {count}
                </td>
            }
        })
        .collect_view()
        .written()
}

fn heads(counts: Counts) -> AnyView {
    counted(counts)
        .into_iter()
        .map(|(name, _)| {
            view! {
                <th scope="col" class="number">
                    {name}
                </th>
            }
        })
        .collect_view()
        .written()
}
