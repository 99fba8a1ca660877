//! Everything that only the server does. `startup` makes the whole from a
//! configuration; `main` and the tests use the same.
//!
//! The wings are named by who acts: `member` the one who is signed in, `office` the
//! society's staff, `upkeep` time alone. `account` is what happens to an account whoever
//! causes it, `second_step` what members and staff show besides a password, `mail` how letters leave, `base` the machinery below. `tests/it/house.rs`
//! holds who may use whom.

pub mod account;
pub mod base;
pub mod check;
pub mod config;
pub mod demo;
pub mod http;
pub mod mail;
pub mod member;
pub mod office;
pub mod second_step;
pub mod startup;
pub mod upkeep;
