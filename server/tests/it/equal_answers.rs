//! How long an answer takes tells nobody whether an account or an address is known.
//!
//! Two kinds of requests are sent in turn and timed. A mean would drown in the noise
//! of a busy machine, so the times are compared in their order, in two ways that a
//! listener could:
//! - as two curves, of which each says what share of the answers came within so many
//!   microseconds: their largest distance (Kolmogorov and Smirnov);
//! - pair by pair, sent one right after the other under the same noise: how much more
//!   or less often than half of the time the known one took longer (a sign test).

use std::time::{Duration, Instant};

use domain::rules::EmailAddress;
use server::base::hash::HashCost;
use store::email;
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::{
    browser::Seen,
    codes,
    roster::NOW,
    test_app::{TARO, TestApp, WISH},
};

/// The measures are noise for each other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Three rounds have to fail: noise does not, a branch that returns early does.
const ROUNDS: usize = 3;

/// Times the two kinds of requests in turn, `pairs` times each, in up to three
/// rounds, and fails when they can be told apart in every round.
async fn cannot_be_told_apart(
    pairs: usize,
    known: impl AsyncFn(usize) -> Duration,
    unknown: impl AsyncFn(usize) -> Duration,
) {
    let _alone = ONE_AT_A_TIME.lock().await;
    let mut seen = Vec::new();
    for round in 0..ROUNDS {
        let (mut of_known, mut of_unknown) = (Vec::new(), Vec::new());
        for n in round * pairs..(round + 1) * pairs {
            // Each kind comes as often after its own kind as after the other: what a
            // request leaves to be done falls on the next one.
            if n % 2 == 0 {
                of_known.push(known(n).await);
                of_unknown.push(unknown(n).await);
            } else {
                of_unknown.push(unknown(n).await);
                of_known.push(known(n).await);
            }
        }
        let longer = known_took_longer(&of_known, &of_unknown);
        of_known.sort();
        of_unknown.sort();
        let distance = distance(&of_known, &of_unknown);
        if distance <= chance_distance(pairs) && longer.abs() <= chance_longer(pairs) {
            return;
        }
        seen.push(format!(
            "distance {distance:.2}, by chance up to {:.2}; longer by {longer:.2}, by chance up to \
             {:.2}; quartiles of known {:?}, of unknown {:?}",
            chance_distance(pairs),
            chance_longer(pairs),
            quartiles(&of_known),
            quartiles(&of_unknown)
        ));
    }
    panic!("known and unknown can be told apart:\n{}", seen.join("\n"));
}

async fn timed(request: impl Future<Output = Seen>) -> (Duration, Seen) {
    let start = Instant::now();
    let seen = request.await;
    (start.elapsed(), seen)
}

/// In what share of the pairs, beyond a half.
fn known_took_longer(known: &[Duration], unknown: &[Duration]) -> f64 {
    let longer = known
        .iter()
        .zip(unknown)
        .filter(|(known, unknown)| known > unknown);
    longer.count() as f64 / known.len() as f64 - 0.5
}

/// The largest distance between the two curves; both are sorted and as long.
fn distance(one: &[Duration], other: &[Duration]) -> f64 {
    let within = |times: &[Duration], limit| times.partition_point(|time| *time <= limit) as f64;
    one.iter()
        .chain(other)
        .map(|limit| (within(one, *limit) - within(other, *limit)).abs() / one.len() as f64)
        .fold(0.0, f64::max)
}

/// What chance alone exceeds once in ten million rounds.
fn chance_distance(pairs: usize) -> f64 {
    (2e7_f64.ln() / pairs as f64).sqrt()
}

/// Likewise (Hoeffding).
fn chance_longer(pairs: usize) -> f64 {
    (2e7_f64.ln() / (2 * pairs) as f64).sqrt()
}

fn quartiles(times: &[Duration]) -> [Duration; 3] {
    [1, 2, 3].map(|quarter| times[times.len() * quarter / 4])
}

/// A wrong password, again and again: the tries of both kinds run into a pause. The known
/// one asks for codes.
async fn sign_ins_cannot_be_told_apart(app: &TestApp, pairs: usize) {
    let member = app.signed_in(TARO, &WISH).await;
    codes::turned_on(app, &member).await;
    let browser = app.browser();
    let try_as = async |login_id| {
        let (took, seen) = timed(browser.sign_in(login_id, "wrong1234")).await;
        seen.refuses(422);
        took
    };
    cannot_be_told_apart(
        pairs,
        async |_| try_as(WISH.login_id).await,
        async |_| try_as("123456Jiro").await,
    )
    .await;
}

/// Each address asks once, so that the caps turn none away. Whatever else sends
/// letters to an address that was typed is compared by the same function.
async fn letters_cannot_be_told_apart(app: &TestApp, path: &str) {
    const PAIRS: usize = 300;
    app.registered(TARO, &WISH).await;
    let taro: Uuid = ask!(&app.fresh.db, "select id from member");
    let mut tx = app.fresh.db.write().await.unwrap();
    for n in 0..ROUNDS * PAIRS {
        let address = EmailAddress::parse(&format!("known{n}@example.jp")).unwrap();
        let confirmed = Some(NOW);
        email::add(&mut tx, taro, &address, NOW, confirmed)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
    let ask_as = async |address: String| {
        // The mail worker's work would fall on the next request.
        app.post_is_out().await;
        let browser = app.browser();
        let (took, seen) = timed(browser.post(path, &[("email", &address)])).await;
        seen.leads_to(&format!("{path}/sent"));
        took
    };
    cannot_be_told_apart(
        PAIRS,
        async |n| ask_as(format!("known{n}@example.jp")).await,
        async |n| ask_as(format!("other{n}@example.jp")).await,
    )
    .await;
}

on_both! {
    /// At the cost that members' passwords have: a hash left out is seen at once.
    async fn case_25_a_sign_in_takes_as_long_for_an_unknown_name(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| config.hash = HashCost::default()).await;
        sign_ins_cannot_be_told_apart(&app, 40).await;
    }
}

on_both! {
    /// With hashes that cost nothing a statement more or less is seen as well.
    async fn case_25_a_sign_in_asks_the_database_as_much_for_an_unknown_name(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        sign_ins_cannot_be_told_apart(&app, 300).await;
    }
}

on_both! {
    async fn case_1_asking_for_a_letter_takes_as_long_for_an_unknown_address(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        letters_cannot_be_told_apart(&app, "/register").await;
    }
}

on_both! {
    async fn case_19_so_does_asking_for_the_reissue_s(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        letters_cannot_be_told_apart(&app, "/reissue").await;
    }
}
