//! 医療費控除: what of the society's list a member has to look at again before the
//! tax return, and what the tax agency's 医療費集計フォーム asks for.

use crate::values::{
    expense::{Expense, Kind, Patient, sum},
    month::Month,
};

/// The lowest monthly limits of 高額療養費, in yen: from here on a benefit may have been
/// paid that the list does not show. Source: 健康保険法施行令 第41条・第42条, as in the
/// ministry's 「高額療養費制度を利用される皆さまへ（平成30年8月診療分から）」. These are
/// the limits of households without 住民税; whose limit is higher is asked in vain,
/// which costs a glance, while a benefit that was forgotten makes a return wrong.
mod limit {
    /// Under 70 (区分オ).
    pub(super) const UNDER_70: i64 = 35_400;
    /// From 70, everything (低所得者Ⅰ; 57,600 in general).
    pub(super) const FROM_70: i64 = 15_000;
    /// From 70, what is not care in hospital, of one person (低所得者Ⅰ・Ⅱ; 18,000 in
    /// general).
    pub(super) const FROM_70_OUTPATIENT: i64 = 8_000;
}

/// 「医療を受けた人」 in the form, in full-width characters.
pub const PATIENT_CHARS: usize = 10;
/// 「病院・薬局などの支払先の名称」, likewise.
pub const PROVIDER_CHARS: usize = 20;

/// What a member has to add or correct.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToCheck {
    /// Rows whose claim names no provider.
    pub no_provider: usize,
    /// Rows with public subsidy: less may have been paid at the counter.
    pub with_public: usize,
    /// Rows with 付加給付, which is to be set against what was paid.
    pub with_extra: usize,
    /// Rows with meals in hospital.
    pub with_meals: usize,
    /// Months in which somebody paid so much that 高額療養費 may have been paid back.
    pub high_cost: Vec<HighCost>,
    /// Names that the form does not take, with how many characters it takes.
    pub too_long: Vec<(String, usize)>,
}

/// A month in which somebody paid much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HighCost {
    /// Whose: a place in the list of people.
    pub patient: usize,
    /// When.
    pub month: Month,
    /// 窓口負担額, in yen.
    pub paid: i64,
    /// The limits for people of 70 and over hold.
    pub from_70: bool,
}

impl ToCheck {
    /// Looks through a year.
    pub fn of(people: &[Patient], expenses: &[Expense]) -> Self {
        let count = |is: fn(&Expense) -> bool| expenses.iter().filter(|e| is(e)).count();
        Self {
            no_provider: count(|e| e.provider.is_empty()),
            with_public: count(|e| e.amounts.public > 0),
            with_extra: count(|e| e.amounts.extra > 0),
            with_meals: count(|e| e.amounts.meals > 0),
            high_cost: high_cost(people, expenses),
            too_long: too_long(people, expenses),
        }
    }
}

fn high_cost(people: &[Patient], expenses: &[Expense]) -> Vec<HighCost> {
    let mut months: Vec<(Month, usize)> = expenses.iter().map(|e| (e.month, e.patient)).collect();
    months.sort_unstable();
    months.dedup();
    let judged = |(month, patient): (Month, usize)| {
        let its = || {
            let all = expenses.iter();
            all.filter(move |e| (e.month, e.patient) == (month, patient))
        };
        let paid = sum(its()).paid;
        let outpatient = sum(its().filter(|e| e.kind != Kind::Inpatient)).paid;
        let from_70 = people.get(patient)?.seventy_from <= month;
        let is_high = if from_70 {
            paid >= limit::FROM_70 || outpatient >= limit::FROM_70_OUTPATIENT
        } else {
            paid >= limit::UNDER_70
        };
        is_high.then_some(HighCost {
            patient,
            month,
            paid,
            from_70,
        })
    };
    months.into_iter().filter_map(judged).collect()
}

fn too_long(people: &[Patient], expenses: &[Expense]) -> Vec<(String, usize)> {
    let mut names: Vec<(&str, usize)> = Vec::new();
    for expense in expenses_of_form(expenses) {
        if let Some(patient) = people.get(expense.patient) {
            names.push((&patient.name, PATIENT_CHARS));
        }
        names.push((&expense.provider, PROVIDER_CHARS));
    }
    names.retain(|(name, most)| !fits(name, *most));
    names.sort_unstable();
    names.dedup();
    let owned = |(name, most): (&str, usize)| (name.to_owned(), most);
    names.into_iter().map(owned).collect()
}

/// Whether a name fits into a column of the form. The form counts full-width
/// characters, and a half-width one takes the place of one as soon as the tax
/// agency's page turns it into its full-width form.
pub fn fits(name: &str, most: usize) -> bool {
    name.chars().nth(most).is_none()
}

/// The rows that belong into the form: those for which something was paid.
pub fn expenses_of_form(expenses: &[Expense]) -> impl Iterator<Item = &Expense> {
    expenses.iter().filter(|expense| expense.amounts.paid > 0)
}

