//! A portal of a bench's own, a client that costs little beside it, and the bare
//! handler that a page is compared with.
#![allow(dead_code, reason = "each bench uses a part of it")]

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use domain::{
    forms::NewMember,
    office::role::Role,
    rules::{EmailAddress, LoginId, Nickname, Password},
    values::timestamp::Timestamp,
};
use server::{
    base::{
        clock::Clock,
        hash::{HashCost, Hasher, Pool},
    },
    config::Config,
    http::{
        Limits, RateLimitSetting,
        connections::{Connections, Places},
        serve,
    },
    startup::build,
};
use store::{
    Db, Tx, email, member,
    staff::{self, NewStaff},
    throttle,
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};
use uuid::Uuid;

const CONNECTIONS: usize = 8;
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 7;

/// Of every member.
pub(crate) const PASSWORD: &str = "natsu2026yama";

/// Somebody of the office.
pub(crate) const CLERK: &str = "mado";

pub(crate) struct Portal {
    pub(crate) addr: SocketAddr,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
    _folder: TempDir,
}

impl Portal {
    /// On SQLite, with [`CLERK`] and members `m0`, `m1`, …, each with an address such as
    /// `known0@example.jp`.
    pub(crate) async fn start(members: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("portal.db").display());
        let db = Db::open(&url).await.unwrap();
        db.migrate().await.unwrap();
        let hasher = Hasher::start(HashCost::default(), Pool::default()).unwrap();
        let hash = hasher.hash(PASSWORD).await.unwrap();
        let mut tx = db.write().await.unwrap();
        for n in 0..members {
            join(&mut tx, n, &hash).await;
        }
        let clerk = NewStaff {
            id: Uuid::now_v7(),
            login_id: &CLERK.parse().unwrap(),
            name: "見本 窓口",
            roles: [Role::Desk].into_iter().collect(),
            password_hash: Some(&hash),
            person: None,
        };
        staff::insert(&mut tx, clerk, Timestamp(0)).await.unwrap();
        tx.commit().await.unwrap();
        db.close().await;
        Self::on(&url, folder).await
    }

    /// On a database that is there already.
    pub(crate) async fn on(database_url: &str, folder: TempDir) -> Self {
        let dist = folder.path().join("dist");
        fs::create_dir(&dist).unwrap();
        for file in [
            "client-0.js",
            "client-0_bg.wasm",
            "loader-0.js",
            "passkeys-0.js",
            "style-0.css",
        ] {
            fs::write(dist.join(file), "").unwrap();
        }
        let path = |name: &str| folder.path().join(name).display().to_string();
        let settings = [
            ("PORTAL_ADDR", "127.0.0.1:0".to_owned()),
            ("PORTAL_PUBLIC_URL", "http://127.0.0.1:3000".to_owned()),
            ("PORTAL_DATABASE_URL", database_url.to_owned()),
            ("PORTAL_DATA_DIR", path("data")),
            ("PORTAL_SITE", path("")),
        ]
        .map(|(key, value)| (key.to_owned(), value));
        let mut config = Config::load(None, settings).unwrap();
        // Everything here comes from one address.
        let without_end = RateLimitSetting {
            at_once: 1_000_000,
            then_every: Duration::from_micros(1),
        };
        config.limits = Limits {
            posts: without_end,
            letters: without_end,
            all_letters: without_end,
            wrong_tries: without_end,
        };
        let portal = build(config, Clock::System).await.unwrap();
        let addr = portal.addr;
        let (stop, stopped) = watch::channel(false);
        Self {
            addr,
            stop,
            running: tokio::spawn(portal.run(stopped)),
            _folder: folder,
        }
    }

    /// Prints what a page costs beside a handler that only writes as many bytes:
    /// requests a second of both, in turn, on the same accept loop.
    pub(crate) async fn beside_hello(&self, page: &str, session: Option<&str>, aim: f64) {
        let request = |path: &str| match session {
            Some(token) => {
                format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session={token}\r\n\r\n")
            }
            None => format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
        };
        let (asks_page, asks_hello) = (request(page), request("/"));
        let mut connection = Connection::open(self.addr).await;
        let Answered { status, length } = connection.ask(&asks_page).await;
        assert_eq!(status, 200, "{page}");
        let body = "x".repeat(length);
        let hello = Router::new().route("/", get(move || async move { body.clone() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hello_addr = listener.local_addr().unwrap();
        let stopped = self.stop.subscribe();
        let places = Arc::new(Connections::new(Places::default(), [].into()));
        tokio::spawn(serve::run(listener, hello, places, stopped));

        let mut ratios = Vec::new();
        for round in 0..ROUNDS {
            let rendered = rate(self.addr, &asks_page).await;
            let bare = rate(hello_addr, &asks_hello).await;
            println!("{page} {round}: page {rendered:.0}/s, hello {bare:.0}/s");
            ratios.push(rendered / bare);
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "{page}, {length} bytes: median ratio {:.3} (aim {aim})",
            ratios[ROUNDS / 2]
        );
    }

    pub(crate) async fn stop(self) {
        self.stop.send(true).unwrap();
        self.running.await.unwrap();
    }
}

async fn join(tx: &mut Tx, n: usize, password_hash: &str) {
    let (person, account) = (Uuid::now_v7(), Uuid::now_v7());
    let Tx::Sqlite(connection) = tx else {
        panic!("not on SQLite");
    };
    sqlx::query(
        "insert into person (id, symbol, number, branch, name, kana, born_on, sex, relation,
                             qualified_on, employer_code, employer_name, postal_code, address)
         values ($1, '1001', $2, '00', '架空 太郎', '', '1980-04-01', '男', '本人',
                 '2003-04-01', '0007', '', '', '')",
    )
    .bind(person)
    .bind(n.to_string())
    .execute(&mut **connection)
    .await
    .unwrap();
    let now = Timestamp(0);
    let login_id = LoginId::parse(&format!("m{n}")).unwrap();
    let new = NewMember {
        password: Password::parse(PASSWORD, login_id.as_str()).unwrap(),
        login_id,
        email: EmailAddress::parse(&format!("known{n}@example.jp")).unwrap(),
        nickname: Nickname::parse("たろう").unwrap(),
    };
    throttle::begin(tx, account).await.unwrap();
    member::open(tx, account, person, &new, password_hash, now)
        .await
        .unwrap();
    email::add(tx, account, &new.email, now, Some(now))
        .await
        .unwrap();
}

/// Requests a second over kept connections.
async fn rate(addr: SocketAddr, request: &str) -> f64 {
    let start = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let request = request.to_owned();
            tokio::spawn(async move {
                let mut connection = Connection::open(addr).await;
                let mut answered = 0_u32;
                while start.elapsed() < ROUND {
                    assert_eq!(connection.ask(&request).await.status, 200);
                    answered += 1;
                }
                answered
            })
        })
        .collect();
    let mut answered = 0;
    for client in clients {
        answered += client.await.unwrap();
    }
    f64::from(answered) / start.elapsed().as_secs_f64()
}

