//! What a member may see of a year, and the dependent's decision about it.

pub mod sheet;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use domain::{
    age,
    membership::kept_since,
    ports::{
        Answer, Coverage, Decision, ExpenseFront, ExpenseLook, ExpenseWish, ExpenseYear, Expenses,
        Sharing,
    },
    values::{
        expense::{Standing, sum},
        month::Month,
        society::Society,
        timestamp::Timestamp,
    },
    visit::{Member, RequestOrigin},
};
use futures::future::BoxFuture;
use store::{
    Db,
    audit::Event,
    expense::{self, Shown},
    expense_look::{self, Looks},
    expense_month,
    household::decide,
    member,
};
use uuid::Uuid;

use crate::{
    base::fault::InternalError,
    member::household::{self, Household, Visible},
};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// The use cases of medical expenses.
#[derive(Clone)]
pub struct ExpenseService {
    /// The database.
    pub db: Db,
    /// Whose settings decide what is shown.
    pub society: Arc<Society>,
}

impl Expenses for ExpenseService {
    fn look<'a>(
        &'a self,
        member: &'a Member,
        wish: &'a ExpenseWish,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<ExpenseLook>> {
        Box::pin(async move {
            self.year(member, wish, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn front<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<ExpenseFront>> {
        Box::pin(async move {
            self.front_page(member, now)
                .await
                .map_err(InternalError::report)
        })
    }

    fn sharing<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Option<Sharing>>> {
        Box::pin(async move {
            household::sharing_of(&self.db, member, &self.society, now.in_japan().date())
                .await
                .map_err(|error| InternalError::from(error).report())
        })
    }

    fn share<'a>(
        &'a self,
        member: &'a Member,
        shares: bool,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Decision>> {
        Box::pin(async move {
            self.decide(member, shares, origin, now)
                .await
                .map_err(InternalError::report)
        })
    }
}

impl ExpenseService {
    async fn front_page(
        &self,
        member: &Member,
        now: Timestamp,
    ) -> Result<ExpenseFront, InternalError> {
        let today = now.in_japan().date();
        let household = household::visible(&self.db, member, &self.society, today).await?;
        let all: Vec<Shown> = household.people.iter().map(shown).collect();
        Ok(ExpenseFront {
            last_month: expense::months(&self.db, &all).await?.into_iter().max(),
            sharing: household.sharing,
        })
    }

    async fn year(
        &self,
        member: &Member,
        wish: &ExpenseWish,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<ExpenseLook, InternalError> {
        let today = now.in_japan().date();
        let household = household::visible(&self.db, member, &self.society, today).await?;
        if household.people.is_empty() {
            return Ok(ExpenseLook::Over);
        }
        let known = wish.branch.as_ref().is_none_or(|branch| {
            let mut people = household.people.iter();
            people.any(|visible| visible.patient.branch == *branch)
        });
        if !known {
            self.note_refusal(member, origin, now).await?;
            return Ok(ExpenseLook::NotTheirs);
        }
        let kept = kept_since(today).year()..=today.year();
        if wish.year.is_some_and(|year| !kept.contains(&year)) {
            return Ok(ExpenseLook::NotTheirs);
        }
        let all: Vec<Shown> = household.people.iter().map(shown).collect();
        let years: BTreeSet<i32> = expense::months(&self.db, &all)
            .await?
            .into_iter()
            .map(Month::year)
            .collect();
        let year = wish
            .year
            .or_else(|| years.last().copied())
            .unwrap_or(today.year());

        let midnight = now.midnight_before();
        let today = (midnight, midnight.plus(DAY));
        let before = expense_look::of(&self.db, member.id, year, today).await?;
        self.note_look(member, &household, wish, &before, (origin, now))
            .await?;
        let whose: Vec<Uuid> = all.iter().map(|one| one.person).collect();
        let corrected = expense_look::note(&self.db, member.id, &whose, year, &before).await?;
        let asked_for: Vec<Shown> = all.into_iter().map(|one| of_year(one, year)).collect();
        let mut expenses = expense::list(&self.db, &asked_for).await?;
        // The sheets are the whole year, whatever the page shows of it.
        let beyond_cp932 =
            sheet::beyond_cp932(household.people.iter().map(|one| &one.patient), &expenses);
        let paid = sum(&expenses).paid;
        expenses.retain(|expense| {
            let is_whose = |branch: &String| {
                let patient = household.people.get(expense.patient);
                patient.is_some_and(|visible| visible.patient.branch == *branch)
            };
            wish.branch.as_ref().is_none_or(is_whose)
                && wish.kind.is_none_or(|kind| expense.kind == kind)
        });
        let complete_months = expense_month::all_in(&self.db).await?;
        let coverage = |month| (month, covered(month, &household, &complete_months));
        let months = Month::all_of(year).map(coverage).collect();
        let people: Vec<_> = household
            .people
            .into_iter()
            .map(|one| one.patient)
            .collect();
        Ok(ExpenseLook::Year(Box::new(ExpenseYear {
            year,
            years: years.into_iter().rev().collect(),
            symbol: household.key.symbol,
            number: household.key.number,
            months,
            begins: complete_months.first().copied(),
            has_family: household.has_family,
            others_unseen: household.others_unseen,
            beyond_cp932,
            corrected,
            people,
            expenses,
            paid,
            sharing: household.sharing,
            leaving: household.leaving,
        })))
    }

    /// Notes a look in the history of everybody else it shows, once a day: nobody
    /// is looked at without a trace, and no history grows with every click.
    async fn note_look(
        &self,
        member: &Member,
        household: &Household,
        wish: &ExpenseWish,
        before: &Looks,
        (origin, now): (&RequestOrigin, Timestamp),
    ) -> Result<(), InternalError> {
        let is_asked_for = |one: &&Visible| {
            let branch = wish.branch.as_ref();
            branch.is_none_or(|branch| one.patient.branch == *branch)
        };
        let mut others: Vec<Uuid> = household
            .people
            .iter()
            .filter(|one| one.patient.standing != Standing::Own)
            .filter(is_asked_for)
            .map(|one| one.person)
            .collect();
        others.retain(|person| !before.lately.contains(person));
        if others.is_empty() {
            return Ok(());
        }
        let mut tx = self.db.write().await?;
        Event::ExpensesSeen
            .by(origin, now)
            .of_member(member.id)
            .record_of_each(&mut tx, &others)
            .await?;
        Ok(tx.commit().await?)
    }

    async fn note_refusal(
        &self,
        member: &Member,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<(), InternalError> {
        let mut tx = self.db.write().await?;
        Event::NotTheirs
            .by(origin, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        Ok(tx.commit().await?)
    }

    async fn decide(
        &self,
        member: &Member,
        shares: bool,
        origin: &RequestOrigin,
        now: Timestamp,
    ) -> Result<Decision, InternalError> {
        let born_by = age::born_by(now.in_japan().date(), self.society.consent_age);
        let mut tx = self.db.write().await?;
        if !member::lock_with_session(&mut tx, member.id, member.session).await? {
            return Ok(Decision::Over);
        }
        if !decide(&mut tx, member.id, shares, born_by).await? {
            return Ok(Decision::NotTheirs);
        }
        let event = if shares {
            Event::SharingAllowed
        } else {
            Event::SharingEnded
        };
        event
            .by(origin, now)
            .of_person(member.person)
            .of_member(member.id)
            .record(&mut tx)
            .await?;
        tx.commit().await?;
        Ok(Decision::Done)
    }
}

fn shown(visible: &Visible) -> Shown {
    Shown {
        person: visible.person,
        months: visible.months.clone(),
    }
}

/// The part of it that lies in a year; of somebody who was not there, nothing.
fn of_year(all: Shown, year: i32) -> Shown {
    let first = *all.months.start().max(&Month::first_of(year));
    let last = *all.months.end().min(&Month::last_of(year));
    Shown {
        months: first..=last,
        ..all
    }
}

/// What there is of a month for a member, when these months are in.
fn covered(month: Month, household: &Household, complete_months: &[Month]) -> Coverage {
    if household.left_after.is_some_and(|last| month > last) {
        Coverage::AfterMembership
    } else if !household.periods.iter().any(|one| one.contains(&month)) {
        Coverage::BeforeMembership
    } else if complete_months.contains(&month) {
        Coverage::In
    } else if complete_months.first().is_some_and(|first| month < *first) {
        Coverage::BeforeData
    } else {
        Coverage::Awaited
    }
}
