//! What was found in a file, as its page says it.

use domain::values::number::grouped;
use office_pages::pages::files::{Ask, BadLine, ChangedValue, Found, Table};

use crate::office::{
    job::shown::Shown,
    list::{self, Plan, Question},
};

/// Lines that are wrong, on the page; the sheet has the others.
const SHOWN: usize = 100;

pub(super) fn in_words(shown: Shown) -> Found {
    match shown {
        Shown::Refused(refusal) => Found::Refused {
            count: refusal.count,
            lines: refusal.lines.iter().take(SHOWN).map(bad_line).collect(),
            sentence: refusal.sentence,
        },
        Shown::Asks(questions) => Found::Asks {
            count: questions.count,
            questions: questions.first.iter().map(ask).collect(),
        },
        Shown::Planned(plan) => planned(*plan),
    }
}

pub(super) fn bad_line(told: &list::plan::Told) -> BadLine {
    BadLine {
        line: told.line,
        key: told.key.clone().unwrap_or_default(),
        column: told.column.clone().unwrap_or_default(),
        value: told.value.clone().unwrap_or_default(),
        what: told.what.clone(),
    }
}

fn ask(question: &Question) -> Ask {
    let sentence = match question {
        Question::Moved {
            line,
            from_key,
            from_name,
            to_key,
            to_name,
            is_same_name,
        } => {
            let alike = match is_same_name {
                true => "氏名・生年月日・性別が同じです",
                false => "生年月日・性別が同じで、氏名の書き方か氏だけがちがいます",
            };
            format!(
                "{line}行目: 登録済みの{from_key}（{from_name}）と、ファイルの{to_key}（{to_name}）は、{alike}。同じ人ですか。"
            )
        }
        Question::Unclear { line } => format!(
            "{line}行目: 氏名・生年月日・性別が同じ人が2人以上いて、だれのことか決められません。新しい加入者としますか。"
        ),
        Question::OtherEmployers { codes } => format!(
            "このファイルの事業所（{}）は、登録済みの名簿に1つもありません。この健保組合のファイルですか。",
            codes.join("、")
        ),
        Question::Repeated { line, key, month } => format!(
            "{line}行目: {key}の{}年{}月に、同じ医療機関・区分の明細がもう登録されています。追加の明細ですか、訂正ですか。",
            month / 100,
            month % 100
        ),
        Question::SeveralHolders { line } => format!(
            "{line}行目: この記号・番号・枝番は、そのとき複数の人のものでした。今の持ち主のことですか。"
        ),
    };
    let words = |answer: &list::Answer| match answer {
        list::Answer::Same => (
            "same",
            "同じ人（登録・医療費・健診結果を新しい番号に引き継ぐ）",
        ),
        list::Answer::New => ("new", "別の人（新しい加入者とする）"),
        list::Answer::Add => ("add", "追加の明細"),
        list::Answer::Correct => ("correct", "訂正（登録済みの明細を置きかえる）"),
        list::Answer::Yes => ("yes", "はい"),
    };
    Ask {
        line: question.line(),
        sentence,
        answers: question.answers().iter().map(words).collect(),
    }
}

fn planned(plan: Plan) -> Found {
    let mut tables = Vec::new();
    if !plan.employers.is_empty() {
        let rows = plan.employers.iter().map(|one| {
            let counts = [one.lines, one.added, one.changed, one.left];
            let mut row = vec![one.code.clone(), one.name.clone()];
            row.extend(counts.map(grouped));
            row
        });
        tables.push(Table {
            title: "事業所ごとの人数",
            heads: [
                "事業所コード",
                "事業所名",
                "ファイルの行",
                "追加",
                "変更",
                "資格喪失",
            ]
            .map(str::to_owned)
            .to_vec(),
            words: 2,
            rows: rows.collect(),
        });
    }
    if !plan.months.is_empty() {
        let mut heads: Vec<String> = ["月", "ファイルの行", "追加", "変更", "取消"]
            .map(str::to_owned)
            .to_vec();
        let yen = plan.months.first().map(|one| &*one.yen).unwrap_or_default();
        heads.extend(yen.iter().map(|(column, _)| format!("{column}（円）")));
        let rows = plan.months.iter().map(|one| {
            let counts = [one.lines, one.added, one.changed, one.withdrawn];
            let mut row = vec![format!("{}年{}月", one.month / 100, one.month % 100)];
            row.extend(counts.map(grouped));
            row.extend(one.yen.iter().map(|(_, yen)| grouped(*yen)));
            row
        });
        tables.push(Table {
            title: "月ごとの件数と合計",
            rows: rows.collect(),
            words: 1,
            heads,
        });
    }
    Found::Plan {
        rows: plan.rows,
        counts: plan.counts,
        changes: plan
            .changes
            .into_iter()
            .map(|one| ChangedValue {
                line: one
                    .line
                    .map(|line| format!("{line}行目"))
                    .unwrap_or_default(),
                whose: one.whose,
                column: one.column,
                old: one.old.unwrap_or_default(),
                new: one.new.unwrap_or_default(),
            })
            .collect(),
        all_changes: plan.all_changes,
        tables,
    }
}
