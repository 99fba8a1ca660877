//! 医療費控除: what the year adds up to for the tax return, and what the member has
//! to look at before it.

use domain::{
    ports::{Coverage, ExpenseYear},
    values::{
        expense::{sum, yen},
        month::Month,
        tax::{HighCost, ToCheck, Together},
    },
};
use leptos::prelude::*;

use crate::written::Written;

/// What is added up for a household.
const ADDED_UP: &str = "70歳未満の方は、医療機関ごと、入院・外来・歯科ごとに21,000円以上のもの\
    （薬局の分は、処方した医療機関に加えます）、70歳以上の方はすべてを合算します。";

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
    let has_family = year.has_family;
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
            {has_family
                .then(|| {
                    view! {
                        <p>
                            "ここに入っているのは、あなたが見ることのできる方の医療費だけです。ご家族の中に載っていない方の分があれば、その方ご自身の医療費通知や領収書でご確認ください。"
                        </p>
                    }
                })}
            <h3>"ご確認いただきたいこと"</h3>
            {if complete {
                view! {
                    <p>
                        "ここに載っている方のこの年の通知で、足りないものや直すものは見つかりませんでした。"
                    </p>
                }
                    .written()
            } else {
                view! { <ul>{checks.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()}</ul> }
                    .written()
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
    lines.extend(missing(year));
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
        "付加給付がある明細があります。その金額は、下の医療費集計フォーム用のデータでは「補填される金額」に入れてあります。ご自分で書くときも、同じ欄に入れてください。",
    );
    about(
        found.extra_for_several,
        "付加給付額が窓口負担額より大きい明細があります。同じ月の世帯の窓口負担額を合算した付加給付（合算付加金）が、1件にまとめて書かれています。「補填される金額」は、その月のほかの明細に、それぞれの窓口負担額までの金額に分けて書いてください。",
    );
    about(
        found.with_meals,
        "入院中の食事がある明細があります。食事の自己負担は、領収書の金額でご確認ください。",
    );
    let names = |high: &HighCost| {
        let name = year.people.get(high.patient).map_or("", |one| &one.name);
        let why = if high.from_70 {
            "70歳以上の方は、外来だけでも高額療養費を受け取れることがあります。"
        } else {
            ""
        };
        format!(
            "{name}さんの{}の窓口負担額は{}です。{why}高額療養費を受け取ったときは、その金額を「補填される金額」に入れてください。",
            high.month.label(),
            yen(high.paid)
        )
    };
    lines.extend(found.high_cost.iter().map(names));
    lines.extend(found.together.iter().map(|one| together(year, one)));
    if year.others_unseen {
        lines.extend(to_be_added(&found.to_be_added));
    }
    lines
}

/// 世帯合算 of those whom the member sees.
fn together(year: &ExpenseYear, found: &Together) -> String {
    let patients = found.patients.iter();
    let people = patients.filter_map(|&place| year.people.get(place));
    let names: Vec<String> = people.map(|one| format!("{}さん", one.name)).collect();
    format!(
        "{}は、{}の窓口負担額のうち世帯で合算できるものが、合わせて{}です。{ADDED_UP}世帯合算の高額療養費を受け取ったときは、その金額を「補填される金額」に入れてください。",
        found.month.label(),
        names.join("、"),
        yen(found.paid)
    )
}

/// What may be added to somebody's whom the member does not see: said of what is here,
/// and the same whether there is anything of theirs or not.
fn to_be_added(months: &[Month]) -> Option<String> {
    let months = listed(months.iter().copied())?;
    Some(format!(
        "{months}には、世帯で合算できる窓口負担額があります。{ADDED_UP}ここに載っていないご家族にも同じ月にあると、合わせて高額療養費の対象になることがあります。受け取ったときは、その金額を「補填される金額」に入れてください。"
    ))
}

/// Months of which the list has nothing or not all, and who knows of them.
fn missing(year: &ExpenseYear) -> Vec<String> {
    let begins = year.begins.map(Month::label).unwrap_or_default();
    let before_data = format!(
        "の診療分は、このポータルに載せていません（載せているのは{begins}の診療分からです）。領収書で補ってください。"
    );
    let sentences = [
        (
            Coverage::BeforeMembership,
            "は、この健康保険組合に加入される前です。その間の医療費は、前に加入していた健康保険にご確認ください。",
        ),
        (Coverage::BeforeData, &*before_data),
        (
            Coverage::Awaited,
            "の診療分は、まだ届いていません。届くのは受診からおよそ2〜3か月後です。申告までに届かない月は、領収書で補ってください。",
        ),
        (
            Coverage::AfterMembership,
            "は、資格を喪失されたあとです。その間の医療費は、新しく加入した健康保険にご確認ください。",
        ),
    ];
    let said = |(coverage, sentence): (Coverage, &str)| {
        let its = year.months.iter().filter(|(_, of)| *of == coverage);
        let months = listed(its.map(|(month, _)| *month))?;
        Some(format!("{months}{sentence}"))
    };
    sentences.into_iter().filter_map(said).collect()
}

/// `11月、12月`, or `3月から6月まで、12月`; `None` for no month.
fn listed(months: impl Iterator<Item = Month>) -> Option<String> {
    let mut runs: Vec<(Month, Month)> = Vec::new();
    for month in months {
        match runs.last_mut() {
            Some((_, last)) if last.next() == month => *last = month,
            _ => runs.push((month, month)),
        }
    }
    let name = |(first, last): (Month, Month)| match last.month() - first.month() {
        0 => format!("{}月", first.month()),
        1 => format!("{}月、{}月", first.month(), last.month()),
        _ => format!("{}月から{}月まで", first.month(), last.month()),
    };
    let names: Vec<String> = runs.into_iter().map(name).collect();
    (!names.is_empty()).then(|| names.join("、"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_listed_run_by_run() {
        for (months, said) in [
            (&[][..], None),
            (&[12], Some("12月")),
            (&[11, 12], Some("11月、12月")),
            (&[6, 7, 8, 9, 11, 12], Some("6月から9月まで、11月、12月")),
            (&[1, 3, 5], Some("1月、3月、5月")),
        ] {
            let month = |of: &i64| Month::from_number(202_600 + of);
            let listed = listed(months.iter().filter_map(month));
            assert_eq!(listed.as_deref(), said);
        }
    }
}