/// What came back, but for the body itself.
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) length: usize,
}

/// A kept connection, and the cookies that came over it: a member's browser is
/// known, and no letter tells of a new device.
pub(crate) struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
    cookies: BTreeMap<String, String>,
}

impl Connection {
    pub(crate) async fn open(portal: SocketAddr) -> Self {
        Self {
            stream: TcpStream::connect(portal).await.unwrap(),
            read: Vec::with_capacity(32 * 1024),
            cookies: BTreeMap::new(),
        }
    }

    /// Posts a form whose values need no encoding.
    pub(crate) async fn post(&mut self, path: &str, form: &str) -> u16 {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        self.ask(&format!(
            "POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {}\r\nCookie: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{form}",
            form.len(),
            cookies.join("; ")
        ))
        .await
        .status
    }

    /// Sends a request as it is.
    pub(crate) async fn ask(&mut self, request: &str) -> Answered {
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.read.clear();
        loop {
            let got = self.stream.read_buf(&mut self.read).await.unwrap();
            assert_ne!(got, 0, "the server hung up");
            let Some(head) = self.read.windows(4).position(|four| four == b"\r\n\r\n") else {
                continue;
            };
            let head_text = std::str::from_utf8(&self.read[..head]).unwrap();
            let mut length = 0;
            for line in head_text.lines() {
                let (name, value) = line.split_once(": ").unwrap_or((line, ""));
                if name.eq_ignore_ascii_case("content-length") {
                    length = value.parse().unwrap();
                } else if name.eq_ignore_ascii_case("set-cookie") {
                    let (cookie, _) = value.split_once(';').unwrap();
                    let (name, value) = cookie.split_once('=').unwrap();
                    self.cookies.insert(name.to_owned(), value.to_owned());
                }
            }
            if self.read.len() >= head + 4 + length {
                let status = head_text["HTTP/1.1 ".len()..][..3].parse().unwrap();
                return Answered { status, length };
            }
        }
    }
}
