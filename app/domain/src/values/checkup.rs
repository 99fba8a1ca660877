//! 健診結果: what is measured, in which unit, and how it is written. What a value
//! means stands in `reference`.

use time::Date;

use crate::rules::half_width::half_width_char;

/// One thing that is measured and has a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Item {
    /// 身長
    Height,
    /// 体重
    Weight,
    /// BMI, which is computed and stands in no file.
    Bmi,
    /// 腹囲
    Waist,
    /// 収縮期血圧
    Systolic,
    /// 拡張期血圧
    Diastolic,
    /// 空腹時中性脂肪, ten hours and more after a meal
    Triglycerides,
    /// 随時中性脂肪, sooner than that; it has a limit of its own since 令和6年度
    CasualTriglycerides,
    /// HDLコレステロール
    Hdl,
    /// LDLコレステロール
    Ldl,
    /// 空腹時血糖
    Glucose,
    /// HbA1c by NGSP
    HbA1c,
    /// AST (GOT)
    Ast,
    /// ALT (GPT)
    Alt,
    /// γ-GT (γ-GTP)
    GammaGt,
}

impl Item {
    /// What a file brings, in the order of its columns; the last one came last.
    pub const MEASURED: [Self; 14] = [
        Self::Height,
        Self::Weight,
        Self::Waist,
        Self::Systolic,
        Self::Diastolic,
        Self::Triglycerides,
        Self::Hdl,
        Self::Ldl,
        Self::Glucose,
        Self::HbA1c,
        Self::Ast,
        Self::Alt,
        Self::GammaGt,
        Self::CasualTriglycerides,
    ];

    /// What a member sees, in the order of the page.
    pub const SHOWN: [Self; 15] = [
        Self::Height,
        Self::Weight,
        Self::Bmi,
        Self::Waist,
        Self::Systolic,
        Self::Diastolic,
        Self::Triglycerides,
        Self::CasualTriglycerides,
        Self::Hdl,
        Self::Ldl,
        Self::Glucose,
        Self::HbA1c,
        Self::Ast,
        Self::Alt,
        Self::GammaGt,
    ];

