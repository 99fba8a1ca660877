//! A portal with members on SQLite, and a client that costs little beside it.

use std::{collections::BTreeMap, fs, net::SocketAddr, time::Duration};

use app::{
    forms::NewMember,
    rules::{EmailAddress, LoginId, Nickname, Password},
    timestamp::Timestamp,
};
use server::{
    build::build,
    clock::Clock,
    config::Config,
    hash::Hasher,
    http::Allowance,
    store::{Tx, email, member, throttle},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
    task::JoinHandle,
};
use uuid::Uuid;

/// Of every member.
pub(crate) const PASSWORD: &str = "natsu2026yama";

pub(crate) struct Portal {
    pub(crate) addr: SocketAddr,
    stop: watch::Sender<bool>,
    running: JoinHandle<()>,
    _folder: TempDir,
}

impl Portal {
    /// With members `m0`, `m1`, …, each with an address such as
    /// `known0@example.jp`.
    pub(crate) async fn start(members: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dist = folder.path().join("dist");
        fs::create_dir(&dist).unwrap();
        for file in ["app-0.js", "app-0_bg.wasm", "loader-0.js", "style-0.css"] {
            fs::write(dist.join(file), "").unwrap();
        }
        let path = |name: &str| folder.path().join(name).display().to_string();
        let settings = [
            ("PORTAL_ADDR", "127.0.0.1:0".to_owned()),
            ("PORTAL_PUBLIC_URL", "http://127.0.0.1:3000".to_owned()),
            ("PORTAL_DATA_DIR", path("data")),
            ("PORTAL_SITE", path("")),
        ];
        let settings = settings.map(|(key, value)| (key.to_owned(), value));
        let mut config = Config::load(None, settings).unwrap();
        // Everything here comes from one address.
        config.allowance = Allowance {
            at_once: 1_000_000,
            then_every: Duration::from_micros(1),
        };
        let hasher = Hasher::start(config.hash, config.hash_pool).unwrap();
        let hash = hasher.hash(PASSWORD).await.unwrap();
        let portal = build(config, Clock::System).await.unwrap();
        let mut tx = portal.db.write().await.unwrap();
        for n in 0..members {
            join(&mut tx, n, &hash).await;
        }
        tx.commit().await.unwrap();
        let addr = portal.addr;
        let (stop, stopped) = watch::channel(false);
        Self {
            addr,
            stop,
            running: tokio::spawn(portal.run(stopped)),
            _folder: folder,
        }
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
    }

    /// Sends a request as it is, and gives the answer's status.
    pub(crate) async fn ask(&mut self, request: &str) -> u16 {
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
                return head_text["HTTP/1.1 ".len()..][..3].parse().unwrap();
            }
        }
    }
}
