//! 健診結果, one by one.

use domain::values::{
    checkup::{Checkup, Urine},
    sex::Sex,
};
use sqlx_macros::FromRow;
use time::Date;
use uuid::Uuid;

use super::{Db, Result, on};

/// The columns of `checkup` that are not its key.
macro_rules! values {
    ($prefix:literal) => {
        $crate::columns!(
            $prefix,
            "height",
            "weight",
            "waist",
            "systolic",
            "diastolic",
            "triglycerides",
            "hdl",
            "ldl",
            "glucose",
            "hba1c",
            "ast",
            "alt",
            "gamma_gt",
            "casual_triglycerides",
            "urine_sugar",
            "urine_protein",
            "verdict"
        )
    };
}
pub(super) use values;

/// What about a person decides which results are shown, and how they read.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// 性別
    pub sex: Sex,
    /// The first 資格取得日, under whichever key.
    pub qualified_on: Date,
    /// 資格喪失日
    pub disqualified_on: Option<Date>,
}

/// The person whose results are asked for.
///
/// # Errors
/// Whatever the database answers.
pub async fn person(db: &Db, person: Uuid) -> Result<Person> {
    let (sex, qualified_on, disqualified_on): (String, _, _) = on!(read db, pool => {
        sqlx::query_as(
            "select sex, coalesce((select min(f.since) from former_membership f
                                   where f.person_id = person.id and f.since < qualified_on),
                                  qualified_on) as qualified_on, disqualified_on
             from person where id = $1",
        )
            .bind(person)
            .fetch_one(pool)
            .await?
    });
    let sex = Sex::parse(&sex).ok_or_else(|| sqlx::Error::Decode("sex".into()))?;
    Ok(Person {
        sex,
        qualified_on,
        disqualified_on,
    })
}

/// A row as the tables have it.
#[derive(FromRow)]
struct Row {
    taken_on: Date,
    height: Option<i64>,
    weight: Option<i64>,
    waist: Option<i64>,
    systolic: Option<i64>,
    diastolic: Option<i64>,
    triglycerides: Option<i64>,
    hdl: Option<i64>,
    ldl: Option<i64>,
    glucose: Option<i64>,
    hba1c: Option<i64>,
    ast: Option<i64>,
    alt: Option<i64>,
    gamma_gt: Option<i64>,
    casual_triglycerides: Option<i64>,
    urine_sugar: Option<String>,
    urine_protein: Option<String>,
    verdict: String,
}

/// A person's results, the newest first; `within`: only those from the first day on
/// and before the other.
///
/// # Errors
/// Whatever the database answers.
pub async fn list(db: &Db, person: Uuid, within: Option<(Date, Date)>) -> Result<Vec<Checkup>> {
    let (from, before) = within.unzip();
    let rows: Vec<Row> = on!(read db, pool => {
        sqlx::query_as(concat!(
            "select taken_on, ", values!(""), " from checkup
             where person_id = $1 and ($2 is null or taken_on >= $2)
               and ($3 is null or taken_on < $3)
             order by taken_on desc"
        ))
        .bind(person)
        .bind(from)
        .bind(before)
        .fetch_all(pool)
        .await?
    });
    Ok(rows.into_iter().map(checkup).collect())
}

fn checkup(row: Row) -> Checkup {
    let urine = |grade: Option<String>| grade.as_deref().and_then(Urine::parse);
    Checkup {
        taken_on: row.taken_on,
        // In the order of `Item::MEASURED`.
        measured: [
            row.height,
            row.weight,
            row.waist,
            row.systolic,
            row.diastolic,
            row.triglycerides,
            row.hdl,
            row.ldl,
            row.glucose,
            row.hba1c,
            row.ast,
            row.alt,
            row.gamma_gt,
            row.casual_triglycerides,
        ],
        urine_sugar: urine(row.urine_sugar),
        urine_protein: urine(row.urine_protein),
        verdict: row.verdict,
    }
}
