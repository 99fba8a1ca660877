//! The results of one day: every value with its unit, its range and its word; and
//! what they give reason to be glad about, or to ask.

use domain::values::{
    checkup::{Checkup, Item, Urine},
    era::{fiscal_year, fiscal_year_of},
    reference::{
        Change, Limits, Word, improved, word_for_urine_protein, word_for_urine_sugar, worsened,
    },
    sex::Sex,
    timestamp::day_in_words,
};
use leptos::prelude::*;

use crate::written::Written;

/// The newest results.
pub(super) fn newest(
    sex: Sex,
    checkup: &Checkup,
    before: Option<&Checkup>,
) -> impl IntoView + use<> {
    let better = before.map(|before| improved(checkup, before, sex));
    let lines = lines(checkup, before, sex);
    let questions = questions(&lines, before.map(|before| worsened(checkup, before, sex)));
    view! {
        <section>
            <h2 id="newest">{day_in_words(checkup.taken_on)} "の結果"</h2>
            <p>{fiscal_year(fiscal_year_of(checkup.taken_on))} "の健診です。"</p>
            <Verdict verdict=checkup.verdict.clone() />
            <Counts lines=&lines />
            <Table of="newest" lines />
        </section>
        {better.map(|better| view! { <Better better /> })}
        <ToAsk questions />
    }
}

/// The results before, by fiscal year, as societies count their checkups; closed:
/// they are seldom looked at whole.
pub(super) fn earlier(sex: Sex, checkups: &[Checkup]) -> impl IntoView + use<> {
    let befores = checkups.iter().skip(1).map(Some).chain([None]);
    let one = |checkup: &Checkup, before: Option<&Checkup>| {
        let id = format!("of-{}", checkup.taken_on);
        view! {
            <details>
                <summary id=id.clone()>{day_in_words(checkup.taken_on)} "の結果"</summary>
                <Verdict verdict=checkup.verdict.clone() />
                <Table of=id lines=lines(checkup, before, sex) />
            </details>
        }
    };
    let pairs: Vec<_> = checkups.iter().zip(befores).collect();
    let years = pairs
        .chunk_by(|(a, _), (b, _)| fiscal_year_of(a.taken_on) == fiscal_year_of(b.taken_on))
        .map(|of_year| {
            let year = of_year.first().map(|(one, _)| fiscal_year_of(one.taken_on));
            view! {
                <h3>{year.map(fiscal_year)}</h3>
                {of_year.iter().map(|&(checkup, before)| one(checkup, before)).collect_view()}
            }
        })
        .collect_view();
    (!checkups.is_empty()).then(|| {
        view! {
            <section>
                <h2>"これまでの結果"</h2>
                {years}
            </section>
        }
    })
}

#[component]
fn Verdict(verdict: String) -> impl IntoView {
    (!verdict.is_empty()).then(|| {
        view! {
            <dl class="facts">
                <div>
                    <dt>"健診の医師の判定"</dt>
                    <dd>{verdict}</dd>
                </div>
            </dl>
        }
    })
}

/// One line of the table.
struct Line {
    name: &'static str,
    value: String,
    range: Option<String>,
    word: Option<Word>,
    since: Option<String>,
}

fn lines(checkup: &Checkup, before: Option<&Checkup>, sex: Sex) -> Vec<Line> {
    let measured = |item: Item| {
        let value = checkup.value(item)?;
        let limits = Limits::of(item, sex);
        Some(Line {
            name: item.name(),
            value: item.with_unit(value),
            range: limits.map(|limits| limits.in_words(item)),
            word: limits.map(|limits| limits.word(value)),
            since: before
                .and_then(|before| before.value(item))
                .map(|earlier| item.difference(value, earlier)),
        })
    };
    let strip = |name, of: fn(&Checkup) -> Option<Urine>, word: fn(Urine) -> Word| {
        let grade = of(checkup)?;
        Some(Line {
            name,
            value: grade.as_str().to_owned(),
            range: Some(Urine::Negative.as_str().to_owned()),
            word: Some(word(grade)),
            since: before
                .and_then(of)
                .map(|earlier| format!("前回 {}", earlier.as_str())),
        })
    };
    let strips = [
        strip("尿糖", |one| one.urine_sugar, word_for_urine_sugar),
        strip("尿蛋白", |one| one.urine_protein, word_for_urine_protein),
    ];
    let measured = Item::SHOWN.into_iter().map(measured);
    measured.chain(strips).flatten().collect()
}

