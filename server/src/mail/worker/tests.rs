//! Stories of the queue, with a standing clock, a mailbox folder and SQLite. What
//! PostgreSQL and a real mail server do is told in `tests/it/mail.rs`.

#![allow(clippy::unwrap_used)]

use std::{fs, path::PathBuf};

use domain::ports::Delivery;
use store::{
    letter::NewLetter,
    link::{self, NewLink, Purpose},
};
use uuid::Uuid;

use super::*;

use crate::{base::secrets::token_hash, mail::mailbox};

const NOW: Timestamp = Timestamp(1_795_326_120_000);
const HOUR: Duration = LONGEST_PAUSE;
const LINK_LIFE: Duration = Duration::from_secs(3 * 3600);

struct Office {
    worker: MailWorker,
    mailbox: PathBuf,
    _folder: tempfile::TempDir,
}

impl Office {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("portal.db").display());
        let db = Db::open(&url).await.unwrap();
        db.migrate().await.unwrap();
        let mailbox = folder.path().join("mail");
        let worker = MailWorker {
            db,
            transport: Transport::Mailbox(mailbox.clone()),
            clock: Clock::standing_at(NOW),
            secrets: Arc::new(Secrets::open_or_create(&folder.path().join("key")).unwrap()),
            society: Arc::new(Society::default()),
            public_url: "https://portal.example.jp".into(),
            wake: Arc::new(Notify::new()),
            senders: NonZeroU8::MIN,
            unnoted: Unnoted::default(),
        };
        Self {
            worker,
            mailbox,
            _folder: folder,
        }
    }

    /// Somebody asks for a registration: a link and its letter.
    async fn ask(&self, address: &str) -> (Uuid, Uuid) {
        let address = EmailAddress::parse(address).unwrap();
        let now = self.worker.clock.now();
        let link = Uuid::now_v7();
        let purpose = Purpose::Registration;
        let token = self
            .worker
            .secrets
            .link_token(purpose.as_str(), link, address.as_str());
        let mut tx = self.worker.db.write().await.unwrap();
        let new = NewLink {
            id: link,
            purpose,
            token_hash: &token_hash(&token),
            address: &address,
            member: None,
            email: None,
            session: None,
            asked_at: now,
            expires_at: now.plus(LINK_LIFE),
            is_untold: false,
            ended_at: None,
        };
        link::insert(&mut tx, &new).await.unwrap();
        let letter = queue(&mut tx, LetterKind::Registration, &address, Some(link), now).await;
        tx.commit().await.unwrap();
        (letter, link)
    }

    async fn queue(&self, kind: LetterKind) -> Uuid {
        let mut tx = self.worker.db.write().await.unwrap();
        let address = EmailAddress::parse("hanako@example.jp").unwrap();
        let letter = queue(&mut tx, kind, &address, None, self.worker.clock.now()).await;
        tx.commit().await.unwrap();
        letter
    }

    async fn deliver(&self) -> DeliveryBatch {
        self.worker.deliver_due().await.unwrap()
    }

    async fn after(&self, span: Duration) -> DeliveryBatch {
        self.worker.clock.advance(span);
        self.deliver().await
    }

    async fn delivery(&self, letter: Uuid) -> Delivery {
        letter::delivery(&self.worker.db, letter)
            .await
            .unwrap()
            .unwrap()
    }

    /// No letter can be stored while a file stands where the folder has to be.
    fn block(&self) {
        fs::write(&self.mailbox, "").unwrap();
    }

    fn unblock(&self) {
        fs::remove_file(&self.mailbox).unwrap();
    }

    fn subjects(&self) -> Vec<String> {
        let letters = mailbox::letters(&self.mailbox, 100).unwrap();
        letters.into_iter().map(|letter| letter.subject).collect()
    }
}

async fn queue(
    tx: &mut store::Tx,
    kind: LetterKind,
    address: &EmailAddress,
    link: Option<Uuid>,
    now: Timestamp,
) -> Uuid {
    let letter = NewLetter {
        kind,
        address: address.as_str(),
        address_key: &address.key(),
        link,
        member: None,
        about: "password",
        asked_at: now,
    };
    letter::queue(tx, letter).await.unwrap()
}

