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

/// Runs what `start` begins until `stop` holds `true` (or its sender is gone). Work that
/// ends before, by a panic, say, begins anew after a `pause`: nobody would notice that it
/// is not done any more.
pub(crate) async fn keep_running<F: Future<Output = ()> + Send + 'static>(
    what: &'static str,
    pause: Duration,
    mut stop: watch::Receiver<bool>,
    start: impl Fn() -> F,
) {
    while !*stop.borrow() {
        let ended = tokio::spawn(start()).await;
        if *stop.borrow() || stop.has_changed().is_err() {
            return;
        }
        let why = match ended {
            Ok(()) => "it came to an end".to_owned(),
            Err(error) => error.to_string(),
        };
        tracing::error!(what, why, "work that never ends has ended, and begins anew");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
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

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use super::*;

    #[tokio::test]
    async fn work_that_panics_begins_anew_and_ends_when_it_is_told_to() {
        let (stop, stopped) = watch::channel(false);
        let begun = Arc::new(AtomicU32::new(0));
        let (times, listening) = (begun.clone(), stopped.clone());
        let work = move || {
            let time = times.fetch_add(1, Ordering::SeqCst);
            let mut listening = listening.clone();
            async move {
                assert!(time >= 2, "a panic, as this test wants it");
                let _ = listening.wait_for(|stop| *stop).await;
            }
        };
        let running = tokio::spawn(keep_running("a test", Duration::ZERO, stopped, work));
        while begun.load(Ordering::SeqCst) < 3 {
            tokio::task::yield_now().await;
        }
        let _ = stop.send(true);
        assert!(running.await.is_ok());
        assert_eq!(begun.load(Ordering::SeqCst), 3);
    }
}
