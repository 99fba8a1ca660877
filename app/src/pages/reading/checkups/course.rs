//! The course over the years: a drawing for those who see it, and the same numbers
//! as a table for everybody.

use domain::values::{
    checkup::{Checkup, Item},
    reference::Limits,
    sex::Sex,
    timestamp::day_in_words,
};
use leptos::prelude::*;
use time::Date;

use crate::pages::reading::chart::{HEIGHT, Point, Scale, WIDTH, polyline};

/// So many of the newest results stand in a drawing side by side.
const MOST: usize = 8;

/// What is drawn: one item, or the two that are one measurement.
const CHARTS: [(&str, &[Item]); 13] = [
    ("体重", &[Item::Weight]),
    ("BMI", &[Item::Bmi]),
    ("腹囲", &[Item::Waist]),
    ("血圧（上と下）", &[Item::Systolic, Item::Diastolic]),
    ("空腹時中性脂肪", &[Item::Triglycerides]),
    ("随時中性脂肪", &[Item::CasualTriglycerides]),
    ("HDLコレステロール", &[Item::Hdl]),
    ("LDLコレステロール", &[Item::Ldl]),
    ("空腹時血糖", &[Item::Glucose]),
    ("HbA1c", &[Item::HbA1c]),
    ("AST（GOT）", &[Item::Ast]),
    ("ALT（GPT）", &[Item::Alt]),
    ("γ-GT（γ-GTP）", &[Item::GammaGt]),
];

/// これまでの推移
pub(super) fn course(sex: Sex, checkups: &[Checkup]) -> impl IntoView + use<> {
    // From left to right the oldest comes first.
    let mut shown: Vec<&Checkup> = checkups.iter().take(MOST).collect();
    shown.reverse();
    let charts: Vec<_> = CHARTS
        .into_iter()
        .filter_map(|(title, items)| chart(title, items, &shown, sex))
        .collect();
    (!charts.is_empty()).then(|| {
        view! {
            <section>
                <h2>"これまでの推移"</h2>
                <p>
                    "点線は範囲の境です。グラフの数値は「数値を表で見る」でも確かめられます。"
                </p>
                <div class="charts">{charts}</div>
            </section>
        }
    })
}

/// A drawing with its table; `None` for what was measured less than twice.
fn chart(
    title: &'static str,
    items: &'static [Item],
    checkups: &[&Checkup],
    sex: Sex,
) -> Option<impl IntoView + use<>> {
    let lines: Vec<Vec<(Date, i64)>> = items
        .iter()
        .map(|item| {
            let value = |one: &&Checkup| Some((one.taken_on, one.value(*item)?));
            checkups.iter().filter_map(value).collect()
        })
        .filter(|line: &Vec<_>| line.len() > 1)
        .collect();
    let limits: Vec<(Item, i64)> = items
        .iter()
        .filter_map(|item| Some((*item, Limits::of(*item, sex)?)))
        .flat_map(|(item, limits)| {
            let both = limits.from.into_iter().chain(limits.below);
            both.map(move |limit| (item, limit))
        })
        .collect();
    let points = lines.iter().flatten();
    let days = points.clone().map(|(day, _)| *day);
    let values = points.map(|(_, value)| *value);
    let scale = Scale::of(days.clone(), values.chain(limits.iter().map(|(_, l)| *l)))?;
    let item = *items.first()?;

    let drawn = lines.iter().map(|line| {
        let points = scale.points(line.iter().copied());
        let path = polyline(&points);
        let marks = points.into_iter().map(|point| mark(item, point));
        view! {
            <polyline class="line" points=path />
            {marks.collect_view()}
        }
    });
    let borders = limits.into_iter().map(|(item, limit)| {
        let y = scale.y(limit);
        view! {
            <line class="limit" x1="8" x2=WIDTH - 8 y1=y y2=y />
            <text class="limit-name" x=WIDTH - 4 y=y - 5 text-anchor="end">
                {item.number(limit)}
            </text>
        }
    });
    let mut years: Vec<(i32, i64)> = days.map(|day| (day.year(), scale.x(day))).collect();
    years.sort_unstable();
    // Two checkups in a year share its name.
    years.dedup_by_key(|(year, _)| *year);
    let years = years.into_iter().map(|(year, x)| {
        view! {
            <text x=x y=HEIGHT - 8 text-anchor="middle">
                {year}
                "年"
            </text>
        }
    });
    let caption = match item.unit() {
        "" => title.to_owned(),
        unit => format!("{title}（{unit}）"),
    };
    Some(view! {
        <figure class="chart">
            <figcaption>{caption}</figcaption>
            <svg viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true" focusable="false">
                {borders.collect_view()}
                {drawn.collect_view()}
                {years.collect_view()}
            </svg>
            <details>
                <summary>
                    <span class="visually-hidden">{title} "の"</span>
                    "数値を表で見る"
                </summary>
                <Numbers items checkups />
            </details>
        </figure>
    })
}

fn mark(item: Item, point: Point) -> impl IntoView {
    view! {
        <circle class="point" cx=point.x cy=point.y r="4" />
        <text class="reading" x=point.x y=point.y - 10 text-anchor="middle">
            {item.number(point.value)}
        </text>
    }
}

/// The same numbers.
#[component]
fn Numbers<'a>(items: &'static [Item], checkups: &'a [&'a Checkup]) -> impl IntoView + use<> {
    let heads = items
        .iter()
        .map(|item| view! { <th scope="col">{item.name()}</th> });
    let row = |one: &&Checkup| {
        let values: Vec<Option<i64>> = items.iter().map(|item| one.value(*item)).collect();
        let cell = |(item, value): (&Item, Option<i64>)| {
            view! { <td>{value.map_or_else(|| "—".to_owned(), |value| item.with_unit(value))}</td> }
        };
        values.iter().any(Option::is_some).then(|| {
            view! {
                <tr>
                    <th scope="row">{day_in_words(one.taken_on)}</th>
                    {items.iter().zip(values).map(cell).collect_view()}
                </tr>
            }
        })
    };
    view! {
        <table>
            <thead>
                <tr>
                    <th scope="col">"受診日"</th>
                    {heads.collect_view()}
                </tr>
            </thead>
            <tbody>{checkups.iter().map(row).collect_view()}</tbody>
        </table>
    }
}
