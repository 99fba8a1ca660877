//! Password hashes: argon2id (RFC 9106) on threads of its own.
//!
//! A hash costs about 20 ms of a core and 19 MiB, so the number of threads
//! bounds both, whatever arrives. Places are counted: whoever finds none is told
//! so at once, and may take one before anything else that it must not do in vain
//! (a try that is counted, say). Every thread keeps its memory from one hash to
//! the next (a third of the time goes into fresh pages otherwise) and gives it
//! back when nothing has come for a while.

use std::{fmt, sync::Arc, thread, time::Duration};

use argon2::{
    ARGON2ID_IDENT, Algorithm, Argon2, Block, Params, Version,
    password_hash::phc::{Output, ParamsString, PasswordHash, Salt},
};
use flume::RecvTimeoutError;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

/// The most that a stored hash may ask of us. What asks for more was not
/// written by this server, whatever its settings.
const MOST: HashCost = HashCost {
    memory_kib: 64 * 1024,
    passes: 10,
    lanes: 16,
};

const SALT_BYTES: usize = 16;
const OUTPUT_BYTES: usize = 32;

/// Room that a thread reserves for its blocks, in KiB. Only what is filled is
/// ever backed by memory; but beyond 32 MiB glibc always maps an allocation of
/// its own, and so gives it back to the system when it is freed.
const RESERVED_KIB: usize = 33 * 1024;

/// What one hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashCost {
    /// Memory in KiB.
    pub memory_kib: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes; they are worked on one after another.
    pub lanes: u32,
}

impl Default for HashCost {
    /// The least that OWASP's Password Storage Cheat Sheet advises.
    fn default() -> Self {
        Self {
            memory_kib: 19 * 1024,
            passes: 2,
            lanes: 1,
        }
    }
}

impl HashCost {
    fn params(self) -> Result<Params, HashError> {
        Params::new(self.memory_kib, self.passes, self.lanes, Some(OUTPUT_BYTES))
            .map_err(|_| HashError::Cost)
            .and_then(affordable)
    }
}

fn affordable(params: Params) -> Result<Params, HashError> {
    let within = params.m_cost() <= MOST.memory_kib
        && params.t_cost() <= MOST.passes
        && params.p_cost() <= MOST.lanes;
    if within {
        Ok(params)
    } else {
        Err(HashError::Cost)
    }
}

/// How much is hashed at a time, and how much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Pool {
    /// Threads that hash.
    pub threads: usize,
    /// Places beyond those at the threads: for what waits.
    pub waiting: usize,
    /// After this long without work a thread gives its memory back.
    pub idle: Duration,
}

impl Default for Pool {
    /// A thread a core; two or three seconds of waiting; a minute.
    fn default() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self {
            threads,
            waiting: 128 * threads,
            idle: Duration::from_secs(60),
        }
    }
}

/// Why there is no hash, or no verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashError {
    /// Every place is taken.
    Busy,
    /// The cost is outside what argon2 or this server allows.
    Cost,
    /// The stored text is not an argon2id hash with salt and output.
    Unreadable,
    /// The system gave no memory, no thread or no randomness.
    System,
}

impl fmt::Display for HashError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "too many passwords are waiting to be hashed",
            Self::Cost => "the cost of the password hash is out of range",
            Self::Unreadable => "the stored password hash cannot be read",
            Self::System => "the system has no memory, thread or randomness for a password hash",
        })
    }
}

impl std::error::Error for HashError {}

/// Hashes and verifies. Clones share the threads; they end with the last clone.
#[derive(Clone)]
pub struct Hasher {
    cost: HashCost,
    params: Params,
    decoy: Arc<str>,
    threads: usize,
    places: Arc<Semaphore>,
    jobs: flume::Sender<Job>,
}

