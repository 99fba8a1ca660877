//! Whatever the society's list says, page, sheets, form and print say it too, and all
//! of them add up to the same.

use std::collections::BTreeMap;

use domain::values::expense::{GREATEST_AMOUNT, yen};
use proptest::prelude::*;
use reqwest::Method;
use server::office::expenses::ImportError;

use crate::{
    browser::Browser,
    drawn,
    expense_import::{HEADER, import, try_import_text},
    roster,
    test_app::{TARO, TestApp, WISH},
};

/// Those whose expenses Taro sees, and at the end one whose he does not.
const PEOPLE: [(&str, &str); 5] = [
    ("1001,12,00", "架空 太郎"),
    ("1001,12,01", "架空 花子"),
    ("1001,12,02", "架空 成人"),
    ("1001,12,03", "架空 小太郎"),
    ("1001,13,00", "見本 次郎"),
];

const CHILD: &str = "1001,12,03,架空 小太郎,,2015-05-05,男,次男,2015-05-05,,0007,,1050001,東京都架空区見本町1-2-3\n";

const KINDS: [&str; 7] = ["入院", "外来", "歯科", "調剤", "柔整", "訪問看護", "その他"];

/// Some that a sheet would compute, that CP932 lacks, and that are not there.
const PROVIDERS: [&str; 5] = ["みほん医院", "=1+1〜𠮷田医院", "", "引用\"と,医院", "@薬局"];

/// One line, as far as sums go: whose (a place in `PEOPLE`), the month of 2026, where,
/// which kind; 医療費総額, 保険者負担額, 公費負担額, 窓口負担額, 食事療養費, 付加給付額.
#[derive(Clone, Debug)]
struct Claim {
    person: usize,
    month: u8,
    provider: &'static str,
    kind: &'static str,
    amounts: [i64; 6],
}

const PAID: usize = 3;
const EXTRA: usize = 5;

fn claims() -> impl Strategy<Value = Vec<Claim>> {
    let amount = prop_oneof![
        3 => Just(0),
        6 => 1..90_000_i64,
        1 => GREATEST_AMOUNT - 9..=GREATEST_AMOUNT,
    ];
    let claim = (
        0..PEOPLE.len(),
        1..=11_u8,
        prop::sample::select(PROVIDERS.to_vec()),
        prop::sample::select(KINDS.to_vec()),
        prop::array::uniform6(amount),
    );
    let claim = claim.prop_map(|(person, month, provider, kind, amounts)| Claim {
        person,
        month,
        provider,
        kind,
        amounts: possible(amounts),
    });
    prop::collection::vec(claim, 1..40)
}

/// With as much of the parts as there is of the whole: more is refused.
fn possible([total, insurer, public, paid, meals, extra]: [i64; 6]) -> [i64; 6] {
    let insurer = insurer.min(total);
    let public = public.min(total - insurer);
    [total, insurer, public, paid, meals, extra.min(paid)]
}

/// The lines as the society sends them.
fn lines(claims: &[Claim]) -> String {
    let line = |claim: &Claim| {
        let provider = claim.provider.replace('"', "\"\"");
        let amounts = claim.amounts.map(|amount| amount.to_string()).join(",");
        format!(
            "{},2026-{:02},\"{provider}\",{},1,{amounts}\n",
            PEOPLE[claim.person].0, claim.month, claim.kind
        )
    };
    claims.iter().map(line).collect()
}

/// What lines add up to: by person, by kind, by month, and in all; and how many.
#[derive(Debug, Default, PartialEq, Eq)]
struct Totals(BTreeMap<String, (usize, [i64; 6])>);

impl Totals {
    fn add(&mut self, name: &str, month: u8, kind: &str, amounts: [i64; 6]) {
        for key in [name, &format!("{month}月"), kind, "合計"] {
            let (count, sums) = self.0.entry(key.to_owned()).or_default();
            *count += 1;
            for (sum, amount) in sums.iter_mut().zip(amounts) {
                *sum += amount;
            }
        }
    }

    fn of<'a>(claims: impl IntoIterator<Item = &'a Claim>) -> Self {
        let mut totals = Self::default();
        for claim in claims {
            let name = PEOPLE[claim.person].1;
            totals.add(name, claim.month, claim.kind, claim.amounts);
        }
        totals
    }

    fn get(&self, key: &str) -> (usize, [i64; 6]) {
        self.0.get(key).copied().unwrap_or_default()
    }
}

/// The rows of a page's tables, cell by cell, without the markup.
fn rows(page: &str) -> Vec<Vec<String>> {
    let body = page.replace("<!>", "").replace("&quot;", "\"");
    let rows = body.split("<tr>").skip(1).map(|row| {
        let row = row.split("</tr>").next().unwrap();
        let cells = row.split("</td>").flat_map(|cell| cell.split("</th>"));
        let text = |cell: &str| {
            let mut words = String::new();
            for piece in cell
                .split('<')
                .map(|piece| piece.rsplit('>').next().unwrap())
            {
                words += piece;
            }
            words.trim().to_owned()
        };
        let mut cells: Vec<String> = cells.map(text).collect();
        cells.pop();
        cells
    });
    rows.collect()
}

