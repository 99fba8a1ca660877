//! The figures of ダッシュボード: counted within the hour, and what waits at this moment.

use app::written::Written;
use domain::values::timestamp::Timestamp;
use leptos::prelude::*;

/// A line of a table: what it is called, and its numbers.
pub type Row = (String, Vec<i64>);

/// What is shown.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    /// When the rest was counted.
    pub counted_at: Option<Timestamp>,
    /// What waits for somebody, live: in words, how many, and where, for whoever may go there.
    pub waiting: Vec<(&'static str, i64, Option<&'static str>)>,
    /// By employer: who may register, and who has.
    pub employers: Vec<Row>,
    /// New registrations by month.
    pub months: Vec<Row>,
    /// Postcards: out, used, expired, returned.
    pub postcards: Vec<Row>,
    /// Letters given up within thirty days, by why.
    pub given_up: Vec<Row>,
    /// Sign-ins by day.
    pub days: Vec<Row>,
    /// The last imports.
    pub imports: Vec<(String, Timestamp)>,
}

/// All of them.
pub fn page(figures: &Figures) -> AnyView {
    let waiting = figures
        .waiting
        .iter()
        .map(|(name, count, place)| {
            let count = match place {
                Some(place) => view! {
                    <a href=*place aria-label=format!("{name}：{count}")>
                        {*count}
                    </a>
                }
                .written(),
                None => view! { {*count} }.written(),
            };
            view! { <dt>{*name}</dt> <dd>{count}</dd> }
        })
        .collect_view();
    let imports = figures
        .imports
        .iter()
        .map(|(name, at)| view! { <dt>{name.clone()}</dt> <dd>{at.full()}</dd> })
        .collect_view();
    view! {
        <section>
            <h2>"いま待っているもの"</h2>
            <dl class="facts">{waiting}</dl>
        </section>
        {match figures.counted_at {
            None => {
                view! { <p role="status">"集計はまだありません。1時間ごとに集計します。"</p> }
                    .written()
            }
            Some(at) => {
                view! {
                    <p>{at.full()} " の集計です（1時間ごと）。"</p>
                    {table(
                        "employers",
                        "利用登録（事業所別）",
                        &["事業所", "対象者", "登録済み", "登録率（%）"],
                        &figures.employers,
                    )}
                    {chart("月ごとの利用登録", &figures.months)}
                    {table("months", "利用登録（月別）", &["月", "登録"], &figures.months)}
                    {table("postcards", "ハガキ", &["状態", "枚"], &figures.postcards)}
                    {table(
                        "given-up",
                        "送れなかったメール（30日間）",
                        &["理由", "通"],
                        &figures.given_up,
                    )}
                    {table("days", "ログイン（日別）", &["日", "回"], &figures.days)}
                    <section>
                        <h2>"最後の取込"</h2>
                        {if figures.imports.is_empty() {
                            view! { <p>"まだありません。"</p> }.written()
                        } else {
                            view! { <dl class="facts">{imports}</dl> }.written()
                        }}
                    </section>
                }
                    .written()
            }
        }}
    }
    .written()
}

fn table(id: &'static str, title: &'static str, heads: &[&'static str], rows: &[Row]) -> AnyView {
    if rows.is_empty() {
        return view! {
            <section>
                <h2>{title}</h2>
                <p>"ありません。"</p>
            </section>
        }
        .written();
    }
    let cells = heads
        .iter()
        .map(|head| view! { <th scope="col">{*head}</th> })
        .collect_view();
    let lines = rows
        .iter()
        .map(|(name, numbers)| {
            let numbers = numbers
                .iter()
                .zip(heads.iter().skip(1))
                .map(|(number, head)| {
                    view! {
                        <td class="number" data-label=*head>
                            {*number}
                        </td>
                    }
                })
                .collect_view();
            view! {
                <tr>
                    <th scope="row">{name.clone()}</th>
                    {numbers}
                </tr>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2 id=id>{title}</h2>
            <table class="office-table" aria-labelledby=id>
                <thead>
                    <tr>{cells}</tr>
                </thead>
                <tbody>{lines}</tbody>
            </table>
        </section>
    }
    .written()
}

/// Bars; the table below it says the same in numbers.
fn chart(title: &'static str, rows: &[Row]) -> AnyView {
    const WIDTH: i64 = 24;
    const HEIGHT: i64 = 100;
    let most = rows
        .iter()
        .filter_map(|(_, numbers)| numbers.first().copied())
        .max()
        .unwrap_or_default();
    if most == 0 {
        return ().into_any();
    }
    let bars: String = rows
        .iter()
        .zip(0_i64..)
        .map(|((_, numbers), place)| {
            let tall = numbers.first().copied().unwrap_or_default() * HEIGHT / most;
            format!("M{} {HEIGHT}v-{tall}h16v{tall}z", place * WIDTH + 4)
        })
        .collect();
    let width = i64::try_from(rows.len()).unwrap_or_default() * WIDTH;
    view! {
        <svg
            class="bars"
            role="img"
            aria-label=format!("{title}（表に同じ数字があります）")
            viewBox=format!("0 0 {width} {HEIGHT}")
        >
            <path d=bars />
        </svg>
    }
    .written()
}
