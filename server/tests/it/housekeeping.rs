//! What is over is removed after a while, and nothing else.

use std::time::Duration;

use server::upkeep::cleanup::{Cleanup, Removed};

use crate::{
    roster::NOW,
    test_app::{HOUR, INSTANT, JIRO, MINUTE, OTHER_WISH, TARO, TestApp, WISH, Wish},
};

const DAY: Duration = Duration::from_secs(24 * 3600);
const NOTHING: Removed = Removed {
    replaced: 0,
    links: 0,
    sessions: 0,
    letters: 0,
    devices: 0,
    asked_addresses: 0,
    postcards: 0,
    refused_tries: 0,
    challenges: 0,
    staff: 0,
};

impl TestApp {
    fn housekeeper(&self) -> Cleanup {
        Cleanup {
            db: self.fresh.db.clone(),
            clock: self.clock.clone(),
        }
    }

    /// One run so long after the story began.
    async fn removed_after(&self, span: Duration) -> Removed {
        self.clock.advance(Duration::from_millis(
            (NOW.plus(span).0 - self.clock.now().0).try_into().unwrap(),
        ));
        self.housekeeper().remove_expired().await.unwrap()
    }
}

on_both! {
    async fn links_go_a_day_after_their_end_and_leave_their_letters(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        for n in 0..3 {
            app.browser().post_email(&format!("a{n}@example.jp")).await;
        }
        app.post_is_out().await;
        assert_eq!(app.removed_after(27 * HOUR).await, NOTHING);
        assert_eq!(app.removed_after(27 * HOUR + INSTANT).await, Removed { links: 3, ..NOTHING });
        assert_eq!(app.letters_to("a0@example.jp").await.len(), 1);
        let letters: i64 = ask!(&app.fresh.db, "select count(*) from letter where sent_at is not null");
        assert_eq!(letters, 3);
        // The link that was opened too late is refused as before.
        let browser = app.browser();
        let letter = app.newest_letter_to("a0@example.jp").await;
        browser.get(&crate::browser::path_in(&letter)).await.leads_to("/register/provisional");
        browser.get("/register/provisional").await.refuses(403);
    }
}

on_both! {
    async fn a_link_stays_while_a_session_or_a_waiting_address_needs_it(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        // Registered with another address than the link's, whose letter nobody has opened.
        let browser = app.with_postcard(TARO, WISH.email).await;
        let wish = Wish { email: "second@example.jp", ..WISH };
        browser.complete(&wish).await.leads_to("/register/done");
        app.post_is_out().await;
        let links = async || -> i64 { ask!(&app.fresh.db, "select count(*) from link") };
        assert_eq!(links().await, 2);
        assert_eq!(app.removed_after(2 * DAY).await, NOTHING);
        // The provisional session ended with its link, after three hours.
        let end = 30 * DAY + 3 * HOUR;
        assert_eq!(app.removed_after(end).await, Removed { asked_addresses: 2, postcards: 1, ..NOTHING });
        let removed = app.removed_after(end + INSTANT).await;
        assert_eq!(removed, Removed { sessions: 1, links: 1, ..NOTHING });
        assert_eq!(links().await, 1);
        // Confirmed: its letter stands in the history, and says so by the link.
        tell!(&app.fresh.db, "update email set confirmed_at = $1", NOW.0);
        let end = 90 * DAY;
        assert_eq!(app.removed_after(end).await, NOTHING);
        let removed = app.removed_after(end + INSTANT).await;
        assert_eq!(removed, Removed { letters: 2, links: 1, refused_tries: 1, ..NOTHING });
    }
}

on_both! {
    async fn sessions_go_thirty_days_after_their_end(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.signed_in(TARO, &WISH).await;
        app.signed_in(JIRO, &OTHER_WISH).await.sign_out().await.leads_to("/login");
        let members = async || -> i64 {
            ask!(&app.fresh.db, "select count(*) from session where kind = 'member'")
        };
        app.removed_after(30 * DAY + 12 * HOUR).await;
        assert_eq!(members().await, 2);
        app.removed_after(30 * DAY + 12 * HOUR + INSTANT).await;
        assert_eq!(members().await, 0);
        let devices: i64 = ask!(&app.fresh.db, "select count(*) from device");
        assert_eq!(devices, 2);
        assert_eq!(app.removed_after(400 * DAY).await.devices, 2);
        // Accounts, addresses and what was noted stay.
        let browser = app.browser();
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let noted: i64 = ask!(&app.fresh.db, "select count(*) from audit where event = 'signed_in'");
        assert_eq!(noted, 3);
    }
}

on_both! {
    async fn letters_go_ninety_days_after_they_were_sent_or_given_up(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.browser().post_email("a@example.jp").await;
        app.post_is_out().await;
        app.clock.advance(MINUTE);
        app.browser().post_email("b@example.jp").await;
        app.post_is_out().await;
        tell!(
            &app.fresh.db,
            "update letter set given_up_at = sent_at, sent_at = null where address = 'b@example.jp'"
        );
        app.removed_after(90 * DAY).await;
        let letters = async || -> i64 { ask!(&app.fresh.db, "select count(*) from letter") };
        assert_eq!(letters().await, 2);
        // With it goes the hour in which anybody asked for one.
        let removed = app.removed_after(90 * DAY + INSTANT).await;
        assert_eq!(removed, Removed { letters: 1, refused_tries: 1, ..NOTHING });
        assert_eq!(letters().await, 1);
        let later = 90 * DAY + MINUTE + INSTANT;
        assert_eq!(app.removed_after(later).await, Removed { letters: 1, ..NOTHING });
    }
}

on_both! {
    /// The caps on letters, which look back a day, hold as before.
    async fn asked_addresses_go_after_two_days_without_a_question(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.browser().post_email("a@example.jp").await;
        app.browser().post_email("b@example.jp").await;
        app.clock.advance(DAY);
        app.browser().post_email("b@example.jp").await;
        app.post_is_out().await;
        let asked = async || -> i64 { ask!(&app.fresh.db, "select count(*) from asked_address") };
        app.removed_after(2 * DAY).await;
        assert_eq!(asked().await, 2);
        assert_eq!(app.removed_after(2 * DAY + INSTANT).await.asked_addresses, 1);
        assert_eq!(asked().await, 1);
        assert_eq!(app.removed_after(3 * DAY + INSTANT).await.asked_addresses, 1);
    }
}

on_both! {
    async fn a_letter_that_has_not_left_keeps_its_link(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.browser().post_email("a@example.jp").await;
        app.post_is_out().await;
        tell!(&app.fresh.db, "update letter set sent_at = null, due_at = $1", NOW.plus(9 * DAY).0);
        assert_eq!(app.removed_after(2 * DAY).await, NOTHING);
    }
}

on_both! {
    /// More than fits into one batch, and two servers that do it at once.
    async fn many_rows_are_removed_in_one_run(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        for n in 0..1_000 {
            tell!(
                &app.fresh.db,
                "insert into asked_address (address_key, asked_at) values ($1, 0)",
                format!("a{n}@example.jp")
            );
        }
        let (one, other) = (app.housekeeper(), app.housekeeper());
        tokio::try_join!(one.remove_expired(), other.remove_expired()).unwrap();
        let asked: i64 = ask!(&app.fresh.db, "select count(*) from asked_address");
        assert_eq!(asked, 0);
    }
}
