//! メールアドレス in プロフィール設定: adding, asking again, removing, choosing where
//! notices go; who is told, and who is asked for the present password.

use domain::{ports::StoredLetter, text};
use futures::future::join_all;
use uuid::Uuid;

use crate::{
    addresses::path_in,
    browser::{Browser, Seen},
    test_app::{HOUR, INSTANT, JIRO, MINUTE, OTHER_WISH, TARO, TestApp, WISH},
};

const SECOND: &str = "second@example.jp";
const THIRD: &str = "third@example.jp";
const DUE: &str = "/profile/confirm-password";
const WAITING: &str = "まだ完了していません。届いたメールのURLを開いてください。";
const WRONG: &str = "現在のパスワードが違うか、いまは確認できません。続けて間違えると、しばらくお手続きできません。";
const THREE: &str = "登録は3つまでです。追加する前に1つ削除してください。";
const LAST: &str = "最後のアドレスは削除できません。先に別のアドレスを登録してください。";
const YOURS: &str = "このアドレスはすでに登録されています。";

/// 追加
async fn add(browser: &Browser, address: &str) -> Seen {
    browser
        .post("/profile/emails/add", &[("email", address)])
        .await
}

/// The button of that path, beside that address.
pub(crate) async fn press(app: &TestApp, browser: &Browser, button: &str, address: &str) -> Seen {
    let row = row(app, address).await;
    press_on(browser, button, &row.to_string()).await
}

async fn press_on(browser: &Browser, button: &str, row: &str) -> Seen {
    browser
        .post(&format!("/profile/emails/{button}"), &[("address", row)])
        .await
}

async fn row(app: &TestApp, address: &str) -> Uuid {
    ask!(
        &app.fresh.db,
        "select id from email where address = $1",
        address
    )
}

/// The present password, where a button has led to the page that asks for it.
async fn give(browser: &Browser, password: &str) -> Seen {
    browser.post(DUE, &[("current_password", password)]).await
}

/// Adds an address and presses the button in its letter.
pub(crate) async fn add_and_confirm(app: &TestApp, browser: &Browser, address: &str) {
    add(browser, address).await.leads_to("/profile?told=added");
    confirm(app, &app.newest_letter_to(address).await)
        .await
        .leads_to("/profile/emails/confirmed");
}

async fn confirm(app: &TestApp, letter: &StoredLetter) -> Seen {
    let browser = app.browser();
    browser
        .get(&path_in(letter))
        .await
        .leads_to("/profile/emails/confirm");
    browser.post("/profile/emails/confirm", &[]).await
}

/// Subjects without the portal's name, the oldest first.
async fn subjects(app: &TestApp, address: &str) -> Vec<String> {
    let letters = app.letters_to(address).await;
    let subject = |letter: StoredLetter| letter.subject.rsplit('】').next().unwrap().to_owned();
    letters.into_iter().map(subject).collect()
}

/// Where Taro's notices go.
async fn notices(app: &TestApp) -> Option<String> {
    ask!(
        &app.fresh.db,
        "select max(e.address) from email e join member m on m.id = e.member_id
         where e.notices and m.login_id = '123456Taro'"
    )
}

async fn addresses(app: &TestApp) -> i64 {
    ask!(&app.fresh.db, "select count(*) from email")
}

async fn entries(app: &TestApp, event: &str) -> i64 {
    ask!(
        &app.fresh.db,
        "select (select count(*) from audit where event = $1)
              + (select cast(coalesce(sum(times), 0) as bigint) from refused_try where event = $1)",
        event
    )
}

