//! 医療費控除: what of the society's list a member has to look at again before the
//! tax return, and what the tax agency's 医療費集計フォーム asks for.

use std::collections::BTreeMap;

use crate::{
    spelling::folded,
    values::{
        expense::{Expense, Kind, Patient, sum},
        month::Month,
    },
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
    /// 世帯合算, under 70: from here on a share counts, of one person at one hospital,
    /// in hospital and out of it and dental apart (第41条第1項第1号). From 70 on every share does.
    pub(super) const ADDED_UNDER_70: i64 = 21_000;
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

/// A month in which several people of a household paid much together (世帯合算).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// When.
    pub month: Month,
    /// Whose shares are added: places in the list of people.
    pub patients: Vec<usize>,
    /// What these shares come to, in yen.
    pub paid: i64,
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
            together: together(people, expenses),
            to_be_added: to_be_added(people, expenses),
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

/// 世帯合算: those of 70 and over by themselves, and everybody.
fn together(people: &[Patient], expenses: &[Expense]) -> Vec<Together> {
    let judged = |month| {
        let shares = shares(people, expenses, month);
        let sum_of = |shares: &[Share]| Together {
            month,
            patients: shares.iter().map(|share| share.patient).collect(),
            paid: shares.iter().map(|share| share.paid).sum(),
        };
        let from_70: Vec<Share> = shares.iter().copied().filter(|one| one.from_70).collect();
        let everybody = sum_of(&shares);
        let elders = sum_of(&from_70);
        let several = |one: &Together| one.patients.len() > 1;
        if several(&everybody) && everybody.paid >= limit::UNDER_70 {
            Some(everybody)
        } else {
            (several(&elders) && elders.paid >= limit::FROM_70).then_some(elders)
        }
    };
    months(expenses).into_iter().filter_map(judged).collect()
}

/// The months that are not asked about for what is here alone.
fn to_be_added(people: &[Patient], expenses: &[Expense]) -> Vec<Month> {
    let high = high_cost(people, expenses);
    let mut named: Vec<Month> = high.iter().map(|one| one.month).collect();
    named.extend(together(people, expenses).iter().map(|one| one.month));
    let mut all = months(expenses);
    all.retain(|month| !named.contains(month) && !shares(people, expenses, *month).is_empty());
    all
}

fn months(expenses: &[Expense]) -> Vec<Month> {
    let mut months: Vec<Month> = expenses.iter().map(|expense| expense.month).collect();
    months.sort_unstable();
    months.dedup();
    months
}

/// What of a person's month is added up for the household.
#[derive(Clone, Copy)]
struct Share {
    patient: usize,
    paid: i64,
    from_70: bool,
}

/// Everybody's of a month, without those of whom nothing is added.
fn shares(people: &[Patient], expenses: &[Expense], month: Month) -> Vec<Share> {
    let share = |(patient, one): (usize, &Patient)| {
        let its = expenses.iter();
        let its = its.filter(|e| (e.month, e.patient) == (month, patient));
        let from_70 = one.seventy_from <= month;
        let paid = if from_70 {
            sum(its).paid
        } else {
            added_under_70(its)
        };
        let share = Share {
            patient,
            paid,
            from_70,
        };
        (paid > 0).then_some(share)
    };
    people.iter().enumerate().filter_map(share).collect()
}

/// What is added of a person under 70 in a month: by hospital and kind, from 21,000 yen on.
///
/// What was paid at a pharmacy is added to the hospital that wrote the prescription. The
/// list does not say which one, so it is the one with which the most is added.
fn added_under_70<'a>(expenses: impl Iterator<Item = &'a Expense>) -> i64 {
    let mut visits: BTreeMap<(String, Kind), i64> = BTreeMap::new();
    let mut medicine = 0;
    for expense in expenses {
        if expense.kind == Kind::Pharmacy {
            medicine += expense.amounts.paid;
        } else {
            let visit = (folded(&expense.provider), expense.kind);
            *visits.entry(visit).or_default() += expense.amounts.paid;
        }
    }
    let counted = |paid: i64| {
        if paid >= limit::ADDED_UNDER_70 {
            paid
        } else {
            0
        }
    };
    let alone: i64 = visits.values().copied().map(counted).sum();
    let prescribes = |kind: Kind| matches!(kind, Kind::Outpatient | Kind::Dental);
    let with_medicine = visits
        .iter()
        .filter(|((_, kind), _)| prescribes(*kind))
        .map(|(_, paid)| alone - counted(*paid) + counted(paid + medicine))
        .max();
    with_medicine
        .unwrap_or(alone)
        .max(alone + counted(medicine))
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

    /// A line: whose, the kind, where, what was paid.
    type Line = (usize, Kind, &'static str, i64);

    /// What it is, its lines, and whose shares are added to what.
    type Case = (
        &'static str,
        &'static [Line],
        Option<(&'static [usize], i64)>,
    );

    fn month_of(lines: &[Line]) -> Vec<Expense> {
        let line = |&(patient, kind, provider, paid): &Line| Expense {
            kind,
            ..expense(patient, 202_603, provider, paid)
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn shares_of_a_household_are_added_up() {
        use Kind::{Dental, Inpatient, Osteopathy, Outpatient, Pharmacy};
        const A: &str = "みほん病院";
        const B: &str = "架空医院";
        // One and two are under 70, three and four are not.
        let cases: &[Case] = &[
            (
                "two of them",
                &[(0, Outpatient, A, 22_000), (1, Outpatient, B, 23_000)],
                Some((&[0, 1], 45_000)),
            ),
            (
                "one is too small",
                &[(0, Outpatient, A, 20_999), (1, Outpatient, B, 34_000)],
                None,
            ),
            (
                "both at the edge",
                &[(0, Outpatient, A, 21_000), (1, Outpatient, A, 21_000)],
                Some((&[0, 1], 42_000)),
            ),
            (
                "two claims of one hospital",
                &[
                    (0, Outpatient, A, 11_000),
                    (0, Outpatient, "みほん　病院", 10_000),
                    (1, Outpatient, A, 21_000),
                ],
                Some((&[0, 1], 42_000)),
            ),
            (
                "two hospitals",
                &[
                    (0, Outpatient, A, 11_000),
                    (0, Outpatient, B, 10_000),
                    (1, Outpatient, A, 34_000),
                ],
                None,
            ),
            (
                "in hospital and out of it",
                &[
                    (0, Inpatient, A, 11_000),
                    (0, Outpatient, A, 10_000),
                    (1, Outpatient, A, 34_000),
                ],
                None,
            ),
            (
                "dental apart",
                &[
                    (0, Dental, A, 11_000),
                    (0, Outpatient, A, 10_000),
                    (1, Outpatient, A, 34_000),
                ],
                None,
            ),
            (
                "therapists, too",
                &[(0, Osteopathy, A, 21_000), (1, Outpatient, A, 21_000)],
                Some((&[0, 1], 42_000)),
            ),
            (
                "a prescription",
                &[
                    (0, Outpatient, A, 13_000),
                    (0, Pharmacy, "薬局", 8_000),
                    (1, Outpatient, A, 21_000),
                ],
                Some((&[0, 1], 42_000)),
            ),
            (
                "not one of the ward",
                &[
                    (0, Inpatient, A, 13_000),
                    (0, Pharmacy, "薬局", 8_000),
                    (1, Outpatient, A, 34_000),
                ],
                None,
            ),
            (
                "with the greatest",
                &[
                    (0, Outpatient, A, 13_000),
                    (0, Outpatient, B, 4_000),
                    (0, Pharmacy, "薬局", 8_000),
                    (1, Outpatient, A, 21_000),
                ],
                Some((&[0, 1], 42_000)),
            ),
            (
                "the hospital sent nothing yet",
                &[(0, Pharmacy, "薬局", 21_000), (1, Outpatient, A, 21_000)],
                Some((&[0, 1], 42_000)),
            ),
            (
                "one person's alone",
                &[(0, Outpatient, A, 22_000), (0, Inpatient, A, 23_000)],
                None,
            ),
            (
                "elders: every share",
                &[(2, Outpatient, A, 7_500), (3, Outpatient, B, 7_500)],
                Some((&[2, 3], 15_000)),
            ),
            (
                "elders: too little",
                &[(2, Outpatient, A, 7_499), (3, Pharmacy, B, 7_500)],
                None,
            ),
            (
                "old and young",
                &[(0, Outpatient, A, 30_000), (2, Outpatient, A, 5_400)],
                Some((&[0, 2], 35_400)),
            ),
            (
                "old and young: too little",
                &[(0, Outpatient, A, 30_000), (2, Outpatient, A, 5_399)],
                None,
            ),
            (
                "what is small of the young is not added",
                &[
                    (0, Outpatient, A, 20_000),
                    (2, Outpatient, A, 7_999),
                    (3, Outpatient, A, 7_999),
                ],
                Some((&[2, 3], 15_998)),
            ),
        ];
        let mut people = ["一", "二", "三", "四"].map(patient);
        people[2].seventy_from = Month::from_number(202_603).unwrap();
        people[3].seventy_from = Month::from_number(202_001).unwrap();
        for (case, lines, expected) in cases {
            let found = ToCheck::of(&people, &month_of(lines));
            let together: Vec<_> = found
                .together
                .iter()
                .map(|one| (&*one.patients, one.paid))
                .collect();
            assert_eq!(
                together,
                expected.iter().copied().collect::<Vec<_>>(),
                "{case}"
            );
        }
    }

    #[test]
    fn another_month_is_no_household() {
        let expenses = [
            expense(0, 202_603, "みほん病院", 22_000),
            expense(1, 202_604, "みほん病院", 23_000),
        ];
        let found = ToCheck::of(&[patient("一"), patient("二")], &expenses);
        assert_eq!(found.together, []);
        let months: Vec<i64> = found.to_be_added.iter().map(|one| one.number()).collect();
        assert_eq!(months, [202_603, 202_604]);
    }

    #[test]
    fn what_might_be_added_to_somebody_else_s_share_is_named_once() {
        for (paid, months) in [(20_999, 0), (21_000, 1), (35_399, 1), (35_400, 0)] {
            let expenses = [expense(0, 202_603, "みほん病院", paid)];
            let found = ToCheck::of(&[patient("一")], &expenses);
            assert_eq!(found.to_be_added.len(), months, "{paid}");
        }
        // From 70 on every share is added.
        let found = ToCheck::of(&[patient("一")], &[expense(0, 202_605, "みほん病院", 1)]);
        assert_eq!(found.to_be_added.len(), 1);
    }
}
