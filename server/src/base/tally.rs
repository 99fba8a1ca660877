//! What would be logged once a request is logged once, and from then on counted: a flood
//! fills no disk, and the cause stands at its beginning.

use std::{
    collections::HashMap,
    mem,
    sync::{LazyLock, Mutex, PoisonError},
};

/// Causes told apart; further ones are counted as one.
const MOST: usize = 100;

/// What happened, why, and how many more times.
type Counts = HashMap<(&'static str, String), u64>;

static COUNTS: LazyLock<Mutex<Counts>> = LazyLock::new(Mutex::default);

/// Logs it now, or counts it until [`tell`].
pub(crate) fn warn(what: &'static str, cause: String) {
    let mut counts = COUNTS.lock().unwrap_or_else(PoisonError::into_inner);
    let cause = match counts.len() < MOST {
        true => cause,
        false => "other causes".to_owned(),
    };
    match counts.get_mut(&(what, cause.clone())) {
        Some(times) => *times += 1,
        None => {
            tracing::warn!(cause, "{what}");
            counts.insert((what, cause), 0);
        }
    }
}

/// Logs what was counted, and begins anew.
pub(crate) fn tell() {
    let counts = mem::take(&mut *COUNTS.lock().unwrap_or_else(PoisonError::into_inner));
    for ((what, cause), times) in counts {
        if times > 0 {
            tracing::warn!(times, cause, "{what}, since the last minute");
        }
    }
}
