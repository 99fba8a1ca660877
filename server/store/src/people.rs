//! Finding people for the office, and what its page shows of one: never health, expenses or
//! checkups.
//!
//! Names are searched as ranges of folded columns, so that an index serves at any number of
//! people, both engines find the same, and `%` and `_` mean themselves.

use domain::{
    spelling::{Name, SearchKeys},
    values::timestamp::Timestamp,
};
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use super::{Db, Result, on, person::Key};

/// The most hits that are shown; one more is read, to know whether there are more.
pub const MOST: i64 = 50;

/// What is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Search {
    /// 記号・番号 or 記号・番号・枝番, exactly: each way in which it can be read.
    Key(Vec<(String, String, Option<String>)>),
    /// An e-mail address, by its key.
    Address(String),
    /// The beginning of a name, folded; or a whole login ID, by its key.
    Name {
        /// The former.
        folded: String,
        /// The latter.
        login_id: String,
    },
}

impl Search {
    /// The word for the audit.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Key(_) => "key",
            Self::Address(_) => "address",
            Self::Name { .. } => "name",
        }
    }
}

/// One hit.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Hit {
    /// The person.
    pub id: Uuid,
    /// Today's key.
    #[sqlx(flatten)]
    pub key: Key,
    /// 氏名
    pub name: String,
    /// 氏名カナ; may be empty.
    pub kana: String,
    /// 生年月日, of which the list shows the year.
    pub born_on: Date,
    /// 資格喪失日
    pub disqualified_on: Option<Date>,
    /// Whether there is an account that its member has not left.
    pub is_registered: bool,
    /// Whether the office has closed it.
    pub is_disabled: bool,
}

macro_rules! hits {
    ($before:literal, $from:literal, $after:literal) => {
        concat!(
            $before,
            "select p.id, p.symbol, p.number, p.branch, p.name, p.kana, p.born_on,
                    p.disqualified_on, m.id is not null and m.left_at is null as is_registered,
                    m.disabled_at is not null as is_disabled
             from ",
            $from,
            " left join member m on m.person_id = p.id ",
            $after
        )
    };
}

/// What begins with $1 (and lies before $2), $3 of them each way; or has the login ID $4.
pub const BY_NAME: &str = hits!(
    "with hit as (
         select id from (select id from person where name_key >= $1 and name_key < $2
                         order by name_key limit $3) as by_name
         union
         select id from (select id from person where given_key >= $1 and given_key < $2
                         order by given_key limit $3) as by_given
         union
         select id from (select id from person where kana_key >= $1 and kana_key < $2
                         order by kana_key limit $3) as by_kana
         union
         select id from (select id from person where given_kana_key >= $1 and given_kana_key < $2
                         order by given_kana_key limit $3) as by_given_kana
         union
         select person_id from member where login_id_key = $4)
     ",
    "hit join person p on p.id = hit.id",
    "order by p.kana_key, p.name_key, p.symbol, p.number, p.branch limit $3"
);

/// With 記号 $1, 番号 $2 and 枝番 $3, or any where that is null; $4 of them.
pub const BY_KEY: &str = hits!(
    "",
    "person p",
    "where p.symbol = $1 and p.number = $2 and ($3 is null or p.branch = $3)
     order by p.branch limit $4"
);

/// With the address $1, confirmed or waiting; $2 of them.
pub const BY_ADDRESS: &str = hits!(
    "",
    "email e join member holder on holder.id = e.member_id
     join person p on p.id = holder.person_id",
    "where e.address_key = $1 order by p.symbol, p.number, p.branch limit $2"
);

