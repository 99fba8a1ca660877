//! Who may see whose medical expenses: the one place that decides it, for the page
//! as for every sheet and print.
//!
//! A dependent sees the own ones. The insured sees the own ones, those of dependents
//! too young for an account, and those of the other dependents as far as each
//! allows; before a decision, and without an account, the society's setting holds.

use std::ops::RangeInclusive;

use app::{
    month::Month,
    ports::{AfterLeaving, ExpenseFront, Patient, Sharing, Standing},
    society::Society,
    visit::Member,
};
use time::Date;
use uuid::Uuid;

use crate::{
    age,
    membership::over_on,
    roster::Relation,
    store::{
        self, Db,
        household::{self, Kin},
        person::Key,
    },
};

/// Full tax years that are kept besides the current one: for so long can a refund
/// be claimed.
const YEARS_KEPT: i32 = 5;

/// The first month that is kept on a day.
pub fn kept_since(today: Date) -> Month {
    Month::first_of(today.year() - YEARS_KEPT)
}

/// What a member may see.
#[derive(Clone, Debug)]
pub struct Household {
    /// The member's own key.
    pub key: Key,
    /// Whose expenses, the member's own first; nobody's when the months after
    /// 資格喪失 are over.
    pub people: Vec<Visible>,
    /// What the member has to decide, if anything.
    pub sharing: Option<Sharing>,
    /// The member has left.
    pub leaving: Option<AfterLeaving>,
}

/// Somebody whose expenses may be seen.
#[derive(Clone, Debug)]
pub struct Visible {
    /// The person.
    pub person: Uuid,
    /// Of which months.
    pub months: RangeInclusive<Month>,
    /// What is shown of the person.
    pub patient: Patient,
}

/// Whose expenses a member may see on a day, and of which months.
///
/// # Errors
/// Whatever the database answers.
pub async fn visible(
    db: &Db,
    member: &Member,
    society: &Society,
    today: Date,
) -> store::Result<Household> {
    let kin = household::of(db, member.person).await?;
    let (own, others): (Vec<Kin>, Vec<Kin>) =
        kin.into_iter().partition(|kin| kin.id == member.person);
    let Some(me) = own.into_iter().next() else {
        return Err(sqlx::Error::RowNotFound);
    };
    let is_insured = me.relation == Relation::INSURED;
    let mut people = Vec::new();
    if let Some(own_months) = months(&me, society, today) {
        for kin in others.iter().filter(|_| is_insured) {
            let months = months(kin, society, today);
            if let (Some(standing), Some(months)) = (standing(kin, society, today), months) {
                // Who has left sees the time of the own membership, of others too.
                let first = *own_months.start().max(months.start());
                let last = *own_months.end().min(months.end());
                people.push(seen(kin, standing, first..=last));
            }
        }
        people.insert(0, seen(&me, Standing::Own, own_months));
    }
    Ok(Household {
        sharing: (!is_insured).then(|| sharing(me.shares_expenses, society)),
        leaving: left(&me, today).map(|disqualified_on| AfterLeaving {
            first: Month::of(me.qualified_on),
            last: last_month(disqualified_on),
            until: before(over_on(disqualified_on, society.months_after_leaving)),
        }),
        key: me.key,
        people,
    })
}

/// What other pages than that of the expenses say of them.
///
/// # Errors
/// Whatever the database answers.
pub async fn front(db: &Db, member: &Member, society: &Society) -> store::Result<ExpenseFront> {
    let at_a_glance = household::at_a_glance(db, member.person).await?;
    let is_insured = at_a_glance.relation == Relation::INSURED;
    Ok(ExpenseFront {
        sharing: (!is_insured).then(|| sharing(at_a_glance.shares_expenses, society)),
        last_month: Month::from_number(at_a_glance.last_month),
    })
}

/// Whether the insured sees a dependent's expenses, and by whose decision.
fn sharing(decision: Option<bool>, society: &Society) -> Sharing {
    Sharing {
        shares: decision.unwrap_or(society.share_by_default),
        decided: decision.is_some(),
    }
}

/// Why the insured may see a dependent's expenses, if so.
fn standing(kin: &Kin, society: &Society, today: Date) -> Option<Standing> {
    if kin.relation == Relation::INSURED {
        return None;
    }
    if age::reaches(kin.born_on, society.registration_age) > today {
        return Some(Standing::Child);
    }
    sharing(kin.shares_expenses, society)
        .shares
        .then_some(Standing::Sharing)
}

/// The months of somebody's expenses that are shown at all; of one who has left,
/// those of the membership, until its months are over.
fn months(kin: &Kin, society: &Society, today: Date) -> Option<RangeInclusive<Month>> {
    let kept = kept_since(today);
    match left(kin, today) {
        None => Some(kept..=Month::of(today)),
        Some(day) if over_on(day, society.months_after_leaving) <= today => None,
        Some(day) => Some(kept.max(Month::of(kin.qualified_on))..=last_month(day)),
    }
}

/// The 資格喪失日 of somebody who is not insured any more.
fn left(kin: &Kin, today: Date) -> Option<Date> {
    kin.disqualified_on.filter(|day| *day <= today)
}

/// The month of the last day before 資格喪失.
fn last_month(disqualified_on: Date) -> Month {
    Month::of(before(disqualified_on))
}

fn before(day: Date) -> Date {
    day.previous_day().unwrap_or(day)
}

fn seen(kin: &Kin, standing: Standing, months: RangeInclusive<Month>) -> Visible {
    Visible {
        person: kin.id,
        months,
        patient: Patient {
            branch: kin.key.branch.clone(),
            name: kin.name.clone(),
            relation: kin.relation.clone(),
            standing,
        },
    }
}
