//! Letters on their way out: two workers on either database, and what a real mail
//! server gets, refuses and forgets to confirm.

use std::{
    env, fs,
    num::NonZeroU8,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use domain::{
    ports::Delivery,
    rules::EmailAddress,
    values::{society::Society, timestamp::Timestamp},
};
use mail_parser::MessageParser;
use server::{
    base::{
        clock::Clock,
        secrets::{Secrets, token_hash},
    },
    mail::{
        layout::Letter,
        outgoing::Outgoing,
        send_error::SendError,
        setting::{Encryption, MailSetting, SmtpSetting},
        transport::Transport,
        worker::{DeliveryBatch, MailWorker, Unnoted},
    },
};
use store::{
    Db, Tx,
    letter::{self, LetterKind, NewLetter},
    link::{self, NewLink, Purpose},
};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
    sync::Notify,
};
use uuid::Uuid;

const NOW: Timestamp = Timestamp(1_795_326_120_000);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

const SENT: DeliveryBatch = DeliveryBatch {
    sent: 1,
    put_off: 0,
    given_up: 0,
};
const PUT_OFF: DeliveryBatch = DeliveryBatch {
    sent: 0,
    put_off: 1,
    given_up: 0,
};
const GIVEN_UP: DeliveryBatch = DeliveryBatch {
    sent: 0,
    put_off: 0,
    given_up: 1,
};

on_both! {
    async fn two_workers_never_send_the_same_letter(fresh: Fresh) {
        let (db, folder) = (&fresh.db, fresh.folder.path());
        let mailbox = folder.join("mail");
        for n in 0..20 {
            queue(db, LetterKind::Change, &address(&format!("member{n}@example.jp")), NOW).await;
        }
        let transport = || Transport::Mailbox(mailbox.clone());
        let one = worker(db, folder, transport());
        let other = worker(db, folder, transport());
        let (one, other) = tokio::join!(one.deliver_due(), other.deliver_due());
        assert_eq!(one.unwrap().sent + other.unwrap().sent, 20);
        assert_eq!(fs::read_dir(&mailbox).unwrap().count(), 20);
    }
}

on_both! {
    async fn a_letter_is_queued_with_the_change_it_tells_of_or_not_at_all(fresh: Fresh) {
        let mut tx = fresh.db.write().await.unwrap();
        let letter = queue_in(&mut tx, LetterKind::Change, &address("a@example.jp"), None, NOW).await;
        drop(tx);
        assert_eq!(letter::delivery(&fresh.db, letter).await.unwrap(), None);
    }
}

on_both! {
    async fn letters_are_counted_by_address_kind_and_time(fresh: Fresh) {
        let db = &fresh.db;
        let asked = address("taro@EXAMPLE.jp");
        queue(db, LetterKind::Registration, &asked, NOW).await;
        queue(db, LetterKind::Registration, &asked, NOW.plus(MINUTE)).await;
        queue(db, LetterKind::Change, &asked, NOW.plus(MINUTE)).await;
        queue(db, LetterKind::Registration, &address("jiro@example.jp"), NOW).await;

        let mut tx = db.write().await.unwrap();
        let key = address("taro@example.jp").key();
        let now = NOW.plus(MINUTE);
        for (span, letters) in [
            (MINUTE + Duration::from_millis(1), 2),
            (MINUTE, 1),
            (Duration::ZERO, 0),
        ] {
            let kind = LetterKind::Registration;
            let count = letter::count_asked_within(&mut tx, &key, kind, span, now).await.unwrap();
            assert_eq!(count, letters, "within {span:?}");
        }
    }
}

