//! Counts what a page asks the database.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use reqwest::Method;
use tracing::{Dispatch, Event, Metadata, Subscriber, span};

use crate::{
    browser::Browser,
    checkups, expense_import, notices,
    test_app::{PUBLIC, TARO, TestApp, WISH},
};

/// sqlx reports every statement under this name.
const STATEMENTS: &str = "sqlx::query";

#[derive(Clone, Default)]
struct Count(Arc<AtomicUsize>);

impl Subscriber for Count {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == STATEMENTS
    }
    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// While there is but one listener, tracing remembers of a place in the code what the
/// thread that came there first thinks of it, and that may be another test's.
static LISTENERS: LazyLock<[Dispatch; 2]> =
    LazyLock::new(|| [(); 2].map(|()| Dispatch::new(Count::default())));

/// How many statements run on this thread while something is asked. The story has to
/// run on one thread, and on PostgreSQL: SQLite works on threads of its own.
pub(crate) async fn asked_by<T>(answer: impl Future<Output = T>) -> usize {
    let count = Count::default();
    LazyLock::force(&LISTENERS);
    let listening = tracing::subscriber::set_default(count.clone());
    answer.await;
    drop(listening);
    count.0.load(Ordering::SeqCst)
}

/// What a signed-in member can read or take along, but for notices and articles.
const READ: [&str; 7] = [
    "/checkups",
    "/my-data",
    "/security",
    "/expenses?year=2026",
    "/expenses.csv?year=2026",
    "/expenses/form.csv?year=2026",
    "/expenses/print?year=2026",
];

/// How many statements each takes, and at the end the file of わたしのデータ. What works
/// beside the requests does so now and then: of three tries the least is the page's own.
async fn counted(taro: &Browser) -> Vec<(&'static str, usize)> {
    let mut counts = Vec::new();
    for path in READ {
        let mut least = usize::MAX;
        for _ in 0..3 {
            least = least.min(asked_by(taro.get(path)).await);
        }
        counts.push((path, least));
    }
    let mut least = usize::MAX;
    for _ in 0..3 {
        let request = taro
            .request(Method::POST, "/my-data.zip")
            .header("origin", PUBLIC)
            .header("sec-fetch-site", "same-origin")
            .form(&[("", ""); 0]);
        least = least.min(asked_by(request.send()).await);
    }
    counts.push(("/my-data.zip", least));
    counts
}

#[tokio::test]
async fn nothing_asks_more_often_for_more_rows() {
    let app = TestApp::start(crate::fresh::postgres().await).await;
    let taro = app.signed_in(TARO, &WISH).await;
    let mut asked = Vec::new();
    for (years, claims, entries) in [(1, 3, 1), (16, 300, 60)] {
        let results: String = (0..years)
            .map(|n| format!("1001,12,00,20{:02}-06-05,170.0,70.0,85.0,128,79,110,55,152,95,5.4,22,25,40,-,-,A\n", 26 - n))
            .collect();
        checkups::import(&app.fresh, &results).await;
        expense_import::import(&app.fresh, &expense_import::many(claims)).await;
        let rows: String = (0..entries)
            .map(|n| format!("N-{n},お知らせ,通信{n}号,通信,,全員,2026-11-10,,本文,,\n"))
            .collect();
        notices::import(&app.fresh, &rows).await;
        tell!(
            &app.fresh.db,
            "insert into notice_read (member_id, notice_id, read_at)
             select m.id, n.id, 0 from member m, notice n where true on conflict do nothing"
        );
        for n in 0..entries {
            tell!(
                &app.fresh.db,
                "insert into audit (at, event, member_id, network_address, detail)
                 select $1, 'signed_in', id, '203.0.113.7', 'x' from member",
                i64::from(n)
            );
            tell!(
                &app.fresh.db,
                "insert into refused_try (member_id, hour, event, network, times, first_at, last_at,
                                          detail)
                 select id, $1, 'sign_in_failed', '203.0.113.7', 2, 0, $1, 'x' from member
                 where true on conflict do nothing",
                i64::from(n)
            );
        }
        // The looks of the day are noted before anything is counted.
        taro.get("/expenses?year=2026").await.shows("第2医院");
        asked.push(counted(&taro).await);
    }
    assert_eq!(asked[0], asked[1]);
    for (path, queries) in &asked[0] {
        // A statement for each part of the file, and a few to note that it was taken.
        let parts = store::my_data::PARTS.len();
        let most = if *path == "/my-data.zip" {
            parts + 6
        } else {
            6
        };
        assert!((1..=most).contains(queries), "{path}: {queries} queries");
    }
}