on_both! {
    async fn case_40_a_pending_address_gets_nothing_but_its_confirmation(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let page = browser.get("/profile").await;
        page.shows("taro@example.jp").shows("確認済み").shows("お知らせの宛先").hides(WAITING);
        add_and_confirm(&app, &browser, SECOND).await;
        add(&browser, THIRD).await.leads_to("/profile?told=added");
        browser.get("/profile?told=added").await
            .shows("確認のメールをお送りしました。").shows(THIRD).shows(WAITING).shows("今日 13:00 まで")
            // What a screen reader says of the buttons.
            .shows("（third@example.jp）").shows("（taro@example.jp）");
        assert_eq!(subjects(&app, THIRD).await, ["メールアドレスの確認"]);
        assert_eq!(subjects(&app, SECOND).await, ["メールアドレスの確認", "登録内容の変更のお知らせ"]);
        let told = subjects(&app, WISH.email).await;
        assert_eq!(told[2..], ["登録内容の変更のお知らせ", "登録内容の変更のお知らせ"], "{told:?}");
        let letter = app.newest_letter_to(THIRD).await.text;
        assert!(letter.contains("プロフィール設定"), "{letter}");

        // Nothing else goes there: not the letter of another change, no reissue.
        let wish = [("login_id", "Taro2"), ("nickname", "たろう")];
        browser.post("/profile", &wish).await.leads_to("/profile?told=changed");
        app.browser().post("/reissue", &[("email", THIRD)]).await.leads_to("/reissue/sent");
        let at_third = subjects(&app, THIRD).await;
        assert_eq!(at_third, ["メールアドレスの確認", "登録が見つかりませんでした"]);
        // And notices cannot be sent there.
        press(&app, &browser, "notices", THIRD).await.leads_to("/profile");
        assert_eq!(entries(&app, "notices_changed").await, 0);
        // A change of the ID leaves it waiting.
        confirm(&app, &app.letters_to(THIRD).await[0]).await.leads_to("/profile/emails/confirmed");
        browser.get("/profile").await.hides(WAITING);
        assert_eq!(entries(&app, "address_confirmed").await, 2);
        assert_eq!(entries(&app, "address_added").await, 2);
    }
}

on_both! {
    /// Whoever types it learns nothing; its owner learns the truth.
    async fn an_address_of_another_member_is_answered_like_any_other(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(JIRO, &OTHER_WISH).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let before = app.written().await;
        let free = add(&browser, "jira@example.jp").await.leads_to("/profile?told=added");
        let cost = app.written().await.since(before);
        let page = browser.get("/profile").await;
        press(&app, &browser, "remove", "jira@example.jp").await.leads_to("/profile?told=removed");
        let before = app.written().await;
        let taken = add(&browser, OTHER_WISH.email).await.leads_to("/profile?told=added");
        assert_eq!(app.written().await.since(before), cost);
        assert_eq!(free.but_for(""), taken.but_for(""));
        let same = browser.get("/profile").await;
        let without_rows = |seen: Seen, address: &str| {
            let body = seen.body.replace(address, "(typed)");
            let rows = body.split("name=\"address\" value=\"").map(|part| part.split_once('"').map_or(part, |(_, rest)| rest).to_owned());
            rows.collect::<Vec<_>>()
        };
        assert_eq!(without_rows(page, "jira@example.jp"), without_rows(same, OTHER_WISH.email));
        assert_eq!(subjects(&app, OTHER_WISH.email).await.last().unwrap(), "すでに登録されているメールアドレスです");
        app.clock.advance(MINUTE);
        let own: Uuid = ask!(
            &app.fresh.db,
            "select id from email where address = 'jiro@example.jp' and confirmed_at is null"
        );
        press_on(&browser, "again", &own.to_string()).await.leads_to("/profile?told=again");
        // The truth once an hour.
        assert_eq!(subjects(&app, OTHER_WISH.email).await.len(), 3);
    }
}

on_both! {
    async fn one_s_own_address_and_a_fourth_are_refused_beside_the_field(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        add(&browser, SECOND).await.leads_to("/profile?told=added");
        let before = app.written().await;
        for (typed, sentence) in [
            (WISH.email, YOURS),
            ("taro@EXAMPLE.jp", YOURS),
            (SECOND, YOURS),
            ("", "メールアドレスを入力してください。"),
            ("taro@example", "「@」の後ろをご確認ください。"),
        ] {
            let page = add(&browser, typed).await.refuses(422).shows(sentence);
            // Of two forms on the page only this one has failed.
            page.shows("プロフィール設定").shows("value=\"123456Taro\"").shows("value=\"たろう\"");
        }
        assert_eq!(app.written().await, before);
        add(&browser, THIRD).await.leads_to("/profile?told=added");
        browser.get("/profile").await.shows(THREE).hides("追加するメールアドレス");
        let page = add(&browser, "fourth@example.jp").await.refuses(422).shows(THREE);
        page.shows("value=\"fourth@example.jp\"");
        add(&browser, SECOND).await.refuses(422).shows(YOURS);
        assert_eq!(addresses(&app).await, 3);
    }
}