/// 医療費の区分 of the tax return, in the order of the form's columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Category {
    /// 診療・治療
    Treatment,
    /// 医薬品購入
    Medicine,
    /// 介護保険サービス: never on a health insurer's list.
    Care,
    /// その他の医療費
    Other,
}

impl Category {
    /// In the order of the form.
    pub const ALL: [Self; 4] = [Self::Treatment, Self::Medicine, Self::Care, Self::Other];

    /// Which of them a kind of expense is.
    pub const fn of(kind: Kind) -> Self {
        match kind {
            Kind::Inpatient
            | Kind::Outpatient
            | Kind::Dental
            | Kind::Osteopathy
            | Kind::HomeNursing => Self::Treatment,
            Kind::Pharmacy => Self::Medicine,
            Kind::Other => Self::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::values::expense::{Amounts, Standing};

    fn expense(patient: usize, month: i64, provider: &str, paid: i64) -> Expense {
        Expense {
            patient,
            month: Month::from_number(month).unwrap(),
            provider: provider.to_owned(),
            kind: Kind::Outpatient,
            days: 1,
            amounts: Amounts {
                paid,
                ..Amounts::default()
            },
        }
    }

    fn patient(name: &str) -> Patient {
        Patient {
            branch: "00".into(),
            name: name.into(),
            relation: "本人".into(),
            standing: Standing::Own,
            seventy_from: Month::from_number(202_605).unwrap(),
        }
    }

    #[test]
    fn a_name_fits_by_its_characters_and_not_by_its_bytes() {
        assert!(fits("架空寿限無五劫擦切丸", PATIENT_CHARS));
        assert!(!fits("架空　寿限無五劫擦切丸", PATIENT_CHARS));
        assert!(fits("ｶｸｳ ｼﾞｭｹﾞ", PATIENT_CHARS));
        assert!(!fits("Kakuu Jugem", PATIENT_CHARS));
        assert!(fits(&"院".repeat(20), PROVIDER_CHARS));
        assert!(!fits(&"院".repeat(21), PROVIDER_CHARS));
        assert!(fits("𠮷野家内科", 5), "one character, though two in UTF-16");
    }

    #[test]
    fn names_that_are_too_long_are_named_once_each() {
        let people = [patient("架空　寿限無五劫擦切丸"), patient("架空 花子")];
        let long = "院".repeat(21);
        let expenses = [
            expense(0, 202_601, &long, 1),
            expense(0, 202_602, &long, 1),
            expense(1, 202_602, "みほん薬局", 1),
            // Nothing was paid: not in the form.
            expense(1, 202_602, &"薬".repeat(30), 0),
        ];
        let found = ToCheck::of(&people, &expenses).too_long;
        assert_eq!(
            found,
            [("架空　寿限無五劫擦切丸".to_owned(), 10), (long, 20)]
        );
    }

    #[test]
    fn what_to_look_at_again_is_counted() {
        let mut with = expense(0, 202_603, "", 20_000);
        with.amounts.public = 1;
        with.amounts.extra = 1;
        let expenses = [
            with,
            expense(0, 202_603, "みほん病院", 15_400),
            expense(1, 202_603, "みほん病院", 35_399),
        ];
        let found = ToCheck::of(&[patient("一"), patient("二")], &expenses);
        assert_eq!((found.no_provider, found.with_public), (1, 1));
        assert_eq!((found.with_extra, found.with_meals), (1, 0));
        let march = Month::from_number(202_603).unwrap();
        let high = HighCost {
            patient: 0,
            month: march,
            paid: 35_400,
            from_70: false,
        };
        assert_eq!(found.high_cost, [high]);
    }

    #[test]
    fn from_seventy_on_lower_limits_hold() {
        // The month, what was paid in hospital and elsewhere, and whether to look again.
        for (month, inpatient, outpatient, is_high) in [
            (202_604, 0, 35_399, false),
            (202_604, 20_000, 15_400, true),
            (202_605, 0, 7_999, false),
            (202_605, 0, 8_000, true),
            (202_605, 14_999, 0, false),
            (202_605, 7_001, 7_999, true),
            (202_612, 15_000, 0, true),
        ] {
            let mut hospital = expense(0, month, "みほん病院", inpatient);
            hospital.kind = Kind::Inpatient;
            let mut pharmacy = expense(0, month, "みほん薬局", outpatient);
            pharmacy.kind = Kind::Pharmacy;
            let found = ToCheck::of(&[patient("一")], &[hospital, pharmacy]);
            let paid: Vec<_> = found.high_cost.iter().map(|high| high.paid).collect();
            let expected = if is_high {
                vec![inpatient + outpatient]
            } else {
                vec![]
            };
            assert_eq!(paid, expected, "{month}: {inpatient} and {outpatient}");
        }
    }
}
