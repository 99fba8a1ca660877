//! 新規利用登録 over HTTP: from the address to the first sign-in, and what must
//! not work on the way.

use crate::test_app::{TARO, TestApp, WISH};

on_both! {
    async fn from_the_postcard_to_the_first_sign_in(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.browser();
        browser.get("/register").await.shows("メールアドレスを入力し、送信してください。");
        browser.post_email("taro@example.jp").await.leads_to("/register/sent");
        browser.get("/register/sent").await.shows("taro@example.jp").shows("今日 13:00");

        let letter = app.newest_letter_to("taro@example.jp").await;
        assert_eq!(letter.subject, "【AB健康マイポータル】利用登録手続きのご案内");
        let elsewhere = app.browser();
        elsewhere.open_letter(&letter).await.shows("ハガキ").shows("今日 13:00");
        elsewhere.enter_with_postcard(&app.card(TARO)).await.leads_to("/register/profile");
        elsewhere.get("/register/profile").await
            .shows("利用者情報入力").shows("value=\"taro@example.jp\"");
        elsewhere.complete(&WISH).await.leads_to("/register/done");
        elsewhere.get("/register/done").await
            .shows("利用登録が完了しました。").shows("123456Taro").hides("natsu2026yama");

        let welcome = app.newest_letter_to("taro@example.jp").await;
        assert!(welcome.text.contains("123456Taro") && !welcome.text.contains("natsu2026yama"));

        elsewhere.home().await.leads_to("/login");
        elsewhere.sign_in("123456Taro", "natsu2026yama").await.leads_to("/home");
        elsewhere.home().await.shows("たろうさん、こんにちは");
        elsewhere.sign_out().await.leads_to("/login");
        elsewhere.home().await.leads_to("/login");
    }
}
