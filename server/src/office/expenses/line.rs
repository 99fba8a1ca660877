//! One line of the society's list of medical expenses, read and checked.

use domain::{
    rules::half_width::half_width_char,
    spelling::one_form,
    values::{
        expense::{Amounts, GREATEST_AMOUNT, Kind},
        month::Month,
    },
};
use store::{person::Key, staged_expenses::ExpenseRow};

use crate::office::file::{
    cells::{Cells, is_exponential},
    columns::KEY_CHARS,
    header::Header,
    month::{self, MonthProblem},
    problem::{ProblemKind, Problems},
    records::Record,
};

/// Places in `COLUMNS`.
mod column {
    pub(super) const SYMBOL: usize = 0;
    pub(super) const NUMBER: usize = 1;
    pub(super) const BRANCH: usize = 2;
    pub(super) const MONTH: usize = 3;
    pub(super) const PROVIDER: usize = 4;
    pub(super) const KIND: usize = 5;
    pub(super) const DAYS: usize = 6;
    pub(super) const TOTAL: usize = 7;
    pub(super) const INSURER: usize = 8;
    pub(super) const PUBLIC: usize = 9;
    pub(super) const PAID: usize = 10;
    pub(super) const MEALS: usize = 11;
    pub(super) const EXTRA: usize = 12;
}

const PROVIDER_CHARS: usize = 100;
/// Nobody has a claim of a year before this one to bring in: a wrong era, most likely.
const FIRST_YEAR: i32 = 2000;
/// A pharmacy counts how often it was asked, which may be more than once a day.
const MOST_DAYS: i64 = 99;

/// Reads one record; whatever is wrong with it is added to `problems`.
pub(super) fn parse(
    record: &Record<'_>,
    header: &Header,
    this_month: Month,
    problems: &mut Problems,
) -> Option<ExpenseRow> {
    let mut cells = Cells::of(record, header, problems)?;
    // All columns are read before any is missed, so that all are named.
    let symbol = cells.key_part(column::SYMBOL);
    let number = cells.without_hyphen(column::NUMBER);
    // Where the household has one person, that is told by 記号 and 番号.
    let branch = match cells.raw(column::BRANCH).trim() {
        "" => Some(""),
        _ => cells.without_hyphen(column::BRANCH),
    };
    let month = cells.month(this_month);
    let provider = cells.words(column::PROVIDER, PROVIDER_CHARS);
    let kind = cells.parsed(column::KIND, kind, ProblemKind::Kind);
    let days = cells.parsed(column::DAYS, days, ProblemKind::Days);
    let total = cells.amount(column::TOTAL);
    let insurer = cells.amount(column::INSURER);
    let public = cells.optional_amount(column::PUBLIC);
    let paid = cells.amount(column::PAID);
    let meals = cells.optional_amount(column::MEALS);
    let extra = cells.optional_amount(column::EXTRA);
    let parts_fit = cells.within_total(total, insurer, public);
    if !parts_fit {
        return None;
    }
    Some(ExpenseRow {
        key: Key {
            symbol: one_form(symbol?).into_owned(),
            number: number?.to_owned(),
            branch: branch?.to_owned(),
        },
        month: month?,
        provider: provider?.to_owned(),
        kind: kind?,
        days: days?,
        amounts: Amounts {
            total: total?,
            insurer: insurer?,
            public: public?,
            paid: paid?,
            meals: meals?,
            extra: extra?,
        },
    })
}

/// What only a list of expenses has to read.
trait ExpenseCells {
    fn month(&mut self, this_month: Month) -> Option<Month>;
    fn amount(&mut self, column: usize) -> Option<i64>;
    fn optional_amount(&mut self, column: usize) -> Option<i64>;
    fn within_total(
        &mut self,
        total: Option<i64>,
        insurer: Option<i64>,
        public: Option<i64>,
    ) -> bool;
}