on_both! {
    async fn after_trouble_at_any_step_the_same_letter_with_the_same_link_is_sent_again(fresh: Fresh) {
        let db = &fresh.db;
        let worker = worker(db, fresh.folder.path(), transport(plain()));
        for (trouble, copies) in [("rcpt-fails-2", 1), ("data-fails-2", 1), ("late-250-2", 3)] {
            let to = address(&format!("{trouble}@{}.example.jp", Uuid::new_v4()));
            let (letter, url) = ask_for_registration(&worker, &to).await;
            for pause in [Duration::ZERO, MINUTE] {
                worker.clock.advance(pause);
                assert_eq!(worker.deliver_due().await.unwrap(), PUT_OFF, "{trouble}");
                assert_eq!(letter::delivery(db, letter).await.unwrap(), Some(Delivery::Waiting));
            }
            worker.clock.advance(MINUTE);
            assert_eq!(worker.deliver_due().await.unwrap(), SENT, "{trouble}");

            let arrived = arrived_for(&to);
            assert_eq!(arrived.len(), copies, "{trouble}");
            for copy in &arrived {
                let message = MessageParser::default().parse(copy).unwrap();
                let id = format!("{letter}@autobacs-kenpo.jp");
                assert_eq!(message.message_id(), Some(id.as_str()), "{trouble}");
                let text = message.body_text(0).unwrap();
                assert!(text.lines().any(|line| line == url), "{trouble}: another link in {text}");
            }
        }
    }
}

#[tokio::test]
async fn a_mail_server_gets_every_byte_as_it_was_written_and_the_address_as_it_is() {
    for local in ["a..b", "a.", ".c"] {
        let to = address(&format!("{local}@{}.docomo.ne.jp", Uuid::new_v4()));
        let text = format!("first\n.\n..\n.dot\n{}\nlast", "x".repeat(60));
        let letter = outgoing(&to, &text);
        transport(plain()).send(&letter).await.unwrap();

        let arrived = arrived_for(&to);
        assert_eq!(arrived.len(), 1, "{to:?}");
        let as_written = letter.message.formatted();
        assert_eq!(
            String::from_utf8_lossy(&arrived[0]).trim_end(),
            String::from_utf8_lossy(&as_written).trim_end()
        );
        let message = MessageParser::default().parse(&arrived[0]).unwrap();
        assert_eq!(message.subject(), Some("【AB健康マイポータル】件名"));
        assert_eq!(message.body_text(0).unwrap().replace("\r\n", "\n"), text);
    }
}

#[tokio::test]
async fn an_address_that_a_server_cannot_read_bare_stands_between_quotes() {
    for (local, answer, taken) in [
        ("a..b", "501 5.1.3 Bad recipient address syntax", true),
        ("a.", "553 <a.@docomo.ne.jp> is no address", true),
        (".a", "550 5.1.3 syntax", true),
        // It was read, and there is nobody: once is enough.
        ("a..b", "550 5.1.1 User unknown", false),
        // Nothing to quote.
        ("a.b", "501 5.1.3 Bad recipient address syntax", false),
    ] {
        let server = Server::that_answers(&[
            ("EHLO", "250 mail.example.jp"),
            ("MAIL", "250 ok"),
            ("RCPT TO:<\"", "250 ok"),
            ("RCPT", answer),
            ("DATA", "354 go"),
            (".", "250 ok"),
        ])
        .await;
        let mut setting = smtp("smtp://127.0.0.1");
        setting.port = server.port;
        let to = address(&format!("{local}@docomo.ne.jp"));
        let sent = transport(setting).send(&outgoing(&to, "text")).await;
        assert_eq!(sent.is_ok(), taken, "{local}, {answer}: {sent:?}");
        let asked = server
            .heard()
            .into_iter()
            .filter(|line| line.starts_with("RCPT"));
        let mut expected = vec![format!("RCPT TO:<{local}@docomo.ne.jp>")];
        if taken {
            expected.push(format!("RCPT TO:<\"{local}\"@docomo.ne.jp>"));
        }
        assert_eq!(asked.collect::<Vec<_>>(), expected, "{answer}");
    }
}