impl Hasher {
    /// Starts the threads.
    ///
    /// # Errors
    /// A cost out of range; no thread to be had.
    pub fn start(cost: HashCost, pool: Pool) -> Result<Self, HashError> {
        let params = cost.params()?;
        let mut output = [0; OUTPUT_BYTES];
        getrandom::fill(&mut output).map_err(|_| HashError::System)?;
        let output = Output::new(&output).map_err(|_| HashError::Unreadable)?;
        let decoy = written(&params, fresh_salt()?, output)?.into();

        // Every job has a place, so never more wait than there are places.
        let (jobs, waiting) = flume::unbounded();
        let threads = pool.threads.max(1);
        let places = Arc::new(Semaphore::new(threads + pool.waiting.max(1)));
        for _ in 0..threads {
            let waiting = waiting.clone();
            thread::Builder::new()
                .name("hash".to_owned())
                .spawn(move || work(&waiting, pool.idle))
                .map_err(|_| HashError::System)?;
        }
        Ok(Self {
            cost,
            params,
            decoy,
            threads,
            places,
            jobs,
        })
    }

    /// Takes a place, if there is one: what is brought to it is worked on.
    ///
    /// # Errors
    /// Every place is taken.
    pub fn acquire(&self) -> Result<Permit, HashError> {
        let permit = self
            .places
            .clone()
            .try_acquire_owned()
            .map_err(|_| HashError::Busy)?;
        Ok(Permit {
            params: self.params.clone(),
            jobs: self.jobs.clone(),
            permit: Arc::new(permit),
        })
    }

    /// The PHC string of `secret` under a fresh salt.
    ///
    /// # Errors
    /// Every place is taken, or the system has nothing left to give.
    pub async fn hash(&self, secret: &str) -> Result<String, HashError> {
        self.acquire()?.hash(secret).await
    }

    /// Whether `stored` is a hash of `secret`; compared in constant time.
    ///
    /// # Errors
    /// As [`Self::hash`]; `stored` cannot be read, or asks for more than any
    /// setting of this server would.
    pub async fn verify(&self, secret: &str, stored: &str) -> Result<bool, HashError> {
        self.acquire()?.verify(secret, stored).await
    }

    /// A hash at the present cost that no secret matches: its output was drawn,
    /// not derived. Verifying against it takes as long as against any other.
    pub fn decoy(&self) -> &str {
        &self.decoy
    }

    /// Whether `stored` was made at another cost than the present one (or not
    /// by us at all), and should be made anew when the secret is at hand.
    pub fn is_outdated(&self, stored: &str) -> bool {
        Stored::parse(stored).map_or(true, |stored| stored.params != self.params)
    }

    /// How many hashes are worked on at a time.
    pub fn threads(&self) -> usize {
        self.threads
    }
}

/// A place at the threads or in the queue before them, for one piece of work after
/// another; free again when it is dropped and the work is done.
pub struct Permit {
    params: Params,
    jobs: flume::Sender<Job>,
    permit: Arc<OwnedSemaphorePermit>,
}

impl Permit {
    /// As [`Hasher::hash`].
    ///
    /// # Errors
    /// The system has nothing left to give.
    pub async fn hash(&self, secret: &str) -> Result<String, HashError> {
        let salt = fresh_salt()?;
        let output = self.derive(secret, salt, self.params.clone()).await?;
        written(&self.params, salt, output)
    }

    /// As [`Hasher::verify`].
    ///
    /// # Errors
    /// As [`Self::hash`]; `stored` cannot be read, or asks for more than any
    /// setting of this server would.
    pub async fn verify(&self, secret: &str, stored: &str) -> Result<bool, HashError> {
        let stored = Stored::parse(stored)?;
        let output = self.derive(secret, stored.salt, stored.params).await?;
        Ok(output == stored.output)
    }

    /// A caller who goes away leaves its job in the queue, and its place taken:
    /// it is free when the work is done, not when nobody waits for it any more.
    async fn derive(&self, secret: &str, salt: Salt, params: Params) -> Result<Output, HashError> {
        let (answer, answered) = oneshot::channel();
        let job = Job {
            secret: SecretString::from(secret),
            salt,
            params,
            answer,
            _permit: self.permit.clone(),
        };
        self.jobs.send(job).map_err(|_| HashError::System)?;
        answered.await.unwrap_or(Err(HashError::System))
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Permit")
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hasher")
            .field("cost", &self.cost)
            .field("threads", &self.threads)
            .finish_non_exhaustive()
    }
}

/// A stored hash, read and found affordable.
struct Stored {
    params: Params,
    salt: Salt,
    output: Output,
}

