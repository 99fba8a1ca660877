//! A run's credentials, handed out once: as a file for the printer, or as sheets to print.

use axum::{
    extract::Path,
    http::header,
    response::{Html, IntoResponse},
};
use domain::values::timestamp::day_in_words;
use office_pages::{
    pages::postcard_sheet::{Card, Portal},
    parts::Tried,
    render_sheet,
};
use time::{Date, macros::format_description};

use super::{
    super::{
        answer::{Answer, OfficePath, Responder, see_other},
        form::Form,
        proof::prove,
    },
    lead,
    run::{found, show},
    sentence, service,
};
use crate::{
    base::{fault::InternalError, qr},
    http::pages::Complete,
    office::{
        access::{Acting, DeskOrImporter},
        postcards::{Credentials, csv_file, run::Format, run_error::RunError},
    },
};

/// GET of the download's address hands out nothing.
pub(in crate::http::office) async fn no_download(
    acting: Acting<DeskOrImporter>,
    responder: Responder,
    Path(id): Path<String>,
) -> Answer {
    let run = found(&acting, &responder, &id).await?;
    Ok(see_other(&OfficePath::postcard_run(run.id)))
}

/// POST /office/postcards/{run}/download: once.
pub(in crate::http::office) async fn download(
    acting: Acting<DeskOrImporter>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let run = found(&acting, &responder, &id).await?;
    let Some(format) = Format::parse(form.get("format")) else {
        let tried = Tried::note("", "CSVか印刷シートかを選んでください。");
        return show(&acting, &responder, &run, Some(&tried), None).await;
    };
    let proven = match prove(&responder, acting, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let path = OfficePath::postcard_run(run.id);
    let answer = match service(&responder)
        .hand_out(&proven.acting, &run, format)
        .await
    {
        Ok(all) => match format {
            Format::Csv => file(&all)?,
            Format::Sheet => sheet(&responder, &path, &all)?,
        },
        Err(RunError::Over) => lead(&responder, &path, "handed out"),
        Err(error) => {
            let tried = sentence(error)?;
            show(&proven.acting, &responder, &run, Some(&tried), None).await?
        }
    };
    Ok(proven.answer(answer))
}

fn file(all: &[Credentials]) -> Answer {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"postcards.csv\"",
        ),
    ];
    let file = csv_file(all).map_err(InternalError::from)?;
    Ok((headers, file).into_response())
}

fn sheet(responder: &Responder, back: &OfficePath, all: &[Credentials]) -> Answer {
    let office = &responder.state().office;
    let url = format!("{}/", office.public_url.trim_end_matches('/'));
    let qr = qr::draw(&url)?;
    let last_days: Vec<String> = all.iter().map(|one| in_words(one.good_until())).collect();
    let cards: Vec<Card<'_>> = all
        .iter()
        .zip(&last_days)
        .map(|(one, good_until)| Card {
            name: one.name(),
            postal_code: one.postal_code(),
            address: one.address(),
            login_id: one.login_id(),
            password: one.password(),
            good_until,
        })
        .collect();
    let portal = Portal {
        society: &office.society,
        url: &url,
        qr: &qr,
        back: back.as_str(),
    };
    let mut response = Html(render_sheet(&portal, &cards)).into_response();
    response.extensions_mut().insert(Complete);
    Ok(response)
}

/// `2027-11-22` as 「2027年11月22日まで」.
fn in_words(day: &str) -> String {
    match Date::parse(day, format_description!("[year]-[month]-[day]")) {
        Ok(day) => format!("{}まで", day_in_words(day)),
        Err(_) => day.to_owned(),
    }
}