on_both! {
    async fn case_41_of_six_additions_at_once_two_find_room(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let typed: Vec<_> = (0..6).map(|n| format!("address{n}@example.jp")).collect();
        let answers = join_all(typed.iter().map(|address| add(&browser, address))).await;
        let (added, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|seen| seen.status == 303);
        assert_eq!((added.len(), refused.len()), (2, 4));
        for seen in refused {
            seen.refuses(422).shows(THREE);
        }
        assert_eq!(addresses(&app).await, 3);
        // The same address six times at once is one.
        press(&app, &browser, "remove", &added_address(&app).await).await.leads_to("/profile?told=removed");
        let answers = join_all((0..6).map(|_| add(&browser, SECOND))).await;
        assert_eq!(answers.iter().filter(|seen| seen.status == 303).count(), 1);
        assert_eq!(addresses(&app).await, 3);
        assert_eq!(subjects(&app, SECOND).await, ["メールアドレスの確認"]);
    }
}

on_both! {
    async fn ten_addresses_that_may_be_strangers_are_enough_for_a_day(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        // What was confirmed is nobody else's.
        add_and_confirm(&app, &browser, SECOND).await;
        let address = |n: u32| format!("stranger{n}@example.jp");
        for n in 1..=10 {
            add(&browser, &address(n)).await.leads_to("/profile?told=added");
            press(&app, &browser, "remove", &address(n)).await.leads_to("/profile?told=removed");
        }
        let before = app.written().await;
        let eleventh = add(&browser, &address(11)).await.refuses(422);
        eleventh.shows("追加できるアドレスは24時間に10個までです。時間をおいて、もう一度お試しください。");
        assert_eq!(app.written().await.since(before), crate::test_app::Written::default());
        assert_eq!(app.letters_to(&address(11)).await.len(), 0);
        // One of the ten is no other one, and an address can still be given up.
        app.clock.advance(2 * MINUTE);
        add(&browser, &address(10)).await.leads_to("/profile?told=added");
        press(&app, &browser, "remove", SECOND).await.leads_to("/profile?told=removed");
        press(&app, &browser, "remove", &address(10)).await.leads_to("/profile?told=removed");

        let add_later = async || {
            let browser = app.browser();
            browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
            add(&browser, &address(11)).await
        };
        app.clock.advance(24 * HOUR - 2 * MINUTE - INSTANT);
        add_later().await.refuses(422);
        app.clock.advance(INSTANT);
        add_later().await.leads_to("/profile?told=added");
    }
}

on_both! {
    async fn case_attack_18_addresses_added_while_the_clock_was_ahead_use_up_no_other_day(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let signed_in = async || {
            let browser = app.browser();
            browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
            browser
        };
        app.clock.advance(48 * HOUR);
        let ahead = signed_in().await;
        for n in 1..=10 {
            let address = format!("stranger{n}@example.jp");
            add(&ahead, &address).await.leads_to("/profile?told=added");
            press(&app, &ahead, "remove", &address).await.leads_to("/profile?told=removed");
        }
        app.clock.set_back(48 * HOUR);
        add(&signed_in().await, "own@example.jp").await.leads_to("/profile?told=added");
    }
}

/// One of the addresses that wait.
async fn added_address(app: &TestApp) -> String {
    ask!(
        &app.fresh.db,
        "select min(address) from email where confirmed_at is null"
    )
}

on_both! {
    async fn case_42_the_last_confirmed_address_stays(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        let before = app.written().await;
        press(&app, &browser, "remove", WISH.email).await.refuses(422).shows(LAST).shows("taro@example.jp");
        assert_eq!(app.written().await, before);
        // One that waits does not count.
        add(&browser, SECOND).await.leads_to("/profile?told=added");
        press(&app, &browser, "remove", WISH.email).await.refuses(422).shows(LAST);
        confirm(&app, &app.newest_letter_to(SECOND).await).await;
        // Both at once: one of them stays.
        let (first, second) = tokio::join!(
            press(&app, &browser, "remove", WISH.email),
            press(&app, &browser, "remove", SECOND),
        );
        let mut seen = [first.status.as_u16(), second.status.as_u16()];
        seen.sort_unstable();
        assert_eq!(seen, [303, 422]);
        assert_eq!(addresses(&app).await, 1);
    }
}

