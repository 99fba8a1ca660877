//! What people and programs type into forms: accepted, refused with a sentence,
//! or taken literally; never an error of ours.

use leptos::server_fn::axum::server_fn_paths;
use reqwest::Method;

use crate::test_app::{JIRO, OTHER_WISH, PUBLIC, TARO, TestApp, WISH, Wish};

on_both! {
    async fn case_a_nul_in_an_address_is_on_no_page(fresh: Fresh) {
        let app = crate::test_app::TestApp::start(fresh).await;
        let taro = app.signed_in(crate::test_app::TARO, &crate::test_app::WISH).await;
        for path in [
            "/notices?q=%00", "/notices?category=%00", "/health/%00", "/health?q=a%00b",
            "/notices/%00", "/expenses?person=%00", "/files/%00",
        ] {
            taro.get(path).await.refuses(404);
        }
    }
}

on_both! {
    async fn case_45_addresses_as_japanese_carriers_gave_them_out_are_members(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        for (key, address, login_id) in [
            (TARO, "a..b@docomo.ne.jp", "docomo"),
            (JIRO, "a.@ezweb.ne.jp", "ezweb"),
        ] {
            let browser = app.registered(key, &Wish { login_id, email: address, ..WISH }).await;
            let welcome = app.newest_letter_to(address).await;
            assert!(welcome.text.contains(login_id), "{}", welcome.text);
            browser.sign_in(login_id, WISH.password).await.leads_to("/home");
        }
    }
}

on_both! {
    async fn case_46_what_is_no_address_is_refused_in_words_and_nothing_is_sent(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let before = app.written().await;
        let long = format!("{}@example.jp", "a".repeat(250));
        for (typed, sentence) in [
            ("", "メールアドレスを入力してください。"),
            ("taro", "「@」を1つ入れてください。"),
            ("taro@example.jp\r\nBcc: all@example.jp", "使えない文字"),
            ("taro@example.jp\n", "使えない文字"),
            ("taro@example.jp,jiro@example.jp", "使えない文字「,」があります。"),
            ("<taro@example.jp>", "使えない文字"),
            ("\"taro\"@example.jp", "使えない文字"),
            ("ta\0ro@example.jp", "見えない文字があります。取り除いてください。"),
            ("taro @example.jp", "使えない文字「空白」があります。"),
            ("ｔａｒｏ@example.jp", "全角文字が入っています。"),
            ("taro@example", "「@」の後ろをご確認ください。"),
            ("taro@[127.0.0.1]", "使えない文字"),
            (&long, "メールアドレスが長すぎます。"),
        ] {
            let answer = app.browser().post_email(typed).await.refuses(422);
            assert!(answer.words().contains(sentence), "{typed:?}: {}", answer.words());
        }
        assert_eq!(app.written().await, before);
    }
}

on_both! {
    async fn case_47_a_nickname_is_shown_as_it_is_and_never_run(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(TARO, "taro@example.jp").await;
        let long = "あ".repeat(21);
        let huge = "a".repeat(10_000);
        for (nickname, sentence) in [
            ("", "ニックネームを入力してください。"),
            ("太\u{202E}郎", "表示できない文字が入っています。"),
            ("太\u{200B}郎", "表示できない文字が入っています。"),
            ("太\u{7}郎", "表示できない文字が入っています。"),
            (&long, "20文字以内にしてください（今は21文字）。"),
            (&huge, "20文字以内にしてください（今は10000文字）。"),
        ] {
            let answer = browser.complete(&Wish { nickname, ..WISH }).await.refuses(422);
            answer.shows(sentence).shows("value=\"123456Taro\"").hides(WISH.password);
        }
        let nickname = "</script><b>&\"'太郎";
        // What was typed comes back into its field, and nowhere ends it.
        let again = browser.complete(&Wish { nickname, login_id: "", ..WISH }).await.refuses(422);
        again.hides(nickname).hides("</script><b>");
        browser.complete(&Wish { nickname, ..WISH }).await.leads_to("/register/done");
        browser.sign_in(WISH.login_id, WISH.password).await.leads_to("/home");
        let home = browser.home().await.hides("</script><b>").hides("<b>&");
        assert!(home.words().contains("&lt;/script&gt;&lt;b&gt;&amp;"), "{}", home.words());
        let welcome = app.newest_letter_to("taro@example.jp").await;
        assert!(welcome.text.contains(nickname), "{}", welcome.text);
        for html in app.html_of_letters().await {
            assert!(!html.contains("</script>") && !html.contains("<b>&"), "{html}");
        }
    }
}