#[tokio::test]
async fn without_starttls_neither_password_nor_letter_leaves() {
    let server =
        Server::that_answers(&[("EHLO", "250-mail.example.jp\r\n250 AUTH PLAIN LOGIN")]).await;
    let mut setting = smtp("smtp://portal:pass-word@mail.example.jp");
    assert_eq!(setting.encryption, Encryption::StartTls);
    (setting.host, setting.port) = ("127.0.0.1".to_owned(), server.port);

    let error = transport(setting)
        .send(&outgoing(&address("a@example.jp"), "text"))
        .await;

    let Err(SendError::ServiceError(why)) = error else {
        panic!("it was sent: {error:?}")
    };
    assert!(why.contains("STARTTLS"), "{why}");
    assert_eq!(
        server.heard(),
        ["EHLO autobacs-kenpo.jp"],
        "it went on in the clear"
    );
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_gets_no_letter() {
    for url in ["TEST_SMTPS_URL", "TEST_SMTP_STARTTLS_URL"] {
        let to = address(&format!("a@{}.example.jp", Uuid::new_v4()));
        let transport = transport(encrypted(url));
        let error = transport.send(&outgoing(&to, "text")).await;
        let Err(SendError::ServiceError(why)) = error else {
            panic!("{url}: {error:?}")
        };
        assert!(why.contains("certificate"), "{url}: {why}");
        assert!(
            transport.check().await.is_err(),
            "{url}: the doctor is content"
        );
        assert_eq!(arrived_for(&to).len(), 0, "{url}");
    }
}

/// The list of trusted certificates belongs to a process: the test runs itself
/// once more in one that trusts the server's.
#[tokio::test]
async fn a_certificate_that_the_machine_trusts_gets_the_letter_encrypted() {
    let certificate = setting("TEST_SMTP_CERTIFICATE");
    if env::var("SSL_CERT_FILE").is_ok_and(|trusted| trusted == certificate) {
        for url in ["TEST_SMTPS_URL", "TEST_SMTP_STARTTLS_URL"] {
            let to = address(&format!("a@{}.example.jp", Uuid::new_v4()));
            let transport = transport(encrypted(url));
            transport.check().await.unwrap();
            transport.send(&outgoing(&to, "text")).await.unwrap();
            assert_eq!(arrived_for(&to).len(), 1, "{url}");
        }
        return;
    }
    let name = "mail::a_certificate_that_the_machine_trusts_gets_the_letter_encrypted";
    let again = Command::new(env::current_exe().unwrap())
        .args(["--exact", name])
        .env("SSL_CERT_FILE", certificate)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&again.stdout);
    assert!(
        again.status.success() && said.contains("1 passed"),
        "{said}"
    );
}

#[tokio::test]
async fn a_server_that_insists_on_encryption_is_trouble_and_not_the_recipient_s_fault() {
    // On this machine itself we do not encrypt; this server asks for it.
    let insisting = transport(smtp(&setting("TEST_SMTP_STARTTLS_URL")));
    let error = insisting
        .send(&outgoing(&address("a@example.jp"), "text"))
        .await;
    assert_eq!(
        error,
        Err(SendError::ServiceError("sender: 530".to_owned()))
    );
}

#[tokio::test]
async fn only_a_refused_recipient_or_letter_is_final() {
    let fine = [
        ("EHLO", "250 AUTH PLAIN"),
        ("AUTH", "235 in"),
        ("MAIL", "250 ok"),
        ("RCPT", "250 ok"),
    ];
    let rest = [("DATA", "354 go on"), (".", "250 ok")];
    let all: Vec<_> = fine.into_iter().chain(rest).collect();
    for (step, answer, expected) in [
        (
            "RCPT",
            "550 5.1.1 <taro@example.jp> unknown",
            Err(refused("recipient: 550")),
        ),
        (
            ".",
            "554 5.7.1 looks like spam",
            Err(refused("letter: 554")),
        ),
        ("RCPT", "451 greylisted", Err(trouble("recipient: 451"))),
        (".", "452 disk full", Err(trouble("letter: 452"))),
        ("AUTH", "535 wrong password", Err(trouble("sign-in: 535"))),
        (
            "MAIL",
            "550 we do not relay for you",
            Err(trouble("sender: 550")),
        ),
        ("DATA", "503 not now", Err(trouble("DATA: 503"))),
        (".", "250 queued", Ok(())),
    ] {
        let mut answers = all.clone();
        for (command, said) in &mut answers {
            if *command == step {
                *said = answer;
            }
        }
        let server = Server::that_answers(&answers).await;
        let url = format!("smtp://portal:secret@127.0.0.1:{}", server.port);
        let result = transport(smtp(&url))
            .send(&outgoing(&address("taro@example.jp"), "text"))
            .await;
        assert_eq!(result, expected, "{step} answered with {answer}");
    }
}

