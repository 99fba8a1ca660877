//! Everybody on the roster, one by one.

use std::{fmt, str::FromStr};

use domain::{relation::Relation, values::timestamp::Timestamp};
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use super::{Db, Result, on};

/// A person's key, as it stands on the insurance card.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, FromRow)]
pub struct Key {
    /// 記号; may hold hyphens.
    pub symbol: String,
    /// 番号
    pub number: String,
    /// 枝番
    pub branch: String,
}

/// A person to whom a postcard can be sent.
#[derive(Clone, Debug, FromRow)]
pub struct Addressee {
    /// The person.
    pub id: Uuid,
    /// The person's key.
    #[sqlx(flatten)]
    pub key: Key,
    /// 氏名
    pub name: String,
    /// 郵便番号; may be empty.
    pub postal_code: String,
    /// 住所; may be empty.
    pub address: String,
    /// 事業所コード; may be empty.
    pub employer_code: String,
    /// 事業所名; may be empty.
    pub employer_name: String,
    /// The account, if the person is a member already.
    pub member_id: Option<Uuid>,
    /// Whether the office has closed that account.
    pub is_disabled: bool,
}

impl Addressee {
    /// Where they stand among others.
    pub fn place(&self) -> Place {
        Place {
            employer_code: self.employer_code.clone(),
            key: self.key.clone(),
        }
    }
}

/// The order in which postcards are made and handed over: by employer, then by key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// 事業所コード
    pub employer_code: String,
    /// The key of whoever stands there.
    pub key: Key,
}

/// Who may register on a day.
#[derive(Clone, Copy, Debug)]
pub struct Eligible {
    /// The day, in Japan.
    pub today: Date,
    /// The last birth date with which a dependent is old enough on that day.
    pub born_by: Date,
}

/// Who may register: insured, or a dependent old enough; qualified, and not
/// disqualified. `$1` is the day, `$2` how the insured are stored, `$3` the last
/// birth date.
macro_rules! eligible {
    ($before:literal, $after:literal) => {
        concat!(
            $before,
            " p.qualified_on <= $1 and (p.disqualified_on is null or p.disqualified_on > $1)
              and (p.relation = $2 or p.born_on <= $3) ",
            $after
        )
    };
}

pub(super) use eligible;

/// How many eligible people have neither an account nor an open postcard at `now`, and an
/// address from which none came back; of one employer, or of all.
///
/// # Errors
/// Whatever the engine answers.
pub async fn count_awaiting_postcard(
    db: &Db,
    who: Eligible,
    now: Timestamp,
    employer: Option<&str>,
) -> Result<i64> {
    on!(read db, pool => {
        sqlx::query_scalar(eligible!(
            "select count(*) from person p where",
            "and p.address_unknown_since is null and ($5 is null or p.employer_code = $5)
             and not exists (select 1 from member m where m.person_id = p.id)
             and not exists (select 1 from postcard c where c.person_id = p.id
                             and c.ended_at is null and c.expires_at > $4)"
        ))
        .bind(who.today)
        .bind(Relation::INSURED)
        .bind(who.born_by)
        .bind(now.0)
        .bind(employer)
        .fetch_one(pool)
        .await
    })
}

/// The first `most` of them after `after`, in the order of their places.
///
/// # Errors
/// Whatever the engine answers.
pub async fn awaiting_postcard(
    db: &Db,
    who: Eligible,
    now: Timestamp,
    employer: Option<&str>,
    after: &Place,
    most: i64,
) -> Result<Vec<Addressee>> {
    on!(read db, pool => {
        sqlx::query_as(eligible!(
            "select p.id, p.symbol, p.number, p.branch, p.name, p.postal_code, p.address,
                    p.employer_code, p.employer_name,
                    cast(null as uuid) as member_id, false as is_disabled
             from person p
             where (p.employer_code, p.symbol, p.number, p.branch) > ($5, $6, $7, $8) and",
            "and p.address_unknown_since is null and ($10 is null or p.employer_code = $10)
             and not exists (select 1 from member m where m.person_id = p.id)
             and not exists (select 1 from postcard c where c.person_id = p.id
                             and c.ended_at is null and c.expires_at > $4)
             order by p.employer_code, p.symbol, p.number, p.branch limit $9"
        ))
        .bind(who.today)
        .bind(Relation::INSURED)
        .bind(who.born_by)
        .bind(now.0)
        .bind(&after.employer_code)
        .bind(&after.key.symbol)
        .bind(&after.key.number)
        .bind(&after.key.branch)
        .bind(most)
        .bind(employer)
        .fetch_all(pool)
        .await
    })
}

/// How many eligible people wait for a new postcard that the office asked for, and can be
/// sent one.
///
/// # Errors
/// Whatever the engine answers.
pub async fn count_wanting_another(db: &Db, who: Eligible) -> Result<i64> {
    on!(read db, pool => {
        sqlx::query_scalar(eligible!(
            "select count(*) from person p left join member m on m.person_id = p.id
             where p.postcard_wanted_at is not null and p.address_unknown_since is null
               and m.disabled_at is null and",
            ""
        ))
        .bind(who.today)
        .bind(Relation::INSURED)
        .bind(who.born_by)
        .fetch_one(pool)
        .await
    })
}

