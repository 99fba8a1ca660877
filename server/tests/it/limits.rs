//! The outer limit: what one network address may post.

use std::{net::SocketAddr, time::Duration};

use domain::text;
use reqwest::Method;
use server::http::{RateLimitSetting, connections::Places};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpSocket, TcpStream},
    time::{sleep, timeout},
};

use crate::{
    browser::{Browser, Seen},
    test_app::{HOUR, INSTANT, MINUTE, PUBLIC, TARO, TestApp, WISH},
    web::is_armoured,
};

/// Behind a proxy on this machine, or not; three posts, and no more for an hour.
async fn start(fresh: crate::fresh::Fresh, behind_a_proxy: bool) -> TestApp {
    TestApp::start_with(fresh, |config| {
        config.limits.posts = RateLimitSetting {
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
            config.limits.posts = RateLimitSetting { at_once: 1, then_every: HOUR };
        }).await;
        let browser = app.browser();
        post_from(&browser, "").await.refuses(422);
        app.clock.advance(HOUR - INSTANT);
        post_from(&browser, "").await.refuses(429);
        app.clock.advance(INSTANT);
        post_from(&browser, "").await.refuses(422);
        post_from(&browser, "").await.refuses(429);
    }
}

on_both! {
    async fn case_attack_11_one_address_cannot_have_letters_sent_without_end(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| {
            config.trusted_proxies = vec![[127, 0, 0, 1].into()];
            config.limits.letters = RateLimitSetting { at_once: 2, then_every: MINUTE };
            config.limits.all_letters = RateLimitSetting { at_once: 5, then_every: MINUTE };
        }).await;
        let browser = app.browser();
        let ask = async |path: &str, n: u32, from: &str| {
            let request = browser
                .request(Method::POST, path)
                .header("origin", PUBLIC)
                .header("x-forwarded-for", from)
                .form(&[("email", format!("a{n}@example.jp"))]);
            browser.send(request).await
        };
        // Both ways to a letter are one allowance.
        ask("/register", 1, "203.0.113.1").await.leads_to("/register/sent");
        ask("/reissue", 2, "203.0.113.1").await.leads_to("/reissue/sent");
        let refused = ask("/register", 3, "203.0.113.1").await.refuses(429).shows(text::TOO_OFTEN);
        assert_eq!(refused.header("retry-after"), "60");
        ask("/reissue", 3, "203.0.113.1").await.refuses(429);
        // A sign-in from there is no letter.
        post_from(&browser, "203.0.113.1").await.refuses(422);
        // Many addresses together have the portal's own budget.
        for (n, from) in [(4, "203.0.113.2"), (5, "203.0.113.3"), (6, "203.0.113.4")] {
            ask("/register", n, from).await.leads_to("/register/sent");
        }
        let refused = ask("/register", 7, "203.0.113.5").await.refuses(503);
        assert_eq!(refused.header("retry-after"), "60");
        app.clock.advance(MINUTE);
        // Whoever was turned away for the others' sake has lost nothing of the own.
        ask("/register", 7, "203.0.113.5").await.leads_to("/register/sent");
        let letters: i64 = ask!(&app.fresh.db, "select count(*) from letter");
        assert_eq!(letters, 6);
    }
}

