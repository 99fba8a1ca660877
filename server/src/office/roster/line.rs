//! One line of the roster, read and checked.

use domain::{
    relation::Relation, rules::half_width::half_width_char, spelling::one_form, values::sex::Sex,
};
use store::roster::RosterRow;
use time::Date;

pub use crate::office::file::columns::ROSTER as COLUMNS;

use crate::office::file::{
    cells::Cells,
    header::Header,
    problem::{ProblemKind, Problems},
    records::Record,
    stand_in,
};

/// Places in `COLUMNS`.
mod column {
    pub(super) const SYMBOL: usize = 0;
    pub(super) const NUMBER: usize = 1;
    pub(super) const BRANCH: usize = 2;
    pub(super) const NAME: usize = 3;
    pub(super) const KANA: usize = 4;
    pub(super) const BORN_ON: usize = 5;
    pub(super) const SEX: usize = 6;
    pub(super) const RELATION: usize = 7;
    pub(super) const QUALIFIED_ON: usize = 8;
    pub(super) const DISQUALIFIED_ON: usize = 9;
    pub(super) const EMPLOYER_CODE: usize = 10;
    pub(super) const EMPLOYER_NAME: usize = 11;
    pub(super) const POSTAL_CODE: usize = 12;
    pub(super) const ADDRESS: usize = 13;
}

const NAME_CHARS: usize = 100;
const ADDRESS_CHARS: usize = 200;

/// Reads one record; whatever is wrong with it is added to `problems`.
pub fn parse(
    record: &Record<'_>,
    header: &Header,
    today: Date,
    problems: &mut Problems,
) -> Option<RosterRow> {
    let mut cells = Cells::of(record, header, problems)?;
    // All columns are read before any is missed, so that all are named.
    let symbol = cells.key_part(column::SYMBOL);
    let number = cells.without_hyphen(column::NUMBER);
    let branch = cells.without_hyphen(column::BRANCH);
    let name = cells.name(column::NAME);
    let kana = cells.name(column::KANA);
    let name = match name {
        Some("") => cells.required(column::NAME, NAME_CHARS),
        name => name,
    };
    let born_on = cells.date(column::BORN_ON);
    let sex = cells.parsed(column::SEX, Sex::parse, ProblemKind::Sex);
    let relation = cells.parsed(column::RELATION, Relation::parse, ProblemKind::Relation);
    let qualified_on = cells.date(column::QUALIFIED_ON);
    let disqualified_on = cells.last_day();
    let employer_code = cells.code(column::EMPLOYER_CODE);
    let employer_name = cells.words(column::EMPLOYER_NAME, NAME_CHARS);
    let postal_code = cells.postal_code();
    let address = cells.words(column::ADDRESS, ADDRESS_CHARS);
    let in_order = cells.dates_in_order(today, born_on, qualified_on, disqualified_on.flatten());
    let row = RosterRow {
        symbol: one_form(symbol?).into_owned(),
        number: number?.to_owned(),
        branch: branch?.to_owned(),
        name: one_form(name?).into_owned(),
        kana: one_form(kana?).into_owned(),
        born_on: born_on?,
        sex: sex?,
        relation: relation?,
        qualified_on: qualified_on?,
        disqualified_on: disqualified_on?,
        employer_code: employer_code?.to_owned(),
        employer_name: one_form(employer_name?).into_owned(),
        postal_code: postal_code?,
        address: one_form(address?).into_owned(),
    };
    in_order.then_some(row)
}

/// What only a roster has to read.
trait RosterCells<'a> {
    fn name(&mut self, column: usize) -> Option<&'a str>;
    fn last_day(&mut self) -> Option<Option<Date>>;
    fn postal_code(&mut self) -> Option<String>;
    fn dates_in_order(
        &mut self,
        today: Date,
        born_on: Option<Date>,
        qualified_on: Option<Date>,
        disqualified_on: Option<Date>,
    ) -> bool;
}

impl<'a> RosterCells<'a> for Cells<'a, '_> {
    /// What stands in the place of a character is in nobody's name.
    fn name(&mut self, column: usize) -> Option<&'a str> {
        if stand_in::is_in_name(self.raw(column).trim()) {
            return self.bad(column, ProblemKind::StandIn);
        }
        self.text(column, NAME_CHARS)
    }

    /// Systems without an empty date write nothing, or the end of time.
    fn last_day(&mut self) -> Option<Option<Date>> {
        let written = self.raw(column::DISQUALIFIED_ON);
        let digits: String = written
            .chars()
            .map(half_width_char)
            .filter(|c| !matches!(c, '-' | '/' | '.' | ' '))
            .collect();
        match digits.as_str() {
            "0" | "00000000" | "99999999" | "99991231" => Some(None),
            _ => self.optional_date(column::DISQUALIFIED_ON),
        }
    }

    fn postal_code(&mut self) -> Option<String> {
        let text = self.code(column::POSTAL_CODE)?;
        let mut code: String = text
            .chars()
            .map(half_width_char)
            .filter(|c| !matches!(c, '〒' | '-' | ' '))
            .collect();
        match code.len() {
            0 => Some(code),
            7 if code.bytes().all(|b| b.is_ascii_digit()) => {
                code.insert(3, '-');
                Some(code)
            }
            3..7 if code.bytes().all(|b| b.is_ascii_digit()) && has_lost_zeros(text) => {
                self.bad(column::POSTAL_CODE, ProblemKind::PostalZeros)
            }
            _ => self.bad(column::POSTAL_CODE, ProblemKind::PostalCode),
        }
    }

    fn dates_in_order(
        &mut self,
        today: Date,
        born_on: Option<Date>,
        qualified_on: Option<Date>,
        disqualified_on: Option<Date>,
    ) -> bool {
        let before = self.problems();
        if born_on > Some(today) {
            self.bad::<()>(column::BORN_ON, ProblemKind::BornInFuture);
        } else if qualified_on.is_some() && qualified_on < born_on {
            self.bad::<()>(column::QUALIFIED_ON, ProblemKind::QualifiedBeforeBirth);
        }
        if disqualified_on.is_some() && disqualified_on < qualified_on {
            self.bad::<()>(
                column::DISQUALIFIED_ON,
                ProblemKind::DisqualifiedBeforeQualified,
            );
        }
        self.problems() == before
    }
}

