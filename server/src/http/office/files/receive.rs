//! A file on its way in: judged from the head of its request, then encrypted piece by piece.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Request},
    http::{StatusCode, header},
};
use domain::office::job::JobKind;
use futures::{Stream, StreamExt};
use office_pages::{pages::files as pages, parts::Tried};
use uuid::Uuid;

use super::{NEW, file_kind, handling, new_file};
use crate::{
    base::fault::InternalError,
    http::{
        form_body::{hear_out, is_form},
        office::{
            answer::{Answer, OfficePath, Refused, Responder, see_other},
            form::Form,
            proof::prove,
        },
    },
    office::{
        access::{Acting, AnyFile},
        job::{
            FileActing,
            upload::{MOST_BYTES, Upload},
        },
    },
};

/// What a form is besides its file.
const AROUND_BYTES: u64 = 64 * 1024;

/// POST /office/files/new: who, what for, how fresh the proof is and whether there is a place
/// is judged from the head; then the file is encrypted as it comes.
pub(in crate::http::office) async fn receive(
    acting: Result<Acting<AnyFile>, Refused>,
    responder: Responder,
    request: Request,
) -> Answer {
    let acting = match acting {
        Err(Refused::SignInFirst { .. }) if !is_form(request.headers()) => {
            return Err(Refused::SignedOut);
        }
        acting => acting?,
    };
    if is_form(request.headers()) {
        return proof_first(acting, responder, request).await;
    }
    let word = Form::in_query(request.uri()).get("kind").to_owned();
    let chosen = match &*word {
        "" => None,
        word => Some(handling(&responder, &acting, file_kind(word)?).await?),
    };
    if !acting.is_proof_fresh() {
        return Err(Refused::ProofFirst);
    }
    let places = responder.state().office.upload_places.clone();
    let Ok(_place) = places.try_acquire_owned() else {
        return Err(Refused::Trouble(domain::ports::ServiceError::Busy));
    };
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length: Option<u64> = length
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse().ok());
    if length.is_some_and(|length| length > MOST_BYTES + AROUND_BYTES) {
        return unfit(&responder, &acting, chosen, Unfit::TooLarge).await;
    }
    let mut chosen = chosen;
    match take_in(&responder, &acting, &mut chosen, request).await {
        Ok(id) => {
            responder.state().office.wake_files.notify_one();
            Ok(see_other(&OfficePath::file(id)))
        }
        Err(Stopped::Unfit(why)) => unfit(&responder, &acting, chosen, why).await,
        Err(Stopped::Refused(refused)) => Err(refused),
    }
}

/// A proof that was asked for before the form of a file.
async fn proof_first(
    acting: Acting<AnyFile>,
    responder: Responder,
    request: Request<Body>,
) -> Answer {
    let form = Form::from_request(request, responder.state()).await?;
    let kind = file_kind(form.get("kind"))?;
    let proven = match prove(&responder, acting, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    Ok(proven.answer(see_other(&OfficePath::new_file(kind))))
}

/// Why a file was not taken: nothing of it is left.
enum Unfit {
    NoFile,
    Empty,
    TooLarge,
    OtherKind,
    Lost,
    Malformed,
}

impl Unfit {
    const fn sentence(&self) -> &'static str {
        match self {
            Self::NoFile => "ファイルを選んでください。",
            Self::Empty => "ファイルが空です（0バイト）。もとのファイルを確かめてください。",
            Self::TooLarge => {
                "ファイルが大きすぎます（100MBまで）。分けて送信するか、サーバーの portal コマンドで取り込んでください。"
            }
            Self::OtherKind => "ファイルの種類が、画面と合っていません。画面を開き直してください。",
            Self::Lost => {
                "ファイルの送信が途中で切れました。何も残っていません。もう一度送信してください。"
            }
            Self::Malformed => {
                "送られた内容を読み取れませんでした。何も残っていません。画面を開き直してください。"
            }
        }
    }
}

/// What ends the reading of a file.
enum Stopped {
    Unfit(Unfit),
    Refused(Refused),
}

