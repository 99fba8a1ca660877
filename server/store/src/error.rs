//! What the engines answer when they refuse.

pub use sqlx::Error;

/// What a store function answers.
pub type Result<T> = std::result::Result<T, Error>;

/// Whether a row was refused because another has its unique key. Each insert meets one
/// such key: SQLite does not name the constraint.
pub fn is_unique_violation(error: &Error) -> bool {
    matches!(error, Error::Database(error) if error.is_unique_violation())
}

/// Whether trying again soon may help: a database that is gone, full or locked for the
/// moment.
pub fn is_busy(error: &Error) -> bool {
    match error {
        Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed | Error::Io(_) => true,
        // SQLite: BUSY, LOCKED, FULL, with their extended codes.
        // PostgreSQL, whose codes have five characters: classes 40 (rolled
        // back for another's sake), 53 (no resources), 57P (shutting down).
        Error::Database(error) => error.code().is_some_and(|code| match code.len() {
            5 => ["40", "53", "57P"]
                .iter()
                .any(|class| code.starts_with(class)),
            _ => code
                .parse::<u32>()
                .is_ok_and(|n| matches!(n & 0xff, 5 | 6 | 13)),
        }),
        _ => false,
    }
}

/// An error in words for the log. PostgreSQL's detail and context may hold the values of a
/// row, names and addresses of members among them: of what the engine says, its code and
/// its first sentence are told, and of what a driver says everything. Where the value itself
/// is wrong (class 22), that sentence has it, too: the code says enough.
pub fn told(error: &Error) -> String {
    match error {
        Error::Database(engine) => {
            let code = engine.code().unwrap_or_default();
            match engine.constraint() {
                Some(constraint) => format!("{code}, constraint {constraint}"),
                // PostgreSQL's codes have five characters.
                None if code.len() == 5 && code.starts_with("22") => {
                    format!("{code}, a value that cannot be stored")
                }
                None => format!("{code} {}", engine.message()),
            }
        }
        error => error.to_string(),
    }
}
