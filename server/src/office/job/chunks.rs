//! A job's bytes: pieces of 1 MiB in the database, each encrypted with the job's own key,
//! which goes with them. Nothing of a file lies on a disk in clear.

use std::{
    collections::VecDeque,
    fmt,
    io::{self, Read, Seek, SeekFrom},
};

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use domain::office::job::JobKind;
use sha2::{Digest, Sha256};
use store::{Db, job};
use tokio::runtime::Handle;
use uuid::Uuid;

use crate::base::secrets::Secrets;

/// A chunk in clear.
pub const CHUNK_BYTES: usize = 1024 * 1024;

/// Chunks in clear that a reader keeps: a zip file is read from its end and from its entries'
/// beginnings in turn.
const KEPT: usize = 4;

/// Of XChaCha20-Poly1305: long enough to be drawn for every chunk.
const NONCE_BYTES: usize = 24;

/// What the key is encrypted as in the job's row.
const SEALED_AS: &str = "job key";

/// A job's key.
pub struct JobKey {
    cipher: XChaCha20Poly1305,
    job: Uuid,
    kind: JobKind,
}

impl fmt::Debug for JobKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JobKey")
            .field("job", &self.job)
            .finish_non_exhaustive()
    }
}

impl JobKey {
    /// A new one, and how the job's row keeps it.
    ///
    /// # Errors
    /// The machine gives no random numbers.
    pub fn draw(
        secrets: &Secrets,
        job: Uuid,
        kind: JobKind,
    ) -> Result<(Self, Vec<u8>), getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        let wrapped = secrets.seal(SEALED_AS, &place(job), &key)?;
        Ok((Self::new(&key, job, kind), wrapped))
    }

    /// The one that a row keeps; `None` where it was made with another secret file.
    pub fn unwrap(secrets: &Secrets, job: Uuid, kind: JobKind, wrapped: &[u8]) -> Option<Self> {
        let key = secrets.open_sealed(SEALED_AS, &place(job), wrapped)?;
        Some(Self::new(key.as_slice().try_into().ok()?, job, kind))
    }

    /// The one of a job's row.
    pub fn of(secrets: &Secrets, job: &job::Job) -> Option<Self> {
        Self::unwrap(secrets, job.id, job.kind, job.wrapped_key.as_deref()?)
    }

    fn new(key: &[u8; 32], job: Uuid, kind: JobKind) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(key.into()),
            job,
            kind,
        }
    }

    /// Encrypts a chunk: at another place, of another job, or as the last one where it is
    /// not, it does not open.
    ///
    /// # Errors
    /// The machine gives no random numbers.
    pub fn seal(&self, place: Place, bytes: &[u8]) -> Result<Vec<u8>, getrandom::Error> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce)?;
        let aad = self.associated(place);
        let payload = Payload {
            msg: bytes,
            aad: &aad,
        };
        // It fails for more bytes than there are in a machine.
        let sealed = self.cipher.encrypt(XNonce::from_slice(&nonce), payload);
        Ok([&nonce[..], &sealed.unwrap_or_default()].concat())
    }

    /// A chunk in clear; `None` where it is not what was written there.
    pub fn open(&self, place: Place, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, msg) = sealed.split_at_checked(NONCE_BYTES)?;
        let aad = self.associated(place);
        let payload = Payload { msg, aad: &aad };
        self.cipher.decrypt(XNonce::from_slice(nonce), payload).ok()
    }

    fn associated(&self, place: Place) -> Vec<u8> {
        let (what, number, is_last) = match place {
            Place::Chunk { number, is_last } => (0_u8, number, is_last),
            Place::Preview => (1, 0, true),
        };
        let mut all = self.job.as_bytes().to_vec();
        all.push(what);
        all.extend(number.to_be_bytes());
        all.push(u8::from(is_last));
        all.extend(self.kind.as_str().as_bytes());
        all
    }
}

/// Where something of a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// A chunk.
    Chunk {
        /// Counted from 0.
        number: u64,
        /// Whether none follows.
        is_last: bool,
    },
    /// What is shown of a file before it is brought in.
    Preview,
}

fn place(job: Uuid) -> String {
    format!("job {job}")
}

/// Cuts what comes in into chunks. The last one is known only at the end, so one is always
/// held back.
#[derive(Debug)]
pub struct Cutter {
    held: Vec<u8>,
    chunks: u64,
    bytes: u64,
    hash: Sha256,
}