#[tokio::test]
async fn case_attack_a_relay_that_is_set_wrongly_is_trouble_and_no_address_s_fault() {
    for answer in [
        "554 5.7.1 <taro@example.jp>: Relay access denied",
        "550 5.7.26 not authenticated",
        "530 5.7.0 authentication required",
        "550 relaying denied",
    ] {
        let server =
            Server::that_answers(&[("EHLO", "250 hello"), ("MAIL", "250 ok"), ("RCPT", answer)])
                .await;
        let url = format!("smtp://127.0.0.1:{}", server.port);
        let result = transport(smtp(&url))
            .send(&outgoing(&address("taro@example.jp"), "text"))
            .await;
        assert!(
            matches!(result, Err(SendError::ServiceError(_))),
            "{answer}: {result:?}"
        );
    }
}

#[tokio::test]
async fn case_attack_11_one_connection_carries_one_letter_after_another() {
    let server = Server::that_answers(&[
        ("EHLO", "250 hello"),
        ("MAIL", "250 ok"),
        ("RCPT TO:<gone@example.jp>", "550 5.1.1 unknown"),
        ("RCPT", "250 ok"),
        ("RSET", "250 ok"),
        ("DATA", "354 go on"),
        (".", "250 ok"),
    ])
    .await;
    let there = transport(smtp(&format!("smtp://127.0.0.1:{}", server.port)));
    let send = async |to: &str| there.send(&outgoing(&address(to), "text")).await;
    send("taro@example.jp").await.unwrap();
    assert_eq!(
        send("gone@example.jp").await,
        Err(refused("recipient: 550"))
    );
    send("jiro@example.jp").await.unwrap();
    let words: Vec<_> = server
        .heard()
        .iter()
        .filter_map(|line| line.split([' ', ':']).next().map(str::to_owned))
        .filter(|word| word.len() == 4 && word.chars().all(|c| c.is_ascii_uppercase()))
        .collect();
    assert_eq!(
        words,
        [
            "EHLO", "MAIL", "RCPT", "DATA", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"
        ]
    );
}

#[tokio::test]
async fn case_attack_a_withheld_letter_comes_as_far_as_the_recipient_and_no_further() {
    let fresh = crate::fresh::sqlite().await;
    let server = Server::that_answers(&[
        ("EHLO", "250 hello"),
        ("MAIL", "250 ok"),
        ("RCPT", "451 greylisted"),
        ("RSET", "250 ok"),
    ])
    .await;
    let there = transport(smtp(&format!("smtp://127.0.0.1:{}", server.port)));
    let worker = worker(&fresh.db, fresh.folder.path(), there);
    let to = address("taro@example.jp");
    queue(&fresh.db, LetterKind::Withheld, &to, NOW).await;
    assert_eq!(worker.deliver_due().await.unwrap(), PUT_OFF);
    let heard = server.heard();
    assert!(
        heard.contains(&"RCPT TO:<taro@example.jp>".to_owned()),
        "{heard:?}"
    );
    assert!(!heard.contains(&"DATA".to_owned()), "{heard:?}");
}

