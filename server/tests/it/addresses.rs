//! メールアドレスの確認: an address counts when its own link has been opened and
//! the button pressed.

use domain::{ports::StoredLetter, text};

use crate::test_app::{HOUR, INSTANT, JIRO, OTHER_WISH, PUBLIC, TARO, TestApp, WISH, Wish};

const SECOND: &str = "second@example.jp";

/// Taro gives a second address; the path in the letter that goes to it.
async fn second_address(app: &TestApp) -> String {
    let browser = app.signed_in(TARO, &WISH).await;
    let added = browser.post("/profile/emails/add", &[("email", SECOND)]);
    added.await.leads_to("/profile?told=added");
    let letters = app.letters_to(SECOND).await;
    assert_eq!(letters.len(), 1, "nothing but its confirmation goes to it");
    path_in(&letters[0])
}

pub(crate) fn path_in(letter: &StoredLetter) -> String {
    let mut links = letter
        .text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(PUBLIC));
    let path = links.find(|path| path.starts_with("/profile/emails/confirm?token="));
    path.unwrap_or_else(|| panic!("no link of ours in: {}", letter.text))
        .to_owned()
}

async fn confirmed(app: &TestApp) -> i64 {
    ask!(
        &app.fresh.db,
        "select count(*) from email where confirmed_at is not null"
    )
}

on_both! {
    async fn case_a_mailbox_is_one_address_whatever_its_case(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let typed = "Taro.K@example.jp";
        app.registered(TARO, &Wish { email: typed, ..WISH }).await;
        assert_eq!(app.letters_to(typed).await.len(), 2, "letters go where the member said");
        // Typed in small letters, it is found.
        let asked = app.browser().post("/reissue", &[("email", "taro.k@example.jp")]).await;
        asked.leads_to("/reissue/sent");
        let letter = app.newest_letter_to("taro.k@example.jp").await;
        assert!(letter.subject.ends_with("パスワード再発行のご案内"), "{}", letter.subject);
        // And nobody else has it in capitals.
        app.clock.advance(HOUR);
        app.browser().post_email("TARO.K@example.jp").await.leads_to("/register/sent");
        let letter = app.newest_letter_to("TARO.K@example.jp").await;
        assert!(letter.subject.ends_with("すでに登録されているメールアドレスです"), "{}", letter.subject);
        // One cap for every way to write it.
        for typed in ["bomb@example.jp", "Bomb@example.jp", "bOMb@Example.jp"] {
            app.browser().post_email(typed).await.leads_to("/register/sent");
        }
        let links: i64 = ask!(
            &app.fresh.db,
            "select count(*) from link where address_key = $1", "bomb@example.jp"
        );
        assert_eq!(links, 1);
    }
}

on_both! {
    async fn a_second_address_counts_when_its_owner_has_pressed_the_button(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let path = second_address(&app).await;
        let browser = app.browser();
        for _ in 0..10 {
            let opened = browser.get(&path).await.leads_to("/profile/emails/confirm");
            assert!(!opened.header("location").contains("token"));
            browser.get("/profile/emails/confirm").await.shows(SECOND);
        }
        assert_eq!(confirmed(&app).await, 1, "looking confirmed it");

        let press = || browser.post("/profile/emails/confirm", &[]);
        let (first, second) = tokio::join!(press(), press());
        first.leads_to("/profile/emails/confirmed");
        second.leads_to("/profile/emails/confirmed");
        browser.get("/profile/emails/confirmed").await.shows("メールアドレスを登録しました");
        // Whoever opens the letter again is told that it is done, not that it cannot be used.
        let again = app.browser();
        again.get(&path).await.leads_to("/profile/emails/confirm");
        let page = again.get("/profile/emails/confirm").await.shows("メールアドレスを登録しました");
        assert_eq!(page.status, 200);
        assert_eq!(confirmed(&app).await, 2);

        app.browser().post_email(SECOND).await.leads_to("/register/sent");
        let letter = app.newest_letter_to(SECOND).await;
        assert!(letter.subject.ends_with("すでに登録されているメールアドレスです"), "{}", letter.subject);
    }
}

on_both! {
    async fn a_confirmation_works_until_three_hours(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let path = second_address(&app).await;
        let browser = app.browser();
        browser.get(&path).await;
        app.clock.advance(3 * HOUR - INSTANT);
        browser.get("/profile/emails/confirm").await.shows(SECOND);
        app.clock.advance(INSTANT);
        browser.get("/profile/emails/confirm").await.refuses(403).shows(text::LINK_REFUSED);
        let late = browser.post("/profile/emails/confirm", &[]).await;
        late.refuses(403).shows(text::LINK_REFUSED);
        assert_eq!(confirmed(&app).await, 1);
    }
}

on_both! {
    async fn no_other_link_confirms_an_address(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let path = second_address(&app).await;
        app.browser().post_email(OTHER_WISH.email).await;
        let registration = app.newest_letter_to(OTHER_WISH.email).await;
        let other_purpose = crate::browser::path_in(&registration)
            .replace("/register/verify", "/profile/emails/confirm");
        for path in [&other_purpose, &path[..path.len() - 1], "/profile/emails/confirm?token="] {
            let browser = app.browser();
            browser.get(path).await.leads_to("/profile/emails/confirm");
            browser.get("/profile/emails/confirm").await.refuses(403).shows(text::LINK_REFUSED);
            browser.post("/profile/emails/confirm", &[]).await.refuses(403);
        }
        app.browser().get("/profile/emails/confirm").await.refuses(403);
        assert_eq!(confirmed(&app).await, 1);
    }
}

on_both! {
    /// The page says the same to whoever types it; its owner learns the truth.
    async fn an_address_of_another_member_is_not_to_be_had(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let browser = app.with_postcard(TARO, WISH.email).await;
        let wish = Wish { email: OTHER_WISH.email, ..WISH };
        browser.complete(&wish).await.leads_to("/register/done");
        let letter = app.newest_letter_to(OTHER_WISH.email).await;
        assert!(letter.subject.ends_with("すでに登録されているメールアドレスです"), "{}", letter.subject);
        assert_eq!(confirmed(&app).await, 1, "Jiro's, and none of Taro's");
    }
}
