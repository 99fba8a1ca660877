//! What a page costs beside a handler that only writes as many bytes: requests
//! a second of both, in turn, in the same run, on the same accept loop.
//!
//! `cargo bench -p server --bench pages`
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs,
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{Router, routing::get};
use server::{build::build, clock::Clock, config::Config, http::serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
};

const CONNECTIONS: usize = 8;
const ROUND: Duration = Duration::from_secs(2);
const ROUNDS: usize = 7;
const PAGES: [&str; 2] = ["/login", "/help"];

#[tokio::main]
async fn main() {
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
    let portal = build(Config::load(None, settings).unwrap(), Clock::System)
        .await
        .unwrap();
    let page_addr = portal.addr;
    let (stop, stopped) = watch::channel(false);
    let portal = tokio::spawn(portal.run(stopped.clone()));

    for page in PAGES {
        let bytes = answer(page_addr, page).await;
        let body = "x".repeat(bytes);
        let hello = Router::new().route("/", get(move || async move { body.clone() }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hello_addr = listener.local_addr().unwrap();
        tokio::spawn(serve::run(listener, hello, stopped.clone()));

        let mut ratios = Vec::new();
        for round in 0..ROUNDS {
            let rendered = rate(page_addr, page).await;
            let bare = rate(hello_addr, "/").await;
            println!("{page} {round}: rendered {rendered:.0}/s, hello {bare:.0}/s");
            ratios.push(rendered / bare);
        }
        ratios.sort_by(f64::total_cmp);
        println!(
            "{page}, {bytes} bytes: median ratio {:.2} (aim 0.5)",
            ratios[ROUNDS / 2]
        );
    }
    stop.send(true).unwrap();
    portal.await.unwrap();
}

/// Requests a second over kept connections.
async fn rate(addr: SocketAddr, path: &'static str) -> f64 {
    let start = Instant::now();
    let clients: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            tokio::spawn(async move {
                let mut stream = TcpStream::connect(addr).await.unwrap();
                let mut answered = 0_u32;
                while start.elapsed() < ROUND {
                    ask(&mut stream, path).await;
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

/// The length of a page's body.
async fn answer(addr: SocketAddr, path: &str) -> usize {
    ask(&mut TcpStream::connect(addr).await.unwrap(), path).await
}

async fn ask(stream: &mut TcpStream, path: &str) -> usize {
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut read = Vec::with_capacity(32 * 1024);
    loop {
        assert_ne!(
            stream.read_buf(&mut read).await.unwrap(),
            0,
            "{path}: the server hung up"
        );
        let Some(head) = read.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let text = std::str::from_utf8(&read[..head]).unwrap().to_lowercase();
        assert!(text.starts_with("http/1.1 200"), "{path}: {text}");
        let length = text.split("content-length: ").nth(1).expect("a length");
        let length: usize = length.lines().next().unwrap().trim().parse().unwrap();
        if read.len() >= head + 4 + length {
            return length;
        }
    }
}