impl Stored {
    fn parse(stored: &str) -> Result<Self, HashError> {
        let hash = PasswordHash::new(stored).map_err(|_| HashError::Unreadable)?;
        if hash.algorithm != ARGON2ID_IDENT || hash.version != Some(Version::V0x13.into()) {
            return Err(HashError::Unreadable);
        }
        let params = Params::try_from(&hash)
            .map_err(|_| HashError::Unreadable)
            .and_then(affordable)?;
        match (hash.salt, hash.hash) {
            (Some(salt), Some(output)) => Ok(Self {
                params,
                salt,
                output,
            }),
            _ => Err(HashError::Unreadable),
        }
    }
}

fn fresh_salt() -> Result<Salt, HashError> {
    let mut salt = [0; SALT_BYTES];
    getrandom::fill(&mut salt).map_err(|_| HashError::System)?;
    Salt::new(&salt).map_err(|_| HashError::System)
}

fn written(params: &Params, salt: Salt, output: Output) -> Result<String, HashError> {
    Ok(PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params).map_err(|_| HashError::Cost)?,
        salt: Some(salt),
        hash: Some(output),
    }
    .to_string())
}

/// One derivation, whoever wants it and what for.
struct Job {
    secret: SecretString,
    salt: Salt,
    params: Params,
    answer: oneshot::Sender<Result<Output, HashError>>,
    /// Given back with the job, should its caller have gone.
    _permit: Arc<OwnedSemaphorePermit>,
}

impl Job {
    fn run(self, memory: &mut Vec<Block>) {
        let output = derive(&self.secret, &self.salt, self.params, memory);
        // Nobody may be waiting any more; the answer is dropped then.
        let _ = self.answer.send(output);
    }
}

fn derive(
    secret: &SecretString,
    salt: &Salt,
    params: Params,
    memory: &mut Vec<Block>,
) -> Result<Output, HashError> {
    let blocks = params.block_count();
    if memory.len() < blocks {
        let room = blocks.max(RESERVED_KIB) - memory.len();
        memory
            .try_reserve_exact(room)
            .map_err(|_| HashError::System)?;
        memory.resize(blocks, Block::default());
    }
    let mut bytes = [0; Output::MAX_LENGTH];
    let out = &mut bytes[..params.output_len().unwrap_or(OUTPUT_BYTES)];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(
            secret.expose_secret().as_bytes(),
            salt,
            out,
            memory.as_mut_slice(),
        )
        .map_err(|_| HashError::Cost)?;
    Output::new(out).map_err(|_| HashError::Cost)
}

