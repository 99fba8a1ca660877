//! O-40: the form, the runs, and what became of each employer's postcards.

use app::written::Written;
use domain::values::timestamp::Timestamp;
use leptos::prelude::*;
use uuid::Uuid;

use super::{Counts, FourEyes, four_eyes, heads, numbers};
use crate::parts::{Input, TEXT, Tried, field, status, summary};

/// A run in the list.
#[derive(Clone, Debug)]
pub struct RunLine {
    /// Its row.
    pub id: Uuid,
    /// For whom.
    pub whom: String,
    /// How far it is.
    pub state: &'static str,
    /// Who asked for it.
    pub asked: (String, Timestamp),
    /// What became of it.
    pub counts: Counts,
}

/// What the first page shows.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Of whom somebody is on the roster: code and name.
    pub employers: Vec<(String, String)>,
    /// How many people wait for a new postcard.
    pub waiting: i64,
    /// The runs, the newest first.
    pub runs: Vec<RunLine>,
    /// Postcards by employer, counted within the hour.
    pub by_employer: Vec<(String, Counts)>,
    /// When.
    pub counted_at: Option<Timestamp>,
    /// Whether another clerk has to confirm.
    pub four_eyes: FourEyes,
}

/// The form, the runs, and what became of the postcards.
pub fn page(tried: Option<&Tried>, told: Option<&str>, overview: &Overview) -> AnyView {
    view! {
        {summary(tried)}
        {told.map(status)}
        <h1>"ハガキの発行"</h1>
        {four_eyes(overview.four_eyes)}
        {if overview.employers.is_empty() {
            view! {
                <p class="notice">
                    "名簿にまだ加入者がいません。先に名簿を取り込んでください。取り込むと、ここでハガキを発行できます。"
                </p>
            }
                .written()
        } else {
            form(tried, overview)
        }}
        <section>
            <h2 id="runs">"発行の一覧"</h2>
            {runs(&overview.runs)}
        </section>
        <section>
            <h2 id="by-employer">"事業所別のハガキ"</h2>
            {by_employer(overview)}
        </section>
    }
    .written()
}

fn form(tried: Option<&Tried>, overview: &Overview) -> AnyView {
    let shown = tried.cloned().unwrap_or_default();
    let chosen = shown.value("choice");
    let options = overview
        .employers
        .iter()
        .map(|(code, name)| {
            let words = employer_in_words(code, name);
            let selected = shown.value("employer") == *code && chosen == "employer";
            view! {
                <option value=code.clone() selected=selected>
                    {words}
                </option>
            }
        })
        .collect_view();
    let choice = |word: &'static str, name: &'static str, about: String| {
        let checked = chosen == word || (chosen.is_empty() && word == "all");
        view! {
            <label class="tick">
                <input type="radio" name="choice" value=word checked=checked />
                <span>{name} <small>{about}</small></span>
            </label>
        }
        .written()
    };
    let wrong = shown.wrong("choice");
    view! {
        <section>
            <h2>"新しく発行する"</h2>
            <form method="post" action="/office/postcards" novalidate>
                <fieldset class="ticks" id="choice">
                    <legend>"だれに発行しますか"</legend>
                    {choice(
                        "all",
                        "対象の全員",
                        "利用登録ができる方のうち、アカウントも有効なハガキもない方".to_owned(),
                    )}
                    {choice("employer", "1つの事業所", "そのうち、下で選んだ事業所の方".to_owned())}
                    {choice("person", "1人", "下に記号-番号-枝番を入力した方".to_owned())}
                    {choice(
                        "reissue",
                        "再発行",
                        "下に記号-番号-枝番を入力した方。今あるハガキは無効になり、登録済みの方は新しいハガキで登録し直せます"
                            .to_owned(),
                    )}
                    {choice(
                        "waiting",
                        "窓口が依頼した方",
                        format!("新しいハガキを待っている方の再発行（いま{}人）", overview.waiting),
                    )} <p class="error">{wrong}</p>
                </fieldset>
                <div class="field">
                    <label for="employer">"事業所（1つの事業所のとき）"</label>
                    <div class="control">
                        <select id="employer" name="employer">
                            {options}
                        </select>
                    </div>
                </div>
                {field(
                    &shown,
                    "person",
                    "記号-番号-枝番（1人、再発行のとき）",
                    Input {
                        hint: "例：1001-12-00",
                        ..TEXT
                    },
                )} <button class="button">"対象の人数を確かめる"</button>
            </form>
        </section>
    }
    .written()
}

/// How an employer is called: some people have none.
pub fn employer_in_words(code: &str, name: &str) -> String {
    match (name, code) {
        ("", "") => "事業所なし（任意継続など）".to_owned(),
        ("", code) => code.to_owned(),
        (name, "") => name.to_owned(),
        (name, code) => format!("{name}（{code}）"),
    }
}

fn runs(runs: &[RunLine]) -> AnyView {
    if runs.is_empty() {
        return view! {
            <p>
                "まだ発行していません。上で対象を選んで、最初の発行を始めてください。サーバーのコマンドで発行したハガキは、事業所別の表にだけ入ります。"
            </p>
        }
        .written();
    }
    let lines = runs
        .iter()
        .map(|run| {
            let (name, at) = &run.asked;
            view! {
                <tr>
                    <th scope="row" data-label="対象">
                        <a href=format!("/office/postcards/{}", run.id)>{run.whom.clone()}</a>
                    </th>
                    <td data-label="状態">{run.state}</td>
                    <td data-label="依頼">{name.clone()} " " {at.full()}</td>
                    <td class="number" data-label="発行">
                        {run.counts.issued}
                    </td>
                    {numbers(run.counts)}
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="office-table" aria-labelledby="runs">
            <thead>
                <tr>
                    <th scope="col">"対象"</th>
                    <th scope="col">"状態"</th>
                    <th scope="col">"依頼"</th>
                    <th scope="col" class="number">
                        "発行"
                    </th>
                    {heads(Counts::default())}
                </tr>
            </thead>
            <tbody>{lines}</tbody>
        </table>
    }
    .written()
}

fn by_employer(overview: &Overview) -> AnyView {
    let Some(at) = overview
        .counted_at
        .filter(|_| !overview.by_employer.is_empty())
    else {
        return view! {
            <p>
                "集計はまだありません。1時間ごとに集計します。ハガキを発行すると、事業所ごとの枚数がここに出ます。"
            </p>
        }
        .written();
    };
    let lines = overview
        .by_employer
        .iter()
        .map(|(name, counts)| {
            view! {
                <tr>
                    <th scope="row" data-label="事業所">
                        {name.clone()}
                    </th>
                    {numbers(*counts)}
                </tr>
            }
        })
        .collect_view();
    view! {
        <p>{at.full()} " の集計です（1時間ごと）。"</p>
        <table class="office-table" aria-labelledby="by-employer">
            <thead>
                <tr>
                    <th scope="col">"事業所"</th>
                    {heads(Counts::default())}
                </tr>
            </thead>
            <tbody>{lines}</tbody>
        </table>
    }
    .written()
}
