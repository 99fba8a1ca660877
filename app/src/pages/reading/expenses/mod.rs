//! K-1 and K-2: 医療費通知, on the screen and on paper.

pub mod deduction;
pub mod ledger;
pub mod print;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use deduction::Deduction;
use domain::{
    ports::{ExpenseLook, ExpenseWish, ExpenseYear, Ports},
    values::{
        era::calendar_year,
        expense::{Kind, sum, yen},
        timestamp::{Timestamp, day_in_words},
    },
    visit::{Visit, Visitor},
};
use ledger::{ByMonth, ByPerson, Ledger};

use crate::{
    components::{
        after_disqualification::{OverPage, ReadUntil},
        layout::Page,
        sharing::{SharingChoice, Undecided},
    },
    pages::portal::problem::{NotFoundPage, trouble},
    respond::go_to,
    written::{Written, when_known},
};

/// 医療費通知
#[component]
pub fn ExpensesPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let wish = ExpenseWish::read(|key| query.get(key));
    looked_at(wish, |year, wish| {
        view! { <ExpensesOfYear year wish /> }.written()
    })
}

/// What the address asks for, if this visitor may see it.
fn looked_at(wish: Option<ExpenseWish>, show: fn(ExpenseYear, ExpenseWish) -> AnyView) -> AnyView {
    let Visitor::Member(member) = expect_context::<Visit>().who else {
        return go_to("/login");
    };
    let Some(wish) = wish else {
        return view! { <NotFoundPage /> }.written();
    };
    let (ports, visit) = (expect_context::<Ports>(), expect_context::<Visit>());
    when_known(async move {
        let look = ports
            .expenses
            .look(&member, &wish, &visit.origin, visit.now);
        match look.await {
            Ok(ExpenseLook::Year(year)) => show(*year, wish),
            Ok(ExpenseLook::Over) => {
                view! { <OverPage title="医療費通知" screen="K-1" /> }.written()
            }
            Ok(ExpenseLook::NotTheirs) => view! { <NotFoundPage /> }.written(),
            Err(what) => trouble(&what),
        }
    })
}

#[component]
fn ExpensesOfYear(year: ExpenseYear, wish: ExpenseWish) -> impl IntoView {
    let all = sum(&year.expenses);
    let (is_filtered, chosen) = (wish.is_filtered(), year.chosen(&wish));
    let (name, sharing) = (calendar_year(year.year), year.sharing);
    let is_empty = year.expenses.is_empty();
    view! {
        <Page title="医療費通知" screen="K-1">
            <h1>"医療費通知"</h1>
            {year
                .leaving
                .map(|leaving| {
                    view! {
                        <ReadUntil what="加入されていた期間の医療費" until=leaving.until>
                            "加入されていた期間は、" {leaving.first.label()} "から" {leaving.last.label()}
                            "までです。その後は見られなくなり、削除されます。必要な方は、保存または印刷をしてください。"
                        </ReadUntil>
                    }
                })}
            {sharing.map(|sharing| view! { <Undecided sharing /> })}
            <Years year=&year />
            {year.corrected.map(corrected)}
            <div class="headline">
                <h2>{name}</h2>
                <p>{of_chosen(chosen.as_deref(), "窓口負担額の合計")}</p>
                <p class="amount">{yen(all.paid)}</p>
                {is_filtered.then(|| whole_year(&year))}
                {(!is_filtered && !is_empty).then(jumps)}
                <p>"記号 " {year.symbol.clone()} "　番号 " {year.number.clone()}</p>
            </div>
            <Filters year=&year wish=&wish />
            {if is_empty {
                view! { <Nothing year=&year is_filtered /> }.written()
            } else {
                view! {
                    <ByPerson year=&year chosen=chosen.as_deref() />
                    <ByMonth year=&year chosen=chosen.as_deref() />
                    <Ledger year=&year chosen=chosen.as_deref() />
                }
                    .written()
            }}
            {(!is_filtered && !is_empty).then(|| view! { <Deduction year=&year /> })}
            {(!is_empty).then(|| view! { <Downloads year=&year is_filtered /> })}
            <Words />
            {sharing.map(|sharing| view! { <SharingChoice sharing /> })}
        </Page>
    }
}

/// To whoever has seen what was wrong.
fn corrected(at: Timestamp) -> impl IntoView {
    view! {
        <p class="notice" id="corrected">
            "健保組合が"
            {day_in_words(at.in_japan().date())}
            "に、この年の内容を訂正しました。それより前に保存または印刷したものは使わず、もう一度保存または印刷してください。"
        </p>
    }
}

/// A heading that says of what it is: `歯科の窓口負担額の合計`.
fn of_chosen(chosen: Option<&str>, heading: &str) -> String {
    match chosen {
        None => heading.to_owned(),
        Some(chosen) => format!("{chosen}の{heading}"),
    }
}

/// The whole beside a part, so that none is taken for the other.
fn whole_year(year: &ExpenseYear) -> impl IntoView + use<> {
    let everything = if year.people.len() > 1 {
        "全員・すべての区分"
    } else {
        "すべての区分"
    };
    let (of_year, paid) = (year.year, yen(year.paid));
    view! { <p>{format!("{of_year}年全体（{everything}）の合計は{paid}です。")}</p> }
}

/// To what stands below the lines, which may be many.
fn jumps() -> impl IntoView {
    view! {
        <ul class="jumps">
            <li>
                <a href="#deduction">"医療費控除のために"</a>
            </li>
            <li>
                <a href="#downloads">"保存と印刷"</a>
            </li>
        </ul>
    }
}