/// `12,345円` as a number.
fn number(yen: &str) -> i64 {
    let digits: String = yen.chars().filter(char::is_ascii_digit).collect();
    assert!(yen.ends_with('円'), "{yen}");
    digits.parse().unwrap()
}

/// `2026年3月`
fn month(label: &str) -> u8 {
    let month = label
        .strip_prefix("2026年")
        .and_then(|m| m.strip_suffix('月'));
    month.unwrap().parse().unwrap()
}

/// The page's lines, its sums by person and month, and what it says above all.
fn page_agrees(page: &str, expected: &Totals) {
    let mut listed = Totals::default();
    for row in rows(page) {
        match row.as_slice() {
            [label, name, _, kind, days, amounts @ ..] if days == "1日" => {
                let amounts: Vec<i64> = amounts.iter().map(|cell| number(cell)).collect();
                listed.add(name, month(label), kind, amounts.try_into().unwrap());
            }
            [all, amounts @ ..] if all == "合計" && amounts.len() == 6 => {
                let sums: Vec<i64> = amounts.iter().map(|cell| number(cell)).collect();
                assert_eq!(sums, expected.get("合計").1);
            }
            [name, count, total, paid, extra] if count.ends_with('件') => {
                let name = name.split('（').next().unwrap();
                let (lines, sums) = expected.get(name);
                assert_eq!(*count, format!("{lines}件"), "{name}");
                let seen = [total, paid, extra].map(|cell| number(cell));
                assert_eq!(seen, [sums[0], sums[PAID], sums[EXTRA]], "{name}");
            }
            [of_month, _, paid] if of_month.ends_with('月') && paid.ends_with('円') => {
                assert_eq!(number(paid), expected.get(of_month).1[PAID], "{of_month}");
            }
            _ => {}
        }
    }
    assert_eq!(listed, *expected, "the page's lines");
    headline_agrees(page, expected, "合計");
}

/// What stands large on the page of one person, of one kind, or of all.
fn headline_agrees(page: &str, expected: &Totals, key: &str) {
    let paid = yen(expected.get(key).1[PAID]);
    let headline = format!("<p class=\"amount\">{paid}</p>");
    assert!(page.replace("<!>", "").contains(&headline), "{key}: {paid}");
}

fn print_agrees(print: &str, expected: &Totals) {
    let (mut lines, mut paid) = (0, BTreeMap::<String, i64>::new());
    for row in rows(print) {
        match row.as_slice() {
            [all, total] if all == "合計" => {
                assert_eq!(number(total), expected.get("合計").1[PAID]);
            }
            [label, name, _, amount] if label.starts_with("2026年") => {
                lines += 1;
                *paid.entry(name.clone()).or_default() += number(amount);
                *paid.entry(format!("{}月", month(label))).or_default() += number(amount);
            }
            _ => {}
        }
    }
    assert_eq!(lines, expected.get("合計").0, "the print's lines");
    for (key, sum) in paid {
        assert_eq!(sum, expected.get(&key).1[PAID], "{key} in print");
    }
}

/// The records of a sheet, without the header where it has one.
fn records(sheet: &str, has_header: bool) -> Vec<csv::StringRecord> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(has_header)
        .from_reader(sheet.as_bytes());
    reader.records().map(Result::unwrap).collect()
}

fn sheet_agrees(sheet: &str, expected: &Totals) {
    let mut listed = Totals::default();
    for record in records(sheet, true) {
        let month = record[5]
            .strip_prefix("2026年")
            .and_then(|rest| rest.strip_suffix("月"));
        let month = month.unwrap().parse().unwrap();
        let amount = |place: usize| record[place].parse::<i64>().unwrap();
        let amounts = std::array::from_fn(|place| amount(9 + place));
        listed.add(&record[3], month, &record[7], amounts);
    }
    assert_eq!(listed, *expected, "the sheet");
}