on_both! {
    async fn a_removed_address_is_told_and_opens_nothing_any_more(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        add_and_confirm(&app, &browser, SECOND).await;
        add_and_confirm(&app, &browser, THIRD).await;
        assert_eq!(notices(&app).await.as_deref(), Some(WISH.email));
        app.browser().post("/reissue", &[("email", WISH.email)]).await.leads_to("/reissue/sent");
        let reissue = app.newest_letter_to(WISH.email).await;
        press(&app, &browser, "remove", WISH.email).await.leads_to("/profile?told=removed");
        browser.get("/profile?told=removed").await.shows("メールアドレスを削除しました。").hides(WISH.email);
        for told in [WISH.email, SECOND, THIRD] {
            let letter = app.newest_letter_to(told).await;
            assert!(letter.subject.ends_with("登録内容の変更のお知らせ"), "{told}: {}", letter.subject);
            let mut lines = letter.text.lines();
            lines.find(|line| *line == "削除したメールアドレス").unwrap();
            assert_eq!(lines.next(), Some(WISH.email), "{}", letter.text);
        }
        assert_eq!(notices(&app).await.as_deref(), Some(SECOND), "the oldest that remains");
        assert_eq!(entries(&app, "address_removed").await, 1);

        // The letter of before opens nothing, and no other is sent.
        let path = reissue.text.lines().find_map(|line| line.trim().strip_prefix(crate::test_app::PUBLIC)).unwrap();
        let thief = app.browser();
        thief.get(path).await.leads_to("/reissue/provisional");
        thief.get("/reissue/provisional").await.refuses(403).shows(text::LINK_TAKEN_BACK);
        app.clock.advance(MINUTE);
        thief.post("/reissue", &[("email", WISH.email)]).await.leads_to("/reissue/sent");
        assert_eq!(subjects(&app, WISH.email).await.last().unwrap(), "登録が見つかりませんでした");
        // A double click finds it gone already, which is what was wanted.
        let gone = Uuid::now_v7().to_string();
        press_on(&browser, "remove", &gone).await.leads_to("/profile");
    }
}

on_both! {
    async fn one_that_waits_is_removed_with_its_letter_and_the_caps_still_count(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        add(&browser, SECOND).await.leads_to("/profile?told=added");
        let letter = app.newest_letter_to(SECOND).await;
        let told = app.letters_to(WISH.email).await.len();
        press(&app, &browser, "remove", SECOND).await.leads_to("/profile?told=removed");
        confirm(&app, &letter).await.refuses(403).shows(text::LINK_TAKEN_BACK);
        assert_eq!(app.letters_to(WISH.email).await.len(), told, "nothing that counted was changed");
        // Nobody fills a stranger's mailbox by adding and removing.
        for _ in 0..3 {
            add(&browser, SECOND).await.leads_to("/profile?told=earlier");
            browser.get("/profile?told=earlier").await.shows("新しいメールをお送りしません。")
                .shows("確認メールは送られていません。");
            press(&app, &browser, "remove", SECOND).await.leads_to("/profile?told=removed");
        }
        assert_eq!(app.letters_to(SECOND).await.len(), 1);
        app.clock.advance(MINUTE);
        add(&browser, SECOND).await.leads_to("/profile?told=added");
        confirm(&app, &app.newest_letter_to(SECOND).await).await.leads_to("/profile/emails/confirmed");
    }
}

on_both! {
    async fn a_confirmation_is_sent_again_where_the_first_did_not_come(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        add(&browser, SECOND).await.leads_to("/profile?told=added");
        press(&app, &browser, "again", SECOND).await.leads_to("/profile?told=earlier");
        assert_eq!(app.letters_to(SECOND).await.len(), 1);
        app.clock.advance(MINUTE);
        press(&app, &browser, "again", SECOND).await.leads_to("/profile?told=again");
        browser.get("/profile?told=again").await.shows("確認のメールをもう一度お送りしました。").shows("今日 13:01 まで");
        let letters = app.letters_to(SECOND).await;
        assert_eq!(letters.len(), 2);
        assert_eq!(entries(&app, "confirmation_asked").await, 2);

        // Both work until one of them is used; then neither does anything more.
        confirm(&app, &letters[0]).await.leads_to("/profile/emails/confirmed");
        app.browser().get(&path_in(&letters[1])).await.leads_to("/profile/emails/confirm");
        let looking = app.browser();
        looking.get(&path_in(&letters[1])).await;
        looking.get("/profile/emails/confirm").await.shows("メールアドレスを登録しました");
        // A confirmed one needs no letter.
        app.clock.advance(MINUTE);
        press(&app, &browser, "again", SECOND).await.leads_to("/profile");
        assert_eq!(app.letters_to(SECOND).await.len(), 2);
    }
}