/// Whether a postal code too short is one without its zeros: `600001`, `60-0001`.
fn has_lost_zeros(written: &str) -> bool {
    match written.split_once('-') {
        Some((area, town)) => area.len() < 3 && town.len() == 4,
        None => written.bytes().all(|b| b.is_ascii_digit()),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use super::*;

    use crate::office::file::testing::{self, parsed};

    proptest! {
        #[test]
        fn any_cells_are_answered(cells in prop::collection::vec("[^,\"\r\n]{0,12}|[0-9.-]{0,10}", 14)) {
            let _ = read(&cells.join(","));
        }
    }

    const TODAY: Date = date!(2026 - 11 - 22);
    const LINE: &str = "1001,000012,00,健保 太郎,ケンポ タロウ,H2.4.1,男,本人,平成25年4月1日,,\
                        0007,あおぞら商事,1050001,東京都港区架空町1-2-3";

    fn read(line: &str) -> Result<RosterRow, Vec<String>> {
        parsed(line, &COLUMNS, |record, header, problems| {
            parse(record, header, TODAY, problems)
        })
    }

    fn with(column: &str, value: &str) -> Result<RosterRow, Vec<String>> {
        read(&testing::with(LINE, &COLUMNS, column, value))
    }

    #[test]
    fn a_line_becomes_a_person() {
        let row = RosterRow {
            symbol: "1001".into(),
            number: "000012".into(),
            branch: "00".into(),
            name: "健保 太郎".into(),
            kana: "ケンポ タロウ".into(),
            born_on: date!(1990 - 04 - 01),
            sex: Sex::Male,
            relation: Relation::Insured,
            qualified_on: date!(2013 - 04 - 01),
            disqualified_on: None,
            employer_code: "0007".into(),
            employer_name: "あおぞら商事".into(),
            postal_code: "105-0001".into(),
            address: "東京都港区架空町1-2-3".into(),
        };
        assert_eq!(read(LINE), Ok(row));
    }

    #[test]
    fn keys_stay_as_they_are_but_for_the_blanks_around_them() {
        assert_eq!(
            with("記号", "\u{3000}本社-ｱ01 ").unwrap().symbol,
            "本社-ｱ01"
        );
        assert_eq!(with("番号", "０００１").unwrap().number, "０００１");
        assert_eq!(with("枝番", "01").unwrap().branch, "01");
        // What forces a spreadsheet to keep zeros is none of the key.
        for written in ["'000012", "=\"\"000012\"\""] {
            assert_eq!(with("番号", written).unwrap().number, "000012");
            assert_eq!(
                with("事業所コード", written).unwrap().employer_code,
                "000012"
            );
        }
        assert_eq!(
            with("郵便番号", "'0600001").unwrap().postal_code,
            "060-0001"
        );
    }

    #[test]
    fn sex_relation_and_postal_code_come_in_several_forms() {
        for written in ["女", "女性", "2", "２"] {
            assert_eq!(with("性別", written).unwrap().sex, Sex::Female);
        }
        assert_eq!(
            with("続柄", "被保険者").unwrap().relation,
            Relation::Insured
        );
        assert_eq!(
            with("続柄", "長男").unwrap().relation,
            Relation::Dependent("長男".into())
        );
        for written in ["105-0001", "１０５ー０００１", "〒105-0001"] {
            assert_eq!(with("郵便番号", written).unwrap().postal_code, "105-0001");
        }
        for empty in [
            "氏名カナ",
            "事業所コード",
            "事業所名",
            "郵便番号",
            "住所",
            "資格喪失日",
        ] {
            assert!(with(empty, " ").is_ok(), "{empty} may be empty");
        }
    }

    #[test]
    fn every_bad_value_is_named_with_its_reason() {
        for (column, value, said) in [
            ("記号", "", "1行目 記号「」: 値がありません"),
            ("番号", "12-3", "1行目 番号「12-3」: ハイフンは使えません"),
            ("枝番", " ", "1行目 枝番「 」: 値がありません"),
            ("枝番", "0-1", "1行目 枝番「0-1」: ハイフンは使えません"),
            (
                "氏名",
                "太\0郎",
                "1行目 氏名「太\u{FFFD}郎」: 改行などの見えない文字が含まれています",
            ),
            (
                "氏名",
                "太\u{FFFD}",
                "1行目 氏名「太\u{FFFD}」: もとの文字の代わりの記号（●、〓、?など）か外字が入っています。もとの表を保存したときに、文字コードにない漢字が置きかわったものです。正しい文字に直すか、もとの表から「CSV UTF-8（コンマ区切り）」で保存し直してください",
            ),
            (
                "住所",
                "東京都\n港区",
                "1行目 住所「東京都\u{FFFD}港区」: 値の途中に改行があります。改行を消して、1行に直してください",
            ),
            (
                "生年月日",
                "2026-11-23",
                "1行目 生年月日「2026-11-23」: 今日より後の生年月日です",
            ),
            (
                "生年月日",
                "2014-01-01",
                "1行目 資格取得日「平成25年4月1日」: 資格取得日が生年月日より前です",
            ),
            (
                "生年月日",
                "平成31年5月1日",
                "1行目 生年月日「平成31年5月1日」: 平成の期間外です（平成は1989-01-08から2019-04-30までです）",
            ),
            ("資格取得日", "", "1行目 資格取得日「」: 値がありません"),
            (
                "資格喪失日",
                "2013-03-31",
                "1行目 資格喪失日「2013-03-31」: 資格喪失日が資格取得日より前です",
            ),
            (
                "資格喪失日",
                "2026-02-29",
                "1行目 資格喪失日「2026-02-29」: 暦にない日付です",
            ),
            (
                "性別",
                "3",
                "1行目 性別「3」: 「男」「女」（または1、2）ではありません",
            ),
            (
                "続柄",
                "01",
                "1行目 続柄「01」: 続柄を言葉で書いてください（例: 本人、妻、長男。番号は使えません）",
            ),
            (
                "郵便番号",
                "600001",
                "1行目 郵便番号「600001」: 郵便番号は7桁の数字です。先頭の0が消えていませんか（例: 060-0001）",
            ),
            (
                "郵便番号",
                "60-0001",
                "1行目 郵便番号「60-0001」: 郵便番号は7桁の数字です。先頭の0が消えていませんか（例: 060-0001）",
            ),
            (
                "番号",
                "1.00012E+11",
                "1行目 番号「1.00012E+11」: Excelが桁の多い数字を指数に変えています。もとの数字を、列の表示形式を「文字列」にして書き直してください",
            ),
            (
                "郵便番号",
                "105-001",
                "1行目 郵便番号「105-001」: 郵便番号は7桁の数字です（例: 105-0001）",
            ),
        ] {
            assert_eq!(
                with(column, value),
                Err(vec![said.to_owned()]),
                "{column} {value:?}"
            );
        }
        let long = "長".repeat(101);
        let said = format!(
            "1行目 氏名「{}…」: 長すぎます（100文字まで）",
            "長".repeat(40)
        );
        assert_eq!(with("氏名", &long), Err(vec![said]));
    }

    #[test]
    fn what_stands_in_for_a_character_is_in_no_name() {
        for written in [
            "●橋 健",
            "〓橋 健",
            "?橋 健",
            "？橋 健",
            "■橋 健",
            "\u{E000}橋 健",
        ] {
            for column in ["氏名", "氏名カナ"] {
                let said = with(column, written).unwrap_err();
                assert_eq!(said.len(), 1);
                assert!(said[0].contains("もとの文字の代わり"), "{said:?}");
            }
        }
        for written in [
            "髙橋 健",
            "𠮷田・ジョン",
            "ダ　シルヴァ",
            "々木 〆子",
            "O'Brien Ann-Mari",
        ] {
            assert!(with("氏名", written).is_ok(), "{written}");
        }
        for (column, written) in [
            ("住所", "東京都架空区〓1-2"),
            ("事業所名", "みほん?事"),
            ("住所", "&#12345;町1"),
        ] {
            let said = with(column, written).unwrap_err();
            assert!(said[0].contains("もとの文字の代わり"), "{said:?}");
        }
        assert!(with("住所", "架空区1-2 メゾン●みほん #101").is_ok());
    }

    #[test]
    fn who_has_not_left_may_have_the_end_of_time() {
        for written in [
            "",
            "0",
            "00000000",
            "99999999",
            "9999-12-31",
            "9999/12/31",
            "９９９９１２３１",
        ] {
            assert_eq!(
                with("資格喪失日", written).unwrap().disqualified_on,
                None,
                "{written}"
            );
        }
    }

    #[test]
    fn all_that_is_wrong_with_a_line_is_said_at_once() {
        let said = read(",,,,,x,y,1,z,,,,,").unwrap_err();
        assert_eq!(said.len(), 8, "{said:#?}");
        assert_eq!(
            read("1001,12,00").unwrap_err(),
            ["1行目: 列の数が違います（14列のところ3列）"]
        );
    }
}