/// The first `most` of them after `after`, in the order of their places.
///
/// # Errors
/// Whatever the engine answers.
pub async fn wanting_another(
    db: &Db,
    who: Eligible,
    after: &Place,
    most: i64,
) -> Result<Vec<Addressee>> {
    on!(read db, pool => {
        sqlx::query_as(eligible!(
            "select p.id, p.symbol, p.number, p.branch, p.name, p.postal_code, p.address,
                    p.employer_code, p.employer_name, m.id as member_id, false as is_disabled
             from person p left join member m on m.person_id = p.id
             where (p.employer_code, p.symbol, p.number, p.branch) > ($4, $5, $6, $7)
               and p.postcard_wanted_at is not null and p.address_unknown_since is null
               and m.disabled_at is null and",
            "order by p.employer_code, p.symbol, p.number, p.branch limit $8"
        ))
        .bind(who.today)
        .bind(Relation::INSURED)
        .bind(who.born_by)
        .bind(&after.employer_code)
        .bind(&after.key.symbol)
        .bind(&after.key.number)
        .bind(&after.key.branch)
        .bind(most)
        .fetch_all(pool)
        .await
    })
}

/// The person of this row, if eligible; whether a member or not.
///
/// # Errors
/// Whatever the engine answers.
pub async fn eligible_by_id(db: &Db, who: Eligible, id: Uuid) -> Result<Option<Addressee>> {
    on!(read db, pool => {
        sqlx::query_as(eligible!(
            "select p.id, p.symbol, p.number, p.branch, p.name, p.postal_code, p.address,
                    p.employer_code, p.employer_name,
                    m.id as member_id, m.disabled_at is not null as is_disabled
             from person p left join member m on m.person_id = p.id where p.id = $4 and",
            ""
        ))
        .bind(who.today)
        .bind(Relation::INSURED)
        .bind(who.born_by)
        .bind(id)
        .fetch_optional(pool)
        .await
    })
}

/// Every employer of whom somebody is on the roster, by code: the code, and the name.
///
/// # Errors
/// Whatever the engine answers.
pub async fn employers(db: &Db) -> Result<Vec<(String, String)>> {
    on!(read db, pool => {
        sqlx::query_as(
            "select employer_code, max(employer_name) from person
             group by employer_code order by employer_code",
        )
        .fetch_all(pool)
        .await
    })
}

/// The person with this key, if eligible; whether a member or not.
///
/// # Errors
/// Whatever the engine answers.
pub async fn eligible_by_key(db: &Db, who: Eligible, key: &Key) -> Result<Option<Addressee>> {
    on!(read db, pool => {
        sqlx::query_as(eligible!(
            "select p.id, p.symbol, p.number, p.branch, p.name, p.postal_code, p.address,
                    p.employer_code, p.employer_name,
                    m.id as member_id, m.disabled_at is not null as is_disabled
             from person p left join member m on m.person_id = p.id
             where p.symbol = $4 and p.number = $5 and p.branch = $6 and",
            ""
        ))
        .bind(who.today)
        .bind(Relation::INSURED)
        .bind(who.born_by)
        .bind(&key.symbol)
        .bind(&key.number)
        .bind(&key.branch)
        .fetch_optional(pool)
        .await
    })
}

/// Whether anybody on the roster has this key.
///
/// # Errors
/// Whatever the engine answers.
pub async fn exists(db: &Db, key: &Key) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select exists (select 1 from person where symbol = $1 and number = $2 and branch = $3)",
        )
        .bind(&key.symbol)
        .bind(&key.number)
        .bind(&key.branch)
        .fetch_one(pool)
        .await
    })
}

/// Whoever on the roster has this key.
///
/// # Errors
/// Whatever the engine answers.
pub async fn by_key(db: &Db, key: &Key) -> Result<Option<Uuid>> {
    on!(read db, pool => {
        sqlx::query_scalar(
            "select id from person where symbol = $1 and number = $2 and branch = $3",
        )
        .bind(&key.symbol)
        .bind(&key.number)
        .bind(&key.branch)
        .fetch_optional(pool)
        .await
    })
}

/// Whether there is anybody on the roster.
///
/// # Errors
/// Whatever the engine answers.
pub async fn is_anybody_there(db: &Db) -> Result<bool> {
    on!(read db, pool => {
        sqlx::query_scalar("select exists (select 1 from person)").fetch_one(pool).await
    })
}

/// `SYMBOL-NUMBER-BRANCH` is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyError;

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("「記号-番号-枝番」の形で指定してください（例: 1001-12-00）")
    }
}

impl std::error::Error for KeyError {}

impl FromStr for Key {
    type Err = KeyError;

    /// Split from the right: a symbol may hold hyphens, the others never do.
    fn from_str(written: &str) -> std::result::Result<Self, KeyError> {
        let mut parts = written.trim().rsplitn(3, '-').map(str::trim);
        match (parts.next(), parts.next(), parts.next()) {
            (Some(branch), Some(number), Some(symbol))
                if ![branch, number, symbol].contains(&"") =>
            {
                Ok(Self {
                    symbol: symbol.into(),
                    number: number.into(),
                    branch: branch.into(),
                })
            }
            _ => Err(KeyError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_split_from_the_right() {
        let key = |symbol: &str, number: &str, branch: &str| {
            Ok(Key {
                symbol: symbol.into(),
                number: number.into(),
                branch: branch.into(),
            })
        };
        assert_eq!("1001-12-00".parse(), key("1001", "12", "00"));
        assert_eq!("本社-東-0012-01".parse(), key("本社-東", "0012", "01"));
        assert_eq!(" -1-12-00 ".parse(), key("-1", "12", "00"));
        for no_key in [
            "", "1001", "1001-12", "-12-00", "1001--00", "1001-12-", "--",
        ] {
            assert_eq!(no_key.parse::<Key>(), Err(KeyError), "{no_key:?}");
        }
    }
}
