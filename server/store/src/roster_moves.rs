//! Who of a waiting roster has another key than on file, and whose key stands with
//! somebody else: found before the rows come in, in the same transaction.
//!
//! A line agrees with the person who has its key on file if name (or kana) and birth
//! date are the same. One of the two may change: a name by marriage, a date by a
//! correction. If both differ, or if somebody else on file fits the line wholly, it
//! is *displaced*, like a line whose key nobody has.
//!
//! A displaced line fits a person with the same name (or kana), birth date and sex. Where
//! nobody has that, it fits somebody with the same birth date and sex whose name is one that
//! another office writes so (髙 and 高), or whose given name is the same while one key ends
//! on the day the other begins (a marriage within the society).

use domain::{spelling::Name, values::timestamp::Timestamp};
use sqlx_macros::FromRow;
use uuid::Uuid;

use super::{
    Result, Tx,
    audit::Event,
    membership::{self, since},
    on,
    planned::{Each, tell},
};

/// A person who has another key in the file than on file.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Move {
    /// The line with the new key.
    pub line: i64,
    /// 記号-番号-枝番 on file.
    pub from_key: String,
    /// 記号-番号-枝番 in the file.
    pub to_key: String,
    /// 氏名 on file.
    pub from_name: String,
    /// 氏名 in the file.
    pub to_name: String,
    /// The same name or kana, but for blanks.
    pub is_same_name: bool,
}

/// Lines of one sort: how many, and the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines {
    /// All of them.
    pub count: i64,
    /// The first ones, in order.
    pub first: Vec<i64>,
}

/// What a waiting roster says about keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moves {
    /// How many people have another key in the file.
    pub count: i64,
    /// The first of them, in the order of their lines.
    pub first: Vec<Move>,
    /// Lines that fit several people, or whose person fits several lines: nobody
    /// can tell who is who.
    pub unclear: Lines,
    /// Lines that give somebody's key to somebody else.
    pub reused: Lines,
    /// Lines about a key that its holder has not any more, according to the file and to
    /// what is on file: they were taken out.
    pub former: u64,
}

/// The same name or the same kana, whatever blanks they are written with.
macro_rules! same_name {
    ($a:literal, $b:literal) => {
        concat!(
            "(",
            folded!($a, "name"),
            " = ",
            folded!($b, "name"),
            " or (",
            $a,
            "kana <> '' and ",
            folded!($a, "kana"),
            " = ",
            folded!($b, "kana"),
            "))"
        )
    };
}

macro_rules! folded {
    ($prefix:literal, $column:literal) => {
        concat!(
            "replace(replace(",
            $prefix,
            $column,
            ", ' ', ''), '\u{3000}', '')"
        )
    };
}

/// Whether somebody with this key goes on in the file as who they are.
macro_rules! stays {
    () => {
        "(n.old_line is not null and not n.old_leaves
          and n.old_line not in (select line from displaced))"
    };
}

/// A displaced line and somebody born on the same day, of the same sex, who is written
/// otherwise.
#[derive(FromRow)]
struct Written {
    line: i64,
    id: Uuid,
    name: String,
    kana: String,
    known_name: String,
    known_kana: String,
    old_line: Option<i64>,
    old_leaves: bool,
    /// One key ends on the day the other begins.
    follows: bool,
}

impl Written {
    /// By another office's spelling, or by a marriage.
    fn may_be_the_same(&self) -> bool {
        let written = Name {
            name: &self.name,
            kana: &self.kana,
        };
        let known = Name {
            name: &self.known_name,
            kana: &self.known_kana,
        };
        written.is_spelling_of(known) || (self.follows && written.shares_given_name(known))
    }
}

/// A displaced line and who has its key.
#[derive(FromRow)]
struct Held {
    line: i64,
    name: String,
    kana: String,
    known_name: String,
    known_kana: String,
}

impl Held {
    fn is_spelled_otherwise(&self) -> bool {
        let written = Name {
            name: &self.name,
            kana: &self.kana,
        };
        written.is_spelling_of(Name {
            name: &self.known_name,
            kana: &self.known_kana,
        })
    }
}

/// Who has an unknown key and is not taken for somebody who has moved, but for new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum New {
    /// Those on these lines.
    These(Vec<i64>),
    /// All but those on these lines.
    AllBut(Vec<i64>),
}

impl New {
    fn is(&self, line: i64) -> bool {
        match self {
            Self::These(lines) => lines.contains(&line),
            Self::AllBut(lines) => !lines.contains(&line),
        }
    }
}