/// The years of which there is something, and the one that is shown.
#[component]
fn Years<'a>(year: &'a ExpenseYear) -> impl IntoView + use<> {
    let mut years = year.years.clone();
    if !years.contains(&year.year) {
        years.push(year.year);
        years.sort_unstable_by(|a, b| b.cmp(a));
    }
    let shown = year.year;
    let link = move |year: i32| {
        view! {
            <li>
                <a
                    href=format!("/expenses?year={year}")
                    aria-current=(year == shown).then_some("page")
                >
                    {calendar_year(year)}
                </a>
            </li>
        }
    };
    view! {
        <nav aria-label="年">
            <ul class="years">{years.into_iter().map(link).collect_view()}</ul>
        </nav>
    }
}

/// One person, one kind: a plain form that asks for the same page.
#[component]
fn Filters<'a>(year: &'a ExpenseYear, wish: &'a ExpenseWish) -> impl IntoView + use<> {
    let person = |patient: &domain::values::expense::Patient| {
        let chosen = wish.branch.as_ref() == Some(&patient.branch);
        let name = format!("{}（{}）", patient.name, patient.relation);
        view! {
            <option value=patient.branch.clone() selected=chosen>
                {name}
            </option>
        }
    };
    let kind = |kind: Kind| {
        let chosen = wish.kind == Some(kind);
        view! {
            <option value=kind.as_str() selected=chosen>
                {kind.as_str()}
            </option>
        }
    };
    let people = year.people.iter().map(person).collect_view();
    let several = year.people.len() > 1;
    let reset = format!("/expenses?year={}", year.year);
    let is_filtered = wish.is_filtered();
    view! {
        <form method="get" action="/expenses" class="filters">
            <input type="hidden" name="year" value=year.year />
            {several
                .then(|| {
                    view! {
                        <div>
                            <label for="person">"受診者"</label>
                            <select id="person" name="person">
                                <option value="">"全員"</option>
                                {people}
                            </select>
                        </div>
                    }
                })}
            <div>
                <label for="kind">"区分"</label>
                <select id="kind" name="kind">
                    <option value="">"すべて"</option>
                    {Kind::ALL.map(kind).collect_view()}
                </select>
            </div>
            <button class="button quiet">"絞り込む"</button>
            {is_filtered.then(|| view! { <a href=reset>"絞り込みをやめる"</a> })}
        </form>
    }
}

#[component]
fn Nothing<'a>(year: &'a ExpenseYear, is_filtered: bool) -> impl IntoView + use<> {
    let oldest = year.years.last().copied();
    view! {
        <p class="lead">
            {if is_filtered {
                "この条件に合う医療費はありません。".to_owned()
            } else {
                format!("{}の医療費はまだありません。", calendar_year(year.year))
            }}
        </p>
        <p>
            {oldest.map(|oldest| format!("{}から表示できます。", calendar_year(oldest)))}
            "医療費は、受診からおよそ2〜3か月後に表示されます。"
        </p>
    }
}

/// What can be taken along.
#[component]
fn Downloads<'a>(year: &'a ExpenseYear, is_filtered: bool) -> impl IntoView + use<> {
    let of_year = year.year;
    let beyond = year.beyond_cp932.join("、");
    let lacking = !beyond.is_empty();
    view! {
        <section id="downloads">
            <h2>"保存と印刷"</h2>
            {is_filtered
                .then(|| {
                    view! {
                        <p>
                            "絞り込みにかかわらず、この年の全員・すべての区分が入ります。"
                        </p>
                    }
                })}
            <ul class="inline-links">
                <li>
                    <a href=format!("/expenses/print?year={of_year}")>"印刷用の画面を開く"</a>
                </li>
                <li>
                    <a href=format!(
                        "/expenses.csv?year={of_year}",
                    )>"CSVを保存する（UTF-8：最近のExcelなど）"</a>
                </li>
                <li>
                    <a href=format!(
                        "/expenses.csv?year={of_year}&encoding=cp932",
                    )>"CSVを保存する（Shift_JIS：古いソフト用）"</a>
                </li>
            </ul>
            {lacking
                .then(|| {
                    view! {
                        <p>
                            "Shift_JISのCSVでは、次の名称の一部の文字が「〓」になります："
                            {beyond}
                        </p>
                    }
                })}
        </section>
    }
}

/// The words that only an office knows.
#[component]
fn Words() -> impl IntoView {
    view! {
        <section id="words">
            <details>
                <summary>"ことばの説明"</summary>
                <dl>
                    <dt>"公費（公費負担額）"</dt>
                    <dd>
                        "国・都道府県・市区町村が、健康保険のほかに負担した金額です。子どもの医療費の助成などがあります。"
                    </dd>
                    <dt>"付加給付（付加給付額）"</dt>
                    <dd>
                        "窓口で支払った金額が大きいときに、健康保険組合があとからお返しする給付です。"
                    </dd>
                    <dt>"柔整"</dt>
                    <dd>"接骨院・整骨院（柔道整復師）での施術です。"</dd>
                    <dt>"Shift_JIS（シフトジス）"</dt>
                    <dd>
                        "古い日本語ソフト向けの文字の形式です。文字が正しく表示されないときだけお使いください。"
                    </dd>
                    <dt>"〓（ゲタ）"</dt>
                    <dd>
                        "Shift_JISにない文字の代わりに入る記号です。名称の読み方が変わるわけではありません。"
                    </dd>
                </dl>
            </details>
        </section>
    }
}
