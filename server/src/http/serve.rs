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
    net::{TcpListener, TcpStream},
    sync::watch,
    time::sleep,
};
use tower::ServiceExt;

use super::connections::{Connections, Place, Watched};

/// A request's headers have to be there by then; also how long an idle
/// connection is kept.
const HEADERS: Duration = Duration::from_secs(15);
/// Whoever connects has something to say, and says the first of it by then.
const FIRST_BYTE: Duration = Duration::from_secs(5);
/// What a connection may hold of a request's headers: more than browsers and proxies send.
const HEADER_BYTES: usize = 64 * 1024;
/// After a failed `accept` (no more file descriptors, say).
const RECOVERY: Duration = Duration::from_millis(100);
/// What is at hand when the server stops has this long to finish.
const DRAIN: Duration = Duration::from_secs(20);

/// Serves until `stop` holds `true`, then finishes what is at hand.
pub async fn run(
    listener: TcpListener,
    router: Router,
    connections: Arc<Connections>,
    mut stop: watch::Receiver<bool>,
) {
    // HTTP/1 only: that is what proxies speak to us.
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEADERS)
        .max_buf_size(HEADER_BYTES);
    let open = GracefulShutdown::new();

    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            accepted = accept(&listener, &connections) => accepted,
        };
        let Some((stream, peer, place)) = accepted else {
            continue;
        };
        let (router, place) = (router.clone(), Arc::new(place));
        let asked = place.clone();
        let service = hyper::service::service_fn(move |request: Request<Incoming>| {
            let (router, asked) = (router.clone(), asked.clone());
            async move {
                let _busy = asked.busy();
                answer(router, request, peer).await
            }
        });
        let stream = TokioIo::new(Watched::new(stream, place.clone()));
        let connection = open.watch(http.serve_connection(stream, service));
        tokio::spawn(async move {
            tokio::select! {
                ended = connection => if let Err(error) = ended {
                    tracing::debug!(%error, "a connection ended early");
                },
                () = place.gives_way() => tracing::debug!("an idle connection gave way"),
                () = silent(&place) => tracing::debug!("a connection was silent"),
            }
        });
    }
    drop(listener);
    tokio::select! {
        () = open.shutdown() => {}
        () = sleep(DRAIN) => tracing::warn!("some requests did not finish in time"),
    }
}

/// Comes to an end where nothing was heard from the first.
async fn silent(place: &Place) {
    sleep(FIRST_BYTE).await;
    if place.was_heard() {
        std::future::pending::<()>().await;
    }
}

async fn accept(
    listener: &TcpListener,
    connections: &Arc<Connections>,
) -> Option<(TcpStream, SocketAddr, Place)> {
    match listener.accept().await {
        Ok((stream, peer)) => {
            // Answers are written whole: nothing is to be waited for.
            let _ = stream.set_nodelay(true);
            let place = connections.admit(peer.ip()).await?;
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
