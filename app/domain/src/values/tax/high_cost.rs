//! 高額療養費: months in which so much was paid that some of it may have been paid back, by
//! one person or by a household together (世帯合算).

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

/// Months in which one person paid much.
pub(super) fn high_cost(people: &[Patient], expenses: &[Expense]) -> Vec<HighCost> {
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
pub(super) fn together(people: &[Patient], expenses: &[Expense]) -> Vec<Together> {
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
pub(super) fn to_be_added(people: &[Patient], expenses: &[Expense]) -> Vec<Month> {
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

#[cfg(test)]
mod tests {
    use super::super::{
        ToCheck,
        tests::{expense, patient},
    };
    use super::*;

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
