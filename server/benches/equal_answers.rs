//! How long answers take for known and unknown names and addresses, asked in turn:
//! the deciles of both, in microseconds. The tests judge them; this shows them.
//!
//! `cargo bench -p server --bench equal_answers`
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod portal;

use std::time::{Duration, Instant};

use tokio::time::sleep;

use self::portal::{Connection, Portal};

const SIGN_INS: usize = 200;
const LETTERS: usize = 500;
/// For the mail worker, whose work would fall on the next request.
const PAUSE: Duration = Duration::from_millis(5);

#[tokio::main]
async fn main() {
    // Each address is asked about once on each of two paths, within its caps.
    let portal = Portal::start(LETTERS).await;
    let mut connection = Connection::open(portal.addr).await;
    compare(&mut connection, "/login", 422, SIGN_INS, |known, _| {
        let name = if known { "m0" } else { "n0" };
        format!("login_id={name}&password=wrong2026yama")
    })
    .await;
    compare(
        &mut connection,
        "/office/login",
        422,
        SIGN_INS,
        |known, _| {
            let name = if known { portal::CLERK } else { "nobody" };
            format!("login_id={name}&password=wrong2026yama")
        },
    )
    .await;
    for path in ["/register", "/reissue"] {
        compare(&mut connection, path, 303, LETTERS, |known, n| {
            let name = if known { "known" } else { "other" };
            format!("email={name}{n}%40example.jp")
        })
        .await;
    }
    portal.stop().await;
}

async fn compare(
    connection: &mut Connection,
    path: &str,
    status: u16,
    pairs: usize,
    form: impl Fn(bool, usize) -> String,
) {
    let mut times = [Vec::new(), Vec::new()];
    for n in 0..pairs {
        for turn in [0, 1] {
            let known = (n + turn) % 2 == 0;
            let start = Instant::now();
            assert_eq!(connection.post(path, &form(known, n)).await, status);
            times[usize::from(known)].push(start.elapsed());
            sleep(PAUSE).await;
        }
    }
    println!("POST {path}, {pairs} times each");
    for (name, times) in ["unknown", "known"].iter().zip(&mut times) {
        times.sort();
        let deciles: Vec<_> = (1..10).map(|n| times[pairs * n / 10].as_micros()).collect();
        println!("  {name:8} {deciles:?}");
    }
    println!("  area under the curve {:.3}", area(&times));
}

/// How often a known name took longer than an unknown one, of all pairs: a half where the
/// time tells nothing.
fn area([unknown, known]: &[Vec<Duration>; 2]) -> f64 {
    let longer = |time: &Duration| known.partition_point(|known| known <= time);
    let shorter: usize = unknown.iter().map(longer).sum();
    1.0 - shorter as f64 / (unknown.len() * known.len()) as f64
}
