//! From the socket to the pages and server functions, and back.

pub mod assets;
mod cookies;
mod downloads;
mod functions;
mod guard;
mod headers;
mod kept;
mod limits;
mod links;
mod pages;
mod router;
pub mod serve;
mod visitor;

pub use cookies::Cookies;
pub use kept::Kept;
pub use limits::{Allowance, OuterLimit};
pub use router::{State, router};
