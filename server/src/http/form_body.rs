//! What a post must be before any form sees it. serde_qs, which reads the forms,
//! is lenient: it would take `%FF` for U+FFFD and `a[0]=` for a list.

use std::collections::HashSet;

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::Request,
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use percent_encoding::percent_decode;

/// More than any form of ours can fill.
const MOST_BYTES: usize = 32 * 1024;
/// A form of ours has no more fields than one in so many bytes that it may have: 64, and of
/// the office 512.
const BYTES_A_PAIR: usize = 512;
/// Of a body that is too long, so much is read and thrown away.
const HEARD_OUT_BYTES: usize = 8 * 1024 * 1024;

/// Lets only a plain form through: 413, 415 or 400 for everything else.
pub(super) async fn check(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match read(&parts.headers, body, MOST_BYTES).await {
        Ok(bytes) => {
            next.run(Request::from_parts(parts, Body::from(bytes)))
                .await
        }
        Err(status) => status.into_response(),
    }
}

/// Whether a body says that it is a plain form.
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let essence = kind.and_then(|kind| kind.split(';').next()).map(str::trim);
    essence.is_some_and(|e| e.eq_ignore_ascii_case("application/x-www-form-urlencoded"))
}

/// Reads a plain form of so many bytes at most.
///
/// # Errors
/// The status for everything else.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    most_bytes: usize,
) -> Result<Bytes, StatusCode> {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok());
    if length
        .and_then(|length| length.parse::<usize>().ok())
        .is_some_and(|n| n > most_bytes)
    {
        hear_out(body).await;
        return Err(StatusCode::PAYLOAD_TOO_LARGE);
    }
    if !is_form(headers) {
        return Err(StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
    let bytes = to_bytes(body, most_bytes).await.map_err(|error| {
        let too_long = std::error::Error::source(&error)
            .is_some_and(|source| source.is::<http_body_util::LengthLimitError>());
        match too_long {
            true => StatusCode::PAYLOAD_TOO_LARGE,
            false => StatusCode::BAD_REQUEST,
        }
    })?;
    match is_plain_form(&bytes, most_bytes / BYTES_A_PAIR) {
        true => Ok(bytes),
        false => Err(StatusCode::BAD_REQUEST),
    }
}

/// Reads on for a while and keeps nothing: a browser that is still sending when
/// the connection closes would show its own error instead of our page.
pub(super) async fn hear_out(body: Body) {
    let mut left = HEARD_OUT_BYTES;
    let mut pieces = body.into_data_stream();
    while let Some(Ok(piece)) = pieces.next().await {
        left = left.saturating_sub(piece.len());
        if left == 0 {
            return;
        }
    }
}

/// Valid UTF-8 after decoding, each key once, no brackets, and no more pairs than a form
/// has: what reads them afterwards may compare each with each.
fn is_plain_form(bytes: &[u8], most_pairs: usize) -> bool {
    let mut seen = HashSet::new();
    let mut pairs = bytes.split(|b| *b == b'&').filter(|pair| !pair.is_empty());
    let plain = pairs.by_ref().take(most_pairs).all(|pair| {
        let mut halves = pair.splitn(2, |b| *b == b'=');
        let mut decoded = || {
            percent_decode(halves.next().unwrap_or_default())
                .decode_utf8()
                .ok()
        };
        let (Some(key), Some(_value)) = (decoded(), decoded()) else {
            return false;
        };
        !key.contains(['[', ']']) && seen.insert(key)
    });
    plain && pairs.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOST_PAIRS: usize = MOST_BYTES / BYTES_A_PAIR;

    #[test]
    fn only_a_form_as_a_browser_makes_it_gets_through() {
        for good in ["", "email=a%40example.jp", "a=1&b=&c=%E3%81%82+x", "&&a=1"] {
            assert!(is_plain_form(good.as_bytes(), MOST_PAIRS), "{good}");
        }
        for bad in [
            "a=1&a=2",
            "a[]=1",
            "a%5B0%5D=1",
            "a=%FF",
            "%C0=1",
            "a=\u{0}%ED%A0%80",
        ] {
            assert!(!is_plain_form(bad.as_bytes(), MOST_PAIRS), "{bad}");
        }
    }

    #[test]
    fn a_form_has_sixty_four_pairs_at_most() {
        let form = |pairs: usize| {
            let pairs: Vec<_> = (0..pairs).map(|n| format!("k{n}=")).collect();
            pairs.join("&")
        };
        assert!(is_plain_form(form(MOST_PAIRS).as_bytes(), MOST_PAIRS));
        assert!(is_plain_form(
            format!("&&{}&&", form(MOST_PAIRS)).as_bytes(),
            MOST_PAIRS
        ));
        assert!(!is_plain_form(form(MOST_PAIRS + 1).as_bytes(), MOST_PAIRS));
    }
}