on_both! {
    async fn case_attack_22_one_password_is_not_tried_on_everybody_from_one_address(fresh: Fresh) {
        let app = TestApp::start_with(fresh, |config| {
            config.trusted_proxies = vec![[127, 0, 0, 1].into()];
            config.limits.wrong_tries = RateLimitSetting { at_once: 3, then_every: MINUTE };
        }).await;
        app.registered(TARO, &WISH).await;
        let browser = app.browser();
        let sign_in = async |login_id: &str, password: &str, from: &str| {
            let request = browser
                .request(Method::POST, "/login")
                .header("origin", PUBLIC)
                .header("x-forwarded-for", from)
                .form(&[("login_id", login_id), ("password", password)]);
            browser.send(request).await
        };
        // A company's colleagues come in by the hundred: the right ones do not count.
        for _ in 0..10 {
            sign_in(WISH.login_id, WISH.password, "203.0.113.1").await.leads_to("/home");
        }
        let before = app.written().await;
        for n in 0..3 {
            sign_in(&format!("member{n}"), "natsu2026yama", "203.0.113.1").await.refuses(422);
        }
        for n in 3..6 {
            let refused = sign_in(&format!("member{n}"), "natsu2026yama", "203.0.113.1").await;
            refused.refuses(429).shows(text::TOO_OFTEN);
        }
        assert_eq!(app.written().await.since(before).tries, 3);
        sign_in("member6", "natsu2026yama", "203.0.113.2").await.refuses(422);
        app.clock.advance(MINUTE);
        sign_in("member7", "natsu2026yama", "203.0.113.1").await.refuses(422);
        sign_in("member8", "natsu2026yama", "203.0.113.1").await.refuses(429);
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
            "select network from refused_try where event = 'sign_in_failed'"
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

/// On one engine: no connection asks the database.
#[tokio::test(flavor = "multi_thread")]
async fn case_attack_who_takes_nothing_of_an_answer_is_let_go() {
    let patience = Duration::from_millis(200);
    let app = TestApp::start_with(crate::fresh::sqlite().await, |config| {
        config.places = Places {
            patience,
            ..Places::default()
        };
    })
    .await;
    let mut slow = TcpStream::connect(app.addr()).await.unwrap();
    // Far more than lies between the two sides, asked for at once.
    let request = "GET /about HTTP/1.1\r\nhost: portal.example.jp\r\n\r\n";
    slow.write_all(request.repeat(3_000).as_bytes())
        .await
        .unwrap();
    // Nothing is read. When the server has gone, what is said to it comes back as an error.
    let gone = async {
        while slow.write_all(b"x").await.is_ok() {
            sleep(patience).await;
        }
    };
    timeout(100 * patience, gone)
        .await
        .expect("the server waits for ever");

    // Who takes a little now and then is waited for.
    let mut patient = TcpStream::connect(app.addr()).await.unwrap();
    let request = "GET /about HTTP/1.1\r\nhost: portal.example.jp\r\nconnection: close\r\n\r\n";
    patient.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    patient.read_to_end(&mut answer).await.unwrap();
    assert!(answer.ends_with(b"</html>"));
}

/// On one engine: no connection asks the database.
#[tokio::test(flavor = "multi_thread")]
async fn case_attack_21_idle_connections_keep_nobody_out() {
    let app = TestApp::start_with(crate::fresh::sqlite().await, |config| {
        config.places = Places {
            all: 8,
            of_one: 3,
            ..Places::default()
        };
    })
    .await;
    let from = async |host: u8| {
        let socket = TcpSocket::new_v4().unwrap();
        socket
            .bind(SocketAddr::from(([127, 0, 0, host], 0)))
            .unwrap();
        socket.connect(app.addr()).await.unwrap()
    };
    let answered = async |stream: &mut TcpStream| {
        let request = "GET /healthz HTTP/1.1\r\nhost: portal.example.jp\r\n\r\n";
        stream.write_all(request.as_bytes()).await.unwrap();
        // To its end: the connection is used again.
        let mut answer = Vec::new();
        loop {
            answer.push(stream.read_u8().await?);
            let text = String::from_utf8_lossy(&answer).to_lowercase();
            let Some((head, body)) = text.split_once("\r\n\r\n") else {
                continue;
            };
            let length = head.split("content-length: ").nth(1).unwrap();
            let length: usize = length.lines().next().unwrap().parse().unwrap();
            if body.len() == length {
                return Ok::<_, std::io::Error>(text.starts_with("http/1.1 200"));
            }
        }
    };
    let is_closed =
        async |stream: &mut TcpStream| stream.read(&mut [0]).await.is_ok_and(|n| n == 0);
    // One address has its share, and its own oldest give way.
    let mut idle = Vec::new();
    for _ in 0..10 {
        idle.push(from(2).await);
    }
    assert!(answered(&mut from(2).await).await.unwrap());
    for stream in &mut idle[..7] {
        assert!(is_closed(stream).await);
    }
    // Many addresses together take all places; the next visitor gets in at once.
    for host in 3..20 {
        for _ in 0..3 {
            idle.push(from(host).await);
        }
    }
    let mut visitor = from(99).await;
    assert!(answered(&mut visitor).await.unwrap());
    // Whoever has been heard lately stays when the next comes.
    let _next = from(98).await;
    assert!(answered(&mut visitor).await.unwrap());
}