/// Finds out who has moved; of those who are new nobody has.
///
/// # Errors
/// Whatever the engine answers.
pub async fn find(tx: &mut Tx, new: &New, most: i64) -> Result<Moves> {
    on!(write tx, conn => {
        for statement in [
            "create temporary table displaced (
                 line bigint not null, name text not null, kana text not null,
                 born_on date not null, sex text not null, leaves boolean not null,
                 holder uuid, half_agrees boolean not null)",
            // Everybody who fits a displaced line, and what the file says of their old key.
            "create temporary table namesake (
                 line bigint not null, person_id uuid not null, old_line bigint,
                 old_leaves boolean not null)",
            "create temporary table moved (line bigint not null, person_id uuid not null)",
        ] {
            sqlx::query(statement).execute(&mut *conn).await?;
        }
        let is_first: bool = sqlx::query_scalar("select not exists (select 1 from person)")
            .fetch_one(&mut *conn)
            .await?;
        if is_first {
            return Ok(Moves::default());
        }
        for statement in [
            concat!(
                "insert into displaced
                     (line, name, kana, born_on, sex, leaves, holder, half_agrees)
                 select s.line, s.name, s.kana, s.born_on, s.sex, s.disqualified_on is not null,
                        p.id, p.id is not null and (p.born_on = s.born_on or ",
                same_name!("s.", "p."), ")
                 from staged_person s left join person p
                   on p.symbol = s.symbol and p.number = s.number and p.branch = s.branch
                 where p.id is null or p.born_on <> s.born_on or not ", same_name!("s.", "p.")
            ),
            concat!(
                "insert into namesake (line, person_id, old_line, old_leaves)
                 select d.line, p.id, t.line, t.disqualified_on is not null
                 from displaced d
                 join person p on p.born_on = d.born_on and p.sex = d.sex and ",
                same_name!("d.", "p."), "
                 left join staged_person t
                   on t.symbol = p.symbol and t.number = p.number and t.branch = p.branch
                 where d.holder is null or d.holder <> p.id"
            ),
        ] {
            sqlx::query(statement).execute(&mut *conn).await?;
        }
        let written: Vec<Written> = sqlx::query_as(
            "select d.line, p.id, d.name, d.kana, p.name as known_name, p.kana as known_kana,
                    t.line as old_line, t.disqualified_on is not null as old_leaves,
                    coalesce(s.qualified_on = coalesce(t.disqualified_on, p.disqualified_on)
                             or s.disqualified_on = p.qualified_on, false) as follows
             from displaced d
             join staged_person s on s.line = d.line
             join person p on p.born_on = d.born_on and p.sex = d.sex
             left join staged_person t
               on t.symbol = p.symbol and t.number = p.number and t.branch = p.branch
             where not d.half_agrees and (d.holder is null or d.holder <> p.id)
               and d.line not in (select line from namesake)
             order by d.line, p.id",
        )
        .fetch_all(&mut *conn)
        .await?;
        for one in written.iter().filter(|one| one.may_be_the_same()) {
            sqlx::query(
                "insert into namesake (line, person_id, old_line, old_leaves)
                 values ($1, $2, $3, $4)",
            )
            .bind(one.line)
            .bind(one.id)
            .bind(one.old_line)
            .bind(one.old_leaves)
            .execute(&mut *conn)
            .await?;
        }
        let holders: Vec<Held> = sqlx::query_as(
            "select d.line, d.name, d.kana, p.name as known_name, p.kana as known_kana
             from displaced d join person p on p.id = d.holder where not d.half_agrees",
        )
        .fetch_all(&mut *conn)
        .await?;
        for one in holders.iter().filter(|one| one.is_spelled_otherwise()) {
            sqlx::query("update displaced set half_agrees = true where line = $1")
                .bind(one.line)
                .execute(&mut *conn)
                .await?;
        }
        for statement in [
            // A name or a date was corrected, unless somebody who has gone from their own
            // key fits.
            concat!(
                "delete from displaced where half_agrees and line not in
                     (select n.line from namesake n where not ", stays!(), ")"
            ),
            "delete from namesake where line not in (select line from displaced)",
        ] {
            sqlx::query(statement).execute(&mut *conn).await?;
        }
        let former = sqlx::query(concat!(
            "delete from staged_person where line in
                 (select d.line from displaced d join namesake n on n.line = d.line
                  where d.holder is null and d.leaves and ", stays!(), ")"
        ))
        .execute(&mut *conn)
        .await?
        .rows_affected();
        for statement in [
            "delete from displaced where line not in (select line from staged_person)",
            "delete from namesake where line not in (select line from displaced)",
            concat!(
                "insert into moved (line, person_id)
                 select line, person_id from
                     (select n.line, n.person_id, ", stays!(), " as stays,
                             count(*) over (partition by n.line) as people,
                             count(*) over (partition by n.person_id) as lines
                      from namesake n) as counted
                 where people = 1 and lines = 1 and not stays"
            ),
        ] {
            sqlx::query(statement).execute(&mut *conn).await?;
        }
        let unclear = sqlx::query_scalar(concat!(
            "select distinct n.line from namesake n
             where n.line not in (select line from moved) and not ", stays!(), " order by 1"
        ))
        .fetch_all(&mut *conn)
        .await?;
        let moved: Vec<i64> = sqlx::query_scalar("select line from moved")
            .fetch_all(&mut *conn)
            .await?;
        for line in moved.into_iter().filter(|line| new.is(*line)) {
            sqlx::query("delete from moved where line = $1")
                .bind(line)
                .execute(&mut *conn)
                .await?;
        }
        let reused = sqlx::query_scalar(
            "select line from displaced
             where holder is not null and holder not in (select person_id from moved) order by line",
        )
        .fetch_all(&mut *conn)
        .await?;
        let count = sqlx::query_scalar("select count(*) from moved")
            .fetch_one(&mut *conn)
            .await?;
        let first = sqlx::query_as(concat!(
            "select m.line, p.symbol || '-' || p.number || '-' || p.branch as from_key,
                    s.symbol || '-' || s.number || '-' || s.branch as to_key,
                    p.name as from_name, s.name as to_name, ", same_name!("s.", "p."), "
                        as is_same_name
             from moved m join person p on p.id = m.person_id
             join staged_person s on s.line = m.line order by m.line limit $1"
        ))
        .bind(most)
        .fetch_all(&mut *conn)
        .await?;
        Ok(Moves {
            count,
            first,
            unclear: Lines::first_of(unclear, most),
            reused: Lines::first_of(reused, most),
            former,
        })
    })
}

