//! Sheets to download. What is in them is decided where the page is: they ask the
//! same port.

use app::pages::portal::problem::Problem;
use axum::{
    extract::{Request, State as FromState},
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use domain::{
    ports::{ExpenseLook, ExpenseWish, ExpenseYear},
    visit::{Visit, Visitor},
};

use super::{State, pages::problem};
use crate::{
    base::fault::InternalError, base::spreadsheet::SheetEncoding, member::expenses::sheet,
};

/// `/expenses.csv`: everything of a year.
pub(super) async fn expenses(state: FromState<State>, request: Request) -> Response {
    download(state, request, "", sheet::list).await
}

/// `/expenses/form.csv`: the same for the tax agency's 医療費集計フォーム.
pub(super) async fn expense_form(state: FromState<State>, request: Request) -> Response {
    download(state, request, "-form", sheet::form).await
}

async fn download(
    FromState(state): FromState<State>,
    request: Request,
    kind: &str,
    sheet: impl Fn(&ExpenseYear) -> Result<String, csv::Error>,
) -> Response {
    let (parts, _) = request.into_parts();
    let Some(visit) = parts.extensions.get::<Visit>().cloned() else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let Visitor::Member(member) = &visit.who else {
        return Redirect::to("/login").into_response();
    };
    let Some((wish, writing)) = asked_for(parts.uri.query().unwrap_or_default()) else {
        let what = Problem::of(StatusCode::NOT_FOUND);
        return problem(&state, visit, parts, what).await;
    };
    let expenses = &state.ports.expenses;
    let look = expenses.look(member, &wish, &visit.origin, visit.now).await;
    let year = match look {
        Ok(ExpenseLook::Year(year)) => year,
        Ok(ExpenseLook::Over) => return problem(&state, visit, parts, Problem::over()).await,
        Ok(ExpenseLook::NotTheirs) => {
            let what = Problem::of(StatusCode::NOT_FOUND);
            return problem(&state, visit, parts, what).await;
        }
        Err(trouble) => return troubled(&state, visit, parts, &trouble).await,
    };
    match sheet(&year) {
        Ok(sheet) => {
            let name = format!("attachment; filename=\"expenses-{}{kind}.csv\"", year.year);
            let headers = [
                (
                    header::CONTENT_TYPE,
                    format!("text/csv; charset={}", writing.charset()),
                ),
                (header::CONTENT_DISPOSITION, name),
            ];
            (headers, writing.encode(&sheet)).into_response()
        }
        Err(error) => {
            let trouble = InternalError::Other(format!("a sheet: {error}")).report();
            troubled(&state, visit, parts, &trouble).await
        }
    }
}

async fn troubled(
    state: &State,
    visit: Visit,
    parts: Parts,
    trouble: &domain::ports::ServiceError,
) -> Response {
    problem(state, visit, parts, Problem::trouble(trouble)).await
}

/// `year=2026&encoding=cp932`; `None` for what no link of ours asks for.
fn asked_for(query: &str) -> Option<(ExpenseWish, SheetEncoding)> {
    let get = |key: &str| {
        let mut pairs = url::form_urlencoded::parse(query.as_bytes());
        let (_, value) = pairs.find(|(name, _)| name == key)?;
        Some(value.into_owned())
    };
    let writing = match get("encoding").as_deref() {
        None | Some("utf-8") => SheetEncoding::Utf8,
        Some("cp932") => SheetEncoding::Cp932,
        Some(_) => return None,
    };
    Some((ExpenseWish::read_whole_year(get)?, writing))
}
