//! Counts what a page asks the database.

use std::sync::{
    Arc, LazyLock,
    atomic::{AtomicUsize, Ordering},
};

use tracing::{Dispatch, Event, Metadata, Subscriber, span};

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
