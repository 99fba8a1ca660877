//! What somebody says to a file that has come in.

use axum::{extract::Path, response::Response};
use office_pages::parts::Tried;
use store::job::JobAnswer;
use uuid::Uuid;

use super::{
    super::{
        answer::{Answer, Responder},
        form::Form,
        proof::prove,
    },
    found, lead, night_of, show,
};
use crate::base::hex;
use crate::office::{
    access::{Acting, AnyFile},
    job::{
        decisions::{self, Decided, Withdrawal},
        shown::Shown,
    },
    list,
};

const UNCONFIRMED: &str = "確認のチェックを入れてから、もう一度押してください。";

/// POST /office/files/{job}/answers
pub(in crate::http::office) async fn answers(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (handling, job) = found(&responder, &acting, &id).await?;
    let state = responder.state();
    let Some(Shown::Asks(questions)) = Shown::of(&state.office.secrets, &job) else {
        return Ok(lead(&responder, job.id, "file moved"));
    };
    let mut tried = Tried::default();
    let (mut answers, mut missing) = (Vec::new(), 0_u64);
    for question in &questions.first {
        let field = format!("answer_{}", question.line());
        let answer = list::Answer::parse(form.get(&field));
        match answer.filter(|answer| question.answers().contains(answer)) {
            Some(answer) => {
                tried = tried.keep(&field, answer.as_str());
                answers.push(JobAnswer {
                    line: question.line().cast_signed(),
                    question: "answer".to_owned(),
                    answer: answer.as_str().to_owned(),
                });
            }
            None => missing += 1,
        }
    }
    if missing > 0 {
        let sentence = format!("回答のない質問が{missing}件あります。すべてに回答してください。");
        tried.notes.push(("", sentence));
        return show(&responder, &handling, &job, Some(&tried), None).await;
    }
    let decided = decisions::answer(&state.db, &handling, job.id, &answers).await?;
    Ok(decided_on(&responder, job.id, decided, "file answered"))
}

fn decided_on(responder: &Responder, id: Uuid, decided: Decided, done: &str) -> Response {
    responder.state().office.wake_files.notify_one();
    let word = match decided {
        Decided::Done => done,
        Decided::Waits => "file waits",
        Decided::NotNow | Decided::Own | Decided::TooClose => "file moved",
    };
    lead(responder, id, word)
}

/// What a form of one button says.
enum Act {
    Withdraw,
    Run,
    Confirm,
}

/// POST /office/files/{job}/run
pub(in crate::http::office) async fn run(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    decide(acting, responder, &id, &form, Act::Run).await
}

/// POST /office/files/{job}/confirm: another person wants it, too.
pub(in crate::http::office) async fn confirm(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    decide(acting, responder, &id, &form, Act::Confirm).await
}

/// POST /office/files/{job}/withdraw: what it has brought goes again; with `four_eyes` when a
/// second person has said so, too.
pub(in crate::http::office) async fn withdraw(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    decide(acting, responder, &id, &form, Act::Withdraw).await
}

async fn decide(
    acting: Acting<AnyFile>,
    responder: Responder,
    id: &str,
    form: &Form,
    act: Act,
) -> Answer {
    let (handling, job) = found(&responder, &acting, id).await?;
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return show(&responder, &handling, &job, Some(&tried), None).await;
    }
    let proven = match prove(&responder, acting, form).await? {
        Ok(proven) => proven,
        Err(asked) => return Ok(asked),
    };
    let state = responder.state();
    let db = &state.db;
    let tonight = match form.get("when") {
        "tonight" => night_of(&responder, &job, handling.now),
        _ => None,
    };
    let decided = match act {
        Act::Run => {
            let shown = form.get("plan");
            // What is no digest is none that was shown.
            let seen = (!shown.is_empty()).then(|| hex::decoded(shown).unwrap_or_default());
            let four_eyes = state.office.staff.four_eyes;
            decisions::run(db, &handling, job.id, seen.as_deref(), four_eyes, tonight).await?
        }
        Act::Confirm => decisions::confirm(db, &handling, job.id, tonight).await?,
        Act::Withdraw => {
            let four_eyes = state.office.staff.four_eyes;
            match decisions::withdraw(db, &handling, job.id, four_eyes).await? {
                Withdrawal::Decided(decided) => decided,
                Withdrawal::Refused(why) => {
                    let tried = Tried::note("", why.to_string());
                    let page = show(&responder, &handling, &job, Some(&tried), None).await?;
                    return Ok(proven.answer(page));
                }
            }
        }
    };
    let sentence = match decided {
        Decided::Own => match act {
            Act::Withdraw => {
                "ご自分で依頼した取り消しは承認できません。ほかの職員に依頼してください。"
            }
            Act::Run | Act::Confirm => {
                "ご自分で取り込んだファイルは承認できません。ほかの職員に依頼してください。"
            }
        },
        Decided::TooClose => {
            "この7日のあいだに、お互いの職員の登録を変更しています。ほかの職員に依頼してください。"
        }
        decided => {
            let done = match act {
                Act::Run | Act::Confirm if tonight.is_some() => "file tonight",
                Act::Run | Act::Confirm => "file runs",
                Act::Withdraw => "file withdrawn",
            };
            let answer = decided_on(&responder, job.id, decided, done);
            return Ok(proven.answer(answer));
        }
    };
    let tried = Tried::note("", sentence);
    let answer = show(&responder, &handling, &job, Some(&tried), None).await?;
    Ok(proven.answer(answer))
}

/// POST /office/files/{job}/cancel
pub(in crate::http::office) async fn cancel(
    acting: Acting<AnyFile>,
    responder: Responder,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    let (handling, job) = found(&responder, &acting, &id).await?;
    if !form.is_confirmed() {
        let tried = Tried::note("", UNCONFIRMED);
        return show(&responder, &handling, &job, Some(&tried), None).await;
    }
    let decided = decisions::cancel(&responder.state().db, &handling, job.id).await?;
    Ok(decided_on(&responder, job.id, decided, "file cancelled"))
}
