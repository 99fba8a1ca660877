//! A clock that was ahead, and was put right: nothing is believed that lies beyond its own
//! longest span from now, and what was seen over stays over.

use domain::text;

use crate::test_app::{HOUR, JIRO, OTHER_WISH, TARO, TestApp, WISH};

on_both! {
    async fn case_a_typing_error_while_the_clock_was_ahead_keeps_nobody_out(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.clock.advance(4 * HOUR);
        app.browser().sign_in(WISH.login_id, "wrong2026").await.refuses(422);
        app.clock.set_back(4 * HOUR);
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        // Nor do many, but for the pause itself.
        app.clock.advance(4 * HOUR);
        for _ in 0..12 {
            app.browser().sign_in(WISH.login_id, "wrong2026").await.refuses(422);
        }
        app.clock.set_back(4 * HOUR);
        app.browser().sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        // A postcard likewise.
        app.clock.advance(4 * HOUR);
        let ahead = app.with_open_link("ahead@example.jp").await;
        ahead.enter_with(&app.card(JIRO).login_id, "aaaa-aaaa-aaa2").await.refuses(422);
        app.clock.set_back(4 * HOUR);
        let jiro = app.with_open_link(OTHER_WISH.email).await;
        jiro.enter_with_postcard(&app.card(JIRO)).await.leads_to("/register/profile");
    }
}

on_both! {
    async fn case_a_session_and_a_link_of_the_future_are_nobodys(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        app.clock.advance(13 * HOUR);
        let ahead = app.browser();
        ahead.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let link = app.with_open_link(OTHER_WISH.email).await;
        app.clock.set_back(13 * HOUR);
        ahead.home().await.leads_to("/login");
        link.get("/register/provisional").await.refuses(403).shows(text::LINK_REFUSED);
        link.enter_with_postcard(&app.card(JIRO)).await.refuses(403);
        // The caps count no letter of the future, and a new one goes at once.
        app.browser().post_email(OTHER_WISH.email).await.leads_to("/register/sent");
        assert_eq!(app.letters_to(OTHER_WISH.email).await.len(), 2);
        // And when that hour comes, what was refused stays so.
        app.clock.advance(13 * HOUR);
        ahead.home().await.leads_to("/login");
    }
}

on_both! {
    async fn case_a_session_seen_over_stays_over_whatever_the_clock_says(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        let link = app.with_open_link(OTHER_WISH.email).await;
        app.clock.advance(4 * HOUR);
        taro.home().await.leads_to("/login");
        link.enter_with_postcard(&app.card(JIRO)).await.refuses(403).shows(text::LINK_REFUSED);
        app.clock.set_back(4 * HOUR);
        taro.home().await.leads_to("/login");
        link.enter_with_postcard(&app.card(JIRO)).await.refuses(403).shows(text::LINK_REFUSED);
        app.with_open_link("second@example.jp").await
            .enter_with_postcard(&app.card(JIRO)).await.leads_to("/register/profile");
    }
}

on_both! {
    /// A session that went on while the clock was ahead is not known to have been idle or
    /// not: it is over, and the password is asked for.
    async fn case_what_was_last_seen_in_the_future_is_over(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let taro = app.signed_in(TARO, &WISH).await;
        for _ in 0..4 {
            app.clock.advance(HOUR / 4);
            taro.home().await.shows("たろうさん");
        }
        app.clock.set_back(HOUR);
        taro.home().await.leads_to("/login");
    }
}
