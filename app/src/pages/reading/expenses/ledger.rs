//! The figures of a year: by person, by month, and line by line.

use domain::{
    ports::{Coverage, ExpenseYear},
    values::{
        expense::{Expense, sum, yen},
        month::Month,
    },
};
use leptos::prelude::*;

use super::of_chosen;

/// A bar of full length, in percent of its column.
const FULL: i64 = 100;

/// What each person's expenses add up to.
#[component]
pub fn ByPerson<'a>(
    /// The year.
    year: &'a ExpenseYear,
    /// What of it was asked for, where it is not everything.
    chosen: Option<&'a str>,
) -> impl IntoView + use<> {
    let row = |(place, patient): (usize, &domain::values::expense::Patient)| {
        let its: Vec<&Expense> = year
            .expenses
            .iter()
            .filter(|e| e.patient == place)
            .collect();
        if its.is_empty() {
            return None;
        }
        let amounts = sum(its.iter().copied());
        let name = format!(
            "{}（{}・枝番{}）",
            patient.name, patient.relation, patient.branch
        );
        Some(view! {
            <tr>
                <th scope="row">{name}</th>
                <td data-label="件数" class="yen">
                    {its.len()}
                    "件"
                </td>
                <td data-label="医療費総額" class="yen">
                    {yen(amounts.total)}
                </td>
                <td data-label="窓口負担額" class="yen">
                    {yen(amounts.paid)}
                </td>
                <td data-label="付加給付額" class="yen">
                    {yen(amounts.extra)}
                </td>
            </tr>
        })
    };
    let rows = year
        .people
        .iter()
        .enumerate()
        .filter_map(row)
        .collect_view();
    view! {
        <section>
            <h2>{of_chosen(chosen, "受診者ごとの合計")}</h2>
            <table>
                <thead>
                    <tr>
                        <th scope="col">"受診者"</th>
                        <th scope="col" class="yen">
                            "件数"
                        </th>
                        <th scope="col" class="yen">
                            "医療費総額"
                        </th>
                        <th scope="col" class="yen">
                            "窓口負担額"
                        </th>
                        <th scope="col" class="yen">
                            "付加給付額"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

/// What was paid at the counter, month by month: bars, and beside each the amount
/// in words, so that nobody depends on the bars.
#[component]
pub fn ByMonth<'a>(
    /// The year.
    year: &'a ExpenseYear,
    /// What of it was asked for, where it is not everything.
    chosen: Option<&'a str>,
) -> impl IntoView + use<> {
    let paid_in = |month| sum(year.expenses.iter().filter(|e| e.month == month)).paid;
    let months: Vec<(Month, Coverage, i64)> = year
        .months
        .iter()
        .map(|&(month, coverage)| (month, coverage, paid_in(month)))
        .collect();
    let most = months
        .iter()
        .map(|(_, _, paid)| *paid)
        .max()
        .unwrap_or(0)
        .max(1);
    let row = |(month, coverage, paid): (Month, Coverage, i64)| {
        // What is there is shown, though the month may not be in.
        let has_any = year.expenses.iter().any(|e| e.month == month);
        let amount = match coverage {
            Coverage::In => yen(paid),
            _ if has_any => yen(paid),
            Coverage::Awaited => "未着".to_owned(),
            Coverage::BeforeData | Coverage::BeforeMembership | Coverage::AfterMembership => {
                "対象外".to_owned()
            }
        };
        let length = format!("{}%", paid * FULL / most);
        view! {
            <tr>
                <th scope="row">{month.month()} "月"</th>
                <td>
                    <svg width="100%" height="20" aria-hidden="true" focusable="false">
                        <rect class="bar" width=length height="20" rx="3" />
                    </svg>
                </td>
                <td class="yen">{amount}</td>
            </tr>
        }
    };
    view! {
        <section>
            <h2>{of_chosen(chosen, "月ごとの窓口負担額")}</h2>
            <table class="bars">
                <thead class="visually-hidden">
                    <tr>
                        <th scope="col">"診療月"</th>
                        <th scope="col">"グラフ"</th>
                        <th scope="col">"窓口負担額"</th>
                    </tr>
                </thead>
                <tbody>{months.into_iter().map(row).collect_view()}</tbody>
            </table>
        </section>
    }
}

/// Every line with all its columns: a table, and on a phone a card each.
#[component]
pub fn Ledger<'a>(
    /// The year.
    year: &'a ExpenseYear,
    /// What of it was asked for, where it is not everything.
    chosen: Option<&'a str>,
) -> impl IntoView + use<> {
    let row = |expense: &Expense| {
        let amounts = expense.amounts;
        let name = year.people.get(expense.patient).map(|one| one.name.clone());
        let provider = match &*expense.provider {
            "" => "（記載なし）".to_owned(),
            name => name.to_owned(),
        };
        view! {
            <tr>
                <td data-label="診療年月">{expense.month.label()}</td>
                <td data-label="受診者">{name}</td>
                <td data-label="医療機関名">{provider}</td>
                <td data-label="区分">{expense.kind.as_str()}</td>
                <td data-label="日数" class="yen">
                    {expense.days}
                    "日"
                </td>
                <Amounts amounts />
            </tr>
        }
    };
    let all = sum(&year.expenses);
    let count = year.expenses.len();
    view! {
        <section>
            <h2>{of_chosen(chosen, "明細")} "（" {count} "件）"</h2>
            <table class="ledger">
                <thead>
                    <tr>
                        <th scope="col">"診療年月"</th>
                        <th scope="col">"受診者"</th>
                        <th scope="col">"医療機関名"</th>
                        <th scope="col">"区分"</th>
                        <th scope="col">"日数"</th>
                        <th scope="col">"医療費総額"</th>
                        <th scope="col">"保険者負担額"</th>
                        <th scope="col">"公費負担額"</th>
                        <th scope="col">"窓口負担額"</th>
                        <th scope="col">"食事療養費"</th>
                        <th scope="col">"付加給付額"</th>
                    </tr>
                </thead>
                <tbody>{year.expenses.iter().map(row).collect_view()}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row" colspan="5">
                            {of_chosen(chosen, "合計")}
                        </th>
                        <Amounts amounts=all />
                    </tr>
                </tfoot>
            </table>
        </section>
    }
}

#[component]
fn Amounts(amounts: domain::values::expense::Amounts) -> impl IntoView {
    [
        ("医療費総額", amounts.total),
        ("保険者負担額", amounts.insurer),
        ("公費負担額", amounts.public),
        ("窓口負担額", amounts.paid),
        ("食事療養費", amounts.meals),
        ("付加給付額", amounts.extra),
    ]
    .map(|(name, amount)| {
        view! {
            <td data-label=name class="yen" class:none=amount == 0>
                {yen(amount)}
            </td>
        }
    })
    .collect_view()
}
