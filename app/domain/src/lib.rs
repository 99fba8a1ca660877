//! What the portal is about: its rules, its forms, its words. It knows no page, no
//! database, no hash and no mail; every other crate of the project may use it.
//!
//! The browser has `rules`, `forms` and `text`. Behind the feature `server` stand
//! the values that the server works with, and the ports that its pages ask through.

pub mod forms;
pub mod rules;
pub mod text;

#[cfg(feature = "server")]
pub mod age;
#[cfg(feature = "server")]
pub mod audience;
#[cfg(feature = "server")]
pub mod looking;
#[cfg(feature = "server")]
pub mod membership;
#[cfg(feature = "server")]
pub mod office;
#[cfg(feature = "server")]
pub mod ports;
#[cfg(feature = "server")]
pub mod relation;
#[cfg(feature = "server")]
pub mod spelling;
#[cfg(feature = "server")]
pub mod throttle;
#[cfg(feature = "server")]
pub mod values;
#[cfg(feature = "server")]
pub mod visit;
