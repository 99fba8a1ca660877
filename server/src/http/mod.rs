//! From the socket to the pages and server functions, and back.

pub mod assets;
mod client;
pub mod connections;
mod cookies;
mod downloads;
mod files;
mod form_body;
mod functions;
mod handler;
mod headers;
mod limits;
mod links;
mod my_data;
mod office;
mod page_cache;
mod pages;
mod passkeys;
pub mod public_url;
mod router;
pub mod serve;
mod state;
mod unsubscribe;
mod visitor;

pub use cookies::Cookies;
pub use limits::{Limits, RateLimitSetting, RateLimits};
pub use office::{Office, UPLOADS};
pub use page_cache::PageCache;
pub use router::router;
pub use state::State;