impl Default for Cutter {
    fn default() -> Self {
        Self {
            held: Vec::with_capacity(CHUNK_BYTES),
            chunks: 0,
            bytes: 0,
            hash: Sha256::new(),
        }
    }
}

impl Cutter {
    /// How many bytes have come.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes as much of `piece` as fits; where a whole chunk is full and more follows, it is
    /// answered with its number.
    pub fn take(&mut self, piece: &mut &[u8]) -> Option<(u64, Vec<u8>)> {
        let full = (self.held.len() == CHUNK_BYTES && !piece.is_empty()).then(|| {
            let number = self.chunks;
            self.chunks += 1;
            let next = Vec::with_capacity(CHUNK_BYTES);
            (number, std::mem::replace(&mut self.held, next))
        });
        let fits = piece.len().min(CHUNK_BYTES - self.held.len());
        let (now, later) = piece.split_at(fits);
        self.hash.update(now);
        self.held.extend_from_slice(now);
        self.bytes += fits as u64;
        *piece = later;
        full
    }

    /// The last chunk with its number, how many bytes there are in all, and their SHA-256.
    pub fn end(self) -> (u64, Vec<u8>, u64, [u8; 32]) {
        (
            self.chunks,
            self.held,
            self.bytes,
            self.hash.finalize().into(),
        )
    }
}

/// Why a job's bytes cannot be read.
#[derive(Debug)]
pub enum ChunkError {
    /// The database's word.
    Database(store::Error),
    /// A chunk is not there, or is not what was written.
    Missing,
}

impl fmt::Display for ChunkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => error.fmt(f),
            Self::Missing => f.write_str("a chunk of the job is missing"),
        }
    }
}

impl std::error::Error for ChunkError {}

impl From<store::Error> for ChunkError {
    fn from(error: store::Error) -> Self {
        Self::Database(error)
    }
}

/// One chunk of a job in clear; `chunks` says how many there are.
///
/// # Errors
/// One that is not there, or is not what was written.
pub async fn read_chunk(
    db: &Db,
    key: &JobKey,
    number: u64,
    chunks: u64,
) -> Result<Vec<u8>, ChunkError> {
    let sealed = job::chunk(db, key.job, number).await?;
    let place = Place::Chunk {
        number,
        is_last: number + 1 == chunks,
    };
    let clear = sealed.and_then(|sealed| key.open(place, &sealed));
    clear.ok_or(ChunkError::Missing)
}

/// A file that came in, as whoever reads files needs it. It waits for the database, so it is
/// for a blocking thread.
#[derive(Debug)]
pub struct ChunkFile {
    db: Db,
    key: JobKey,
    runtime: Handle,
    chunks: u64,
    bytes: u64,
    position: u64,
    /// The one that was used last is the last.
    kept: VecDeque<(u64, Vec<u8>)>,
}

impl ChunkFile {
    /// Opens a job's file; its last chunk has to be there.
    ///
    /// # Errors
    /// A file that is gone, or not whole.
    pub async fn open(db: &Db, secrets: &Secrets, job: &job::Job) -> Result<Self, ChunkError> {
        let key = JobKey::of(secrets, job).ok_or(ChunkError::Missing)?;
        let chunks = job.chunks.filter(|chunks| *chunks > 0);
        let chunks = chunks.ok_or(ChunkError::Missing)?;
        let last = read_chunk(db, &key, chunks - 1, chunks).await?;
        let whole = (chunks - 1) * CHUNK_BYTES as u64 + last.len() as u64;
        if whole != job.bytes || job::chunks(db, job.id).await? != chunks {
            return Err(ChunkError::Missing);
        }
        Ok(Self {
            db: db.clone(),
            key,
            runtime: Handle::current(),
            chunks,
            bytes: job.bytes,
            position: 0,
            kept: VecDeque::from([(chunks - 1, last)]),
        })
    }

