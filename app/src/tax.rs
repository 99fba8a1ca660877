//! 医療費控除: what of the society's list a member has to look at again before the
//! tax return, and what the tax agency's 医療費集計フォーム asks for.

use crate::{
    expense::{Expense, Kind, sum},
    month::Month,
    ports::Patient,
};

/// The lowest monthly limit of 高額療養費 for people under 70, in yen: from here on a
/// benefit may have been paid that the list does not show.
const HIGH_COST: i64 = 35_400;

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
    /// Months in which somebody paid so much that 高額療養費 may have been paid
    /// back: whose (a place in the list of people), when, and how much.
    pub high_cost: Vec<(usize, Month, i64)>,
    /// Names that the form does not take, with how many characters it takes.
    pub too_long: Vec<(String, usize)>,
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
            high_cost: high_cost(expenses),
            too_long: too_long(people, expenses),
        }
    }
}

fn high_cost(expenses: &[Expense]) -> Vec<(usize, Month, i64)> {
    let mut months: Vec<(Month, usize)> = expenses.iter().map(|e| (e.month, e.patient)).collect();
    months.sort_unstable();
    months.dedup();
    let paid_in = |(month, patient): (Month, usize)| {
        let its = expenses
            .iter()
            .filter(|e| (e.month, e.patient) == (month, patient));
        (patient, month, sum(its).paid)
    };
    let all = months.into_iter().map(paid_in);
    all.filter(|(_, _, paid)| *paid >= HIGH_COST).collect()
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
    use crate::{expense::Amounts, ports::Standing};

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
        assert_eq!(found.high_cost, [(0, march, 35_400)]);
    }
}