const NOTHING: DeliveryBatch = DeliveryBatch {
    sent: 0,
    put_off: 0,
    given_up: 0,
};
const SENT: DeliveryBatch = DeliveryBatch { sent: 1, ..NOTHING };
const PUT_OFF: DeliveryBatch = DeliveryBatch {
    put_off: 1,
    ..NOTHING
};
const GIVEN_UP: DeliveryBatch = DeliveryBatch {
    given_up: 1,
    ..NOTHING
};

#[tokio::test]
async fn a_letter_that_was_asked_for_lies_in_the_mailbox_once_with_the_link_that_works() {
    let office = Office::open().await;
    let (letter, link) = office.ask("a..b@docomo.ne.jp").await;
    assert_eq!(office.delivery(letter).await, Delivery::Waiting);

    assert_eq!(office.after(SECOND).await, SENT);
    assert_eq!(office.deliver().await, NOTHING, "the letter was sent twice");

    assert_eq!(
        office.delivery(letter).await,
        Delivery::HandedOver(NOW.plus(SECOND))
    );
    let stored = mailbox::letters(&office.mailbox, 100).unwrap();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].to, "a..b@docomo.ne.jp");
    assert_eq!(
        stored[0].from,
        "AB健康マイポータル <no-reply@autobacs-kenpo.jp>"
    );
    assert_eq!(stored[0].date, "2026年11月22日 14:42");
    let token = office
        .worker
        .secrets
        .link_token("registration", link, "a..b@docomo.ne.jp");
    let url = format!("https://portal.example.jp/register/verify?token={token}");
    assert!(
        stored[0].text.lines().any(|line| line == url),
        "{}",
        stored[0].text
    );
    assert!(
        stored[0].text.contains("2026年11月22日 17:42 まで"),
        "{}",
        stored[0].text
    );
}

