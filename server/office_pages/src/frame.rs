//! The frame of every page of the office: who is in, where they can go, and at the foot
//! where they are.

use app::written::Written;
use std::sync::Arc;

use domain::{
    office::role::{Role, Roles},
    values::society::Society,
};
use leptos::prelude::*;

/// What every page is told.
#[derive(Clone, Debug)]
pub struct Frame {
    /// Whose office it is.
    pub society: Arc<Society>,
    /// The members' style sheet.
    pub style: Arc<str>,
    /// The page's title.
    pub title: &'static str,
    /// The screen's number, such as `O-1`.
    pub screen: &'static str,
    /// Who is in.
    pub who: Option<Who>,
    /// The page's own address.
    pub path: String,
    /// Whether a form failed.
    pub failed: bool,
}

/// Who is in.
#[derive(Clone, Debug)]
pub struct Who {
    /// Their name.
    pub name: String,
    /// What they may open.
    pub roles: Roles,
    /// Whether a code from the command line stands for the second step.
    pub by_command_line: bool,
    /// How much waits, by the address of the place.
    pub waiting: Vec<(&'static str, u64)>,
}

/// A place of the menu, and who goes there; nobody named is everybody.
struct Place {
    address: &'static str,
    name: &'static str,
    roles: &'static [Role],
}

const PLACES: &[Place] = &[
    Place {
        address: "/office",
        name: "ダッシュボード",
        roles: &[],
    },
    Place {
        address: "/office/people",
        name: "加入者",
        roles: &[Role::Desk],
    },
    Place {
        address: "/office/notices",
        name: "お知らせ",
        roles: &[Role::Publisher],
    },
    Place {
        address: "/office/postcards",
        name: "ハガキ",
        roles: &[Role::Importer],
    },
    Place {
        address: "/office/files",
        name: "取込",
        roles: &[Role::Importer, Role::HealthImporter, Role::Publisher],
    },
    Place {
        address: "/office/audit",
        name: "監査記録",
        roles: &[Role::Auditor],
    },
    Place {
        address: "/office/staff",
        name: "職員",
        roles: &[Role::Admin],
    },
];

/// The whole document around a page.
pub(crate) fn document(page: AnyView) -> impl IntoView {
    let frame = expect_context::<Frame>();
    let society = frame.society.clone();
    let error = if frame.failed { "エラー：" } else { "" };
    let heading = format!("{error}{}｜{} 事務局", frame.title, society.portal_name);
    view! {
        <!DOCTYPE html>
        <html lang="ja">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="robots" content="noindex, nofollow" />
                <meta name="format-detection" content="telephone=no, email=no, address=no" />
                <meta name="color-scheme" content="light dark" />
                <title>{heading}</title>
                <link rel="stylesheet" href=frame.style.to_string() />
                <link rel="stylesheet" href="/office/style.css" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
            </head>
            <body class="office">
                <a class="skip" href="#main">"本文へ移動"</a>
                <header class="site-header">
                    <a class="brand" href="/office">
                        <span class="mark" aria-hidden="true">"事"</span>
                        <span>
                            <strong>{society.portal_name.clone()} " 事務局"</strong>
                            <small>{society.name.clone()}</small>
                        </span>
                    </a>
                    {frame.who.as_ref().map(|who| menu(who, &frame.path))}
                </header>
                {frame
                    .who
                    .as_ref()
                    .filter(|who| who.by_command_line)
                    .map(|_| {
                        view! {
                            <p class="band" role="status">
                                "サーバーで発行したコードによるログインです（60分まで）。"
                                <a href="/office/second-step">"二段階認証を設定してください"</a>
                            </p>
                        }
                    })}
                <main id="main" tabindex="-1">{page}</main>
                <footer class="site-footer">
                    <span>{society.name.clone()} " 事務局用"</span>
                    <span class="screen-number">"画面 " {frame.screen}</span>
                </footer>
            </body>
        </html>
    }
}

fn menu(who: &Who, path: &str) -> AnyView {
    let places = PLACES
        .iter()
        .filter(|place| place.roles.is_empty() || place.roles.iter().any(|r| who.roles.has(*r)))
        .map(|place| {
            let below = path.strip_prefix(place.address);
            let current = below.and_then(|below| match below {
                "" => Some("page"),
                below => (below.starts_with('/') && place.address != "/office").then_some("true"),
            });
            let waiting = who
                .waiting
                .iter()
                .find(|(address, _)| *address == place.address);
            let count = waiting.map(|(_, count)| *count).filter(|count| *count > 0);
            view! {
                <li>
                    <a href=place.address aria-current=current>
                        {place.name}
                        {count
                            .map(|count| {
                                view! {
                                    <span class="count">
                                        {count} <span class="visually-hidden">"件の未処理"</span>
                                    </span>
                                }
                            })}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <nav aria-label="事務局のメニュー">
            <ul class="office-places">{places}</ul>
        </nav>
        {who.roles.has(Role::Desk).then(search)}
        <div class="who">
            <a href="/office/profile">{who.name.clone()}</a>
            <form method="post" action="/office/logout">
                <button class="link-button">"ログアウト"</button>
            </form>
        </div>
    }
    .written()
}

/// On top of every page for whoever answers the telephone.
fn search() -> AnyView {
    view! {
        <form class="office-search" method="post" action="/office/people" role="search">
            <label for="office-q" class="visually-hidden">
                "加入者を検索"
            </label>
            <input
                id="office-q"
                name="q"
                type="search"
                autocomplete="off"
                placeholder="氏名・記号-番号・ID・メール"
            />
            <button class="button small quiet">"検索"</button>
        </form>
    }
    .written()
}