/// What a thread does until the last `Hasher` is gone.
fn work(waiting: &flume::Receiver<Job>, idle: Duration) {
    let mut memory = Vec::new();
    loop {
        let next = if memory.is_empty() {
            waiting.recv().map_err(RecvTimeoutError::from)
        } else {
            waiting.recv_timeout(idle)
        };
        match next {
            Ok(job) => job.run(&mut memory),
            Err(RecvTimeoutError::Timeout) => memory = Vec::new(),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The least argon2 allows: these tests are about everything but the cost.
    const TINY: HashCost = HashCost {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };

    fn hasher() -> Hasher {
        Hasher::start(
            TINY,
            Pool {
                threads: 2,
                waiting: 8,
                idle: Duration::from_secs(60),
            },
        )
        .unwrap()
    }

    #[tokio::test]
    async fn a_secret_matches_its_own_hash_only() {
        let hasher = hasher();
        let stored = hasher.hash("kenpo123").await.unwrap();
        assert!(
            stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"),
            "{stored}"
        );
        assert_eq!(hasher.verify("kenpo123", &stored).await, Ok(true));
        assert_eq!(hasher.verify("kenpo124", &stored).await, Ok(false));
        assert_ne!(
            hasher.hash("kenpo123").await.unwrap(),
            stored,
            "the salt is fresh every time"
        );
    }

    #[tokio::test]
    async fn hashes_of_the_reference_implementation_verify() {
        // phc-winner-argon2, src/test.c.
        let hasher = hasher();
        for stored in [
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc",
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ] {
            assert_eq!(
                hasher.verify("password", stored).await,
                Ok(true),
                "{stored}"
            );
        }
    }

    #[tokio::test]
    async fn the_decoy_looks_like_any_hash_and_matches_nothing() {
        let hasher = hasher();
        let real = hasher.hash("kenpo123").await.unwrap();
        assert_eq!(hasher.decoy().len(), real.len());
        assert!(!hasher.is_outdated(hasher.decoy()));
        assert_eq!(hasher.verify("kenpo123", hasher.decoy()).await, Ok(false));
        assert_eq!(hasher.verify("", hasher.decoy()).await, Ok(false));
    }

    #[tokio::test]
    async fn a_stored_hash_cannot_order_unbounded_work() {
        let hasher = hasher();
        let rest = "$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        for cost in ["m=65537,t=2,p=1", "m=256,t=11,p=1", "m=4096,t=2,p=17"] {
            let stored = format!("$argon2id$v=19${cost}{rest}");
            assert_eq!(
                hasher.verify("password", &stored).await,
                Err(HashError::Cost),
                "{cost}"
            );
        }
    }

    #[tokio::test]
    async fn what_is_no_hash_of_ours_is_an_error_and_outdated() {
        let hasher = hasher();
        for stored in [
            "",
            "kenpo123",
            "$argon2id$v=19$m=256,t=2,p=1",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
            "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
        ] {
            assert_eq!(
                hasher.verify("x", stored).await,
                Err(HashError::Unreadable),
                "{stored:?}"
            );
            assert!(hasher.is_outdated(stored));
        }
    }

    #[tokio::test]
    async fn a_hash_at_another_cost_is_outdated() {
        let before = hasher().hash("kenpo123").await.unwrap();
        let now = Hasher::start(HashCost { passes: 2, ..TINY }, Pool::default()).unwrap();
        assert!(now.is_outdated(&before));
        assert_eq!(now.verify("kenpo123", &before).await, Ok(true));
        assert!(!now.is_outdated(&now.hash("kenpo123").await.unwrap()));
    }

    #[test]
    fn an_unreasonable_cost_is_refused_at_start() {
        for cost in [
            HashCost {
                memory_kib: 7,
                ..TINY
            },
            HashCost { passes: 0, ..TINY },
            HashCost { lanes: 0, ..TINY },
            HashCost {
                memory_kib: 1024 * 1024,
                ..TINY
            },
        ] {
            assert_eq!(
                Hasher::start(cost, Pool::default()).err(),
                Some(HashError::Cost),
                "{cost:?}"
            );
        }
    }

    #[tokio::test]
    async fn without_a_place_it_says_so_and_keeps_that_of_whoever_left() {
        // Slow enough that the one thread is still busy when the third comes.
        let slow = HashCost {
            memory_kib: 32 * 1024,
            passes: 10,
            lanes: 1,
        };
        let pool = Pool {
            threads: 1,
            waiting: 1,
            idle: Duration::from_secs(60),
        };
        let hasher = Hasher::start(slow, pool).unwrap();
        let waiting = || hasher.jobs.len();

        let first = tokio::spawn({
            let hasher = hasher.clone();
            async move { hasher.hash("first").await }
        });
        tokio::task::yield_now().await;
        while waiting() > 0 {
            thread::yield_now();
        }
        let second = tokio::spawn({
            let hasher = hasher.clone();
            async move { hasher.hash("second").await }
        });
        tokio::task::yield_now().await;
        assert_eq!(waiting(), 1);
        second.abort();
        assert!(second.await.unwrap_err().is_cancelled());

        assert_eq!(hasher.hash("third").await, Err(HashError::Busy));
        assert!(first.await.unwrap().is_ok());
        while waiting() > 0 {
            thread::yield_now();
        }
        assert!(hasher.hash("third").await.is_ok());
    }

    #[tokio::test]
    async fn a_place_serves_one_piece_of_work_after_another_and_is_free_afterwards() {
        let pool = Pool {
            threads: 1,
            waiting: 1,
            idle: Duration::from_secs(60),
        };
        let hasher = Hasher::start(TINY, pool).unwrap();
        let place = hasher.acquire().unwrap();
        let other = hasher.acquire().unwrap();
        assert_eq!(hasher.acquire().err(), Some(HashError::Busy));
        let stored = place.hash("kenpo123").await.unwrap();
        assert_eq!(place.verify("kenpo123", &stored).await, Ok(true));
        assert_eq!(hasher.acquire().err(), Some(HashError::Busy));
        drop(other);
        assert!(hasher.acquire().is_ok());
    }
}
