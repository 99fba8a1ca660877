//! A browser without JavaScript: it keeps cookies, posts forms, follows nothing
//! by itself, and says what a member would have seen.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
};

use domain::ports::StoredLetter;
use percent_encoding::percent_decode_str;
use reqwest::{
    Client, Method, RequestBuilder, StatusCode,
    header::{HeaderMap, HeaderName, HeaderValue},
};

use crate::{
    postcards::Printed,
    test_app::{PUBLIC, Wish},
};

/// What came back.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Seen {
    /// What stands behind a status line and headers as they came over the wire.
    pub(crate) fn from_bytes(answer: &[u8]) -> Self {
        let answer = String::from_utf8_lossy(answer);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let headers = lines.filter_map(|line| line.split_once(": "));
        Self {
            status: status
                .and_then(|code| code.parse().ok())
                .unwrap_or_else(|| panic!("no answer: {answer}")),
            headers: headers
                .map(|(name, value)| {
                    let name: HeaderName = name.parse().unwrap();
                    (name, HeaderValue::from_str(value).unwrap())
                })
                .collect(),
            body: body.to_owned(),
        }
    }

    /// A header's value; empty where there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The member is led to another screen.
    #[track_caller]
    pub(crate) fn leads_to(self, path: &str) -> Self {
        let seen = (self.status.as_u16(), self.header("location"));
        assert_eq!(seen, (303, path), "instead there was: {}", self.words());
        self
    }

    /// The member reads this.
    #[track_caller]
    pub(crate) fn shows(self, words: &str) -> Self {
        assert!(
            self.text().contains(words),
            "「{words}」 is not in: {} {}",
            self.status,
            self.words()
        );
        self
    }

    /// The member does not read this.
    #[track_caller]
    pub(crate) fn hides(self, words: &str) -> Self {
        assert!(
            !self.text().contains(words),
            "「{words}」 is in: {} {}",
            self.status,
            self.words()
        );
        self
    }

    /// A refusal by our own page, which leads nowhere by itself.
    #[track_caller]
    pub(crate) fn refuses(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.words());
        assert_eq!(self.header("location"), "", "it leads away");
        assert_eq!(self.header("serverfnerror"), "");
        assert_eq!(self.header("content-type"), "text/html; charset=utf-8");
        self.shows("<html lang=\"ja\">").shows("画面 ")
    }

    /// Without the marks that leptos sets between two pieces of a text.
    fn text(&self) -> String {
        self.body.replace("<!>", "")
    }

    /// What stands on the screen, without the markup.
    pub(crate) fn words(&self) -> String {
        let text = self.text();
        let body = text.split_once("<body>").map_or(&*text, |(_, body)| body);
        let mut words = String::new();
        let mut in_tag = false;
        for c in body.chars() {
            match c {
                '<' => in_tag = true,
                '>' => {
                    in_tag = false;
                    words.push(' ');
                }
                c if !in_tag => words.push(c),
                _ => {}
            }
        }
        words.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    /// Everything that can be seen of the answer but for what was typed into the
    /// request, the hour in `date`, and the values of cookies (not their length).
    pub(crate) fn but_for(&self, typed: &str) -> String {
        let mut headers: Vec<_> = self
            .headers
            .iter()
            .filter(|(name, _)| *name != "date")
            .map(|(name, value)| {
                let value = value.to_str().unwrap();
                if name == "set-cookie" {
                    let (pair, rest) = value.split_once(';').unwrap();
                    let (cookie, value) = pair.split_once('=').unwrap();
                    let length = percent_decode_str(value).count();
                    format!("{name}: {cookie}={length} characters;{rest}")
                } else {
                    format!("{name}: {value}")
                }
            })
            .collect();
        headers.sort();
        let body = self.body.replace(typed, "(typed)");
        format!("{}\n{}\n\n{body}", self.status, headers.join("\n"))
    }
}

