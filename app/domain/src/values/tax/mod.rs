//! 医療費控除: what of the society's list a member has to look at again before the
//! tax return, and what the tax agency's 医療費集計フォーム asks for.

mod high_cost;

pub use self::high_cost::{HighCost, Together};

use crate::values::{
    expense::{Expense, Kind, Patient},
    month::Month,
};

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
    /// Rows with more of it than was paid on them: 合算付加金, for several rows.
    pub extra_for_several: usize,
    /// Rows with meals in hospital.
    pub with_meals: usize,
    /// Months in which somebody paid so much that 高額療養費 may have been paid back.
    pub high_cost: Vec<HighCost>,
    /// Months in which the household's shares together came to so much.
    pub together: Vec<Together>,
    /// Other months in which somebody's share would be added to one that is not here.
    pub to_be_added: Vec<Month>,
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
            extra_for_several: count(|e| e.amounts.extra > e.amounts.paid),
            with_meals: count(|e| e.amounts.meals > 0),
            together: high_cost::together(people, expenses),
            to_be_added: high_cost::to_be_added(people, expenses),
            high_cost: high_cost::high_cost(people, expenses),
            too_long: too_long(people, expenses),
        }
    }
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

    pub(super) fn expense(patient: usize, month: i64, provider: &str, paid: i64) -> Expense {
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

    pub(super) fn patient(name: &str) -> Patient {
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
        assert_eq!(found.extra_for_several, 0);
        let mut added_up = expense(0, 202_603, "みほん病院", 8_000);
        added_up.amounts.extra = 8_001;
        let of_several = ToCheck::of(&[patient("一")], &[added_up]).extra_for_several;
        assert_eq!(of_several, 1);
        let march = Month::from_number(202_603).unwrap();
        let high = HighCost {
            patient: 0,
            month: march,
            paid: 35_400,
            from_70: false,
        };
        assert_eq!(found.high_cost, [high]);
    }
}
