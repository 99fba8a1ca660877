//! What a member's year costs in a table of millions: milliseconds for what the page
//! reads, and requests a second of the page beside a handler that only writes as many
//! bytes, in turn, in the same run.
//!
//! `BENCH_EXPENSES=500000 cargo bench -p server --bench expenses` for fewer rows;
//! `BENCH_DATABASE_URL=postgres://…` names an empty database on the other engine.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod portal;

use std::{env, time::Instant};

use domain::{
    ports::{ExpenseLook, ExpenseWish, Expenses},
    values::society::Society,
    visit::{Member, RequestOrigin},
};
use server::{
    base::{clock::Clock, secrets::token_hash},
    member::expenses::ExpenseService,
};
use store::{
    Db, lifetime,
    session::{self, Holder, NewSession},
};
use tempfile::TempDir;
use uuid::Uuid;

use self::portal::Portal;

/// Rows of one person: two years and more of claims.
const ROWS_A_PERSON: i64 = 50;
const PEOPLE_A_HOUSEHOLD: i64 = 4;
const LOOKS: i64 = 400;
const PAGES: [&str; 3] = ["/expenses?year=2026", "/home", "/notices"];
const TOKEN: &str = "a-token-of-this-bench-alone";

#[tokio::main]
async fn main() {
    let rows: i64 = env::var("BENCH_EXPENSES").map_or(5_000_000, |rows| rows.parse().unwrap());
    let households = rows / ROWS_A_PERSON / PEOPLE_A_HOUSEHOLD;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    let url = env::var("BENCH_DATABASE_URL")
        .unwrap_or_else(|_| format!("sqlite://{}", path("portal.db")));
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    let begun = Instant::now();
    fill(&db, households).await;
    println!(
        "{} rows written in {:.0} s",
        households * PEOPLE_A_HOUSEHOLD * ROWS_A_PERSON,
        begun.elapsed().as_secs_f64()
    );

    looks(&db, households).await;
    pages(&db, &url, folder).await;
    db.close().await;
}

/// How long it takes to put a year together, household by household: the first look
/// of the day, which notes itself, and another.
async fn looks(db: &Db, households: i64) {
    let desk = ExpenseService {
        db: db.clone(),
        society: Society::default().into(),
    };
    let (mut first, mut again) = (Vec::new(), Vec::new());
    for n in 0..LOOKS {
        // A large step, so that neighbours are not read together.
        let member = member(db, (n * 7919) % households).await;
        for times in [&mut first, &mut again] {
            let begun = Instant::now();
            let wish = ExpenseWish {
                year: Some(2026),
                ..ExpenseWish::default()
            };
            let origin = RequestOrigin::default();
            let look = desk
                .look(&member, &wish, &origin, Clock::System.now())
                .await;
            let ExpenseLook::Year(year) = look.unwrap() else {
                panic!("nothing to see");
            };
            assert!(year.expenses.len() > 50, "{}", year.expenses.len());
            times.push(begun.elapsed());
        }
    }
    for (name, mut times) in [("first look of a day", first), ("another look", again)] {
        times.sort_unstable();
        let at = |percent: usize| times[times.len() * percent / 100].as_secs_f64() * 1000.0;
        println!(
            "{name:<20} median {:.2} ms, 95 in 100 below {:.2} ms",
            at(50),
            at(95)
        );
    }
}

/// Requests a second of the page, beside as many bytes.
async fn pages(db: &Db, url: &str, folder: TempDir) {
    let member = member(db, 1).await;
    let now = Clock::System.now();
    let mut tx = db.write().await.unwrap();
    let session = NewSession {
        token_hash: &token_hash(TOKEN),
        of: Holder::Member(member.id, None),
        origin: &RequestOrigin::default(),
        started_at: now,
        expires_at: now.plus(lifetime::SESSION),
    };
    session::insert(&mut tx, &session).await.unwrap();
    tx.commit().await.unwrap();

    let portal = Portal::on(url, folder).await;
    for page in PAGES {
        portal.beside_hello(page, Some(TOKEN), 0.25).await;
    }
    portal.stop().await;
}

/// Households of four with an account each, and their expenses: of the year 2026
/// about half of the rows.
async fn fill(db: &Db, households: i64) {
    // An identifier made of a number; the engines write it differently.
    let (id, n) = match db {
        Db::Sqlite(_) => ("cast(printf('%016d', n) as blob)", "printf('%d', n)"),
        Db::Postgres(_) => (
            "cast(lpad(cast(n as text), 32, '0') as uuid)",
            "cast(n as text)",
        ),
    };
    let people = households * PEOPLE_A_HOUSEHOLD;
    let count = |most| {
        format!(
            "with recursive count (n) as (select cast(0 as bigint)
             union all select n + 1 from count where n < {most} - 1)"
        )
    };
    let statements = [
        format!(
            "insert into person (id, symbol, number, branch, name, kana, born_on, sex, relation,
                                 qualified_on, employer_code, employer_name, postal_code, address)
             {} select {id}, '1001', cast(n / {PEOPLE_A_HOUSEHOLD} as text),
                       cast(n % {PEOPLE_A_HOUSEHOLD} as text), '架空 太郎', '', '1980-04-01', '男',
                       case n % {PEOPLE_A_HOUSEHOLD} when 0 then '本人' else '長男' end,
                       '2003-04-01', '0007', '', '', ''
             from count",
            count(people)
        ),
        "insert into member (id, person_id, login_id, login_id_key, nickname, password_hash,
                             registered_at)
         select id, id, number, number, '', '', 0 from person where branch = '0'"
            .to_owned(),
        format!(
            "insert into expense (person_id, month, provider, kind, nth, days, total, insurer,
                                  public, paid, meals, extra)
             {} select p.id, 202501 + n % 12 + n / 25 * 100, '見本医院' || {n}, '外来', 1, 2, 12340,
                       8640, 0, 3700, 0, 0
             from person p, count",
            count(ROWS_A_PERSON)
        ),
        "insert into expense_month (month, claims, is_in)
         select month, count(*), true from expense group by month"
            .to_owned(),
    ];
    for sql in statements {
        let sql = sqlx::AssertSqlSafe(sql);
        match db {
            Db::Sqlite(file) => sqlx::query(sql).execute(&file.writer).await.map(|_| ()),
            Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()),
        }
        .unwrap();
    }
    // PostgreSQL does so by itself. SQLite does when it is asked, which the portal never
    // does: with samples at hand it would plan every statement anew for every value.
    if let Db::Postgres(pool) = db {
        sqlx::query("analyze").execute(pool).await.unwrap();
    }
}

/// The insured of a household.
async fn member(db: &Db, household: i64) -> Member {
    let sql = "select id from member where login_id = $1";
    let number = household.to_string();
    let id: Uuid = match db {
        Db::Sqlite(file) => {
            sqlx::query_scalar(sql)
                .bind(number)
                .fetch_one(&file.writer)
                .await
        }
        Db::Postgres(pool) => sqlx::query_scalar(sql).bind(number).fetch_one(pool).await,
    }
    .unwrap();
    Member {
        id,
        person: id,
        session: id,
        login_id: String::new(),
        nickname: String::new(),
        password_given_at: Clock::System.now(),
        previous_sign_in: None,
    }
}
