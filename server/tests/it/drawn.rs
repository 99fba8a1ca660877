//! Stories that have to hold for whatever is drawn.

use std::fmt::Debug;

use proptest::{
    strategy::Strategy,
    test_runner::{Config, TestCaseError, TestRunner},
};
use tokio::{runtime::Handle, task::block_in_place};

/// Tells a story with so many drawn values, and of one that fails the simplest.
/// The story has to run on several threads.
pub(crate) fn holds<T: Debug>(cases: u32, drawn: impl Strategy<Value = T>, story: impl AsyncFn(T)) {
    let mut runner = TestRunner::new(Config {
        cases,
        max_shrink_iters: 100,
        failure_persistence: None,
        ..Config::default()
    });
    let verdict = block_in_place(|| {
        runner.run(&drawn, |value| {
            Handle::current().block_on(story(value));
            Ok::<(), TestCaseError>(())
        })
    });
    if let Err(failure) = verdict {
        panic!("{failure}");
    }
}