on_both! {
    /// What a member has caused leaves first; of what anybody can cause nothing tells by
    /// its place whether the address is known.
    async fn case_attack_11_letters_to_members_leave_before_those_anybody_may_cause(fresh: Fresh) {
        let db = &fresh.db;
        let to = address("a@example.jp");
        use LetterKind::{
            AlreadyRegistered, Change, NewDevice, NotFound, Registration, Reissue, Withheld,
        };
        for kind in [Reissue, Registration, NotFound, AlreadyRegistered, Withheld, Reissue] {
            queue(db, kind, &to, NOW).await;
        }
        for kind in [Change, NewDevice] {
            queue(db, kind, &to, NOW.plus(MINUTE)).await;
        }
        let claimed = letter::claim(db, NOW.plus(HOUR), HOUR, 10).await.unwrap();
        let kinds: Vec<_> = claimed.iter().map(|letter| letter.kind.as_str()).collect();
        assert_eq!(
            kinds,
            ["change", "new_device", "reissue", "registration", "not_found",
             "already_registered", "withheld", "reissue"]
        );
    }
}

on_both! {
    async fn case_attack_a_letter_of_a_later_version_is_given_up_like_any_other(fresh: Fresh) {
        let (db, folder) = (&fresh.db, fresh.folder.path());
        let worker = worker(db, folder, Transport::Mailbox(folder.join("mail")));
        queue(db, LetterKind::Change, &address("a@example.jp"), NOW).await;
        tell!(db, "update letter set kind = 'from the future'");
        for (pause, expected) in [
            (Duration::ZERO, PUT_OFF),
            (HOUR, PUT_OFF),
            (72 * HOUR, GIVEN_UP),
            (HOUR, DeliveryBatch::default()),
        ] {
            worker.clock.advance(pause);
            assert_eq!(worker.deliver_due().await.unwrap(), expected);
        }
    }
}

on_both! {
    /// Whatever it wrote: when the next try is due, whose a letter is until when, and when
    /// it was asked for.
    async fn case_attack_18_a_letter_waits_for_no_clock_that_was_ahead(fresh: Fresh) {
        let (db, folder) = (&fresh.db, fresh.folder.path());
        let worker = worker(db, folder, transport(plain()));
        let to = |local: &str| address(&format!("{local}@{}.example.jp", Uuid::new_v4()));
        worker.clock.advance(4 * HOUR);
        queue(db, LetterKind::Change, &to("rcpt-fails-1"), worker.clock.now()).await;
        assert_eq!(worker.deliver_due().await.unwrap(), PUT_OFF);
        queue(db, LetterKind::Change, &to("untried"), worker.clock.now()).await;
        let (with_link, _) = ask_for_registration(&worker, &to("with-link")).await;
        worker.clock.set_back(4 * HOUR);
        let batch = worker.deliver_due().await.unwrap();
        assert_eq!(batch, DeliveryBatch { sent: 2, put_off: 0, given_up: 1 });
        // Its link lets nobody in.
        assert_eq!(letter::delivery(db, with_link).await.unwrap(), Some(Delivery::GivenUp));
        let asked: i64 = ask!(db, "select max(asked_at) from letter where kind = 'change'");
        assert_eq!(asked, NOW.0);

        // Somebody claimed it in the future, and died; somebody else is sending now.
        queue(db, LetterKind::Change, &to("claimed-then"), NOW).await;
        letter::claim(db, NOW.plus(4 * HOUR), 5 * MINUTE, 1).await.unwrap();
        assert_eq!(worker.deliver_due().await.unwrap(), SENT);
        queue(db, LetterKind::Change, &to("claimed-now"), NOW).await;
        letter::claim(db, NOW, 5 * MINUTE, 1).await.unwrap();
        assert_eq!(worker.deliver_due().await.unwrap(), DeliveryBatch::default());
    }
}