    /// As a member reads it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Height => "身長",
            Self::Weight => "体重",
            Self::Bmi => "BMI",
            Self::Waist => "腹囲",
            Self::Systolic => "収縮期血圧（上）",
            Self::Diastolic => "拡張期血圧（下）",
            Self::Triglycerides => "空腹時中性脂肪",
            Self::CasualTriglycerides => "随時中性脂肪",
            Self::Hdl => "HDLコレステロール",
            Self::Ldl => "LDLコレステロール",
            Self::Glucose => "空腹時血糖",
            Self::HbA1c => "HbA1c",
            Self::Ast => "AST（GOT）",
            Self::Alt => "ALT（GPT）",
            Self::GammaGt => "γ-GT（γ-GTP）",
        }
    }

    /// Its unit; BMI is read without one.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Height | Self::Waist => "cm",
            Self::Weight => "kg",
            Self::Bmi => "",
            Self::Systolic | Self::Diastolic => "mmHg",
            Self::Triglycerides
            | Self::CasualTriglycerides
            | Self::Hdl
            | Self::Ldl
            | Self::Glucose => "mg/dL",
            Self::HbA1c => "%",
            Self::Ast | Self::Alt | Self::GammaGt => "U/L",
        }
    }

    /// Whether it is measured to one decimal; then it is counted in tenths.
    pub const fn is_in_tenths(self) -> bool {
        matches!(
            self,
            Self::Height | Self::Weight | Self::Bmi | Self::Waist | Self::HbA1c
        )
    }

    /// The least and the greatest value that a living human being can have; what
    /// lies outside is a slip of the keyboard or of a column. In whole units.
    pub const fn possible(self) -> (i64, i64) {
        match self {
            Self::Height => (50, 250),
            Self::Weight => (10, 350),
            Self::Bmi => (5, 150),
            Self::Waist => (30, 250),
            Self::Systolic => (30, 300),
            Self::Diastolic => (20, 200),
            Self::Triglycerides | Self::CasualTriglycerides => (10, 5000),
            Self::Hdl => (5, 250),
            Self::Ldl => (5, 800),
            Self::Glucose => (20, 1500),
            Self::HbA1c => (3, 25),
            Self::Ast | Self::Alt | Self::GammaGt => (1, 9999),
        }
    }

    /// A value as it is counted here, from what is written in half or full width, with
    /// or without its unit; zeros behind the decimals that are measured say nothing.
    /// `None` for what is no number, has more decimals than are measured, or cannot be a
    /// human being's.
    pub fn parse(self, written: &str) -> Option<i64> {
        let plain: String = written.chars().map(half_width_char).collect();
        let plain = self.without_unit(plain.trim());
        let (whole, decimals) = plain.split_once('.').unwrap_or((plain, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        if !digits(whole) || !digits(decimals) || whole.len() > 4 {
            return None;
        }
        let decimal: i64 = match decimals.trim_end_matches('0') {
            "" => 0,
            one if one.len() == 1 && self.is_in_tenths() => one.parse().ok()?,
            _ => return None,
        };
        let whole: i64 = whole.parse().ok()?;
        let value = whole * self.scale() + decimal;
        let (least, greatest) = self.possible();
        (least * self.scale()..=greatest * self.scale())
            .contains(&value)
            .then_some(value)
    }

    fn without_unit(self, plain: &str) -> &str {
        let unit = self.unit();
        let Some(at) = plain.len().checked_sub(unit.len()) else {
            return plain;
        };
        match (plain.get(..at), plain.get(at..)) {
            (Some(value), Some(end)) if end.eq_ignore_ascii_case(unit) => value.trim_end(),
            _ => plain,
        }
    }

    /// A value without its unit: `85.5`, `130`.
    pub fn number(self, value: i64) -> String {
        if self.is_in_tenths() {
            format!("{}.{}", value / 10, value % 10)
        } else {
            value.to_string()
        }
    }

    /// A value with its unit.
    pub fn with_unit(self, value: i64) -> String {
        match self.unit() {
            "" => self.number(value),
            unit => format!("{} {unit}", self.number(value)),
        }
    }

    /// How much more or less a value is than an earlier one: `+2.5`, `−12`, `±0`.
    pub fn difference(self, value: i64, earlier: i64) -> String {
        let amount = self.number((value - earlier).abs());
        match value - earlier {
            0 => "±0".to_owned(),
            1.. => format!("+{amount}"),
            _ => format!("−{amount}"),
        }
    }

    const fn scale(self) -> i64 {
        if self.is_in_tenths() { 10 } else { 1 }
    }
}

/// Whether a cell says in words that nothing was measured.
pub fn was_not_measured(written: &str) -> bool {
    matches!(
        written,
        "未実施"
            | "欠"
            | "検体不良"
            | "溶血"
            | "未検査"
            | "未測定"
            | "未検"
            | "未"
            | "検査未実施"
            | "検査せず"
            | "測定せず"
            | "実施せず"
            | "測定不可"
            | "測定不能"
            | "測定できず"
            | "検査不可"
            | "検査不能"
            | "検査中止"
            | "判定不能"
            | "判定不可"
            | "実施なし"
            | "欠測"
            | "拒否"
    )
}

/// What a test strip shows, from nothing upward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Urine {
    /// −
    Negative,
    /// ±
    Trace,
    /// +
    One,
    /// 2+
    Two,
    /// 3+ and more
    Three,
}

impl Urine {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Negative,
        Self::Trace,
        Self::One,
        Self::Two,
        Self::Three,
    ];

    /// As it is stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Negative => "−",
            Self::Trace => "±",
            Self::One => "+",
            Self::Two => "2+",
            Self::Three => "3+",
        }
    }

    /// As laboratories write it: `(-)`, `－`, `+-`, `1+`, `＋＋`, `(2+)`, …; 4+ and
    /// more are no more to anybody than 3+.
    pub fn parse(written: &str) -> Option<Self> {
        let plain: String = written
            .chars()
            .map(half_width_char)
            .filter(|c| !matches!(c, '(' | ')' | ' '))
            .collect();
        match plain.as_str() {
            "-" | "‐" | "–" | "陰性" => Some(Self::Negative),
            "±" | "+-" | "+/-" => Some(Self::Trace),
            "+" | "1+" | "+1" => Some(Self::One),
            "++" | "2+" | "+2" => Some(Self::Two),
            "+++" | "3+" | "+3" | "++++" | "4+" | "+4" => Some(Self::Three),
            _ => None,
        }
    }
}

/// The results of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkup {
    /// 受診日
    pub taken_on: Date,
    /// What was measured, in the order of `Item::MEASURED`.
    pub measured: [Option<i64>; Item::MEASURED.len()],
    /// 尿糖
    pub urine_sugar: Option<Urine>,
    /// 尿蛋白
    pub urine_protein: Option<Urine>,
    /// 判定, as the doctor wrote it; may be empty.
    pub verdict: String,
}

impl Checkup {
    /// A value, counted as `Item` says; `None` for what was not measured.
    pub fn value(&self, item: Item) -> Option<i64> {
        match item {
            Item::Bmi => bmi(self.value(Item::Height)?, self.value(Item::Weight)?),
            measured => {
                let mut all = Item::MEASURED.iter().zip(self.measured);
                all.find(|(one, _)| **one == measured)?.1
            }
        }
    }
}