/// One visitor's browser.
pub(crate) struct Browser {
    client: Client,
    addr: SocketAddr,
    /// What it calls itself.
    name: String,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl Browser {
    pub(crate) fn new(client: Client, addr: SocketAddr) -> Self {
        Self {
            client,
            addr,
            name: "Test/1.0".to_owned(),
            cookies: Mutex::default(),
        }
    }

    /// The same, and it calls itself by this name.
    pub(crate) fn named(self, name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..self
        }
    }

    /// Another browser with the same cookies: a thief's, or a second tab.
    pub(crate) fn twin(&self) -> Self {
        let twin = Self::new(self.client.clone(), self.addr).named(&self.name);
        *twin.lock() = self.lock().clone();
        twin
    }

    /// A cookie's value.
    pub(crate) fn cookie(&self, name: &str) -> Option<String> {
        self.lock().get(name).cloned()
    }

    /// Plants a cookie.
    pub(crate) fn plant(&self, name: &str, value: &str) {
        self.lock().insert(name.to_owned(), value.to_owned());
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, String>> {
        self.cookies.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request with the cookies, and nothing else that a browser adds.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .client
            .request(method, format!("http://{}{path}", self.addr));
        let cookies: Vec<_> = self
            .lock()
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request.header("user-agent", &self.name);
        match cookies.is_empty() {
            true => request,
            false => request.header("cookie", cookies.join("; ")),
        }
    }

    /// Sends it and keeps the cookies.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Seen {
        let response = request.send().await.expect("the portal does not answer");
        let (status, headers) = (response.status(), response.headers().clone());
        for cookie in headers.get_all("set-cookie") {
            let (pair, rest) = cookie.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.lock();
            if rest.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Seen {
            status,
            headers,
            body: response.text().await.unwrap(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Seen {
        self.send(self.request(Method::GET, path)).await
    }

    /// Posts a form as our own pages do.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Seen {
        let request = self
            .request(Method::POST, path)
            .header("origin", PUBLIC)
            .header("sec-fetch-site", "same-origin")
            .form(fields);
        self.send(request).await
    }

    /// 新規利用登録: 送信する
    pub(crate) async fn post_email(&self, address: &str) -> Seen {
        self.post("/register", &[("email", address)]).await
    }

    /// Opens the letter's link and goes where it leads.
    pub(crate) async fn open_letter(&self, letter: &StoredLetter) -> Seen {
        self.get(&path_in(letter))
            .await
            .leads_to("/register/provisional");
        self.get("/register/provisional").await
    }

    /// 仮ログイン
    pub(crate) async fn enter_with_postcard(&self, card: &Printed) -> Seen {
        self.enter_with(&card.login_id, &card.password).await
    }

    /// 仮ログイン with whatever was typed.
    pub(crate) async fn enter_with(&self, login_id: &str, password: &str) -> Seen {
        self.post(
            "/register/provisional",
            &[("login_id", login_id), ("password", password)],
        )
        .await
    }

    /// 利用者情報入力: 登録
    pub(crate) async fn complete(&self, wish: &Wish<'_>) -> Seen {
        let fields = [
            ("login_id", wish.login_id),
            ("password", wish.password),
            ("password_confirmation", wish.password),
            ("email", wish.email),
            ("nickname", wish.nickname),
        ];
        self.post("/register/profile", &fields).await
    }

    /// ログイン
    pub(crate) async fn sign_in(&self, login_id: &str, password: &str) -> Seen {
        self.post("/login", &[("login_id", login_id), ("password", password)])
            .await
    }

    /// ホーム
    pub(crate) async fn home(&self) -> Seen {
        self.get("/home").await
    }

    /// ログアウト
    pub(crate) async fn sign_out(&self) -> Seen {
        self.post("/logout", &[]).await
    }
}

/// Path and query of the letter's one link into the registration.
pub(crate) fn path_in(letter: &StoredLetter) -> String {
    let mut links = letter
        .text
        .lines()
        .filter_map(|line| line.trim().strip_prefix(PUBLIC));
    let path = links.find(|path| path.starts_with("/register/verify?token="));
    path.unwrap_or_else(|| panic!("no link of ours in: {}", letter.text))
        .to_owned()
}
