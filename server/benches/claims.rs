//! How fast a list of claims comes in, beside the least that can be done with as many rows:
//! on SQLite one transaction with one prepared insert a row, on PostgreSQL a bare COPY. In
//! turn, in the same run. And how long others wait for the writer meanwhile.
//!
//! `BENCH_CLAIMS=1000000 cargo bench -p server --bench claims` for fewer rows;
//! `BENCH_DATABASE_URL=postgres://…` names an empty database on the other engine.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    env,
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use domain::values::timestamp::Timestamp;
use server::office::expenses::{self, Import};
use store::{Db, Tx};

/// Of one person, in one file.
const CLAIMS_A_PERSON: usize = 50;

/// As many as ten sign-ins a second.
const BETWEEN: Duration = Duration::from_millis(100);

/// 2026-11-22 10:00 in Japan.
const NOW: Timestamp = Timestamp(1_795_309_200_000);

const HEADER: &str = "記号,番号,枝番,診療年月,医療機関名,区分,日数,医療費総額,保険者負担額,\
                      公費負担額,窓口負担額,食事療養費,付加給付額";

fn month(n: usize) -> usize {
    202_401 + n % 12 + n / 12 % 2 * 100
}

fn write_csv(path: &Path, claims: usize) {
    let mut csv = BufWriter::new(File::create(path).unwrap());
    writeln!(csv, "{HEADER}").unwrap();
    for n in 0..claims {
        let (person, month) = (n / CLAIMS_A_PERSON, month(n));
        let (year, month) = (month / 100, month % 100);
        writeln!(
            csv,
            "1001,{person},00,{year}-{month:02},見本医院第{}診療所,外来,2,12340,8640,0,3700,0,0",
            n % 977
        )
        .unwrap();
    }
    csv.flush().unwrap();
}

async fn people(db: &Db, people: usize) {
    let (id, number) = match db {
        Db::Sqlite(_) => ("cast(printf('%016d', n) as blob)", "printf('%d', n)"),
        Db::Postgres(_) => (
            "cast(lpad(cast(n as text), 32, '0') as uuid)",
            "cast(n as text)",
        ),
    };
    run(
        db,
        format!(
            "with recursive count (n) as (select cast(0 as bigint)
                 union all select n + 1 from count where n < {people} - 1)
             insert into person (id, symbol, number, branch, name, kana, born_on, sex, relation,
                                 qualified_on, employer_code, employer_name, postal_code, address)
             select {id}, '1001', {number}, '00', '架空 太郎', '', '1980-04-01', '男', '本人',
                    '2003-04-01', '0007', '', '', '' from count"
        ),
    )
    .await;
}

async fn run(db: &Db, sql: String) {
    let sql = sqlx::AssertSqlSafe(sql);
    match db {
        Db::Sqlite(file) => sqlx::query(sql).execute(&file.writer).await.map(|_| ()),
        Db::Postgres(pool) => sqlx::query(sql).execute(pool).await.map(|_| ()),
    }
    .unwrap();
}

/// What takes the least time.
async fn bare(db: &Db, claims: usize) -> Duration {
    match db {
        Db::Sqlite(_) => {
            let begun = Instant::now();
            let Tx::Sqlite(mut tx) = db.write().await.unwrap() else {
                unreachable!()
            };
            for n in 0..claims {
                let id = format!("{:016}", n / CLAIMS_A_PERSON).into_bytes();
                sqlx::query(
                    "insert into expense (person_id, month, provider, kind, nth, days, total,
                                          insurer, public, paid, meals, extra)
                     values ($1, $2, $3, '外来', $4, 2, 12340, 8640, 0, 3700, 0, 0)",
                )
                .bind(id)
                .bind(month(n) as i64)
                .bind(format!("見本医院第{}診療所", n % 977))
                .bind(n as i64)
                .execute(&mut *tx)
                .await
                .unwrap();
            }
            tx.commit().await.unwrap();
            begun.elapsed()
        }
        Db::Postgres(pool) => {
            let begun = Instant::now();
            let mut connection = pool.acquire().await.unwrap();
            let mut copy = connection
                .copy_in_raw(
                    "copy expense (person_id, month, provider, kind, nth, days, total, insurer,
                                   public, paid, meals, extra) from stdin",
                )
                .await
                .unwrap();
            let mut piece = String::new();
            for n in 0..claims {
                let (person, month) = (n / CLAIMS_A_PERSON, month(n));
                let provider = n % 977;
                writeln!(
                    piece,
                    "{person:032}\t{month}\t見本医院第{provider}診療所\t外来\t{n}\t2\t12340\t8640\t0\t3700\t0\t0"
                )
                .unwrap();
                if piece.len() > 64 * 1024 {
                    copy.send(std::mem::take(&mut piece).into_bytes())
                        .await
                        .unwrap();
                }
            }
            copy.send(piece.into_bytes()).await.unwrap();
            copy.finish().await.unwrap();
            begun.elapsed()
        }
    }
}

/// How long others wait for the writer, ten times a second, until it is enough.
async fn waits(db: Db, enough: Arc<AtomicBool>) -> Vec<Duration> {
    let mut waited = Vec::new();
    while !enough.load(Ordering::Relaxed) {
        let begun = Instant::now();
        match db.write().await {
            Ok(tx) => tx.commit().await.unwrap(),
            Err(error) => println!("not at all: {error}"),
        }
        waited.push(begun.elapsed());
        tokio::time::sleep(BETWEEN).await;
    }
    waited.sort_unstable();
    waited
}

/// The most memory this process has had, in MiB, where the system tells.
fn peak_mib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? / 1024)
}

#[tokio::main]
async fn main() {
    let claims: usize = env::var("BENCH_CLAIMS").map_or(5_000_000, |rows| rows.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("claims.csv");
    write_csv(&file, claims);
    let url = env::var("BENCH_DATABASE_URL")
        .unwrap_or_else(|_| format!("sqlite://{}", folder.path().join("portal.db").display()));
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    people(&db, claims.div_ceil(CLAIMS_A_PERSON)).await;

    let before = peak_mib();
    let enough = Arc::new(AtomicBool::new(false));
    let others = tokio::spawn(waits(db.clone(), Arc::clone(&enough)));
    let begun = Instant::now();
    let how = Import {
        now: NOW,
        dry_run: false,
        add_repeated: false,
        present_holder: false,
    };
    let report = expenses::import(&db, &file, how, |_| {}).await.unwrap();
    let imported = begun.elapsed();
    enough.store(true, Ordering::Relaxed);
    let waited = others.await.unwrap();
    let after = peak_mib();
    assert_eq!(report.lines.added, i64::try_from(claims).unwrap());

    run(&db, "delete from expense".to_owned()).await;
    let bare = bare(&db, claims).await;
    db.close().await;

    let rate = |time: Duration| claims as f64 / time.as_secs_f64();
    let ratio = rate(imported) / rate(bare);
    println!("{claims} claims");
    println!("the least that can be done   {:>9.0} rows/s", rate(bare));
    println!(
        "expenses import              {:>9.0} rows/s",
        rate(imported)
    );
    println!("ratio                        {ratio:>9.2}  (at least 0.5)");
    if let Some(longest) = waited.last() {
        let longest = longest.as_secs_f64();
        println!("longest wait of a writer     {longest:>9.2} s  (others, ten a second)");
    }
    if let (Some(before), Some(after)) = (before, after) {
        println!("peak memory                  {after:>9} MiB  ({before} MiB before it)");
    }
}