/// The form has what was paid for, by person and by category.
fn form_agrees(form: &str, claims: &[&Claim]) {
    let mut sums = BTreeMap::<String, [i64; 2]>::new();
    let mut add = |keys: [&str; 2], sign: i64, amounts: [i64; 2]| {
        for key in keys {
            let sum = sums.entry(key.to_owned()).or_default();
            sum[0] += sign * amounts[0];
            sum[1] += sign * amounts[1];
        }
    };
    let form = records(form, false);
    for record in &form {
        let marks = ["診療・治療", "医薬品", "介護", "その他"];
        let marked = (0..4).filter(|mark| &record[2 + mark] == "該当する");
        let [mark] = marked.collect::<Vec<_>>()[..] else {
            panic!("one mark a line: {record:?}");
        };
        let extra = record[7].parse().unwrap_or_default();
        add(
            [&record[0], marks[mark]],
            1,
            [record[6].parse().unwrap(), extra],
        );
    }
    let paid: Vec<_> = claims
        .iter()
        .filter(|claim| claim.amounts[PAID] > 0)
        .collect();
    assert_eq!(form.len(), paid.len(), "the form's lines");
    for claim in paid {
        let category = match claim.kind {
            "調剤" => "医薬品",
            "その他" => "その他",
            _ => "診療・治療",
        };
        let amounts = [claim.amounts[PAID], claim.amounts[EXTRA]];
        add([PEOPLE[claim.person].1, category], -1, amounts);
    }
    let wrong: Vec<_> = sums.iter().filter(|(_, sum)| **sum != [0, 0]).collect();
    assert!(wrong.is_empty(), "the form is off by {wrong:?}");
}

/// A sheet in UTF-8, and the same in CP932.
async fn both_encodings(taro: &Browser, path: &str) -> [String; 2] {
    let plain = taro.get(path).await.body;
    let request = taro.request(Method::GET, &format!("{path}&encoding=cp932"));
    let bytes = request.send().await.unwrap().bytes().await.unwrap();
    let (cp932, _, broken) = encoding_rs::SHIFT_JIS.decode(&bytes);
    assert!(!broken, "every character is one of CP932");
    [
        plain.trim_start_matches('\u{FEFF}').to_owned(),
        cp932.into_owned(),
    ]
}

/// Every way to look at what Taro may see of these lines.
async fn everything_agrees(taro: &Browser, claims: &[Claim]) {
    let seen: Vec<&Claim> = claims
        .iter()
        .filter(|c| c.person < PEOPLE.len() - 1)
        .collect();
    let expected = Totals::of(seen.iter().copied());
    page_agrees(&taro.get("/expenses?year=2026").await.body, &expected);
    for (person, (_, name)) in PEOPLE.iter().enumerate().take(PEOPLE.len() - 1) {
        let page = taro
            .get(&format!("/expenses?year=2026&person=0{person}"))
            .await;
        headline_agrees(&page.body, &expected, name);
    }
    for kind in KINDS {
        let page = taro.get(&format!("/expenses?year=2026&kind={kind}")).await;
        headline_agrees(&page.body, &expected, kind);
    }
    print_agrees(&taro.get("/expenses/print?year=2026").await.body, &expected);
    for sheet in both_encodings(taro, "/expenses.csv?year=2026").await {
        sheet_agrees(&sheet, &expected);
    }
    for form in both_encodings(taro, "/expenses/form.csv?year=2026").await {
        form_agrees(&form, &seen);
    }
}

on_both! {
    async fn from_the_list_to_page_sheets_form_and_print_all_totals_agree(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        roster::import(&app.fresh, CHILD).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let story = async |claims: Vec<Claim>| {
            tell!(&app.fresh.db, "delete from expense");
            import(&app.fresh, &lines(&claims)).await;
            everything_agrees(&taro, &claims).await;
        };
        drawn::holds(12, claims(), story);
    }
}

on_both! {
    async fn a_year_of_the_greatest_amounts_adds_up_and_a_greater_one_is_refused(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        roster::import(&app.fresh, CHILD).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let claim = |n: u8| Claim {
            person: 0,
            month: 1 + n % 11,
            provider: "みほん医院",
            kind: "外来",
            amounts: match n % 2 {
                0 => possible([GREATEST_AMOUNT; 6]),
                _ => [GREATEST_AMOUNT, 0, GREATEST_AMOUNT, GREATEST_AMOUNT, GREATEST_AMOUNT, GREATEST_AMOUNT],
            },
        };
        let claims: Vec<_> = (0..240).map(claim).collect();
        import(&app.fresh, &lines(&claims)).await;
        everything_agrees(&taro, &claims).await;
        taro.get("/expenses?year=2026").await.shows("2,400,000,000,000円");

        for too_large in ["10000000001", "9223372036854775807", "99999999999999999999999"] {
            let line = format!("1001,12,00,2026-01,医院,外来,1,1,1,,{too_large},,\n");
            let refusal = try_import_text(&app.fresh, &format!("{HEADER}{line}")).await.unwrap_err();
            assert!(matches!(refusal, ImportError::File(_)), "{refusal}");
            let said = refusal.to_string();
            assert!(said.contains(&format!("2行目 窓口負担額「{too_large}」: ")), "{said}");
            assert!(said.contains("何も取り込んでいません。"), "{said}");
        }
        everything_agrees(&taro, &claims).await;
    }
}
