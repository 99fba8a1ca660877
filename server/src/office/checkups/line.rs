//! One line of the society's list of checkups, read and checked.

use domain::{
    spelling::one_form,
    values::checkup::{Checkup, Item, Urine},
};
use store::{
    person::Key,
    staged_checkups::{CheckupRow, WITHDRAWN},
};
use time::Date;

use crate::office::file::{
    cells::{Cells, KEY_CHARS},
    header::Header,
    problem::{ProblemKind, Problems},
    records::Record,
};

/// The columns, by the names and in the order of the contract.
pub const COLUMNS: [&str; 20] = [
    "記号",
    "番号",
    "枝番",
    "受診日",
    "身長",
    "体重",
    "腹囲",
    "収縮期血圧",
    "拡張期血圧",
    "中性脂肪",
    "HDL",
    "LDL",
    "空腹時血糖",
    "HbA1c",
    "AST",
    "ALT",
    "γGT",
    "尿糖",
    "尿蛋白",
    "判定",
];

/// Places in `COLUMNS`.
mod column {
    pub(super) const SYMBOL: usize = 0;
    pub(super) const NUMBER: usize = 1;
    pub(super) const BRANCH: usize = 2;
    pub(super) const TAKEN_ON: usize = 3;
    /// The first of `Item::MEASURED`, which follow in their order.
    pub(super) const MEASURED: usize = 4;
    pub(super) const SYSTOLIC: usize = 7;
    pub(super) const URINE_SUGAR: usize = 17;
    pub(super) const URINE_PROTEIN: usize = 18;
    pub(super) const VERDICT: usize = 19;
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
    let symbol = cells.required(column::SYMBOL, KEY_CHARS);
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
            let column = column::MEASURED + place;
            if self
                .text(column, KEY_CHARS)
                .is_some_and(|text| !text.is_empty())
            {
                *value = self.parsed(column, |text| item.parse(text), ProblemKind::Value(item));
            }
        }
        (self.problems() == before).then_some(values)
    }

    fn urine(&mut self, column: usize) -> Option<Option<Urine>> {
        match self.text(column, KEY_CHARS)? {
            "" => Some(None),
            _ => self
                .parsed(column, Urine::parse, ProblemKind::Urine)
                .map(Some),
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
        let measured = [1705, 650, 845, 128, 79, 110, 55, 118, 95, 54, 22, 25, 40];
        let row = CheckupRow {
            key: Key {
                symbol: "1001".into(),
                number: "000012".into(),
                branch: "00".into(),
            },
            checkup: Checkup {
                taken_on: date!(2026 - 06 - 03),
                measured: measured.map(Some),
                urine_sugar: Some(Urine::Negative),
                urine_protein: Some(Urine::Trace),
                verdict: "B 軽度異常".into(),
            },
        };
        assert_eq!(read(LINE), Ok(row));
        let blank = read("1001,000012,00,R8.6.3,,,,,,,,,,,,,,,,A").unwrap();
        assert_eq!(blank.checkup.measured, [None; 13]);
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
