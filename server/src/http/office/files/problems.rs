//! What is wrong with a file: as a sheet, and with the values that stand there, for a reason.

use axum::{extract::Path, http::header, response::IntoResponse};
use domain::looking::{Reason, ReasonText};
use office_pages::{pages::files as pages, parts::Tried};

use super::{
    super::answer::{Answer, Refused, Responder, Screen},
    found, lead, show,
    words::bad_line,
};
use crate::{
    base::{
        fault::InternalError,
        spreadsheet::{SheetEncoding, escape_formula},
    },
    http::office::form::Form,
    office::{
        access::{Acting, AnyFile},
        job::{
            decisions,
            shown::Shown,
            values::{self, MOST_LINES, RawLine},
        },
        list::Refusal,
    },
};

const VALUES: Screen = Screen("値の表示", "O-23");

/// GET /office/files/{job}/problems.csv: every line that is wrong. It is noted.
pub(in crate::http::office) async fn problems(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let (handling, job) = found(&responder, &acting, &id).await?;
    let state = responder.state();
    let Some(Shown::Refused(refusal)) = Shown::of(&state.office.secrets, &job) else {
        return Err(Refused::NotFound);
    };
    let sheet = sheet(&refusal, job.kind.is_health()).map_err(InternalError::from)?;
    decisions::note_problems_taken(&state.db, &handling, job.id).await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"problems.csv\"",
        ),
    ];
    Ok((headers, SheetEncoding::Utf8.encode(&sheet)).into_response())
}

/// A line each; of what is about health without what stands there.
fn sheet(refusal: &Refusal, is_health: bool) -> Result<String, csv::Error> {
    let mut sheet = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let cells = |one: [&str; 5]| -> Vec<String> {
        let kept = one
            .into_iter()
            .enumerate()
            .filter(|(at, _)| !is_health || *at != 3);
        kept.map(|(_, cell)| escape_formula(cell).into_owned())
            .collect()
    };
    sheet.write_record(cells([
        "行",
        "記号-番号-枝番など",
        "列",
        "値",
        "直すところ",
    ]))?;
    for told in &refusal.lines {
        let line = bad_line(told);
        let number = line.line.to_string();
        sheet.write_record(cells([
            &number,
            &line.key,
            &line.column,
            &line.value,
            &line.what,
        ]))?;
    }
    let bytes = sheet.into_inner().map_err(|error| error.into_error())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// POST /office/files/{job}/values: what stands in the first lines that are wrong, of a file
/// about health, for a reason.
pub(in crate::http::office) async fn values(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (handling, job) = found(&responder, &acting, &id).await?;
    let state = responder.state();
    let secrets = &state.office.secrets;
    let Some(Shown::Refused(refusal)) = Shown::of(secrets, &job) else {
        return Ok(lead(&responder, job.id, "file moved"));
    };
    if !job.kind.is_health() {
        return Err(Refused::NotFound);
    }
    let mut tried = Tried::default().keep("reason", form.get("reason"));
    let reason = Reason::parse(form.get("reason")).filter(|one| *one != Reason::Inquiry);
    if reason.is_none() {
        let sentence = "理由を選んでください。".to_owned();
        tried.notes.push(("reason", sentence));
    }
    let text = ReasonText::parse(form.get("reason_text"));
    if let Err(error) = &text {
        tried.notes.push(("reason_text", error.to_string()));
    }
    let (Some(reason), Ok(text)) = (reason, text) else {
        return show(&responder, &handling, &job, Some(&tried), None).await;
    };
    let mut wanted: Vec<u64> = refusal.lines.iter().map(|told| told.line).collect();
    wanted.sort_unstable();
    wanted.dedup();
    wanted.truncate(MOST_LINES);
    let lines = values::values(
        &state.db,
        secrets,
        &handling,
        &job,
        &wanted,
        (reason, &text),
    );
    let lines: Vec<_> = lines.await?.into_iter().map(raw_line).collect();
    Ok(responder
        .page(VALUES, || pages::values(job.id, &lines))
        .await)
}

fn raw_line(line: RawLine) -> pages::RawLine {
    pages::RawLine {
        line: line.line,
        cells: line.cells,
    }
}