/// BMI in tenths, rounded half up, from tenths of a centimetre and of a kilogram:
/// kilograms by square metres are 100,000 times tenths by square tenths.
fn bmi(height: i64, weight: i64) -> Option<i64> {
    let square = height.checked_mul(height).filter(|square| *square > 0)?;
    Some((weight * 1_000_000 + square / 2) / square)
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_value_is_read_to_the_decimal_that_is_measured() {
        for (item, written, value) in [
            (Item::Height, "170.5", Some(1705)),
            (Item::Height, "170", Some(1700)),
            (Item::Height, "１７０．５", Some(1705)),
            (Item::Height, "170.55", None),
            (Item::Height, "170.", None),
            (Item::Height, ".5", None),
            (Item::HbA1c, "5.6", Some(56)),
            (Item::Systolic, "128", Some(128)),
            (Item::Systolic, "128.0", Some(128)),
            (Item::Systolic, "128.00", Some(128)),
            (Item::Systolic, "１２８．０", Some(128)),
            (Item::Systolic, "128 mmHg", Some(128)),
            (Item::Systolic, "128.5", None),
            (Item::HbA1c, "5.60", Some(56)),
            (Item::HbA1c, "5.6%", Some(56)),
            (Item::HbA1c, "５．６％", Some(56)),
            (Item::HbA1c, "5.65", None),
            (Item::Waist, "85.50cm", Some(855)),
            (Item::Waist, "85kg", None),
            (Item::Waist, "cm", None),
            (Item::Ast, "20u/l", Some(20)),
            (Item::Bmi, "22.0", Some(220)),
            (Item::Systolic, "-128", None),
            (Item::Systolic, "", None),
            (Item::Systolic, "99999999999999999999", None),
        ] {
            assert_eq!(item.parse(written), value, "{item:?} {written:?}");
        }
    }

    #[test]
    fn what_cannot_be_a_human_being_s_is_no_value() {
        for item in Item::MEASURED {
            let (least, greatest) = item.possible();
            for (whole, good) in [
                (least - 1, false),
                (least, true),
                (greatest, true),
                (greatest + 1, false),
            ] {
                let value = item.parse(&whole.to_string());
                assert_eq!(value.is_some(), good, "{item:?} {whole}");
            }
        }
    }

    #[test]
    fn a_value_is_written_with_its_decimal_and_its_unit() {
        assert_eq!(Item::Waist.with_unit(855), "85.5 cm");
        assert_eq!(Item::Systolic.with_unit(130), "130 mmHg");
        assert_eq!(Item::Bmi.with_unit(220), "22.0");
        assert_eq!(Item::Weight.difference(655, 680), "−2.5");
        assert_eq!(Item::Ldl.difference(142, 130), "+12");
        assert_eq!(Item::Ldl.difference(142, 142), "±0");
    }

    #[test]
    fn a_strip_is_read_in_every_notation() {
        for (grade, written) in [
            (Urine::Negative, "- (-) － （－） − 陰性"),
            (Urine::Trace, "± (±) +- （＋－） +/-"),
            (Urine::One, "+ ＋ 1+ （１＋） (+)"),
            (Urine::Two, "2+ ＋＋ (2+) +2"),
            (Urine::Three, "3+ ＋＋＋ ３＋ 4+"),
        ] {
            for written in written.split(' ') {
                assert_eq!(Urine::parse(written), Some(grade), "{written}");
            }
            assert_eq!(Urine::parse(grade.as_str()), Some(grade));
        }
        for written in ["", "()", "0", "+?", "5+", "あり", "+++++"] {
            assert_eq!(Urine::parse(written), None, "{written:?}");
        }
    }

    #[test]
    fn bmi_is_computed_without_a_fraction() {
        for (height, weight, bmi) in [
            (1700, 650, Some(225)),
            (1600, 640, Some(250)),
            (1600, 639, Some(250)), // 24.96…
            (1600, 638, Some(249)), // 24.92…
            (1750, 567, Some(185)), // 18.51…
            (500, 3500, Some(14000)),
            (0, 650, None),
        ] {
            assert_eq!(super::bmi(height, weight), bmi, "{height} {weight}");
        }
        let mut checkup = Checkup {
            taken_on: date!(2026 - 06 - 01),
            measured: [None; Item::MEASURED.len()],
            urine_sugar: None,
            urine_protein: None,
            verdict: String::new(),
        };
        checkup.measured[0] = Some(1700);
        assert_eq!(checkup.value(Item::Bmi), None);
        checkup.measured[1] = Some(650);
        assert_eq!(checkup.value(Item::Bmi), Some(225));
        assert_eq!(checkup.value(Item::Waist), None);
    }
}