impl ExpenseCells for Cells<'_, '_> {
    fn month(&mut self, this_month: Month) -> Option<Month> {
        let text = self.required(column::MONTH, KEY_CHARS)?;
        match month::parse(text) {
            Ok(month) if month > this_month => {
                self.bad(column::MONTH, ProblemKind::Month(MonthProblem::Future))
            }
            Ok(month) if month.year() < FIRST_YEAR => {
                self.bad(column::MONTH, ProblemKind::Month(MonthProblem::LongAgo))
            }
            Ok(month) => Some(month),
            Err(problem) => self.bad(column::MONTH, ProblemKind::Month(problem)),
        }
    }

    fn amount(&mut self, column: usize) -> Option<i64> {
        let written = self.raw(column).trim();
        let why = if is_negative(written) {
            ProblemKind::Negative
        } else if is_exponential(written) {
            ProblemKind::Exponential
        } else {
            ProblemKind::Amount
        };
        self.parsed(column, amount, why)
    }

    /// Most claims have none of these: a blank is none.
    fn optional_amount(&mut self, column: usize) -> Option<i64> {
        match self.text(column, KEY_CHARS)? {
            // A stroke is how a format of amounts shows 0.
            "" | "-" | "－" | "−" | "―" => Some(0),
            _ => self.amount(column),
        }
    }

    /// Nobody pays more than there is to pay. What could not be read is not judged.
    fn within_total(
        &mut self,
        total: Option<i64>,
        insurer: Option<i64>,
        public: Option<i64>,
    ) -> bool {
        let (Some(total), Some(insurer), Some(public)) = (total, insurer, public) else {
            return true;
        };
        if insurer + public <= total {
            return true;
        }
        self.bad::<()>(column::INSURER, ProblemKind::PartsBeyondTotal);
        false
    }
}

/// The kind by our word, or by one of those that claims and other lists have for it.
fn kind(written: &str) -> Option<Kind> {
    let word: String = written
        .chars()
        .map(half_width_char)
        .filter(|c| !c.is_whitespace())
        .collect();
    match word.as_str() {
        "医科入院" => Some(Kind::Inpatient),
        "通院" | "入院外" | "医科入院外" | "医科外来" => Some(Kind::Outpatient),
        "歯科入院" | "歯科入院外" | "歯科外来" => Some(Kind::Dental),
        "調剤薬局" | "薬局" | "薬剤" => Some(Kind::Pharmacy),
        "柔道整復" | "柔道整復師" | "接骨" => Some(Kind::Osteopathy),
        "訪問" | "訪看" => Some(Kind::HomeNursing),
        word => Kind::parse(word),
    }
}

/// `-100`, `▲100`, `△100`, `(100)`, `100-`.
fn is_negative(written: &str) -> bool {
    let plain: String = written.chars().map(half_width_char).collect();
    let signs = ['-', '−', '▲', '△', '▼', '▽'];
    let bare = plain.trim_start_matches(['￥', '¥', '\\', ' ']);
    let digits = bare
        .strip_prefix(signs)
        .or_else(|| bare.strip_suffix(signs))
        .or_else(|| bare.strip_prefix('(')?.strip_suffix(')'));
    digits.is_some_and(|digits| amount(digits.trim()).is_some())
}

fn days(written: &str) -> Option<i64> {
    let plain: String = written.chars().map(half_width_char).collect();
    let plain = plain
        .strip_suffix(['日', '回'])
        .unwrap_or(&plain)
        .trim_end();
    whole_number(without_zeros(plain)).filter(|days| *days <= MOST_DAYS)
}