impl Lines {
    fn first_of(mut lines: Vec<i64>, most: i64) -> Self {
        let count = lines.len() as i64;
        lines.truncate(most as usize);
        Self {
            count,
            first: lines,
        }
    }
}

/// Tells `each` of every key that [`follow`] gives to somebody on file.
///
/// # Errors
/// Whatever the engine answers.
pub async fn planned(tx: &mut Tx, each: Each<'_>) -> Result<()> {
    let sql = "select p.symbol, p.number, p.branch, s.symbol as to_symbol,
                      s.number as to_number, s.branch as to_branch
               from moved m join person p on p.id = m.person_id
               join staged_person s on s.line = m.line
               order by p.symbol, p.number, p.branch";
    on!(write tx, conn => tell!(conn, sql, each));
    Ok(())
}

/// Gives everybody who was found to have moved their new key, keeps the period under the
/// old one, and notes it of each. The line that ends their old key is not a leaving: it is
/// taken out.
///
/// # Errors
/// Whatever the engine answers.
pub async fn follow(tx: &mut Tx, now: Timestamp) -> Result<()> {
    membership::keep_of_moved(tx, now.in_japan().date()).await?;
    on!(write tx, conn => {
        sqlx::query(
            "insert into audit (at, event, person_id, member_id, network_address, detail, actor)
             select $1, $2, p.id, a.id, '',
                    p.symbol || '-' || p.number || '-' || p.branch || ' → ' ||
                    s.symbol || '-' || s.number || '-' || s.branch, ''
             from moved m join person p on p.id = m.person_id
             join staged_person s on s.line = m.line
             left join member a on a.person_id = p.id order by m.line",
        )
        .bind(now.0)
        .bind(Event::KeyChanged.as_str())
        .execute(&mut *conn)
        .await?;
        for statement in [
            "delete from staged_person where line in
                 (select n.old_line from namesake n join moved m
                    on m.line = n.line and m.person_id = n.person_id
                  where n.old_leaves)
             and line not in (select line from displaced)",
            // Two people may change places: first all old keys are given up. No key of
            // a roster is empty.
            "update person set symbol = '', number = cast(moved.line as text), branch = ''
             from moved where moved.person_id = person.id",
            concat!(
                "update person set symbol = s.symbol, number = s.number, branch = s.branch,
                        key_since = case
                            when s.qualified_on > ", since!("person."), " then null
                            else coalesce((select max(f.until) from former_membership f
                                           where f.person_id = person.id), person.key_since)
                            end
                 from moved m join staged_person s on s.line = m.line
                 where m.person_id = person.id"
            ),
        ] {
            sqlx::query(statement).execute(&mut *conn).await?;
        }
    });
    Ok(())
}
