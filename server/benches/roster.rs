//! How fast a roster comes in, beside the bare loop that does the least: one
//! transaction, one prepared insert a row. Both are measured in turn in the same
//! run; the medians and their ratio are printed.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs::{self, File},
    io::{BufWriter, Write},
    path::Path,
    time::{Duration, Instant},
};

use domain::values::timestamp::Timestamp;
use server::office::roster::{self, Import, Moved, line::COLUMNS};
use store::{Db, Tx};
use time::{Date, macros::date};
use uuid::Uuid;

const PEOPLE: usize = 100_000;
const ROUNDS: usize = 5;

/// 2026-11-22 10:00 in Japan.
const NOW: Timestamp = Timestamp(1_795_309_200_000);

struct Person {
    text: [String; 10],
    born_on: Date,
    qualified_on: Date,
}

fn person(n: usize) -> Person {
    let (household, branch) = (n / 3, n % 3);
    let relation = ["本人", "妻", "長男"][branch];
    let days = i64::try_from(n % 9000).unwrap();
    Person {
        text: [
            format!("{}", 1001 + household % 40),
            format!("{household:06}"),
            format!("{branch:02}"),
            format!("架空 太郎{household}"),
            format!("カクウ タロウ{household}"),
            if branch == 1 { "女" } else { "男" }.to_owned(),
            relation.to_owned(),
            format!("{:04}", household % 40),
            format!("見本商会 第{}支店", household % 40),
            format!(
                "東京都架空区見本町{}-{}-{branch}",
                household % 9,
                household % 77
            ),
        ],
        born_on: date!(1965 - 04 - 01).saturating_add(time::Duration::days(days)),
        qualified_on: date!(2003 - 04 - 01).saturating_add(time::Duration::days(days / 2)),
    }
}

fn write_csv(path: &Path) {
    let mut csv = BufWriter::new(File::create(path).unwrap());
    writeln!(csv, "{}", COLUMNS.join(",")).unwrap();
    for Person {
        text,
        born_on,
        qualified_on,
    } in (0..PEOPLE).map(person)
    {
        let [
            symbol,
            number,
            branch,
            name,
            kana,
            sex,
            relation,
            code,
            employer,
            address,
        ] = text;
        writeln!(
            csv,
            "{symbol},{number},{branch},{name},{kana},{born_on},{sex},{relation},{qualified_on},,\
             {code},{employer},105-0001,{address}"
        )
        .unwrap();
    }
    csv.flush().unwrap();
}

async fn fresh(folder: &Path, name: &str) -> Db {
    let url = format!("sqlite://{}", folder.join(name).join("portal.db").display());
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    db
}

async fn bare_loop(db: &Db, people: &[Person]) -> Duration {
    let begun = Instant::now();
    let Tx::Sqlite(mut tx) = db.write().await.unwrap() else {
        unreachable!()
    };
    for Person {
        text,
        born_on,
        qualified_on,
    } in people
    {
        let [
            symbol,
            number,
            branch,
            name,
            kana,
            sex,
            relation,
            code,
            employer,
            address,
        ] = text;
        sqlx::query(
            "insert into person (id, symbol, number, branch, name, kana, born_on, sex, relation,
                                 qualified_on, disqualified_on, employer_code, employer_name,
                                 postal_code, address)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        )
        .bind(Uuid::now_v7())
        .bind(symbol)
        .bind(number)
        .bind(branch)
        .bind(name)
        .bind(kana)
        .bind(born_on)
        .bind(sex)
        .bind(relation)
        .bind(qualified_on)
        .bind(None::<Date>)
        .bind(code)
        .bind(employer)
        .bind("105-0001")
        .bind(address)
        .execute(&mut *tx)
        .await
        .unwrap();
    }
    tx.commit().await.unwrap();
    begun.elapsed()
}

async fn import(db: &Db, file: &Path) -> (Duration, i64) {
    let begun = Instant::now();
    let how = Import {
        now: NOW,
        dry_run: false,
        accept_other_employers: false,
        moved: Moved::Refused,
    };
    let report = roster::import(db, file, how, |_| {}).await.unwrap();
    (begun.elapsed(), report.people.added)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
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
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roster.csv");
    write_csv(&file);

    // First of all: it is the import's peak that counts, not the bare loop's people.
    let db = fresh(folder.path(), "first").await;
    let before = peak_mib();
    import(&db, &file).await;
    let after = peak_mib();
    db.close().await;

    let people: Vec<_> = (0..PEOPLE).map(person).collect();
    let (mut bare, mut imported, mut again) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let db = fresh(folder.path(), &format!("bare-{round}")).await;
        bare.push(bare_loop(&db, &people).await);
        db.close().await;

        let db = fresh(folder.path(), &format!("import-{round}")).await;
        let (time, added) = import(&db, &file).await;
        assert_eq!(added, i64::try_from(PEOPLE).unwrap());
        imported.push(time);
        let (time, added) = import(&db, &file).await;
        assert_eq!(added, 0);
        again.push(time);
        db.close().await;
    }

    let rate = |times| PEOPLE as f64 / median(times);
    let (bare, imported, again) = (rate(bare), rate(imported), rate(again));
    println!("{PEOPLE} people, SQLite, medians of {ROUNDS} rounds");
    println!("bare prepared-insert loop   {bare:>9.0} rows/s");
    println!("roster import               {imported:>9.0} rows/s");
    println!("the same file again         {again:>9.0} rows/s");
    println!(
        "ratio import / bare loop    {:>9.2}  (at least 0.5)",
        imported / bare
    );
    if let (Some(before), Some(after)) = (before, after) {
        println!("peak memory                 {after:>9} MiB  ({before} MiB before it)");
    }
}
