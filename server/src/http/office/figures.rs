//! The figures of the first page.

use domain::{
    office::role::{Role, Roles},
    values::timestamp::Timestamp,
};
use office_pages::pages::figures::{Figures, Row};
use store::{
    Db,
    office_figure::{self, Figure},
    postcard_run, publishing,
};

use super::answer::Refused;
use crate::office::postcards::run::TOLD;

/// Counted within the hour; what waits is asked now. Every role sees them.
pub(super) async fn figures(db: &Db, roles: Roles, now: Timestamp) -> Result<Figures, Refused> {
    let all = office_figure::all(db).await?;
    let waiting = office_figure::waiting(db, now).await?;
    let runs = postcard_run::waiting(db, now.minus(TOLD)).await?;
    let desk = |place| roles.has(Role::Desk).then_some(place);
    let importer = roles.has(Role::Importer).then_some("/office/postcards");
    let of = |name: &str| -> Vec<&Figure> { all.iter().filter(|one| one.name == name).collect() };
    let value = |name: &str, part: &str| {
        let found = of(name).into_iter().find(|one| one.part == part);
        found.map_or(0, |one| one.value)
    };
    let rows = |name: &str| -> Vec<Row> {
        let row = |one: &Figure| (one.part.clone(), vec![one.value]);
        of(name).into_iter().map(row).collect()
    };
    let mut employers: Vec<Row> = of("may_register")
        .into_iter()
        .map(|one| {
            let name = match (&*one.label, &*one.part) {
                ("", "") => "事業所なし（任意継続など）".to_owned(),
                ("", code) => code.to_owned(),
                (name, code) => format!("{name}（{code}）"),
            };
            (name, rated(one.value, value("has_registered", &one.part)))
        })
        .collect();
    if employers.len() > 1 {
        let sum = |at: usize| {
            employers
                .iter()
                .filter_map(|(_, row)| row.get(at))
                .sum::<i64>()
        };
        let all = rated(sum(0), sum(1));
        employers.insert(0, ("全体".to_owned(), all));
    }
    let mut given_up = rows("letters_given_up");
    given_up.sort_by_key(|(_, row)| row.first().map(|count| -count));
    let mut days = rows("sign_ins");
    days.reverse();
    let mut waits = vec![
        ("新しいハガキの発行", waiting.new_postcards, importer),
        ("ハガキの発行の確認", runs.to_confirm, importer),
        ("ハガキの発行データの受け取り", runs.to_hand_out, importer),
        ("受け取ったことの確認", runs.to_receive, importer),
        (
            "取り消したハガキの発行（2週間以内）",
            runs.withdrawn,
            importer,
        ),
        (
            "住所不明（ハガキの返送）",
            waiting.addresses_unknown,
            desk("/office/people/returned"),
        ),
        (
            "ほかの職員の同意",
            waiting.questions,
            desk("/office/people"),
        ),
        ("送信を待つメール", waiting.letters, None),
    ];
    if roles.has(Role::Publisher) {
        let drafts = publishing::waiting(db).await?;
        waits.push(("公開していないお知らせ", drafts, Some("/office/notices")));
    }
    Ok(Figures {
        counted_at: all.first().map(|one| Timestamp(one.counted_at)),
        waiting: waits,
        employers,
        months: rows("registrations"),
        postcards: [
            ("有効（未使用）", "postcards_out"),
            ("使用済み", "postcards_used"),
            ("期限切れ", "postcards_expired"),
            ("返送", "postcards_returned"),
        ]
        .map(|(words, name)| (words.to_owned(), vec![value(name, "")]))
        .to_vec(),
        given_up,
        days,
        imports: of("imports")
            .into_iter()
            .map(|one| {
                let words = match &*one.part {
                    "roster_imported" => "名簿",
                    "expenses_imported" => "医療費",
                    "checkups_imported" => "健診結果",
                    _ => "お知らせ・健康情報",
                };
                (words.to_owned(), Timestamp(one.value))
            })
            .collect(),
    })
}

/// Who may register, who has, and how many of a hundred that are.
fn rated(may: i64, has: i64) -> Vec<i64> {
    vec![may, has, if may == 0 { 0 } else { has * 100 / may }]
}