impl From<Refused> for Stopped {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<InternalError> for Stopped {
    fn from(error: InternalError) -> Self {
        Self::Refused(error.into())
    }
}

impl From<multer::Error> for Stopped {
    fn from(error: multer::Error) -> Self {
        let multer::Error::StreamReadFailed(error) = error else {
            return Self::Unfit(match error {
                multer::Error::IncompleteFieldData { .. } | multer::Error::IncompleteStream => {
                    Unfit::Lost
                }
                _ => Unfit::Malformed,
            });
        };
        let kind = error.downcast_ref().map(std::io::Error::kind);
        Self::Unfit(match kind {
            Some(std::io::ErrorKind::FileTooLarge) => Unfit::TooLarge,
            _ => Unfit::Lost,
        })
    }
}

async fn unfit(
    responder: &Responder,
    acting: &Acting<AnyFile>,
    chosen: Option<FileActing>,
    why: Unfit,
) -> Answer {
    let status = match why {
        Unfit::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        _ => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let chosen = match chosen {
        Some(chosen) => chosen,
        // No kind was said at all: any of theirs stands for the form.
        None => {
            let mut kinds = JobKind::FILES.into_iter();
            let own = kinds.find_map(|kind| FileActing::of((**acting).clone(), kind));
            own.ok_or(Refused::NotFound)?
        }
    };
    let new = new_file(responder, &chosen).await?;
    let tried = Tried::note("file", why.sentence());
    let page = || pages::new(Some(&tried), &new);
    Ok(responder.with_status(status, NEW, page).await)
}

/// The pieces of a body, and no more of them than a file has. How long one may be waited for
/// is said of the route.
fn pieces(body: Body) -> impl Stream<Item = std::io::Result<Bytes>> + Send + 'static {
    let most = MOST_BYTES + AROUND_BYTES;
    let mut read = 0;
    body.into_data_stream().map(move |piece| {
        let piece = piece.map_err(std::io::Error::other)?;
        read += piece.len() as u64;
        match read > most {
            true => Err(std::io::ErrorKind::FileTooLarge.into()),
            false => Ok(piece),
        }
    })
}

/// Reads the form, and encrypts its file as it comes.
async fn take_in(
    responder: &Responder,
    acting: &Acting<AnyFile>,
    chosen: &mut Option<FileActing>,
    request: Request,
) -> Result<Uuid, Stopped> {
    let (parts, body) = request.into_parts();
    let kind = parts.headers.get(header::CONTENT_TYPE);
    let boundary = kind
        .and_then(|kind| kind.to_str().ok())
        .and_then(|kind| multer::parse_boundary(kind).ok());
    let Some(boundary) = boundary else {
        hear_out(body).await;
        return Err(Stopped::Unfit(Unfit::Malformed));
    };
    let mut fields = multer::Multipart::new(pieces(body), boundary);
    let mut upload = None;
    while let Some(mut field) = fields.next_field().await? {
        match field.name() {
            Some("kind") => {
                let mut word = Vec::new();
                while let Some(piece) = field.chunk().await? {
                    word.extend(piece.iter().take(100));
                    word.truncate(100);
                }
                let word = String::from_utf8_lossy(&word);
                match chosen {
                    Some(chosen) if chosen.kind().as_str() == word => {}
                    Some(_) => return Err(Stopped::Unfit(Unfit::OtherKind)),
                    None => *chosen = Some(handling(responder, acting, file_kind(&word)?).await?),
                }
            }
            Some("file") if upload.is_none() => {
                let Some(handling) = chosen else {
                    return Err(Stopped::Unfit(Unfit::OtherKind));
                };
                let state = responder.state();
                let name = field.file_name().unwrap_or_default().to_owned();
                let mut coming =
                    Upload::begin(&state.db, &state.office.secrets, handling, &name).await?;
                while let Some(piece) = field.chunk().await? {
                    if coming.bytes() + piece.len() as u64 > MOST_BYTES {
                        return Err(Stopped::Unfit(Unfit::TooLarge));
                    }
                    coming.take(&piece).await?;
                }
                upload = Some((coming, name.is_empty()));
            }
            _ => {}
        }
    }
    let (Some((upload, is_nameless)), Some(handling)) = (upload, chosen) else {
        return Err(Stopped::Unfit(Unfit::NoFile));
    };
    match (upload.bytes(), is_nameless) {
        // Browsers send this of a form whose file was not chosen.
        (0, true) => Err(Stopped::Unfit(Unfit::NoFile)),
        (0, false) => Err(Stopped::Unfit(Unfit::Empty)),
        _ => Ok(upload.end(handling).await?),
    }
}