#[tokio::test]
async fn case_attack_a_letter_whose_leaving_could_not_be_noted_is_not_sent_again() {
    let fresh = crate::fresh::sqlite().await;
    let (db, mailbox) = (&fresh.db, fresh.folder.path().join("mail"));
    let worker = worker(db, fresh.folder.path(), Transport::Mailbox(mailbox.clone()));
    let sent = || fs::read_dir(&mailbox).unwrap().count();
    let letter = queue(db, LetterKind::Change, &address("a@example.jp"), NOW).await;
    tell!(
        db,
        "create trigger broken before update of sent_at on letter
         begin select raise(abort, 'no'); end"
    );
    assert!(worker.deliver_due().await.is_err());
    assert_eq!(sent(), 1);
    // Nothing else leaves until it is noted, whatever else waits.
    queue(db, LetterKind::Change, &address("b@example.jp"), NOW).await;
    worker.clock.advance(HOUR);
    assert!(worker.deliver_due().await.is_err());
    assert_eq!(sent(), 1, "it was sent again");
    tell!(db, "drop trigger broken");
    assert_eq!(worker.deliver_due().await.unwrap().sent, 2);
    assert_eq!(sent(), 2);
    let delivery = letter::delivery(db, letter).await.unwrap();
    assert!(matches!(delivery, Some(Delivery::HandedOver(_))));
}

#[tokio::test]
async fn a_refused_recipient_is_given_up_at_once() {
    let fresh = crate::fresh::sqlite().await;
    let server = Server::that_answers(&[
        ("EHLO", "250 hello"),
        ("MAIL", "250 ok"),
        ("RCPT", "550 no"),
    ])
    .await;
    let there = transport(smtp(&format!("smtp://127.0.0.1:{}", server.port)));
    let worker = worker(&fresh.db, fresh.folder.path(), there);
    let letter = queue(
        &fresh.db,
        LetterKind::Change,
        &address("gone@example.jp"),
        NOW,
    )
    .await;
    assert_eq!(worker.deliver_due().await.unwrap(), GIVEN_UP);
    assert_eq!(
        letter::delivery(&fresh.db, letter).await.unwrap(),
        Some(Delivery::GivenUp)
    );
}

#[tokio::test]
async fn the_doctor_tells_a_mail_server_that_answers_from_one_that_does_not() {
    transport(plain()).check().await.unwrap();
    let nobody = TcpListener::bind("127.0.0.1:0")
        .await
        .unwrap()
        .local_addr()
        .unwrap();
    let error = transport(smtp(&format!("smtp://{nobody}")))
        .check()
        .await
        .unwrap_err();
    assert!(error.to_string().starts_with("connection: "), "{error}");
}

fn refused(why: &str) -> SendError {
    SendError::Refused(why.to_owned())
}

fn trouble(why: &str) -> SendError {
    SendError::ServiceError(why.to_owned())
}

