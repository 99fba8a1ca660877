//! Everything that only the server does. `build` makes the whole from a
//! configuration; `main` and the tests use the same.

pub mod age;
pub mod clock;
pub mod hash;
pub mod import;
pub mod postcards;
pub mod roster;
pub mod store;
