//! A file on its way in: it is encrypted piece by piece, and nothing of it is left where it
//! does not come in whole.

use domain::office::job::JobKind;
use store::{
    Db,
    audit::{Entry, Event},
    job::{self, NewJob},
};
use uuid::Uuid;

use super::{
    FileActing,
    chunks::{Cutter, JobKey, Place},
};
use crate::base::{fault::InternalError, secrets::Secrets};

/// The largest file that the browser may bring; the command line takes any.
pub const MOST_BYTES: u64 = 100 * 1024 * 1024;

/// Of a file's name so much is kept, in characters.
const NAME_CHARS: usize = 100;

/// A file that is coming in. Dropped before its end, it never was.
#[derive(Debug)]
pub struct Upload {
    arriving: Arriving,
    kind: JobKind,
    key: JobKey,
    cutter: Cutter,
}

/// Takes away what has come, unless it came whole.
#[derive(Debug)]
struct Arriving {
    db: Db,
    job: Uuid,
    is_whole: bool,
}

impl Drop for Arriving {
    fn drop(&mut self) {
        if self.is_whole {
            return;
        }
        let (db, job) = (self.db.clone(), self.job);
        let abandon = async move {
            let mut tx = db.write().await?;
            job::abandon(&mut tx, job).await?;
            tx.commit().await
        };
        // Whoever sent it may be gone, and this request with them.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if let Err(error) = abandon.await {
                    let error = store::told(&error);
                    tracing::warn!(error, "half a file waits to be removed with the next round");
                }
            });
        }
    }
}

impl Upload {
    /// Begins one, for whoever brings such files.
    ///
    /// # Errors
    /// Whatever breaks.
    pub async fn begin(
        db: &Db,
        secrets: &Secrets,
        acting: &FileActing,
        file_name: &str,
    ) -> Result<Self, InternalError> {
        let (id, kind) = (Uuid::now_v7(), acting.kind());
        let (key, wrapped_key) = JobKey::draw(secrets, id, kind)?;
        let mut tx = db.write().await?;
        let new = NewJob {
            id,
            kind,
            file_name: &plain_name(file_name),
            choice: "",
            wrapped_key: &wrapped_key,
            started_by: acting.id(),
        };
        job::create(&mut tx, new, acting.now).await?;
        tx.commit().await?;
        Ok(Self {
            arriving: Arriving {
                db: db.clone(),
                job: id,
                is_whole: false,
            },
            kind,
            key,
            cutter: Cutter::default(),
        })
    }

    /// How many bytes have come.
    pub const fn bytes(&self) -> u64 {
        self.cutter.bytes()
    }

    /// Takes what has come.
    ///
    /// # Errors
    /// Whatever breaks.
    pub async fn take(&mut self, mut piece: &[u8]) -> Result<(), InternalError> {
        while !piece.is_empty() {
            if let Some((number, chunk)) = self.cutter.take(&mut piece) {
                let is_last = false;
                let sealed = self.key.seal(Place::Chunk { number, is_last }, &chunk)?;
                let mut tx = self.arriving.db.write().await?;
                job::append_chunk(&mut tx, self.arriving.job, number, &sealed).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    /// It is whole: a server takes it up.
    ///
    /// # Errors
    /// Whatever breaks; then nothing is left of it.
    pub async fn end(mut self, acting: &FileActing) -> Result<Uuid, InternalError> {
        let id = self.arriving.job;
        let (number, last, bytes, sha256) = std::mem::take(&mut self.cutter).end();
        let is_last = true;
        let sealed = self.key.seal(Place::Chunk { number, is_last }, &last)?;
        let detail = format!("{} {id} {bytes} bytes", self.kind.as_str());
        let mut tx = self.arriving.db.write().await?;
        job::append_chunk(&mut tx, id, number, &sealed).await?;
        job::arrived(&mut tx, id, (number + 1, bytes), &sha256, acting.now).await?;
        let entry = Entry {
            detail: &detail,
            ..acting.entry(Event::FileReceived)
        };
        entry.record(&mut tx).await?;
        tx.commit().await?;
        self.arriving.is_whole = true;
        Ok(id)
    }
}

/// A file's name without its folder, and with nothing in it that nobody sees.
fn plain_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain = name
        .chars()
        .filter(|c| !domain::rules::invisible::is_invisible(*c));
    plain.take(NAME_CHARS).collect()
}

#[cfg(test)]
mod tests {
    use super::plain_name;

    #[test]
    fn a_name_is_a_name_and_no_path() {
        for (sent, kept) in [
            ("名簿 2026.csv", "名簿 2026.csv"),
            ("C:\\Users\\me\\a.csv", "a.csv"),
            ("../../etc/passwd", "passwd"),
            ("a\u{202E}vsc.exe\0\n", "avsc.exe"),
            ("", ""),
        ] {
            assert_eq!(plain_name(sent), kept);
        }
        assert_eq!(plain_name(&"あ".repeat(500)).chars().count(), 100);
    }
}
