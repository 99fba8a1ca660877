//! Who may see whose medical expenses: the one place that decides it, for the page
//! as for every sheet and print.
//!
//! A dependent sees the own ones. The insured sees the own ones, those of dependents
//! who are not of age, and those of the other dependents as far as each allows; before a decision, and without an account, the society's setting holds.
//!
//! What is seen of a dependent begins with the month in which that person came under
//! this insured, whatever both did before: a marriage within the society shows nobody's
//! earlier years. Where a household changes its number as a whole, the time before it
//! counts.

use std::ops::RangeInclusive;

use domain::{
    age,
    membership::{Membership, kept_since},
    ports::{AfterDisqualification, Sharing},
    relation::Relation,
    values::{
        expense::{Patient, Standing},
        month::Month,
        society::Society,
    },
    visit::Member,
};
use store::{
    self, Db,
    household::{self, Kin},
    person::Key,
};
use time::Date;
use uuid::Uuid;

/// From this age on 高額療養費 has other limits.
const SEVENTY: u8 = 70;

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
    /// The months in which the member belonged to the society, one period after another.
    pub periods: Vec<RangeInclusive<Month>>,
    /// The month of the member's last day, where there is one.
    pub left_after: Option<Month>,
    /// The member is insured, and others have the same symbol and number.
    pub has_family: bool,
    /// There are others in it whose expenses the member does not see. Those who look at
    /// their own alone are not told whether there is anything.
    pub others_unseen: bool,
    /// The member has left.
    pub leaving: Option<AfterDisqualification>,
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
        return Err(store::Error::RowNotFound);
    };
    let is_insured = me.relation == Relation::INSURED;
    let dependents: Vec<(Kin, Date)> = others
        .into_iter()
        .filter(|_| is_insured)
        .filter_map(|kin| together_since(&me, &kin).map(|since| (kin, since)))
        .collect();
    let mut people = Vec::new();
    if let Some(own_months) = months(&me, society, today) {
        for (kin, since) in &dependents {
            let months = months(kin, society, today);
            if let (Some(standing), Some(months)) = (standing(kin, society, today), months) {
                // Who has left sees the time of the own membership, of others too.
                let first = *own_months
                    .start()
                    .max(months.start())
                    .max(&Month::of(*since));
                let last = *own_months.end().min(months.end());
                people.push(seen(kin, standing, first..=last));
            }
        }
        people.insert(0, seen(&me, Standing::Own, own_months));
    }
    Ok(Household {
        periods: periods(&me),
        left_after: me.disqualified_on.map(last_month),
        others_unseen: !is_insured || dependents.len() >= people.len(),
        has_family: !dependents.is_empty(),
        sharing: decides(&me, society, today).then(|| sharing(&me, society)),
        leaving: match membership(&me, society, today) {
            Membership::Disqualified { on, until } => Some(AfterDisqualification {
                first: Month::of(first_day(&me)),
                last: last_month(on),
                until,
            }),
            _ => None,
        },
        key: me.key,
        people,
    })
}

/// What a member has to decide about the insured's looking on a day, if anything.
///
/// # Errors
/// Whatever the database answers.
pub async fn sharing_of(
    db: &Db,
    member: &Member,
    society: &Society,
    today: Date,
) -> store::Result<Option<Sharing>> {
    let kin = household::of(db, member.person).await?;
    let me = kin.iter().find(|kin| kin.id == member.person);
    let deciding = me.filter(|me| decides(me, society, today));
    Ok(deciding.map(|me| sharing(me, society)))
}

/// Whether it is for this person to decide who sees the own expenses: a dependent who
/// is of age.
fn decides(kin: &Kin, society: &Society, today: Date) -> bool {
    kin.relation != Relation::INSURED && age::reaches(kin.born_on, society.consent_age) <= today
}

