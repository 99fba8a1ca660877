//! O-1: ダッシュボード

use domain::{office::role::Role, values::timestamp::Timestamp};
use office_pages::pages::{
    figures,
    home::{self, Home},
};
use store::{staff_change, staff_session};

use super::{
    answer::{Answer, Responder, Screen},
    drafts, figures as counted, files,
    staff::lines,
};
use crate::office::access::{Acting, AnyRole};

/// Of the files that were brought so many are shown.
const LAST_FILES: usize = 5;

/// GET /office
pub(super) async fn page(acting: Acting<AnyRole>, responder: Responder) -> Answer {
    let mut home = Home::default();
    if acting.session.staff.roles.has(Role::Admin) {
        let db = &responder.state().db;
        let since = acting.session.previous_sign_in_at.unwrap_or(Timestamp(0));
        home.waiting = lines(staff_change::waiting(db).await?, acting.id());
        home.by_command_line = staff_session::by_command_line_since(db, since).await?;
        home.changes = lines(staff_change::done_since(db, since).await?, acting.id());
    }
    let files = files::lines(&responder, &acting).await?;
    home.waiting_files = files
        .iter()
        .filter(|file| file.state.waits_for_somebody())
        .cloned()
        .collect();
    home.files = files.into_iter().take(LAST_FILES).collect();
    home.draft = drafts::of(responder.state(), &acting).await?;
    let roles = acting.session.staff.roles;
    let numbers = counted::figures(&responder.state().db, roles, acting.now).await?;
    let screen = Screen("ダッシュボード", "O-1");
    Ok(responder
        .page(screen, || home::page(&home, figures::page(&numbers)))
        .await)
}