on_both! {
    async fn when_the_letter_s_three_hours_are_over_the_page_says_so(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        add(&browser, SECOND).await.leads_to("/profile?told=added");
        for _ in 0..8 {
            app.clock.advance(20 * MINUTE);
            browser.get("/profile").await.shows(WAITING);
        }
        app.clock.advance(20 * MINUTE - INSTANT);
        browser.get("/profile").await.shows("今日 13:00 まで");
        app.clock.advance(INSTANT);
        browser.get("/profile").await.hides("今日 13:00 まで").shows("確認メールのURLの期限が切れました。");
        press(&app, &browser, "again", SECOND).await.leads_to(DUE);
        give(&browser, WISH.password).await.leads_to("/profile?told=again");
        confirm(&app, &app.newest_letter_to(SECOND).await).await.leads_to("/profile/emails/confirmed");
    }
}

on_both! {
    async fn case_39_an_address_asks_for_the_present_password_after_ten_minutes(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        add_and_confirm(&app, &browser, SECOND).await;
        app.clock.advance(10 * MINUTE - INSTANT);
        add(&browser, "in-time@example.jp").await.leads_to("/profile?told=added");
        press(&app, &browser, "remove", "in-time@example.jp").await.leads_to("/profile?told=removed");

        app.clock.advance(INSTANT);
        let before = app.written().await;
        add(&browser, THIRD).await.leads_to(DUE);
        let page = browser.get(DUE).await.shows("画面 P-4").shows("次のメールアドレスを追加し").shows(THIRD);
        page.shows("name=\"current_password\"").shows("href=\"/profile\"");
        give(&browser, "").await.refuses(422).shows("現在のパスワードを入力してください。").shows(THIRD);
        assert_eq!(app.written().await, before, "nothing is done before the password");
        give(&browser, "wrong1234").await.refuses(422).shows(WRONG).shows(THIRD).hides("wrong1234");
        assert_eq!(addresses(&app).await, 2);
        let token = browser.cookie("__Host-session");
        give(&browser, WISH.password).await.leads_to("/profile?told=added");
        assert_ne!(browser.cookie("__Host-session"), token, "case 32");
        assert_eq!(browser.cookie("__Host-asked"), None);
        browser.get("/profile").await.shows(THIRD);

        // For ten minutes again it is not asked for; then for each of them.
        app.clock.advance(10 * MINUTE - INSTANT);
        press(&app, &browser, "again", THIRD).await.leads_to("/profile?told=again");
        app.clock.advance(INSTANT);
        press(&app, &browser, "again", THIRD).await.leads_to(DUE);
        browser.get(DUE).await.shows("確認のメールをもう一度").shows(THIRD);
        press(&app, &browser, "remove", SECOND).await.leads_to(DUE);
        browser.get(DUE).await.shows("次のメールアドレスを削除します。").shows(SECOND).hides(THIRD);
        give(&browser, WISH.password).await.leads_to("/profile?told=removed");
        assert_eq!(addresses(&app).await, 2);

        // Where notices go is no matter of passwords.
        app.clock.advance(10 * MINUTE);
        press_on(&browser, "notices", "none").await.leads_to("/profile?told=notices");
    }
}

on_both! {
    /// What cannot be done is said at once: nobody types a password for it.
    async fn what_is_not_possible_asks_for_no_password(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        app.clock.advance(10 * MINUTE);
        press(&app, &browser, "remove", WISH.email).await.refuses(422).shows(LAST);
        add(&browser, WISH.email).await.refuses(422).shows(YOURS);
        // Another window is quicker while the password is typed.
        add(&browser, SECOND).await.leads_to(DUE);
        let other = app.browser();
        other.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        add(&other, SECOND).await.leads_to("/profile?told=added");
        give(&browser, WISH.password).await.leads_to("/profile?told=refused");
        browser.get("/profile?told=refused").await.shows("登録内容が変わったため").shows(SECOND);
        assert_eq!(addresses(&app).await, 2);
    }
}

