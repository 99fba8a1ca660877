//! One line of the society's list of checkups, read and checked.

use domain::{
    rules::half_width::half_width_char,
    spelling::one_form,
    values::checkup::{Checkup, Item, Urine, was_not_measured},
};
use store::{
    person::Key,
    staged_checkups::{CheckupRow, WITHDRAWN},
};
use time::Date;

pub use crate::office::file::columns::CHECKUPS as COLUMNS;

use crate::office::file::{
    cells::Cells,
    columns::KEY_CHARS,
    header::Header,
    problem::{ProblemKind, Problems},
    records::Record,
};

/// Places in `COLUMNS`.
mod column {
    pub(super) const SYMBOL: usize = 0;
    pub(super) const NUMBER: usize = 1;
    pub(super) const BRANCH: usize = 2;
    pub(super) const TAKEN_ON: usize = 3;
    /// The first of `Item::MEASURED`, which follow in their order, but for the last one.
    pub(super) const MEASURED: usize = 4;
    pub(super) const SYSTOLIC: usize = 7;
    pub(super) const URINE_SUGAR: usize = 17;
    pub(super) const URINE_PROTEIN: usize = 18;
    pub(super) const VERDICT: usize = 19;
    pub(super) const CASUAL_TRIGLYCERIDES: usize = 20;
}

const VERDICT_CHARS: usize = 200;

/// Reads one record; whatever is wrong with it is added to `problems`.
pub fn parse(
    record: &Record<'_>,
    header: &Header,
    today: Date,
    problems: &mut Problems,
) -> Option<CheckupRow> {
    let mut cells = Cells::of(record, header, problems)?;
    // All columns are read before any is missed, so that all are named.
    let symbol = cells.key_part(column::SYMBOL);
    let number = cells.without_hyphen(column::NUMBER);
    let branch = cells.without_hyphen(column::BRANCH);
    let taken_on = cells.taken_on(today);
    let measured = cells.measured();
    let urine_sugar = cells.urine(column::URINE_SUGAR);
    let urine_protein = cells.urine(column::URINE_PROTEIN);
    let verdict = cells.text(column::VERDICT, VERDICT_CHARS);
    let before = cells.problems();
    if let (Some(measured), Some(sugar), Some(protein), Some(verdict)) =
        (measured, urine_sugar, urine_protein, verdict)
    {
        let is_blank = measured.iter().all(Option::is_none) && sugar.or(protein).is_none();
        cells.says_something(is_blank, verdict);
    }
    if let Some(measured) = measured {
        cells.pressures(&measured);
    }
    let is_sound = cells.problems() == before;
    let row = CheckupRow {
        key: Key {
            symbol: one_form(symbol?).into_owned(),
            number: number?.to_owned(),
            branch: branch?.to_owned(),
        },
        checkup: Checkup {
            taken_on: taken_on?,
            measured: measured?,
            urine_sugar: urine_sugar?,
            urine_protein: urine_protein?,
            verdict: one_form(verdict?).into_owned(),
        },
    };
    is_sound.then_some(row)
}

/// What only a list of checkups has to read.
trait CheckupCells {
    fn taken_on(&mut self, today: Date) -> Option<Date>;
    fn measured(&mut self) -> Option<[Option<i64>; Item::MEASURED.len()]>;
    fn urine(&mut self, column: usize) -> Option<Option<Urine>>;
    fn says_something(&mut self, is_blank: bool, verdict: &str);
    fn pressures(&mut self, measured: &[Option<i64>; Item::MEASURED.len()]);
}

impl CheckupCells for Cells<'_, '_> {
    fn taken_on(&mut self, today: Date) -> Option<Date> {
        match self.date(column::TAKEN_ON)? {
            future if future > today => self.bad(column::TAKEN_ON, ProblemKind::TakenInFuture),
            day => Some(day),
        }
    }

    /// A blank was not measured.
    fn measured(&mut self) -> Option<[Option<i64>; Item::MEASURED.len()]> {
        let before = self.problems();
        let mut values = [None; Item::MEASURED.len()];
        for (place, (item, value)) in Item::MEASURED.into_iter().zip(&mut values).enumerate() {
            let column = match item {
                Item::CasualTriglycerides => column::CASUAL_TRIGLYCERIDES,
                _ => column::MEASURED + place,
            };
            let Some(text) = self.text(column, KEY_CHARS) else {
                continue;
            };
            // A stroke is what a machine writes where it measured nothing.
            if text.is_empty() || was_not_measured(text) || is_stroke(text) {
                continue;
            }
            *value = item.parse(text);
            if value.is_none() {
                self.bad::<()>(column, no_value(item, text));
            }
        }
        (self.problems() == before).then_some(values)
    }

