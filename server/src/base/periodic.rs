//! Work that is nobody's request: done at the start, and then again and again.

use std::time::Duration;

use tokio::sync::watch;

/// Does `work` every `span` until `stop` holds `true` (or its sender is gone);
/// what is at hand is finished first.
pub(crate) async fn run_every<F: Future<Output = ()>>(
    span: Duration,
    mut stop: watch::Receiver<bool>,
    work: impl Fn() -> F,
) {
    while !*stop.borrow() {
        work().await;
        tokio::select! {
            () = tokio::time::sleep(span) => {}
            _ = stop.wait_for(|stop| *stop) => return,
        }
    }
}

/// Between two pieces of a long change: others get as long for theirs as the last piece
/// took. Another process asks SQLite's writer again and again, ten times a second in the
/// end, and would otherwise hardly find it free.
pub(crate) async fn give_way(worked: Duration) {
    tokio::time::sleep(worked).await;
}
