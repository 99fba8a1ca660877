//! 医療費通知.

use futures_core::future::BoxFuture;
use time::Date;

use super::Answer;
use crate::{
    values::{
        expense::{Expense, Kind, Patient},
        month::Month,
        timestamp::Timestamp,
    },
    visit::{Member, RequestOrigin},
};

/// 医療費通知
pub trait Expenses: Send + Sync {
    /// What a member may see of a year. Whose expenses these are besides the own
    /// is noted in each one's history before there is an answer.
    fn look<'a>(
        &'a self,
        member: &'a Member,
        wish: &'a ExpenseWish,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<ExpenseLook>>;

    /// What the member's first page says of them. This is no look at anybody's: no
    /// line is shown.
    fn front<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<ExpenseFront>>;

    /// Whether the insured sees this member's expenses; `None` for a member who
    /// has nothing to decide, being insured or not of age.
    fn sharing<'a>(
        &'a self,
        member: &'a Member,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Option<Sharing>>>;

    /// Decides it, from this moment on.
    fn share<'a>(
        &'a self,
        member: &'a Member,
        shares: bool,
        origin: &'a RequestOrigin,
        now: Timestamp,
    ) -> BoxFuture<'a, Answer<Decision>>;
}

/// What the member's first page says of expenses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpenseFront {
    /// The last month of which there is something that this member may see.
    pub last_month: Option<Month>,
    /// What a dependent has to know and can decide.
    pub sharing: Option<Sharing>,
}

/// What of a year's expenses somebody wants to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExpenseWish {
    /// The year; `None`: the newest of which there is something.
    pub year: Option<i32>,
    /// The 枝番 of one person; `None`: everybody.
    pub branch: Option<String>,
    /// One kind; `None`: all.
    pub kind: Option<Kind>,
}

impl ExpenseWish {
    /// Reads the address of a page or a sheet; `None` for what no link or form of
    /// ours asks for.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let asked = |key| get(key).filter(|value| !value.is_empty());
        let year = match asked("year") {
            None => None,
            Some(year) => Some(year.parse().ok()?),
        };
        let kind = match asked("kind") {
            None => None,
            Some(kind) => Some(Kind::parse(&kind)?),
        };
        Some(Self {
            year,
            branch: asked("person"),
            kind,
        })
    }

    /// Less than the whole year is asked for.
    pub const fn is_filtered(&self) -> bool {
        self.branch.is_some() || self.kind.is_some()
    }

    /// The same for what is taken along. It is the whole year, whatever was filtered
    /// on the page: a sum of some lines would be taken for the year's.
    pub fn read_whole_year(get: impl Fn(&str) -> Option<String>) -> Option<Self> {
        Self::read(|key| match key {
            "year" => get(key),
            _ => None,
        })
    }
}

/// What a look at the expenses came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpenseLook {
    /// A year of them.
    Year(Box<ExpenseYear>),
    /// The months after 資格喪失 are over.
    Over,
    /// A person or a year that is not for this member: 404, whatever is there.
    NotTheirs,
}

/// A year of expenses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpenseYear {
    /// Which year.
    pub year: i32,
    /// Every year of which there is something, the newest first.
    pub years: Vec<i32>,
    /// 記号 of the household.
    pub symbol: String,
    /// 番号 of the household.
    pub number: String,
    /// Whose expenses may be seen; the member who looks is the first.
    pub people: Vec<Patient>,
    /// The expenses that were asked for, the newest month first.
    pub expenses: Vec<Expense>,
    /// 窓口負担額 of the whole year in yen, whatever was asked for.
    pub paid: i64,
    /// The months of the year, and what there is of each.
    pub months: Vec<(Month, Coverage)>,
    /// The month with which the society's data begin.
    pub begins: Option<Month>,
    /// The member is insured and has, or had, dependents: there may be expenses that
    /// are not for this member's eyes.
    pub has_family: bool,
    /// There are others in the household whose expenses are not here: what of them may
    /// be added up with these is not for this member's eyes.
    pub others_unseen: bool,
    /// When the office has last withdrawn what this member had seen of it.
    pub corrected: Option<Timestamp>,
    /// Words in it with characters that CP932 lacks.
    pub beyond_cp932: Vec<String>,
    /// What a dependent has to know and can decide.
    pub sharing: Option<Sharing>,
    /// After 資格喪失: what can be read, and for how long.
    pub leaving: Option<AfterDisqualification>,
}

impl ExpenseYear {
    /// What of it was asked for, as it stands before a sum: `架空 花子さん・歯科`;
    /// `None` where it is everything.
    pub fn chosen(&self, wish: &ExpenseWish) -> Option<String> {
        let its = |one: &&Patient| wish.branch.as_ref() == Some(&one.branch);
        let person = self.people.iter().find(its);
        let person = person.map(|one| format!("{}さん", one.name));
        let kind = wish.kind.map(|kind| kind.as_str().to_owned());
        let chosen: Vec<String> = person.into_iter().chain(kind).collect();
        (!chosen.is_empty()).then(|| chosen.join("・"))
    }
}

/// What there is of a month, for a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coverage {
    /// Its claims have come in.
    In,
    /// They have not come in yet, whoever's.
    Awaited,
    /// It lies before the society's data begin.
    BeforeData,
    /// It lies before the member's 資格取得日: another insurer has its claims.
    BeforeMembership,
    /// It lies after the member's last day, likewise.
    AfterMembership,
}

/// Whether the insured sees a dependent's expenses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sharing {
    /// At this moment.
    pub shares: bool,
    /// As the dependent has decided, and not by the society's setting.
    pub decided: bool,
    /// What the dependent had decided held for the insured of an earlier household.
    pub lapsed: bool,
}

/// What is left to read after 資格喪失.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AfterDisqualification {
    /// The first month of the membership.
    pub first: Month,
    /// Its last month.
    pub last: Month,
    /// The last day on which it can be read.
    pub until: Date,
}

/// What became of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It holds.
    Done,
    /// An insured member has nothing to decide, nor has one who is not of age.
    NotTheirs,
    /// The session ended before.
    Over,
}
