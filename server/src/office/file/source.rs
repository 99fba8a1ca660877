//! Where a list comes from: a file of the machine, or the pieces that a browser sent.

use std::{
    fmt,
    fs::File,
    io::{self, Read, Seek},
    path::{Path, PathBuf},
};

use sha2::{Digest, Sha256};

/// What can be read from any place. The reader is alone with it, on a thread of its own.
pub trait Bytes: Read + Seek + Send + 'static {}

impl<T: Read + Seek + Send + 'static> Bytes for T {}

/// A file, wherever it lies.
pub struct Source {
    /// What whoever brings it calls it, without its folder.
    pub name: String,
    /// In bytes.
    pub length: u64,
    /// Where attachments lie beside it.
    pub folder: Option<PathBuf>,
    pub(super) bytes: Box<dyn Bytes>,
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source")
            .field("name", &self.name)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

impl Source {
    /// These bytes.
    pub fn of(name: &str, length: u64, bytes: impl Bytes) -> Self {
        Self {
            name: name.to_owned(),
            length,
            folder: None,
            bytes: Box::new(bytes),
        }
    }

    /// The file at `path`, with what lies beside it.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok(Self {
            folder: Some(path.parent().unwrap_or(Path::new("")).to_owned()),
            ..Self::of(&name, length, file)
        })
    }

    /// Reads it once, from its start, and goes back there.
    ///
    /// # Errors
    /// It cannot be read, or is a pipe.
    pub(super) fn sha256(&mut self) -> io::Result<[u8; 32]> {
        let mut hash = Sha256::new();
        let mut piece = vec![0; 64 * 1024];
        self.bytes.rewind()?;
        loop {
            match self.bytes.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => hash.update(&piece[..read]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        self.bytes.rewind()?;
        Ok(hash.finalize().into())
    }
}
