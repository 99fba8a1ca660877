//! Jobs: who works on one, what is written for it, and where its bytes stay.

use std::{
    io::{Read, Seek, SeekFrom},
    time::Duration,
};

use domain::{
    office::job::{JobKind, JobState},
    values::timestamp::Timestamp,
};
use server::{
    base::secrets::Secrets,
    office::job::chunks::{CHUNK_BYTES, ChunkFile, Cutter, JobKey, Place},
};
use store::{
    Db,
    job::{self, Job, JobProgress, LEASE, LIFE, NewJob, Work},
};
use uuid::Uuid;

use crate::{fresh::Fresh, roster::NOW};

const INSTANT: Duration = Duration::from_millis(1);

fn secrets(fresh: &Fresh) -> Secrets {
    Secrets::open_or_create(&fresh.folder.path().join("secret.key")).unwrap()
}

/// A file as it stands in the database after its upload.
pub(crate) async fn received(fresh: &Fresh, kind: JobKind, bytes: &[u8]) -> Uuid {
    let id = Uuid::now_v7();
    let (key, wrapped) = JobKey::draw(&secrets(fresh), id, kind).unwrap();
    let mut tx = fresh.db.write().await.unwrap();
    let new = NewJob {
        id,
        kind,
        file_name: "meibo.csv",
        choice: "",
        wrapped_key: &wrapped,
        started_by: Uuid::from_u128(1),
    };
    job::create(&mut tx, new, NOW).await.unwrap();
    let (mut cutter, mut rest, mut all) = (Cutter::default(), bytes, Vec::new());
    while !rest.is_empty() {
        all.extend(cutter.take(&mut rest).map(|full| (full, false)));
    }
    let (number, last, bytes, hash) = cutter.end();
    all.push(((number, last), true));
    for ((number, chunk), is_last) in &all {
        let place = Place::Chunk {
            number: *number,
            is_last: *is_last,
        };
        let sealed = key.seal(place, chunk).unwrap();
        job::append_chunk(&mut tx, id, *number, &sealed)
            .await
            .unwrap();
    }
    let size = (all.len() as u64, bytes);
    assert!(job::arrived(&mut tx, id, size, &hash, NOW).await.unwrap());
    tx.commit().await.unwrap();
    id
}

async fn the(db: &Db, id: Uuid) -> Job {
    job::find(db, id).await.unwrap().unwrap()
}

async fn becomes(db: &Db, one: &Job, to: JobState, now: Timestamp) -> bool {
    let mut tx = db.write().await.unwrap();
    let changed = job::to_state(&mut tx, one.claim(), to, now).await.unwrap();
    tx.commit().await.unwrap();
    changed
}

async fn is_held(db: &Db, one: &Job) -> bool {
    let mut tx = db.write().await.unwrap();
    job::held(&mut tx, one.claim()).await.unwrap()
}

on_both! {
    async fn one_server_at_a_time_works_on_a_job(fresh: Fresh) {
        let id = received(&fresh, JobKind::Roster, b"a file").await;
        let other = Db::open(&fresh.url).await.unwrap();
        assert!(job::claim_next(&other, Work::Postcards, NOW).await.unwrap().is_none());

        // Two at the same moment: one of them has it.
        let (one, two) = futures::join!(
            job::claim_next(&fresh.db, Work::Files, NOW),
            job::claim_next(&other, Work::Files, NOW)
        );
        let mut got = [one.unwrap(), two.unwrap()].into_iter().flatten();
        let first = got.next().unwrap();
        assert!(got.next().is_none() && first.id == id && first.claim == 1);
        let working = JobProgress { step: "read", rows: 3, done: 1, all: 4 };
        assert!(job::progress(&fresh.db, first.claim(), working, NOW).await.unwrap());
        assert_eq!(the(&fresh.db, id).await.percent(), 25);

        // Its lease is renewed, so it stays with that one; then it is not, and goes on.
        let later = NOW.plus(LEASE);
        assert!(job::renew(&fresh.db, first.claim(), later).await.unwrap());
        assert!(job::claim_next(&other, Work::Files, later).await.unwrap().is_none());
        let late = later.plus(LEASE);
        let second = job::claim_next(&other, Work::Files, late).await.unwrap().unwrap();
        assert_eq!(second.claim, 2);
        assert!(!is_held(&fresh.db, &first).await && is_held(&other, &second).await);
        assert!(!job::renew(&fresh.db, first.claim(), late).await.unwrap());
        assert!(!job::progress(&fresh.db, first.claim(), working, late).await.unwrap());
        assert!(!becomes(&fresh.db, &first, JobState::Checking, late).await);

        // No state but those that follow.
        assert!(!becomes(&other, &second, JobState::Done, late).await);
        assert!(becomes(&other, &second, JobState::Checking, late).await);
        assert!(becomes(&other, &second, JobState::Previewed, late).await);
        assert!(job::claim_next(&other, Work::Files, late).await.unwrap().is_none());
        assert!(becomes(&other, &second, JobState::Running, late).await);
        // At once, without waiting for a lease that nobody has.
        let third = job::claim_next(&fresh.db, Work::Files, late).await.unwrap().unwrap();
        assert_eq!((third.claim, third.state), (3, JobState::Running));

        // Cancelled under its hands.
        let mut tx = fresh.db.write().await.unwrap();
        assert!(job::cancel(&mut tx, id, late).await.unwrap());
        tx.commit().await.unwrap();
        assert!(!is_held(&fresh.db, &third).await);
        assert!(!becomes(&fresh.db, &third, JobState::Done, late).await);
        assert_eq!(the(&fresh.db, id).await.state, JobState::Cancelled);
        assert_eq!(job::chunks(&fresh.db, id).await.unwrap(), 0);
    }
}

