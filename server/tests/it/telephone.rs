//! What the office does to an account: 利用停止, and the way back.

use domain::{
    office::{StaffMember, Stage, role::Role},
    visit::RequestOrigin,
};
use server::{
    account::by_office::{self, Acted, Clerk},
    office::access::{Acting, Needs, StaffVisit},
};
use store::staff_session::Session;
use uuid::Uuid;

use crate::{
    browser::Browser,
    postcards,
    test_app::{HOUR, JIRO, MINUTE, TARO, TestApp, WISH},
};

/// Whose key it is.
pub(crate) async fn person(app: &TestApp, key: &str) -> Uuid {
    let key = key.parse().unwrap();
    store::person::by_key(&app.fresh.db, &key)
        .await
        .unwrap()
        .unwrap()
}

/// A clerk at the telephone, where the clock of the story stands.
pub(crate) fn clerk<'a>(app: &TestApp, staff: &'a str) -> Clerk<'a> {
    Clerk {
        actor: staff,
        network_address: "10.0.0.7",
        confirmed: "born_on,address",
        now: app.clock.now(),
    }
}

/// Somebody of the staff.
pub(crate) const AIKO: &str = "01980000-0000-7000-8000-0000000000a1";

/// Somebody of the office who has shown who they are, with every role, where the clock of
/// the story stands.
pub(crate) fn acting<N: Needs>(app: &TestApp, staff: &str) -> &'static Acting<N> {
    let now = app.clock.now();
    let session = Session {
        id: Uuid::now_v7(),
        staff: StaffMember {
            id: staff.parse().unwrap(),
            login_id: "aiko".parse().unwrap(),
            name: "事務 愛子".to_owned(),
            roles: Role::ALL.into_iter().collect(),
            last_sign_in_at: None,
            disabled_at: None,
            has_password: true,
            has_second_step: true,
        },
        stage: Stage::Full,
        proven_at: now,
        expires_at: now.plus(HOUR),
        previous_sign_in_at: None,
    };
    let origin = RequestOrigin {
        network_address: "10.0.0.7".to_owned(),
        device: "ChromeのWindows".to_owned(),
    };
    let visit = StaffVisit::new(session, [0; 32], origin, now);
    Box::leak(Box::new(Acting::of(visit).unwrap()))
}

async fn disable(app: &TestApp, key: &str) -> Acted {
    let reason = "本人から、携帯電話を失くしたと電話".parse().unwrap();
    let person = person(app, key).await;
    by_office::disable(&app.fresh.db, clerk(app, AIKO), person, &reason)
        .await
        .unwrap()
}

async fn enable(app: &TestApp, key: &str) -> Acted {
    let reason = "見つかったと電話".parse().unwrap();
    let person = person(app, key).await;
    by_office::enable(&app.fresh.db, clerk(app, AIKO), person, &reason)
        .await
        .unwrap()
}

async fn signs_in(app: &TestApp) -> Browser {
    let browser = app.browser();
    browser
        .sign_in(WISH.login_id, WISH.password)
        .await
        .leads_to("/home");
    browser
}

on_both! {
    /// Disabled: everything that is open ends at the next request, and nothing lets in any
    /// more, with the answers that anybody unknown gets.
    async fn a_disabled_member_is_refused_everywhere_and_let_in_again(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let phone = app.signed_in(TARO, &WISH).await;
        let other = signs_in(&app).await;
        app.browser().post("/reissue", &[("email", WISH.email)]).await.leads_to("/reissue/sent");
        app.post_is_out().await;

        assert_eq!(disable(&app, TARO).await, Acted::Done);
        assert_eq!(disable(&app, TARO).await, Acted::Already);
        for browser in [&phone, &other] {
            browser.home().await.leads_to("/login");
            browser.get("/security").await.leads_to("/login");
        }
        for (what, rows) in [
            ("sessions", ask!(&app.fresh.db, "select count(*) from session where ended_at is null")),
            ("links", ask!(&app.fresh.db, "select count(*) from link where ended_at is null and member_id is not null")),
            ("devices", ask!(&app.fresh.db, "select count(*) from device")),
        ] {
            let rows: i64 = rows;
            assert_eq!(rows, 0, "{what} are left open");
        }
        let known = app.browser().sign_in(WISH.login_id, WISH.password).await.refuses(422);
        let unknown = app.browser().sign_in("123456None", WISH.password).await.refuses(422);
        assert_eq!(known.but_for(WISH.login_id), unknown.but_for("123456None"));

        app.clock.advance(MINUTE);
        let before = app.written().await;
        let known = app.browser().post("/reissue", &[("email", WISH.email)]).await;
        let one = app.written().await.since(before);
        let before = app.written().await;
        let unknown = app.browser().post("/reissue", &[("email", "none@example.jp")]).await;
        assert_eq!(app.written().await.since(before), one);
        let sent = known.leads_to("/reissue/sent").but_for(WISH.email);
        assert_eq!(sent, unknown.leads_to("/reissue/sent").but_for("none@example.jp"));
        let letters = app.letters_to(WISH.email).await;
        assert!(letters.last().unwrap().subject.ends_with("登録が見つかりませんでした"));
        let refused = postcards::reissue(&app.fresh, TARO).await.unwrap_err().to_string();
        assert!(refused.contains("停止しています"), "{refused}");

        assert_eq!(enable(&app, TARO).await, Acted::Done);
        assert_eq!(enable(&app, TARO).await, Acted::Already);
        let back = signs_in(&app).await;
        let page = back.get("/security").await;
        page.clone()
            .shows("健康保険組合が、ポータルの利用を停止しました")
            .shows("健康保険組合が、ポータルの利用を再開しました")
            .shows("メール「事務局でのお手続きのお知らせ」をお送りしました（taro@example.jp）");
        // Neither who it was nor from where, nor what was written of the reason.
        page.hides("10.0.0.7").hides(AIKO).hides("携帯電話").hides("born_on");
    }
}