/// Who is found: [`MOST`] of them, and one more where there are more. Nobody of the clerk's
/// own household (`not_of`: any person of it) is.
///
/// # Errors
/// Whatever the database answers.
pub async fn find(db: &Db, search: &Search, not_of: Option<Uuid>) -> Result<Vec<Hit>> {
    let mut hits: Vec<Hit> = Vec::new();
    match search {
        Search::Key(readings) => {
            for (symbol, number, branch) in readings {
                let found: Vec<Hit> = on!(read db, conn => {
                    sqlx::query_as(BY_KEY)
                        .bind(symbol)
                        .bind(number)
                        .bind(branch)
                        .bind(MOST + 1)
                        .fetch_all(conn)
                        .await?
                });
                hits.extend(found);
            }
        }
        Search::Address(key) => {
            hits = on!(read db, conn => {
                sqlx::query_as(BY_ADDRESS).bind(key).bind(MOST + 1).fetch_all(conn).await?
            });
        }
        Search::Name { folded, login_id } => {
            hits = on!(read db, conn => {
                sqlx::query_as(BY_NAME)
                    .bind(folded)
                    .bind(end_of(folded))
                    .bind(MOST + 1)
                    .bind(login_id)
                    .fetch_all(conn)
                    .await?
            });
        }
    }
    let household = match not_of {
        Some(person) => household(db, person).await?,
        None => None,
    };
    hits.retain(|hit| {
        let own = (hit.key.symbol.as_str(), hit.key.number.as_str());
        household
            .as_ref()
            .is_none_or(|(symbol, number)| own != (symbol, number))
    });
    let mut seen = Vec::new();
    hits.retain(|hit| {
        !seen.contains(&hit.id) && {
            seen.push(hit.id);
            true
        }
    });
    Ok(hits)
}

/// Behind everything that begins with a text, in the order of its bytes: no text has this
/// character, which Unicode will never give a meaning.
fn end_of(prefix: &str) -> String {
    [prefix, "\u{10FFFF}"].concat()
}

/// 記号 and 番号 of a person's household.
///
/// # Errors
/// Whatever the database answers.
pub async fn household(db: &Db, person: Uuid) -> Result<Option<(String, String)>> {
    on!(read db, conn => {
        sqlx::query_as("select symbol, number from person where id = $1")
            .bind(person)
            .fetch_optional(conn)
            .await
    })
}

/// Whose address is unknown.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Unreached {
    /// The person.
    pub id: Uuid,
    /// Today's key.
    #[sqlx(flatten)]
    pub key: Key,
    /// 氏名
    pub name: String,
    /// 事業所名
    pub employer_name: String,
    /// Since when, in Unix milliseconds.
    pub address_unknown_since: i64,
}

/// The most of them that are shown.
pub const MOST_UNREACHED: i64 = 500;

/// 住所不明: whose postcard came back, the newest first, by a small index over them.
pub const UNREACHED: &str = "select id, symbol, number, branch, name, employer_name,
                                    address_unknown_since
                             from person where address_unknown_since is not null
                             order by address_unknown_since desc, id limit $1";

/// Those people, without the clerk's own household (`not_of`: any person of it).
///
/// # Errors
/// Whatever the database answers.
pub async fn unreached(db: &Db, not_of: Option<Uuid>) -> Result<Vec<Unreached>> {
    let mut people: Vec<Unreached> = on!(read db, conn => {
        sqlx::query_as(UNREACHED).bind(MOST_UNREACHED).fetch_all(conn).await?
    });
    let household = match not_of {
        Some(person) => household(db, person).await?,
        None => None,
    };
    people.retain(|one| {
        let own = (one.key.symbol.as_str(), one.key.number.as_str());
        household
            .as_ref()
            .is_none_or(|(symbol, number)| own != (symbol, number))
    });
    Ok(people)
}

/// Rows that are folded at a time.
const PAGE: i64 = 1000;

/// Folds the names that SQL could not fold when the tables were brought up to date. Where
/// there are none, one look into a small index says so.
///
/// # Errors
/// Whatever the database answers; what was folded until then stays so.
pub async fn fold_names(db: &Db) -> Result<()> {
    loop {
        let people: Vec<(Uuid, String, String)> = on!(read db, conn => {
            sqlx::query_as("select id, name, kana from person where name_key is null limit $1")
                .bind(PAGE)
                .fetch_all(conn)
                .await?
        });
        if people.is_empty() {
            return Ok(());
        }
        let mut tx = db.write().await?;
        for (id, name, kana) in &people {
            let keys = SearchKeys::of(Name { name, kana });
            on!(write &mut tx, conn => {
                sqlx::query(
                    "update person set name_key = $2, given_key = $3, kana_key = $4,
                                       given_kana_key = $5
                     where id = $1 and name_key is null",
                )
                .bind(id)
                .bind(keys.name)
                .bind(keys.given)
                .bind(keys.kana)
                .bind(keys.given_kana)
                .execute(conn)
                .await?;
            });
        }
        tx.commit().await?;
    }
}

