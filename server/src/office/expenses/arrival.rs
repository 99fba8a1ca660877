//! Which months count as in. Claims come one to four months after the visit, in files
//! of several months: a single early line is not a month, and neither is one that
//! came later than all others of its time.

use domain::values::month::Month;

/// So many other months are looked at.
const A_YEAR: usize = 12;

/// A month is in when it holds at least one of so many parts of what others hold.
const PART: i64 = 4;

/// The months that are in, of all of which there are claims (the earliest first, with
/// how many).
///
/// The first is one that holds at least a quarter of the average of those that follow
/// it, for up to a year: with it the society's data begin. From there on a month is in
/// that holds at least a quarter of the average of those before it that are in, up to
/// a year back.
pub(in crate::office) fn complete_months(claims: &[(Month, i64)]) -> Vec<Month> {
    let all: Vec<(Month, i64)> = claims.iter().copied().filter(|(_, n)| *n > 0).collect();
    let counts: Vec<i64> = all.iter().map(|(_, count)| *count).collect();
    let begins = |place: &usize| {
        let following = &counts[place + 1..];
        is_enough(counts[*place], &following[..following.len().min(A_YEAR)])
    };
    let Some(first) = (0..all.len()).find(begins) else {
        return Vec::new();
    };
    let (mut months, mut before) = (Vec::new(), Vec::new());
    for &(month, count) in &all[first..] {
        let year = before.len().saturating_sub(A_YEAR);
        if is_enough(count, &before[year..]) {
            months.push(month);
            before.push(count);
        }
    }
    months
}

/// Whether it is at least that part of the average of the others, if there are any.
fn is_enough(count: i64, others: &[i64]) -> bool {
    let so_many = i64::try_from(others.len()).unwrap_or(i64::MAX);
    count.saturating_mul(PART).saturating_mul(so_many) >= others.iter().sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(claims: &[(i64, i64)]) -> Vec<i64> {
        let month = |&(number, count): &(i64, i64)| (Month::from_number(number).unwrap(), count);
        let claims: Vec<_> = claims.iter().map(month).collect();
        complete_months(&claims)
            .into_iter()
            .map(Month::number)
            .collect()
    }

    #[test]
    fn a_month_is_in_with_a_quarter_of_what_those_before_it_hold() {
        let begun = [(202_601, 90), (202_602, 110), (202_603, 100)];
        let with = |more: &[(i64, i64)]| found(&[&begun, more].concat());
        let all = [202_601, 202_602, 202_603];
        assert_eq!(with(&[]), all);
        assert_eq!(with(&[(202_604, 24)]), all);
        assert_eq!(with(&[(202_604, 25)]), [&all[..], &[202_604]].concat());
        // A few early lines neither are a month nor lower what is asked of the next.
        assert_eq!(
            with(&[(202_604, 1), (202_605, 24), (202_606, 25)]),
            [&all[..], &[202_606]].concat()
        );
        assert_eq!(with(&[(202_604, 0)]), all, "all of it was withdrawn");
        assert_eq!(found(&[]), [0; 0]);
        assert_eq!(found(&[(202_601, 1)]), [202_601]);
    }

    #[test]
    fn the_data_do_not_begin_with_what_came_late() {
        assert_eq!(
            found(&[
                (202_412, 2),
                (202_503, 30),
                (202_504, 1_000),
                (202_505, 900)
            ]),
            [202_504, 202_505]
        );
        // A society of ten people.
        assert_eq!(found(&[(202_504, 1), (202_505, 3), (202_506, 2)]).len(), 3);
    }

    #[test]
    fn only_the_last_twelve_are_compared() {
        let mut claims: Vec<(i64, i64)> = Month::all_of(2024)
            .chain(Month::all_of(2025))
            .map(|month| {
                (
                    month.number(),
                    if month.year() == 2024 { 1_000 } else { 260 },
                )
            })
            .collect();
        claims.push((202_601, 65));
        assert_eq!(found(&claims).len(), 25);
    }
}