/// `12345`, `12,345`, `１２３４５`, with or without 円; or `￥12,345`, as Excel writes it,
/// whose sign of the yen is a backslash in CP932.
fn amount(written: &str) -> Option<i64> {
    let plain: String = written.chars().map(half_width_char).collect();
    let plain = match plain.strip_prefix(['￥', '¥', '\\']) {
        Some(plain) => plain.trim_start(),
        None => plain.strip_suffix('円').unwrap_or(&plain).trim_end(),
    };
    let plain = without_zeros(plain);
    let mut groups = plain.split(',');
    let first = groups.next()?;
    let rest: Vec<&str> = groups.collect();
    if !rest.is_empty() && (first.len() > 3 || rest.iter().any(|group| group.len() != 3)) {
        return None;
    }
    whole_number(&plain.replace(',', "")).filter(|amount| *amount <= GREATEST_AMOUNT)
}

/// Spreadsheets write `3000.00`.
fn without_zeros(plain: &str) -> &str {
    match plain.split_once('.') {
        Some((whole, decimals)) if !decimals.is_empty() && decimals.bytes().all(|b| b == b'0') => {
            whole
        }
        _ => plain,
    }
}

fn whole_number(written: &str) -> Option<i64> {
    let plain: String = written.chars().map(half_width_char).collect();
    let digits = !plain.is_empty() && plain.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| plain.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::date;

    use domain::values::expense::COLUMNS;

    use super::*;

    use crate::office::file::testing::{self, parsed};

    const LINE: &str = "1001,000012,00,2026-03,架空中央クリニック,外来,2,12340,8638,,3702,,";

    fn read(line: &str) -> Result<ExpenseRow, Vec<String>> {
        parsed(line, &COLUMNS, |record, header, problems| {
            parse(record, header, Month::of(date!(2026 - 11 - 22)), problems)
        })
    }

    fn with(column: &str, value: &str) -> Result<ExpenseRow, Vec<String>> {
        read(&testing::with(LINE, &COLUMNS, column, value))
    }

    #[test]
    fn a_line_becomes_an_expense() {
        let row = ExpenseRow {
            key: Key {
                symbol: "1001".into(),
                number: "000012".into(),
                branch: "00".into(),
            },
            month: Month::of(date!(2026 - 03 - 01)),
            provider: "架空中央クリニック".into(),
            kind: Kind::Outpatient,
            days: 2,
            amounts: Amounts {
                total: 12_340,
                insurer: 8_638,
                public: 0,
                paid: 3_702,
                meals: 0,
                extra: 0,
            },
        };
        assert_eq!(read(LINE), Ok(row));
        assert_eq!(with("医療機関名", "").unwrap().provider, "");
        assert_eq!(with("窓口負担額", "0").unwrap().amounts.paid, 0);
        for written in [
            "3,702",
            "３７０２",
            "3702円",
            "３，７０２円",
            "￥3,702",
            "¥3,702",
            "¥ 3702",
            "\\3,702",
            "￥３，７０２",
            "3702.0",
            "3,702.00",
            "３７０２．００円",
        ] {
            assert_eq!(
                with("窓口負担額", written).unwrap().amounts.paid,
                3_702,
                "{written}"
            );
        }
        for (word, kind) in [
            ("医科入院", Kind::Inpatient),
            ("入院外", Kind::Outpatient),
            ("外　来", Kind::Outpatient),
            ("歯科外来", Kind::Dental),
            ("柔道整復", Kind::Osteopathy),
            ("訪看", Kind::HomeNursing),
        ] {
            assert_eq!(with("区分", word).unwrap().kind, kind, "{word}");
        }
        for written in ["2.0", "２日", "2 回"] {
            assert_eq!(with("日数", written).unwrap().days, 2, "{written}");
        }
        assert_eq!(
            with("医療費総額", "10,000,000,000").unwrap().amounts.total,
            GREATEST_AMOUNT
        );
    }

    #[test]
    fn every_bad_value_is_named_with_its_reason() {
        const AMOUNT: &str = "0以上の整数（円）ではないか、大きすぎます";
        const NEGATIVE: &str = "マイナスの金額は取り込めません。減った分ではなく、訂正後の金額の行を書いてください\
                                （なくなった明細は、日数と金額をすべて0にした行で取り消せます）";
        for (column, value, said) in [
            ("番号", "12-3", "ハイフンは使えません"),
            ("診療年月", "", "値がありません"),
            (
                "診療年月",
                "2026-03-01",
                "日は書かずに、年月だけを書いてください",
            ),
            ("診療年月", "2026-12", "今月より後の年月です"),
            ("診療年月", "2026-13", "暦にない月です"),
            ("診療年月", "1999-12", "2000年より前の年月です"),
            ("診療年月", "H8.3", "2000年より前の年月です"),
            (
                "保険者負担額",
                "12341",
                "保険者負担額と公費負担額の合計が、医療費総額より大きくなっています",
            ),
            ("窓口負担額", "¥", AMOUNT),
            ("窓口負担額", "¥¥3702", AMOUNT),
            ("窓口負担額", "¥-3702", NEGATIVE),
            ("窓口負担額", "▲3,702円", NEGATIVE),
            ("窓口負担額", "△3702", NEGATIVE),
            ("窓口負担額", "（3702）", NEGATIVE),
            ("窓口負担額", "3702-", NEGATIVE),
            (
                "医療費総額",
                "1.2E+04",
                "Excelが桁の多い数字を指数に変えています。もとの数字を、列の表示形式を「文字列」にして書き直してください",
            ),
            (
                "保険者負担額",
                "#REF!",
                "Excelの数式の誤りの印か、列の幅が足りない印です。もとの表で直して、値を書いてください",
            ),
            (
                "医療機関名",
                "みほん〓院",
                "もとの文字の代わりの記号（●、〓、?など）か外字が入っています。\
                 もとの表を保存したときに、文字コードにない漢字が置きかわったものです。\
                 正しい文字に直すか、もとの表から「CSV UTF-8（コンマ区切り）」で保存し直してください",
            ),
            (
                "区分",
                "健診",
                "「入院」「外来」「歯科」「調剤」「柔整」「訪問看護」「その他」のどれでもありません",
            ),
            ("日数", "100", "0から99までの整数ではありません"),
            ("日数", "-1", "0から99までの整数ではありません"),
            ("医療費総額", "", "値がありません"),
            ("医療費総額", "-1", NEGATIVE),
            ("医療費総額", "1.5", AMOUNT),
            ("医療費総額", "1,23", AMOUNT),
            ("保険者負担額", "10000000001", AMOUNT),
            ("付加給付額", "99999999999999999999", AMOUNT),
            ("公費負担額", "なし", AMOUNT),
        ] {
            let expected = format!("1行目 {column}「{value}」: {said}");
            assert_eq!(with(column, value), Err(vec![expected]));
        }
        assert_eq!(
            with("診療年月", "2026-11").map(|row| row.month.number()),
            Ok(202_611),
            "this month is not the future"
        );
    }

    #[test]
    fn the_parts_may_be_as_much_as_the_whole() {
        assert!(with("保険者負担額", "12340").is_ok());
        assert!(with("付加給付額", "3702").is_ok());
        assert!(
            with("付加給付額", "25000").is_ok(),
            "合算付加金 is judged by the household's month"
        );
        assert!(with("診療年月", "2000-01").is_ok());
        // 8,638 and this much are one yen too many.
        assert!(with("公費負担額", "3702").is_ok());
        assert_eq!(
            with("公費負担額", "3703"),
            Err(vec![
                "1行目 保険者負担額「8638」: 保険者負担額と公費負担額の合計が、医療費総額より大きくなっています"
                    .to_owned()
            ])
        );
    }

    #[test]
    fn all_that_is_wrong_with_a_line_is_said_at_once() {
        assert_eq!(read("1001,,00,x,,y,z,a,b,c,d,e,f").unwrap_err().len(), 10);
    }

    proptest! {
        #[test]
        fn any_cells_are_answered(cells in prop::collection::vec("[^,\"\r\n]{0,12}|[0-9.-]{0,14}", 13)) {
            let _ = read(&cells.join(","));
        }
    }
}
