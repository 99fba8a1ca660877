//! X: what went wrong, in a sentence, with the way on and, where the log has
//! more, a reference to tell on the telephone.

use domain::{
    ports::{Ports, ServiceError},
    text,
    visit::LinkToken,
};
use http::StatusCode;
use leptos::prelude::*;

use crate::{
    api::refusal::{Begun, Refusal},
    components::layout::{Page, Telephone},
    respond::answer_with,
    written::Written,
};

/// What went wrong before any page was reached.
#[derive(Clone, Debug)]
pub struct Problem {
    /// The answer's status.
    pub status: StatusCode,
    /// The sentence.
    pub sentence: &'static str,
    /// Also in the log.
    pub reference: Option<String>,
    /// Where to go from here.
    pub way_on: (&'static str, &'static str),
    /// Another way, for others.
    pub or: Option<(&'static str, &'static str)>,
}

impl Problem {
    /// The problem of a request that we don't answer as asked.
    pub fn of(status: StatusCode) -> Self {
        Self {
            status,
            sentence: match status {
                StatusCode::NOT_FOUND => text::NOT_FOUND,
                StatusCode::METHOD_NOT_ALLOWED => text::NOT_HERE,
                StatusCode::FORBIDDEN => text::NOT_FOR_YOU,
                StatusCode::SERVICE_UNAVAILABLE => text::BUSY,
                StatusCode::TOO_MANY_REQUESTS => text::TOO_OFTEN,
                status if status.is_client_error() => text::NOT_UNDERSTOOD,
                _ => text::FAILED,
            },
            reference: None,
            way_on: ("/", "入口へ"),
            or: None,
        }
    }

    /// The months after 資格喪失 are over.
    pub fn over() -> Self {
        Self {
            sentence: text::OVER,
            ..Self::of(StatusCode::NOT_FOUND)
        }
    }

    /// The link that ends letters about notices is none, or of an address that is gone.
    pub fn unsubscribing() -> Self {
        Self {
            sentence: text::UNSUBSCRIBE_REFUSED,
            way_on: ("/profile", "プロフィール設定へ"),
            ..Self::of(StatusCode::FORBIDDEN)
        }
    }

    /// A refusal with its own sentence.
    pub fn forbidden(refusal: Refusal) -> Self {
        let sentence = match refusal {
            Refusal::NotForYou => text::NOT_FOR_YOU,
            Refusal::Link(Begun::Report) => text::REPORT_REFUSED,
            Refusal::Link(_) => text::LINK_REFUSED,
            Refusal::TakenBack(Begun::Report) => text::REPORT_TAKEN_BACK,
            Refusal::TakenBack(_) => text::LINK_TAKEN_BACK,
            Refusal::Elsewhere(_) => text::LINK_ELSEWHERE,
            Refusal::PostcardUsed => text::POSTCARD_USED,
            Refusal::AddressTaken => text::ADDRESS_TAKEN,
            Refusal::Over(_) => text::SESSION_OVER,
        };
        let way_on = match refusal {
            Refusal::NotForYou => ("/", "入口へ"),
            Refusal::PostcardUsed => ("/login", "ログイン画面"),
            Refusal::AddressTaken => ("/register", "メールアドレスの登録からやり直す"),
            Refusal::TakenBack(Begun::Report) => ("/help", "お問い合わせ"),
            Refusal::Link(begun)
            | Refusal::TakenBack(begun)
            | Refusal::Elsewhere(begun)
            | Refusal::Over(begun) => match begun {
                Begun::Registration => ("/register", "メールアドレスの登録からやり直す"),
                Begun::Reissue => ("/reissue", "パスワード再発行からやり直す"),
                Begun::Profile => ("/profile", "プロフィール設定へ"),
                Begun::Report => ("/reissue", "パスワード再発行へ"),
            },
        };
        // Whoever opens the registration's letter again has perhaps completed it.
        let or = matches!(
            refusal,
            Refusal::Link(Begun::Registration) | Refusal::Elsewhere(Begun::Registration)
        );
        Self {
            sentence,
            way_on,
            or: or.then_some(("/login", "登録がお済みの方はログインへ")),
            ..Self::of(StatusCode::FORBIDDEN)
        }
    }

    /// No answer at all.
    pub fn trouble(what: &ServiceError) -> Self {
        match what {
            ServiceError::Busy => Self::of(StatusCode::SERVICE_UNAVAILABLE),
            ServiceError::Failed { reference } => Self {
                reference: Some(reference.clone()),
                ..Self::of(StatusCode::INTERNAL_SERVER_ERROR)
            },
        }
    }
}

/// The page for it.
#[component]
pub fn ProblemPage(
    /// What went wrong.
    problem: Problem,
) -> impl IntoView {
    answer_with(problem.status);
    let (path, name) = problem.way_on;
    view! {
        <Page
            title="ご確認ください"
            screen=format!("X-{}", problem.status.as_u16())
            sheet=true
            of_a_problem=true
        >
            <div class="error-page">
                <h1>"ご確認ください"</h1>
                <p class="lead">{problem.sentence}</p>
                {problem
                    .reference
                    .map(|reference| {
                        view! {
                            <p class="reference">
                                "お問い合わせの番号 " <code>{reference}</code>
                            </p>
                        }
                    })}
                <p>
                    <a class="button" href=path>
                        {name}
                    </a>
                </p>
                {problem
                    .or
                    .map(|(path, name)| {
                        view! {
                            <p>
                                <a href=path>{name}</a>
                            </p>
                        }
                    })}
                <p>"お困りのときは健康保険組合までお問い合わせください。" <Telephone /></p>
            </div>
        </Page>
    }
}

/// 404
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <ProblemPage problem=Problem::of(StatusCode::NOT_FOUND) /> }
}

/// Something is not for this visitor: said on a page instead of the one asked for.
pub(crate) fn refused(refusal: Refusal) -> AnyView {
    view! { <ProblemPage problem=Problem::forbidden(refusal) /> }.written()
}

/// The same for a letter's link that leads nowhere.
pub(crate) async fn refused_link(
    ports: &Ports,
    token: Option<&LinkToken>,
    begun: Begun,
    otherwise: Refusal,
) -> AnyView {
    match Refusal::of_link(ports, token, begun, otherwise).await {
        Ok(refusal) => refused(refusal),
        Err(what) => trouble(&what),
    }
}

/// A port had no answer.
pub(crate) fn trouble(what: &ServiceError) -> AnyView {
    view! { <ProblemPage problem=Problem::trouble(what) /> }.written()
}
