//! A form that may bring a file. Session, role and origin are judged from the head of the
//! request, before the first byte of the body is read.

use std::collections::BTreeMap;

use axum::{
    body::Body,
    extract::{DefaultBodyLimit, FromRequest, Multipart, Request, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
};
use domain::ports::ServiceError;

use super::{
    super::{State, limits::is_multipart},
    answer::Refused,
    form::{Form, MOST_BYTES},
};

/// Fields of such a form, beside its file.
const MOST_FIELDS: usize = 64;

/// Whether its length, where it says so, is more than that.
pub(super) fn is_longer(headers: &HeaderMap, most_bytes: usize) -> bool {
    let length = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok());
    length
        .and_then(|length| length.parse::<usize>().ok())
        .is_some_and(|length| length > most_bytes)
}

/// A file as it was sent.
#[derive(Clone, Debug)]
pub(super) struct SentFile {
    /// What the sender calls it.
    pub(super) name: String,
    /// What is in it.
    pub(super) content: Vec<u8>,
}

/// A form of which the field `attachment` may be a file of `FILE` bytes at most.
#[derive(Clone, Debug)]
pub(super) struct Upload<const FILE: usize> {
    /// The fields, each once.
    pub(super) form: Form,
    /// The file, where one was chosen.
    pub(super) file: Option<SentFile>,
}

impl<const FILE: usize> Upload<FILE> {
    /// The file, its fields, and what stands between them.
    const MOST_BYTES: usize = FILE + MOST_BYTES;
}

impl<const FILE: usize> FromRequest<State> for Upload<FILE> {
    type Rejection = Refused;

    async fn from_request(request: Request<Body>, state: &State) -> Result<Self, Refused> {
        if !is_multipart(request.headers()) {
            let form = Form::from_request(request, state).await?;
            return Ok(Self { form, file: None });
        }
        if is_longer(request.headers(), Self::MOST_BYTES) {
            return Err(Refused::NotUnderstood(StatusCode::PAYLOAD_TOO_LARGE));
        }
        // Let go when it is read.
        let Ok(_place) = state.office.upload_places.clone().try_acquire_owned() else {
            return Err(Refused::Trouble(ServiceError::Busy));
        };
        let mut request = request;
        DefaultBodyLimit::max(Self::MOST_BYTES).apply(&mut request);
        let mut multipart = Multipart::from_request(request, state)
            .await
            .map_err(|_| Refused::NotUnderstood(StatusCode::BAD_REQUEST))?;
        let bad = || Refused::NotUnderstood(StatusCode::BAD_REQUEST);
        let (mut fields, mut file) = (BTreeMap::new(), None);
        let mut left = MOST_BYTES;
        while let Some(field) = multipart.next_field().await.map_err(not_read)? {
            let Some(name) = field.name().map(str::to_owned) else {
                return Err(bad());
            };
            let sent_as = field.file_name().map(str::to_owned);
            let content = field.bytes().await.map_err(not_read)?;
            if let Some(sent_as) = sent_as {
                // A browser sends an empty one where none was chosen.
                if sent_as.is_empty() && content.is_empty() {
                    continue;
                }
                if name != "attachment" || file.is_some() {
                    return Err(bad());
                }
                file = Some(SentFile {
                    name: sent_as,
                    content: content.into(),
                });
                continue;
            }
            left = left
                .checked_sub(name.len() + content.len())
                .ok_or(Refused::NotUnderstood(StatusCode::PAYLOAD_TOO_LARGE))?;
            let text = String::from_utf8(content.into()).map_err(|_| bad())?;
            // PostgreSQL takes no NUL in a text.
            let is_plain = !text.contains('\0') && fields.len() < MOST_FIELDS;
            if !is_plain || fields.insert(name, text).is_some() {
                return Err(bad());
            }
        }
        Ok(Self {
            form: Form::of(fields),
            file,
        })
    }
}

fn not_read(error: MultipartError) -> Refused {
    Refused::NotUnderstood(error.status())
}