on_both! {
    async fn the_password_s_page_without_a_wish_leads_back(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        app.clock.advance(10 * MINUTE);
        browser.get("/profile").await.shows("現在のパスワード");
        browser.get(DUE).await.shows("現在のパスワードの確認").hides("次のメールアドレス");
        give(&browser, WISH.password).await.leads_to("/profile");
        browser.get("/profile").await.hides("現在のパスワード");

        // What waits belongs to its session: nobody else does it in this browser.
        app.clock.advance(10 * MINUTE);
        add(&browser, SECOND).await.leads_to(DUE);
        browser.sign_out().await.leads_to("/login");
        app.registered(JIRO, &OTHER_WISH).await;
        browser.sign_in(OTHER_WISH.login_id, OTHER_WISH.password).await.leads_to("/home");
        browser.get(DUE).await.hides(SECOND);
        give(&browser, OTHER_WISH.password).await.leads_to("/profile");
        assert_eq!(addresses(&app).await, 2, "one each");
    }
}

on_both! {
    async fn case_43_another_member_s_address_is_not_there(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let jiro = app.signed_in(JIRO, &OTHER_WISH).await;
        add(&jiro, SECOND).await.leads_to("/profile?told=added");
        let browser = app.signed_in(TARO, &WISH).await;
        for late in [false, true] {
            if late {
                app.clock.advance(10 * MINUTE);
            }
            for button in ["again", "remove", "notices"] {
                for address in [OTHER_WISH.email, SECOND] {
                    press(&app, &browser, button, address).await.refuses(404).hides(address);
                }
                for nonsense in ["", "x", "none ", "' or 1=1"] {
                    press_on(&browser, button, nonsense).await.refuses(404);
                }
            }
        }
        assert_eq!(entries(&app, "not_theirs").await, 12, "every one is logged");
        assert_eq!(entries(&app, "address_removed").await, 0);
        assert_eq!(addresses(&app).await, 3);
        assert_eq!(app.letters_to(SECOND).await.len(), 1);
        assert_eq!(notices(&app).await.as_deref(), Some(WISH.email));
        jiro.get("/profile").await.shows("お知らせの宛先").shows(SECOND);
    }
}

on_both! {
    async fn notices_go_to_one_confirmed_address_or_to_none(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        add_and_confirm(&app, &browser, SECOND).await;
        assert_eq!(notices(&app).await.as_deref(), Some(WISH.email), "the first stays");
        let letters = app.letters_to(WISH.email).await.len();
        press(&app, &browser, "notices", SECOND).await.leads_to("/profile?told=notices");
        browser.get("/profile?told=notices").await.shows("お知らせの宛先を変更しました。");
        assert_eq!(notices(&app).await.as_deref(), Some(SECOND));
        press_on(&browser, "notices", "none").await.leads_to("/profile?told=notices");
        assert_eq!(notices(&app).await, None);
        browser.get("/profile").await.shows("お知らせメールを受け取らない設定です。");
        // Whoever wants none is not given any by a new address, nor by a removal.
        add_and_confirm(&app, &browser, THIRD).await;
        press(&app, &browser, "remove", SECOND).await.leads_to("/profile?told=removed");
        assert_eq!(notices(&app).await, None);
        press(&app, &browser, "notices", THIRD).await.leads_to("/profile?told=notices");
        assert_eq!(notices(&app).await.as_deref(), Some(THIRD));
        press(&app, &browser, "notices", THIRD).await.leads_to("/profile?told=notices");
        assert_eq!(entries(&app, "notices_changed").await, 3);
        let about_addresses = app.letters_to(WISH.email).await.len() - letters;
        assert_eq!(about_addresses, 2, "added and removed; a choice is told to nobody");
        // Every button at once: there is one in the end.
        let buttons = [WISH.email, THIRD, WISH.email, THIRD];
        join_all(buttons.map(|address| press(&app, &browser, "notices", address))).await;
        assert!(notices(&app).await.is_some());
    }
}

on_both! {
    async fn a_confirmation_is_refused_when_the_member_has_left(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.signed_in(TARO, &WISH).await;
        add(&browser, SECOND).await.leads_to("/profile?told=added");
        let letter = app.newest_letter_to(SECOND).await;
        tell!(&app.fresh.db, "update member set left_at = 1");
        let looking = app.browser();
        looking.get(&path_in(&letter)).await;
        looking.get("/profile/emails/confirm").await.refuses(403).shows(text::LINK_REFUSED);
        confirm(&app, &letter).await.refuses(403).shows(text::LINK_REFUSED);
        add(&browser, THIRD).await.leads_to("/login");
        tell!(&app.fresh.db, "update member set left_at = null");
        app.clock.advance(3 * HOUR - INSTANT);
        confirm(&app, &letter).await.leads_to("/profile/emails/confirmed");
    }
}
