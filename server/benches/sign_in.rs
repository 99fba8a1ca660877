//! Sign-ins a second over HTTP beside a bare loop that only hashes, on as many
//! threads, in turn, in the same run; and how long a page takes while wrong
//! sign-ins come as fast as they can.
//!
//! `cargo bench -p server --bench sign_in`
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod portal;

use std::{
    net::SocketAddr,
    thread,
    time::{Duration, Instant},
};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use server::base::hash::{HashCost, Pool};
use tokio::time::sleep;

use self::portal::{Connection, PASSWORD, Portal};

/// More than there are threads, so that these never wait for a client.
const CLIENTS: usize = 16;
const ROUND: Duration = Duration::from_secs(4);
const ROUNDS: usize = 5;
/// How often a page is asked for beside a flood, and how much of one there is.
const PROBE: Duration = Duration::from_millis(5);
const FLOOD: usize = 128;
const PAGE: &str = "GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n";

#[tokio::main]
async fn main() {
    let threads = Pool::default().threads;
    let portal = Portal::start(2 * CLIENTS).await;
    let (mut wrong_ones, mut right_ones) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let bare = bare(threads);
        let wrong = rate(portal.addr, 0, "wrong2026yama", 422).await;
        let right = rate(portal.addr, CLIENTS, PASSWORD, 303).await;
        println!("{round}: bare {bare:.1}/s, wrong {wrong:.1}/s, right {right:.1}/s");
        wrong_ones.push(wrong / bare);
        right_ones.push(right / bare);
    }
    for (name, ratios) in [("wrong", &mut wrong_ones), ("right", &mut right_ones)] {
        ratios.sort_by(f64::total_cmp);
        let median = ratios[ROUNDS / 2];
        println!("{name} sign-ins on {threads} threads: median ratio {median:.2} (aim 0.9)");
    }

    println!("GET /login, alone: {}", pages(portal.addr).await);
    let flood: Vec<_> = (0..FLOOD)
        .map(|n| {
            let addr = portal.addr;
            tokio::spawn(async move {
                let mut connection = Connection::open(addr).await;
                loop {
                    connection
                        .post("/login", &form(n % CLIENTS, "wrong2026yama"))
                        .await;
                }
            })
        })
        .collect();
    sleep(Duration::from_secs(1)).await;
    println!(
        "GET /login, {FLOOD} clients guessing: {}",
        pages(portal.addr).await
    );
    for client in &flood {
        client.abort();
    }
    portal.stop().await;
}

fn form(member: usize, password: &str) -> String {
    format!("login_id=m{member}&password={password}")
}

/// Hashes a second, each thread with its memory kept.
fn bare(threads: usize) -> f64 {
    let HashCost {
        memory_kib,
        passes,
        lanes,
    } = HashCost::default();
    let params = Params::new(memory_kib, passes, lanes, Some(32)).unwrap();
    let start = Instant::now();
    let hashed: u32 = thread::scope(|scope| {
        let work = || {
            let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
            let mut memory = vec![Block::default(); params.block_count()];
            let (mut out, mut hashed) = ([0; 32], 0);
            while start.elapsed() < ROUND {
                argon2
                    .hash_password_into_with_memory(
                        PASSWORD.as_bytes(),
                        b"sixteen bytes 16",
                        &mut out,
                        &mut memory,
                    )
                    .unwrap();
                hashed += 1;
            }
            hashed
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|one| one.join().unwrap()).sum()
    });
    f64::from(hashed) / start.elapsed().as_secs_f64()
}

/// Sign-ins a second, each client as a member of its own. Who guessed wrong is in
/// a pause, so the right ones are others, from the `first` on.
async fn rate(addr: SocketAddr, first: usize, password: &'static str, status: u16) -> f64 {
    let start = Instant::now();
    let clients: Vec<_> = (0..CLIENTS)
        .map(|n| {
            tokio::spawn(async move {
                let mut connection = Connection::open(addr).await;
                let mut answered = 0_u32;
                while start.elapsed() < ROUND {
                    let form = form(first + n, password);
                    assert_eq!(connection.post("/login", &form).await, status);
                    answered += 1;
                }
                answered
            })
        })
        .collect();
    let mut answered = 0;
    for client in clients {
        answered += client.await.unwrap();
    }
    f64::from(answered) / start.elapsed().as_secs_f64()
}

/// How long a page takes, asked for at a steady pace.
async fn pages(addr: SocketAddr) -> String {
    let mut connection = Connection::open(addr).await;
    let mut times = Vec::new();
    for _ in 0..1_000 {
        let start = Instant::now();
        assert_eq!(connection.ask(PAGE).await.status, 200);
        times.push(start.elapsed());
        sleep(PROBE).await;
    }
    times.sort();
    format!(
        "median {:?}, p99 {:?}, longest {:?}",
        times[500], times[990], times[999]
    )
}