on_both! {
    async fn a_file_is_read_from_its_pieces_and_lies_nowhere_in_clear(fresh: Fresh) {
        let words = "架空 太郎,1980-04-01,".as_bytes();
        let file: Vec<u8> = words.iter().copied().cycle().take(5 * CHUNK_BYTES + 77).collect();
        let id = received(&fresh, JobKind::Roster, &file).await;
        let one = the(&fresh.db, id).await;
        assert_eq!((one.chunks, one.bytes), (Some(6), file.len() as u64));
        let secrets = secrets(&fresh);
        let mut opened = ChunkFile::open(&fresh.db, &secrets, &one).await.unwrap();
        let expected = file.clone();
        tokio::task::spawn_blocking(move || {
            let mut read = Vec::new();
            opened.read_to_end(&mut read).unwrap();
            assert!(read == expected);
            for at in [0, 5 * CHUNK_BYTES, CHUNK_BYTES - 3, 3 * CHUNK_BYTES + 1, 77] {
                opened.seek(SeekFrom::Start(at as u64)).unwrap();
                let mut six = [0; 6];
                opened.read_exact(&mut six).unwrap();
                assert_eq!(six, expected[at..at + 6]);
            }
            assert_eq!(opened.seek(SeekFrom::End(-1)).unwrap(), expected.len() as u64 - 1);
            assert!(opened.seek(SeekFrom::End(-(expected.len() as i64) - 1)).is_err());
            opened.seek(SeekFrom::Start(expected.len() as u64 + 9)).unwrap();
            assert_eq!(opened.read(&mut [0; 4]).unwrap(), 0);
        })
        .await
        .unwrap();

        for number in 0..6 {
            let sealed = job::chunk(&fresh.db, id, number).await.unwrap().unwrap();
            assert!(!sealed.windows(12).any(|part| part == &words[..12]));
        }
        // Cut short, it is no file.
        tell!(&fresh.db, "delete from job_chunk where number = 5");
        assert!(ChunkFile::open(&fresh.db, &secrets, &one).await.is_err());
        tell!(&fresh.db, "update job set chunks = 5, bytes = 5 * 1048576");
        let shorter = the(&fresh.db, id).await;
        assert!(ChunkFile::open(&fresh.db, &secrets, &shorter).await.is_err());
    }
}

on_both! {
    async fn bytes_are_kept_for_a_day_and_no_copy_has_them(fresh: Fresh) {
        let db = &fresh.db;
        let id = received(&fresh, JobKind::Expenses, b"a file").await;
        let lost = received(&fresh, JobKind::Expenses, b"another").await;
        let left = received(&fresh, JobKind::Postcards, b"pairs").await;
        let mut tx = db.write().await.unwrap();
        let on_its_way = NewJob {
            id: Uuid::now_v7(),
            kind: JobKind::Roster,
            file_name: "",
            choice: "",
            wrapped_key: b"key",
            started_by: Uuid::from_u128(1),
        };
        job::create(&mut tx, on_its_way, NOW).await.unwrap();
        job::append_chunk(&mut tx, on_its_way.id, 0, b"sealed").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(job::expire(db, NOW).await.unwrap(), 0);

        let copy = fresh.folder.path().join("copy.db");
        if db.copy_to(&copy, NOW).await.unwrap() {
            let copied = Db::open(&format!("sqlite://{}", copy.display())).await.unwrap();
            let left: i64 = ask!(&copied, "select count(*) from job_chunk");
            assert_eq!(left, 0);
            let left: i64 = ask!(&copied, "select count(*) from job where wrapped_key is not null");
            assert_eq!(left, 0);
            let left: i64 = ask!(&copied, "select count(*) from job where state <> 'expired'");
            assert_eq!(left, 0);
        }
        // What `pg_dump --exclude-table-data=job_chunk` brings back.
        let mut tx = db.write().await.unwrap();
        job::forget_bytes(&mut tx, lost).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(job::expire(db, NOW).await.unwrap(), 1);
        assert_eq!(the(db, lost).await.state, JobState::Expired);
        assert_eq!(the(db, id).await.state, JobState::Received);

        assert_eq!(job::expire(db, NOW.plus(LIFE).minus(INSTANT)).await.unwrap(), 1);
        assert!(job::find(db, on_its_way.id).await.unwrap().is_none());
        assert_eq!(job::expire(db, NOW.plus(LIFE)).await.unwrap(), 1);
        assert_eq!(the(db, id).await.state, JobState::Expired);
        assert_eq!(job::chunks(db, id).await.unwrap(), 0);
        assert_eq!(job::chunks(db, left).await.unwrap(), 1);
        let kept: i64 = ask!(db, "select count(*) from job where wrapped_key is not null");
        assert_eq!(kept, 1);
    }
}
