//! The portal as a test has it: a server of its own on a free port, a roster, a
//! postcard for whoever gets one, a clock that stands, and a mailbox.

use std::{fs, net::SocketAddr, time::Duration};

use domain::ports::StoredLetter;
use mail_parser::MessageParser;
use reqwest::{Client, redirect::Policy};
use server::{
    base::{clock::Clock, hash::HashCost},
    config::Config,
    http::{Limits, RateLimitSetting},
    mail::mailbox,
    startup::build,
};
use store::Db;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    task::JoinHandle,
};

use crate::{
    browser::{Browser, Seen},
    fresh::Fresh,
    postcards::{self, Printed},
    roster::{self, NOW},
};

/// Where members find the portal: the server stands behind a proxy that does https.
pub(crate) const PUBLIC: &str = "https://portal.example.jp";

pub(crate) const TARO: &str = "1001-12-00";
pub(crate) const HANAKO: &str = "1001-12-01";
pub(crate) const SEIJIN: &str = "1001-12-02";
pub(crate) const JIRO: &str = "1001-13-00";
pub(crate) const SABURO: &str = "1001-14-00";
pub(crate) const SHIRO: &str = "1001-15-00";

/// One line a person; the first part of it is the person's key.
pub(crate) const PEOPLE: &str = "\
1001,12,00,架空 太郎,,1980-04-01,男,本人,2003-04-01,,0007,,1050001,東京都架空区見本町1-2-3
1001,12,01,架空 花子,,1982-12-31,女,妻,2010-06-01,,0007,,1050001,東京都架空区見本町1-2-3
1001,12,02,架空 成人,,2006-11-22,男,長男,2006-11-22,,0007,,1050001,東京都架空区見本町1-2-3
1001,13,00,見本 次郎,,1970-01-01,男,本人,1995-04-01,,0007,,1050001,東京都架空区見本町4-5-6
1001,14,00,見本 三郎,,1971-01-01,男,本人,1995-04-01,,0007,,1050001,東京都架空区見本町4-5-7
1001,15,00,見本 四郎,,1972-01-01,男,本人,1995-04-01,,0007,,1050001,東京都架空区見本町4-5-8
";

/// As small as argon2 allows: these stories are not about the cost of a hash.
pub(crate) const CHEAP: HashCost = HashCost {
    memory_kib: 8,
    passes: 1,
    lanes: 1,
};

/// Nor about how much one network address may post: everybody here has the same.
pub(crate) const FREELY: Limits = {
    let freely = RateLimitSetting {
        at_once: 1_000_000,
        then_every: INSTANT,
    };
    Limits {
        posts: freely,
        letters: freely,
        all_letters: freely,
        wrong_tries: freely,
    }
};

pub(crate) const MINUTE: Duration = Duration::from_secs(60);
pub(crate) const HOUR: Duration = Duration::from_secs(3600);
pub(crate) const INSTANT: Duration = Duration::from_millis(1);

/// What a member chooses in 利用者情報入力.
#[derive(Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) login_id: &'a str,
    pub(crate) password: &'a str,
    pub(crate) email: &'a str,
    pub(crate) nickname: &'a str,
}

/// What Taro chooses.
pub(crate) const WISH: Wish<'_> = Wish {
    login_id: "123456Taro",
    password: "natsu2026yama",
    email: "taro@example.jp",
    nickname: "たろう",
};

/// What Jiro chooses.
pub(crate) const OTHER_WISH: Wish<'_> = Wish {
    login_id: "654321Jiro",
    password: "fuyu1998umi",
    email: "jiro@example.jp",
    nickname: "じろう",
};