/// Whether the insured sees a dependent's expenses, and by whose decision.
fn sharing(dependent: &Kin, society: &Society) -> Sharing {
    Sharing {
        shares: dependent
            .shares_expenses
            .unwrap_or(society.share_by_default),
        decided: dependent.shares_expenses.is_some(),
        lapsed: dependent.decision_ended,
    }
}

/// Why the insured may see a dependent's expenses, if so.
fn standing(kin: &Kin, society: &Society, today: Date) -> Option<Standing> {
    if kin.relation == Relation::INSURED {
        return None;
    }
    if !decides(kin, society, today) {
        return Some(Standing::Child);
    }
    sharing(kin, society).shares.then_some(Standing::Sharing)
}

/// The first day of the time that a dependent has been under this insured without a
/// break, whatever their number was; `None` where they never were at the same time.
fn together_since(insured: &Kin, dependent: &Kin) -> Option<Date> {
    let mut theirs = stays(dependent).into_iter();
    let mut since = None;
    for stay in stays(insured) {
        let other = theirs.next();
        let Some(other) = other.filter(|other| stay.insured && other.number == stay.number) else {
            break;
        };
        let begins = stay.since.max(other.since);
        let ends = [stay.until, other.until].into_iter().flatten().min();
        if ends.is_some_and(|ends| ends <= begins) {
            break;
        }
        since = Some(begins);
    }
    since
}

/// Somebody's time in one household.
struct Stay<'a> {
    /// 記号 and 番号.
    number: (&'a str, &'a str),
    /// As the insured of it.
    insured: bool,
    since: Date,
    until: Option<Date>,
}

/// All of somebody's, the newest first.
fn stays(kin: &Kin) -> Vec<Stay<'_>> {
    let mut stays = vec![Stay {
        number: (&kin.key.symbol, &kin.key.number),
        insured: kin.relation == Relation::INSURED,
        since: kin.since,
        until: kin.disqualified_on,
    }];
    for period in &kin.former {
        let earlier = Stay {
            number: (&period.symbol, &period.number),
            insured: period.relation == Relation::INSURED,
            since: period.since,
            until: Some(period.until),
        };
        match stays.last_mut() {
            Some(last) if last.number == earlier.number && last.insured == earlier.insured => {
                last.since = earlier.since;
            }
            _ => stays.push(earlier),
        }
    }
    stays
}

/// The first 資格取得日, under whichever key.
fn first_day(kin: &Kin) -> Date {
    let former = kin.former.iter().map(|period| period.since);
    former.fold(kin.qualified_on, Date::min)
}

/// The months of every period of somebody's membership.
fn periods(kin: &Kin) -> Vec<RangeInclusive<Month>> {
    let former = kin
        .former
        .iter()
        .map(|period| Month::of(period.since)..=last_month(period.until));
    let last = kin.disqualified_on.map_or(Month::of(Date::MAX), last_month);
    former.chain([Month::of(kin.qualified_on)..=last]).collect()
}

/// The months of somebody's expenses that are shown at all; of one who has left,
/// those of the membership, until its months are over.
fn months(kin: &Kin, society: &Society, today: Date) -> Option<RangeInclusive<Month>> {
    let kept = kept_since(today);
    match membership(kin, society, today) {
        Membership::Current => Some(kept..=Month::of(today)),
        Membership::Disqualified { on, .. } => {
            Some(kept.max(Month::of(first_day(kin)))..=last_month(on))
        }
        Membership::Over => None,
    }
}

fn membership(kin: &Kin, society: &Society, today: Date) -> Membership {
    Membership::on(today, kin.disqualified_on, society.months_after_leaving)
}

/// The month of the last day before 資格喪失.
fn last_month(disqualified_on: Date) -> Month {
    Month::of(disqualified_on.previous_day().unwrap_or(disqualified_on))
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
            // 70歳に達する日の属する月の翌月から.
            seventy_from: Month::of(age::reaches(kin.born_on, SEVENTY)).next(),
        },
    }
}