    fn urine(&mut self, column: usize) -> Option<Option<Urine>> {
        match self.text(column, KEY_CHARS)? {
            "" => Some(None),
            text if was_not_measured(text) => Some(None),
            text => match Urine::parse(text) {
                Some(grade) => Some(Some(grade)),
                None if is_number(text) => self.bad(column, ProblemKind::UrineCode),
                None => self.bad(column, ProblemKind::Urine),
            },
        }
    }

    /// A line without a value would take the place of a real result.
    fn says_something(&mut self, is_blank: bool, verdict: &str) {
        match (is_blank, verdict) {
            (true, "") => {
                self.bad::<()>(column::VERDICT, ProblemKind::NoResult);
            }
            (false, WITHDRAWN) => {
                self.bad::<()>(column::VERDICT, ProblemKind::WithdrawnWithValues);
            }
            _ => {}
        }
    }

    /// The upper value is the greater one: otherwise columns were exchanged.
    fn pressures(&mut self, measured: &[Option<i64>; Item::MEASURED.len()]) {
        let value = |item| {
            let place = Item::MEASURED.iter().position(|one| *one == item)?;
            measured.get(place).copied().flatten()
        };
        if let (Some(upper), Some(lower)) = (value(Item::Systolic), value(Item::Diastolic))
            && upper <= lower
        {
            self.bad::<()>(column::SYSTOLIC, ProblemKind::Pressures);
        }
    }
}

fn is_stroke(written: &str) -> bool {
    written.chars().all(|c| {
        matches!(
            c,
            '-' | '－' | '−' | '‐' | '–' | '—' | '―' | 'ー' | '*' | '＊' | '/' | '／'
        )
    })
}

fn is_number(written: &str) -> bool {
    written.chars().all(|c| half_width_char(c).is_ascii_digit())
}