/// A mail server that says what it is told to, and never goodbye.
struct Server {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn that_answers(answers: &[(&'static str, &'static str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (answers, lines) = (answers.to_vec(), Arc::clone(&heard));
        tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            let (reading, mut writing) = stream.into_split();
            let mut reading = BufReader::new(reading).lines();
            writing.write_all(b"220 mail.example.jp\r\n").await.unwrap();
            let mut in_letter = false;
            while let Ok(Some(line)) = reading.next_line().await {
                if in_letter && line != "." || line.starts_with("QUIT") {
                    continue;
                }
                let answer = answers
                    .iter()
                    .find(|(command, _)| line.starts_with(command));
                let answer = answer.map_or("500 not in the play", |(_, answer)| *answer);
                in_letter = line == "DATA" && answer.starts_with('3');
                lines.lock().unwrap().push(line);
                writing
                    .write_all(format!("{answer}\r\n").as_bytes())
                    .await
                    .unwrap();
            }
        });
        Self { port, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

pub(crate) fn address(text: &str) -> EmailAddress {
    EmailAddress::parse(text).unwrap()
}

pub(crate) fn setting(name: &str) -> String {
    env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run this with scripts/with-smtp"))
}

fn smtp(url: &str) -> SmtpSetting {
    match url.parse().unwrap() {
        MailSetting::Smtp(setting) => setting,
        MailSetting::Mailbox(_) => panic!("{url} is no mail server"),
    }
}

fn plain() -> SmtpSetting {
    smtp(&setting("TEST_SMTP_URL"))
}

/// As it would be set for a server on another machine.
fn encrypted(name: &str) -> SmtpSetting {
    let mut setting = smtp(&setting(name));
    if setting.encryption == Encryption::Plain {
        setting.encryption = Encryption::StartTls;
    }
    setting
}

fn transport(setting: SmtpSetting) -> Transport {
    Transport::open(MailSetting::Smtp(setting), &Society::default().mail_domain).unwrap()
}

/// The bytes of every letter the test server took for an address.
pub(crate) fn arrived_for(to: &EmailAddress) -> Vec<Vec<u8>> {
    let folder = setting("TEST_SMTP_DIR");
    let mut letters = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let envelope = entry.unwrap().path();
        let letter = envelope.with_extension("eml");
        let about_envelope = envelope
            .extension()
            .is_some_and(|extension| extension == "json");
        if about_envelope && letter.exists() {
            let envelope = fs::read_to_string(envelope).unwrap();
            if envelope.contains(&format!("\"to\":[\"{}\"]", to.as_str())) {
                assert!(
                    envelope.contains("\"from\":\"no-reply@autobacs-kenpo.jp\""),
                    "{envelope}"
                );
                letters.push(fs::read(letter).unwrap());
            }
        }
    }
    letters
}

fn outgoing(to: &EmailAddress, text: &str) -> Outgoing {
    let society = Society::default();
    let letter = Letter {
        subject: "【AB健康マイポータル】件名".to_owned(),
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
        unsubscribe: None,
    };
    let from = address(&society.sender());
    Outgoing::new(Uuid::now_v7(), letter, &from, to, &society, NOW).unwrap()
}

fn worker(db: &Db, folder: &Path, transport: Transport) -> MailWorker {
    MailWorker {
        db: db.clone(),
        transport,
        clock: Clock::standing_at(NOW),
        secrets: Arc::new(Secrets::open_or_create(&folder.join("key")).unwrap()),
        society: Arc::new(Society::default()),
        public_url: "https://portal.example.jp".into(),
        wake: Arc::new(Notify::new()),
        senders: NonZeroU8::MIN,
        unnoted: Unnoted::default(),
    }
}

async fn queue(db: &Db, kind: LetterKind, to: &EmailAddress, at: Timestamp) -> Uuid {
    let mut tx = db.write().await.unwrap();
    let letter = queue_in(&mut tx, kind, to, None, at).await;
    tx.commit().await.unwrap();
    letter
}

async fn queue_in(
    tx: &mut Tx,
    kind: LetterKind,
    to: &EmailAddress,
    link: Option<Uuid>,
    at: Timestamp,
) -> Uuid {
    let letter = NewLetter {
        kind,
        address: to.as_str(),
        address_key: &to.key(),
        link,
        member: None,
        about: "password",
        asked_at: at,
    };
    letter::queue(tx, letter).await.unwrap()
}

/// A link, its letter, and the address in it.
async fn ask_for_registration(worker: &MailWorker, to: &EmailAddress) -> (Uuid, String) {
    let (link, purpose) = (Uuid::now_v7(), Purpose::Registration);
    let now = worker.clock.now();
    let token = worker
        .secrets
        .link_token(purpose.as_str(), link, to.as_str());
    let new = NewLink {
        id: link,
        purpose,
        token_hash: &token_hash(&token),
        address: to,
        member: None,
        email: None,
        session: None,
        asked_at: now,
        expires_at: now.plus(3 * HOUR),
        is_untold: false,
        ended_at: None,
    };
    let mut tx = worker.db.write().await.unwrap();
    link::insert(&mut tx, &new).await.unwrap();
    let letter = queue_in(&mut tx, LetterKind::Registration, to, Some(link), now).await;
    tx.commit().await.unwrap();
    (
        letter,
        format!("{}/register/verify?token={token}", worker.public_url),
    )
}
