//! 医療費控除: what the year adds up to for the tax return, and what the member has
//! to look at before it.

use leptos::prelude::*;

use crate::{
    expense::{sum, yen},
    month::Month,
    ports::ExpenseYear,
    tax::ToCheck,
};

/// For the tax return of a year.
#[component]
pub fn Deduction<'a>(
    /// The year.
    year: &'a ExpenseYear,
) -> impl IntoView + use<> {
    let all = sum(&year.expenses);
    let of_year = year.year;
    let patients: Vec<String> = (0..year.people.len())
        .filter(|place| year.expenses.iter().any(|e| e.patient == *place))
        .filter_map(|place| year.people.get(place).map(|one| one.name.clone()))
        .collect();
    let checks = checks(year);
    let complete = checks.is_empty();
    let too_long = ToCheck::of(&year.people, &year.expenses).too_long;
    let long = !too_long.is_empty();
    view! {
        <section id="deduction">
            <h2>"医療費控除（確定申告）のために"</h2>
            <dl class="facts">
                <div>
                    <dt>"支払った医療費（窓口負担額の合計）"</dt>
                    <dd>{yen(all.paid)}</dd>
                </div>
                <div>
                    <dt>"補填される金額（付加給付額の合計）"</dt>
                    <dd>{yen(all.extra)}</dd>
                </div>
                <div>
                    <dt>"医療を受けた方"</dt>
                    <dd>{patients.join("、")}</dd>
                </div>
            </dl>
            <h3>"ご確認いただきたいこと"</h3>
            {if complete {
                view! { <p>"この年の通知で、足りないものや直すものは見つかりませんでした。"</p> }
                    .into_any()
            } else {
                view! { <ul>{checks.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }
                    .into_any()
            }}
            <p>
                "医療費控除は、その年の1月から12月までに支払った医療費が対象です。12月の診療を翌年に支払ったときは、翌年の分になります。自費の診療、市販の薬、通院の交通費などはこの通知に載りません。"
            </p>
            <div class="screen-only">
                <h3>"国税庁の医療費集計フォームに写す"</h3>
                <p>
                    <a href=format!(
                        "/expenses/form.csv?year={of_year}",
                    )>"医療費集計フォーム（v3.1）用のデータを保存する"</a> "（古いソフト用："
                    <a href=format!("/expenses/form.csv?year={of_year}&encoding=cp932")>"Shift_JIS"</a>
                    "）"
                </p>
                <p>
                    "開いて全体をコピーし、フォームの9行目・B列から貼り付けてください。支払年月日は通知に載らないため空欄です。窓口負担のない行は入っていません。"
                </p>
                {long
                    .then(|| {
                        let name = |(name, most): (String, usize)| {
                            view! { <li>"「" {name} "」（" {most} "文字まで）"</li> }
                        };
                        view! {
                            <p>
                                "次の名称は、フォームに入る文字数より長いものです。途中で切らずにお渡ししますので、貼り付けたあとで短く直してください。"
                            </p>
                            <ul>{too_long.into_iter().map(name).collect_view()}</ul>
                        }
                    })}
            </div>
        </section>
    }
}

/// What is missing, and what the member alone can correct, in sentences.
fn checks(year: &ExpenseYear) -> Vec<String> {
    let found = ToCheck::of(&year.people, &year.expenses);
    let mut lines = Vec::new();
    if let Some(months) = listed(&year.awaited) {
        lines.push(format!(
            "{months}の診療分は、まだ届いていません。届くのは受診からおよそ2〜3か月後です。申告までに届かない月は、領収書で補ってください。"
        ));
    }
    let mut about = |count: usize, sentence: &str| {
        if count > 0 {
            lines.push(format!("{sentence}（{count}件）"));
        }
    };
    about(
        found.no_provider,
        "医療機関の名称がない明細があります。領収書で名称を確かめて書き足してください。",
    );
    about(
        found.with_public,
        "公費の助成がある明細があります。実際に支払った金額は窓口負担額より少ないことがありますので、領収書の金額に直してください。",
    );
    about(
        found.with_extra,
        "付加給付がある明細があります。付加給付の金額は「補填される金額」に入れてください。",
    );
    about(
        found.with_meals,
        "入院中の食事がある明細があります。食事の自己負担は、領収書の金額でご確認ください。",
    );
    for (patient, month, paid) in found.high_cost {
        let name = year.people.get(patient).map_or("", |one| &one.name);
        lines.push(format!(
            "{name}さんの{}の窓口負担額は{}です。高額療養費を受け取ったときは、その金額を「補填される金額」に入れてください。",
            month.label(),
            yen(paid)
        ));
    }
    lines
}

/// `11月、12月`, or `3月から12月まで`.
fn listed(months: &[Month]) -> Option<String> {
    let name = |month: &Month| format!("{}月", month.month());
    match months {
        [] => None,
        [first, .., last] if months.len() > 2 => {
            Some(format!("{}から{}まで", name(first), name(last)))
        }
        few => Some(few.iter().map(name).collect::<Vec<_>>().join("、")),
    }
}
