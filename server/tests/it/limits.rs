//! The outer limit: what one network address may post.

use domain::text;
use reqwest::Method;
use server::http::Allowance;

use crate::{
    browser::{Browser, Seen},
    test_app::{HOUR, INSTANT, PUBLIC, TestApp},
    web::is_armoured,
};

/// Behind a proxy on this machine, or not; three posts, and no more for an hour.
async fn start(fresh: crate::fresh::Fresh, behind_a_proxy: bool) -> TestApp {
    TestApp::start_with(fresh, |config| {
        config.allowance = Allowance {
            at_once: 3,
            then_every: HOUR,
        };
        if behind_a_proxy {
            config.trusted_proxies = vec![[127, 0, 0, 1].into()];
        }
    })
    .await
}

async fn post_from(browser: &Browser, address: &str) -> Seen {
    let request = browser
        .request(Method::POST, "/login")
        .header("origin", PUBLIC)
        .header("x-forwarded-for", address)
        .form(&[("login_id", "nobody"), ("password", "wrong1234")]);
    browser.send(request).await
}

on_both! {
    async fn beyond_the_limit_an_address_is_told_to_wait(fresh: Fresh) {
        let app = start(fresh, true).await;
        let browser = app.browser();
        let before = app.written().await;
        for _ in 0..3 {
            post_from(&browser, "203.0.113.7").await.refuses(422);
        }
        let refused = post_from(&browser, "203.0.113.7").await.refuses(429).shows(text::TOO_OFTEN);
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((3_500..=3_600).contains(&wait), "{wait}");
        assert_eq!(refused.header("cache-control"), "no-store");
        is_armoured("429", &refused);
        assert_eq!(app.written().await.since(before).tries, 3, "a refused post was counted");
        // Somebody else goes on as before, and so do pages and probes.
        post_from(&browser, "203.0.113.8").await.refuses(422);
        for path in ["/login", "/healthz", "/readyz", "/pkg/client-x.js"] {
            assert_eq!(browser.get(path).await.status, 200, "{path}");
        }
    }
}

on_both! {
    async fn after_a_while_the_address_may_post_again(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| {
            config.allowance = Allowance { at_once: 1, then_every: 200 * INSTANT };
        }).await;
        let browser = app.browser();
        for status in [429, 422, 429] {
            app.until("the limit is reached, and over again", || async {
                post_from(&browser, "").await.status == status
            }).await;
        }
    }
}

on_both! {
    async fn case_27_an_address_is_believed_from_our_own_proxies_only(fresh: Fresh) {
        let app = start(fresh, false).await;
        let browser = app.browser();
        for n in 0..3 {
            post_from(&browser, &format!("203.0.113.{n}")).await.refuses(422);
        }
        post_from(&browser, "203.0.113.9").await.refuses(429);
    }
}

on_both! {
    async fn case_27_behind_our_proxies_the_last_address_that_is_not_theirs_counts(fresh: Fresh) {
        let app = start(fresh, true).await;
        // Whatever the client itself has put before it.
        post_from(&app.browser(), "198.51.100.1, nonsense, 203.0.113.7, 127.0.0.1").await.refuses(422);
        let noted: String = ask!(
            &app.fresh.db,
            "select network_address from audit where event = 'sign_in_failed'"
        );
        assert_eq!(noted, "203.0.113.7");
    }
}

on_both! {
    async fn addresses_of_one_ipv6_network_are_counted_together(fresh: Fresh) {
        let app = start(fresh, true).await;
        let browser = app.browser();
        for n in 1..=3 {
            post_from(&browser, &format!("2001:db8:1:2::{n}")).await.refuses(422);
        }
        post_from(&browser, "2001:db8:1:2:ffff::1").await.refuses(429);
        post_from(&browser, "2001:db8:1:3::1").await.refuses(422);
    }
}

on_both! {
    /// What another site makes a visitor's browser post is refused before it counts.
    async fn a_foreign_page_cannot_use_up_what_its_visitors_may_post(fresh: Fresh) {
        let app = start(fresh, false).await;
        let browser = app.browser();
        for _ in 0..10 {
            let request = browser.request(Method::POST, "/login")
                .header("origin", "https://evil.example")
                .form(&[("login_id", "nobody")]);
            browser.send(request).await.refuses(403);
        }
        post_from(&browser, "203.0.113.7").await.refuses(422);
    }
}
