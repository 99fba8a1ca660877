//! 医療費: one line of the society's list, its amounts, and what they add up to.

use std::{iter::Sum, ops::Add};

use crate::values::{month::Month, number::grouped};

/// No amount is greater, in yen: five million of them still add up in 64 bits.
pub const GREATEST_AMOUNT: i64 = 10_000_000_000;

/// Full tax years that are kept besides the current one: for so long can a refund
/// be claimed.
pub const YEARS_KEPT: i32 = 5;

/// 区分
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// 入院
    Inpatient,
    /// 外来
    Outpatient,
    /// 歯科
    Dental,
    /// 調剤
    Pharmacy,
    /// 柔整: a judo therapist's treatment.
    Osteopathy,
    /// 訪問看護
    HomeNursing,
    /// その他
    Other,
}

impl Kind {
    /// In the order in which they are offered.
    pub const ALL: [Self; 7] = [
        Self::Inpatient,
        Self::Outpatient,
        Self::Dental,
        Self::Pharmacy,
        Self::Osteopathy,
        Self::HomeNursing,
        Self::Other,
    ];

    /// As it is written, and stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Inpatient => "入院",
            Self::Outpatient => "外来",
            Self::Dental => "歯科",
            Self::Pharmacy => "調剤",
            Self::Osteopathy => "柔整",
            Self::HomeNursing => "訪問看護",
            Self::Other => "その他",
        }
    }

    /// Reads one of these words.
    pub fn parse(written: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == written)
    }
}

/// The amounts of a line, or of several together, in yen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amounts {
    /// 医療費総額
    pub total: i64,
    /// 保険者負担額: the society's part.
    pub insurer: i64,
    /// 公費負担額: what a public programme paid.
    pub public: i64,
    /// 窓口負担額: what was paid at the counter.
    pub paid: i64,
    /// 食事療養費: meals in hospital.
    pub meals: i64,
    /// 付加給付額: what the society gave back on top.
    pub extra: i64,
}

impl Add for Amounts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            total: self.total + other.total,
            insurer: self.insurer + other.insurer,
            public: self.public + other.public,
            paid: self.paid + other.paid,
            meals: self.meals + other.meals,
            extra: self.extra + other.extra,
        }
    }
}

impl Sum for Amounts {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expense {
    /// Whose: a place in the list of people it comes with.
    pub patient: usize,
    /// 診療年月
    pub month: Month,
    /// 医療機関名; empty where the claim names none.
    pub provider: String,
    /// 区分
    pub kind: Kind,
    /// 日数
    pub days: i64,
    /// The amounts.
    pub amounts: Amounts,
}

/// What they add up to.
pub fn sum<'a>(expenses: impl IntoIterator<Item = &'a Expense>) -> Amounts {
    expenses.into_iter().map(|expense| expense.amounts).sum()
}

/// `12,345円`.
pub fn yen(amount: i64) -> String {
    format!("{}円", grouped(amount))
}

/// Somebody whose expenses a member may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Patient {
    /// 枝番
    pub branch: String,
    /// 氏名
    pub name: String,
    /// 続柄
    pub relation: String,
    /// Why.
    pub standing: Standing,
    /// The first month in which the limits of 高額療養費 for people of 70 and over
    /// hold.
    pub seventy_from: Month,
}

/// Why a member may see somebody's expenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// They are the member's own.
    Own,
    /// A dependent who is not of age.
    Child,
    /// A dependent who lets the insured see them.
    Sharing,
}

/// The columns of the list of medical expenses, by the names and in the order of the contract.
pub const COLUMNS: [&str; 13] = [
    "記号",
    "番号",
    "枝番",
    "診療年月",
    "医療機関名",
    "区分",
    "日数",
    "医療費総額",
    "保険者負担額",
    "公費負担額",
    "窓口負担額",
    "食事療養費",
    "付加給付額",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_million_of_the_greatest_add_up() {
        let all = GREATEST_AMOUNT.checked_mul(5_000_000);
        assert!(all.is_some());
    }

    #[test]
    fn a_kind_is_one_of_seven_words() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(Kind::parse("健診"), None);
    }
}
