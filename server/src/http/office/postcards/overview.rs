//! O-40, O-41: for whom, and how many people that are.

use axum::http::HeaderMap;
use domain::values::timestamp::Timestamp;
use office_pages::{
    pages::postcards::{self as pages, Asked, Counts, Overview, RunLine, employer_in_words},
    parts::Tried,
};
use store::{
    office_figure,
    person::{self, Key},
    postcard_run::{self, Choice, Run},
};

use super::{
    super::{
        answer::{Answer, OfficePath, Refused, Responder, see_other},
        form::Form,
        proof::prove,
    },
    ASK, POSTCARDS, counts, four_eyes, sentence, service, state_in_words, told, whom,
};
use crate::{
    base::fault::InternalError,
    office::{
        access::{Acting, Importer},
        postcards::{choice::Wish, run::State, run_error::RunError},
    },
};

/// GET /office/postcards
pub(in crate::http::office) async fn page(
    importer: Acting<Importer>,
    responder: Responder,
    headers: HeaderMap,
) -> Answer {
    list(&importer, &responder, None, told(&responder, &headers)).await
}

async fn list(
    importer: &Acting<Importer>,
    responder: &Responder,
    tried: Option<&Tried>,
    told: Option<&str>,
) -> Answer {
    let db = &responder.state().db;
    let overview = Overview {
        employers: person::employers(db).await?,
        waiting: match service(responder).waiting(importer).await {
            Ok(waiting) => waiting,
            Err(error) => return Err(Refused::from(into_internal(error)?)),
        },
        runs: postcard_run::last(db, importer.now)
            .await?
            .iter()
            .map(line)
            .collect(),
        by_employer: Vec::new(),
        counted_at: None,
        four_eyes: four_eyes(responder, importer).await?,
    };
    let overview = by_employer(overview, &office_figure::all(db).await?);
    let page = || pages::page(tried, told, &overview);
    Ok(match tried {
        None => responder.page(POSTCARDS, page).await,
        Some(_) => responder.again(POSTCARDS, page).await,
    })
}

/// Only what broke is left of an error that has no sentence of its own.
fn into_internal(error: RunError) -> Result<InternalError, Refused> {
    match error {
        RunError::Internal(error) => Ok(error),
        _ => Err(Refused::NotFound),
    }
}

fn by_employer(mut overview: Overview, figures: &[office_figure::Figure]) -> Overview {
    let mut rows: Vec<(&str, Counts)> = Vec::new();
    for figure in figures {
        let Some(column) = figure.name.strip_prefix("employer_postcards_") else {
            continue;
        };
        overview.counted_at = Some(Timestamp(figure.counted_at));
        let at = rows.iter().position(|(code, _)| *code == figure.part);
        let at = at.unwrap_or_else(|| {
            rows.push((&figure.part, Counts::default()));
            rows.len() - 1
        });
        let Some((_, counts)) = rows.get_mut(at) else {
            continue;
        };
        match column {
            "out" => counts.open = figure.value,
            "used" => counts.used = figure.value,
            "expired" => counts.expired = figure.value,
            _ => counts.returned = figure.value,
        }
    }
    rows.sort_by_key(|(code, _)| *code);
    overview.by_employer = rows
        .into_iter()
        .map(|(code, counts)| {
            let name = overview.employers.iter().find(|(known, _)| known == code);
            let name = name.map_or("", |(_, name)| name);
            (employer_in_words(code, name), counts)
        })
        .collect();
    overview
}

fn line(run: &Run) -> RunLine {
    RunLine {
        id: run.id,
        whom: whom(run),
        state: state_in_words(State::of(run)),
        asked: run.asked(),
        counts: counts(run),
    }
}

/// What was typed.
fn wish(form: &Form) -> Result<Wish, Tried> {
    let key = || {
        form.get("person").parse::<Key>().map_err(|_| {
            let sentence = "記号-番号-枝番の形で入力してください（例：1001-12-00）";
            Tried::note("person", sentence)
        })
    };
    Ok(match form.get("choice") {
        "all" => Wish::Everybody,
        "employer" => Wish::Employer(form.get("employer").to_owned()),
        "person" => Wish::Person(key()?),
        "reissue" => Wish::Reissue(key()?),
        "waiting" => Wish::Waiting,
        _ => return Err(Tried::note("choice", "だれに発行するかを選んでください。")),
    })
}

/// The fields of the form, as they were typed.
fn typed(form: &Form) -> Vec<(&'static str, String)> {
    ["choice", "employer", "person"]
        .map(|field| (field, form.get(field).chars().take(200).collect()))
        .to_vec()
}

/// POST /office/postcards: how many people that are; and with `confirm`, the run.
pub(in crate::http::office) async fn ask(
    importer: Acting<Importer>,
    responder: Responder,
    form: Form,
) -> Answer {
    let kept = |wrong: Tried| Tried {
        typed: typed(&form)
            .into_iter()
            .map(|(field, typed)| (field.to_owned(), typed))
            .collect(),
        ..wrong
    };
    let wish = match wish(&form) {
        Ok(wish) => wish,
        Err(wrong) => return list(&importer, &responder, Some(&kept(wrong)), None).await,
    };
    let (choice, people) = match service(&responder).count(&importer, &wish).await {
        Ok(counted) => counted,
        Err(error) => {
            let wrong = kept(sentence(error)?);
            return list(&importer, &responder, Some(&wrong), None).await;
        }
    };
    let said = form.get("people");
    let has_changed = !said.is_empty() && said != people.to_string();
    if !form.is_confirmed() || has_changed {
        let asked = Asked {
            whom: whom_of(&responder, &choice, form.get("person")).await?,
            people,
            replaces: choice.replaces(),
            four_eyes: four_eyes(&responder, &importer).await?,
            fields: typed(&form),
            has_changed,
        };
        return Ok(responder.page(ASK, || pages::ask(&asked)).await);
    }
    let proven = match prove(&responder, importer, &form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let run = service(&responder)
        .ask(&proven.acting, &choice, people)
        .await;
    let run = run.map_err(|error| match error {
        RunError::Internal(error) => Refused::from(error),
        _ => Refused::NotFound,
    })?;
    Ok(proven.answer(see_other(&OfficePath::postcard_run(run))))
}

async fn whom_of(responder: &Responder, choice: &Choice, key: &str) -> Result<String, Refused> {
    Ok(match choice {
        Choice::Everybody => "対象の全員".to_owned(),
        Choice::Employer(code) => {
            let all = person::employers(&responder.state().db).await?;
            let name = all.into_iter().find(|(known, _)| known == code);
            employer_in_words(code, &name.map(|(_, name)| name).unwrap_or_default())
        }
        Choice::Person(_) => format!("1人（{}）", key.trim()),
        Choice::Reissue(_) => format!("再発行（{}）", key.trim()),
        Choice::Waiting => "窓口が依頼した方".to_owned(),
    })
}
