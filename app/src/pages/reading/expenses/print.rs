//! K-2: the sheet for the tax return: the six items that the tax office asks for,
//! and neither symbol nor number.

use domain::{
    ports::{ExpenseWish, ExpenseYear, Ports},
    values::{
        era::{calendar_year, year_of},
        expense::{Expense, sum, yen},
        timestamp::day_in_words,
    },
    visit::Visit,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::looked_at;
use crate::{components::layout::Page, written::Written};

/// 医療費通知 (印刷用)
#[component]
pub fn ExpensePrintPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let wish = ExpenseWish::read_whole_year(|key| query.get(key));
    looked_at(wish, |year, _| view! { <Sheet year /> }.written())
}

#[component]
fn Sheet(year: ExpenseYear) -> impl IntoView {
    let society = expect_context::<Ports>().society;
    let today = expect_context::<Visit>().now.in_japan().date();
    let printed = format!("{}（{}）", day_in_words(today), year_of(today));
    let what = if society.print_is_official {
        format!(
            "{}が発行する医療費通知です。医療費控除の申告にお使いいただけます。",
            society.name
        )
    } else {
        "ご自身での確認用です。医療費控除の申告に添付できる医療費通知ではありません。".to_owned()
    };
    let name = year.people.first().map(|own| own.name.clone());
    let total = sum(&year.expenses).paid;
    // Like a year's receipts: the oldest first.
    let mut expenses: Vec<&Expense> = year.expenses.iter().collect();
    expenses.sort_by_key(|expense| expense.month);
    let row = |expense: &Expense| {
        let patient = year.people.get(expense.patient).map(|one| one.name.clone());
        let provider = match &*expense.provider {
            "" => "（記載なし）".to_owned(),
            name => name.to_owned(),
        };
        view! {
            <tr>
                <td data-label="診療年月">{expense.month.label()}</td>
                <td data-label="医療を受けた方">{patient}</td>
                <td data-label="病院・薬局などの名称">{provider}</td>
                <td data-label="支払った医療費の額" class="yen">
                    {yen(expense.amounts.paid)}
                </td>
            </tr>
        }
    };
    let rows = expenses.into_iter().map(row).collect_view();
    let back = format!("/expenses?year={}", year.year);
    view! {
        <Page title="医療費通知（印刷用）" screen="K-2">
            <p class="screen-only">
                "ブラウザーの「印刷」でA4の用紙に印刷できます。 " <a href=back>"医療費通知へ戻る"</a>
            </p>
            <h1>"医療費通知 " {calendar_year(year.year)}</h1>
            <p class="notice">{what}</p>
            <dl class="facts">
                <div>
                    <dt>"被保険者等の氏名"</dt>
                    <dd>{name}</dd>
                </div>
                <div>
                    <dt>"保険者等の名称"</dt>
                    <dd>{society.name.clone()}</dd>
                </div>
                <div>
                    <dt>"作成日"</dt>
                    <dd>{printed}</dd>
                </div>
            </dl>
            <table class="paper">
                <thead>
                    <tr>
                        <th scope="col">"診療年月"</th>
                        <th scope="col">"医療を受けた方"</th>
                        <th scope="col">"病院・薬局などの名称"</th>
                        <th scope="col" class="yen">
                            "支払った医療費の額"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
                <tfoot>
                    <tr>
                        <th scope="row" colspan="3">
                            "合計"
                        </th>
                        <td class="yen">{yen(total)}</td>
                    </tr>
                </tfoot>
            </table>
        </Page>
    }
}
