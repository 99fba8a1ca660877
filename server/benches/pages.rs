//! What a page costs beside a handler that only writes as many bytes: requests
//! a second of both, in turn, in the same run, on the same accept loop.
//!
//! `cargo bench -p server --bench pages`
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod portal;

use self::portal::Portal;

#[tokio::main]
async fn main() {
    let portal = Portal::start(0).await;
    for page in ["/login", "/help"] {
        portal.beside_hello(page, None, 0.5).await;
    }
    portal.stop().await;
}