/// A person, as the office's page shows them.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Card {
    /// The person.
    pub id: Uuid,
    /// Today's key.
    #[sqlx(flatten)]
    pub key: Key,
    /// 氏名
    pub name: String,
    /// 氏名カナ
    pub kana: String,
    /// 生年月日
    pub born_on: Date,
    /// 続柄
    pub relation: String,
    /// 資格取得日
    pub qualified_on: Date,
    /// 資格喪失日
    pub disqualified_on: Option<Date>,
    /// 事業所名
    pub employer_name: String,
    /// 郵便番号
    pub postal_code: String,
    /// 住所
    pub address: String,
    /// The account, open or not.
    pub member_id: Option<Uuid>,
    /// When it was opened.
    pub registered_at: Option<i64>,
    /// The last sign-in.
    pub last_sign_in_at: Option<i64>,
    /// When the office closed it.
    pub disabled_at: Option<i64>,
    /// When its member left.
    pub left_at: Option<i64>,
}

/// Everything of a person that one row has.
///
/// # Errors
/// Whatever the database answers.
pub async fn card(db: &Db, person: Uuid) -> Result<Option<Card>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select p.id, p.symbol, p.number, p.branch, p.name, p.kana, p.born_on, p.relation,
                    p.qualified_on, p.disqualified_on, p.employer_name, p.postal_code, p.address,
                    m.id as member_id, m.registered_at, m.last_sign_in_at, m.disabled_at, m.left_at
             from person p left join member m on m.person_id = p.id where p.id = $1",
        )
        .bind(person)
        .fetch_optional(conn)
        .await
    })
}

/// The names of the others in a person's household.
///
/// # Errors
/// Whatever the database answers.
pub async fn family(db: &Db, person: Uuid) -> Result<Vec<String>> {
    on!(read db, conn => {
        sqlx::query_scalar(
            "select o.name from person p
             join person o on o.symbol = p.symbol and o.number = p.number and o.id <> p.id
             where p.id = $1 order by o.branch limit 20",
        )
        .bind(person)
        .fetch_all(conn)
        .await
    })
}

/// A letter to a member, and what became of it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SentLetter {
    /// The name of its kind.
    pub kind: String,
    /// Where it went.
    pub address: String,
    /// When it was asked for.
    pub asked_at: i64,
    /// When the mail server took it.
    pub sent_at: Option<i64>,
    /// When it was given up.
    pub given_up_at: Option<i64>,
    /// Why it was not taken, or not yet; in English, as the server says it.
    pub trouble: String,
}

/// The letters about a member since `since`, the newest first. That an address is another
/// member's is told to its owner alone, so a confirmation's letter stands here only where
/// it was one.
///
/// # Errors
/// Whatever the database answers.
pub async fn letters(db: &Db, member: Uuid, since: Timestamp) -> Result<Vec<SentLetter>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select kind, address, asked_at, sent_at, given_up_at, trouble from letter
             where member_id = $1 and asked_at > $2 and kind <> 'withheld'
             order by asked_at desc, id desc limit 200",
        )
        .bind(member)
        .bind(since.0)
        .fetch_all(conn)
        .await
    })
}

/// A postcard, as the office's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct SentPostcard {
    /// When it was issued.
    pub issued_at: i64,
    /// From then on it is void.
    pub expires_at: i64,
    /// When it was used, replaced or ended.
    pub ended_at: Option<i64>,
    /// When somebody registered with it.
    pub used_at: Option<i64>,
    /// When it came back to the office.
    pub returned_at: Option<i64>,
}

/// A person's postcards, the newest first.
///
/// # Errors
/// Whatever the database answers.
pub async fn postcards(db: &Db, person: Uuid) -> Result<Vec<SentPostcard>> {
    on!(read db, conn => {
        sqlx::query_as(
            "select issued_at, expires_at, ended_at, used_at, returned_at from postcard
             where person_id = $1 order by issued_at desc, id desc limit 20",
        )
        .bind(person)
        .fetch_all(conn)
        .await
    })
}