on_both! {
    async fn both_are_told_to_every_confirmed_address_and_noted_with_who_and_why(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.signed_in(TARO, &WISH).await;
        tell!(
            &app.fresh.db,
            "insert into email (id, member_id, address, address_key, added_at, confirmed_at)
             select $1, id, 'taro2@example.jp', 'taro2@example.jp', 0, 0 from member",
            Uuid::now_v7()
        );
        tell!(
            &app.fresh.db,
            "insert into email (id, member_id, address, address_key, added_at)
             select $1, id, 'waiting@example.jp', 'waiting@example.jp', 0 from member",
            Uuid::now_v7()
        );
        disable(&app, TARO).await;
        // The use case alone wakes nobody: the worker looks by itself.
        app.browser().post_email("wake@example.jp").await.leads_to("/register/sent");
        for address in [WISH.email, "taro2@example.jp"] {
            let letter = app.newest_letter_to(address).await;
            assert!(letter.subject.ends_with("事務局でのお手続きのお知らせ"), "{}", letter.subject);
            assert!(letter.text.contains("ポータルのご利用を停止しました"), "{}", letter.text);
            assert!(!letter.text.contains("携帯電話"), "{}", letter.text);
        }
        assert_eq!(app.letters_to("waiting@example.jp").await.len(), 0);
        let noted: i64 = ask!(
            &app.fresh.db,
            "select count(*) from audit where event = 'disabled' and actor = $1
               and detail = 'born_on,address' and person_id is not null and member_id is not null",
            AIKO
        );
        assert_eq!(noted, 1);
        let words: String = ask!(&app.fresh.db, "select words from office_reason where event = 'disabled'");
        assert_eq!(words, "本人から、携帯電話を失くしたと電話");
        let in_audit: i64 = ask!(&app.fresh.db, "select count(*) from audit where detail like '%携帯%'");
        assert_eq!(in_audit, 0);
    }
}

on_both! {
    /// A new postcard that is out does not open the account again, neither while it is
    /// closed nor afterwards.
    async fn a_postcard_that_is_out_ends_with_the_account(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.signed_in(TARO, &WISH).await;
        let card = app.reissue(TARO).await;
        let halfway = app.with_open_link("taro3@example.jp").await;
        halfway.enter_with_postcard(&card).await.leads_to("/register/profile");
        let stranger = app.with_open_link("taro4@example.jp").await;
        disable(&app, TARO).await;
        assert_ne!(halfway.get("/register/profile").await.status, 200);
        stranger.enter_with_postcard(&card).await.refuses(422);
        enable(&app, TARO).await;
        app.clock.advance(MINUTE);
        stranger.enter_with_postcard(&card).await.refuses(422);
    }
}

on_both! {
    async fn nobody_is_disabled_who_has_not_registered(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        assert_eq!(disable(&app, JIRO).await, Acted::NoAccount);
        assert_eq!(enable(&app, JIRO).await, Acted::NoAccount);
        let noted: i64 = ask!(&app.fresh.db, "select count(*) from audit where event in ('disabled', 'enabled')");
        assert_eq!(noted, 0);
    }
}
