//! Removing what is not kept any longer: a few people at a time, found by the order of
//! their identifiers, which is the order of the tables' keys. So no piece holds the
//! writer for long, and no index is kept for this alone.

use domain::values::month::Month;
use time::Date;
use uuid::Uuid;

use super::{Db, Result, Tx, on};

/// People after the one and up to the other, in the order of their identifiers.
#[derive(Clone, Copy, Debug)]
pub struct People {
    /// Not this one any more.
    pub after: Uuid,
    /// This one still.
    pub last: Uuid,
}

/// What is over: expenses of months before one, and everything of those who left on a day
/// or before.
#[derive(Clone, Copy, Debug)]
pub struct Over {
    /// The first month that is kept.
    pub kept_since: Month,
    /// 資格喪失日, the last of those that are long enough ago.
    pub disqualified_by: Date,
}

impl Over {
    fn limits(&self) -> (Limit, Limit, Limit) {
        let (month, day) = (self.kept_since.number(), self.disqualified_by);
        (
            Limit::Month(month),
            Limit::Day(day),
            Limit::Both(day, month),
        )
    }
}

/// How much there is of it, in rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// Expenses of earlier months.
    pub old_expenses: u64,
    /// Expenses of those who left.
    pub expenses: u64,
    /// Their checkups.
    pub checkups: u64,
    /// Which notices they have read.
    pub read_marks: u64,
    /// What they have decided about the insured's looking at their expenses.
    pub decisions: u64,
}

impl Found {
    /// All together.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.old_expenses + self.expenses + self.checkups + self.read_marks + self.decisions
    }

    /// This and that.
    #[must_use]
    pub fn and(self, more: Self) -> Self {
        Self {
            old_expenses: self.old_expenses + more.old_expenses,
            expenses: self.expenses + more.expenses,
            checkups: self.checkups + more.checkups,
            read_marks: self.read_marks + more.read_marks,
            decisions: self.decisions + more.decisions,
        }
    }
}

/// One statement that removes, and one that only counts.
struct Part {
    remove: &'static str,
    count: &'static str,
}

/// Both, by one condition.
macro_rules! part {
    ($remove:literal, $table:literal, $condition:literal) => {
        Part {
            remove: concat!($remove, " where ", $condition),
            count: concat!("select count(*) from ", $table, " where ", $condition),
        }
    };
}

// $1 is a day or a month, $2 and $3 the people, $4 a month.
const OLD_EXPENSES: Part = part!(
    "delete from expense",
    "expense",
    "person_id > $2 and person_id <= $3 and month < $1"
);
// The old ones among them are counted above, and gone when these are removed.
const EXPENSES: Part = part!(
    "delete from expense",
    "expense",
    "person_id in (select id from person where disqualified_on <= $1 and id > $2 and id <= $3)
     and month >= $4"
);
const CHECKUPS: Part = part!(
    "delete from checkup",
    "checkup",
    "person_id in (select id from person where disqualified_on <= $1 and id > $2 and id <= $3)"
);
const READ_MARKS: Part = part!(
    "delete from notice_read",
    "notice_read",
    "member_id in (select m.id from member m join person p on p.id = m.person_id
                   where p.disqualified_on <= $1 and p.id > $2 and p.id <= $3)"
);
const DECISIONS: Part = part!(
    "update member set shares_expenses = null",
    "member",
    "shares_expenses is not null and person_id in (
         select id from person where disqualified_on <= $1 and id > $2 and id <= $3)"
);

/// The next `most` people after that one; `None` behind the last.
///
/// # Errors
/// Whatever the database answers.
pub async fn people_after(db: &Db, after: Uuid, most: i64) -> Result<Option<People>> {
    let last: Option<Uuid> = on!(read db, conn => {
        sqlx::query_scalar(
            "select id from (select id from person where id > $1 order by id limit $2) as next
             order by id desc limit 1",
        )
        .bind(after)
        .bind(most)
        .fetch_optional(conn)
        .await?
    });
    Ok(last.map(|last| People { after, last }))
}

/// How much of everybody's is over; nothing is locked.
///
/// # Errors
/// Whatever the database answers.
pub async fn count(db: &Db, over: Over) -> Result<Found> {
    let (month, day, both) = over.limits();
    Ok(Found {
        old_expenses: counted(db, &OLD_EXPENSES, month).await?,
        expenses: counted(db, &EXPENSES, both).await?,
        checkups: counted(db, &CHECKUPS, day).await?,
        read_marks: counted(db, &READ_MARKS, day).await?,
        decisions: counted(db, &DECISIONS, day).await?,
    })
}

