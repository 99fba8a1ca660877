//! What the browser and the server share, and every page a member sees.
//!
//! The browser's build (`hydrate`, wasm32) holds `rules`, `forms`, `text` and
//! the one `island`; everything else is the server's side of the pages. No
//! database, no hash and no mail is known here: the pages ask through `ports`.

pub mod forms;
pub mod rules;
#[cfg(feature = "ssr")]
pub mod society;
pub mod text;
#[cfg(feature = "ssr")]
pub mod timestamp;
