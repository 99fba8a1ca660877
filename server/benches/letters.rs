//! How fast the queue is drained: a hundred thousand letters through the database, made
//! one by one and handed to a mail server, beside a bare loop that hands over such a letter,
//! finished, again and again on one connection.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use domain::{
    rules::EmailAddress,
    values::{society::Society, timestamp::Timestamp},
};
use lettre::transport::smtp::{
    client::AsyncSmtpConnection,
    commands::{Data, Mail, Rcpt},
    extension::ClientId,
};
use server::{
    base::{clock::Clock, secrets::Secrets},
    config::Config,
    mail::{
        letters::{self, Changed},
        outgoing::Outgoing,
        transport::Transport,
        worker::{MailWorker, Unnoted},
    },
};
use store::{
    Db,
    letter::{self, LetterKind, NewLetter},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::{Notify, watch},
};
use uuid::Uuid;

const LETTERS: usize = 100_000;

#[tokio::main]
async fn main() {
    let (port, taken) = mail_server().await;
    let bare = LETTERS as f64 / bare_loop(port).await.as_secs_f64();
    assert_eq!(taken.swap(0, Ordering::SeqCst), LETTERS);
    println!("letters: bare loop {bare:.0}/s");
    let drained = LETTERS as f64 / drain(port).await.as_secs_f64();
    assert_eq!(taken.load(Ordering::SeqCst), LETTERS);
    println!(
        "letters: {drained:.0}/s out of the queue: ratio {:.2} (aim 0.9)",
        drained / bare
    );
}

/// Takes every letter and says no more than it has to.
async fn mail_server() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let taken = Arc::new(AtomicUsize::new(0));
    let counts = taken.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(take_letters(stream, counts.clone()));
        }
    });
    (port, taken)
}

async fn take_letters(stream: TcpStream, taken: Arc<AtomicUsize>) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let (reading, mut writing) = stream.into_split();
    let mut reading = BufReader::new(reading);
    writing.write_all(b"220 sink\r\n").await?;
    let (mut line, mut in_letter) = (Vec::new(), false);
    // A letter's last dot is a packet of its own, which is held back until the letter is
    // acknowledged: 40 ms a letter, and neither side's work, if the kernel were not told.
    reading.get_ref().as_ref().set_quickack(true)?;
    while reading.read_until(b'\n', &mut line).await? > 0 {
        let answer: &[u8] = match (in_letter, line.as_slice()) {
            (true, b".\r\n") => {
                taken.fetch_add(1, Ordering::SeqCst);
                in_letter = false;
                b"250 taken\r\n"
            }
            (true, _) => b"",
            (false, b"DATA\r\n") => {
                in_letter = true;
                b"354 go on\r\n"
            }
            (false, _) => b"250 ok\r\n",
        };
        if !answer.is_empty() {
            writing.write_all(answer).await?;
        }
        line.clear();
        if reading.buffer().is_empty() {
            reading.get_ref().as_ref().set_quickack(true)?;
        }
    }
    Ok(())
}

async fn bare_loop(port: u16) -> Duration {
    let society = Society::default();
    let address = |text: &str| EmailAddress::parse(text).unwrap();
    let (from, to) = (address(&society.sender()), address("member@example.jp"));
    let now = Timestamp(1_795_326_120_000);
    let reissue = "https://portal.example.jp/reissue";
    let letter = letters::change(&society, now, &[Changed::Password], None, reissue);
    let outgoing = Outgoing::new(Uuid::now_v7(), letter, &from, &to, &society, now).unwrap();
    let (envelope, bytes) = (outgoing.message.envelope(), outgoing.message.formatted());
    let hello = ClientId::Domain("bench".to_owned());
    let server = ("127.0.0.1", port);
    let mut connection = AsyncSmtpConnection::connect_tokio1(server, None, &hello, None, None)
        .await
        .unwrap();
    let begun = Instant::now();
    for _ in 0..LETTERS {
        let sender = Mail::new(envelope.from().cloned(), Vec::new());
        connection.command(sender).await.unwrap();
        for recipient in envelope.to() {
            let recipient = Rcpt::new(recipient.clone(), Vec::new());
            connection.command(recipient).await.unwrap();
        }
        connection.command(Data).await.unwrap();
        connection.message(&bytes).await.unwrap();
    }
    begun.elapsed()
}

async fn drain(port: u16) -> Duration {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("portal.db").display());
    let db = Db::open(&url).await.unwrap();
    db.migrate().await.unwrap();
    let clock = Clock::System;
    let mut tx = db.write().await.unwrap();
    for n in 0..LETTERS {
        let address = format!("member{n}@example.jp");
        let new = NewLetter {
            kind: LetterKind::Change,
            address: &address,
            address_key: &address,
            link: None,
            member: None,
            about: "password",
            asked_at: clock.now(),
        };
        letter::queue(&mut tx, new).await.unwrap();
    }
    tx.commit().await.unwrap();
    let setting = format!("smtp://127.0.0.1:{port}").parse().unwrap();
    let worker = MailWorker {
        db: db.clone(),
        transport: Transport::open(setting, "bench").unwrap(),
        clock: clock.clone(),
        secrets: Secrets::open_or_create(&folder.path().join("key"))
            .unwrap()
            .into(),
        society: Arc::new(Society::default()),
        public_url: "https://portal.example.jp".into(),
        wake: Arc::new(Notify::new()),
        senders: Config::load(None, []).unwrap().mail_senders,
        unnoted: Unnoted::default(),
    };
    let (stop, stopped) = watch::channel(false);
    let begun = Instant::now();
    let running = tokio::spawn(Arc::new(worker).run(stopped));
    while letter::backlog(&db, clock.now()).await.unwrap().waiting > 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let spent = begun.elapsed();
    stop.send(true).unwrap();
    running.await.unwrap();
    spent
}