    /// How many bytes there are.
    pub const fn len(&self) -> u64 {
        self.bytes
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    fn chunk(&mut self, number: u64) -> io::Result<&[u8]> {
        let kept = self.kept.iter().position(|(at, _)| *at == number);
        let chunk = match kept.and_then(|at| self.kept.remove(at)) {
            Some(chunk) => chunk,
            None => {
                let read = read_chunk(&self.db, &self.key, number, self.chunks);
                let clear = self.runtime.block_on(read).map_err(io::Error::other)?;
                if self.kept.len() == KEPT {
                    self.kept.pop_front();
                }
                (number, clear)
            }
        };
        self.kept.push_back(chunk);
        Ok(self.kept.back().map_or(&[], |(_, clear)| clear))
    }
}

impl Read for ChunkFile {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.bytes || buffer.is_empty() {
            return Ok(0);
        }
        let whole = CHUNK_BYTES as u64;
        let (number, within) = (self.position / whole, self.position % whole);
        let within = usize::try_from(within).map_err(io::Error::other)?;
        let there = self.chunk(number)?.get(within..).unwrap_or_default();
        if there.is_empty() {
            return Err(io::Error::other(ChunkError::Missing));
        }
        let read = there.len().min(buffer.len());
        buffer[..read].copy_from_slice(&there[..read]);
        self.position += read as u64;
        Ok(read)
    }
}

impl Seek for ChunkFile {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(to) => Some(to),
            SeekFrom::End(by) => self.bytes.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        let before = || io::Error::new(io::ErrorKind::InvalidInput, "before the beginning");
        self.position = target.ok_or_else(before)?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn key(folder: &tempfile::TempDir, job: u128, kind: JobKind) -> (JobKey, Vec<u8>) {
        let secrets = Secrets::open_or_create(&folder.path().join("secret.key")).unwrap();
        JobKey::draw(&secrets, Uuid::from_u128(job), kind).unwrap()
    }

    #[test]
    fn a_chunk_opens_at_its_place_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (ours, wrapped) = key(&folder, 1, JobKind::Roster);
        let at = |number, is_last| Place::Chunk { number, is_last };
        let sealed = ours.seal(at(0, false), b"a roster").unwrap();
        assert_eq!(ours.open(at(0, false), &sealed).unwrap(), b"a roster");
        for elsewhere in [at(1, false), at(0, true), Place::Preview] {
            assert_eq!(ours.open(elsewhere, &sealed), None, "{elsewhere:?}");
        }
        let mut changed = sealed.clone();
        changed[NONCE_BYTES] ^= 1;
        assert_eq!(ours.open(at(0, false), &changed), None);
        assert_eq!(ours.open(at(0, false), &sealed[..10]), None);
        assert_ne!(ours.seal(at(0, false), b"a roster").unwrap(), sealed);

        let secrets = Secrets::open(&folder.path().join("secret.key")).unwrap();
        let again = |job, kind| JobKey::unwrap(&secrets, Uuid::from_u128(job), kind, &wrapped);
        let read = again(1, JobKind::Roster).unwrap();
        assert_eq!(read.open(at(0, false), &sealed).unwrap(), b"a roster");
        let of_another_kind = again(1, JobKind::Expenses).unwrap();
        assert_eq!(of_another_kind.open(at(0, false), &sealed), None);
        assert!(again(2, JobKind::Roster).is_none());
        assert!(!format!("{ours:?}").contains("cipher"));
    }

    #[test]
    fn pieces_of_any_length_become_chunks_of_one() {
        for length in [
            0,
            1,
            CHUNK_BYTES - 1,
            CHUNK_BYTES,
            CHUNK_BYTES + 1,
            3 * CHUNK_BYTES,
        ] {
            let all: Vec<u8> = (0..length).map(|n| (n % 251) as u8).collect();
            for cut in [1000, CHUNK_BYTES, 5 * CHUNK_BYTES] {
                let (mut cutter, mut out) = (Cutter::default(), Vec::new());
                for piece in all.chunks(cut) {
                    let mut piece = piece;
                    while !piece.is_empty() {
                        out.extend(cutter.take(&mut piece));
                    }
                }
                let (number, last, bytes, hash) = cutter.end();
                assert!(out.iter().all(|(_, chunk)| chunk.len() == CHUNK_BYTES));
                assert_eq!(number, out.len() as u64);
                assert_eq!(bytes, length as u64);
                assert_eq!(hash, <[u8; 32]>::from(Sha256::digest(&all)));
                let mut joined: Vec<u8> = out.into_iter().flat_map(|(_, chunk)| chunk).collect();
                joined.extend(last);
                assert!(joined == all, "{length} in pieces of {cut}");
            }
        }
    }
}