/// How many values have which word.
#[component]
fn Counts<'a>(lines: &'a [Line]) -> impl IntoView + use<> {
    let count = |word| lines.iter().filter(|line| line.word == Some(word)).count();
    // A word that no value has would only frighten.
    let one = |word: Word| {
        let count = count(word);
        (count > 0).then(|| {
            view! {
                <li>
                    <Said word />
                    " "
                    {count}
                    "項目"
                </li>
            }
        })
    };
    let words = [Word::SeeDoctor, Word::Watch, Word::Within];
    view! { <ul class="counts">{words.map(one).collect_view()}</ul> }
}

/// The word, told apart by its edge as well as by its colour.
#[component]
fn Said(word: Word) -> impl IntoView {
    let class = match word {
        Word::Within => "word",
        Word::Watch => "word watch",
        Word::SeeDoctor => "word see-doctor",
    };
    view! { <span class=class>{word.as_str()}</span> }
}

#[component]
fn Table(
    /// What names it.
    #[prop(into)]
    of: String,
    lines: Vec<Line>,
) -> impl IntoView {
    let row = |line: Line| {
        view! {
            <tr>
                <th scope="row">{line.name}</th>
                <td data-label="結果" class="reading">
                    {line.value}
                </td>
                <td data-label="範囲">{line.range}</td>
                <td data-label="目安">{line.word.map(|word| view! { <Said word /> })}</td>
                <td data-label="前回から">{line.since}</td>
            </tr>
        }
    };
    view! {
        <table class="results" aria-labelledby=of>
            <thead>
                <tr>
                    <th scope="col">"項目"</th>
                    <th scope="col">"結果"</th>
                    <th scope="col">"範囲"</th>
                    <th scope="col">"目安"</th>
                    <th scope="col">"前回から"</th>
                </tr>
            </thead>
            <tbody>{lines.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

/// 前回より良くなった項目
#[component]
fn Better(better: Vec<Change>) -> impl IntoView {
    let none = better.is_empty();
    let item = |change: Change| {
        let end = match change.word {
            Word::Within => "範囲内になりました。".to_owned(),
            still => format!("範囲に近づきました（{}）。", still.as_str()),
        };
        view! { <li>{from_to(&change)} "。" {end}</li> }
    };
    view! {
        <section>
            <h2>"前回より良くなった項目"</h2>
            {if none {
                view! { <p>"範囲の外から良くなった項目はありません。"</p> }.written()
            } else {
                view! { <ul>{better.into_iter().map(item).collect_view()}</ul> }.written()
            }}
        </section>
    }
}

/// 医師にたずねたいこと
#[component]
fn ToAsk(questions: Vec<String>) -> impl IntoView {
    let questions = questions
        .into_iter()
        .map(|question| view! { <li>{question}</li> });
    view! {
        <section>
            <h2>"医師にたずねるときのメモ"</h2>
            <p>"受診や健康相談のときに、このままお見せいただけます。"</p>
            <ul>{questions.collect_view()}</ul>
        </section>
    }
}

/// What is worth asking: made from the words alone.
fn questions(lines: &[Line], worse: Option<Vec<Change>>) -> Vec<String> {
    let is_one_for_the_doctor = |name| {
        let mut lines = lines.iter();
        lines.any(|line| line.name == name && line.word == Some(Word::SeeDoctor))
    };
    let mut questions: Vec<String> = lines
        .iter()
        .filter(|line| line.word == Some(Word::SeeDoctor))
        .map(|line| {
            let (name, value) = (line.name, &line.value);
            format!("{name}が {value} でした。受診の時期と、どの診療科がよいかを教えてください。")
        })
        .collect();
    let farther: Vec<String> = worse
        .unwrap_or_default()
        .iter()
        .filter(|change| !is_one_for_the_doctor(change.item.name()))
        .map(from_to)
        .collect();
    if !farther.is_empty() {
        questions.push(format!(
            "前回より範囲から離れた値があります：{}。ふだんの生活で気をつけることはありますか。",
            farther.join("、")
        ));
    }
    questions.push("飲んでいる薬や持病は、検査の値に関係しますか。".to_owned());
    questions.push("次の検査はいつ受けるとよいですか。".to_owned());
    questions
}

/// `中性脂肪 160 → 140 mg/dL`.
fn from_to(change: &Change) -> String {
    let Change {
        item, before, now, ..
    } = change;
    let (before, now) = (item.number(*before), item.with_unit(*now));
    format!("{} {before} → {now}", item.name())
}