/// A running portal and everything a story needs to look behind it.
pub(crate) struct TestApp {
    pub(crate) fresh: Fresh,
    pub(crate) clock: Clock,
    /// The server's own connections.
    pub(crate) server_db: Db,
    addr: SocketAddr,
    cards: Vec<Printed>,
    client: Client,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl TestApp {
    /// With the roster imported and the postcards issued.
    pub(crate) async fn start(fresh: Fresh) -> Self {
        Self::start_with(fresh, |_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn start_with(fresh: Fresh, settings: impl FnOnce(&mut Config)) -> Self {
        roster::import(&fresh, PEOPLE).await;
        postcards::issue(&fresh).await.unwrap();
        let cards = postcards::delivered(&fresh);
        write_site(&fresh);
        Self::run(fresh, Clock::standing_at(NOW), cards, settings).await
    }

    /// Stops the server and starts another one on the same database.
    pub(crate) async fn restart_with(self, settings: impl FnOnce(&mut Config)) -> Self {
        self.stop.send(true).unwrap();
        self.server.await.unwrap();
        Self::run(self.fresh, self.clock, self.cards, settings).await
    }

    async fn run(
        fresh: Fresh,
        clock: Clock,
        cards: Vec<Printed>,
        settings: impl FnOnce(&mut Config),
    ) -> Self {
        let folder = |name: &str| fresh.folder.path().join(name).display().to_string();
        let mut config = Config::load(
            None,
            [
                ("PORTAL_ADDR", "127.0.0.1:0".to_owned()),
                ("PORTAL_PUBLIC_URL", PUBLIC.to_owned()),
                ("PORTAL_DATABASE_URL", fresh.url.clone()),
                ("PORTAL_MAIL", format!("mailbox:{}", folder("mailbox"))),
                ("PORTAL_DEMO", "true".to_owned()),
                ("PORTAL_DATA_DIR", folder("data")),
                ("PORTAL_SITE", folder("site")),
            ]
            .map(|(key, value)| (key.to_owned(), value)),
        )
        .unwrap();
        config.hash = CHEAP;
        config.limits = FREELY;
        settings(&mut config);
        let portal = build(config, clock.clone()).await.unwrap();
        let (addr, server_db) = (portal.addr, portal.db.clone());
        let (stop, stopped) = watch::channel(false);
        let server = tokio::spawn(portal.run(stopped));
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self {
            fresh,
            clock,
            server_db,
            addr,
            cards,
            client,
            stop,
            server,
        }
    }

    /// Where the server listens.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// A browser that has never been here.
    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.client.clone(), self.addr)
    }

    /// Somebody's postcard.
    pub(crate) fn card(&self, key: &str) -> Printed {
        let card = self.cards.iter().find(|card| card.key == key);
        card.expect("this person has no postcard").clone()
    }

    /// Every letter to an address, the oldest first, as soon as none waits.
    pub(crate) async fn letters_to(&self, address: &str) -> Vec<StoredLetter> {
        self.post_is_out().await;
        let folder = self.fresh.folder.path().join("mailbox");
        let mut letters = mailbox::letters(&folder, 10_000).unwrap();
        letters.retain(|letter| letter.to == address);
        letters.reverse();
        letters
    }

    /// The HTML of every letter there is.
    pub(crate) async fn html_of_letters(&self) -> Vec<String> {
        self.post_is_out().await;
        let folder = self.fresh.folder.path().join("mailbox");
        let files = fs::read_dir(folder)
            .unwrap()
            .map(|entry| fs::read(entry.unwrap().path()));
        files
            .map(|bytes| {
                let bytes = bytes.unwrap();
                let message = MessageParser::default().parse(&bytes).unwrap();
                message.body_html(0).unwrap().into_owned()
            })
            .collect()
    }

    /// The last letter to an address.
    pub(crate) async fn newest_letter_to(&self, address: &str) -> StoredLetter {
        let letters = self.letters_to(address).await;
        let newest = letters.into_iter().next_back();
        newest.unwrap_or_else(|| panic!("no letter for {address}"))
    }

    /// The mail worker works beside the requests: waits until nothing waits for it.
    pub(crate) async fn post_is_out(&self) {
        self.until("no letter waits", || async {
            let waiting: i64 = ask!(
                &self.fresh.db,
                "select count(*) from letter where sent_at is null and given_up_at is null"
            );
            waiting == 0
        })
        .await;
    }

    /// Moves the clock by days. A letter on its way meanwhile would be given up: its sender
    /// would have seen days go by since it was asked for.
    pub(crate) async fn days_later(&self, by: Duration) {
        self.post_is_out().await;
        self.clock.advance(by);
    }

    /// Waits for something that happens beside the requests.
    pub(crate) async fn until<F: Future<Output = bool>>(&self, what: &str, is_so: impl Fn() -> F) {
        for _ in 0..2_000 {
            if is_so().await {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("in ten seconds it never came about that {what}");
    }

    /// A new postcard for somebody whose old one is void from now on.
    pub(crate) async fn reissue(&self, key: &str) -> Printed {
        postcards::reissue(&self.fresh, key).await.unwrap();
        let mut cards = postcards::delivered(&self.fresh);
        assert_eq!(cards.len(), 1);
        cards.remove(0)
    }

    /// Asks for a letter and opens its link: a browser at 仮ログイン.
    pub(crate) async fn with_open_link(&self, address: &str) -> Browser {
        let browser = self.browser();
        browser.post_email(address).await.leads_to("/register/sent");
        let letter = self.newest_letter_to(address).await;
        browser.open_letter(&letter).await.shows("仮パスワード");
        browser
    }

    /// A browser at 利用者情報入力.
    pub(crate) async fn with_postcard(&self, key: &str, address: &str) -> Browser {
        let browser = self.with_open_link(address).await;
        browser
            .enter_with_postcard(&self.card(key))
            .await
            .leads_to("/register/profile");
        browser
    }

    /// The whole registration of a member; the browser shows 完了.
    pub(crate) async fn registered(&self, key: &str, wish: &Wish<'_>) -> Browser {
        let browser = self.with_postcard(key, wish.email).await;
        browser.complete(wish).await.leads_to("/register/done");
        browser
    }

    /// A member who is signed in, in a browser of their own.
    pub(crate) async fn signed_in(&self, key: &str, wish: &Wish<'_>) -> Browser {
        self.registered(key, wish).await;
        let browser = self.browser();
        browser
            .sign_in(wish.login_id, wish.password)
            .await
            .leads_to("/home");
        browser
    }

    /// Everything a request may write that is not said aloud: two requests that
    /// nobody must be able to tell apart write the same.
    pub(crate) async fn written(&self) -> Written {
        let db = &self.fresh.db;
        Written {
            audit: ask!(
                db,
                "select (select count(*) from audit)
                      + (select cast(coalesce(sum(times), 0) as bigint) from refused_try)"
            ),
            letters: ask!(db, "select count(*) from letter"),
            links: ask!(db, "select count(*) from link"),
            sessions: ask!(db, "select count(*) from session"),
            tries: ask!(
                db,
                "select cast(sum(tries) as bigint) from (select tries from throttle
                     union all select tries from device union all select tries from session) as t"
            ),
            tries_by_link: ask!(
                db,
                "select cast(coalesce(sum(wrong_tries), 0) as bigint) from link"
            ),
        }
    }

    /// Sends bytes as they are, and reads until the server has nothing to add.
    pub(crate) async fn raw(&self, request: &str) -> Seen {
        let mut stream = TcpStream::connect(self.addr).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        Seen::from_bytes(&answer)
    }
}

/// How many rows there are, and tries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) audit: i64,
    pub(crate) letters: i64,
    pub(crate) links: i64,
    pub(crate) sessions: i64,
    pub(crate) tries: i64,
    pub(crate) tries_by_link: i64,
}

impl Written {
    /// What has been added since `before`.
    pub(crate) fn since(self, before: Self) -> Self {
        Self {
            audit: self.audit - before.audit,
            letters: self.letters - before.letters,
            links: self.links - before.links,
            sessions: self.sessions - before.sessions,
            tries: self.tries - before.tries,
            tries_by_link: self.tries_by_link - before.tries_by_link,
        }
    }
}

/// A bundle that is whole, however small.
fn write_site(fresh: &Fresh) {
    let dist = fresh.folder.path().join("site/dist");
    fs::create_dir_all(&dist).unwrap();
    for (name, text) in [
        ("client-x.js", "export default () => {};"),
        ("client-x.js.br", "brotli"),
        ("client-x.js.gz", "gzip"),
        ("client-x_bg.wasm", "\0asm"),
        ("loader-x.js", "import('/pkg/client-x.js');"),
        ("passkeys-x.js", "navigator.credentials"),
        ("style-x.css", "body { color: black }"),
        ("client-x.js.map", "{}"),
        ("favicon.svg", "<svg/>"),
        ("robots.txt", "User-agent: *\n"),
    ] {
        fs::write(dist.join(name), text).unwrap();
    }
}
