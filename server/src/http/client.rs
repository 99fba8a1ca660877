//! From where a request comes, and the visit of somebody about whom no more is known.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request},
    http::{HeaderMap, header},
};
use domain::{
    values::timestamp::Timestamp,
    visit::{RequestOrigin, Visit, Visitor},
};

/// A browser's name for itself is kept up to this length, in characters.
const DEVICE_CHARS: usize = 200;

/// The visit of somebody about whom nothing is known yet.
pub(super) fn anonymous(now: Timestamp, trusted: &[IpAddr], request: &Request) -> Visit {
    let headers = request.headers();
    let device = headers
        .get(header::USER_AGENT)
        .map(|value| String::from_utf8_lossy(value.as_bytes()));
    Visit {
        now,
        who: Visitor::Nobody,
        lapsed: None,
        origin: RequestOrigin {
            network_address: client(request, trusted)
                .map(|address| address.to_string())
                .unwrap_or_default(),
            device: device
                .map(|device| {
                    device
                        .chars()
                        .filter(|c| !c.is_control())
                        .take(DEVICE_CHARS)
                        .collect()
                })
                .unwrap_or_default(),
        },
        registration: None,
        reissue: None,
        confirmation: None,
        report: None,
        code_due: None,
        recovery_codes: Vec::new(),
        device: None,
        sent: None,
        draft: None,
        asked: None,
        sign_in_challenge: None,
        passkey_challenge: None,
        return_to: None,
        told: None,
    }
}

/// Where a request comes from; `None` for one that came through no socket.
pub(super) fn client<B>(request: &axum::http::Request<B>, trusted: &[IpAddr]) -> Option<IpAddr> {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    // A socket for both kinds of addresses shows the old ones as ::ffff:203.0.113.7.
    let peer = peer.0.ip().to_canonical();
    Some(client_address(peer, trusted, request.headers()))
}

/// The socket's peer; behind proxies of ours, the last address that none of
/// them has. From anybody else the header is ignored.
fn client_address(peer: IpAddr, trusted: &[IpAddr], headers: &HeaderMap) -> IpAddr {
    if !trusted.contains(&peer) {
        return peer;
    }
    let named: Vec<Option<IpAddr>> = headers
        .get_all("x-forwarded-for")
        .iter()
        .flat_map(|value| value.to_str().unwrap_or_default().split(','))
        .map(|address| address.trim().parse().ok())
        .collect();
    // What a proxy of ours has written and we cannot read hides what stands before
    // it: that may be anybody's invention.
    let mut from_the_right = named.into_iter().rev();
    from_the_right
        .find(|address| address.is_none_or(|address| !trusted.contains(&address)))
        .flatten()
        .unwrap_or(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_proxy_of_ours_may_say_who_the_client_is() {
        let proxy: IpAddr = [10, 0, 0, 1].into();
        let client: IpAddr = [203, 0, 113, 7].into();
        let mut headers = HeaderMap::new();
        headers.insert(
            "x-forwarded-for",
            "198.51.100.1, 203.0.113.7, 10.0.0.1".parse().expect("good"),
        );
        assert_eq!(client_address(proxy, &[proxy], &headers), client);
        assert_eq!(
            client_address(client, &[proxy], &headers),
            client,
            "the header is ignored"
        );
        assert_eq!(client_address(proxy, &[proxy], &HeaderMap::new()), proxy);
        headers.insert(
            "x-forwarded-for",
            "198.51.100.1, 203.0.113.7:50123".parse().expect("good"),
        );
        assert_eq!(
            client_address(proxy, &[proxy], &headers),
            proxy,
            "what the client wrote before it is not believed"
        );
    }
}
