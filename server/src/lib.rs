//! Everything that only the server does. `build` makes the whole from a
//! configuration; `main` and the tests use the same.

pub mod clock;
pub mod mail;
pub mod secrets;
pub mod store;