#[tokio::test]
async fn letters_in_the_folder_are_their_owner_s_and_listed_newest_first() {
    use std::os::unix::fs::MetadataExt;

    let office = Office::open().await;
    office.queue(LetterKind::AlreadyRegistered).await;
    office.deliver().await;
    office.queue(LetterKind::Change).await;
    office.after(MINUTE).await;
    assert_eq!(
        office.subjects(),
        [
            "【AB健康マイポータル】登録内容の変更のお知らせ",
            "【AB健康マイポータル】すでに登録されているメールアドレスです"
        ]
    );
    assert_eq!(mailbox::letters(&office.mailbox, 1).unwrap().len(), 1);
    for file in fs::read_dir(&office.mailbox).unwrap() {
        assert_eq!(file.unwrap().metadata().unwrap().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_letter_in_trouble_is_tried_less_and_less_often_and_leaves_when_it_can() {
    let office = Office::open().await;
    let letter = office.queue(LetterKind::AlreadyRegistered).await;
    office.block();
    assert_eq!(office.deliver().await, PUT_OFF);
    for pause in PAUSES.into_iter().chain([HOUR, HOUR]) {
        assert_eq!(
            office.after(pause - SECOND).await,
            NOTHING,
            "tried before {pause:?}"
        );
        assert_eq!(
            office.after(SECOND).await,
            PUT_OFF,
            "not tried after {pause:?}"
        );
    }
    assert_eq!(office.delivery(letter).await, Delivery::Waiting);
    office.unblock();
    assert_eq!(office.after(HOUR).await, SENT);
    assert!(matches!(
        office.delivery(letter).await,
        Delivery::HandedOver(_)
    ));
}

#[tokio::test]
async fn a_link_is_sent_until_it_expires_and_not_a_moment_longer() {
    let office = Office::open().await;
    let (in_time, _) = office.ask("early@example.jp").await;
    assert_eq!(
        office.after(LINK_LIFE - Duration::from_millis(1)).await,
        SENT
    );
    assert!(matches!(
        office.delivery(in_time).await,
        Delivery::HandedOver(_)
    ));

    let (too_late, _) = office.ask("late@example.jp").await;
    assert_eq!(office.after(LINK_LIFE).await, GIVEN_UP);
    assert_eq!(office.delivery(too_late).await, Delivery::GivenUp);
    assert_eq!(office.subjects().len(), 1, "a dead link was sent");
}

#[tokio::test]
async fn a_letter_in_trouble_is_given_up_when_its_link_expires() {
    let office = Office::open().await;
    let (letter, _) = office.ask("taro@example.jp").await;
    office.block();
    let mut tries = 0;
    while office.delivery(letter).await == Delivery::Waiting {
        let round = office.deliver().await;
        tries += round.put_off;
        office.worker.clock.advance(SECOND);
    }
    assert_eq!(office.worker.clock.now(), NOW.plus(LINK_LIFE + SECOND));
    assert_eq!(
        tries, 9,
        "30 s, 1, 2, 5, 10, 30 min, then hourly within three hours"
    );
}

#[tokio::test]
async fn a_link_that_was_used_in_the_meantime_is_not_sent() {
    let office = Office::open().await;
    let (letter, _) = office.ask("taro@example.jp").await;
    let mut tx = office.worker.db.write().await.unwrap();
    link::end_registrations(&mut tx, "taro@example.jp", NOW)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(office.deliver().await, GIVEN_UP);
    assert_eq!(office.delivery(letter).await, Delivery::GivenUp);
}

#[tokio::test]
async fn a_letter_without_a_link_is_given_up_after_three_days() {
    let office = Office::open().await;
    let letter = office.queue(LetterKind::Change).await;
    assert_eq!(office.after(LIFE).await, GIVEN_UP);
    assert_eq!(office.delivery(letter).await, Delivery::GivenUp);
}

#[tokio::test]
async fn a_withheld_letter_comes_as_far_as_any_other_and_nobody_gets_it() {
    let office = Office::open().await;
    let letter = office.queue(LetterKind::Withheld).await;
    office.block();
    assert_eq!(
        office.deliver().await,
        PUT_OFF,
        "it left although no letter could"
    );
    office.unblock();
    assert_eq!(office.after(MINUTE).await, SENT);
    assert!(matches!(
        office.delivery(letter).await,
        Delivery::HandedOver(_)
    ));
    assert_eq!(office.subjects(), [""; 0]);
}

#[tokio::test]
async fn a_letter_whose_sender_died_is_taken_up_again_and_not_before() {
    let office = Office::open().await;
    office.queue(LetterKind::Change).await;
    let claimed = letter::claim(&office.worker.db, NOW, LEASE, 1)
        .await
        .unwrap();
    assert_eq!(claimed.len(), 1);
    assert_eq!(
        office.after(LEASE - SECOND).await,
        NOTHING,
        "two workers had the same letter"
    );
    assert_eq!(office.after(SECOND).await, SENT);
}

#[tokio::test]
async fn the_log_tells_of_trouble_without_the_address_and_without_the_link() {
    #[derive(Clone, Default)]
    struct Log(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Log {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let office = Office::open().await;
    let (letter, link) = office.ask("himitsu@example.jp").await;
    office.block();
    assert_eq!(office.deliver().await, PUT_OFF);
    assert_eq!(office.after(LINK_LIFE).await, GIVEN_UP);

    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(
        log.contains("WARN") && log.contains(&letter.to_string()),
        "{log}"
    );
    assert!(
        log.contains("a letter was given up") && log.contains("the link has expired"),
        "{log}"
    );
    let token = office
        .worker
        .secrets
        .link_token("registration", link, "himitsu@example.jp");
    assert!(!log.contains("himitsu") && !log.contains(&token), "{log}");
}

#[tokio::test]
async fn the_worker_sends_when_it_is_woken_and_ends_when_it_is_told_to() {
    let office = Office::open().await;
    let (db, wake) = (office.worker.db.clone(), Arc::clone(&office.worker.wake));
    let letter = office.queue(LetterKind::Change).await;
    let (stop, stopped) = watch::channel(false);
    wake.notify_one();
    let worker = tokio::spawn(Arc::new(office.worker).run(stopped));
    while letter::delivery(&db, letter).await.unwrap() == Some(Delivery::Waiting) {
        tokio::task::yield_now().await;
    }
    stop.send(true).unwrap();
    tokio::time::timeout(MINUTE, worker).await.unwrap().unwrap();
}