/// The same among what imports have replaced, and keep for some weeks, and of who has seen
/// which year: not counted, since the one was gone for whoever it is about, and the other
/// goes with what was seen.
const BESIDE: [Part; 3] = [
    part!(
        "delete from expense_replaced",
        "expense_replaced",
        "person_id in (select id from person where disqualified_on <= $1 and id > $2 and id <= $3)
         or (person_id > $2 and person_id <= $3 and month < $4)"
    ),
    part!(
        "delete from checkup_replaced",
        "checkup_replaced",
        "person_id in (select id from person where disqualified_on <= $1 and id > $2 and id <= $3)"
    ),
    part!(
        "delete from expense_look",
        "expense_look",
        "person_id in (select id from person where disqualified_on <= $1 and id > $2 and id <= $3)
         or (person_id > $2 and person_id <= $3 and year < $4 / 100)"
    ),
];

/// Removes what is over of these people.
///
/// # Errors
/// Whatever the database answers.
pub async fn remove(tx: &mut Tx, over: Over, people: People) -> Result<Found> {
    let (month, day, both) = over.limits();
    let [claims, results, looks] = &BESIDE;
    removed(tx, claims, both, people).await?;
    removed(tx, results, day, people).await?;
    removed(tx, looks, both, people).await?;
    Ok(Found {
        old_expenses: removed(tx, &OLD_EXPENSES, month, people).await?,
        expenses: removed(tx, &EXPENSES, both, people).await?,
        checkups: removed(tx, &CHECKUPS, day, people).await?,
        read_marks: removed(tx, &READ_MARKS, day, people).await?,
        decisions: removed(tx, &DECISIONS, day, people).await?,
    })
}

/// What a part's condition is about: a month's number, a day, or both.
#[derive(Clone, Copy)]
enum Limit {
    Month(i64),
    Day(Date),
    Both(Date, i64),
}

async fn counted(db: &Db, part: &Part, limit: Limit) -> Result<u64> {
    let rows: i64 = on!(read db, conn => {
        let query = sqlx::query_scalar(part.count);
        let (first, last) = (Uuid::nil(), Uuid::max());
        let query = match limit {
            Limit::Month(month) => query.bind(month).bind(first).bind(last),
            Limit::Day(day) => query.bind(day).bind(first).bind(last),
            Limit::Both(day, month) => query.bind(day).bind(first).bind(last).bind(month),
        };
        query.fetch_one(conn).await?
    });
    Ok(rows.cast_unsigned())
}

async fn removed(tx: &mut Tx, part: &Part, limit: Limit, people: People) -> Result<u64> {
    on!(write tx, conn => {
        let query = sqlx::query(part.remove);
        let People { after, last } = people;
        let query = match limit {
            Limit::Month(month) => query.bind(month).bind(after).bind(last),
            Limit::Day(day) => query.bind(day).bind(after).bind(last),
            Limit::Both(day, month) => query.bind(day).bind(after).bind(last).bind(month),
        };
        Ok(query.execute(conn).await?.rows_affected())
    })
}

/// Their accounts that are still open, `most` of them at a time.
///
/// # Errors
/// Whatever the database answers.
pub async fn open_accounts(tx: &mut Tx, over: Over, most: i64) -> Result<Vec<Uuid>> {
    on!(write tx, conn => {
        sqlx::query_scalar(
            "select m.id from member m join person p on p.id = m.person_id
             where p.disqualified_on <= $1 and m.left_at is null order by m.id limit $2",
        )
        .bind(over.disqualified_by)
        .bind(most)
        .fetch_all(conn)
        .await
    })
}

/// How many there are.
///
/// # Errors
/// Whatever the database answers.
pub async fn count_open_accounts(db: &Db, over: Over) -> Result<usize> {
    let accounts: i64 = on!(read db, conn => {
        sqlx::query_scalar(
            "select count(*) from member m join person p on p.id = m.person_id
             where p.disqualified_on <= $1 and m.left_at is null",
        )
        .bind(over.disqualified_by)
        .fetch_one(conn)
        .await?
    });
    Ok(usize::try_from(accounts).unwrap_or_default())
}
