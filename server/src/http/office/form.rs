//! What a form of the office has sent.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    extract::{FromRequest, Request},
    http::{StatusCode, Uri},
};

use super::{
    super::{State, form_body},
    answer::Refused,
};

/// A form of the office: the longest is a notice.
pub(super) const MOST_BYTES: usize = 256 * 1024;

/// A form, each field once.
#[derive(Clone, Debug)]
pub(super) struct Form(BTreeMap<String, String>);

impl Form {
    /// Of fields that were read elsewhere.
    pub(super) fn of(fields: BTreeMap<String, String>) -> Self {
        Self(fields)
    }

    /// Whether a field was sent, even if nothing stands in it.
    pub(super) fn has(&self, field: &str) -> bool {
        self.0.contains_key(field)
    }

    /// What stands in a field; nothing where there is none.
    pub(super) fn get(&self, field: &str) -> &str {
        self.0.get(field).map_or("", String::as_str)
    }

    /// The fields of an address.
    pub(super) fn in_query(address: &Uri) -> Self {
        let query = address.query().unwrap_or_default();
        let fields = url::form_urlencoded::parse(query.as_bytes()).into_owned();
        Self(fields.filter(|(_, value)| !value.contains('\0')).collect())
    }

    /// Whether the act was confirmed.
    pub(super) fn is_confirmed(&self) -> bool {
        self.get("confirm") == "yes"
    }

    /// Every field but those of the proof, to be sent once more with it.
    pub(super) fn waiting(&self) -> Vec<(String, String)> {
        let fields = self
            .0
            .iter()
            .filter(|(name, _)| !name.starts_with("proof_"));
        fields
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }
}

impl FromRequest<State> for Form {
    type Rejection = Refused;

    async fn from_request(request: Request<Body>, _: &State) -> Result<Self, Refused> {
        let (parts, body) = request.into_parts();
        let bytes = form_body::read(&parts.headers, body, MOST_BYTES)
            .await
            .map_err(Refused::NotUnderstood)?;
        let fields: BTreeMap<String, String> =
            url::form_urlencoded::parse(&bytes).into_owned().collect();
        // PostgreSQL takes no NUL in a text.
        match fields.values().any(|value| value.contains('\0')) {
            true => Err(Refused::NotUnderstood(StatusCode::BAD_REQUEST)),
            false => Ok(Self(fields)),
        }
    }
}
