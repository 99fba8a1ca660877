//! The accept loop. `axum::serve` sets no timer for headers and no cap on
//! connections; a portal on one small server needs both.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use axum::{Router, body::Body, extract::ConnectInfo, http::Request};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use tokio::{
    net::TcpListener,
    sync::{Semaphore, watch},
    time::sleep,
};
use tower::ServiceExt;

/// Open connections at a time; further ones wait in the system's queue.
const CONNECTIONS: usize = 2048;
/// A request's headers have to be there by then; also how long an idle
/// connection is kept.
const HEADERS: Duration = Duration::from_secs(15);
/// After a failed `accept` (no more file descriptors, say).
const RECOVERY: Duration = Duration::from_millis(100);
/// What is at hand when the server stops has this long to finish.
const DRAIN: Duration = Duration::from_secs(20);

/// Serves until `stop` holds `true`, then finishes what is at hand.
pub async fn run(listener: TcpListener, router: Router, mut stop: watch::Receiver<bool>) {
    // HTTP/1 only: that is what proxies speak to us.
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    let places = Arc::new(Semaphore::new(CONNECTIONS));
    let open = GracefulShutdown::new();

    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else {
            continue;
        };
        let router = router.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            answer(router.clone(), request, peer)
        });
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(place);
        });
    }
    drop(listener);
    tokio::select! {
        () = open.shutdown() => {}
        () = sleep(DRAIN) => tracing::warn!("some requests did not finish in time"),
    }
}

async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(
    tokio::net::TcpStream,
    SocketAddr,
    tokio::sync::OwnedSemaphorePermit,
)> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are written whole: nothing is to be waited for.
            let _ = stream.set_nodelay(true);
            Some((stream, peer, place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            sleep(RECOVERY).await;
            None
        }
    }
}

async fn answer(
    router: Router,
    request: Request<Incoming>,
    peer: SocketAddr,
) -> Result<axum::response::Response, Infallible> {
    let mut request = request.map(Body::new);
    request.extensions_mut().insert(ConnectInfo(peer));
    router.oneshot(request).await
}
