//! Work that is nobody's request: done at the start, and then again and again.

use std::time::Duration;

use tokio::sync::watch;

/// Does `work` every `span` until `stop` holds `true` (or its sender is gone);
/// what is at hand is finished first.
pub(crate) async fn every<F: Future<Output = ()>>(
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
