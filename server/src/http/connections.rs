//! Who is connected. There are so many places, and so many for one network address;
//! where they are taken, the connection that has been idle for longest gives way. So
//! nobody keeps others out by connections alone, and whoever is being answered is.

use std::{
    collections::HashMap,
    io,
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll},
    time::{Duration, Instant},
};

use domain::visit::network::network;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    sync::Notify,
    time::{Sleep, sleep},
};

/// Open connections at a time, and how long one is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Places {
    /// Of everybody.
    pub all: u32,
    /// Of one network address, unless it is a proxy of ours.
    pub of_one: u32,
    /// Whoever is answered takes something of the answer by then, and again and again.
    pub patience: Duration,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            all: 2048,
            of_one: 256,
            patience: Duration::from_secs(20),
        }
    }
}

/// The connections that are open.
#[derive(Debug)]
pub struct Connections {
    places: Places,
    proxies: Arc<[IpAddr]>,
    since: Instant,
    open: Mutex<Open>,
    freed: Notify,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    all: HashMap<u64, Arc<Peer>>,
}

/// One connection's other end.
#[derive(Debug)]
struct Peer {
    network: IpAddr,
    /// Milliseconds since the server began.
    last_heard: AtomicU64,
    was_heard: AtomicBool,
    is_busy: AtomicBool,
    give_way: Notify,
}

/// A connection's place, as long as it is held.
#[derive(Debug)]
pub(super) struct Place {
    id: u64,
    peer: Arc<Peer>,
    connections: Arc<Connections>,
}

/// While a request is being answered.
pub(super) struct Busy<'a>(&'a Place);

/// What hinders one more connection.
enum Full {
    OfOne,
    All,
}

impl Connections {
    /// Nobody is connected.
    pub fn new(places: Places, proxies: Arc<[IpAddr]>) -> Self {
        Self {
            places,
            proxies,
            since: Instant::now(),
            open: Mutex::default(),
            freed: Notify::new(),
        }
    }

    /// A place for somebody; waits where everybody is being answered. `None` where all of
    /// that address are: it has enough.
    pub(super) async fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Place> {
        loop {
            let freed = self.freed.notified();
            match self.place(address) {
                Ok(place) => return Some(place),
                Err(Full::OfOne) => return None,
                Err(Full::All) => freed.await,
            }
        }
    }

    fn place(self: &Arc<Self>, address: IpAddr) -> Result<Place, Full> {
        let of = network(address);
        let is_proxy = self.proxies.contains(&address.to_canonical());
        let mut open = self.open();
        let theirs = || open.all.values().filter(|peer| peer.network == of).count();
        let hinders = if !is_proxy && theirs() >= self.places.of_one as usize {
            Some(Full::OfOne)
        } else if open.all.len() >= self.places.all as usize {
            Some(Full::All)
        } else {
            None
        };
        if let Some(full) = hinders {
            let oldest = open
                .all
                .iter()
                .filter(|(_, peer)| matches!(full, Full::All) || peer.network == of)
                .filter(|(_, peer)| !peer.is_busy.load(Ordering::Acquire))
                .min_by_key(|(_, peer)| peer.last_heard.load(Ordering::Relaxed))
                .map(|(&id, _)| id);
            let Some(gone) = oldest.and_then(|id| open.all.remove(&id)) else {
                return Err(full);
            };
            gone.give_way.notify_one();
        }
        let peer = Arc::new(Peer {
            network: of,
            last_heard: AtomicU64::new(self.now()),
            was_heard: AtomicBool::new(false),
            is_busy: AtomicBool::new(false),
            give_way: Notify::new(),
        });
        let id = open.next;
        open.next += 1;
        open.all.insert(id, peer.clone());
        Ok(Place {
            id,
            peer,
            connections: self.clone(),
        })
    }

    fn now(&self) -> u64 {
        u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Comes to an end when somebody else needs the place.
    pub(super) async fn gives_way(&self) {
        self.peer.give_way.notified().await;
    }

    /// Whether anything has come.
    pub(super) fn was_heard(&self) -> bool {
        self.peer.was_heard.load(Ordering::Relaxed)
    }

    /// From now on a request is being answered.
    pub(super) fn busy(&self) -> Busy<'_> {
        self.peer.is_busy.store(true, Ordering::Release);
        Busy(self)
    }

    fn moves(&self) {
        let now = self.connections.now();
        self.peer.last_heard.store(now, Ordering::Relaxed);
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.open().all.remove(&self.id);
        self.connections.freed.notify_one();
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.0.moves();
        self.0.peer.is_busy.store(false, Ordering::Release);
        self.0.connections.freed.notify_one();
    }
}

/// A stream that tells when it moves, and ends when its other end takes nothing.
pub(super) struct Watched {
    stream: TcpStream,
    place: Arc<Place>,
    /// Runs while something waits to be taken.
    waiting: Option<Pin<Box<Sleep>>>,
}

impl Watched {
    pub(super) fn new(stream: TcpStream, place: Arc<Place>) -> Self {
        Self {
            stream,
            place,
            waiting: None,
        }
    }

    fn taken<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.place.moves();
            self.waiting = None;
            return written;
        }
        let patience = self.place.connections.places.patience;
        let waiting = self
            .waiting
            .get_or_insert_with(|| Box::pin(sleep(patience)));
        match waiting.as_mut().poll(context) {
            Poll::Ready(()) => Poll::Ready(Err(io::ErrorKind::TimedOut.into())),
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.place.peer.was_heard.store(true, Ordering::Relaxed);
            self.place.moves();
        }
        read
    }
}

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.taken(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, pieces);
        self.taken(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