on_both! {
    async fn case_48_common_passwords_are_refused_with_the_reason(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(TARO, "taro@example.jp").await;
        for (password, sentence) in [
            ("password1", "よく使われていて推測されやすいパスワードです。"),
            ("1q2w3e4r", "よく使われていて推測されやすいパスワードです。"),
            ("KENPO123", "大文字は使えません。"),
            ("kenpokenpo", "半角数字も入れてください。"),
            ("12345678", "半角英小文字も入れてください。"),
            ("kenpo12", "8文字以上にしてください（あと1文字）。"),
        ] {
            browser.complete(&Wish { password, ..WISH }).await.refuses(422).shows(sentence);
        }
        let same = Wish { login_id: "taro2026", password: "taro2026", ..WISH };
        browser.complete(&Wish { login_id: "1234yama", password: "1234yama", ..same }).await.refuses(422)
            .shows("ログインIDと同じパスワードは使えません。");
    }
}

on_both! {
    /// Every 4xx has our page, never a Location, whatever Referer says.
    async fn case_49_what_no_form_of_ours_sends_is_refused_by_our_page(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let browser = app.with_postcard(TARO, "taro@example.jp").await;
        let member = app.signed_in(JIRO, &OTHER_WISH).await;
        let before = app.written().await;
        const FORM: &str = "application/x-www-form-urlencoded";
        let huge = format!("email={}", "a".repeat(3_000_000));
        let crowded: Vec<_> = (0..3_000).map(|n| format!("k{n}=")).collect();
        let crowded = crowded.join("&");
        for (path, _) in server_fn_paths() {
            for (kind, body, status) in [
                (FORM, "email=%FF&login_id=%FF&password=a", 400),
                (FORM, "email=a@example.jp&email=b@example.jp", 400),
                (FORM, "login_id[]=a&password=b", 400),
                (FORM, "login_id%5B0%5D=a&password=b", 400),
                ("application/json", "{\"email\":\"a@example.jp\"}", 415),
                ("multipart/form-data; boundary=x", "--x--", 415),
                ("text/plain", "email=a@example.jp", 415),
                ("application/cbor", "x", 415),
                ("", "email=a@example.jp", 415),
                (FORM, &huge, 413),
                (FORM, &crowded, 400),
            ] {
                for visitor in [&browser, &member] {
                    let request = visitor.request(Method::POST, path)
                        .header("origin", PUBLIC)
                        .header("referer", format!("{PUBLIC}/evil"))
                        .header("accept", "application/json")
                        .body(body.to_owned());
                    let request = if kind.is_empty() { request } else { request.header("content-type", kind) };
                    let answer = visitor.send(request).await;
                    assert_eq!(answer.status, status, "{path} {kind} {}", &body[..body.len().min(60)]);
                    answer.refuses(status);
                }
            }
        }
        assert_eq!(app.written().await, before);
        // Missing and unknown fields are like empty ones and none.
        for path in ["/register", "/register/provisional", "/register/profile", "/login", "/reissue"] {
            browser.post(path, &[]).await.refuses(422).shows("ご確認ください");
            browser.post(path, &[("nonsense", "1"), ("form", "x")]).await.refuses(422);
        }
    }
}

on_both! {
    async fn case_49_a_chunked_body_without_a_length_is_cut_off_too(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        let chunk = format!("8000\r\n{}\r\n", "a".repeat(0x8000));
        let answer = app.raw(&format!(
            "POST /login HTTP/1.1\r\nHost: portal.example.jp\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nTransfer-Encoding: chunked\r\n\r\n\
             {chunk}{chunk}0\r\n\r\n"
        )).await;
        answer.refuses(413);
    }
}

on_both! {
    async fn case_50_what_means_something_to_sql_means_nothing_here(fresh: Fresh) {
        let app = TestApp::start(fresh).await;
        app.registered(TARO, &WISH).await;
        let nasty = ["' or '1'='1", "'; drop table member; --", "\\'; select 1", "%", "$1", "\u{0}"];
        for typed in nasty {
            app.browser().sign_in(typed, typed).await.refuses(422);
            app.browser().sign_in(WISH.login_id, typed).await.refuses(422);
            app.browser().post_email(typed).await.refuses(422);
            app.browser().get(&format!("/register/verify?token={}", typed.replace('%', "%25").replace(' ', "+").replace('\0', "%00")))
                .await.leads_to("/register/provisional");
            app.clock.advance(std::time::Duration::from_secs(3600));
        }
        // A quote may stand in an address.
        let address = "o'neil--x@example.jp";
        let nickname = "'; drop table--%$1";
        let wish = Wish { email: address, nickname, ..OTHER_WISH };
        let browser = app.registered(JIRO, &wish).await;
        browser.sign_in(wish.login_id, wish.password).await.leads_to("/home");
        let stored: String = ask!(&app.fresh.db, "select nickname from member where login_id = '654321Jiro'");
        assert_eq!(stored, nickname);
    }
}