/// Why a cell is no value of an item, as a clerk can mend it.
fn no_value(item: Item, written: &str) -> ProblemKind {
    let plain: String = written.chars().map(half_width_char).collect();
    let bounds = ['<', '>', '≤', '≥', '≦', '≧', '↓', '↑'];
    let says_bound = ["以下", "未満", "以上", "超"]
        .iter()
        .any(|word| plain.contains(word));
    let bare =
        plain.trim_matches(|c: char| matches!(c, 'H' | 'h' | 'L' | 'l' | '*' | ' ' | '(' | ')'));
    let is_pressure = matches!(item, Item::Systolic | Item::Diastolic);
    if plain.contains(bounds) || says_bound {
        ProblemKind::Beyond
    } else if bare.len() < plain.len() && (bare.is_empty() || item.parse(bare).is_some()) {
        ProblemKind::Marked
    } else if is_pressure
        && let Some((upper, lower)) = plain.split_once('/')
        && item.parse(upper).or(item.parse(lower)).is_some()
    {
        ProblemKind::BothPressures
    } else {
        ProblemKind::Value(item)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    use crate::office::file::testing::{self, parsed};

    const LINE: &str = "1001,000012,00,2026-06-03,170.5,65.0,84.5,128,79,110,55,118,95,5.4,22,25,40,(-),±,B 軽度異常";

    fn read(line: &str) -> Result<CheckupRow, Vec<String>> {
        parsed(line, &COLUMNS, |record, header, problems| {
            parse(record, header, date!(2026 - 11 - 22), problems)
        })
    }

    fn with(column: &str, value: &str) -> Result<CheckupRow, Vec<String>> {
        read(&testing::with(LINE, &COLUMNS, column, value))
    }

    #[test]
    fn a_line_becomes_a_checkup() {
        let values = [1705, 650, 845, 128, 79, 110, 55, 118, 95, 54, 22, 25, 40];
        let mut measured = [None; Item::MEASURED.len()];
        for (value, measured) in values.into_iter().zip(&mut measured) {
            *measured = Some(value);
        }
        let row = CheckupRow {
            key: Key {
                symbol: "1001".into(),
                number: "000012".into(),
                branch: "00".into(),
            },
            checkup: Checkup {
                taken_on: date!(2026 - 06 - 03),
                measured,
                urine_sugar: Some(Urine::Negative),
                urine_protein: Some(Urine::Trace),
                verdict: "B 軽度異常".into(),
            },
        };
        assert_eq!(read(LINE), Ok(row));
        let blank = read("1001,000012,00,R8.6.3,,,,,,,,,,,,,,,,A").unwrap();
        assert_eq!(blank.checkup.measured, [None; 14]);
        assert_eq!(blank.checkup.urine_sugar, None);
        assert_eq!(blank.checkup.verdict, "A");
        assert_eq!(with("判定", "").unwrap().checkup.verdict, "");
    }

    #[test]
    fn a_line_says_something_and_a_withdrawal_nothing_else() {
        let said = "1行目 判定「」: 検査の値も判定もありません（取り消すときは、判定に「取消」と書いてください）";
        assert_eq!(
            read("1001,000012,00,R8.6.3,,,,,,,,,,,,,,,,"),
            Err(vec![said.to_owned()])
        );
        assert!(read("1001,000012,00,R8.6.3,,,,,,,,,,,,,,,,取消").is_ok());
        let said = "1行目 判定「取消」: 取り消す行では、検査の値をすべて空欄にしてください";
        assert_eq!(with("判定", "取消"), Err(vec![said.to_owned()]));
        for (upper, lower) in [(79, 79), (78, 79), (79, 128)] {
            let line = LINE.replace("128,79", &format!("{upper},{lower}"));
            let said = format!(
                "1行目 収縮期血圧「{upper}」: 拡張期血圧（下）以下です。上と下が逆になっていませんか"
            );
            assert_eq!(read(&line), Err(vec![said]));
        }
        assert!(with("拡張期血圧", "127").is_ok() && with("拡張期血圧", "").is_ok());
    }

    #[test]
    fn every_bad_value_is_named_with_its_reason() {
        const BEYOND: &str = "「<」「以下」などの付いた値は取り込めません。数値だけ（例: 30）を書くか、空欄にしてください";
        const MARKED: &str =
            "「H」「L」「*」などの印は書かずに、数値だけを書いてください（測っていなければ空欄）";
        for (column, value, said) in [
            ("番号", "12-3", "ハイフンは使えません"),
            ("受診日", "", "値がありません"),
            ("受診日", "2026-02-29", "暦にない日付です"),
            ("受診日", "2026-11-23", "今日より後の受診日です"),
            ("収縮期血圧", "29", "30から300までの整数ではありません"),
            ("収縮期血圧", "128.5", "30から300までの整数ではありません"),
            (
                "身長",
                "1.70",
                "50から250までの数値（小数は1桁まで）ではありません",
            ),
            (
                "HbA1c",
                "高め",
                "3から25までの数値（小数は1桁まで）ではありません",
            ),
            ("AST", "<30", BEYOND),
            ("空腹時中性脂肪", "＜３０", BEYOND),
            ("空腹時中性脂肪", "1000以上", BEYOND),
            ("AST", "H", MARKED),
            ("LDL", "L", MARKED),
            ("LDL", "142H", MARKED),
            ("LDL", "＊142", MARKED),
            (
                "収縮期血圧",
                "128/79",
                "上の血圧は収縮期血圧の列に、下の血圧は拡張期血圧の列に、分けて書いてください",
            ),
            (
                "尿糖",
                "1",
                "番号ではなく「－」「±」「＋」「２＋」「３＋」のどれかを書いてください\
                 （特定健診の番号では、1は－、2は±、3は＋、4は２＋、5は３＋です）",
            ),
            (
                "尿糖",
                "あり",
                "「－」「±」「＋」「２＋」「３＋」のどれでもありません",
            ),
        ] {
            let expected = format!("1行目 {column}「{value}」: {said}");
            assert_eq!(with(column, value), Err(vec![expected]));
        }
        assert!(
            with("受診日", "2026-11-22").is_ok(),
            "today is not the future"
        );
        let long = format!(
            "1行目 判定「{}…」: 長すぎます（200文字まで）",
            "長".repeat(40)
        );
        assert_eq!(with("判定", &"長".repeat(201)), Err(vec![long]));
    }

    #[test]
    fn what_was_not_measured_may_be_said_in_words() {
        let value = |column, text| with(column, text).unwrap().checkup.measured;
        for text in ["未実施", "測定不可", "－", "―", "***", " "] {
            assert_eq!(value("腹囲", text)[2], None, "{text}");
        }
        assert_eq!(with("尿糖", "未実施").unwrap().checkup.urine_sugar, None);
        assert_eq!(value("収縮期血圧", "128.0")[3], Some(128));
        let casual = read(&format!("{LINE},180")).unwrap().checkup;
        assert_eq!(casual.value(Item::CasualTriglycerides), Some(180));
        assert_eq!(casual.value(Item::Triglycerides), Some(110));
        assert_eq!(value("HbA1c", "5.60%")[9], Some(56));
    }

    #[test]
    fn all_that_is_wrong_with_a_line_is_said_at_once() {
        let said = read(",,,x,y,y,y,y,y,y,y,y,y,y,y,y,y,z,z,\0").unwrap_err();
        assert_eq!(said.len(), 20, "{said:#?}");
    }

    proptest! {
        #[test]
        fn any_cells_are_answered(cells in prop::collection::vec("[^,\"\r\n]{0,12}|[0-9.±+-]{0,10}", 20)) {
            let _ = read(&cells.join(","));
        }
    }
}
